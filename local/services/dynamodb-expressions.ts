import conditionParser from 'dynalite/db/conditionParser.js';
import projectionParser from 'dynalite/db/projectionParser.js';
import updateParser from 'dynalite/db/updateParser.js';
import { withEmptyValues } from './dynamodb-empty-values.ts';
import type { AttributeMap, AttributeValue } from './dynamodb-model.ts';

/** What dynalite gives its parsers besides the text; a parser strikes out the names and values that it met. */
export interface ParserContext {
  readonly attrNames?: Readonly<Record<string, string>> | undefined;
  readonly attrVals?: AttributeMap | undefined;
  /** Set before the key condition of a query is parsed, and left so. */
  readonly isKeyCondition?: boolean;
  unusedAttrNames: Record<string, true>;
  unusedAttrVals: Record<string, true>;
}

/** One of dynalite's generated parsers: the answer is a tree, or a string that says what is wrong. */
export interface Parser {
  parse: (this: void, text: string, options: { readonly context: ParserContext }) => unknown;
}

type Parse = Parser['parse'];

/** A tree without its values, and what parsing it struck out. */
interface Template {
  readonly tree: unknown;
  readonly names: readonly string[];
  readonly values: readonly string[];
}

/** Marks where the value of an expression goes in a template. */
class Slot {
  constructor(readonly name: string) {}
}

/** Where the parsers look at a value itself rather than at its type. */
const LOOKS_AT_VALUES = /between|attribute_type/i;

/**
 * Remember trees of expressions: programs send the same few again and again, and parsing is most of the cost of a small call.
 *
 * @remarks The tree depends on the text, on all names, and on the types of values, which together are the key; the values themselves are
 * looked at by BETWEEN and attribute_type only, so texts with those words are always parsed. Errors are never remembered. Each call gets
 * a fresh tree that holds its own values, because dynalite writes into it. A property test holds remembered to parsed.
 */
export function remembering(parse: Parse, capacity = 1000): Parse {
  const templates = new Map<string, Template>();
  return (text, options) => {
    const { context } = options;
    if (LOOKS_AT_VALUES.test(text)) return parse(text, options);
    const key = keyOf(text, context);
    const template = templates.get(key) ?? learn();
    if (template === undefined) return parse(text, options);
    for (const name of template.names) Reflect.deleteProperty(context.unusedAttrNames, name);
    for (const name of template.values) Reflect.deleteProperty(context.unusedAttrVals, name);
    return fill(template.tree, context.attrVals ?? {});

    function learn(): Template | undefined {
      const { attrNames = {}, attrVals = {} } = context;
      const unused = { unusedAttrNames: marks(attrNames), unusedAttrVals: marks(attrVals) };
      let tree: unknown;
      try {
        tree = parse(text, { context: { ...context, ...unused } });
      } catch {
        return undefined;
      }
      if (typeof tree === 'string') return undefined;
      const nameOf = new Map<unknown, string>(Object.entries(attrVals).map(([name, value]) => [value, name]));
      const learned: Template = {
        tree: hollow(tree, nameOf),
        names: Object.keys(attrNames).filter((name) => !unused.unusedAttrNames[name]),
        values: Object.keys(attrVals).filter((name) => !unused.unusedAttrVals[name]),
      };
      const oldest = templates.size >= capacity ? templates.keys().next().value : undefined;
      if (oldest !== undefined) templates.delete(oldest);
      templates.set(key, learned);
      return learned;
    }
  };
}

function keyOf(text: string, { attrNames, attrVals }: ParserContext): string {
  const types: string[] = [];
  for (const name in attrVals) types.push(name, Object.keys(attrVals[name] ?? {}).join());
  return JSON.stringify([text, attrNames ?? null, types]);
}

function marks(names: object): Record<string, true> {
  return Object.fromEntries(Object.keys(names).map((name) => [name, true]));
}

/** A copy with a slot wherever a value of this call stands. */
function hollow(node: unknown, nameOf: ReadonlyMap<unknown, string>): unknown {
  if (typeof node !== 'object' || node === null) return node;
  const name = nameOf.get(node);
  if (name !== undefined) return new Slot(name);
  if (Array.isArray(node)) return node.map((child) => hollow(child, nameOf));
  const copy = Object.create(Object.getPrototypeOf(node) as object | null) as Record<string, unknown>;
  for (const [member, child] of Object.entries(node)) copy[member] = hollow(child, nameOf);
  return copy;
}

/** A copy with the values of this call in the slots. */
function fill(node: unknown, values: AttributeMap): unknown {
  if (typeof node !== 'object' || node === null) return node;
  if (node instanceof Slot) return values[node.name];
  if (Array.isArray(node)) return node.map((child) => fill(child, values));
  const copy = Object.create(Object.getPrototypeOf(node) as object | null) as Record<string, unknown>;
  for (const member in node) copy[member] = fill((node as Record<string, unknown>)[member], values);
  return copy;
}

const SCALARS = ['S', 'N', 'BOOL', 'B', 'NULL'];

type Path = readonly (string | number)[];

interface Section {
  readonly type: 'set' | 'remove' | 'add' | 'delete';
  readonly path: Path;
  val?: unknown;
}

/**
 * Make dynalite apply an update expression as DynamoDB does: every operand is the item as it was before.
 *
 * @remarks dynalite runs sections one after the other on the live item. Two things then go wrong: `SET before = n ADD n :one` shares one
 * value between both attributes, and `REMOVE l[0], l[1]` removes the first and the third. So operands are copied when they are resolved,
 * and removals come last, from the end of a list to its beginning.
 */
function fromItemBefore(parse: Parse): Parse {
  return (text, options) => {
    const tree = parse(text, options);
    if (typeof tree === 'string') return tree;
    const { sections } = tree as { sections: Section[] };
    for (const section of sections) if (section.type === 'set') copyWhenResolved(section);
    sections.sort(removalsLast);
    return tree;
  };
}

function copyWhenResolved(section: Section): void {
  let value = section.val;
  // The usual operand is a value of the call that holds a text or a number: it resolves to itself.
  if (isScalar(value)) {
    section.val = { ...value };
    return;
  }
  Object.defineProperty(section, 'val', {
    get: () => value,
    set(resolved: unknown) {
      value = typeof resolved === 'string' ? resolved : structuredClone(resolved);
    },
  });
}

const isScalar = (value: unknown): value is AttributeValue =>
  typeof value === 'object' && value !== null && SCALARS.some((type) => type in value);

function removalsLast(one: Section, other: Section): number {
  if (one.type !== 'remove' || other.type !== 'remove') return Number(one.type === 'remove') - Number(other.type === 'remove');
  const at = one.path.findIndex((piece, index) => piece !== other.path[index]);
  const [mine, others] = [one.path[at], other.path[at]];
  if (typeof mine === 'number' && typeof others === 'number') return others - mine;
  return String(mine) < String(others) ? -1 : 1;
}

interface Node {
  readonly type?: string;
  readonly name?: string;
  readonly args?: readonly unknown[];
}

const EQUALITY = new Set(['=', '<>', 'in', 'contains']);

/**
 * Refuse to compare whole maps and lists, which dynalite compares by identity: always different.
 *
 * @remarks Only operands given as values are seen; two paths that both hold a map are compared as different.
 */
export function withoutDocumentEquality(parse: Parse): Parse {
  return (text, options) => {
    const tree = parse(text, options);
    if (typeof tree === 'string') return tree;
    return comparesDocuments((tree as { expression: Node }).expression)
      ? 'comparing a whole map or list is not supported locally; compare its members;'
      : tree;
  };
}

function comparesDocuments(node: Node): boolean {
  const { args = [], type = '', name = '' } = node;
  const compares = EQUALITY.has(type) || EQUALITY.has(name);
  return args.some((arg) => {
    if (typeof arg !== 'object' || arg === null || Array.isArray(arg)) return false;
    if (compares && ('M' in arg || 'L' in arg)) return true;
    return 'args' in arg && comparesDocuments(arg as Node);
  });
}

let installed = false;

/** Put the layers above around the parsers that dynalite calls: for this thread, once. */
export function installParsers(): void {
  if (installed) return;
  installed = true;
  conditionParser.parse = withEmptyValues(withoutDocumentEquality(remembering(conditionParser.parse)));
  projectionParser.parse = remembering(projectionParser.parse);
  updateParser.parse = fromItemBefore(remembering(updateParser.parse));
}
