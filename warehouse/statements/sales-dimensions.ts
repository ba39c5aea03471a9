import type { Period } from './periods.ts';
import type { FieldRow } from './statement.ts';

/** What sales can be grouped by: the columns of every answer, in their order. A product has two; the first of a dimension is its key. */
export const DIMENSION_COLUMNS = [
  { dimension: 'YEAR', name: 'year', type: 'SMALLINT', fromCalendar: true },
  { dimension: 'QUARTER', name: 'quarter', type: 'VARCHAR(7)', fromCalendar: true },
  { dimension: 'MONTH', name: 'month', type: 'VARCHAR(7)', fromCalendar: true },
  { dimension: 'WEEK', name: 'week', type: 'VARCHAR(8)', fromCalendar: true },
  { dimension: 'DAY', name: 'day', type: 'DATE', fromCalendar: false },
  { dimension: 'WEEKDAY', name: 'weekday', type: 'SMALLINT', fromCalendar: true },
  { dimension: 'HOUR', name: 'hour', type: 'SMALLINT', fromCalendar: false },
  { dimension: 'COUNTRY', name: 'country', type: 'VARCHAR(240)', fromCalendar: false },
  { dimension: 'CUSTOMER', name: 'customer_id', type: 'VARCHAR(32)', fromCalendar: false },
  { dimension: 'PRODUCT', name: 'stock_code', type: 'VARCHAR(160)', fromCalendar: false },
  { dimension: 'PRODUCT', name: 'description', type: 'VARCHAR(800)', fromCalendar: false },
  { dimension: 'CANCELLED', name: 'cancelled', type: 'BOOLEAN', fromCalendar: false },
] as const;

/** What sales can be grouped by. */
export type SalesDimension = (typeof DIMENSION_COLUMNS)[number]['dimension'];

/** What is counted and summed in each group: the columns that follow those of the dimensions. */
export const MEASURE_COLUMNS = [
  { measure: 'REVENUE', name: 'revenue', type: 'DECIMAL(19,3)' },
  { measure: 'UNITS', name: 'units', type: 'BIGINT' },
  { measure: 'LINES', name: 'lines', type: 'BIGINT' },
  { measure: 'INVOICES', name: 'invoices', type: 'BIGINT' },
  { measure: 'CUSTOMERS', name: 'customers', type: 'BIGINT' },
  { measure: 'AVERAGE_INVOICE', name: 'average_invoice', type: 'DECIMAL(19,3)' },
] as const;

/** What is counted and summed in each group. */
export type SalesMeasure = (typeof MEASURE_COLUMNS)[number]['measure'];

/** A group of sales as the API returns it; a member that was not asked for, or has no value, is left out. */
export interface SalesRow {
  readonly year?: number | undefined;
  readonly quarter?: string | undefined;
  readonly month?: string | undefined;
  readonly week?: string | undefined;
  readonly day?: string | undefined;
  readonly weekday?: number | undefined;
  readonly hour?: number | undefined;
  readonly country?: string | undefined;
  readonly customerId?: string | undefined;
  readonly stockCode?: string | undefined;
  readonly description?: string | undefined;
  readonly cancelled?: boolean | undefined;
  readonly revenue: string;
  readonly units: number;
  readonly lines: number;
  readonly invoices: number;
  readonly customers: number;
  readonly averageInvoice: string;
}

/** Written out, because each turn of a loop counts: see `MAX_ROWS`. */
export function toSalesRow(row: FieldRow): SalesRow {
  return {
    year: row[0]?.longValue,
    quarter: row[1]?.stringValue,
    month: row[2]?.stringValue,
    week: row[3]?.stringValue,
    day: row[4]?.stringValue,
    weekday: row[5]?.longValue,
    hour: row[6]?.longValue,
    country: row[7]?.stringValue,
    customerId: row[8]?.stringValue,
    stockCode: row[9]?.stringValue,
    description: row[10]?.stringValue,
    cancelled: row[11]?.booleanValue,
    revenue: row[12]?.stringValue ?? '0.000',
    units: row[13]?.longValue ?? 0,
    lines: row[14]?.longValue ?? 0,
    invoices: row[15]?.longValue ?? 0,
    customers: row[16]?.longValue ?? 0,
    averageInvoice: row[17]?.stringValue ?? '0.000',
  };
}

/** The finished rollups of `mart.agg_sales`, and which dimensions tell the groups of each apart. Small ones first. */
export const ROLLUPS = [
  { grouping: 'TOTAL', dimensions: [] },
  { grouping: 'CANCELLED', dimensions: ['CANCELLED'] },
  { grouping: 'YEAR', dimensions: ['YEAR'], period: 'YEAR' },
  { grouping: 'QUARTER', dimensions: ['QUARTER'], period: 'QUARTER' },
  { grouping: 'WEEKDAY', dimensions: ['WEEKDAY'] },
  { grouping: 'MONTH', dimensions: ['MONTH'], period: 'MONTH' },
  { grouping: 'HOUR', dimensions: ['HOUR'] },
  { grouping: 'COUNTRY', dimensions: ['COUNTRY'] },
  { grouping: 'WEEK', dimensions: ['WEEK'], period: 'WEEK' },
  { grouping: 'DAY', dimensions: ['DAY'], period: 'DAY' },
  { grouping: 'MONTH_COUNTRY', dimensions: ['MONTH', 'COUNTRY'], period: 'MONTH' },
  { grouping: 'CUSTOMER', dimensions: ['CUSTOMER'] },
  { grouping: 'PRODUCT', dimensions: ['PRODUCT'] },
] as const satisfies readonly {
  readonly grouping: string;
  readonly dimensions: readonly SalesDimension[];
  /** The dimension among them that a range of days can pick groups of. */
  readonly period?: Period;
}[];

/** A finished rollup. */
export type SalesGrouping = (typeof ROLLUPS)[number]['grouping'];

/** The column that tells the groups of a dimension apart, and by which they are ordered. */
export function keyColumnOf(dimension: SalesDimension): string {
  return DIMENSION_COLUMNS.find((column) => column.dimension === dimension)?.name ?? '';
}

/** The column that rows are ordered by. */
export function orderColumnOf(by: SalesDimension | SalesMeasure): string {
  return MEASURE_COLUMNS.find(({ measure }) => measure === by)?.name ?? keyColumnOf(by as SalesDimension);
}

/** Whether a line takes the dimension from the calendar. */
export function isFromCalendar(dimension: SalesDimension): boolean {
  return DIMENSION_COLUMNS.some((column) => column.dimension === dimension && column.fromCalendar);
}
