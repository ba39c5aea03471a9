import type { Context } from 'aws-lambda';

/**
 * How long before its time-out a function stops calling, so that no call of it is still on its way when the batch comes again.
 *
 * @unit milliseconds
 */
const MARGIN = 3000;

/** Aborts shortly before the function's time is over. */
export const deadlineOf = (context: Context) => AbortSignal.timeout(Math.max(1, context.getRemainingTimeInMillis() - MARGIN));
