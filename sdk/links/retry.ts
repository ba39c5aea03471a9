import { ApolloLink } from '@apollo/client/core';
import { from, retry, throwError } from 'rxjs';
import { ConnectionError, ServiceUnavailableError } from '../errors.ts';
import { pause } from '../pause.ts';
import { contextOf } from './request-context.ts';

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

/** Wait before the next attempt: anything from zero to the limit, so that many clients do not come back at once. */
export function backOff({ baseDelay, maxDelay }: RetryPolicy, attempt: number, signal: AbortSignal): Promise<void> {
  return pause(Math.random() * Math.min(maxDelay, baseDelay * 2 ** (attempt - 1)), signal);
}

/**
 * Sends a request again when the connection broke, or the API answered 429 or 5xx.
 *
 * @remarks A broken connection leaves open whether a mutation arrived. Ours may be sent again all the same: each line carries
 * its `lineId`, and no store counts a line twice.
 */
export function retryLink(): ApolloLink {
  return new ApolloLink((operation, forward) => {
    const { retry: policy, signal, onRetry } = contextOf(operation);
    return forward(operation).pipe(
      retry({
        count: policy.attempts - 1,
        delay: (error: unknown, attempt) => {
          if (signal.aborted || !(error instanceof ConnectionError || error instanceof ServiceUnavailableError))
            return throwError(() => error);
          return from(backOff(policy, attempt, signal).then(onRetry));
        },
      }),
    );
  });
}
