import { segmentsStatement } from '../warehouse/statements/customer-segments.ts';
import type { SegmentsQuestion } from './Query.customerSegments.ts';
import { executeStatement, skipWhenFinished, type ExecuteContext } from './shared/execute-statement.ts';

/** Makes SQL of the question and sends it to the warehouse. */
export function request(ctx: ExecuteContext<SegmentsQuestion>) {
  skipWhenFinished(ctx.stash);
  return executeStatement(ctx, segmentsStatement(ctx.stash.question.asOf));
}

export { response } from './shared/execute-statement.ts';
