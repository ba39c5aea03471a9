import type { SalesDimension } from './sales-question.ts';

/** A column of an answer that says what a row is about. */
interface DimensionColumn {
  readonly dimension: SalesDimension;
  readonly name: string;
  readonly type: string;
}

/** In the order of every answer; a product has two. */
export const DIMENSION_COLUMNS: readonly DimensionColumn[] = [
  { dimension: 'YEAR', name: 'year', type: 'SMALLINT' },
  { dimension: 'QUARTER', name: 'quarter', type: 'VARCHAR(7)' },
  { dimension: 'MONTH', name: 'month', type: 'VARCHAR(7)' },
  { dimension: 'WEEK', name: 'week', type: 'VARCHAR(8)' },
  { dimension: 'DAY', name: 'day', type: 'DATE' },
  { dimension: 'WEEKDAY', name: 'weekday', type: 'SMALLINT' },
  { dimension: 'HOUR', name: 'hour', type: 'SMALLINT' },
  { dimension: 'COUNTRY', name: 'country', type: 'VARCHAR(240)' },
  { dimension: 'CUSTOMER', name: 'customer_id', type: 'VARCHAR(32)' },
  { dimension: 'PRODUCT', name: 'stock_code', type: 'VARCHAR(160)' },
  { dimension: 'PRODUCT', name: 'description', type: 'VARCHAR(800)' },
  { dimension: 'CANCELLED', name: 'cancelled', type: 'BOOLEAN' },
];

/** The column that tells the groups of a dimension apart, and by which they are ordered. */
export const KEY_COLUMNS: Readonly<Record<SalesDimension, string>> = {
  YEAR: 'year',
  QUARTER: 'quarter',
  MONTH: 'month',
  WEEK: 'week',
  DAY: 'day',
  WEEKDAY: 'weekday',
  HOUR: 'hour',
  COUNTRY: 'country',
  CUSTOMER: 'customer_id',
  PRODUCT: 'stock_code',
  CANCELLED: 'cancelled',
};

/** Dimensions that a line takes from the calendar. */
export const CALENDAR_DIMENSIONS: readonly SalesDimension[] = ['YEAR', 'QUARTER', 'MONTH', 'WEEK', 'WEEKDAY'];
