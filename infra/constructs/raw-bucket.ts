import { Duration } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  ObjectOwnership,
  StorageClass,
  TransitionDefaultMinimumObjectSize,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import {
  BULK_PREFIX,
  CURATED_PREFIX,
  DELIVERY_PREFIX,
  GIVEN_UP_PREFIX,
  IMPORT_PREFIX,
  RAW_LINES_PREFIX,
  RAW_PREFIX,
  REDRIVEN_PREFIX,
  REFUSED_PREFIX,
  REJECTED_PREFIX,
  UNJUDGED_PREFIX,
} from '../../domain/bucket.ts';
import type { Stage } from '../stages.ts';

/** What Firehose delivered, among all that it puts: only there does a key go on with the year. */
export const DELIVERED_PREFIX = `${DELIVERY_PREFIX}2`;

/**
 * Where Firehose puts the lists of what the warehouse did not take.
 *
 * @source "Handle data delivery failures" in Firehose's guide: the folder `errors/`; behind the prefix, as keys that people show have it
 */
const UNDELIVERED_PREFIX = `${DELIVERY_PREFIX}errors/`;

/** Where the lines of a file are, as the warehouse copies them; and where Spark works. */
const STAGED_PREFIX = `${IMPORT_PREFIX}staged/`;

/** What became of a file: the job's memory. */
const DONE_PREFIX = `${IMPORT_PREFIX}done/`;

/** Which files are to be copied into the warehouse: the list that publishes an import, and the loader takes away. */
export const MANIFEST_PREFIX = `${IMPORT_PREFIX}manifests/`;

/** Where the loader says what became of a list, and where it puts those that the warehouse refuses. */
const LOADED_PREFIX = `${IMPORT_PREFIX}loaded/`;
const REFUSED_IMPORT_PREFIX = `${IMPORT_PREFIX}refused/`;

/** Where the loader writes down what it copies when it makes the warehouse anew. */
const REBUILD_PREFIX = `${IMPORT_PREFIX}rebuild/`;

/** How long delivered, staged and redriven objects stay: everything in them is under `raw/` or `bulk/` as well. */
const STAGING = Duration.days(7);

/** After that time, what is hardly ever read again is stored for less. */
const RARELY_READ = Duration.days(30);

/** Where `npm run redrive` moves what it has put back on the stream. */
const PUT_BACK_PREFIX = 'redriven/';

/**
 * What is delivered and loaded goes; lists of what was not stay until a person has seen them.
 *
 * What became of an import (`import/done/`, `import/loaded/`) stays as well: without it, the file would be imported again.
 */
const staged = Object.entries({
  'delivered-is-raw-too': DELIVERED_PREFIX,
  'lists-of-delivered': `${DELIVERY_PREFIX}manifests/`,
  'lists-of-redriven': REDRIVEN_PREFIX,
  'staged-is-bulk-too': STAGED_PREFIX,
  'lists-of-rebuilds': REBUILD_PREFIX,
}).map(([id, prefix]) => ({ id, prefix, expiration: STAGING }));

const REFUSALS = 'refusals';
const UNDELIVERED = 'undelivered';
const UNJUDGED = 'unjudged';
const REFUSED_IMPORTS = 'refused-imports';

/** Every transaction as it came, for as long as the shop exists; and what no consumer could take. */
export class RawBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, stage: Stage) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      versioned: stage.guarded,
      removalPolicy: stage.removal,
      // Infrequent Access bills at least 128 KiB for an object; from there on a move has paid for itself after eight months.
      transitionDefaultMinimumObjectSize: TransitionDefaultMinimumObjectSize.ALL_STORAGE_CLASSES_128_K,
      // Counts what is put aside. Costs only while something is: a metric without requests is not billed.
      metrics: [
        { id: REFUSALS, prefix: REJECTED_PREFIX },
        ...(stage.warehouse === undefined
          ? []
          : [
              { id: UNDELIVERED, prefix: `${UNDELIVERED_PREFIX}manifests/` },
              { id: UNJUDGED, prefix: UNJUDGED_PREFIX },
              { id: REFUSED_IMPORTS, prefix: REFUSED_IMPORT_PREFIX },
            ]),
      ],
      lifecycleRules: [
        { id: 'abandoned-uploads', abortIncompleteMultipartUploadAfter: Duration.days(1) },
        rarelyRead('raw-is-rarely-read', RAW_PREFIX),
        { id: 'redriven-is-on-the-stream', prefix: PUT_BACK_PREFIX, expiration: STAGING },
        ...(stage.warehouse === undefined ? [] : [rarelyRead('bulk-is-rarely-read', BULK_PREFIX), ...staged]),
        ...(stage.guarded ? [{ id: 'overwritten-versions', noncurrentVersionExpiration: Duration.days(30) }] : []),
      ],
    });
  }

  /** Tell EventBridge of every object that is put. Not with the bucket's own option, which brings a function to set it. */
  announceObjects(): void {
    (this.bucket.node.defaultChild as CfnBucket).notificationConfiguration = {
      eventBridgeConfiguration: { eventBridgeEnabled: true },
    };
  }

  /** How many objects of refused lines were put. */
  metricRefusals(options: MetricOptions): Metric {
    return this.metricPuts(REFUSALS, options);
  }

  /** How many lists of objects Firehose put which the warehouse did not take. */
  metricUndelivered(options: MetricOptions): Metric {
    return this.metricPuts(UNDELIVERED, options);
  }

  /** How many objects Firehose put of records that the judge did not answer for. */
  metricUnjudged(options: MetricOptions): Metric {
    return this.metricPuts(UNJUDGED, options);
  }

  /** How many lists of imported files were put aside because the warehouse does not take them. */
  metricRefusedImports(options: MetricOptions): Metric {
    return this.metricPuts(REFUSED_IMPORTS, options);
  }

  private metricPuts(filter: string, options: MetricOptions): Metric {
    const dimensionsMap = { BucketName: this.bucket.bucketName, FilterId: filter };
    return new Metric({ namespace: 'AWS/S3', metricName: 'PutRequests', dimensionsMap, ...options });
  }

  /** Let `writer` put objects whose key starts with `prefix`, such as `raw/`, and nothing else. */
  grantPut(writer: IGrantable, prefix: string): void {
    this.allow(writer, ['PutObject'], prefix);
  }

  /** Let `reader` read objects whose key starts with one of `prefixes`, and see which there are. */
  grantRead(reader: IGrantable, ...prefixes: readonly string[]): void {
    this.allow(reader, ['GetObject'], ...prefixes);
    this.allow(reader, ['ListBucket']);
  }

  /** Let Firehose put objects below `prefix`, and read them again for the warehouse. @source "Grant Firehose access", Redshift */
  grantDeliver(firehose: IGrantable, prefix: string): void {
    this.allow(firehose, ['AbortMultipartUpload', 'GetObject', 'PutObject'], prefix);
    this.allow(firehose, ['GetBucketLocation', 'ListBucket', 'ListBucketMultipartUploads']);
  }

  /** Let `loader` see the lists of what the warehouse did not take, and put them away. */
  grantRedrive(loader: IGrantable): void {
    this.allowList(loader, UNDELIVERED_PREFIX);
    this.allow(loader, ['GetObject', 'DeleteObject'], UNDELIVERED_PREFIX);
    this.allow(loader, ['PutObject'], REDRIVEN_PREFIX, REFUSED_PREFIX);
  }

  /** Let `loader` take the lists of imported files, and say what became of each. */
  grantLoadImports(loader: IGrantable): void {
    this.allowList(loader, MANIFEST_PREFIX);
    this.allow(loader, ['GetObject', 'DeleteObject'], MANIFEST_PREFIX);
    this.allow(loader, ['PutObject'], LOADED_PREFIX, REFUSED_IMPORT_PREFIX);
  }

  /** Let `loader` see what the warehouse can be made of again, and write down what it copies of it. */
  grantRebuild(loader: IGrantable): void {
    this.allowList(loader, RAW_PREFIX, DELIVERY_PREFIX, BULK_PREFIX);
    this.allow(loader, ['GetObject', 'PutObject'], REBUILD_PREFIX);
  }

  /**
   * Let the import read files, and write what it makes of them.
   *
   * It may list the bucket without a condition, and get what would stand in the place of the folder in which Spark works: Spark's
   * file system asks for objects that are not there before it writes, and S3 says "not found" only to somebody who may list without
   * a condition and may get the object if it were there; to others it says "forbidden".
   */
  grantImport(job: IGrantable): void {
    this.grantRead(job, BULK_PREFIX, DONE_PREFIX);
    this.allow(job, ['AbortMultipartUpload', 'DeleteObject', 'GetObject', 'PutObject'], STAGED_PREFIX);
    this.allow(job, ['AbortMultipartUpload', 'DeleteObject', 'PutObject'], CURATED_PREFIX);
    this.allow(job, ['AbortMultipartUpload', 'PutObject'], `${REJECTED_PREFIX}import/`);
    this.allow(job, ['PutObject'], DONE_PREFIX, MANIFEST_PREFIX);
    const places = [IMPORT_PREFIX, STAGED_PREFIX].map((folder) => this.bucket.arnForObjects(folder.replace(/\/$/, '')));
    Grant.addToPrincipal({ grantee: job, actions: ['s3:GetObject'], resourceArns: places });
  }

  /** Let `reader` see of which days and hours the raw layer has objects. */
  grantSeeHours(reader: IGrantable): void {
    Grant.addToPrincipal({
      grantee: reader,
      actions: ['s3:ListBucket'],
      resourceArns: [this.bucket.bucketArn],
      conditions: { StringLike: { 's3:prefix': `${RAW_LINES_PREFIX}*` } },
    });
  }

  /** Let the event source mapping of `consumer` keep the batches that failed. */
  grantKeepFailed(consumer: IGrantable): void {
    this.grantPut(consumer, GIVEN_UP_PREFIX);
    // Lambda lists before it writes, to learn whether the bucket is there.
    this.allow(consumer, ['ListBucket']);
  }

  /** To list below exactly these prefixes. */
  private allowList(grantee: IGrantable, ...prefixes: readonly string[]): void {
    Grant.addToPrincipal({
      grantee,
      actions: ['s3:ListBucket'],
      resourceArns: [this.bucket.bucketArn],
      conditions: { StringEquals: { 's3:prefix': prefixes.length === 1 ? prefixes[0] : prefixes } },
    });
  }

  /** On the objects below `prefixes`; on the bucket itself without any. */
  private allow(grantee: IGrantable, actions: readonly string[], ...prefixes: readonly string[]): void {
    const objects = prefixes.map((prefix) => this.bucket.arnForObjects(`${prefix}*`));
    Grant.addToPrincipal({
      grantee,
      actions: actions.map((action) => `s3:${action}`),
      resourceArns: objects.length === 0 ? [this.bucket.bucketArn] : objects,
    });
  }
}

const rarelyRead = (id: string, prefix: string) => ({
  id,
  prefix,
  transitions: [{ storageClass: StorageClass.INFREQUENT_ACCESS, transitionAfter: RARELY_READ }],
});
