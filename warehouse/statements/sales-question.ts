import type { StatementSource } from './statement.ts';

/** What sales can be grouped by, in the order of the columns of every answer. */
export type SalesDimension =
  'YEAR' | 'QUARTER' | 'MONTH' | 'WEEK' | 'DAY' | 'WEEKDAY' | 'HOUR' | 'COUNTRY' | 'CUSTOMER' | 'PRODUCT' | 'CANCELLED';

/** What is counted and summed in each group. */
export type SalesMeasure = 'REVENUE' | 'UNITS' | 'LINES' | 'INVOICES' | 'CUSTOMERS' | 'AVERAGE_INVOICE';

/** Which lines count. */
export interface SalesFilter {
  /** First day, inclusive: `YYYY-MM-DD`. */
  readonly from?: string;
  /** Last day, inclusive. */
  readonly to?: string;
  /** One or more names. */
  readonly countries?: readonly string[];
  readonly customerId?: string;
  readonly stockCode?: string;
  /** True: cancellations alone; false: none. */
  readonly cancelled?: boolean;
  /** True: lines without a customer alone; false: none. */
  readonly guests?: boolean;
}

/** One key of the order of an answer. */
export interface SalesOrder {
  readonly by: SalesDimension | SalesMeasure;
  readonly direction: 'ASC' | 'DESC';
}

/** A question about sales whose values have been checked: see `resolvers/shared/sales-question.ts`. */
export interface SalesQuestion {
  /** At most three, none twice. */
  readonly groupBy: readonly SalesDimension[];
  readonly where: SalesFilter;
  /** Dimensions of `groupBy` and measures; ties go by the dimensions, ascending. */
  readonly orderBy: readonly SalesOrder[];
  /** 1 to 1,000. */
  readonly limit: number;
}

/** The finished rollups of `mart.agg_sales`. */
export type SalesGrouping =
  | 'TOTAL'
  | 'YEAR'
  | 'QUARTER'
  | 'MONTH'
  | 'WEEK'
  | 'DAY'
  | 'WEEKDAY'
  | 'HOUR'
  | 'COUNTRY'
  | 'CUSTOMER'
  | 'CANCELLED'
  | 'MONTH_COUNTRY'
  | 'PRODUCT';

/** Where a question is answered. */
export interface SalesRoute {
  readonly source: StatementSource;
  /** Of a ROLLUP alone. */
  readonly grouping?: SalesGrouping;
}

/** Most dimensions of a question. */
export const MAX_DIMENSIONS = 3;

/** Most rows of any answer. @source APPSYNC_JS stops a handler at 1,000 loop iterations, and a row takes one */
export const MAX_ROWS = 1000;

/** Rows of an answer when the caller names no limit. */
export const DEFAULT_ROWS = 100;

/** Most names in `countries`: each is a parameter of the statement. */
export const MAX_COUNTRIES = 50;
