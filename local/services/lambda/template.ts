import { existsSync, statSync } from 'node:fs';
import type { Properties } from '../../template/properties.ts';
import { LOG_LEVELS } from './definition.ts';
import type { AsynchronousDefinition, LambdaDefinition, MappingDefinition } from './definition.ts';

/** What Lambda does with an asynchronous event when nothing is declared. @source Lambda, PutFunctionEventInvokeConfig */
export const DEFAULT_ASYNCHRONOUS: AsynchronousDefinition = { retries: 2, maximumAgeSeconds: 21_600 };

/** `AWS::Lambda::Function` with a Node runtime and a directory as its code. */
export function readFunction(
  properties: Properties,
  name: string,
  arn: string,
  assets: ReadonlyMap<string, string>,
): LambdaDefinition {
  properties.ignore({
    FunctionName: 'read already',
    Description: 'words',
    Architectures: 'JavaScript runs on both',
    TracingConfig: 'nothing traces locally',
    EphemeralStorage: 'the temporary directory of this machine has its own limit',
    RuntimeManagementConfig: 'the runtime is the Node that runs this',
    RecursiveLoop: 'nothing detects loops locally',
    Tags: 'labels for the bill',
  });
  const runtime = properties.string('Runtime');
  if (!runtime.startsWith('nodejs')) properties.refuse('Runtime', `${runtime} cannot run locally: write a nodejs runtime`);
  properties.requireValue('PackageType', 'Zip', 'container images need a container');
  const reservedConcurrency = properties.wholeNumber('ReservedConcurrentExecutions', 0, 1_000, undefined);
  return {
    name,
    arn,
    roleArn: properties.string('Role'),
    directory: codeDirectory(properties, assets),
    handler: properties.string('Handler'),
    environment: properties.optionalObject('Environment')?.map('Variables') ?? {},
    timeoutSeconds: properties.optionalNumber('Timeout') ?? 3,
    memoryMegabytes: properties.optionalNumber('MemorySize') ?? 128,
    ...(reservedConcurrency !== undefined && { reservedConcurrency }),
    ...readLogging(properties),
  };
}

function readLogging(properties: Properties): Pick<LambdaDefinition, 'logging' | 'logGroup'> {
  const config = properties.optionalObject('LoggingConfig');
  if (config === undefined) return {};
  config.ignore({ SystemLogLevel: 'how an invocation went is always written' });
  const logGroup = config.optionalString('LogGroup');
  const format = config.optionalString('LogFormat') ?? 'Text';
  if (format !== 'Text' && format !== 'JSON') return config.refuse('LogFormat', `write Text or JSON: got ${format}`);
  const written = config.optionalString('ApplicationLogLevel');
  // A level is for JSON alone, and INFO when none is said.
  const level = format === 'Text' ? 'TRACE' : LOG_LEVELS.find((one) => one === (written ?? 'INFO'));
  if (level === undefined) return config.refuse('ApplicationLogLevel', `write one of ${LOG_LEVELS.join(', ')}`);
  return { logging: { format, level }, ...(logGroup !== undefined && { logGroup }) };
}

function codeDirectory(properties: Properties, assets: ReadonlyMap<string, string>): string {
  const code = properties.object('Code');
  code.ignore({ S3Bucket: 'the assets manifest knows the file by its key' });
  const key = code.string('S3Key');
  const directory = assets.get(key);
  if (directory === undefined || !existsSync(directory))
    return code.refuse('S3Key', `the assembly has no asset ${key}: synthesize the app again`);
  if (!statSync(directory).isDirectory())
    return code.refuse('S3Key', `${directory} is a file: give the function a directory with its bundle`);
  return directory;
}

/** `AWS::Lambda::EventSourceMapping` of a Kinesis stream. */
export function readEventSourceMapping(properties: Properties, id: string): MappingDefinition {
  properties.ignore({
    LoggingConfig: 'logs are files in the data directory',
    KmsKeyArn: 'the data directory is as safe as the disk it is on',
    Tags: 'labels for the bill',
  });
  if (properties.value('FilterCriteria') !== undefined) {
    properties.refuse(
      'FilterCriteria',
      'filters do not run locally; at AWS they silently drop records that are not one JSON document: filter in the function',
    );
  }
  const streamArn = properties.string('EventSourceArn');
  const streamName = /^arn:aws:kinesis:[^:]*:\d+:stream\/([^/]+)$/.exec(streamArn)?.[1];
  const partial = properties.strings('FunctionResponseTypes');
  const unknown = partial.find((type) => type !== 'ReportBatchItemFailures');
  if (unknown !== undefined)
    properties.refuse('FunctionResponseTypes', `${unknown} is not supported locally: write ReportBatchItemFailures`);
  const onFailureBucket = readDestination(properties);
  const unlimited = (name: string): number => {
    const value = properties.optionalNumber(name) ?? -1;
    return value === -1 ? Infinity : value;
  };
  properties.requireValue('TumblingWindowInSeconds', 0, 'no state is carried between batches');
  return {
    id,
    functionName: functionNameOf(properties.string('FunctionName')),
    streamArn,
    streamName:
      streamName ?? properties.refuse('EventSourceArn', `${streamArn} is not a Kinesis stream, the one source that runs locally`),
    enabled: properties.optionalBoolean('Enabled') ?? true,
    startingPosition: properties.choice('StartingPosition', ['TRIM_HORIZON', 'LATEST']),
    batchSize: properties.wholeNumber('BatchSize', 1, 10_000, 100),
    batchingWindowSeconds: properties.wholeNumber('MaximumBatchingWindowInSeconds', 0, 300, 0),
    parallelization: properties.wholeNumber('ParallelizationFactor', 1, 10, 1),
    maximumRetryAttempts: unlimited('MaximumRetryAttempts'),
    maximumRecordAgeSeconds: unlimited('MaximumRecordAgeInSeconds'),
    bisect: properties.optionalBoolean('BisectBatchOnFunctionError') ?? false,
    reportBatchItemFailures: partial.length > 0,
    countsEvents: properties.optionalObject('MetricsConfig')?.strings('Metrics').includes('EventCount') ?? false,
    ...(onFailureBucket !== undefined && { onFailureBucket }),
  };
}

/** `AWS::Lambda::EventInvokeConfig` of a function's only version. */
export function readEventInvokeConfig(properties: Properties): {
  readonly functionName: string;
  readonly asynchronous: AsynchronousDefinition;
} {
  properties.choice('Qualifier', ['$LATEST']);
  const { retries, maximumAgeSeconds } = DEFAULT_ASYNCHRONOUS;
  const onFailureBucket = readDestination(properties);
  return {
    functionName: functionNameOf(properties.string('FunctionName')),
    asynchronous: {
      retries: properties.wholeNumber('MaximumRetryAttempts', 0, 2, retries),
      maximumAgeSeconds: properties.wholeNumber('MaximumEventAgeInSeconds', 60, 21_600, maximumAgeSeconds),
      ...(onFailureBucket !== undefined && { onFailureBucket }),
    },
  };
}

function readDestination(properties: Properties): string | undefined {
  const onFailure = properties.optionalObject('DestinationConfig')?.optionalObject('OnFailure');
  const arn = onFailure?.optionalString('Destination');
  if (onFailure === undefined || arn === undefined) return undefined;
  return (
    /^arn:aws:s3:::(.+)$/.exec(arn)?.[1] ??
    onFailure.refuse('Destination', `${arn} cannot receive what was given up locally: write the ARN of an S3 bucket`)
  );
}

/** A function's name from its name, ARN or partial ARN. @source Lambda, CreateEventSourceMapping, FunctionName */
export function functionNameOf(nameOrArn: string): string {
  return /(?:^|:)function:([^:]+)/.exec(nameOrArn)?.[1] ?? nameOrArn;
}
