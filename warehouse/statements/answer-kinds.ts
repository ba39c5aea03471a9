import { customerSegmentsStatement, SEGMENT_COLUMNS, toSegmentRow } from './customer-segments.ts';
import type { CustomerSegmentsQuestion, SegmentRow } from './customer-segments.ts';
import { PAIR_COLUMNS, productPairsStatement, toPairRow } from './product-pairs.ts';
import type { ProductPairRow, ProductPairsQuestion } from './product-pairs.ts';
import { RETENTION_COLUMNS, retentionStatement, toRetentionRow } from './retention.ts';
import type { RetentionQuestion, RetentionRow } from './retention.ts';
import { DIMENSION_COLUMNS, MEASURE_COLUMNS, toSalesRow, type SalesRow } from './sales-dimensions.ts';
import type { SalesQuestion } from './sales-question.ts';
import { salesStatement } from './sales-statement.ts';
import { toDateTime, type Answer, type FieldRow, type Statement } from './statement.ts';

/**
 * The kinds of questions to the warehouse: the field of Query that asks, the type it answers with, and the columns of its statement.
 *
 * @remarks After these columns comes `asOf`. The last of them is null in the last record alone, which only tells `asOf`. A question of
 * which only one is kept in `Answers` is kept under the name of its kind.
 */
export const ANSWER_KINDS = {
  sales: { type: 'SalesResult', columns: DIMENSION_COLUMNS.length + MEASURE_COLUMNS.length },
  customerSegments: { type: 'SegmentResult', columns: SEGMENT_COLUMNS.length },
  retention: { type: 'RetentionResult', columns: RETENTION_COLUMNS.length },
  productPairs: { type: 'ProductPairResult', columns: PAIR_COLUMNS.length },
} as const satisfies Readonly<Record<string, { readonly type: string; readonly columns: number }>>;

/** One of the kinds of questions. */
export type AnswerKind = keyof typeof ANSWER_KINDS;

/** A question whose values have been checked, with its kind. */
export type KindOfQuestion =
  | { readonly kind: 'sales'; readonly question: SalesQuestion }
  | { readonly kind: 'customerSegments'; readonly question: CustomerSegmentsQuestion }
  | { readonly kind: 'retention'; readonly question: RetentionQuestion }
  | { readonly kind: 'productPairs'; readonly question: ProductPairsQuestion };

/** The statement that answers a question. */
export function statementOf(asked: KindOfQuestion): Statement {
  if (asked.kind === 'sales') return salesStatement(asked.question);
  if (asked.kind === 'customerSegments') return customerSegmentsStatement(asked.question);
  if (asked.kind === 'retention') return retentionStatement(asked.question);
  return productPairsStatement(asked.question);
}

/** A row of any answer. */
export type AnswerRow = SalesRow | SegmentRow | RetentionRow | ProductPairRow;

/** One turn of a loop for each record: see `MAX_ROWS`. */
export function toRows(kind: AnswerKind, records: readonly FieldRow[]): AnswerRow[] {
  if (kind === 'sales') return records.map((record) => toSalesRow(record));
  if (kind === 'customerSegments') return records.map((record) => toSegmentRow(record));
  if (kind === 'retention') return records.map((record) => toRetentionRow(record));
  return records.map((record) => toPairRow(record));
}

/** How many columns a record of the answer has, `asOf` among them. */
export const recordLength = (kind: AnswerKind): number => ANSWER_KINDS[kind].columns + 1;

/**
 * What the records of a statement say, before they become rows.
 *
 * @remarks Where the last record is missing (`bounded-answer.ts`), there are more rows: than were asked for, than fit into an answer, or
 * than the Data API put into this page of it.
 * @param limit - the statement asked for one more
 */
export function readAnswer(kind: AnswerKind, records: readonly FieldRow[], limit: number): Answer<FieldRow> {
  const { columns } = ANSWER_KINDS[kind];
  const isWhole = records[records.length - 1]?.[columns - 1]?.isNull === true;
  return {
    asOf: toDateTime(records[0]?.[columns]),
    rows: records.slice(0, isWhole ? records.length - 1 : limit),
    hasMore: !isWhole,
  };
}
