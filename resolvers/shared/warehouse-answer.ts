import { util } from '@aws-appsync/utils';
import { ANSWER_KINDS, readAnswer, recordLength, toRows } from '../../warehouse/statements/answer-kinds.ts';
import type { AnswerKind, AnswerRow, KindOfQuestion } from '../../warehouse/statements/answer-kinds.ts';
import { wordsOf } from '../../warehouse/statements/refusals.ts';
import type { FieldRow, StatementSource } from '../../warehouse/statements/statement.ts';
import type { DataApiOutput } from './data-api.ts';
import { sealAnswer } from './warehouse-id.ts';

/** What the steps of a question to the warehouse hand on. */
export interface WarehouseStash {
  /** @unit epoch milliseconds */
  startedAt: number;
  kind: AnswerKind;
  /** Where the answer may lie ready; empty when the question is not a fixed one. */
  key: string;
  /** As it has been checked. Absent where an earlier answer is fetched. */
  question: KindOfQuestion['question'];
  /** Known once the statement is, or the answer is found. */
  source: StatementSource | 'CACHE';
  limit: number;
  statementId: string;
  /** `PENDING` until it is known better. */
  status: 'FINISHED' | 'PENDING' | 'FAILED';
  /** Of a FAILED answer. */
  reason: string;
  asOf: string | null;
  hasMore: boolean;
  rows: AnswerRow[];
  /** Records that are not rows yet: a handler has 1,000 turns of loops, so two of them share the work. */
  rest: FieldRow[];
}

/** Rows made by the step that has fetched them, at most. */
const ROWS_AT_ONCE = 900;

/** Begins a question, or ends the field where the stage has no warehouse. */
export function beginAnswer(env: Readonly<Record<string, string>>, stash: WarehouseStash, kind: AnswerKind): void {
  if ((env['WAREHOUSE_WORKGROUP'] ?? '') === '')
    util.error(
      'this stage has no warehouse: deploy a stage that has one (dev, prod), or ask customers and invoices alone',
      'WarehouseAbsent',
    );
  stash.startedAt = util.time.nowEpochMilliSeconds();
  stash.kind = kind;
  stash.key = '';
  stash.source = 'RAW';
  stash.statementId = '';
  stash.status = 'PENDING';
  stash.reason = '';
  stash.asOf = null;
  stash.hasMore = false;
  stash.rows = [];
  stash.rest = [];
}

/** Keeps a checked question for the step that makes SQL of it, and where its answer may lie ready. */
export function keepQuestion(stash: WarehouseStash, asked: KindOfQuestion, limit: number, key: string | undefined): void {
  stash.question = asked.question;
  stash.limit = limit;
  stash.key = key ?? '';
}

/**
 * Makes rows of a result. One that is not there yet leaves the answer PENDING.
 *
 * @remarks One page is asked for: 1,001 rows are about half a megabyte, of the 500 that the Data API keeps of a result. How much it
 * puts into a page AWS does not say; should it be less, the rows are the first ones and `hasMore` is true.
 */
export function takeResult(stash: WarehouseStash, result: DataApiOutput | undefined): void {
  const columns = result?.ColumnMetadata?.length ?? 0;
  if (columns === 0) return;
  if (columns !== recordLength(stash.kind)) refuseUnknownResult();
  const answer = readAnswer(stash.kind, result?.Records ?? [], stash.limit);
  stash.status = 'FINISHED';
  stash.asOf = answer.asOf;
  stash.hasMore = answer.hasMore || (result?.NextToken ?? '') !== '';
  stash.rows = toRows(stash.kind, answer.rows.slice(0, ROWS_AT_ONCE));
  stash.rest = answer.rows.slice(ROWS_AT_ONCE);
}

/** Leaves the answer FAILED. */
export function takeFailure(stash: WarehouseStash, reason: string | undefined): void {
  stash.status = 'FAILED';
  stash.reason = (reason ?? 'no reason was given').slice(0, 300);
}

/** Ends a field whose id leads nowhere. */
export function refuseUnknownResult(): never {
  return util.error(
    'id: no answer is kept under this id, which it is for 24 hours: ask the question again',
    'UnknownResult',
    null,
    {
      field: 'id',
    },
  );
}

/** What a statement may fail with that is no fault of the question, such as a limit of the day that is reached. */
const PASSING = `.*(${wordsOf('closed')}|${wordsOf('again')}).*`;

/** The result as the API returns it. */
export function finishAnswer(stash: WarehouseStash) {
  const { kind, limit, statementId, status, source } = stash;
  if (status === 'FAILED') {
    if (util.matches(PASSING, stash.reason.toLowerCase().split('\n').join(' ')))
      util.appendError(
        `the warehouse takes no questions for the time being: ask the same again later: ${stash.reason}`,
        'WarehouseUnavailable',
        null,
        { statementId },
      );
    else util.appendError(`the warehouse could not answer: ${stash.reason}`, 'WarehouseFailed', null, { statementId });
  }
  return {
    __typename: ANSWER_KINDS[kind].type,
    status,
    rows: stash.rows.concat(toRows(kind, stash.rest)),
    hasMore: stash.hasMore,
    asOf: stash.asOf,
    source,
    elapsedMs: util.time.nowEpochMilliSeconds() - stash.startedAt,
    id: status === 'PENDING' && source !== 'CACHE' ? sealAnswer({ kind, source, limit, statementId }) : null,
  };
}
