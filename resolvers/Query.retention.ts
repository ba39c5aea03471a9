import type { QueryRetentionArgs } from '../schema/generated/types.ts';
import { RETENTION_KEY } from '../warehouse/statements/fixed-keys.ts';
import { MAX_ROWS } from '../warehouse/statements/sales-question.ts';
import { refuseArgument } from './shared/argument.ts';
import { checkedMonth } from './shared/calendar-argument.ts';
import type { RootContext } from './shared/context.ts';
import { beginAnswer, finishAnswer, keepQuestion, type WarehouseStash } from './shared/warehouse-answer.ts';

/** The first and the last cohort. */
export interface RetentionQuestion {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

type Ctx = RootContext<QueryRetentionArgs, WarehouseStash<RetentionQuestion>, object | null>;

/** All cohorts are looked up; some of them are computed from invoices. */
export function request(ctx: Ctx) {
  beginAnswer(ctx.env, ctx.stash, 'retention');
  const from = checkedMonth('from', ctx.args.from);
  const to = checkedMonth('to', ctx.args.to);
  if (from !== undefined && to !== undefined && from > to) refuseArgument('from', from, `a month that is not after to, "${to}"`);
  const all = from === undefined && to === undefined;
  keepQuestion(ctx.stash, { from, to }, MAX_ROWS, all ? RETENTION_KEY : undefined);
  return {};
}

export function response(ctx: Ctx) {
  return finishAnswer(ctx.stash);
}
