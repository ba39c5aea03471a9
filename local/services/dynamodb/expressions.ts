import { conditionProblem } from './conditions.ts';
import type { Condition } from './conditions.ts';
import type { AttributeMap } from './model.ts';

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
export function withCache(parse: Parse, capacity = 1000): Parse {
  const templates = new Map<string, Template>();
  return (text, options) => {
    const { context } = options;
    if (LOOKS_AT_VALUES.test(text)) return parse(text, options);
    const key = keyOf(text, context);
    const template = templates.get(key) ?? parseTemplate();
    if (template === undefined) return parse(text, options);
    for (const name of template.names) Reflect.deleteProperty(context.unusedAttrNames, name);
    for (const name of template.values) Reflect.deleteProperty(context.unusedAttrVals, name);
    return fillTemplate(template.tree, context.attrVals ?? {});

    function parseTemplate(): Template | undefined {
      const { attrNames = {}, attrVals = {} } = context;
      const unused = { unusedAttrNames: placeholderNames(attrNames), unusedAttrVals: placeholderNames(attrVals) };
      let tree: unknown;
      try {
        tree = parse(text, { context: { ...context, ...unused } });
      } catch {
        return undefined;
      }
      if (typeof tree === 'string') return undefined;
      const nameOf = new Map<unknown, string>(Object.entries(attrVals).map(([name, value]) => [value, name]));
      const learned: Template = {
        tree: templateOf(tree, nameOf),
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

function placeholderNames(names: object): Record<string, true> {
  return Object.fromEntries(Object.keys(names).map((name) => [name, true]));
}

/** A copy with a slot wherever a value of this call stands. */
function templateOf(node: unknown, nameOf: ReadonlyMap<unknown, string>): unknown {
  if (typeof node !== 'object' || node === null) return node;
  const name = nameOf.get(node);
  if (name !== undefined) return new Slot(name);
  if (Array.isArray(node)) return node.map((child) => templateOf(child, nameOf));
  const copy = Object.create(Object.getPrototypeOf(node) as object | null) as Record<string, unknown>;
  for (const [member, child] of Object.entries(node)) copy[member] = templateOf(child, nameOf);
  return copy;
}

/** A copy with the values of this call in the slots. */
function fillTemplate(node: unknown, values: AttributeMap): unknown {
  if (typeof node !== 'object' || node === null) return node;
  if (node instanceof Slot) return values[node.name];
  if (Array.isArray(node)) return node.map((child) => fillTemplate(child, values));
  const copy = Object.create(Object.getPrototypeOf(node) as object | null) as Record<string, unknown>;
  for (const member in node) copy[member] = fillTemplate((node as Record<string, unknown>)[member], values);
  return copy;
}

/** Refuse a condition that no item could meet in a sensible way, before any item is looked at. */
export function withOperandCheck(parse: Parse): Parse {
  return (text, options) => {
    const tree = parse(text, options);
    return typeof tree === 'string' ? tree : (conditionProblem((tree as { readonly expression: Condition }).expression) ?? tree);
  };
}

/** @unit bytes @source DynamoDB, "Service, account, and table quotas", "Expression parameters" */
const MAX_EXPRESSION_BYTES = 4096;
/** @source DynamoDB: `SET l[4294967295]` is refused with these words */
const MAX_LIST_PLACE = 4_294_967_294;
const LIST_PLACE = /\[\s*(\d+)\s*\]/g;
/** The words of an expression: names, placeholders, numbers and operators. */
const TOKEN = /[#:]?\w+|<>|<=|>=|\S/g;

/** What DynamoDB says of an expression before it is understood, or when it cannot be. */
export function withSyntaxCheck(parse: Parse): Parse {
  return (text, options) => {
    const bytes = Buffer.byteLength(text);
    if (bytes > MAX_EXPRESSION_BYTES)
      return `Expression size has exceeded the maximum allowed size; expression size: ${String(bytes)}`;
    for (const [, place = ''] of text.matchAll(LIST_PLACE))
      if (Number(place) > MAX_LIST_PLACE) return `List index is not within the allowable range; index: [${place}]`;
    try {
      return parse(text, options);
    } catch (error) {
      const { name, location } = error as Error & { readonly location?: { readonly start: { readonly offset: number } } };
      if (name !== 'SyntaxError' || location === undefined) throw error;
      return `Syntax error; ${textNear(text, location.start.offset)}`;
    }
  };
}

/** The token at which an expression stops making sense, and its neighbours, as they stand there. */
function textNear(text: string, offset: number): string {
  const tokens = [...text.matchAll(TOKEN)];
  const found = tokens.findIndex(({ index, 0: token }) => index + token.length > offset);
  const at = found === -1 ? tokens.length : found;
  const near = tokens.slice(Math.max(at - 1, 0), at + 2);
  const [first, last] = [near[0], near.at(-1)];
  const words = first && last ? text.slice(first.index, last.index + last[0].length) : '';
  return `token: "${tokens[at]?.[0] ?? '<EOF>'}", near: "${words}"`;
}
