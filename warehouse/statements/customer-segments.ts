import { boundedAnswer, type AnswerColumn } from './bounded-answer.ts';
import type { FieldRow, Statement } from './statement.ts';

/** The customers of one cell of recency x frequency x monetary, as the API returns it. */
export interface SegmentRow {
  readonly recency: number;
  readonly frequency: number;
  readonly monetary: number;
  readonly customers: number;
  readonly invoices: number;
  readonly revenue: string;
}

/** @remarks Without a day everything counts, which is the same as the latest day. */
export interface CustomerSegmentsQuestion {
  /** The last day that counts, `YYYY-MM-DD`. */
  readonly asOf?: string | undefined;
}

/** The columns of an answer, in their order. */
export const SEGMENT_COLUMNS: readonly AnswerColumn[] = [
  { name: 'recency', type: 'SMALLINT', value: 'g.recency' },
  { name: 'frequency', type: 'SMALLINT', value: 'g.frequency' },
  { name: 'monetary', type: 'SMALLINT', value: 'g.monetary' },
  { name: 'customers', type: 'BIGINT', value: 'g.customers' },
  { name: 'invoices', type: 'BIGINT', value: 'g.invoices' },
  { name: 'revenue', type: 'DECIMAL(19,3)', value: 'g.revenue' },
];

/** Cells of 5 x 5 x 5. */
export const SEGMENT_ROWS = 125;

/**
 * Customers by fifths of how lately, how often and for how much they bought; 5 is best.
 *
 * @remarks Only customers with a sale (neither a cancellation nor an adjustment). Revenue is net of cancellations.
 */
export function customerSegmentsStatement({ asOf }: CustomerSegmentsQuestion): Statement {
  const until = asOf === undefined ? '' : ' AND i.day <= CAST(:last_day AS DATE)';
  const sql = `WITH customer AS (
SELECT i.customer_id, SUM(i.revenue) AS revenue, COUNT(DISTINCT CASE WHEN ${SALE} THEN i.invoice_no END) AS invoices, MAX(CASE WHEN ${SALE} THEN i.day END) AS last_day
FROM mart.fact_invoice i
WHERE i.customer_id IS NOT NULL${until}
GROUP BY i.customer_id
), scored AS (
SELECT c.revenue, c.invoices, NTILE(5) OVER (ORDER BY c.last_day ASC, c.customer_id ASC) AS recency, NTILE(5) OVER (ORDER BY c.invoices ASC, c.customer_id ASC) AS frequency, NTILE(5) OVER (ORDER BY c.revenue ASC, c.customer_id ASC) AS monetary
FROM customer c
WHERE c.invoices > 0
), cell AS (
SELECT s.recency, s.frequency, s.monetary, COUNT(*) AS customers, SUM(s.invoices) AS invoices, SUM(s.revenue) AS revenue
FROM scored s
GROUP BY s.recency, s.frequency, s.monetary
)
${boundedAnswer({
  columns: SEGMENT_COLUMNS,
  from: 'cell g',
  asOf: 'f.as_of',
  order: ['recency DESC', 'frequency DESC', 'monetary DESC'],
  limit: SEGMENT_ROWS,
})}`;
  return {
    name: 'customer-segments',
    sql,
    parameters: asOf === undefined ? [] : [{ name: 'last_day', value: asOf }],
    source: 'FACT',
  };
}

const SALE = "i.cancelled = FALSE AND SUBSTRING(i.invoice_no, 1, 1) <> 'A'";

export function toSegmentRow(row: FieldRow): SegmentRow {
  return {
    recency: row[0]?.longValue ?? 0,
    frequency: row[1]?.longValue ?? 0,
    monetary: row[2]?.longValue ?? 0,
    customers: row[3]?.longValue ?? 0,
    invoices: row[4]?.longValue ?? 0,
    revenue: row[5]?.stringValue ?? '0.000',
  };
}
