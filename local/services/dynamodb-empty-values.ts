import type { Parser } from './dynamodb-expressions.ts';

type Parse = Parser['parse'];

/** A node of a condition's tree, as dynalite's parser makes it; an array is a path. */
interface Node {
  readonly type: string;
  readonly name?: string;
  readonly args: readonly unknown[];
}

/** What dynalite takes for nothing when it looks at an attribute: JavaScript's own idea of false. */
const EMPTY: Readonly<Record<string, unknown>> = { S: '', B: '', BOOL: false };
const COMPARISONS = new Set(['=', '<>', '<', '<=', '>', '>=']);

/**
 * Let conditions and filters see that an attribute is there when it is an empty text or `false`.
 *
 * @remarks dynalite's `attribute_type`, `size`, `IN` and `BETWEEN` take such an attribute for an absent one. Its `=` does not, so each
 * of them is written as what it was, or what it comes to for an attribute that equals an empty value. Key conditions stay as they
 * are: keys are never empty, and dynalite reads their trees by form. It marks the context of a key condition, and parses the filter
 * of the same query with it afterwards.
 */
export function withEmptyValues(parse: Parse): Parse {
  const pastTheirKey = new WeakSet<object>();
  return (text, options) => {
    const { context } = options;
    const isOfKey = context.isKeyCondition === true && !pastTheirKey.has(context);
    if (isOfKey) pastTheirKey.add(context);
    const tree = parse(text, options);
    if (typeof tree === 'string' || isOfKey) return tree;
    const { expression, ...rest } = tree as { readonly expression: Node };
    return { ...rest, expression: spelledOut(expression) };
  };
}

function spelledOut(node: Node): Node {
  const { type, name, args } = node;
  if (type === 'and' || type === 'or' || type === 'not') return { ...node, args: (args as Node[]).map(spelledOut) };
  if (type === 'in')
    return args
      .slice(1)
      .map((value) => equals(args[0], value))
      .reduce(or);
  if (type === 'between') {
    const [value, least, most] = args;
    const within = and({ type: '>=', args: [value, least] }, { type: '<=', args: [value, most] });
    return or(node, and(isEmptyText(value), within));
  }
  if (name === 'attribute_type') {
    const [path, wanted] = args;
    const asked = String((wanted as { readonly S?: string }).S);
    return asked in EMPTY ? or(node, equals(path, { [asked]: EMPTY[asked] })) : node;
  }
  if (COMPARISONS.has(type)) {
    const measured = args.map((arg) => (isSize(arg) ? arg.args[0] : undefined));
    return measured.reduce<Node>((sofar, path, place) => {
      if (path === undefined) return sofar;
      return or(sofar, and(isEmptyText(path), { ...node, args: args.map((arg, at) => (at === place ? { N: '0' } : arg)) }));
    }, node);
  }
  return node;
}

const and = (...args: readonly Node[]): Node => ({ type: 'and', args });
const or = (one: Node, other: Node): Node => ({ type: 'or', args: [one, other] });
const equals = (value: unknown, other: unknown): Node => ({ type: '=', args: [value, other] });
const isEmptyText = (value: unknown) => or(equals(value, { S: EMPTY['S'] }), equals(value, { B: EMPTY['B'] }));

const isSize = (arg: unknown): arg is Node =>
  typeof arg === 'object' && arg !== null && (arg as { readonly name?: string }).name === 'size';
