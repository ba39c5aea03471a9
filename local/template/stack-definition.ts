import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import type { ApiDefinition } from '../appsync/definition.ts';

/** What a stack declares that runs locally; all references are resolved to local names. */
export interface StackDefinition {
  readonly tables: readonly TableDefinition[];
  readonly streams: readonly StreamDefinition[];
  readonly buckets: readonly BucketDefinition[];
  readonly functions: readonly LambdaDefinition[];
  readonly eventSourceMappings: readonly MappingDefinition[];
  /** At most one: the local machine has one door. */
  readonly httpApi?: HttpApiDefinition;
  /** At most one. */
  readonly graphqlApi?: ApiDefinition & { readonly logicalId: string };
}

/** The input of CreateTable. */
export type TableDefinition = CreateTableCommandInput & { readonly TableName: string };

export interface StreamDefinition {
  readonly name: string;
  readonly shardCount: number;
  readonly retentionHours: number;
  readonly mode: 'ON_DEMAND' | 'PROVISIONED';
}

export interface BucketDefinition {
  readonly name: string;
}

export interface LambdaDefinition {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  /** Where the unpacked code is. */
  readonly directory: string;
  /** `<file>.<export>`, such as `index.handler`. */
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  /** 1 to 900. @unit seconds */
  readonly timeoutSeconds: number;
  /** 128 to 10,240; also the heap that the worker gets. @unit MiB */
  readonly memoryMegabytes: number;
  /** How many invocations may run at a time; more are throttled. Absent: no limit of its own. */
  readonly reservedConcurrency?: number;
}

/** A Kinesis event source mapping. Numbers are as declared, before any time factor. */
export interface MappingDefinition {
  /** The mapping's UUID. */
  readonly id: string;
  readonly functionName: string;
  readonly streamName: string;
  readonly streamArn: string;
  readonly enabled: boolean;
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST';
  /** 1 to 10,000 records. */
  readonly batchSize: number;
  /** 0 to 300. @unit seconds */
  readonly batchingWindowSeconds: number;
  /** 1 to 10 batches of a shard at the same time. */
  readonly parallelization: number;
  /** Infinity: until the record expires. */
  readonly maximumRetryAttempts: number;
  /** Infinity: as long as the stream keeps it. @unit seconds */
  readonly maximumRecordAgeSeconds: number;
  readonly bisect: boolean;
  readonly reportBatchItemFailures: boolean;
  /** Bucket that gets what was given up. */
  readonly onFailureBucket?: string;
}

/** An HTTP API (API Gateway v2) with Lambda proxy integrations, payload format 2.0. */
export interface HttpApiDefinition {
  readonly logicalId: string;
  readonly apiId: string;
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly cors?: CorsDefinition;
  readonly throttle?: { readonly ratePerSecond: number; readonly burst: number };
  readonly routes: readonly RouteDefinition[];
}

export interface RouteDefinition {
  /** Such as `POST /transactions`, `ANY /{proxy+}` or `$default`. */
  readonly key: string;
  readonly functionArn: string;
  readonly authorization: 'NONE' | 'AWS_IAM';
  /** 50 to 30,000. @unit ms */
  readonly timeoutMilliseconds: number;
}

export interface CorsDefinition {
  readonly allowCredentials: boolean;
  readonly allowHeaders: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowOrigins: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly maxAgeSeconds?: number;
}
