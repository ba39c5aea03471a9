/** A ruleset that the stand-in cannot evaluate, or that is none. */
export class RulesetError extends Error {
  override readonly name = 'RulesetError';
  readonly code = 'RULESET';

  constructor(
    readonly rule: string,
    advice: string,
  ) {
    super(`${rule}: ${advice}`);
  }
}

/** A value in a rule. */
export type Value = number | string;

/** What a value has to be. Bounds of `between` are not among what it allows. */
export type Condition =
  | { readonly operator: '=' | '!=' | '>' | '<' | '>=' | '<='; readonly value: Value }
  | { readonly operator: 'between'; readonly isNot: boolean; readonly low: number; readonly high: number }
  | { readonly operator: 'in'; readonly isNot: boolean; readonly values: readonly Value[] }
  | { readonly operator: 'matches'; readonly isNot: boolean; readonly pattern: string };

/** One rule, read. */
export interface Rule {
  /** As it is written, with single spaces. */
  readonly text: string;
  readonly kind: RuleKind;
  /** Columns, or the statement of CustomSql. */
  readonly operands: readonly string[];
  readonly condition?: Condition;
  /** Of the part of all rows that fits; absent: all have to. */
  readonly threshold?: Condition;
}

/** How many texts stand behind each, and whether a condition does. */
const KINDS = {
  RowCount: { operands: 0, condition: 'number' },
  ColumnCount: { operands: 0, condition: 'number' },
  ColumnExists: { operands: 1, condition: 'none' },
  IsComplete: { operands: 1, condition: 'none' },
  IsUnique: { operands: 1, condition: 'none' },
  IsPrimaryKey: { operands: Infinity, condition: 'none' },
  Completeness: { operands: 1, condition: 'number' },
  Uniqueness: { operands: 1, condition: 'number' },
  ColumnValues: { operands: 1, condition: 'any' },
  ColumnLength: { operands: 1, condition: 'number' },
  ColumnDataType: { operands: 1, condition: 'any' },
  CustomSql: { operands: 1, condition: 'number' },
} as const;

type RuleKind = keyof typeof KINDS;

const TOKEN = /\s+|#[^\n]*|"(?:[^"\\]|\\.)*"|[A-Za-z_]\w*|[+-]?\d+(?:\.\d+)?|!=|>=|<=|[=<>[\],()]/gy;

/** @source Glue developer guide, "Data Quality Definition Language (DQDL) reference". @throws RulesetError */
export function readRuleset(text: string): readonly Rule[] {
  const reader = new Reader(tokensOf(text), text);
  reader.expect('Rules', '=', '[');
  const rules: Rule[] = [];
  while (!reader.is(']')) {
    rules.push(readRule(reader));
    if (!reader.is(']')) reader.expect(',');
  }
  reader.expect(']');
  if (reader.peek() !== undefined)
    throw new RulesetError(text.trim(), `after the rules comes ${String(reader.peek())}: write Rules only`);
  if (rules.length === 0) throw new RulesetError(text.trim(), 'there is no rule in it');
  return rules;
}

function tokensOf(text: string): readonly string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(text)?.[0];
    if (token === undefined) throw new RulesetError(text.slice(at, at + 40), 'this is no DQDL');
    if (!/^[\s#]/.test(token)) tokens.push(token);
  }
  return tokens;
}

class Reader {
  private at = 0;

  constructor(
    private readonly tokens: readonly string[],
    private readonly whole: string,
  ) {}

  peek(): string | undefined {
    return this.tokens[this.at];
  }

  is(...tokens: readonly string[]): boolean {
    return tokens.every((token, index) => this.tokens[this.at + index] === token);
  }

  take(): string {
    const token = this.tokens[this.at];
    if (token === undefined) throw new RulesetError(this.whole.trim(), 'it ends too early');
    this.at += 1;
    return token;
  }

  /** Past the tokens, if they come. */
  takes(...tokens: readonly string[]): boolean {
    if (!this.is(...tokens)) return false;
    this.at += tokens.length;
    return true;
  }

  expect(...tokens: readonly string[]): void {
    for (const token of tokens) {
      const next = this.peek();
      if (!this.takes(token)) throw new RulesetError(this.whole.trim(), `expected ${token}, got ${next ?? 'the end'}`);
    }
  }

  /** What was read since a place, as a rule is shown. */
  since(start: number): string {
    return this.tokens
      .slice(start, this.at)
      .join(' ')
      .replace(/\[ /g, '[')
      .replace(/ (?=[\],])/g, '');
  }

  get place(): number {
    return this.at;
  }
}

function readRule(reader: Reader): Rule {
  const start = reader.place;
  const name = reader.take();
  if (!Object.hasOwn(KINDS, name))
    throw new RulesetError(name, `it is not supported locally: write ${Object.keys(KINDS).join(', ')}`);
  const kind = name as RuleKind;
  const operands: string[] = [];
  while (operands.length < KINDS[kind].operands && reader.peek()?.startsWith('"') === true) operands.push(textOf(reader.take()));
  if (operands.length < Math.min(1, KINDS[kind].operands))
    throw new RulesetError(name, 'write a text in double quotes behind it');
  const wanted = KINDS[kind].condition;
  const condition = wanted === 'none' ? undefined : readCondition(reader, name);
  if (wanted === 'number' && condition !== undefined && !isNumeric(condition))
    throw new RulesetError(reader.since(start), 'write a number, as in > 0 or between 1 and 5');
  if (kind === 'ColumnDataType' && !(condition?.operator === '=' && typeof condition.value === 'string'))
    throw new RulesetError(reader.since(start), 'write a type, as in = "TIMESTAMP"');
  const threshold = reader.takes('with', 'threshold') ? readCondition(reader, name) : undefined;
  if (threshold !== undefined && !(kind === 'ColumnValues' || kind === 'ColumnLength' || kind === 'ColumnDataType'))
    throw new RulesetError(reader.since(start), 'a threshold belongs to rules of single values');
  return { text: reader.since(start), kind, operands, ...(condition && { condition }), ...(threshold && { threshold }) };
}

const isNumeric = (condition: Condition): boolean =>
  condition.operator === 'between' || ('value' in condition && typeof condition.value === 'number');

function readCondition(reader: Reader, name: string): Condition {
  const isNot = reader.takes('not');
  const operator = reader.take();
  switch (operator) {
    case 'between': {
      const low = numberOf(reader, name);
      reader.expect('and');
      return { operator, isNot, low, high: numberOf(reader, name) };
    }
    case 'in': {
      reader.expect('[');
      const values: Value[] = [];
      do values.push(valueOf(reader, name));
      while (reader.takes(','));
      reader.expect(']');
      return { operator, isNot, values };
    }
    case 'matches': {
      const pattern = valueOf(reader, name);
      if (typeof pattern !== 'string')
        throw new RulesetError(name, `matches ${String(pattern)}: write a pattern in double quotes`);
      return { operator, isNot, pattern };
    }
    case '=':
    case '!=':
    case '>':
    case '<':
    case '>=':
    case '<=':
      if (!isNot) return { operator, value: valueOf(reader, name) };
  }
  throw new RulesetError(
    name,
    `${isNot ? 'not ' : ''}${operator} is no condition: write =, !=, >, <, >=, <=, between, in or matches`,
  );
}

function valueOf(reader: Reader, name: string): Value {
  const token = reader.take();
  if (token.startsWith('"')) return textOf(token);
  if (/^[+-]?\d/.test(token)) return Number(token);
  throw new RulesetError(name, `${token} is neither a number nor a text in double quotes`);
}

function numberOf(reader: Reader, name: string): number {
  const value = valueOf(reader, name);
  if (typeof value === 'number') return value;
  throw new RulesetError(name, `"${value}" is no number`);
}

const textOf = (token: string) => token.slice(1, -1).replace(/\\(["\\])/g, '$1');
