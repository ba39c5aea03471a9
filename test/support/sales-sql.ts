import type { SalesDimension, SalesMeasure } from '../../warehouse/statements/sales-dimensions.ts';
import type { SalesFilter, SalesQuestion } from '../../warehouse/statements/sales-question.ts';

// The questions of `sales` in DuckDB's SQL over the table `line` of csv-truth.ts: written down anew, so that it shares no mistake with
// the statements of the warehouse.

/** The columns of every answer, in their order. */
export const SALES_COLUMNS = [
  ...['year', 'quarter', 'month', 'week', 'day', 'weekday', 'hour', 'country', 'customer_id', 'stock_code', 'description'],
  ...['cancelled', 'revenue', 'units', 'lines', 'invoices', 'customers', 'average_invoice'],
] as const;

const KEYS: Readonly<Record<SalesDimension, string>> = {
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

const MEASURES: Readonly<Record<SalesMeasure, string>> = {
  REVENUE: 'revenue',
  UNITS: 'units',
  LINES: 'lines',
  INVOICES: 'invoices',
  CUSTOMERS: 'customers',
  AVERAGE_INVOICE: 'average_invoice',
};

const COLUMNS: Readonly<Record<string, string>> = { ...KEYS, ...MEASURES };

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

function conditions(where: SalesFilter): string[] {
  const { from, to, countries, customerId, stockCode, cancelled, guests } = where;
  return [
    ...(from === undefined ? [] : [`day >= DATE ${quoted(from)}`]),
    ...(to === undefined ? [] : [`day <= DATE ${quoted(to)}`]),
    ...(countries === undefined ? [] : [`list_contains([${countries.map(quoted).join(', ')}], country)`]),
    ...(customerId === undefined ? [] : [`customer_id = ${quoted(customerId)}`]),
    ...(stockCode === undefined ? [] : [`stock_code = ${quoted(stockCode)}`]),
    ...(cancelled === undefined ? [] : [`cancelled = ${String(cancelled)}`]),
    ...(guests === undefined ? [] : [`(customer_id IS NULL) = ${String(guests)}`]),
  ];
}

/**
 * All groups of a question, whatever its limit: the columns of every answer, those that were not asked for NULL, and `place`, from 1.
 *
 * @remarks The average is in whole thousandths: quotient and remainder, halves away from zero.
 */
export function salesSql({ groupBy, where, orderBy }: Omit<SalesQuestion, 'limit'>): string {
  const keys = groupBy.map((dimension) => KEYS[dimension]);
  const asked = orderBy.map(({ by, direction }) => `${COLUMNS[by] ?? ''} ${direction} NULLS LAST`);
  const order = [...asked, ...keys.map((key) => `${key} ASC NULLS LAST`)];
  const filters = conditions(where);
  const columns = SALES_COLUMNS.slice(0, 12).map((column) => {
    const isAsked = keys.includes(column === 'description' ? 'stock_code' : column);
    return isAsked ? column : `NULL AS ${column}`;
  });
  return `SELECT ${columns.join(', ')}, revenue, units, lines, invoices, customers, average_invoice,
  row_number() OVER (${order.length === 0 ? '' : `ORDER BY ${order.join(', ')}`}) AS place
FROM (
  SELECT ${[...keys, ''].join(', ')} CAST(coalesce(SUM(amount), 0) AS DECIMAL(18, 3)) AS revenue,
    coalesce(SUM(quantity), 0) AS units, COUNT(*) AS lines, COUNT(DISTINCT invoice_no) AS invoices,
    COUNT(DISTINCT customer_id) AS customers,
    CASE WHEN COUNT(*) = 0 THEN 0 ELSE
      sign(SUM(mills)) * (abs(SUM(mills)) // COUNT(DISTINCT invoice_no)
        + CASE WHEN 2 * (abs(SUM(mills)) % COUNT(DISTINCT invoice_no)) >= COUNT(DISTINCT invoice_no) THEN 1 ELSE 0 END)
    END AS average,
    CAST(CAST(average AS DECIMAL(18, 0)) * 0.001 AS DECIMAL(18, 3)) AS average_invoice
  FROM line${filters.length === 0 ? '' : ` WHERE ${filters.join(' AND ')}`}
  ${keys.length === 0 ? '' : `GROUP BY ${keys.join(', ')}`}
)${keys.includes('stock_code') ? ' JOIN product USING (stock_code)' : ''}
ORDER BY place`;
}
