// Slow: synthesizes several stages.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { InvalidContextError } from '../../infra/app.ts';
import { appOf, only, type Resource, resources, type StageName, templateOf, uniqueName } from './synthesis.ts';

const template = templateOf('dev');
const bucket = { Ref: 'RawBucket672A0DBB' };
const called = (type: string, id: string, of = template): Resource => {
  const [found, second] = Object.entries(resources(of, type)).filter(([name]) => name.startsWith(id));
  if (found === undefined || second !== undefined) throw new Error(`expected one ${type} ${id}`);
  return found[1];
};

describe('the job', () => {
  const { Properties: job } = only(template, 'AWS::Glue::Job');
  const assets = () => {
    const { directory } = appOf('dev').synth();
    return { directory, names: readdirSync(directory) };
  };
  const assetOf = (location: unknown) => {
    const [, key = ''] = /\/([0-9a-f]{64})\./.exec((location as { 'Fn::Sub': string })['Fn::Sub']) ?? [];
    return key;
  };

  test('is Spark on two small workers, of which neither number is left to Glue', () => {
    expect(job).toMatchObject({
      Command: { Name: 'glueetl', PythonVersion: '3' },
      GlueVersion: '5.1',
      WorkerType: 'G.1X',
      NumberOfWorkers: 2,
      Timeout: 120,
    });
    expect(job).not.toHaveProperty('MaxCapacity');
  });

  test('runs once at a time: another run waits, and none is retried by itself', () => {
    expect(job).toMatchObject({ ExecutionProperty: { MaxConcurrentRuns: 1 }, JobRunQueuingEnabled: true, MaxRetries: 0 });
  });

  test('knows its bucket, and has no bookmark, which would follow nothing of what it reads', () => {
    expect(job['DefaultArguments']).toEqual({
      '--job-language': 'python',
      '--extra-py-files': expect.anything() as unknown,
      '--bucket': bucket,
      '--catalog-database': { Ref: 'WarehouseImportCatalogDatabaseC520E8C3' },
      '--enable-metrics': 'true',
      '--custom-logGroup-prefix': uniqueName('/aws-glue/tillgraph-dev', '/import'),
    });
  });

  test('is deployed as the script and its modules, without what Python or people leave there', () => {
    const { directory, names } = assets();
    const { ScriptLocation: script } = job['Command'] as { ScriptLocation: unknown };
    const modules = (job['DefaultArguments'] as Record<string, unknown>)['--extra-py-files'];

    const written = readFileSync(new URL('../../ingest/glue/import_job.py', import.meta.url), 'utf8');
    expect(readFileSync(join(directory, `asset.${assetOf(script)}.py`), 'utf8')).toBe(written);
    expect(names).toContain(`asset.${assetOf(modules)}`);
    const deployed = readdirSync(join(directory, `asset.${assetOf(modules)}`), { recursive: true }) as string[];
    const imported = [...written.matchAll(/^from (\w+) import/gm)].map(([, name = '']) => `${name}.py`);
    for (const name of imported.filter((file) => !/^(collections|pyspark|typing)/.test(file))) expect(deployed).toContain(name);
    for (const name of deployed) expect(name).toMatch(/\.(py|txt)$/);
  });
});

test('a run of the job is begun by the clock, without a function between them', () => {
  const expressions: readonly (readonly [StageName, string])[] = [
    ['dev', 'cron(15 3 ? * MON *)'],
    ['prod', 'cron(15 3 * * ? *)'],
  ];
  for (const [stage, ScheduleExpression] of expressions)
    expect(called('AWS::Scheduler::Schedule', 'WarehouseImport', templateOf(stage)).Properties).toMatchObject({
      ScheduleExpression,
      Target: {
        Arn: 'arn:aws:scheduler:::aws-sdk:glue:startJobRun',
        Input: { 'Fn::Join': ['', ['{"JobName":"', { Ref: expect.stringMatching(/^WarehouseImportJob/) as string }, '"}']] },
        RetryPolicy: { MaximumRetryAttempts: 5, MaximumEventAgeInSeconds: 3_600 },
      },
    });
});

test('the starter is called for what is put under bulk/, and again when it fails', () => {
  expect(called('AWS::Events::Rule', 'WarehouseImport').Properties['EventPattern']).toEqual({
    source: ['aws.s3'],
    'detail-type': ['Object Created'],
    detail: { bucket: { name: [bucket] }, object: { key: [{ prefix: 'bulk/' }] } },
  });
  expect(called('AWS::Lambda::Function', 'WarehouseImportStarter').Properties).toMatchObject({
    Environment: { Variables: { IMPORT_JOB_NAME: { Ref: expect.stringMatching(/^WarehouseImportJob/) as string } } },
  });
  expect(called('AWS::Lambda::EventInvokeConfig', 'WarehouseImportStarter').Properties).toMatchObject({
    MaximumRetryAttempts: 2,
    MaximumEventAgeInSeconds: 3_600,
  });
});

describe('the catalog', () => {
  const inputOf = (id: string) =>
    called('AWS::Glue::Table', id).Properties['TableInput'] as {
      readonly Parameters: Readonly<Record<string, string>>;
      readonly PartitionKeys: readonly { readonly Name: string; readonly Type: string }[];
      readonly StorageDescriptor: {
        readonly Location: unknown;
        readonly Columns: readonly { readonly Name: string; readonly Type: string }[];
      };
    };
  const columnsOf = (id: string) => inputOf(id).StorageDescriptor.Columns.map(({ Name, Type }) => `${Name} ${Type}`);

  test('has a name that needs no quotes', () => {
    expect(only(template, 'AWS::Glue::Database').Properties['DatabaseInput']).toMatchObject({ Name: 'tillgraph_dev' });
  });

  test('has the imported lines with their true types, found by month', () => {
    expect(columnsOf('WarehouseImportCatalogLines')).toEqual([
      'line_id string',
      'invoice_no string',
      'stock_code string',
      'description string',
      'quantity int',
      'invoice_ts timestamp',
      'unit_price decimal(12,3)',
      'amount decimal(18,3)',
      'customer_id string',
      'country string',
      'cancelled boolean',
      'source_object string',
    ]);
    const { Parameters, PartitionKeys, StorageDescriptor } = inputOf('WarehouseImportCatalogLines');
    expect(StorageDescriptor.Location).toEqual({ 'Fn::Join': ['', ['s3://', bucket, '/curated/lines/']] });
    expect(PartitionKeys).toMatchObject([{ Name: 'month', Type: 'string' }]);
    expect(Parameters).toEqual({ classification: 'parquet' });
  });

  test('has no partition projection, of which every reader but Athena knows nothing', () => {
    const tables = Object.values(resources(template, 'AWS::Glue::Table')).map((table) => JSON.stringify(table));

    expect(tables).toHaveLength(2);
    for (const table of tables) expect(table).not.toContain('projection');
  });

  test('has the raw lines with keys in lower case, and no number that would round money', () => {
    const keys = ['lineId', 'invoiceNo', 'stockCode', 'description', 'quantity', 'invoiceDate', 'unitPrice', 'customerId']
      .concat('country', 'sentAt')
      .map((key) => key.toLowerCase());

    const columns = columnsOf('WarehouseImportCatalogRaw');

    expect(columns.map((column) => column.split(' ')[0])).toEqual(keys);
    expect(columns).toContain('unitprice string');
    expect(columns.join()).not.toMatch(/double|float/);
    expect(inputOf('WarehouseImportCatalogRaw').PartitionKeys.map(({ Name }) => Name)).toEqual(['dt', 'hour']);
  });

  test('has rules for the lines that name columns which they have', () => {
    const { Ruleset, TargetTable } = only(template, 'AWS::Glue::DataQualityRuleset').Properties;
    const columns = columnsOf('WarehouseImportCatalogLines').map((column) => column.split(' ')[0]);

    const named = [...String(Ruleset).matchAll(/(?:IsComplete|ColumnValues|Completeness) "(\w+)"/g)].map(([, name]) => name);

    expect(TargetTable).toMatchObject({ TableName: 'lines' });
    expect(named.length).toBeGreaterThan(10);
    expect(columns).toEqual(expect.arrayContaining(named));
  });
});

describe('a crawler over the files', () => {
  const crawler = (of: Template) => called('AWS::Glue::Crawler', 'WarehouseImport', of).Properties;

  test('is cheap: it reads new folders, changes nothing, and runs when asked, or on Mondays in prod', () => {
    expect(crawler(template)).toMatchObject({
      RecrawlPolicy: { RecrawlBehavior: 'CRAWL_NEW_FOLDERS_ONLY' },
      SchemaChangePolicy: { UpdateBehavior: 'LOG', DeleteBehavior: 'LOG' },
      TablePrefix: 'crawled_',
    });
    expect(crawler(template)).not.toHaveProperty('Schedule');
    expect(crawler(templateOf('prod'))['Schedule']).toEqual({ ScheduleExpression: 'cron(30 4 ? * MON *)' });
  });
});

describe('a crawler over the warehouse', () => {
  test.each<StageName>(['dev', 'prod'])('is not in %s: what it calls would be billed by the hour', (stage) => {
    templateOf(stage).resourceCountIs('AWS::Glue::Crawler', 1);
    templateOf(stage).resourceCountIs('AWS::Glue::Connection', 0);
    templateOf(stage).resourceCountIs('AWS::EC2::VPCEndpoint', 0);
  });

  const switched = templateOf('dev', { warehouseCrawler: 'true' });

  test('is there when the context says so, and reads the schema bi as the user bi, encrypted', () => {
    switched.hasResourceProperties('AWS::Glue::Crawler', {
      Targets: { JdbcTargets: [{ ConnectionName: Match.anyValue(), Path: 'tillgraph/bi/%' }] },
      Schedule: Match.absent(),
    });
    switched.hasResourceProperties('AWS::Glue::Connection', {
      ConnectionInput: Match.objectLike({
        ConnectionType: 'JDBC',
        ConnectionProperties: Match.objectLike({
          JDBC_ENFORCE_SSL: 'true',
          SECRET_ID: { Ref: Match.stringLikeRegexp('^WarehouseBiUserSecret') },
        }),
      }),
    });
    expect(Object.keys(switched.toJSON()['Outputs'] as object)).toContain('WarehouseCrawlerName');
  });

  test('reaches the warehouse, itself and AWS by four endpoints', () => {
    const services = Object.values(resources(switched, 'AWS::EC2::VPCEndpoint')).map(
      ({ Properties }) => `${String(Properties['VpcEndpointType'])} ${String(Properties['ServiceName'])}`,
    );

    expect(services.sort()).toEqual([
      'Gateway com.amazonaws.us-east-1.s3',
      ...['glue', 'secretsmanager', 'sts'].map((service) => `Interface com.amazonaws.us-east-1.${service}`),
    ]);
    const admitted = Object.values(resources(switched, 'AWS::EC2::SecurityGroupIngress')).map(
      ({ Properties: { FromPort, ToPort } }) => `${String(FromPort)} ${String(ToPort)}`,
    );
    expect(admitted.sort()).toEqual(['0 65535', '5439 5439']);
  });

  test('is switched by true or false, and by nothing else', () => {
    expect(() => appOf('dev', { warehouseCrawler: 'yes' })).toThrow(InvalidContextError);
    expect(() => appOf('dev', { warehouseCrawler: 'yes' })).toThrow('context "warehouseCrawler": write true or false');
    expect(templateOf('prod', { warehouseCrawler: false }).toJSON()).toEqual(templateOf('prod').toJSON());
  });
});
