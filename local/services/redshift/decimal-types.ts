import type { Draft } from './draft.ts';
import { nameOf } from './names.ts';

/** What is known of a number before it is computed. */
export interface NumberType {
  /** False: a whole number, whose precision is that of its type. */
  readonly isDecimal: boolean;
  readonly precision: number;
  readonly scale: number;
}

/** Types of columns by their names; absent: unknown, or not the same in every table of the statement. */
export type ColumnTypes = ReadonlyMap<string, NumberType>;

const decimal = (precision: number, scale: number): NumberType => ({ isDecimal: true, precision, scale });
const integer = (precision: number): NumberType => ({ isDecimal: false, precision, scale: 0 });

/** @source Redshift developer guide, "Computations with numeric values": neither is ever greater */
const LARGEST = 38;

/** Digits of the largest value of a type. */
const INTEGERS: Readonly<Record<string, number>> = {
  ...{ SMALLINT: 5, INT2: 5, INTEGER: 10, INT: 10, INT4: 10, BIGINT: 19, INT8: 19 },
};

/** Numbers of PostgreSQL's types. */
const ENGINE_TYPES: Readonly<Record<number, NumberType>> = { 21: integer(5), 23: integer(10), 20: integer(19) };
const NUMERIC = 1700;

/** A type as the catalog of PostgreSQL has it. */
export function numberType(type: number, modifier: number): NumberType | undefined {
  if (type !== NUMERIC) return ENGINE_TYPES[type];
  return modifier < 4 ? undefined : decimal(((modifier - 4) >> 16) & 0xffff, (modifier - 4) & 0x7ff);
}

type Rule = (left: NumberType, right: NumberType) => NumberType | undefined;

const sum: Rule = (left, right) => {
  if (!left.isDecimal && !right.isDecimal) return integer(Math.max(left.precision, right.precision));
  const scale = Math.max(left.scale, right.scale);
  return decimal(Math.min(LARGEST, Math.max(left.precision - left.scale, right.precision - right.scale) + 1 + scale), scale);
};

const product: Rule = (left, right) => {
  if (!left.isDecimal && !right.isDecimal) return integer(Math.max(left.precision, right.precision));
  const scale = left.scale + right.scale;
  return scale > LARGEST ? undefined : decimal(Math.min(LARGEST, left.precision + right.precision + 1), scale);
};

/**
 * What a quotient is, as far as the guide settles it: what becomes of one with more than 38 digits it does not say.
 *
 * @source Redshift developer guide, "Computations with numeric values"
 */
export const quotient: Rule = (left, right) => {
  if (!left.isDecimal && !right.isDecimal) return integer(Math.max(left.precision, right.precision));
  const scale = Math.max(4, left.scale + right.precision - right.scale + 1);
  const precision = left.precision - left.scale + right.scale + scale;
  return precision > LARGEST ? undefined : decimal(precision, scale);
};

const RULES: Readonly<Record<string, Rule>> = { '+': sum, '-': sum, '*': product, '/': quotient };

/** What has one type for all its branches: COALESCE and DECODE. @source the same page */
export function common(types: readonly (NumberType | undefined)[]): NumberType | undefined {
  if (types.length === 0) return undefined;
  return types.reduce((left, right) => {
    if (left === undefined || right === undefined) return undefined;
    if (!left.isDecimal && !right.isDecimal) return integer(Math.max(left.precision, right.precision));
    const scale = Math.max(left.scale, right.scale);
    return decimal(Math.min(LARGEST, Math.max(left.precision - left.scale, right.precision - right.scale) + scale), scale);
  });
}

/** The type of what stands in these places; undefined: unknown, or no exact number. */
export function typeOf(draft: Draft, from: number, to: number): NumberType | undefined {
  if (from >= to) return undefined;
  for (const operators of ['+|-', '*|/|%']) {
    const place = lastOperator(draft, from, to, operators);
    if (place === undefined) continue;
    const left = typeOf(draft, from, place);
    const right = typeOf(draft, place + 1, to);
    return left === undefined || right === undefined ? undefined : RULES[draft.word(place)]?.(left, right);
  }
  return typeOfFactor(draft, from, to);
}

/** The last operator between two operands, outside parentheses. */
function lastOperator(draft: Draft, from: number, to: number, operators: string): number | undefined {
  for (let place = to - 1; place > from; place -= 1) {
    if (draft.word(place) === ')') place = draft.opening(place);
    else if (draft.word(place) === 'END') place = draft.caseOf(place);
    else if (draft.is(place, operators) && endsOperand(draft, place - 1)) return place;
  }
  return undefined;
}

const endsOperand = (draft: Draft, place: number) => draft.at(place)?.kind !== 'operator' || draft.word(place) === ')';

function typeOfFactor(draft: Draft, from: number, to: number): NumberType | undefined {
  if (draft.is(from, '-|+')) return typeOfFactor(draft, from + 1, to);
  const cast = lastOperator(draft, from, to, '::');
  if (cast !== undefined) return writtenType(draft, cast + 1);
  const first = draft.at(from);
  if (first === undefined) return undefined;
  if (to === from + 1 && first.kind === 'number') return typeOfNumber(first.text);
  if (draft.word(from) === '(') {
    const isQuery = draft.is(from + 1, 'SELECT|WITH');
    return draft.closing(from) === to - 1 && !isQuery ? typeOf(draft, from + 1, to - 1) : undefined;
  }
  if (draft.word(from) === 'CASE')
    return draft.caseOf(to - 1) === from ? typeOfBranches(draft, branchesOf(draft, from)) : undefined;
  if (draft.word(from + 1) === '(') return typeOfCall(draft, from, to);
  if (draft.nameEnd(from) !== to) return undefined;
  return typeOfName(draft, nameOf(draft.at(to - 1)?.text ?? ''));
}

function typeOfNumber(text: string): NumberType | undefined {
  if (/[eE]/.test(text)) return undefined;
  const [whole = '', fraction] = text.split('.');
  const digits = whole.replace(/^0+/, '').length;
  if (fraction !== undefined) return decimal(Math.max(1, digits + fraction.length), fraction.length);
  return digits < 10 ? integer(10) : digits < 19 ? integer(19) : decimal(digits, 0);
}

type Range = readonly [from: number, past: number];

/** NULL has whatever type the others have. */
export const withoutNulls = (draft: Draft, branches: readonly Range[]): readonly Range[] =>
  branches.filter(([from, past]) => !(draft.is(from, 'NULL') && past === from + 1));

const typeOfBranches = (draft: Draft, branches: readonly Range[]) =>
  common(withoutNulls(draft, branches).map(([from, past]) => typeOf(draft, from, past)));

/** The branches of the CASE that begins at the place: what is behind each THEN, and behind ELSE. */
export function branchesOf(draft: Draft, place: number): (readonly [number, number])[] {
  const branches: (readonly [number, number])[] = [];
  let start = -1;
  let depth = 0;
  for (let at = place + 1; at < draft.length; at += 1) {
    const word = draft.word(at);
    if (word === '(') at = draft.closing(at);
    else if (word === 'CASE') depth += 1;
    else if (word === 'END' && depth > 0) depth -= 1;
    else if (depth === 0 && draft.is(at, 'WHEN|ELSE|END')) {
      if (start > 0) branches.push([start, at]);
      start = word === 'ELSE' ? at + 1 : -1;
      if (word === 'END') break;
    } else if (depth === 0 && word === 'THEN') start = at + 1;
  }
  return branches;
}

/** A type as it is written. */
function writtenType(draft: Draft, place: number): NumberType | undefined {
  const digits = INTEGERS[draft.word(place)];
  if (digits !== undefined) return integer(digits);
  if (!draft.is(place, 'DECIMAL|NUMERIC')) return undefined;
  if (draft.word(place + 1) !== '(') return decimal(18, 0);
  return decimal(Number(draft.at(place + 2)?.text), draft.word(place + 3) === ',' ? Number(draft.at(place + 4)?.text) : 0);
}

/** Functions that keep the type of what they are given first. */
const KEEPING = 'MIN|MAX|ABS|NULLIF|ANY_VALUE|LAG|LEAD|FIRST_VALUE|LAST_VALUE';

function typeOfCall(draft: Draft, from: number, to: number): NumberType | undefined {
  const close = draft.closing(from + 1);
  if (close !== to - 1 && !draft.is(close + 1, 'OVER')) return undefined;
  const items = draft.items(from + 1);
  const [first, past] = items[0] ?? [0, 0];
  if (draft.is(from, 'CAST')) {
    const as = draft.find(first, 'AS');
    return as < 0 ? undefined : writtenType(draft, as + 1);
  }
  if (draft.is(from, 'COUNT')) return integer(19);
  if (draft.is(from, 'COALESCE|NVL|ISNULL')) return typeOfBranches(draft, items);
  const given = typeOf(draft, draft.is(first, 'DISTINCT|ALL') ? first + 1 : first, past);
  if (given === undefined) return undefined;
  if (draft.is(from, KEEPING)) return given;
  // https://docs.aws.amazon.com/redshift/latest/dg/r_SUM.html and r_AVG.html
  if (draft.is(from, 'SUM')) return given.isDecimal || given.precision === 19 ? decimal(LARGEST, given.scale) : integer(19);
  if (draft.is(from, 'AVG')) return given.isDecimal ? decimal(LARGEST, given.scale) : integer(19);
  return undefined;
}

/** A column, or what the statement calls so: it must be the same wherever it comes from. */
function typeOfName(draft: Draft, name: string): NumberType | undefined {
  const given = aliased(draft, name);
  const column = draft.columns.get(name);
  if (given.length === 0) return column;
  const [first, ...rest] = [...given, ...(column === undefined ? [] : [column])];
  const isSame = rest.every(
    (type) => type?.isDecimal === first?.isDecimal && type?.precision === first?.precision && type?.scale === first?.scale,
  );
  return isSame ? first : undefined;
}

/** Types of what the statement gives a name with AS. */
function aliased(draft: Draft, name: string): (NumberType | undefined)[] {
  const types: (NumberType | undefined)[] = [];
  for (let place = 1; place < draft.length; place += 1) {
    if (!draft.is(place - 1, 'AS') || nameOf(draft.at(place)?.text ?? '') !== name || draft.word(place + 1) === '(') continue;
    const start = itemStart(draft, place - 2);
    // A name for itself says nothing of its type.
    const isOfItself = Array.from({ length: place - 1 - start }, (_, index) =>
      nameOf(draft.at(start + index)?.text ?? ''),
    ).includes(name);
    if (start >= 0) types.push(isOfItself ? draft.columns.get(name) : typeOf(draft, start, place - 1));
  }
  return types;
}

/** Where an item of a SELECT list begins that ends at `place`; -1: it is no such item. */
function itemStart(draft: Draft, place: number): number {
  for (let start = place; start >= 0; start -= 1) {
    if (draft.word(start) === ')') start = draft.opening(start);
    else if (draft.is(start, ',|SELECT|DISTINCT|ALL')) return start + 1;
    else if (draft.is(start, '(|FROM|JOIN|WITH|WHERE')) return -1;
  }
  return -1;
}
