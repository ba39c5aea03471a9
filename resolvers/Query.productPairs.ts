import { EXPECTED, PATTERNS } from '../domain/line-rules.ts';
import type { QueryProductPairsArgs } from '../schema/generated/types.ts';
import { TOP_ROWS } from '../warehouse/statements/fixed-keys.ts';
import { checkedArgument } from './shared/argument.ts';
import type { RootContext } from './shared/context.ts';
import { checkedLimit } from './shared/sales-question.ts';
import { beginAnswer, finishAnswer, keepQuestion, type WarehouseStash } from './shared/warehouse-answer.ts';

type Ctx = RootContext<QueryProductPairsArgs, WarehouseStash, object | null>;

/** The first pairs of all products are looked up; those of one product are computed from its baskets. */
export function request(ctx: Ctx) {
  beginAnswer(ctx.env, ctx.stash, 'productPairs');
  const limit = checkedLimit(ctx.args.limit);
  const wanted = ctx.args.stockCode ?? undefined;
  const stockCode =
    wanted === undefined ? undefined : checkedArgument('stockCode', wanted, PATTERNS.stockCode, EXPECTED.stockCode);
  const kept = stockCode === undefined && limit <= TOP_ROWS;
  keepQuestion(ctx.stash, { kind: 'productPairs', question: { stockCode, limit } }, limit, kept ? 'productPairs' : undefined);
  return {};
}

export function response(ctx: Ctx) {
  return finishAnswer(ctx.stash);
}
