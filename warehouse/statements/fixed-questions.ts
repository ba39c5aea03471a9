import { readRecords, toRows, type AnswerKind } from './answers.ts';
import { SEGMENT_ROWS, segmentsStatement } from './customer-segments.ts';
import { PAIRS_KEY, RETENTION_KEY, salesKey, SEGMENTS_KEY, TOP_DIMENSIONS, TOP_ROWS, WHOLE_GROUPINGS } from './fixed-keys.ts';
import { pairsStatement } from './product-pairs.ts';
import { retentionStatement } from './retention.ts';
import { MAX_ROWS, type SalesQuestion } from './sales-question.ts';
import { salesStatement } from './sales-statement.ts';
import type { FieldRow, Statement } from './statement.ts';

/** A question whose answer is kept in the table `Answers`, so that it is there while the warehouse sleeps. */
export interface FixedQuestion {
  /** The item's key. */
  readonly key: string;
  readonly statement: Statement;
  /** What the item holds: rows exactly as the API returns them, without members that are null. */
  answer(records: readonly FieldRow[]): {
    readonly asOf: string | null;
    readonly rows: readonly Record<string, unknown>[];
    readonly hasMore: boolean;
  };
}

/** All of them. An item holds at most 1,000 rows of at most about 400 bytes: below the 400 KB that DynamoDB allows. */
export const fixedQuestions: readonly FixedQuestion[] = [
  ...WHOLE_GROUPINGS.map((groupBy) => ofSales({ groupBy, where: {}, orderBy: [], limit: MAX_ROWS })),
  ...TOP_DIMENSIONS.flatMap((dimension) =>
    (['REVENUE', 'UNITS'] as const).map((by) =>
      ofSales({ groupBy: [dimension], where: {}, orderBy: [{ by, direction: 'DESC' }], limit: TOP_ROWS }),
    ),
  ),
  fixed(SEGMENTS_KEY, 'segments', segmentsStatement(undefined), SEGMENT_ROWS),
  fixed(RETENTION_KEY, 'retention', retentionStatement(undefined, undefined), MAX_ROWS),
  fixed(PAIRS_KEY, 'pairs', pairsStatement(undefined, TOP_ROWS), TOP_ROWS),
];

function ofSales(question: SalesQuestion): FixedQuestion {
  return fixed(salesKey(question) ?? '', 'sales', salesStatement(question), question.limit);
}

function fixed(key: string, kind: AnswerKind, statement: Statement, limit: number): FixedQuestion {
  return {
    key,
    statement,
    answer(records) {
      const { asOf, rows, hasMore } = readRecords(kind, records, limit);
      return { asOf, rows: toRows(kind, rows).map(withoutAbsent), hasMore };
    },
  };
}

function withoutAbsent(row: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined));
}
