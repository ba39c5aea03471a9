import { retentionStatement } from '../warehouse/statements/retention.ts';
import type { RetentionQuestion } from './Query.retention.ts';
import { executeStatement, skipWhenFinished, type ExecuteContext } from './shared/execute-statement.ts';

/** Makes SQL of the question and sends it to the warehouse. */
export function request(ctx: ExecuteContext<RetentionQuestion>) {
  skipWhenFinished(ctx.stash);
  const { question } = ctx.stash;
  return executeStatement(ctx, retentionStatement(question.from, question.to));
}

export { response } from './shared/execute-statement.ts';
