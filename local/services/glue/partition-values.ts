import { ServiceError } from '../../errors.ts';
import { invalid } from './catalog-requests.ts';

/** How values of a type are compared. Both sides are texts, in a form that can be ordered. */
export interface Comparison {
  /** As messages name it, where LIKE is refused; absent: it is text. */
  readonly kind?: 'Integral' | 'Decimal' | 'Date' | 'Timestamp';
  /** The value of a partition. @throws ServiceError InvalidStateException when it is none of this type */
  stored(value: string): string;
  /** A value of the predicate. @throws ServiceError InvalidInputException when it is none of this type */
  literal(value: string): string;
  /** Below, at or above 0. */
  order(one: string, other: string): number;
}

const TEXTS = ['string', 'char', 'varchar'];
const INTEGERS = ['bigint', 'long', 'int', 'integer', 'smallint', 'tinyint'];

const byText = (one: string, other: string) => Buffer.compare(Buffer.from(one), Buffer.from(other));

/** @throws ServiceError InvalidInputException when predicates cannot be about such a type */
export function comparisonOf(type: string): Comparison {
  const name = type.toLowerCase().replace(/\(.*$/, '').trim();
  if (TEXTS.includes(name)) return { stored: (value) => value, literal: (value) => value, order: byText };
  if (INTEGERS.includes(name))
    return typed(
      'Integral',
      (value) => (/^[+-]?\d+$/.test(value) ? value : undefined),
      (value) => `"${value}" is not an integer.`,
      byNumber,
    );
  if (name === 'decimal')
    return typed(
      'Decimal',
      (value) => (NUMBER.test(value) && /\d/.test(value) ? value : undefined),
      (value) => `${value} is not a decimal.`,
      byNumber,
    );
  if (name === 'date') return typed('Date', dayOf, (value) => `${value} is not a date.`, byText);
  if (name === 'timestamp')
    return typed(
      'Timestamp',
      timeOf,
      (value) => `Timestamp format must be yyyy-mm-dd hh:mm:ss[.fffffffff] ${value} is not a timestamp.`,
      byText,
    );
  throw invalid(`Unknown type : '${type}'`);
}

function typed(
  kind: NonNullable<Comparison['kind']>,
  read: (value: string) => string | undefined,
  refusal: (value: string) => string,
  order: Comparison['order'],
): Comparison {
  return {
    kind,
    order,
    literal: (value) => read(value) ?? fail(invalid(refusal(value))),
    stored: (value) => read(value) ?? fail(new ServiceError('InvalidStateException', refusal(value))),
  };
}

function fail(error: ServiceError): never {
  throw error;
}

function dayOf(value: string): string | undefined {
  const time = /^\d{4}-\d\d-\d\d$/.test(value) ? Date.parse(`${value}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value) ? value : undefined;
}

/** With nine digits behind the seconds. */
function timeOf(value: string): string | undefined {
  const [, day = '', clock, fraction = ''] =
    /^(\d{4}-\d\d-\d\d) ((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.(\d{1,9}))?$/.exec(value) ?? [];
  return clock === undefined || dayOf(day) === undefined ? undefined : `${day} ${clock}.${fraction.padEnd(9, '0')}`;
}

/** Hive's decimals have 38 digits: an exponent of three digits says all that can be said. */
const NUMBER = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d{1,3}))?$/;

/** Exactly: doubles would hold two large numbers for the same. */
function byNumber(one: string, other: string): number {
  const [a, b] = [scaled(one), scaled(other)];
  const exponent = Math.min(a.exponent, b.exponent);
  const difference = a.digits * 10n ** BigInt(a.exponent - exponent) - b.digits * 10n ** BigInt(b.exponent - exponent);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function scaled(text: string): { readonly digits: bigint; readonly exponent: number } {
  const [, sign, whole = '', fraction = '', exponent = '0'] = NUMBER.exec(text) ?? [];
  const digits = BigInt(`0${whole}${fraction}`);
  return { digits: sign === '-' ? -digits : digits, exponent: Number(exponent) - fraction.length };
}
