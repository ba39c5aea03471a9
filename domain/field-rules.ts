// What no pattern says of a field. Resolvers bundle this file: only what APPSYNC_JS knows.

import { MAX_PIECES, MAX_POUNDS_OF_A_LINE } from './limits.ts';
import { toThreePlaces } from './pounds.ts';

/** The field of a line that does not fit: its value, whole, and what it must look like. */
export interface WrongField {
  readonly field: string;
  readonly value: string;
  readonly expected: string;
}

/** Whether so many pieces can be sold, or returned, in one line. */
export const isQuantity = (pieces: number): boolean => pieces <= MAX_PIECES && pieces >= 0 - MAX_PIECES && pieces % 1 === 0;

/** Whether quantity x unit price stays within the largest amount. @param unitPrice - a price that fits its pattern */
export function isSummable(quantity: number, unitPrice: string): boolean {
  const size = quantity < 0 ? 0 - quantity : quantity;
  const point = unitPrice.indexOf('.');
  // Nearly every line: 900 pieces for less than 10,000 pounds each.
  if (size <= 900 && (point === -1 ? unitPrice.length : point) <= 4) return true;
  const digits = toThreePlaces(unitPrice).split('.');
  const pounds = JSON.parse(digits[0] ?? '0') as number;
  // `1` before the places, because JSON knows no number that begins with 0.
  const places = (JSON.parse(`1${digits[1] ?? '000'}`) as number) - 1000;
  const mills = (pounds < 0 ? 0 - pounds : pounds) * 1000 + places;
  return size * mills <= MAX_POUNDS_OF_A_LINE * 1000;
}
