import { pairsStatement } from '../warehouse/statements/product-pairs.ts';
import type { PairsQuestion } from './Query.productPairs.ts';
import { executeStatement, skipWhenFinished, type ExecuteContext } from './shared/execute-statement.ts';

/** Makes SQL of the question and sends it to the warehouse. */
export function request(ctx: ExecuteContext<PairsQuestion>) {
  skipWhenFinished(ctx.stash);
  const { question } = ctx.stash;
  return executeStatement(ctx, pairsStatement(question.stockCode, ctx.stash.limit));
}

export { response } from './shared/execute-statement.ts';
