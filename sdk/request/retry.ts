import { ConnectionError, ServiceUnavailableError, TillgraphError } from '../errors.ts';
import type { RetryEvent } from '../hooks.ts';
import type { Call } from './call.ts';
import { pause } from './pause.ts';

/** How often, and how patiently, a request is sent again. */
export interface RetryPolicy {
  /** Attempts in all, the first included: 1 never sends again. */
  readonly attempts: number;
  /**
   * The longest pause after the first attempt; it doubles with each further one.
   *
   * @unit milliseconds
   */
  readonly baseDelay: number;
  /**
   * The longest pause at all.
   *
   * @unit milliseconds
   */
  readonly maxDelay: number;
}

/** Eight attempts spread over about six seconds on average, thirteen at most. */
export const DEFAULT_RETRY: RetryPolicy = { attempts: 8, baseDelay: 100, maxDelay: 5_000 };

/** What is sent again. */
export type Repetition = Pick<RetryEvent, 'operationName' | 'reason' | 'error' | 'lines'>;

/**
 * Wait before the next attempt: anything from zero to the limit, so that many clients do not come back at once.
 *
 * @param attempt - the one that has failed, from 1
 */
export function backOff({ retry, signal, hooks }: Call, attempt: number, repetition: Repetition): Promise<void> {
  const delay = Math.random() * Math.min(retry.maxDelay, retry.baseDelay * 2 ** (attempt - 1));
  hooks.onRetry?.({ ...repetition, attempt: attempt + 1, delay });
  return pause(delay, signal);
}

/**
 * Calls again while the error passes, as the policy says.
 *
 * @param run - one attempt, counted from 1
 * @param isPassing - whether the same may succeed a moment later
 */
export async function retryCall<Result>(
  call: Call,
  operationName: string,
  run: (attempt: number) => Promise<Result>,
  isPassing: (error: TillgraphError) => boolean,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    let error: TillgraphError;
    try {
      return await run(attempt);
    } catch (caught) {
      if (!(caught instanceof TillgraphError) || call.signal.aborted) throw caught;
      if (!isPassing(caught) || attempt >= call.retry.attempts) throw caught;
      error = caught;
    }
    await backOff(call, attempt, { operationName, reason: error.code, error, lines: undefined });
  }
}

/**
 * Whether a request may be sent again: the connection broke, or the API answered 429 or 5xx.
 *
 * @remarks A broken connection leaves open whether a mutation arrived. Ours may be sent again all the same: each line carries
 * its `lineId`, and no store counts a line twice.
 */
export const isUndelivered = (error: TillgraphError) =>
  error instanceof ConnectionError || error instanceof ServiceUnavailableError;
