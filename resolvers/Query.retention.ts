import type { QueryRetentionArgs } from '../schema/generated/types.ts';
import { MAX_ROWS } from '../warehouse/statements/sales-question.ts';
import { refuseArgument } from './shared/argument.ts';
import { checkedMonth } from './shared/calendar-argument.ts';
import type { RootContext } from './shared/context.ts';
import { beginAnswer, finishAnswer, keepQuestion, type WarehouseStash } from './shared/warehouse-answer.ts';

type Ctx = RootContext<QueryRetentionArgs, WarehouseStash, object | null>;

/** All cohorts are looked up; some of them are computed from invoices. */
export function request(ctx: Ctx) {
  beginAnswer(ctx.env, ctx.stash, 'retention');
  const from = checkedMonth('from', ctx.args.from);
  const to = checkedMonth('to', ctx.args.to);
  if (from !== undefined && to !== undefined && from > to) refuseArgument('from', from, `a month that is not after to, "${to}"`);
  const all = from === undefined && to === undefined;
  keepQuestion(ctx.stash, { kind: 'retention', question: { from, to } }, MAX_ROWS, all ? 'retention' : undefined);
  return {};
}

export function response(ctx: Ctx) {
  return finishAnswer(ctx.stash);
}
