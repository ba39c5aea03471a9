import type { Properties } from '../properties.ts';
import type { DeliveryStreamDefinition } from '../stack-definition.ts';

const IDENTITY = 'there is one local identity, which may do everything';
const LOGS = 'logs are files in the data directory';

/** What a delivery stream may name: only what the same stack has runs locally. */
export interface DeliveryPlaces {
  readonly streams: readonly string[];
  readonly buckets: readonly string[];
  readonly secretArns: readonly string[];
  /** Address of the workgroup, without port. */
  readonly warehouseHost?: string;
}

/** `AWS::KinesisFirehose::DeliveryStream` from a Kinesis stream, through a bucket, by COPY into Redshift. */
export function readDeliveryStream(
  properties: Properties,
  name: string,
  arn: string,
  places: DeliveryPlaces,
): DeliveryStreamDefinition {
  properties.needless({ DeliveryStreamName: 'read already', Tags: 'labels for the bill' });
  properties.choice('DeliveryStreamType', ['KinesisStreamAsSource']);
  const source = properties.object('KinesisStreamSourceConfiguration');
  source.needless({ RoleARN: IDENTITY });
  const destination = properties.object('RedshiftDestinationConfiguration');
  destination.needless({ CloudWatchLoggingOptions: LOGS });
  destination.only('S3BackupMode', 'Disabled', 'the objects that are copied stay where they are');
  readProcessing(destination);
  const copy = destination.object('CopyCommand');
  return {
    name,
    arn,
    kinesisStreamName: among(source, 'KinesisStreamARN', /^arn:aws:kinesis:[^:]*:\d+:stream\/([^/]+)$/, places.streams, 'stream'),
    database: readDatabase(destination, places.warehouseHost),
    table: copy.string('DataTableName'),
    columns: (copy.optionalString('DataTableColumns') ?? '')
      .split(',')
      .map((column) => column.trim())
      .filter((column) => column !== ''),
    copyOptions: copy.optionalString('CopyOptions') ?? '',
    secretArn: readSecretArn(destination, places.secretArns),
    roleArn: destination.string('RoleARN'),
    ...readObjects(destination.object('S3Configuration'), places.buckets),
    retrySeconds: destination.optionalObject('RetryOptions')?.wholeNumber('DurationInSeconds', 0, 7_200, undefined) ?? 3_600,
  };
}

type Objects = 'bucket' | 'prefix' | 'errorPrefix' | 'compression' | 'bufferSeconds' | 'bufferMegabytes';

function readObjects(objects: Properties, buckets: readonly string[]): Pick<DeliveryStreamDefinition, Objects> {
  objects.needless({
    CloudWatchLoggingOptions: LOGS,
    EncryptionConfiguration: 'the data directory is as safe as the disk it is on',
    RoleARN: IDENTITY,
  });
  const hints = objects.optionalObject('BufferingHints');
  return {
    bucket: among(objects, 'BucketARN', /^arn:aws:s3:::(.+)$/, buckets, 'bucket'),
    prefix: objects.optionalString('Prefix') ?? '',
    errorPrefix: objects.optionalString('ErrorOutputPrefix') ?? '',
    compression: objects.choice('CompressionFormat', ['UNCOMPRESSED', 'GZIP'], 'UNCOMPRESSED'),
    bufferSeconds: hints?.wholeNumber('IntervalInSeconds', 0, 900, undefined) ?? 300,
    bufferMegabytes: hints?.wholeNumber('SizeInMBs', 1, 128, undefined) ?? 5,
  };
}

function readProcessing(destination: Properties): void {
  const processing = destination.optionalObject('ProcessingConfiguration');
  processing?.only('Enabled', false, 'records go to the table as they come');
  processing?.only('Processors', [], 'records go to the table as they come');
}

function readSecretArn(destination: Properties, secretArns: readonly string[]): string {
  for (const name of ['Username', 'Password'] as const) {
    if (destination.value(name) !== undefined)
      destination.refuse(name, 'a password in the template is no secret: write SecretsManagerConfiguration');
  }
  const secret = destination.object('SecretsManagerConfiguration');
  secret.needless({ RoleARN: IDENTITY });
  if (secret.optionalBoolean('Enabled') !== true) secret.refuse('Enabled', 'write true');
  return among(secret, 'SecretARN', /^(.+)$/, secretArns, 'secret');
}

function readDatabase(destination: Properties, host: string | undefined): string {
  const url = destination.string('ClusterJDBCURL');
  const [, asked, database] = /^jdbc:redshift:\/\/([^:/]+):\d+\/([^/?]+)$/.exec(url) ?? [];
  if (asked === undefined || database === undefined)
    return destination.refuse('ClusterJDBCURL', `${url} is none: write jdbc:redshift://<host>:<port>/<database>`);
  if (asked !== host)
    return destination.refuse('ClusterJDBCURL', `${asked} is not the stack's workgroup${host === undefined ? '' : `, ${host}`}`);
  return database;
}

/** The name that an ARN ends with, if the stack has a thing of this name. */
function among(properties: Properties, name: string, pattern: RegExp, present: readonly string[], kind: string): string {
  const arn = properties.string(name);
  const found = pattern.exec(arn)?.[1];
  if (found !== undefined && present.includes(found)) return found;
  return properties.refuse(
    name,
    `the stack has no ${kind} ${arn}${present.length > 0 ? `: there is ${present.join(', ')}` : ''}`,
  );
}
