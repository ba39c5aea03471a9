import { runtime, util } from '@aws-appsync/utils';
import type { Statement } from '../../warehouse/statements/statement.ts';
import type { RootContext } from './context.ts';
import { dataApiCall, outputOf, readReply, type DataApiAnswer } from './data-api.ts';
import type { WarehouseStash } from './warehouse-answer.ts';

/** What the step of any question sees. */
export type ExecuteContext<Question = unknown> = RootContext<object, WarehouseStash<Question>, DataApiAnswer | null>;

type Ctx = ExecuteContext;

/** Ends the field where the answer is there already, before any SQL is put together. */
export function skipWhenFinished(stash: WarehouseStash): void {
  if (stash.status === 'FINISHED') runtime.earlyReturn({}, { skipTo: 'END' });
}

/**
 * The call that sends a statement.
 *
 * @remarks It does not wait: how long AppSync lets an HTTP source wait no document says, and an answer that comes too late would take
 * the statement's id with it. The next step waits, and there the id is known.
 */
export function executeStatement(ctx: Ctx, statement: Statement) {
  ctx.stash.source = statement.source;
  return dataApiCall('ExecuteStatement', {
    WorkgroupName: ctx.env['WAREHOUSE_WORKGROUP'] ?? '',
    Database: ctx.env['WAREHOUSE_DATABASE'] ?? '',
    StatementName: statement.name,
    Sql: statement.sql,
    // The Data API takes no empty list.
    ...(statement.parameters.length === 0 ? {} : { Parameters: statement.parameters }),
  });
}

/** Keeps the id of the statement, by which its rows are fetched. */
export function response(ctx: Ctx) {
  const executed = outputOf(readReply(ctx.error, ctx.result), NOTHING);
  if (executed?.Id === undefined) util.error('the warehouse took the statement and gave it no id', 'WarehouseRefused');
  ctx.stash.statementId = executed.Id;
  if (executed.Status === 'FAILED' || executed.Status === 'ABORTED') ctx.stash.status = 'FAILED';
  return {};
}

/** Matches no exception: none is expected. */
const NOTHING = '^$';
