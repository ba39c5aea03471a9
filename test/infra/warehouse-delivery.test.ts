import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { only, resources, type StageName, templateOf } from './synthesis.ts';

const template = templateOf('dev');
const properties = (type: string, stage: StageName = 'dev') => only(templateOf(stage), type).Properties;
const BUCKET = 'RawBucket672A0DBB';

/** The resource of a type whose logical id begins like this. */
function propertiesOf(type: string, id: string) {
  const [found, second] = Object.entries(resources(template, type)).filter(([name]) => name.startsWith(id));
  if (found === undefined || second !== undefined) throw new Error(`expected one ${type} ${id}`);
  return found[1].Properties;
}

interface Delivery {
  readonly ClusterJDBCURL: unknown;
  readonly CopyCommand: { readonly DataTableColumns: string };
  readonly S3Configuration: Readonly<Record<string, unknown>>;
}

const delivery = (stage: StageName = 'dev') =>
  properties('AWS::KinesisFirehose::DeliveryStream', stage)['RedshiftDestinationConfiguration'] as Delivery;

describe('the delivery', () => {
  test('is from the stream to the landing table, as the user loader', () => {
    const [secret] = Object.keys(resources(template, 'AWS::SecretsManager::Secret'));

    expect(properties('AWS::KinesisFirehose::DeliveryStream')).toMatchObject({
      DeliveryStreamType: 'KinesisStreamAsSource',
      KinesisStreamSourceConfiguration: { KinesisStreamARN: { 'Fn::GetAtt': ['TransactionsStream34AA8BEF', 'Arn'] } },
    });
    expect(delivery()).toMatchObject({
      ClusterJDBCURL: {
        'Fn::Join': [
          '',
          [
            'jdbc:redshift://',
            { 'Fn::GetAtt': ['WarehouseDatabaseWorkgroup50126F52', 'Workgroup.Endpoint.Address'] },
            ':5439/tillgraph',
          ],
        ],
      },
      SecretsManagerConfiguration: { Enabled: true, SecretARN: { Ref: secret } },
      CopyCommand: {
        DataTableName: 'intake.landing',
        CopyOptions: "JSON 'auto ignorecase' TIMEFORMAT 'auto' ACCEPTINVCHARS TRUNCATECOLUMNS MAXERROR 100000",
      },
    });
  });

  test('tries for two hours, which is as long as Firehose can, and tells what failed', () => {
    expect(delivery()).toMatchObject({
      RetryOptions: { DurationInSeconds: 7_200 },
      CloudWatchLoggingOptions: { Enabled: true },
      S3Configuration: { CloudWatchLoggingOptions: { Enabled: true } },
    });
  });

  test('brings accepted lines only: the judge sees each record first, as long as it takes', () => {
    const [judge] = Object.keys(resources(template, 'AWS::Lambda::Function')).filter((id) =>
      id.startsWith('WarehouseDeliveryJudge'),
    );
    const [role] = Object.keys(resources(template, 'AWS::IAM::Role')).filter((id) => id.startsWith('WarehouseDeliveryRole'));

    expect(delivery()).toMatchObject({
      ProcessingConfiguration: {
        Enabled: true,
        Processors: [
          {
            Type: 'Lambda',
            Parameters: [
              { ParameterName: 'LambdaArn', ParameterValue: { 'Fn::GetAtt': [judge, 'Arn'] } },
              { ParameterName: 'RoleArn', ParameterValue: { 'Fn::GetAtt': [role, 'Arn'] } },
              { ParameterName: 'NumberOfRetries', ParameterValue: '300' },
              { ParameterName: 'BufferSizeInMBs', ParameterValue: '1' },
              { ParameterName: 'BufferIntervalInSeconds', ParameterValue: '10' },
            ],
          },
        ],
      },
    });
  });

  test.each([
    ['dev', 300, 64],
    ['prod', 300, 128],
  ] as const)('in %s makes objects of at most %i seconds or %i MiB, of plain lines', (stage, seconds, megabytes) => {
    expect(delivery(stage).S3Configuration).toMatchObject({
      Prefix: 'firehose/',
      CompressionFormat: 'UNCOMPRESSED',
      BufferingHints: { IntervalInSeconds: seconds, SizeInMBs: megabytes },
    });
  });

  test('fills the columns of the landing table, named as the keys of a line in lower case', () => {
    const columns = delivery().CopyCommand.DataTableColumns.split(',');
    const intake = readFileSync(new URL('../../warehouse/migrations/0002-intake.sql', import.meta.url), 'utf8');
    const landing = /CREATE TABLE[^(]*intake\.landing\s*\(([\s\S]*?)\n\)/.exec(intake)?.[1] ?? '';
    const keys = ['lineId', 'invoiceNo', 'stockCode', 'description', 'quantity', 'invoiceDate', 'unitPrice', 'customerId']
      .concat('country', 'sentAt')
      .map((key) => key.toLowerCase());

    expect(columns).toEqual(keys);
    for (const column of columns) expect(landing).toMatch(new RegExp(`^\\s*${column}\\s+VARCHAR`, 'm'));
  });
});

describe('the loader', () => {
  test('has fifteen minutes, and drops an event that failed twice or that the schedule overtook', () => {
    const loader = Object.entries(resources(template, 'AWS::Lambda::Function')).find(([id]) => id.startsWith('WarehouseLoader'));

    expect(loader?.[1].Properties).toMatchObject({ Timeout: 900 });
    // A new account has ten, and must leave ten unreserved.
    expect(loader?.[1].Properties).not.toHaveProperty('ReservedConcurrentExecutions');
    expect(propertiesOf('AWS::Lambda::EventInvokeConfig', 'WarehouseLoader')).toEqual({
      FunctionName: { Ref: loader?.[0] },
      Qualifier: '$LATEST',
      MaximumEventAgeInSeconds: 900,
      MaximumRetryAttempts: 1,
    });
  });

  test('knows the warehouse, the answers and where the objects are', () => {
    const loader = Object.entries(resources(template, 'AWS::Lambda::Function')).find(([id]) => id.startsWith('WarehouseLoader'));

    expect(loader?.[1].Properties['Environment']).toEqual({
      Variables: {
        WORKGROUP_NAME: { Ref: 'WarehouseDatabaseWorkgroup50126F52' },
        DATABASE_NAME: 'tillgraph',
        ANSWERS_TABLE: { Ref: 'WarehouseAnswersTable14C5A531' },
        BUCKET_NAME: { Ref: BUCKET },
        STAGING_PREFIX: 'firehose/',
        IMPORT_PREFIX: 'import/',
        IMPORT_JOB_NAME: { Ref: 'WarehouseImportJob066D550B' },
        DELIVERY_STREAM_NAME: { Ref: Object.keys(resources(template, 'AWS::KinesisFirehose::DeliveryStream'))[0] },
        CATALOG_DATABASE_NAME: { Ref: 'WarehouseImportCatalogDatabaseC520E8C3' },
      },
    });
  });

  test('is called every 15 minutes', () => {
    expect(propertiesOf('AWS::Scheduler::Schedule', 'WarehouseLoaderSchedule')).toMatchObject({
      ScheduleExpression: 'rate(15 minutes)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Input: '{"source":"tillgraph.schedule"}',
        RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 900 },
      },
    });
  });

  test('compares the raw layer with the warehouse every day', () => {
    expect(propertiesOf('AWS::Scheduler::Schedule', 'WarehouseLoaderComparison')).toMatchObject({
      ScheduleExpression: 'rate(1 day)',
      Target: { Input: '{"source":"tillgraph.compare"}', RetryPolicy: { MaximumRetryAttempts: 2 } },
    });
  });

  const pattern = propertiesOf('AWS::Events::Rule', 'WarehouseLoader')['EventPattern'] as {
    detail: { bucket: { name: unknown }; object: { key: readonly { prefix: string }[] } };
  };

  test('is called by EventBridge when an object is put into the bucket', () => {
    expect(pattern).toMatchObject({
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      detail: { bucket: { name: [{ Ref: BUCKET }] } },
    });
    expect(properties('AWS::S3::Bucket')['NotificationConfiguration']).toEqual({
      EventBridgeConfiguration: { EventBridgeEnabled: true },
    });
    expect(properties('AWS::S3::Bucket', 'lean')).not.toHaveProperty('NotificationConfiguration');
  });

  test.each([
    ['firehose/2026/11/22/19/Tillgraph-dev-1-2026-11-22-19-05-07-4b28', true],
    ['firehose/manifests/2026/11/22/19/Tillgraph-dev-2026-11-22-19-05-07-4b28', false],
    ['firehose/errors/manifests/2026/11/22/19/Tillgraph-dev-2026-11-22-19-05-07-4b28', true],
    ['firehose/processing-failed/2026/11/22/19/Tillgraph-dev-1-2026-11-22-19-05-07-4b28', false],
    ['firehose/redriven/errors/manifests/2026/11/22/19/Tillgraph-dev', false],
    ['firehose/refused/errors/manifests/2026/11/22/19/Tillgraph-dev', false],
    ['raw/v=1/dt=2026-11-22/hour=19/shardId-000000000000-1-2.ndjson.gz', false],
    ['rejected/store-writer/2026/11/22/1.json', false],
    ['aws/lambda/4b28/shardId-000000000000/2026/11/22/1', false],
    ['import/manifests/0123456789abcdef.0123456789ab.json', true],
    ['import/staged/0123456789abcdef/0123456789ab/part-00000.csv.gz', false],
    ['import/done/0123456789abcdef.json', false],
    ['import/loaded/0123456789abcdef.0123456789ab.json', false],
    ['import/refused/0123456789abcdef.0123456789ab.json', false],
    ['bulk/2011.csv.gz', false],
    ['curated/lines/month=2011-01/0123456789abcdef-0.parquet', false],
  ])('for the object %s: %j', (key, called) => {
    const prefixes = pattern.detail.object.key.map(({ prefix }) => prefix);

    expect(prefixes.some((prefix) => key.startsWith(prefix))).toBe(called);
  });
});

test('answers are found by their question, one item each, and cost nothing while nobody asks', () => {
  const answers = resources(template, 'AWS::DynamoDB::GlobalTable')['WarehouseAnswersTable14C5A531'];

  expect(answers?.Properties).toMatchObject({
    KeySchema: [{ AttributeName: 'question', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'question', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
  });
});
