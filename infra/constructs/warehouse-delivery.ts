import { Duration, Stack } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Grant, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import { LogGroup, LogStream } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { STREAM_COLUMNS, STREAM_COPY_OPTIONS } from '../../domain/landing.ts';
import { DELIVERY_PREFIX } from '../../domain/bucket.ts';
import type { Stage, WarehouseSettings } from '../stages.ts';
import { BundledFunction } from './bundled-function.ts';
import type { RawBucket } from './raw-bucket.ts';
import type { TransactionStream } from './transaction-stream.ts';
import { Warehouse } from './warehouse.ts';
import type { WarehouseSchema } from './warehouse-schema.ts';
import type { WarehouseUser } from './warehouse-user.ts';

export interface WarehouseDeliveryProps {
  readonly stage: Stage;
  readonly settings: WarehouseSettings;
  /** Where `infra/build.ts` put the bundles. */
  readonly build: string;
  readonly stream: TransactionStream;
  readonly bucket: RawBucket;
  readonly warehouse: Warehouse;
  /** Makes the landing table and the user, before the first COPY. */
  readonly schema: WarehouseSchema;
  /** As whom Firehose copies. */
  readonly user: WarehouseUser;
}

/**
 * How Firehose calls the judge.
 *
 * A mebibyte of records, and one record beyond it, is 1.5 MiB as an event and 1.7 as an answer; of the shortest lines, each a record of its
 * own, 4.5 and 2.9: Lambda takes and gives 6. The interval comes on top of that of the objects. As many retries as can be asked for: what
 * fails longer is put under `processing-failed/`, and comes back by `npm run redrive`.
 *
 * @source "Transform source data" in Firehose's guide: 0.2 to 3 MB, 0 to 900 seconds, 6 MB; ProcessorParameter in its API reference
 */
const JUDGING = { NumberOfRetries: '300', BufferSizeInMBs: '1', BufferIntervalInSeconds: '10' };

/** Brings every accepted line from the stream to the warehouse's landing table, at least once and in no order. */
export class WarehouseDelivery extends Construct {
  readonly deliveryStreamName: string;
  /** Passes on the lines that every store counts, and nothing else. */
  readonly judge: BundledFunction;

  constructor(
    scope: Construct,
    id: string,
    { stage, settings, build, stream, bucket, warehouse, schema, user }: WarehouseDeliveryProps,
  ) {
    super(scope, id);
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('firehose.amazonaws.com', {
        // Nobody else's Firehose.
        conditions: { StringEquals: { 'sts:ExternalId': Stack.of(this).account } },
      }),
    });
    stream.grantRead(role);
    bucket.grantDeliver(role, DELIVERY_PREFIX);
    user.grantRead(role);
    this.judge = new BundledFunction(this, 'Judge', {
      stage,
      build,
      name: 'delivery-judge',
      description: 'Stream to warehouse: the accepted lines of each record',
      memory: 512,
      timeout: Duration.seconds(60),
      environment: {},
    });
    const { functionArn } = this.judge.lambda;
    // It looks at the function's time limit too. @source "Grant Firehose access", Lambda functions
    Grant.addToPrincipal({
      grantee: role,
      actions: ['lambda:InvokeFunction', 'lambda:GetFunctionConfiguration'],
      resourceArns: [functionArn],
    });
    const logs = new LogGroup(this, 'Logs', { retention: stage.logRetention, removalPolicy: stage.removal });
    Grant.addToPrincipal({ grantee: role, actions: ['logs:PutLogEvents'], resourceArns: [logs.logGroupArn] });
    const log = (name: string) => ({
      enabled: true,
      logGroupName: logs.logGroupName,
      logStreamName: new LogStream(this, `${name}Log`, { logGroup: logs, logStreamName: name, removalPolicy: stage.removal })
        .logStreamName,
    });

    const { roleArn } = role;
    const delivery = new CfnDeliveryStream(this, 'Stream', {
      deliveryStreamType: 'KinesisStreamAsSource',
      kinesisStreamSourceConfiguration: { kinesisStreamArn: stream.stream.streamArn, roleArn },
      redshiftDestinationConfiguration: {
        roleArn,
        clusterJdbcurl: `jdbc:redshift://${warehouse.host}:${String(Warehouse.port)}/${Warehouse.databaseName}`,
        secretsManagerConfiguration: { enabled: true, secretArn: user.secretArn, roleArn },
        copyCommand: {
          dataTableName: 'intake.landing',
          dataTableColumns: STREAM_COLUMNS.join(','),
          copyOptions: STREAM_COPY_OPTIONS,
        },
        // In seconds, and the most there is; afterwards the list of the objects is put under errors/.
        retryOptions: { durationInSeconds: 7_200 },
        processingConfiguration: {
          enabled: true,
          processors: [
            {
              type: 'Lambda',
              parameters: Object.entries({ LambdaArn: functionArn, RoleArn: roleArn, ...JUDGING }).map(
                ([parameterName, parameterValue]) => ({ parameterName, parameterValue }),
              ),
            },
          ],
        },
        s3BackupMode: 'Disabled',
        s3Configuration: {
          roleArn,
          bucketArn: bucket.bucket.bucketArn,
          prefix: DELIVERY_PREFIX,
          compressionFormat: 'UNCOMPRESSED',
          bufferingHints: { intervalInSeconds: settings.bufferSeconds, sizeInMBs: settings.bufferMegabytes },
          cloudWatchLoggingOptions: log('objects'),
        },
        cloudWatchLoggingOptions: log('copies'),
      },
    });
    // Firehose looks at once whether it may read and write.
    delivery.node.addDependency(role, schema);
    this.deliveryStreamName = delivery.ref;
  }

  metric(metricName: string, options: MetricOptions): Metric {
    const dimensionsMap = { DeliveryStreamName: this.deliveryStreamName };
    return new Metric({ namespace: 'AWS/Firehose', metricName, dimensionsMap, ...options });
  }
}
