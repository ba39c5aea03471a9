import type { QueryCustomerSegmentsArgs } from '../schema/generated/types.ts';
import { SEGMENT_ROWS, segmentsStatement } from '../warehouse/statements/customer-segments.ts';
import { SEGMENTS_KEY } from '../warehouse/statements/fixed-keys.ts';
import { checkedDay } from './shared/calendar-argument.ts';
import type { RootContext } from './shared/context.ts';
import { askStatement, beginAnswer, finishAnswer, type WarehouseStash } from './shared/warehouse-answer.ts';

type Ctx = RootContext<QueryCustomerSegmentsArgs, WarehouseStash, object | null>;

/** The segments of the latest day are looked up; those of another are computed from invoices. */
export function request(ctx: Ctx) {
  beginAnswer(ctx.env, ctx.stash, 'segments');
  const day = checkedDay('asOf', ctx.args.asOf);
  askStatement(ctx.stash, segmentsStatement(day), SEGMENT_ROWS, day === undefined ? SEGMENTS_KEY : undefined);
  return {};
}

export function response(ctx: Ctx) {
  return finishAnswer(ctx.stash);
}
