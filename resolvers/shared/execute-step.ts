import { runtime, util } from '@aws-appsync/utils';
import type { RootContext } from './context.ts';
import { dataApiCall, outputOf, readReply, type DataApiAnswer } from './data-api.ts';
import type { WarehouseStash } from './warehouse-answer.ts';

type Ctx = RootContext<object, WarehouseStash, DataApiAnswer | null>;

/**
 * Sends the statement; nothing when the answer is there already.
 *
 * @remarks It does not wait: how long AppSync lets an HTTP source wait no document says, and an answer that comes too late would take
 * the statement's id with it. The next step waits, and there the id is known.
 */
export function request(ctx: Ctx) {
  if (ctx.stash.status === 'FINISHED') runtime.earlyReturn({}, { skipTo: 'END' });
  const statement = ctx.stash.statement;
  const parameters = statement?.parameters ?? [];
  return dataApiCall('ExecuteStatement', {
    WorkgroupName: ctx.env['WAREHOUSE_WORKGROUP'] ?? '',
    Database: ctx.env['WAREHOUSE_DATABASE'] ?? '',
    StatementName: statement?.name ?? '',
    Sql: statement?.sql ?? '',
    // The Data API takes no empty list.
    ...(parameters.length === 0 ? {} : { Parameters: parameters }),
  });
}

export function response(ctx: Ctx) {
  const executed = outputOf(readReply(ctx.error, ctx.result), NOTHING);
  if (executed?.Id === undefined) util.error('the warehouse took the statement and gave it no id', 'WarehouseRefused');
  ctx.stash.statement = null;
  ctx.stash.statementId = executed.Id;
  if (executed.Status === 'FAILED' || executed.Status === 'ABORTED') ctx.stash.status = 'FAILED';
  return {};
}

/** Matches no exception: none is expected. */
const NOTHING = '^$';
