import type { LocalCredentials } from './appsync/definition.ts';

/** What a client has to know, in `<data directory>/outputs.json`. */
export interface Outputs {
  /** Absent when the stack has no GraphQL API. */
  readonly graphqlUrl?: string;
  readonly realtimeUrl?: string;
  /** Where the HTTP API listens, without a path; absent when the stack has none. */
  readonly restUrl?: string;
  readonly apiKey?: string;
  readonly region: string;
  readonly accountId: string;
  readonly credentials: LocalCredentials;
  /** Address of each service's stand-in, by the service's signing name. */
  readonly endpoints: Readonly<Record<string, string>>;
  readonly pid: number;
  /** The stack's own Outputs, with local addresses. */
  readonly stack: Readonly<Record<string, string>>;
}
