import type { ApolloLink } from '@apollo/client/core';
import type { RetryPolicy } from './retry.ts';

/** What travels with one request from link to link, in Apollo's operation context. */
export interface RequestContext {
  /** Ends the request, the waiting between attempts included. */
  readonly signal: AbortSignal;
  readonly retry: RetryPolicy;
  /** Called before every attempt after the first. */
  readonly onRetry?: (() => void) | undefined;
  /** Whether data that comes together with errors is an answer (a receipt is), or a refusal. */
  readonly keepPartial: boolean;
  /** The request as it goes over the wire; set by the serialising link. */
  readonly body?: Uint8Array<ArrayBuffer>;
  /** Set by the authentication link. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The context of a request that this client has made: `client.ts` fills all that is not optional. */
export const contextOf = (operation: ApolloLink.Operation) => operation.getContext() as unknown as RequestContext;
