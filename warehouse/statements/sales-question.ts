import type { SalesDimension, SalesGrouping, SalesMeasure } from './sales-dimensions.ts';
import type { StatementSource } from './statement.ts';

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
