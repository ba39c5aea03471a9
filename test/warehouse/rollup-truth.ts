import type { Shop } from './given-shop.ts';

/** How each grouping of agg_sales groups lines, in SQL over `line`. */
const GROUPINGS: Readonly<Record<string, readonly string[]>> = {
  TOTAL: [],
  YEAR: ['year'],
  QUARTER: ['quarter'],
  MONTH: ['month'],
  WEEK: ['week'],
  DAY: ['day'],
  WEEKDAY: ['weekday'],
  HOUR: ['hour'],
  COUNTRY: ['country'],
  CUSTOMER: ['customer_id'],
  CANCELLED: ['cancelled'],
  MONTH_COUNTRY: ['month', 'country'],
};

const DIMENSIONS = [
  ...['year', 'quarter', 'month', 'week', 'day', 'weekday', 'hour', 'country', 'customer_id', 'stock_code', 'cancelled'],
];

const MEASURES = 'revenue, units, lines, invoices, customers, average_invoice';

/** Every line with what the calendar says of its day. PostgreSQL's own functions, and none of the warehouse's tables but one. */
const LINE = `(SELECT s.invoice_no, s.stock_code, s.customer_id, s.country, s.cancelled, s.amount, s.quantity,
    CAST(EXTRACT(YEAR FROM invoice_ts) AS SMALLINT) AS year, TO_CHAR(invoice_ts, 'YYYY-"Q"Q') AS quarter,
    TO_CHAR(invoice_ts, 'YYYY-MM') AS month, TO_CHAR(invoice_ts, 'IYYY-"W"IW') AS week, CAST(invoice_ts AS DATE) AS day,
    CAST((EXTRACT(DOW FROM invoice_ts) + 6) % 7 + 1 AS SMALLINT) AS weekday, CAST(EXTRACT(HOUR FROM invoice_ts) AS SMALLINT) AS hour
  FROM mart.sales_line AS s) AS line`;

function computed(grouping: string, dimensions: readonly string[]): string {
  const columns = DIMENSIONS.map((dimension) => (dimensions.includes(dimension) ? dimension : `NULL AS ${dimension}`));
  return `SELECT '${grouping}' AS grouping_name, ${columns.join(', ')}, SUM(amount) AS revenue, SUM(quantity) AS units, COUNT(*) AS lines,
      COUNT(DISTINCT invoice_no) AS invoices, COUNT(DISTINCT customer_id) AS customers,
      CAST(ROUND(SUM(amount) / COUNT(DISTINCT invoice_no), 3) AS DECIMAL(18, 3)) AS average_invoice
    FROM ${LINE} ${dimensions.length === 0 ? 'HAVING COUNT(*) > 0' : `GROUP BY ${dimensions.join(', ')}`}`;
}

/** Sorted, because the order of rows means nothing. */
async function sorted(shop: Shop, sql: string): Promise<string[]> {
  return (await shop.rows(sql)).map((row) => row.join('|')).sort();
}

/** What a grouping holds, and what lines come to. */
export async function rollupAndTruth(shop: Shop, grouping: string): Promise<{ held: string[]; truth: string[] }> {
  const dimensions = grouping === 'PRODUCT' ? ['stock_code'] : (GROUPINGS[grouping] ?? []);
  const held = `SELECT grouping_name, ${DIMENSIONS.join(', ')}, ${MEASURES} FROM mart.agg_sales WHERE grouping_name = '${grouping}'`;
  return { held: await sorted(shop, held), truth: await sorted(shop, computed(grouping, dimensions)) };
}

/** The same of all groupings that a load brings up to date, in one. */
export async function allRollupsAndTruth(shop: Shop): Promise<{ held: string[]; truth: string[] }> {
  const held = `SELECT grouping_name, ${DIMENSIONS.join(', ')}, ${MEASURES} FROM mart.agg_sales WHERE grouping_name <> 'PRODUCT'`;
  const truth: string[] = [];
  for (const [grouping, dimensions] of Object.entries(GROUPINGS))
    truth.push(...(await sorted(shop, computed(grouping, dimensions))));
  return { held: await sorted(shop, held), truth: truth.sort() };
}

/** fact_invoice, and what lines come to per invoice and place. */
export async function invoicesAndTruth(shop: Shop): Promise<{ held: string[]; truth: string[] }> {
  const columns = 'invoice_no, day, hour, year, quarter, month, week, weekday, country, customer_id, cancelled';
  return {
    held: await sorted(shop, `SELECT ${columns}, revenue, units, lines FROM mart.fact_invoice`),
    truth: await sorted(
      shop,
      `SELECT ${columns}, SUM(amount) AS revenue, SUM(quantity) AS units, COUNT(*) AS lines FROM ${LINE} GROUP BY ${columns}`,
    ),
  };
}
