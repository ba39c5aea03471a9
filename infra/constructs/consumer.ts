import { Duration } from 'aws-cdk-lib';
import { EventSourceMapping, MetricType, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { BundledFunction, type BundledFunctionProps } from './bundled-function.ts';
import type { RawBucket } from './raw-bucket.ts';
import { TransactionStream } from './transaction-stream.ts';

/** How a consumer takes transactions from the stream. */
export interface Delivery {
  /** Records of one invocation, 1 to 10,000; 6 MiB of them at the most, whatever is written here. */
  readonly batchSize: number;
  /** How long a batch may wait to fill, 0 to 300 seconds. Counts per shard. */
  readonly window: Duration;
  /** Batches of one shard at a time, 1 to 10; order per partition key holds all the same. */
  readonly parallel: number;
  /** Whether a failed batch is cut in two, and the function may say from which record on it failed. */
  readonly partial: boolean;
  /** How far behind the stream the consumer may be before a person is told. */
  readonly lagAlarm: Duration;
}

/** For ever: an outage is no poison, and what a consumer cannot take for its content it puts aside itself. @source Lambda: -1 */
const RETRIES = -1;

/**
 * When a batch that still fails is given up, as long as it is whole: four hours before the stream forgets it. Without that limit the records
 * would vanish without a word; what is given up is kept in the bucket, and comes back by `npm run redrive`. The hours are for whoever is told
 * by the alarm on the lag, and for writing down a day's worth.
 */
const MAXIMUM_AGE = TransactionStream.retention.minus(Duration.hours(4));

export interface ConsumerProps extends BundledFunctionProps {
  readonly stream: TransactionStream;
  readonly bucket: RawBucket;
  readonly delivery: Delivery;
}

/** A function that sees every transaction in order, at least once; what it cannot take is kept whole in the bucket. */
export class Consumer extends Construct {
  readonly function: BundledFunction;
  readonly mapping: EventSourceMapping;
  readonly delivery: Delivery;

  constructor(scope: Construct, id: string, { stream, bucket, delivery, ...props }: ConsumerProps) {
    super(scope, id);
    this.delivery = delivery;
    this.function = new BundledFunction(this, 'Function', props);
    stream.grantConsume(this.function.lambda);
    bucket.grantKeepFailed(this.function.lambda);
    this.mapping = new EventSourceMapping(this, 'Mapping', {
      target: this.function.lambda,
      eventSourceArn: stream.stream.streamArn,
      // From the oldest: what was sent while the consumer was not yet there belongs to it too.
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: delivery.batchSize,
      maxBatchingWindow: delivery.window,
      parallelizationFactor: delivery.parallel,
      bisectBatchOnError: delivery.partial,
      reportBatchItemFailures: delivery.partial,
      retryAttempts: RETRIES,
      maxRecordAge: MAXIMUM_AGE,
      // Not `S3OnFailureDestination`: it would let the consumer read and delete in the whole bucket.
      onFailure: { bind: () => ({ destination: bucket.bucket.bucketArn }) },
      metricsConfig: { metrics: [MetricType.EVENT_COUNT] },
    });
  }
}
