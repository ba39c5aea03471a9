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
  /** Of invocations that nobody waits for; absent: what Lambda does when nothing is declared. */
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
