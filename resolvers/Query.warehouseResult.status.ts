import type { RootContext } from './shared/context.ts';
import { dataApiCall, outputOf, readReply, type DataApiAnswer } from './shared/data-api.ts';
import { takeFailure, unknownResult, type WarehouseStash } from './shared/warehouse-answer.ts';

/** AppSync ends a request after 30 s; fetching the rows takes less than one. */
const WAIT_SECONDS = 20;

type Ctx = RootContext<object, WarehouseStash, DataApiAnswer | null>;

/** Waits for the statement. */
export function request(ctx: Ctx) {
  return dataApiCall('DescribeStatement', { Id: ctx.stash.statementId, WaitTimeSeconds: WAIT_SECONDS });
}

/** There is no such statement: it never was, or it is too long ago. */
const UNKNOWN = '.*(ResourceNotFound|Validation)Exception.*';

export function response(ctx: Ctx) {
  const described = outputOf(readReply(ctx.error, ctx.result), UNKNOWN);
  if (described === undefined) unknownResult();
  const status = described.Status;
  if (status === 'FAILED' || status === 'ABORTED') takeFailure(ctx.stash, described.Error);
  else if (status === 'FINISHED') ctx.stash.status = 'FINISHED';
  return {};
}
