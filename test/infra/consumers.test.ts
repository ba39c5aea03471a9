import { describe, expect, test } from 'vitest';
import { functions } from '../../infra/build.ts';
import { only, type Resource, resources, type StageName, templateOf } from './synthesis.ts';

const template = templateOf('dev');
const stream = { 'Fn::GetAtt': ['TransactionsStream34AA8BEF', 'Arn'] };
const bucket = { 'Fn::GetAtt': ['RawBucket672A0DBB', 'Arn'] };

const function_ = (id: string) => {
  const [name, found] =
    Object.entries(resources(template, 'AWS::Lambda::Function')).find(([logicalId]) => logicalId.startsWith(id)) ?? [];
  if (name === undefined || found === undefined) throw new Error(`no function ${id}`);
  return { name, ...(found as { Properties: Resource['Properties'] }) };
};

/** The settings of the mapping that feeds a function; labels aside. */
const mappingOf = (id: string) => {
  const { name } = function_(id);
  const mappings = Object.values(resources(template, 'AWS::Lambda::EventSourceMapping'));
  const [mapping, second] = mappings.filter(({ Properties }) => (Properties['FunctionName'] as { Ref: string }).Ref === name);
  if (mapping === undefined || second !== undefined) throw new Error(`expected one mapping for ${id}`);
  const { Tags: _, FunctionName: __, ...settings } = mapping.Properties;
  return settings;
};

test('the raw writer takes all of five minutes at once, whole', () => {
  expect(mappingOf('RawWriter')).toEqual({
    EventSourceArn: stream,
    StartingPosition: 'TRIM_HORIZON',
    BatchSize: 10_000,
    MaximumBatchingWindowInSeconds: 300,
    ParallelizationFactor: 1,
    BisectBatchOnFunctionError: false,
    MaximumRetryAttempts: -1,
    MaximumRecordAgeInSeconds: 72_000,
    DestinationConfig: { OnFailure: { Destination: bucket } },
    MetricsConfig: { Metrics: ['EventCount'] },
  });
});

test('the store writer takes two seconds at once, two batches per shard, and may fail in part', () => {
  expect(mappingOf('StoreWriter')).toEqual({
    EventSourceArn: stream,
    StartingPosition: 'TRIM_HORIZON',
    BatchSize: 1_000,
    MaximumBatchingWindowInSeconds: 2,
    ParallelizationFactor: 2,
    BisectBatchOnFunctionError: true,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    MaximumRetryAttempts: -1,
    MaximumRecordAgeInSeconds: 72_000,
    DestinationConfig: { OnFailure: { Destination: bucket } },
    MetricsConfig: { Metrics: ['EventCount'] },
  });
});

test('a consumer hands over what it still retries four hours before the stream forgets it', () => {
  const { RetentionPeriodHours: hours } = only(template, 'AWS::Kinesis::Stream').Properties as { RetentionPeriodHours: number };

  for (const id of ['RawWriter', 'StoreWriter']) {
    expect(mappingOf(id)).toMatchObject({ MaximumRetryAttempts: -1, MaximumRecordAgeInSeconds: (hours - 4) * 3_600 });
    expect(mappingOf(id)).toHaveProperty('DestinationConfig.OnFailure.Destination', bucket);
  }
});

test('nothing is filtered before a consumer, because a filter drops what it cannot parse', () => {
  for (const id of ['RawWriter', 'StoreWriter']) expect(mappingOf(id)).not.toHaveProperty('FilterCriteria');
});

const ids = ['RawWriter', 'StoreWriter', 'Door'];

describe('the functions', () => {
  test('are those that are bundled, and one of the CDK for a limit without a CloudFormation type', () => {
    const named = (stage: StageName) => Object.keys(resources(templateOf(stage), 'AWS::Lambda::Function'));

    const helpers = named('dev').filter((id) => id.startsWith('AWS679f53fac002430cb0da5b7982bd2287'));

    expect(helpers).toHaveLength(1);
    expect(named('dev')).toHaveLength(functions.length + helpers.length);
    expect(named('lean').map((id) => id.replace(/Function.*/, ''))).toEqual(['RawWriter', 'StoreWriter', 'Door']);
  });

  test.each([...ids, 'WarehouseDeliveryJudge', 'WarehouseSchemaMigrator', 'WarehouseLoader', 'WarehouseImportStarter'])(
    '%s runs on Node 24 and arm64, is traced, and logs JSON',
    (id) => {
      expect(function_(id).Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        TracingConfig: { Mode: 'Active' },
        LoggingConfig: { LogFormat: 'JSON' },
      });
    },
  );

  test('know only the stores they use', () => {
    const stores = {
      raw: { BUCKET_NAME: { Ref: 'RawBucket672A0DBB' } },
      stream: { STREAM_NAME: { Ref: 'TransactionsStream34AA8BEF' } },
    };
    const tables = { CUSTOMERS_TABLE: { Ref: 'TablesCustomersB22215AC' }, INVOICES_TABLE: { Ref: 'TablesInvoices428C2675' } };

    expect(function_('RawWriter').Properties['Environment']).toEqual({ Variables: stores.raw });
    expect(function_('StoreWriter').Properties['Environment']).toEqual({ Variables: { ...stores.raw, ...tables } });
    expect(function_('Door').Properties['Environment']).toEqual({ Variables: stores.stream });
    expect(function_('WarehouseDeliveryJudge').Properties).not.toHaveProperty('Environment');
  });

  test('have memory and time for their largest batch', () => {
    const sizes = [...ids, 'WarehouseDeliveryJudge', 'WarehouseSchemaMigrator', 'WarehouseLoader', 'WarehouseImportStarter'].map(
      (id) => {
        const { MemorySize, Timeout } = function_(id).Properties;
        return [MemorySize, Timeout];
      },
    );

    expect(sizes).toEqual([
      [512, 60],
      [1_024, 120],
      [512, 15],
      [512, 60],
      [512, 900],
      [512, 900],
      [256, 30],
    ]);
  });
});

test('every log has an end: seven days in dev, thirty in prod', () => {
  const retention = (stage: StageName) =>
    Object.values(resources(templateOf(stage), 'AWS::Logs::LogGroup')).map(({ Properties }) => Properties['RetentionInDays']);

  expect(retention('lean')).toEqual(Array<number>(5).fill(7));
  expect(retention('dev')).toEqual(Array<number>(16).fill(7));
  expect(retention('prod')).toEqual(Array<number>(16).fill(30));
});
