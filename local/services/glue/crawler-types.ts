/** A type as crawlers write it into the catalog: `bigint`, `double`, `string`, `struct<a:int>`, … */
export type ColumnType = string;

/** A column that was found. */
export interface FoundColumn {
  /** As the catalog keeps it: in lower case. */
  readonly name: string;
  readonly type: ColumnType;
}

/** Digits that a `bigint` certainly holds. */
const LONGEST_INTEGER = 18;

/**
 * What a crawler takes a text of a CSV file for; undefined: it says nothing.
 *
 * @remarks Wrong in the ways that crawlers are: a number with leading zeros is a number, and a date is a text, however it is written.
 * @source `bigint`, `double`, `boolean` and `string` are what tables of crawlers over CSV have; that dates are texts there is what such
 * tables show, no page of AWS says it
 */
export function typeOfText(text: string): ColumnType | undefined {
  if (text === '') return undefined;
  if (/^[+-]?\d+$/.test(text)) return text.replace(/^[+-]?0*/, '').length <= LONGEST_INTEGER ? 'bigint' : 'double';
  if (/^[+-]?(?:\d+\.\d*|\.\d+|\d+(?=[eE]))(?:[eE][+-]?\d+)?$/.test(text)) return 'double';
  if (/^(?:true|false)$/i.test(text)) return 'boolean';
  return 'string';
}

const MAX_INT = 2 ** 31 - 1;

/** What a crawler takes a JSON value for; undefined: it says nothing. */
export function typeOfValue(value: unknown): ColumnType | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') {
    if (!Number.isInteger(value)) return 'double';
    return Math.abs(value) <= MAX_INT ? 'int' : 'bigint';
  }
  if (typeof value === 'string') return 'string';
  if (Array.isArray(value)) return `array<${mergedType(value.map(typeOfValue)) ?? 'string'}>`;
  const members = Object.entries(value).map(([name, member]) => `${name.toLowerCase()}:${typeOfValue(member) ?? 'string'}`);
  return `struct<${members.join(',')}>`;
}

/** From narrow to wide. */
const NUMBERS = ['int', 'bigint', 'double'];

/** The type that holds all: the widest of numbers, else `string`; undefined when none says anything. */
export function mergedType(types: readonly (ColumnType | undefined)[]): ColumnType | undefined {
  const kinds = [...new Set(types.filter((type) => type !== undefined))];
  if (kinds.length <= 1) return kinds[0];
  return kinds.every((kind) => NUMBERS.includes(kind)) ? NUMBERS.findLast((number) => kinds.includes(number)) : 'string';
}
