import { toSegmentRow, type SegmentRow } from './customer-segments.ts';
import { toPairRow, type ProductPairRow } from './product-pairs.ts';
import { toRetentionRow, type RetentionRow } from './retention.ts';
import { toSalesRow, type SalesRow } from './sales-answer.ts';
import { toDateTime, type Answer, type FieldRow } from './statement.ts';

/** What is said once of a kind of questions. Columns are counted from 0. */
interface AnswerShape {
  /** In the schema. */
  readonly type: 'SalesResult' | 'SegmentResult' | 'RetentionResult' | 'ProductPairResult';
  /** How many columns a record has. The last is `asOf`. */
  readonly columns: number;
  /** The column that is null in the last record alone, which only tells `asOf`. */
  readonly always: number;
}

/** The kinds of questions. */
export const ANSWERS = {
  sales: { type: 'SalesResult', columns: 19, always: 14 },
  segments: { type: 'SegmentResult', columns: 7, always: 3 },
  retention: { type: 'RetentionResult', columns: 7, always: 0 },
  pairs: { type: 'ProductPairResult', columns: 9, always: 0 },
} as const satisfies Readonly<Record<string, AnswerShape>>;

/** One of the kinds of questions. */
export type AnswerKind = keyof typeof ANSWERS;

/** A row of any answer. */
export type AnswerRow = SalesRow | SegmentRow | RetentionRow | ProductPairRow;

/**
 * What the records of a statement say, before they become rows.
 *
 * @remarks Where the last record is missing (`bounded-answer.ts`), there are more rows: than were asked for, than fit into an answer, or
 * than the Data API put into this page of it.
 * @param limit - the statement asked for one more
 */
export function readRecords(kind: AnswerKind, records: readonly FieldRow[], limit: number): Answer<FieldRow> {
  const { always, columns }: AnswerShape = ANSWERS[kind];
  const isWhole = records[records.length - 1]?.[always]?.isNull === true;
  return {
    asOf: toDateTime(records[0]?.[columns - 1]),
    rows: records.slice(0, isWhole ? records.length - 1 : limit),
    hasMore: !isWhole,
  };
}

/** One turn of a loop for each record: see `MAX_ROWS`. */
export function toRows(kind: AnswerKind, records: readonly FieldRow[]): AnswerRow[] {
  if (kind === 'sales') return records.map((record) => toSalesRow(record));
  if (kind === 'segments') return records.map((record) => toSegmentRow(record));
  if (kind === 'retention') return records.map((record) => toRetentionRow(record));
  return records.map((record) => toPairRow(record));
}
