import type { SalesDimension } from './sales-dimensions.ts';
import { MAX_ROWS, type SalesQuestion } from './sales-question.ts';

// Which questions are fixed: their answers are kept in DynamoDB, under these keys, and served while the warehouse sleeps.

/** Rows kept of an answer that has a best end. */
export const TOP_ROWS = 100;

/** Dimensions whose greatest groups are kept, by revenue and by units. */
export const TOP_DIMENSIONS: readonly SalesDimension[] = ['PRODUCT', 'CUSTOMER', 'COUNTRY'];

/** Groupings of which all groups are kept, in the order of their dimensions. */
export const WHOLE_GROUPINGS: readonly (readonly SalesDimension[])[] = [
  [],
  ['YEAR'],
  ['QUARTER'],
  ['MONTH'],
  ['WEEK'],
  ['DAY'],
  ['WEEKDAY'],
  ['HOUR'],
  ['COUNTRY'],
  ['CANCELLED'],
  ['MONTH', 'COUNTRY'],
];

/** The key of a question about sales, or `undefined` when it is not a fixed one. */
export function salesKey(question: SalesQuestion): string | undefined {
  if (Object.keys(question.where).length > 0) return undefined;
  const { groupBy, orderBy } = question;
  const name = groupBy.join('_');
  const first = orderBy[0];
  const isTop = orderBy.length === 1 && first?.direction === 'DESC' && (first.by === 'REVENUE' || first.by === 'UNITS');
  if (isTop && question.limit <= TOP_ROWS && TOP_DIMENSIONS.some((dimension) => dimension === name))
    return `sales:${name}:${first.by}`;
  // The same order as the one that a question without any has.
  const natural = orderBy.every((order, place) => order.by === groupBy[place] && order.direction === 'ASC');
  const whole = WHOLE_GROUPINGS.some((grouping) => grouping.join('_') === name);
  return natural && whole && question.limit <= MAX_ROWS ? `sales:${name === '' ? 'TOTAL' : name}` : undefined;
}
