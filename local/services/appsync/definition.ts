import type { LocalCredentials } from '../../credentials.ts';
import type { Measurement } from '../../measure.ts';
import type { DataSource } from './data-source.ts';
import type { ApiLogging } from './request-log.ts';
import type { LongLoops } from './resolver-runtime.ts';

/** What an AppSync API is, as read from a synthesized template: all references already resolved to local names. */
export interface ApiDefinition {
  readonly apiId: string;
  readonly name: string;
  readonly region: string;
  readonly accountId: string;
  /** The schema's SDL text. */
  readonly schema: string;
  readonly environmentVariables: Readonly<Record<string, string>>;
  readonly defaultAuthentication: AuthenticationMode;
  readonly additionalAuthentication: readonly AuthenticationMode[];
  /** The API's keys; each may expire. */
  readonly apiKeys: readonly {
    readonly value: string;
    /** @unit seconds since 1970 */
    readonly expiresAt?: number;
  }[];
  /** 1 to 75; absent or 0 means no limit. */
  readonly queryDepthLimit?: number;
  /** 1 to 10,000; absent or 0 means 10,000. */
  readonly resolverCountLimit?: number;
  readonly introspection: boolean;
  /** `LogConfig`; absent: nothing is logged. */
  readonly logging?: ApiLogging;
  readonly dataSources: readonly DataSourceDefinition[];
  readonly functions: readonly FunctionDefinition[];
  readonly resolvers: readonly ResolverDefinition[];
}

export type AuthenticationMode = 'API_KEY' | 'AWS_IAM';

export type DataSourceDefinition = {
  readonly name: string;
  /** The role in whose name the source calls. */
  readonly roleArn?: string;
} & (
  | { readonly type: 'NONE' }
  | { readonly type: 'AMAZON_DYNAMODB'; readonly tableName: string; readonly region: string }
  | {
      readonly type: 'HTTP';
      /** As in the template, such as `https://kinesis.us-east-1.amazonaws.com`. */
      readonly endpoint: string;
      readonly signing?: { readonly region: string; readonly service: string };
    }
  | { readonly type: 'AWS_LAMBDA'; readonly functionArn: string }
);

/** JavaScript of APPSYNC_JS 1.0.0: an ES module that exports `request` and `response`. */
export interface Code {
  /** What error messages and stack traces call it, such as `Query.customer`. */
  readonly label: string;
  readonly text: string;
}

export interface FunctionDefinition {
  readonly functionId: string;
  readonly name: string;
  readonly dataSourceName: string;
  readonly code: Code;
}

export type ResolverDefinition = {
  readonly typeName: string;
  readonly fieldName: string;
  readonly code: Code;
} & (
  | { readonly kind: 'UNIT'; readonly dataSourceName: string; readonly maxBatchSize?: number }
  | { readonly kind: 'PIPELINE'; readonly functionIds: readonly string[] }
);

/** What the API needs of the rest of the machine. */
export interface ApiSurroundings {
  /** Loopback address of a service's stand-in, such as `http://127.0.0.1:40123` for `kinesis`. @throws when there is none */
  endpointOf(service: string): string;
  invokeFunction(functionArn: string, payload: unknown): Promise<{ readonly payload: unknown; readonly functionError?: string }>;
  /** The one identity that exists locally; requests must be signed with it. */
  readonly credentials: LocalCredentials;
  log(line: string): void;
  /** Receives whole lines of the log that the API declares, which AWS keeps in the group `/aws/appsync/apis/<id>`. */
  writeLog?(lines: string): void;
  /** What becomes of a loop of more than 1,000 turns. @default 'cut', as on AWS */
  readonly longLoops?: LongLoops;
  /** Told what AppSync tells CloudWatch. */
  measure?(measurement: Measurement): void;
  /** Puts something else in a data source's place, for measurements and tests; undefined leaves it. */
  dataSourceFor?(definition: DataSourceDefinition): DataSource | undefined;
}

export interface RunningApi {
  /** `http://127.0.0.1:<port>/graphql`. */
  readonly graphqlUrl: string;
  /** `ws://127.0.0.1:<port>/graphql/realtime`. */
  readonly realtimeUrl: string;
  close(): Promise<void>;
}
