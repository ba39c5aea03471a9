import type { QueryCustomerSegmentsArgs } from '../schema/generated/types.ts';
import { SEGMENT_ROWS } from '../warehouse/statements/customer-segments.ts';
import { SEGMENTS_KEY } from '../warehouse/statements/fixed-keys.ts';
import { checkedDay } from './shared/calendar-argument.ts';
import type { RootContext } from './shared/context.ts';
import { beginAnswer, finishAnswer, keepQuestion, type WarehouseStash } from './shared/warehouse-answer.ts';

/** @remarks Without a day everything counts. */
export interface SegmentsQuestion {
  readonly asOf: string | undefined;
}

type Ctx = RootContext<QueryCustomerSegmentsArgs, WarehouseStash<SegmentsQuestion>, object | null>;

/** The segments of the latest day are looked up; those of another are computed from invoices. */
export function request(ctx: Ctx) {
  beginAnswer(ctx.env, ctx.stash, 'segments');
  const asOf = checkedDay('asOf', ctx.args.asOf);
  keepQuestion(ctx.stash, { asOf }, SEGMENT_ROWS, asOf === undefined ? SEGMENTS_KEY : undefined);
  return {};
}

export function response(ctx: Ctx) {
  return finishAnswer(ctx.stash);
}
