import { boundedAnswer, type AnswerColumn } from './bounded-answer.ts';
import { ratio } from './ratio.ts';
import { MAX_ROWS } from './sales-question.ts';
import type { FieldRow, Parameter, Statement } from './statement.ts';

/** How many of a month's new customers bought in a later month, as the API returns it. */
export interface RetentionRow {
  readonly cohort: string;
  readonly month: string;
  readonly monthsSince: number;
  readonly cohortSize: number;
  readonly customers: number;
  readonly rate: number;
}

/** The first and the last cohort, `YYYY-MM`. */
export interface RetentionQuestion {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** The columns of an answer, in their order. */
export const RETENTION_COLUMNS: readonly AnswerColumn[] = [
  { name: 'cohort', type: 'VARCHAR(7)', value: 'g.cohort' },
  { name: 'month', type: 'VARCHAR(7)', value: 'g.month' },
  { name: 'months_since', type: 'INTEGER', value: 'g.months_since' },
  { name: 'cohort_size', type: 'BIGINT', value: 'g.cohort_size' },
  { name: 'customers', type: 'BIGINT', value: 'g.customers' },
  { name: 'rate', type: 'DOUBLE PRECISION', value: ratio('g.customers', 'g.cohort_size') },
];

/** For each month's new customers, how many bought again in it and in each month up to the last one with a sale. */
export function retentionStatement({ from, to }: RetentionQuestion): Statement {
  const parameters: Parameter[] = [];
  const conditions: string[] = [];
  if (from !== undefined) {
    conditions.push('b.cohort >= CAST(:first_month AS VARCHAR(7))');
    parameters.push({ name: 'first_month', value: from });
  }
  if (to !== undefined) {
    conditions.push('b.cohort <= CAST(:last_month AS VARCHAR(7))');
    parameters.push({ name: 'last_month', value: to });
  }
  const cohorts = conditions.length === 0 ? '' : `\nWHERE ${conditions.join(' AND ')}`;
  const sql = `WITH active AS (
SELECT i.customer_id, i.month
FROM mart.fact_invoice i
WHERE i.customer_id IS NOT NULL AND i.cancelled = FALSE AND SUBSTRING(i.invoice_no, 1, 1) <> 'A'
GROUP BY i.customer_id, i.month
), born AS (
SELECT a.customer_id, MIN(a.month) AS cohort
FROM active a
GROUP BY a.customer_id
), cohort AS (
SELECT b.cohort, COUNT(*) AS cohort_size
FROM born b${cohorts}
GROUP BY b.cohort
), span AS (
SELECT MIN(a.month) AS first_month, MAX(a.month) AS last_month
FROM active a
), months AS (
SELECT d.month
FROM mart.calendar d JOIN span p ON d.month >= p.first_month AND d.month <= p.last_month
GROUP BY d.month
), again AS (
SELECT b.cohort, a.month, COUNT(*) AS customers
FROM active a JOIN born b ON b.customer_id = a.customer_id
GROUP BY b.cohort, a.month
), cell AS (
SELECT c.cohort, m.month, ${monthNumber('m.month')} - ${monthNumber('c.cohort')} AS months_since, c.cohort_size, COALESCE(n.customers, 0) AS customers
FROM cohort c JOIN months m ON m.month >= c.cohort LEFT JOIN again n ON n.cohort = c.cohort AND n.month = m.month
)
${boundedAnswer({
  columns: RETENTION_COLUMNS,
  from: 'cell g',
  asOf: 'f.as_of',
  order: ['cohort ASC', 'month ASC'],
  limit: MAX_ROWS,
})}`;
  return { name: 'retention', sql, parameters, source: 'FACT' };
}

/** Months since the year 0 of `YYYY-MM`. */
function monthNumber(column: string): string {
  return `(CAST(SUBSTRING(${column}, 1, 4) AS INTEGER) * 12 + CAST(SUBSTRING(${column}, 6, 2) AS INTEGER))`;
}

export function toRetentionRow(row: FieldRow): RetentionRow {
  return {
    cohort: row[0]?.stringValue ?? '',
    month: row[1]?.stringValue ?? '',
    monthsSince: row[2]?.longValue ?? 0,
    cohortSize: row[3]?.longValue ?? 0,
    customers: row[4]?.longValue ?? 0,
    rate: row[5]?.doubleValue ?? 0,
  };
}
