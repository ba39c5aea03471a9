import { util } from '@aws-appsync/utils';
import type { AnswerKind } from '../../warehouse/statements/answers.ts';
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
const KINDS: readonly string[] = ['sales', 'segments', 'retention', 'pairs'] satisfies AnswerKind[];
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
    readonly [string, AnswerKind, StatementSource, number, string] | null;
  const answer = {
    kind: opened?.[1] ?? 'sales',
    source: opened?.[2] ?? 'RAW',
    limit: opened?.[3] ?? 0,
    statementId: opened?.[4] ?? '',
  };
  const known =
    KINDS.indexOf(answer.kind) !== -1 &&
    SOURCES.indexOf(answer.source) !== -1 &&
    answer.limit >= 1 &&
    answer.limit <= MAX_ROWS &&
    answer.limit % 1 === 0 &&
    util.matches(STATEMENT_ID, answer.statementId);
  if (!known || sealAnswer(answer) !== id)
    util.error('id: write the id of a PENDING result unchanged, or ask the question again', 'InvalidValue', null, {
      field: 'id',
      value: id.slice(0, 80),
    });
  return answer;
}
