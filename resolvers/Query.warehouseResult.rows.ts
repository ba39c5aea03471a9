import { runtime } from '@aws-appsync/utils';
import type { RootContext } from './shared/context.ts';
import { dataApiCall, outputOf, readReply, type DataApiAnswer } from './shared/data-api.ts';
import { takeResult, refuseUnknownResult, type WarehouseStash } from './shared/warehouse-answer.ts';

type Ctx = RootContext<object, WarehouseStash, DataApiAnswer | null>;

/** Fetches the rows of a statement that has finished; nothing of any other. */
export function request(ctx: Ctx) {
  if (ctx.stash.status !== 'FINISHED') runtime.earlyReturn({});
  return dataApiCall('GetStatementResult', { Id: ctx.stash.statementId });
}

const UNKNOWN = '.*(ResourceNotFound|Validation)Exception.*';

/** Rows that cannot be fetched just now are PENDING: the id leads to them. */
export function response(ctx: Ctx) {
  const reply = readReply(ctx.error, ctx.result);
  if (reply.isBusy) {
    ctx.stash.status = 'PENDING';
    return {};
  }
  const result = outputOf(reply, UNKNOWN);
  if (result === undefined) refuseUnknownResult();
  takeResult(ctx.stash, result);
  return {};
}
