import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import type { ApiDefinition } from '../services/appsync/definition.ts';
import type { GlueDefinition } from '../services/glue/definition.ts';
import type { MonitoringDefinition } from '../services/cloudwatch/definition.ts';

/** What a stack declares that runs locally; all references are resolved to local names. */
export interface StackDefinition {
  readonly tables: readonly TableDefinition[];
  readonly streams: readonly StreamDefinition[];
  readonly buckets: readonly BucketDefinition[];
  readonly functions: readonly LambdaDefinition[];
  readonly eventSourceMappings: readonly MappingDefinition[];
  readonly secrets: readonly SecretDefinition[];
  /** At most one; without it no database runs. */
  readonly warehouse?: WarehouseDefinition;
  readonly deliveryStreams: readonly DeliveryStreamDefinition[];
  readonly eventRules: readonly EventRuleDefinition[];
  readonly schedules: readonly ScheduleDefinition[];
  /** In the order in which they are to run. */
  readonly customResources: readonly CustomResourceDefinition[];
  /** Absent when the stack declares nothing of Glue. */
  readonly glue?: GlueDefinition;
  readonly monitoring: MonitoringDefinition;
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
  /** Whether what happens to its objects goes to EventBridge. */
  readonly sendsEvents: boolean;
  /** Whose requests are counted, each under the id of its filter. */
  readonly requestMetrics: readonly { readonly id: string; readonly prefix: string }[];
  /** What clients may ask of it: properties by their names, as declared, and the `PolicyDocument` of its policy. */
  readonly configuration: Readonly<Record<string, unknown>>;
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
  /** How its log is written; absent: as text. */
  readonly logging?: FunctionLogging;
  /** The name of its log group; absent: the one that Lambda makes. */
  readonly logGroup?: string;
  /** How many invocations may run at a time; more are throttled. Absent: no limit of its own. */
  readonly reservedConcurrency?: number;
  /** Of asynchronous invocations; absent: what Lambda does when nothing is declared. */
  readonly asynchronous?: AsynchronousDefinition;
}

/** The log of a function. */
export interface FunctionLogging {
  readonly format: 'Text' | 'JSON';
  /** What is less is not written. */
  readonly level: LogLevel;
}

export const LOG_LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What becomes of an event that a function fails at, or has no room for. Numbers are as declared, before any time factor. */
export interface AsynchronousDefinition {
  /** 0 to 2, after a function error. */
  readonly retries: number;
  /** 60 to 21,600. @unit seconds */
  readonly maximumAgeSeconds: number;
  /** Bucket that gets what was given up. */
  readonly onFailureBucket?: string;
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
  /** Whether what becomes of its events is counted; AWS does so only when asked. */
  readonly countsEvents: boolean;
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

export interface SecretDefinition {
  readonly name: string;
  /** With the six characters that Secrets Manager puts behind the name. */
  readonly arn: string;
  readonly description?: string;
  /** Value of the version AWSCURRENT. */
  readonly value: GeneratedSecret | { readonly kind: 'text'; readonly text: string };
}

/** A password that is made up once, alone or as one more key of a JSON object. */
export interface GeneratedSecret {
  readonly kind: 'generated';
  /** The JSON object and the key that gets the password; absent: the secret is the password. */
  readonly within?: { readonly template: Readonly<Record<string, unknown>>; readonly key: string };
  /** 1 to 4,096 characters. */
  readonly length: number;
  readonly excludeCharacters: string;
  readonly excludeLowercase: boolean;
  readonly excludeUppercase: boolean;
  readonly excludeNumbers: boolean;
  readonly excludePunctuation: boolean;
  readonly includeSpace: boolean;
  /** At least one of each kind of character that is not excluded. */
  readonly requireEachIncludedType: boolean;
}

/** A workgroup of Redshift Serverless with its namespace. */
export interface WarehouseDefinition {
  readonly namespaceName: string;
  /** The database that is made with the namespace. */
  readonly databaseName: string;
  readonly workgroupName: string;
  readonly workgroupArn: string;
  readonly adminUser: string;
  /** Has `username` and `password`; always one of the stack's `secrets`. */
  readonly adminSecretArn: string;
  /** Such as `max_query_execution_time`, `datestyle`. */
  readonly configParameters: Readonly<Record<string, string>>;
}

/** A Firehose delivery stream from Kinesis, through a bucket, by COPY into a table. Numbers are as declared, before any time factor. */
export interface DeliveryStreamDefinition {
  readonly name: string;
  readonly arn: string;
  readonly kinesisStreamName: string;
  readonly database: string;
  /** As written, such as `intake.landing`. */
  readonly table: string;
  /** Empty: every column, in the table's order. */
  readonly columns: readonly string[];
  /** Such as `JSON 'auto ignorecase'`. */
  readonly copyOptions: string;
  /** Has `username` and `password` of the database user that copies. */
  readonly secretArn: string;
  /** The role that reads the objects for COPY. */
  readonly roleArn: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly errorPrefix: string;
  readonly compression: 'UNCOMPRESSED' | 'GZIP';
  /** 0 to 900. @unit seconds */
  readonly bufferSeconds: number;
  /** 1 to 128. @unit MiB */
  readonly bufferMegabytes: number;
  /** How long a COPY that fails is tried again, 0 to 7,200. @unit seconds */
  readonly retrySeconds: number;
  /** Absent: records go into the objects as they come. */
  readonly processing?: ProcessingDefinition;
}

/** A function that makes of each record what is delivered. */
export interface ProcessingDefinition {
  readonly functionName: string;
  /** As the template names it. */
  readonly functionArn: string;
  /** After the first attempt, 0 to 300. */
  readonly retries: number;
  /** What one invocation gets, 0.2 to 3. @unit MiB */
  readonly bufferMegabytes: number;
  /** How long its records are gathered, 0 to 900. @unit seconds */
  readonly bufferSeconds: number;
}

/** A rule of EventBridge on the default bus. */
export interface EventRuleDefinition {
  readonly name: string;
  readonly arn: string;
  /** The event pattern, as JSON. */
  readonly pattern: Readonly<Record<string, unknown>>;
  readonly enabled: boolean;
  readonly targets: readonly {
    readonly functionName: string;
    /** A JSON text that the function gets in the event's place. */
    readonly input?: string;
  }[];
}

/** A schedule of EventBridge Scheduler. Numbers are as declared, before any time factor. */
export interface ScheduleDefinition {
  readonly name: string;
  readonly arn: string;
  /** `rate(15 minutes)`, `cron(5 0 * * ? *)` or `at(2027-01-01T00:00:00)`. */
  readonly expression: string;
  /** Of a time zone database, such as `Europe/London`, in which `cron` and `at` are read. */
  readonly timezone: string;
  readonly enabled: boolean;
  readonly target: ScheduleTarget;
  /** A JSON text; absent: `{}`. */
  readonly input?: string;
  /** 0 to 185, of the call that hands the event over; what the function does with it is `AsynchronousDefinition`. */
  readonly retries: number;
  /** 60 to 86,400. @unit seconds */
  readonly maximumAgeSeconds: number;
}

/** What a schedule calls: a function, or Glue's StartJobRun with the schedule's input. */
export type ScheduleTarget =
  | { readonly kind: 'function'; readonly functionName: string }
  | { readonly kind: 'startJobRun'; readonly arn: string; readonly jobName: string };

/** A resource that a function of the stack makes. */
export interface CustomResourceDefinition {
  readonly logicalId: string;
  /** `AWS::CloudFormation::CustomResource` or `Custom::<name>`. */
  readonly type: string;
  readonly functionName: string;
  readonly serviceToken: string;
  /** As the function gets them: every number and truth value is a text, as CloudFormation makes it. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** How long the function may take to answer. @unit seconds */
  readonly timeoutSeconds: number;
}
