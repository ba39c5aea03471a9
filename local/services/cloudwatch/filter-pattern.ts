import { MonitoringError } from './errors.ts';

/** Whether a line of a log is one of those that a metric filter counts. */
export type LinePattern = (line: string) => boolean;

type Json = unknown;
type Condition = (document: Json) => boolean;

const TOKEN = /\s*(?:(\(|\)|&&|\|\|)|(\$(?:\.[\w-]+|\[\d+\])+)|(!=|<=|>=|=|<|>)|"((?:[^"\\]|\\.)*)"|([^\s()&|=!<>"]+))/y;

/**
 * Read a filter pattern of CloudWatch Logs: terms, or conditions on the members of a line in JSON.
 *
 * @param where - for messages
 * @throws MonitoringError that names what is not known
 * @source CloudWatch Logs User Guide, "Filter pattern syntax for metric filters"
 */
export function readFilterPattern(pattern: string, where: string): LinePattern {
  const text = pattern.trim();
  if (text.startsWith('[')) refuse(where, pattern, 'patterns of lines with spaces between their fields are not known here');
  if (!text.startsWith('{')) return readTerms(text, pattern, where);
  if (!text.endsWith('}')) refuse(where, pattern, '"}" is missing at its end');
  const condition = new Parser(text.slice(1, -1), pattern, where).parse();
  return (line) => {
    const document = parsed(line);
    return document !== undefined && condition(document);
  };
}

/**
 * Read a selector such as `$.message.daysLeft`.
 *
 * @returns what finds the member in a line; undefined when the line has none
 * @throws MonitoringError
 */
export function readSelector(selector: string, where: string): (line: string) => Json {
  const keys = keysOf(selector, selector, where);
  return (line) => found(parsed(line), keys);
}

/** All terms have to be in the line, none of those with `-`, and one of those with `?` if there are any. */
function readTerms(text: string, pattern: string, where: string): LinePattern {
  const all: string[] = [];
  const none: string[] = [];
  const some: string[] = [];
  for (const [whole, sign = '', quoted, bare = ''] of text.matchAll(/([-?]?)(?:"((?:[^"\\]|\\.)*)"|(\S+))/g)) {
    const term = quoted?.replace(/\\(.)/g, '$1') ?? bare;
    if (quoted === undefined && !/^[\w*]+$/.test(term))
      refuse(where, pattern, `the term ${whole} has characters that need quotation marks: write "${term}"`);
    (sign === '-' ? none : sign === '?' ? some : all).push(term);
  }
  return (line) =>
    all.every((term) => line.includes(term)) &&
    !none.some((term) => line.includes(term)) &&
    (some.length === 0 || some.some((term) => line.includes(term)));
}

/** Conditions; `&&` binds closer than `||`. */
class Parser {
  private readonly tokens: readonly RegExpExecArray[];
  private next = 0;

  constructor(
    text: string,
    private readonly pattern: string,
    private readonly where: string,
  ) {
    const tokens: RegExpExecArray[] = [];
    const token = new RegExp(TOKEN);
    while (token.lastIndex < text.trimEnd().length) {
      const start = token.lastIndex;
      const read = token.exec(text);
      if (read === null) this.refuse(`"${text.slice(start).trim()}" is not understood`);
      else tokens.push(read);
    }
    this.tokens = tokens;
  }

  parse(): Condition {
    const condition = this.parseOr();
    if (this.peek() !== '') this.refuse(`"${this.peek()}" was not expected`);
    return condition;
  }

  private parseOr(): Condition {
    const conditions = [this.parseAnd()];
    while (this.peek() === '||') {
      this.take();
      conditions.push(this.parseAnd());
    }
    return (document) => conditions.some((condition) => condition(document));
  }

  private parseAnd(): Condition {
    const conditions = [this.parseTerm()];
    while (this.peek() === '&&') {
      this.take();
      conditions.push(this.parseTerm());
    }
    return (document) => conditions.every((condition) => condition(document));
  }

  private parseTerm(): Condition {
    if (this.peek() === '(') {
      this.take();
      const inner = this.parseOr();
      if (this.peek() !== ')') this.refuse('")" is missing');
      this.take();
      return inner;
    }
    const [, , selector] = this.take();
    if (selector === undefined) return this.refuse('a condition begins with a selector such as $.level');
    const keys = keysOf(selector, this.pattern, this.where);
    const [text, , , comparison] = this.take();
    if (comparison !== undefined) return this.parseComparison(keys, comparison);
    const words = `${text.trim()} ${this.take()[0].trim()}`;
    const check = CHECKS[words];
    if (check === undefined)
      return this.refuse(`"${words}" is not known here: write ${Object.keys(CHECKS).join(', ')} or a comparison`);
    return (document) => check(found(document, keys));
  }

  private parseComparison(keys: readonly string[], operator: string): Condition {
    const [, , , , quoted, bare] = this.take();
    if (quoted === undefined && bare === undefined) return this.refuse(`nothing that can be compared follows ${operator}`);
    if (bare?.startsWith('%') === true) return this.refuse('regular expressions are not known here: write a text with * in it');
    if (quoted === undefined && bare !== undefined && NUMBER.test(bare)) {
      const compare = NUMERIC[operator];
      const limit = Number(bare);
      return (document) => {
        const value = found(document, keys);
        return typeof value === 'number' && compare?.(value, limit) === true;
      };
    }
    if (operator !== '=' && operator !== '!=') return this.refuse(`${operator} compares numbers: write a number behind it`);
    const expression = wildcard(quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '');
    return (document) => {
      const value = found(document, keys);
      // A member that is not there, or is an object, is neither equal nor unequal.
      if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return false;
      return expression.test(String(value)) === (operator === '=');
    };
  }

  private peek(): string {
    return this.tokens[this.next]?.[0].trim() ?? '';
  }

  private take(): RegExpExecArray {
    this.next += 1;
    return this.tokens[this.next - 1] ?? this.refuse('it ends too early');
  }

  private refuse(why: string): never {
    return refuse(this.where, this.pattern, why);
  }
}

const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$/;

const NUMERIC: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  '=': (value, limit) => value === limit,
  '!=': (value, limit) => value !== limit,
  '<': (value, limit) => value < limit,
  '>': (value, limit) => value > limit,
  '<=': (value, limit) => value <= limit,
  '>=': (value, limit) => value >= limit,
};

const CHECKS: Readonly<Record<string, (value: Json) => boolean>> = {
  'IS NULL': (value) => value === null,
  'IS TRUE': (value) => value === true,
  'IS FALSE': (value) => value === false,
  'NOT EXISTS': (value) => value === undefined,
};

/** `*` stands for any characters, or none. */
function wildcard(text: string): RegExp {
  const parts = text.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}

function keysOf(selector: string, pattern: string, where: string): readonly string[] {
  if (!/^\$(?:\.[\w-]+|\[\d+\])+$/.test(selector))
    refuse(where, pattern, `the selector ${selector} is not known here: write $.name or $.list[0]`);
  return [...selector.matchAll(/\.([\w-]+)|\[(\d+)\]/g)].map(([, name, index]) => name ?? index ?? '');
}

function found(document: Json, keys: readonly string[]): Json {
  return keys.reduce<Json>(
    (node, key) =>
      typeof node === 'object' && node !== null && Object.hasOwn(node, key) ? (node as Record<string, Json>)[key] : undefined,
    document,
  );
}

/** @returns undefined for a line that is no JSON object: no condition is about it */
function parsed(line: string): Json {
  if (!line.trimStart().startsWith('{')) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function refuse(where: string, pattern: string, why: string): never {
  throw new MonitoringError(where, `the filter pattern ${pattern} cannot be evaluated: ${why}`);
}
