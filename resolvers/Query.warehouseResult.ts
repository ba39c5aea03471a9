import type { QueryWarehouseResultArgs } from '../schema/generated/types.ts';
import type { RootContext } from './shared/context.ts';
import { beginAnswer, finishAnswer, type WarehouseStash } from './shared/warehouse-answer.ts';
import { openAnswer } from './shared/warehouse-id.ts';

type Ctx = RootContext<QueryWarehouseResultArgs, WarehouseStash, object | null>;

/** Waits for a statement that was sent before, then fetches its rows. */
export function request(ctx: Ctx) {
  beginAnswer(ctx.env, ctx.stash, 'sales');
  const answer = openAnswer(ctx.args.id);
  ctx.stash.kind = answer.kind;
  ctx.stash.source = answer.source;
  ctx.stash.limit = answer.limit;
  ctx.stash.statementId = answer.statementId;
  return {};
}

export function response(ctx: Ctx) {
  return finishAnswer(ctx.stash);
}
