import { setMaxListeners } from 'node:events';
import type { Context } from 'aws-lambda';

/**
 * How long before its time-out a function stops calling, so that no call of it is still on its way when the batch comes again.
 *
 * @unit milliseconds
 */
const MARGIN = 3000;

/** Aborts shortly before the function's time is over. */
export function deadlineOf(context: Context): AbortSignal {
  const deadline = AbortSignal.timeout(Math.max(1, context.getRemainingTimeInMillis() - MARGIN));
  // Every call under way listens to it, and there are many.
  setMaxListeners(0, deadline);
  return deadline;
}
