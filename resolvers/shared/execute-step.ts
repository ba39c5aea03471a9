import { runtime, util } from '@aws-appsync/utils';
import type { RootContext } from './context.ts';
import { dataApiCall, outputOf, readReply, type DataApiAnswer } from './data-api.ts';
import type { WarehouseStash } from './warehouse-answer.ts';

/** How long a statement is waited for here. AppSync ends a request after 30 s: 18, 5 more in the next step, and 7 to spare. */
const WAIT_SECONDS = 18;

type Ctx = RootContext<object, WarehouseStash, DataApiAnswer | null>;

/** Sends the statement and waits for it; nothing when the answer is there already. */
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
    WaitTimeSeconds: WAIT_SECONDS,
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
