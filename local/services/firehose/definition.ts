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
