import { ServiceError } from '../../errors.ts';
import { invalid } from './catalog-requests.ts';
import { comparisonOf } from './partition-values.ts';
import type { Comparison } from './partition-values.ts';

/** A key of a partitioned table. */
export interface PartitionKey {
  readonly Name?: string | undefined;
  readonly Type?: string | undefined;
}

/** Whether a partition with these values fits; undefined, as SQL has it, when that hangs on a value that is null. */
type Condition = (values: readonly string[]) => boolean | undefined;

/** @source service model 2017-03-31, PredicateString */
const MAX_CHARACTERS = 2048;
/** What Hive writes for a value that is null. */
const NULL = '__HIVE_DEFAULT_PARTITION__';

const TOKEN =
  /\s*(?:('(?:[^']|'')*')|("[^"]+"|`[^`]+`)|([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)|([\w.]+)|(<>|!=|>=|<=|[=<>(),]))/iy;
const OPERATORS: Readonly<Record<string, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '<>': (order) => order !== 0,
  '!=': (order) => order !== 0,
  '>': (order) => order > 0,
  '<': (order) => order < 0,
  '>=': (order) => order >= 0,
  '<=': (order) => order <= 0,
};

const KEYWORDS = ['and', 'or', 'not', 'in', 'between', 'like', 'is', 'null'];

interface Token {
  readonly kind: 'text' | 'name' | 'number' | 'word' | 'sign';
  readonly text: string;
}

/**
 * The predicate of GetPartitions, a small part of SQL's WHERE.
 *
 * @throws ServiceError InvalidInputException for what is not a predicate over these keys
 */
export function partitionFilter(expression: string, keys: readonly PartitionKey[]): (values: readonly string[]) => boolean {
  if (expression.length > MAX_CHARACTERS)
    throw new ServiceError(
      'ValidationException',
      `1 validation error detected: Value at 'expression' failed to satisfy constraint: Member must have length less than or equal to ${String(MAX_CHARACTERS)}`,
    );
  if (expression.trim() === '') return () => true;
  const condition = new Parser(expression, keys).parse();
  return (values) => condition(values) === true;
}

class Parser {
  private readonly tokens: readonly Token[];
  private at = 0;

  constructor(
    private readonly expression: string,
    private readonly keys: readonly PartitionKey[],
  ) {
    this.tokens = this.tokensOf(expression);
  }

  parse(): Condition {
    const condition = this.parseOr();
    if (this.at < this.tokens.length) throw this.unsupported();
    return condition;
  }

  private parseOr(): Condition {
    let condition = this.parseAnd();
    while (this.takes('or')) {
      const [one, other] = [condition, this.parseAnd()];
      condition = (values) => not(and(not(one(values)), not(other(values))));
    }
    return condition;
  }

  private parseAnd(): Condition {
    let condition = this.parseTerm();
    while (this.takes('and')) {
      const [one, other] = [condition, this.parseTerm()];
      condition = (values) => and(one(values), other(values));
    }
    return condition;
  }

  private parseTerm(): Condition {
    if (this.takes('not')) {
      const condition = this.parseTerm();
      return (values) => not(condition(values));
    }
    if (this.isBracketed() || !this.takes('(')) return this.parseComparison();
    const condition = this.parseOr();
    if (!this.takes(')')) throw this.unsupported();
    return condition;
  }

  /** Whether the brackets that open here stand around a key: `((key)) = 1` begins as `((key = 1))` does. */
  private isBracketed(): boolean {
    const rest = this.tokens.slice(this.at).map(({ text }) => text);
    const opened = rest.findIndex((text) => text !== '(');
    const closed = rest.slice(opened + 1).findIndex((text) => text !== ')');
    return opened > 0 && (closed === -1 || closed >= opened);
  }

  private parseComparison(): Condition {
    const { valueOf, comparison } = this.key();
    if (this.takes('is')) {
      const isOther = this.takes('not');
      if (!this.takes('null')) throw this.unsupported();
      return (values) => (valueOf(values) === undefined) !== isOther;
    }
    const isNegated = this.takes('not');
    const test = this.parseTest(comparison, isNegated);
    return (values) => {
      const value = valueOf(values);
      return value === undefined ? undefined : isNegated !== test(value);
    };
  }

  /** What is asked of a key, behind its name. */
  private parseTest(comparison: Comparison, isNegated: boolean): (value: string) => boolean {
    if (this.takes('in')) {
      if (!this.takes('(')) throw this.unsupported();
      const literals = [this.literal(comparison)];
      while (this.takes(',')) literals.push(this.literal(comparison));
      if (!this.takes(')')) throw this.unsupported();
      return (value) => literals.some((literal) => comparison.order(value, literal) === 0);
    }
    if (this.takes('between')) {
      const low = this.literal(comparison);
      if (!this.takes('and')) throw this.unsupported();
      const high = this.literal(comparison);
      return (value) => comparison.order(value, low) >= 0 && comparison.order(value, high) <= 0;
    }
    if (this.takes('like')) {
      if (comparison.kind !== undefined) throw invalid(`${comparison.kind} data type doesn't support operation 'LIKE'`);
      const pattern = this.tokens[this.at++];
      if (pattern?.kind !== 'text') throw this.unsupported();
      return like(pattern.text);
    }
    const operator = this.tokens[this.at++]?.text ?? '';
    const holds = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
    if (holds === undefined || isNegated) throw this.unsupported();
    const literal = this.literal(comparison);
    return (value) => holds(comparison.order(value, literal));
  }

  private key(): { readonly valueOf: (values: readonly string[]) => string | undefined; readonly comparison: Comparison } {
    const depth = this.opened();
    const token = this.tokens[this.at++];
    if (token?.kind !== 'word' && token?.kind !== 'name') throw this.unsupported();
    if (token.kind === 'word' && KEYWORDS.includes(token.text.toLowerCase())) throw this.unsupported();
    if (this.tokens[this.at]?.text === '(') throw this.unsupported(); // a function
    this.closed(depth);
    const index = this.keys.findIndex(({ Name }) => Name?.toLowerCase() === token.text.toLowerCase());
    const key = this.keys[index];
    if (key === undefined) throw invalid(`Unknown column '${token.text}'`);
    const comparison = comparisonOf(key.Type ?? 'string');
    return {
      comparison,
      valueOf: (values) => {
        const value = values[index];
        if (value === undefined || value === NULL) return undefined;
        return comparison.stored(value);
      },
    };
  }

  private literal(comparison: Comparison): string {
    const depth = this.opened();
    const token = this.tokens[this.at++];
    if (token?.kind !== 'text' && token?.kind !== 'number') throw this.unsupported();
    this.closed(depth);
    return comparison.literal(token.text);
  }

  /** Skips opening brackets around a key or a literal. @returns how many */
  private opened(): number {
    let depth = 0;
    while (this.takes('(')) depth += 1;
    return depth;
  }

  private closed(depth: number): void {
    for (let left = depth; left > 0; left -= 1) if (!this.takes(')')) throw this.unsupported();
  }

  private takes(text: string): boolean {
    const token = this.tokens[this.at];
    const isIt = token !== undefined && (token.kind === 'word' || token.kind === 'sign') && token.text.toLowerCase() === text;
    if (isIt) this.at += 1;
    return isIt;
  }

  private tokensOf(text: string): Token[] {
    const tokens: Token[] = [];
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < text.trimEnd().length) {
      const match = TOKEN.exec(text);
      if (match === null) throw this.unsupported();
      const [, quoted, name, number, word, sign = ''] = match;
      if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted.slice(1, -1).replaceAll("''", "'") });
      else if (name !== undefined) tokens.push({ kind: 'name', text: name.slice(1, -1) });
      else if (number !== undefined) tokens.push({ kind: 'number', text: number });
      else tokens.push(word === undefined ? { kind: 'sign', text: sign } : { kind: 'word', text: word });
    }
    return tokens;
  }

  private unsupported(): ServiceError {
    return invalid(`Unsupported expression '${this.expression}'`);
  }
}

const not = (value: boolean | undefined) => (value === undefined ? undefined : !value);
const and = (one: boolean | undefined, other: boolean | undefined) =>
  one === false || other === false ? false : one === undefined || other === undefined ? undefined : true;

/** Whether a text fits a pattern in which `%` stands for any characters and `_` for one. In time that grows with both, not faster. */
function like(pattern: string): (value: string) => boolean {
  const wanted = Array.from(pattern);
  return (value) => {
    const given = Array.from(value);
    let [at, place] = [0, 0];
    // Where to go on when the rest does not fit: the last `%` takes one character more.
    let [again, taken] = [-1, 0];
    while (at < given.length) {
      if (wanted[place] === '%') [again, taken, place] = [place, at, place + 1];
      else if (place < wanted.length && (wanted[place] === '_' || wanted[place] === given[at])) [at, place] = [at + 1, place + 1];
      else if (again === -1) return false;
      else [taken, at, place] = [taken + 1, taken + 1, again + 1];
    }
    return wanted.slice(place).every((character) => character === '%');
  };
}
