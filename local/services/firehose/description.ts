import type { DeliveryStreamDefinition, ProcessingDefinition } from './definition.ts';
import type { Progress } from './progress.ts';

/**
 * A delivery stream as DescribeDeliveryStream shows it.
 *
 * @source Firehose API, DeliveryStreamDescription. `ClusterJDBCURL` has AWS's address of the workgroup, which only the template knows; it
 * is left out, and so is the role that reads the stream.
 */
export function describe(
  definition: DeliveryStreamDefinition,
  { version, createdAt, updatedAt }: Pick<Progress, 'version' | 'createdAt' | 'updatedAt'>,
  { region, accountId }: { readonly region: string; readonly accountId: string },
) {
  const { name, arn, kinesisStreamName, table, columns, copyOptions, retrySeconds, roleArn, secretArn, processing } = definition;
  return {
    DeliveryStreamName: name,
    DeliveryStreamARN: arn,
    DeliveryStreamStatus: 'ACTIVE',
    DeliveryStreamEncryptionConfiguration: { Status: 'DISABLED' },
    DeliveryStreamType: 'KinesisStreamAsSource',
    VersionId: String(version),
    CreateTimestamp: createdAt / 1000,
    LastUpdateTimestamp: updatedAt / 1000,
    Source: {
      KinesisStreamSourceDescription: {
        KinesisStreamARN: `arn:aws:kinesis:${region}:${accountId}:stream/${kinesisStreamName}`,
        DeliveryStartTimestamp: createdAt / 1000,
      },
    },
    Destinations: [
      {
        DestinationId: 'destinationId-000000000001',
        RedshiftDestinationDescription: {
          RoleARN: roleArn,
          CopyCommand: {
            DataTableName: table,
            ...(columns.length > 0 && { DataTableColumns: columns.join(',') }),
            CopyOptions: copyOptions,
          },
          RetryOptions: { DurationInSeconds: retrySeconds },
          S3DestinationDescription: bucketOf(definition),
          ...(processing && { ProcessingConfiguration: processingOf(processing, roleArn) }),
          S3BackupMode: 'Disabled',
          SecretsManagerConfiguration: { Enabled: true, SecretARN: secretArn },
        },
      },
    ],
    HasMoreDestinations: false,
  };
}

function processingOf({ functionArn, retries, bufferMegabytes, bufferSeconds }: ProcessingDefinition, roleArn: string) {
  const parameters = {
    LambdaArn: functionArn,
    NumberOfRetries: String(retries),
    RoleArn: roleArn,
    BufferSizeInMBs: String(bufferMegabytes),
    BufferIntervalInSeconds: String(bufferSeconds),
  };
  return {
    Enabled: true,
    Processors: [
      {
        Type: 'Lambda',
        Parameters: Object.entries(parameters).map(([ParameterName, ParameterValue]) => ({ ParameterName, ParameterValue })),
      },
    ],
  };
}

function bucketOf(definition: DeliveryStreamDefinition) {
  const { roleArn, bucket, prefix, errorPrefix, bufferMegabytes, bufferSeconds, compression } = definition;
  return {
    RoleARN: roleArn,
    BucketARN: `arn:aws:s3:::${bucket}`,
    Prefix: prefix,
    ...(errorPrefix !== '' && { ErrorOutputPrefix: errorPrefix }),
    BufferingHints: { SizeInMBs: bufferMegabytes, IntervalInSeconds: bufferSeconds },
    CompressionFormat: compression,
    EncryptionConfiguration: { NoEncryptionConfig: 'NoEncryption' },
    CloudWatchLoggingOptions: { Enabled: false },
  };
}
