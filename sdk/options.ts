import type { Hooks } from './hooks.ts';
import type { CredentialProvider, Credentials } from './request/authenticate.ts';
import type { RetryPolicy } from './request/retry.ts';

/** Where the API is and who is calling: an API key, AWS credentials, or both (queries use the key, mutations are signed). */
export interface ConnectOptions {
  /** The GraphQL address, such as `http://127.0.0.1:4000/graphql`. */
  readonly url: string;
  /** Reads, never writes. */
  readonly apiKey?: string | undefined;
  /** The region that signatures name. May be left out when the address has it, as those of AppSync have. */
  readonly region?: string | undefined;
  /** Keys, or a function that gives them, such as one of `@aws-sdk/credential-providers`. Needed to send. */
  readonly credentials?: Credentials | CredentialProvider | undefined;
  /** One of your own, to trace requests or to go through a proxy. @default node:http, which costs half of the global `fetch` */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Sending again after a broken connection, a 429 or a 5xx; false: never. @default DEFAULT_RETRY */
  readonly retry?: Partial<RetryPolicy> | false | undefined;
  /**
   * How long one attempt may take.
   *
   * @unit milliseconds
   * @default 35_000, because AppSync itself gives up after 30 seconds
   */
  readonly timeout?: number | undefined;
  /** Called as the client works, to log, trace and count. */
  readonly hooks?: Hooks | undefined;
}

/** What any call takes. */
export interface CallOptions {
  /** Ends the call, its pauses included; it then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** This call's own policy, over the client's. */
  readonly retry?: Partial<RetryPolicy> | false | undefined;
  /** This call's own hooks, called after those of the client. */
  readonly hooks?: Hooks | undefined;
}

/** What any list takes. */
export interface ListOptions extends CallOptions {
  /** How many elements one request brings: 1 to 500. @default 100 */
  readonly pageSize?: number | undefined;
}

/** What any question to the warehouse takes. */
export interface WarehouseOptions extends CallOptions {
  /**
   * How long to wait for an answer that is not ready, on top of the about 25 seconds that the API waits itself; 0: not at all.
   *
   * @unit milliseconds
   * @default 120_000
   */
  readonly wait?: number | undefined;
}
