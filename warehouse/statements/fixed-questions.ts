import { readAnswer, statementOf, toRows, type KindOfQuestion } from './answer-kinds.ts';
import { SEGMENT_ROWS } from './customer-segments.ts';
import { salesKey, TOP_DIMENSIONS, TOP_ROWS, WHOLE_GROUPINGS } from './fixed-keys.ts';
import { MAX_ROWS, type SalesQuestion } from './sales-question.ts';
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
  fixed({ kind: 'customerSegments', question: {} }, SEGMENT_ROWS),
  fixed({ kind: 'retention', question: {} }, MAX_ROWS),
  fixed({ kind: 'productPairs', question: { limit: TOP_ROWS } }, TOP_ROWS),
];

function ofSales(question: SalesQuestion): FixedQuestion {
  return fixed({ kind: 'sales', question }, question.limit, salesKey(question));
}

function fixed(asked: KindOfQuestion, limit: number, key: string = asked.kind): FixedQuestion {
  const { kind } = asked;
  return {
    key,
    statement: statementOf(asked),
    answer(records) {
      const { asOf, rows, hasMore } = readAnswer(kind, records, limit);
      return { asOf, rows: toRows(kind, rows).map(withoutAbsent), hasMore };
    },
  };
}

function withoutAbsent(row: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined));
}
