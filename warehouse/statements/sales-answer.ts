import type { FieldRow } from './statement.ts';

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
