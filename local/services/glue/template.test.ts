import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UnsupportedPropertyError } from '../../template/errors.ts';
import type { GlueDefinition } from './definition.ts';
import type { Resources } from '../../testing/assemblies.ts';
import { assemblyOf, read } from '../../testing/assemblies.ts';

const assets = { script: 'print("done")', modules: { 'rules.py': '', 'requirements.txt': 'pyspark==3.5.6' } };
const role = { Type: 'AWS::IAM::Role' };
const job = (changes: object = {}) => ({
  Type: 'AWS::Glue::Job',
  Properties: {
    Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
    Command: { Name: 'glueetl', PythonVersion: '3', ScriptLocation: { 'Fn::Sub': 's3://assets-${AWS::AccountId}/script.js' } },
    GlueVersion: '5.1',
    WorkerType: 'G.1X',
    NumberOfWorkers: 2,
    DefaultArguments: {
      '--job-language': 'python',
      '--extra-py-files': { 'Fn::Sub': 's3://assets-${AWS::AccountId}/modules.zip' },
      '--bucket': { Ref: 'Bucket' },
    },
    ...changes,
  },
});
const schedule = (target: object) => ({
  Type: 'AWS::Scheduler::Schedule',
  Properties: {
    FlexibleTimeWindow: { Mode: 'OFF' },
    ScheduleExpression: 'rate(1 day)',
    Target: { RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] }, ...target },
  },
});
const startJobRun = 'arn:aws:scheduler:::aws-sdk:glue:startJobRun';

function given(resources: Resources) {
  const directory = assemblyOf({ Role: role, Bucket: { Type: 'AWS::S3::Bucket' }, ...resources }, {}, assets);
  return { directory, definition: read(directory).definition };
}

const glueOf = (resources: Resources): GlueDefinition | undefined => given(resources).definition.glue;

test('a stack that declares nothing of Glue has none', () => {
  expect(glueOf({})).toBeUndefined();
});

describe('a job', () => {
  test('has its script and modules on this machine, its settings, and Glue’s defaults', () => {
    const { directory, definition } = given({ Import: job({ ExecutionProperty: { MaxConcurrentRuns: 2 }, Timeout: 90 }) });

    expect(definition.glue?.jobs).toEqual([
      {
        name: 'Shop-Import',
        arn: 'arn:aws:glue:us-east-1:000000000000:job/Shop-Import',
        roleArn: 'arn:aws:iam::000000000000:role/Shop-Role',
        scriptLocation: 's3://assets-000000000000/script.js',
        script: join(directory, 'asset.script.js'),
        pythonPath: [join(directory, 'asset.modules')],
        defaultArguments: {
          '--job-language': 'python',
          '--extra-py-files': 's3://assets-000000000000/modules.zip',
          '--bucket': 'shop-bucket',
        },
        nonOverridableArguments: {},
        glueVersion: '5.1',
        workerType: 'G.1X',
        numberOfWorkers: 2,
        timeoutMinutes: 90,
        maxRetries: 0,
        maxConcurrentRuns: 2,
        queues: false,
      },
    ]);
  });

  test.each([
    ['a shell script', { Command: { Name: 'pythonshell', ScriptLocation: 's3://a/script.js' } }, 'write glueetl'],
    ['a script that is no asset', { Command: { Name: 'glueetl', ScriptLocation: 's3://a/b.py' } }, 'has no asset b.py'],
    ['more jars', { DefaultArguments: { '--extra-jars': 's3://a/b.jar' } }, '--extra-jars is not supported locally'],
    ['a bookmark', { DefaultArguments: { '--job-bookmark-option': 'job-bookmark-enable' } }, 'write job-bookmark-disable'],
    ['a connection', { Connections: { Connections: ['warehouse'] } }, 'leave them out'],
    ['an old Glue', { GlueVersion: '2.0' }, 'write 4.0 or 5.0 or 5.1'],
    ['what nobody has read', { Surprise: true }, 'Surprise'],
  ])('with %s is refused', (_, changes, words) => {
    const reading = () => glueOf({ Import: job(changes) });

    expect(reading).toThrow(UnsupportedPropertyError);
    expect(reading).toThrow(words);
  });
});

describe('a schedule', () => {
  test('can start a job, which the template names', () => {
    const { definition } = given({
      Import: job(),
      Nightly: schedule({ Arn: startJobRun, Input: { 'Fn::Join': ['', ['{"JobName":"', { Ref: 'Import' }, '"}']] } }),
    });

    expect(definition.schedules).toEqual([
      expect.objectContaining({
        target: { kind: 'startJobRun', arn: startJobRun, jobName: 'Shop-Import' },
        input: '{"JobName":"Shop-Import"}',
      }),
    ]);
  });

  test.each([
    ['another call', { Arn: 'arn:aws:scheduler:::aws-sdk:glue:startCrawler', Input: '{"Name":"x"}' }, `only ${startJobRun} does`],
    ['a job that is not there', { Arn: startJobRun, Input: '{"JobName":"export"}' }, 'the stack has no job export'],
    ['no job', { Arn: startJobRun }, 'write {"JobName": …}'],
    ['no JSON', { Arn: startJobRun, Input: 'import' }, 'import is not JSON'],
  ])('with %s is refused', (_, target, words) => {
    const reading = () => given({ Import: job(), Nightly: schedule(target) });

    expect(reading).toThrow(UnsupportedPropertyError);
    expect(reading).toThrow(words);
  });
});

describe('of the catalog', () => {
  test('databases and tables have their names folded, and tables all that they declare', () => {
    const glue = glueOf({
      Lake: {
        Type: 'AWS::Glue::Database',
        Properties: { CatalogId: { Ref: 'AWS::AccountId' }, DatabaseInput: { Name: 'Shop_Lake' } },
      },
      Lines: {
        Type: 'AWS::Glue::Table',
        Properties: {
          CatalogId: { Ref: 'AWS::AccountId' },
          DatabaseName: { Ref: 'Lake' },
          TableInput: {
            Name: 'Lines',
            TableType: 'EXTERNAL_TABLE',
            Parameters: { classification: 'parquet' },
            PartitionKeys: [{ Name: 'month', Type: 'string' }],
            StorageDescriptor: {
              Columns: [{ Name: 'amount', Type: 'decimal(18,3)', Comment: 'pounds' }],
              Location: { 'Fn::Sub': 's3://${Bucket}/curated/lines/' },
              SerdeInfo: { SerializationLibrary: 'parquet' },
            },
          },
        },
      },
    });

    expect(glue?.databases).toEqual([{ input: { Name: 'shop_lake', Parameters: {} } }]);
    expect(glue?.tables).toEqual([
      {
        databaseName: 'shop_lake',
        input: {
          Name: 'lines',
          TableType: 'EXTERNAL_TABLE',
          Parameters: { classification: 'parquet' },
          PartitionKeys: [{ Name: 'month', Type: 'string' }],
          StorageDescriptor: {
            Columns: [{ Name: 'amount', Type: 'decimal(18,3)', Comment: 'pounds' }],
            Location: 's3://shop-bucket/curated/lines/',
            Compressed: false,
            SerdeInfo: { SerializationLibrary: 'parquet', Parameters: {} },
            BucketColumns: [],
            Parameters: {},
            StoredAsSubDirectories: false,
          },
        },
      },
    ]);
  });

  test('crawlers know their targets, classifiers, connections and policies', () => {
    const glue = glueOf({
      Csv: {
        Type: 'AWS::Glue::Classifier',
        Properties: { CsvClassifier: { Name: 'csv', QuoteSymbol: '"', ContainsHeader: 'PRESENT' } },
      },
      Warehouse: {
        Type: 'AWS::Glue::Connection',
        Properties: {
          CatalogId: { Ref: 'AWS::AccountId' },
          ConnectionInput: {
            ConnectionType: 'JDBC',
            ConnectionProperties: { JDBC_CONNECTION_URL: 'jdbc:redshift://host:5439/shop', SECRET_ID: 'arn' },
            PhysicalConnectionRequirements: { SubnetId: { 'Fn::ImportValue': 'never evaluated' } },
          },
        },
      },
      Crawler: {
        Type: 'AWS::Glue::Crawler',
        Properties: {
          Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
          DatabaseName: 'Shop_Lake',
          TablePrefix: 'bulk_',
          Classifiers: [{ Ref: 'Csv' }],
          Schedule: { ScheduleExpression: 'cron(15 4 * * ? *)' },
          SchemaChangePolicy: { UpdateBehavior: 'LOG', DeleteBehavior: 'LOG' },
          RecrawlPolicy: { RecrawlBehavior: 'CRAWL_NEW_FOLDERS_ONLY' },
          Targets: {
            S3Targets: [{ Path: { 'Fn::Sub': 's3://${Bucket}/bulk/' }, Exclusions: ['**.tmp'], SampleSize: 2 }],
            JdbcTargets: [{ ConnectionName: { Ref: 'Warehouse' }, Path: 'shop/mart/%' }],
          },
        },
      },
    });

    expect(glue?.classifiers).toEqual([
      {
        name: 'csv',
        quoteSymbol: '"',
        containsHeader: 'PRESENT',
        header: [],
        disableValueTrimming: false,
        allowSingleColumn: false,
        customDatatypeConfigured: false,
        customDatatypes: [],
      },
    ]);
    expect(glue?.connections).toEqual([
      { name: 'Shop-Warehouse', properties: { JDBC_CONNECTION_URL: 'jdbc:redshift://host:5439/shop', SECRET_ID: 'arn' } },
    ]);
    expect(glue?.crawlers).toEqual([
      {
        name: 'Shop-Crawler',
        arn: 'arn:aws:glue:us-east-1:000000000000:crawler/Shop-Crawler',
        roleArn: 'arn:aws:iam::000000000000:role/Shop-Role',
        databaseName: 'shop_lake',
        tablePrefix: 'bulk_',
        classifiers: ['csv'],
        schedule: 'cron(15 4 * * ? *)',
        updateBehavior: 'LOG',
        deleteBehavior: 'LOG',
        recrawlBehavior: 'CRAWL_NEW_FOLDERS_ONLY',
        s3Targets: [{ Path: 's3://shop-bucket/bulk/', Exclusions: ['**.tmp'], SampleSize: 2 }],
        jdbcTargets: [{ connectionName: 'Shop-Warehouse', path: 'shop/mart/%', exclusions: [] }],
      },
    ]);
  });

  test('rulesets are their text and their table; what is of another kind is refused', () => {
    const ruleset = {
      Type: 'AWS::Glue::DataQualityRuleset',
      Properties: {
        Name: 'lines',
        Ruleset: 'Rules = [ RowCount > 0 ]',
        TargetTable: { DatabaseName: 'lake', TableName: 'Lines' },
      },
    };
    const grok = { Type: 'AWS::Glue::Classifier', Properties: { GrokClassifier: { Name: 'log' } } };

    expect(glueOf({ Quality: ruleset })?.rulesets).toEqual([
      { name: 'lines', ruleset: 'Rules = [ RowCount > 0 ]', target: { databaseName: 'lake', tableName: 'lines' } },
    ]);
    expect(() => glueOf({ Log: grok })).toThrow('no other classifier runs locally');
  });
});
