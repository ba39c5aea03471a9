import { bigDecimal, isInt, isLong, javaClass, javaText } from './java-values.ts';

/** A value that a type cannot take or show; the message is graphql-java's. */
export class LeafError extends Error {
  override readonly name = 'LeafError';
  readonly code = 'LEAF_VALUE';
}

/** Gives what a value is as one of a type. @throws LeafError */
export type Convert = (value: unknown) => unknown;

/**
 * GraphQL's own scalars as graphql-java 9 converts them, in variables and in answers alike: `"5"` is an Int and a Float, anything
 * is a String, and every text is a Boolean. Literals in a query are not converted.
 */
export const LENIENT_SCALARS: Readonly<Record<string, Convert>> = {
  String: javaText,
  Int: (value) => {
    const number = numberOf(value);
    return number !== undefined && isInt(number) ? number : mismatch('Int', value);
  },
  Float: (value) => {
    const number = numberOf(value);
    return number !== undefined && Number.isFinite(number) ? number : mismatch('Float', value);
  },
  Boolean: (value) => {
    if (typeof value === 'boolean') return value;
    if (typeof value === 'string') return value.toLowerCase() === 'true';
    return typeof value === 'number' ? value !== 0 : mismatch('Boolean', value);
  },
  ID: (value) => {
    if (typeof value === 'string') return value;
    return typeof value === 'number' && isLong(value) ? javaText(value) : mismatch('ID', value);
  },
};

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? bigDecimal(value) : undefined;
}

function mismatch(type: string, value: unknown): never {
  throw new LeafError(`Expected type '${type}' but was '${javaClass(value)}'.`);
}
