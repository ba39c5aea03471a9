import { Stack } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Grant, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import { LogGroup, LogStream } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Stage, WarehouseSettings } from '../stages.ts';
import { DELIVERY_PREFIX, type RawBucket } from './raw-bucket.ts';
import type { TransactionStream } from './transaction-stream.ts';
import { Warehouse } from './warehouse.ts';
import type { WarehouseSchema } from './warehouse-schema.ts';
import type { WarehouseUser } from './warehouse-user.ts';

export interface WarehouseDeliveryProps {
  readonly stage: Stage;
  readonly settings: WarehouseSettings;
  readonly stream: TransactionStream;
  readonly bucket: RawBucket;
  readonly warehouse: Warehouse;
  /** Makes the landing table and the user, before the first COPY. */
  readonly schema: WarehouseSchema;
  /** As whom Firehose copies. */
  readonly user: WarehouseUser;
}

/** Columns of the landing table, named as the keys of a line in lower case, which is how COPY finds them. */
const COLUMNS = 'lineid,invoiceno,stockcode,description,quantity,invoicedate,unitprice,customerid,country,sentat';

/** A line that COPY cannot read is in the warehouse's list of load errors; it does not stop the others. 100,000 is the most COPY takes. */
const COPY_OPTIONS = "JSON 'auto ignorecase' TIMEFORMAT 'auto' ACCEPTINVCHARS TRUNCATECOLUMNS MAXERROR 100000";

/** Brings every transaction from the stream to the warehouse's landing table, at least once and in no order. */
export class WarehouseDelivery extends Construct {
  readonly deliveryStreamName: string;

  constructor(
    scope: Construct,
    id: string,
    { stage, settings, stream, bucket, warehouse, schema, user }: WarehouseDeliveryProps,
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
        copyCommand: { dataTableName: 'intake.landing', dataTableColumns: COLUMNS, copyOptions: COPY_OPTIONS },
        // In seconds, and the most there is; afterwards the list of the objects is put under errors/.
        retryOptions: { durationInSeconds: 7_200 },
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
