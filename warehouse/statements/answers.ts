import { toSegmentRow, type SegmentRow } from './customer-segments.ts';
import { toPairRow, type ProductPairRow } from './product-pairs.ts';
import { toRetentionRow, type RetentionRow } from './retention.ts';
import { toSalesRow, type SalesRow } from './sales-answer.ts';
import { toDateTime, type Answer, type FieldRow } from './statement.ts';

/** The four kinds of questions. */
export type AnswerKind = 'sales' | 'segments' | 'retention' | 'pairs';

/** A row of any answer. */
export type AnswerRow = SalesRow | SegmentRow | RetentionRow | ProductPairRow;

/** Where a kind's records hold what is not in its rows; both are counted from 0. */
interface Layout {
  /** Null in the last record alone, which only tells `asOf`. */
  readonly always: number;
  /** The last column. */
  readonly asOf: number;
}

const LAYOUTS: Readonly<Record<AnswerKind, Layout>> = {
  sales: { always: 14, asOf: 18 },
  segments: { always: 3, asOf: 6 },
  retention: { always: 0, asOf: 6 },
  pairs: { always: 0, asOf: 8 },
};

/** How many columns the records of a kind have. */
export function columnsOf(kind: AnswerKind): number {
  return LAYOUTS[kind].asOf + 1;
}

/**
 * What the records of a statement say, before they become rows.
 *
 * @remarks Where the last record is missing (`bounded-answer.ts`), there are more rows: than were asked for, than fit into an answer, or
 * than the Data API put into this page of it.
 * @param limit - the statement asked for one more
 */
export function readRecords(kind: AnswerKind, records: readonly FieldRow[], limit: number): Answer<FieldRow> {
  const layout = LAYOUTS[kind];
  const isWhole = records[records.length - 1]?.[layout.always]?.isNull === true;
  return {
    asOf: toDateTime(records[0]?.[layout.asOf]),
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
