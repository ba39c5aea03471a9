import type { RootContext } from '../shared/context.ts';
import { dataApiCall, outputOf, readReply, type DataApiAnswer } from '../shared/data-api.ts';
import { takeFailure, takeResult, type WarehouseStash } from '../shared/warehouse-answer.ts';

/**
 * How long a statement is waited for. A good part of the 30 s after which AppSync ends a request; should its HTTP source give up sooner,
 * the answer is PENDING as well.
 */
const WAIT_SECONDS = 10;

type Ctx = RootContext<object, WarehouseStash, DataApiAnswer | null>;

/** Fetches the rows, or the reason why there are none. */
export function request(ctx: Ctx) {
  const Id = ctx.stash.statementId;
  return ctx.stash.status === 'FAILED'
    ? dataApiCall('DescribeStatement', { Id })
    : dataApiCall('GetStatementResult', { Id, WaitTimeSeconds: WAIT_SECONDS });
}

/** A statement that still runs has no result: that is what these exceptions say of it. */
const NO_RESULT = '.*(ResourceNotFound|Validation)Exception.*';

/** A statement whose result cannot be fetched just now need not run again: the answer stays PENDING, and its id leads to it. */
export function response(ctx: Ctx) {
  const reply = readReply(ctx.error, ctx.result);
  const output = reply.isBusy ? undefined : outputOf(reply, NO_RESULT);
  if (ctx.stash.status === 'FAILED') takeFailure(ctx.stash, output?.Error);
  else takeResult(ctx.stash, output);
  return {};
}
