import { codeError } from './errors.ts';
import type { Realm } from './realm.ts';

/** A filter, condition or key condition of DynamoDB, made in the resolvers' world. */
export type Expression = Record<string, unknown>;

/** @param prefix - how the names of the values begin, such as `title_contains` */
type Operator = (writer: ExpressionWriter, name: string, prefix: string, operand: unknown) => string;

const compare =
  (sign: string): Operator =>
  (writer, name, prefix, operand) =>
    `(${name} ${sign} ${writer.value(prefix, operand)})`;

const call =
  (functionName: string): Operator =>
  (writer, name, prefix, operand) =>
    `(${functionName}(${name},${writer.value(prefix, operand)}))`;

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
  notContains: (writer, name, prefix, operand) => `(NOT contains(${name},${writer.value(prefix, operand)}))`,
  beginsWith: call('begins_with'),
  between: (writer, name, prefix, operand) => {
    const [from, to] = listOf('between', operand, 2);
    return `(${name} BETWEEN ${writer.value(`${prefix}0`, from)} AND ${writer.value(`${prefix}1`, to)})`;
  },
  in: (writer, name, prefix, operand) => {
    const values = listOf('in', operand).map((item, i) => writer.value(`${prefix}${String(i)}`, item));
    return `(${name} IN (${values.join(', ')}))`;
  },
  attributeExists: (_writer, name, _prefix, operand) => `(attribute_${operand === true ? '' : 'not_'}exists(${name}))`,
  attributeType: (writer, name, prefix, operand) =>
    `(attribute_type(${name},${writer.value(prefix, TYPE_LETTERS[String(operand)] ?? operand)}))`,
  size: (writer, name, prefix, operand) => {
    const [[operator, bound] = []] = Object.entries(operand as object) as [string, unknown][];
    const inner = operator === undefined ? undefined : OPERATORS[operator];
    if (inner === undefined) throw codeError('size: write one comparison, such as { size: { gt: 3 } }');
    return inner(writer, `size(${name})`, prefix, bound);
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

const safeNames = new Map<string, string>();

/** An attribute's name as it may stand in a placeholder. */
function safeName(attribute: string): string {
  let safe = safeNames.get(attribute);
  if (safe === undefined) {
    safe = attribute.replace(/\W/g, '_');
    if (safeNames.size > 1000) safeNames.clear();
    safeNames.set(attribute, safe);
  }
  return safe;
}

/** Gathers the names and values of one expression. */
class ExpressionWriter {
  readonly names: Record<string, unknown>;
  readonly values: Record<string, unknown>;

  constructor(
    realm: Realm,
    private readonly toDynamoDB: (value: unknown) => unknown,
  ) {
    this.names = realm.object();
    this.values = realm.object();
  }

  /** All conditions of one level, joined by AND. */
  write(filter: Readonly<Record<string, unknown>>): string {
    let text = '';
    for (const key in filter) {
      const operand = filter[key];
      if (operand === undefined || operand === null) continue;
      let part: string;
      if (key === 'and' || key === 'or') part = this.joined(key === 'and' ? ' AND ' : ' OR ', operand);
      else if (key === 'not') part = `(NOT ${this.write(operand as Record<string, unknown>)})`;
      else part = this.field(this.name(key), safeName(key), key, operand);
      text = text === '' ? part : `${text} AND ${part}`;
    }
    if (text === '') throw codeError('a filter needs at least one condition, such as { title: { eq: "…" } }');
    return text;
  }

  /** The placeholder of a value. */
  value(wanted: string, operand: unknown): string {
    let name = `:${wanted}`;
    for (let n = 2; this.values[name] !== undefined; n += 1) name = `:${wanted}_${String(n)}`;
    this.values[name] = this.toDynamoDB(operand);
    return name;
  }

  private joined(word: string, operand: unknown): string {
    const filters = (Array.isArray(operand) ? operand : [operand]) as Record<string, unknown>[];
    return `(${filters.map((filter) => this.write(filter)).join(word)})`;
  }

  /** @param prefix - how the names of this attribute's values begin @param shown - what messages call it */
  private field(name: string, prefix: string, shown: string, operand: unknown): string {
    if (typeof operand !== 'object') {
      throw codeError(`${shown}: write an operator, such as { eq: … }: got ${JSON.stringify(operand)}`);
    }
    const conditions = operand as Record<string, unknown>;
    let text = '';
    for (const key in conditions) {
      const bound = conditions[key];
      if (bound === undefined || bound === null) continue;
      const operator = OPERATORS[key];
      let part: string;
      if (operator !== undefined) part = operator(this, name, `${prefix}_${key}`, bound);
      else if (typeof bound === 'object')
        part = this.field(`${name}.${this.name(key)}`, `${prefix}_${safeName(key)}`, `${shown}.${key}`, bound);
      else throw codeError(`${shown}: there is no operator ${key}: there are ${Object.keys(OPERATORS).join(', ')}`);
      text = text === '' ? part : `${text} AND ${part}`;
    }
    if (text === '') throw codeError(`${shown}: write an operator, such as { eq: … }`);
    return text;
  }

  /** The placeholder of an attribute's name. */
  private name(attribute: string): string {
    const base = `#${safeName(attribute)}`;
    let name = base;
    for (let n = 2; (this.names[name] ?? attribute) !== attribute; n += 1) name = `${base}_${String(n)}`;
    this.names[name] = attribute;
    return name;
  }
}

/** A filter object, such as `{ title: { contains: 'a' }, or: [ … ] }`, in DynamoDB's own language. */
export function toExpression(realm: Realm, filter: object, toDynamoDB: (value: unknown) => unknown): Expression {
  const writer = new ExpressionWriter(realm, toDynamoDB);
  const expression = realm.object();
  expression['expression'] = writer.write(filter as Record<string, unknown>);
  expression['expressionNames'] = writer.names;
  expression['expressionValues'] = writer.values;
  return expression;
}
