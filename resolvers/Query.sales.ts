import type { QuerySalesArgs } from '../schema/generated/types.ts';
import { salesKey } from '../warehouse/statements/fixed-keys.ts';
import type { RootContext } from './shared/context.ts';
import { refuseApiKey } from './shared/refuse-api-key.ts';
import { checkedQuestion } from './shared/sales-question.ts';
import { beginAnswer, finishAnswer, keepQuestion, type WarehouseStash } from './shared/warehouse-answer.ts';

type Ctx = RootContext<QuerySalesArgs, WarehouseStash, object | null>;

/** A fixed question is looked up; any other is one SELECT on the smallest table that can answer it exactly. */
export function request(ctx: Ctx) {
  beginAnswer(ctx.env, ctx.stash, 'sales');
  const question = checkedQuestion(ctx.args);
  if (question.groupBy.indexOf('CUSTOMER') !== -1) refuseApiKey(ctx.env, 'sales by CUSTOMER');
  if (question.where.customerId !== undefined) refuseApiKey(ctx.env, 'sales of one customerId');
  keepQuestion(ctx.stash, { kind: 'sales', question }, question.limit, salesKey(question));
  return {};
}

export function response(ctx: Ctx) {
  return finishAnswer(ctx.stash);
}
