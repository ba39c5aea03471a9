import type { Properties } from '../../template/properties.ts';
import type { DeliveryStreamDefinition, ProcessingDefinition } from './definition.ts';
import { functionNameOf } from '../lambda/template.ts';

const IDENTITY = 'there is one local identity, which may do everything';
const LOGS = 'logs are files in the data directory';

/** What a delivery stream may name: only what the same stack has runs locally. */
export interface DeliveryPlaces {
  readonly streams: readonly string[];
  readonly buckets: readonly string[];
  readonly secretArns: readonly string[];
  readonly functions: readonly string[];
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
  properties.ignore({ DeliveryStreamName: 'read already', Tags: 'labels for the bill' });
  properties.choice('DeliveryStreamType', ['KinesisStreamAsSource']);
  const source = properties.object('KinesisStreamSourceConfiguration');
  source.ignore({ RoleARN: IDENTITY });
  const destination = properties.object('RedshiftDestinationConfiguration');
  destination.ignore({ CloudWatchLoggingOptions: LOGS });
  destination.requireValue('S3BackupMode', 'Disabled', 'the objects that are copied stay where they are');
  const processing = readProcessing(destination, places.functions);
  const copy = destination.object('CopyCommand');
  return {
    name,
    arn,
    kinesisStreamName: nameInStack(source, {
      name: 'KinesisStreamARN',
      pattern: /^arn:aws:kinesis:[^:]*:\d+:stream\/([^/]+)$/,
      present: places.streams,
      kind: 'stream',
    }),
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
    ...(processing && { processing }),
  };
}

type Objects = 'bucket' | 'prefix' | 'errorPrefix' | 'compression' | 'bufferSeconds' | 'bufferMegabytes';

function readObjects(objects: Properties, buckets: readonly string[]): Pick<DeliveryStreamDefinition, Objects> {
  objects.ignore({
    CloudWatchLoggingOptions: LOGS,
    EncryptionConfiguration: 'the data directory is as safe as the disk it is on',
    RoleARN: IDENTITY,
  });
  const hints = objects.optionalObject('BufferingHints');
  return {
    bucket: nameInStack(objects, { name: 'BucketARN', pattern: /^arn:aws:s3:::(.+)$/, present: buckets, kind: 'bucket' }),
    prefix: objects.optionalString('Prefix') ?? '',
    errorPrefix: objects.optionalString('ErrorOutputPrefix') ?? '',
    compression: objects.choice('CompressionFormat', ['UNCOMPRESSED', 'GZIP'], 'UNCOMPRESSED'),
    bufferSeconds: hints?.wholeNumber('IntervalInSeconds', 0, 900, undefined) ?? 300,
    bufferMegabytes: hints?.wholeNumber('SizeInMBs', 1, 128, undefined) ?? 5,
  };
}

function readProcessing(destination: Properties, functions: readonly string[]): ProcessingDefinition | undefined {
  const processing = destination.optionalObject('ProcessingConfiguration');
  if (processing?.optionalBoolean('Enabled') !== true) {
    processing?.ignore({ Processors: 'they are switched off' });
    return undefined;
  }
  const [processor, second] = processing.objects('Processors');
  if (processor === undefined || second !== undefined)
    return processing.refuse('Processors', 'one processor runs locally: write one of type Lambda, or Enabled false');
  processor.choice('Type', ['Lambda']);
  return readLambdaProcessor(processor, functions);
}

/** The parameters of a processor of type Lambda, and their defaults. @source Firehose API, ProcessorParameter */
const PARAMETERS = {
  LambdaArn: undefined,
  RoleArn: undefined,
  NumberOfRetries: { least: 0, most: 300, otherwise: 3, isWhole: true },
  BufferSizeInMBs: { least: 0.2, most: 3, otherwise: 1, isWhole: false },
  BufferIntervalInSeconds: { least: 0, most: 900, otherwise: 60, isWhole: true },
} as const;

function readLambdaProcessor(processor: Properties, functions: readonly string[]): ProcessingDefinition {
  const written = new Map<string, Properties>();
  for (const parameter of processor.objects('Parameters')) {
    const name = parameter.choice('ParameterName', Object.keys(PARAMETERS));
    if (written.has(name)) parameter.refuse('ParameterName', `${name} is written twice`);
    written.set(name, parameter);
  }
  const number = (name: 'NumberOfRetries' | 'BufferSizeInMBs' | 'BufferIntervalInSeconds'): number => {
    const parameter = written.get(name);
    const { least, most, otherwise, isWhole } = PARAMETERS[name];
    const value = parameter?.optionalNumber('ParameterValue') ?? otherwise;
    if (value >= least && value <= most && (!isWhole || Number.isInteger(value))) return value;
    return processor.refuse('Parameters', `${name} ${String(value)} is outside ${String(least)} to ${String(most)}`);
  };
  written.get('RoleArn')?.ignore({ ParameterValue: IDENTITY });
  const lambdaArn = written.get('LambdaArn') ?? processor.refuse('Parameters', 'LambdaArn is required');
  const functionArn = lambdaArn.string('ParameterValue');
  const functionName = functionNameOf(functionArn);
  if (!functions.includes(functionName)) lambdaArn.refuse('ParameterValue', `the stack has no function ${functionName}`);
  return {
    functionName,
    functionArn,
    retries: number('NumberOfRetries'),
    bufferMegabytes: number('BufferSizeInMBs'),
    bufferSeconds: number('BufferIntervalInSeconds'),
  };
}

function readSecretArn(destination: Properties, secretArns: readonly string[]): string {
  for (const name of ['Username', 'Password'] as const) {
    if (destination.value(name) !== undefined)
      destination.refuse(name, 'a password in the template is no secret: write SecretsManagerConfiguration');
  }
  const secret = destination.object('SecretsManagerConfiguration');
  secret.ignore({ RoleARN: IDENTITY });
  if (secret.optionalBoolean('Enabled') !== true) secret.refuse('Enabled', 'write true');
  return nameInStack(secret, { name: 'SecretARN', pattern: /^(.+)$/, present: secretArns, kind: 'secret' });
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
function nameInStack(
  properties: Properties,
  {
    name,
    pattern,
    present,
    kind,
  }: { readonly name: string; readonly pattern: RegExp; readonly present: readonly string[]; readonly kind: string },
): string {
  const arn = properties.string(name);
  const found = pattern.exec(arn)?.[1];
  if (found !== undefined && present.includes(found)) return found;
  return properties.refuse(
    name,
    `the stack has no ${kind} ${arn}${present.length > 0 ? `: there is ${present.join(', ')}` : ''}`,
  );
}
