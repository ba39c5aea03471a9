import type { Hooks } from '../hooks.ts';
import type { RetryPolicy } from './retry.ts';

/** One call of the client, which may take several requests. */
export interface Call {
  /** Ends the call: its requests, the pauses between them, and the wait for credentials. */
  readonly signal: AbortSignal;
  readonly retry: RetryPolicy;
  readonly hooks: Hooks;
}
