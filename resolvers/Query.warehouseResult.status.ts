import type { RootContext } from './shared/context.ts';
import { dataApiCall, outputOf, readReply, type DataApiAnswer } from './shared/data-api.ts';
import { takeFailure, refuseUnknownResult, type WarehouseStash } from './shared/warehouse-answer.ts';

/** As long as the question itself waits; see `shared/result-step.ts`. */
const WAIT_SECONDS = 10;

type Ctx = RootContext<object, WarehouseStash, DataApiAnswer | null>;

/** Waits for the statement. */
export function request(ctx: Ctx) {
  return dataApiCall('DescribeStatement', { Id: ctx.stash.statementId, WaitTimeSeconds: WAIT_SECONDS });
}

/** There is no such statement: it never was, or it is too long ago. */
const UNKNOWN = '.*(ResourceNotFound|Validation)Exception.*';

/** What cannot be told just now is PENDING: the id leads to it, and nothing runs again. */
export function response(ctx: Ctx) {
  const reply = readReply(ctx.error, ctx.result);
  if (reply.isBusy) return {};
  const described = outputOf(reply, UNKNOWN);
  if (described === undefined) refuseUnknownResult();
  const status = described.Status;
  if (status === 'FAILED' || status === 'ABORTED') takeFailure(ctx.stash, described.Error);
  else if (status === 'FINISHED') ctx.stash.status = 'FINISHED';
  return {};
}
