import { codeError } from './errors.ts';

/** A filter, condition or key condition of DynamoDB. */
export interface Expression {
  readonly expression: string;
  readonly expressionNames: Record<string, string>;
  readonly expressionValues: Record<string, unknown>;
}

type Operator = (name: string, value: (operand: unknown, suffix?: string) => string, operand: unknown) => string;

const compare =
  (sign: string): Operator =>
  (name, value, operand) =>
    `(${name} ${sign} ${value(operand)})`;

const call =
  (functionName: string): Operator =>
  (name, value, operand) =>
    `(${functionName}(${name},${value(operand)}))`;

/** DynamoDB's letters for the types that `attributeType` names. */
const TYPE_LETTERS: Readonly<Record<string, string>> = {
  _null: 'NULL',
  string: 'S',
  stringSet: 'SS',
  number: 'N',
  numberSet: 'NS',
  binary: 'B',
  binarySet: 'BS',
  boolean: 'BOOL',
  list: 'L',
  map: 'M',
};

const OPERATORS: Readonly<Record<string, Operator>> = {
  eq: compare('='),
  ne: compare('<>'),
  lt: compare('<'),
  le: compare('<='),
  gt: compare('>'),
  ge: compare('>='),
  contains: call('contains'),
  notContains: (name, value, operand) => `(NOT contains(${name},${value(operand)}))`,
  beginsWith: call('begins_with'),
  between: (name, value, operand) => {
    const [from, to] = listOf('between', operand, 2);
    return `(${name} BETWEEN ${value(from, '0')} AND ${value(to, '1')})`;
  },
  in: (name, value, operand) =>
    `(${name} IN (${listOf('in', operand)
      .map((item, i) => value(item, String(i)))
      .join(', ')}))`,
  attributeExists: (name, _value, operand) =>
    operand === true ? `(attribute_exists(${name}))` : `(attribute_not_exists(${name}))`,
  attributeType: (name, value, operand) => `(attribute_type(${name},${value(TYPE_LETTERS[String(operand)] ?? operand)}))`,
  size: (name, value, operand) => {
    const [[operator, bound] = []] = Object.entries(operand as object) as [string, unknown][];
    const inner = operator === undefined ? undefined : OPERATORS[operator];
    if (inner === undefined) throw codeError('size: write one comparison, such as { size: { gt: 3 } }');
    return inner(`size(${name})`, value, bound);
  },
};

function listOf(operator: string, operand: unknown, length?: number): unknown[] {
  if (!Array.isArray(operand) || operand.length === 0 || (length !== undefined && operand.length !== length)) {
    throw codeError(
      `${operator}: write a list${length === undefined ? '' : ` of ${String(length)}`}: got ${JSON.stringify(operand)}`,
    );
  }
  return operand as unknown[];
}

/** Gathers the names and values of one expression. */
class ExpressionWriter {
  readonly names: Record<string, string> = {};
  readonly values: Record<string, unknown> = {};

  constructor(private readonly toDynamoDB: (value: unknown) => unknown) {}

  /** All conditions of one level, joined by AND. */
  write(filter: object, path: readonly string[] = []): string {
    const parts: string[] = [];
    for (const [key, operand] of Object.entries(filter) as [string, unknown][]) {
      if (operand === undefined || operand === null) continue;
      if (key === 'and' || key === 'or') parts.push(this.joined(key.toUpperCase(), operand));
      else if (key === 'not') parts.push(`(NOT ${this.write(operand as object)})`);
      else parts.push(this.field([...path, key], operand as object));
    }
    if (parts.length === 0) throw codeError('a filter needs at least one condition, such as { title: { eq: "…" } }');
    return parts.join(' AND ');
  }

  private joined(word: string, operand: unknown): string {
    const filters = (Array.isArray(operand) ? operand : [operand]) as object[];
    return `(${filters.map((filter) => this.write(filter)).join(` ${word} `)})`;
  }

  private field(path: readonly string[], operand: object): string {
    if (typeof operand !== 'object')
      throw codeError(`${path.join('.')}: write an operator, such as { eq: … }: got ${JSON.stringify(operand)}`);
    const parts: string[] = [];
    const name = path.map((step) => this.name(step)).join('.');
    for (const [key, bound] of Object.entries(operand) as [string, unknown][]) {
      if (bound === undefined || bound === null) continue;
      const operator = OPERATORS[key];
      if (operator !== undefined) {
        const value = (given: unknown, suffix = '') => this.value(`${path.join('_')}_${key}${suffix}`, given);
        parts.push(operator(name, value, bound));
      } else if (typeof bound === 'object') parts.push(this.field([...path, key], bound));
      else throw codeError(`${path.join('.')}: there is no operator ${key}: there are ${Object.keys(OPERATORS).join(', ')}`);
    }
    if (parts.length === 0) throw codeError(`${path.join('.')}: write an operator, such as { eq: … }`);
    return parts.join(' AND ');
  }

  private name(attribute: string): string {
    const base = `#${attribute.replace(/\W/g, '_')}`;
    let name = base;
    for (let n = 2; (this.names[name] ?? attribute) !== attribute; n += 1) name = `${base}_${String(n)}`;
    this.names[name] = attribute;
    return name;
  }

  private value(wanted: string, operand: unknown): string {
    const base = `:${wanted.replace(/\W/g, '_')}`;
    let name = base;
    for (let n = 2; Object.hasOwn(this.values, name); n += 1) name = `${base}_${String(n)}`;
    this.values[name] = this.toDynamoDB(operand);
    return name;
  }
}

/** A filter object, such as `{ title: { contains: 'a' }, or: [ … ] }`, in DynamoDB's own language. */
export function toExpression(filter: object, toDynamoDB: (value: unknown) => unknown): Expression {
  const writer = new ExpressionWriter(toDynamoDB);
  const expression = writer.write(filter);
  return { expression, expressionNames: writer.names, expressionValues: writer.values };
}
