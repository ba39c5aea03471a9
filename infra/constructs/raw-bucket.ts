import { Duration } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  ObjectOwnership,
  StorageClass,
  TransitionDefaultMinimumObjectSize,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Stage } from '../stages.ts';

/** Where every transaction is. */
export const RAW_PREFIX = 'raw/';

/** Where lines are that a consumer cannot read, each with the reason. */
export const REJECTED_PREFIX = 'rejected/';

/**
 * Where Lambda itself puts batches that a consumer could not take.
 *
 * @source "Retain discarded batch records" in Lambda's guide: `aws/lambda/<mapping>/<shard>/…`; it cannot be chosen
 */
const FAILED_PREFIX = 'aws/lambda/';

const REFUSALS = 'refusals';

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
      metrics: [{ id: REFUSALS, prefix: REJECTED_PREFIX }],
      lifecycleRules: [
        { id: 'abandoned-uploads', abortIncompleteMultipartUploadAfter: Duration.days(1) },
        {
          id: 'raw-is-rarely-read',
          prefix: RAW_PREFIX,
          transitions: [{ storageClass: StorageClass.INFREQUENT_ACCESS, transitionAfter: Duration.days(30) }],
        },
        ...(stage.guarded ? [{ id: 'overwritten-versions', noncurrentVersionExpiration: Duration.days(30) }] : []),
      ],
    });
  }

  /** How many objects of refused lines were put. */
  metricRefusals(options: MetricOptions): Metric {
    const dimensionsMap = { BucketName: this.bucket.bucketName, FilterId: REFUSALS };
    return new Metric({ namespace: 'AWS/S3', metricName: 'PutRequests', dimensionsMap, ...options });
  }

  /** Let `writer` put objects whose key starts with `prefix`, such as `raw/`, and nothing else. */
  grantPut(writer: IGrantable, prefix: string): void {
    Grant.addToPrincipal({ grantee: writer, actions: ['s3:PutObject'], resourceArns: [this.bucket.arnForObjects(`${prefix}*`)] });
  }

  /** Let the event source mapping of `consumer` keep the batches that failed. */
  grantKeepFailed(consumer: IGrantable): void {
    this.grantPut(consumer, FAILED_PREFIX);
    // Lambda lists before it writes, to learn whether the bucket is there.
    Grant.addToPrincipal({ grantee: consumer, actions: ['s3:ListBucket'], resourceArns: [this.bucket.bucketArn] });
  }
}
