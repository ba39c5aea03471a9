import type { SalesQuestion } from '../warehouse/statements/sales-question.ts';
import { salesStatement } from '../warehouse/statements/sales-statement.ts';
import { executeStatement, skipWhenFinished, type ExecuteContext } from './shared/execute-statement.ts';

/** Makes SQL of the question and sends it to the warehouse. */
export function request(ctx: ExecuteContext<SalesQuestion>) {
  skipWhenFinished(ctx.stash);
  return executeStatement(ctx, salesStatement(ctx.stash.question));
}

export { response } from './shared/execute-statement.ts';
