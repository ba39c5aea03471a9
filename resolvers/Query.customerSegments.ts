import type { QueryCustomerSegmentsArgs } from '../schema/generated/types.ts';
import { SEGMENT_ROWS } from '../warehouse/statements/customer-segments.ts';
import { checkedDay } from './shared/calendar-argument.ts';
import type { RootContext } from './shared/context.ts';
import { beginAnswer, finishAnswer, keepQuestion, type WarehouseStash } from './shared/warehouse-answer.ts';

type Ctx = RootContext<QueryCustomerSegmentsArgs, WarehouseStash, object | null>;

/** The segments of the latest day are looked up; those of another are computed from invoices. */
export function request(ctx: Ctx) {
  beginAnswer(ctx.env, ctx.stash, 'customerSegments');
  const asOf = checkedDay('asOf', ctx.args.asOf);
  const key = asOf === undefined ? 'customerSegments' : undefined;
  keepQuestion(ctx.stash, { kind: 'customerSegments', question: { asOf } }, SEGMENT_ROWS, key);
  return {};
}

export function response(ctx: Ctx) {
  return finishAnswer(ctx.stash);
}
