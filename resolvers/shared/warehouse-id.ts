import { util } from '@aws-appsync/utils';
import { ANSWER_KINDS, type AnswerKind } from '../../warehouse/statements/answer-kinds.ts';
import { MAX_ROWS } from '../../warehouse/statements/sales-question.ts';
import type { StatementSource } from '../../warehouse/statements/statement.ts';

/** What must be known of a PENDING answer to fetch it later. */
export interface PendingAnswer {
  readonly kind: AnswerKind;
  readonly source: StatementSource;
  /** Rows that were asked for. */
  readonly limit: number;
  readonly statementId: string;
}

const SCOPE = 'warehouseResult';
const KINDS: readonly string[] = Object.keys(ANSWER_KINDS);
const SOURCES: readonly string[] = ['ROLLUP', 'FACT', 'RAW'] satisfies StatementSource[];

/** @source Redshift Data API reference, DescribeStatement: Id; without the suffix that statements of a batch have */
const STATEMENT_ID = '^[a-z0-9]{8}(-[a-z0-9]{4}){3}-[a-z0-9]{12}$';

/** The opaque `id` of a PENDING result. */
export function sealAnswer(answer: PendingAnswer): string {
  return util.base64Encode(JSON.stringify([SCOPE, answer.kind, answer.source, answer.limit, answer.statementId]));
}

/** The way back. Only the very text that `sealAnswer` makes is taken; anything else is refused with `InvalidValue`. */
export function openAnswer(id: string): PendingAnswer {
  const encoded = id.length % 4 === 0 && id.length < 300 && util.matches('^[A-Za-z0-9+/]+={0,2}$', id);
  const opened = (encoded ? JSON.parse(util.base64Decode(id)) : null) as
    readonly [string, AnswerKind, StatementSource, unknown, unknown] | null;
  const kind = opened?.[1] ?? 'sales';
  const source = opened?.[2] ?? 'RAW';
  // A text of digits would pass the comparisons below.
  const limit = typeof opened?.[3] === 'number' ? opened[3] : 0;
  const statementId = typeof opened?.[4] === 'string' ? opened[4] : '';
  const answer = { kind, source, limit, statementId };
  const known =
    KINDS.indexOf(kind) !== -1 &&
    SOURCES.indexOf(source) !== -1 &&
    limit >= 1 &&
    limit <= MAX_ROWS &&
    limit % 1 === 0 &&
    util.matches(STATEMENT_ID, statementId);
  if (!known || sealAnswer(answer) !== id)
    util.error('id: write the id of a PENDING result unchanged, or ask the question again', 'InvalidValue', null, {
      field: 'id',
      value: id.slice(0, 80),
    });
  return answer;
}
