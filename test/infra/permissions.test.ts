import type { Template } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { callers } from '../../infra/confirm/offline/code-calls.ts';
import { registers, resources, STACK_ID_DIGITS, templateOf } from './synthesis.ts';

const template = templateOf('prod');

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const list = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? (value as readonly T[]) : [value as T]);

/** An ARN as people read it: `Customers/index/byCountry` instead of a join of intrinsics. */
function readable(value: unknown): string {
  if (typeof value === 'string') return value.replaceAll(/\b[0-9a-f]{64}\b/g, '<hash>');
  const {
    Ref,
    'Fn::GetAtt': attribute,
    'Fn::Join': join,
    'Fn::Sub': substituted,
  } = value as { Ref?: string; 'Fn::GetAtt'?: string[]; 'Fn::Join'?: [string, unknown[]]; 'Fn::Sub'?: string };
  if (substituted !== undefined) return substituted.replaceAll(/\$\{([^}]*)\}/g, '$1');
  if (JSON.stringify(value) === JSON.stringify(STACK_ID_DIGITS)) return '<stack id>';
  const id = Ref ?? attribute?.[0];
  if (id !== undefined) return id.replace(/[0-9A-F]{8}$/, '');
  if (join !== undefined) return join[1].map(readable).join(join[0]);
  throw new Error(`cannot read ${JSON.stringify(value)}`);
}

/** ` if <key> is <value>` for each condition. */
const conditionsOf = ({ Condition = {} }: Statement) =>
  Object.values(Condition)
    .flatMap((keys) => Object.entries(keys))
    .map(([key, value]) => ` if ${key} is ${list(value).map(readable).join(' or ')}`)
    .join('');

/** What each role may do: `action resource`, sorted. */
const rightsIn = (of: Template) =>
  Object.fromEntries(
    Object.entries(resources(of, 'AWS::IAM::Policy')).map(([id, { Properties }]) => {
      const { Statement: statements } = Properties['PolicyDocument'] as { Statement: readonly Statement[] };
      const allowed = statements.flatMap((statement) =>
        list(statement.Action).flatMap((action) =>
          list(statement.Resource).map((resource) => `${action} ${readable(resource)}${conditionsOf(statement)}`),
        ),
      );
      return [id.replace(/(RoleDefaultPolicy|Policy)[0-9A-F]{8}$/, ''), allowed.sort()];
    }),
  );
const rights = rightsIn(template);

const reads = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListShards'].map(
  (action) => `kinesis:${action} TransactionsStream`,
);
const consumes = [...reads, 'kinesis:DescribeStreamSummary TransactionsStream'];
/** A statement of the Data API has no name, but an owner. */
const ownStatements = (role: string) =>
  ['DescribeStatement', 'GetStatementResult'].map(
    (action) => `redshift-data:${action} * if redshift-data:statement-owner-iam-userid is ${role}:*`,
  );
const limits = ['CreateUsageLimit', 'DeleteUsageLimit', 'UpdateUsageLimit'].map(
  (action) => `redshift-serverless:${action} * if aws:RequestedRegion is us-east-1`,
);
const staging = 'RawBucket/firehose/*';
const undelivered = 'RawBucket/firehose/errors/*';
const shelves = ['RawBucket/firehose/redriven/*', 'RawBucket/firehose/refused/*'];
const imports = Object.entries({
  'bulk/*': ['GetObject'],
  // What Spark asks for in the place of its folders.
  import: ['GetObject'],
  'import/staged': ['GetObject'],
  'import/staged/*': ['AbortMultipartUpload', 'DeleteObject', 'GetObject', 'PutObject'],
  'curated/*': ['AbortMultipartUpload', 'DeleteObject', 'PutObject'],
  'rejected/import/*': ['AbortMultipartUpload', 'PutObject'],
  'import/done/*': ['GetObject', 'PutObject'],
  'import/manifests/*': ['PutObject'],
}).flatMap(([keys, actions]) => actions.map((action) => `s3:${action} RawBucket/${keys}`));
const inCatalog = (resource: string) => `arn:aws:glue:us-east-1:AWS::AccountId:${resource}`;
const database = 'WarehouseImportCatalogDatabase';
/** What a crawler may do whose tables begin like this. */
function crawls(tablePrefix: string): readonly string[] {
  const made = ['CreateTable', 'UpdateTable', 'BatchCreatePartition', 'BatchGetPartition', 'GetPartition', 'GetPartitions'];
  const tables: readonly (readonly [action: string, ...tables: readonly string[]])[] = [
    ['GetDatabase'],
    ['GetTable', '*'],
    ['GetTables', '*'],
    ...made.map((action) => [action, `${tablePrefix}*`] as const),
  ];
  const inCatalogOnly = tables.flatMap(([action, ...names]) =>
    ['catalog', `database/${database}`, ...names.map((name) => `table/${database}/${name}`)].map(
      (resource) => `glue:${action} ${inCatalog(resource)}`,
    ),
  );
  const logged = ['CreateLogGroup', 'CreateLogStream', 'PutLogEvents'].map(
    (action) => `logs:${action} arn:aws:logs:us-east-1:AWS::AccountId:log-group:/aws-glue/crawlers:*`,
  );
  return [...inCatalogOnly, ...logged];
}
const answered = ['import/loaded', 'import/refused'];
const job = 'arn:aws:glue:us-east-1:AWS::AccountId:job/WarehouseImportJob';
const assets = 'arn:aws:s3:::cdk-hnb659fds-assets-AWS::AccountId-us-east-1';
const administrator =
  'arn:aws:secretsmanager:us-east-1:AWS::AccountId:secret:redshift!tillgraph-prod-<stack id>-administrator-??????';
const logs = (group: string) => [`logs:CreateLogStream ${group}`, `logs:PutLogEvents ${group}`];
const deadLetters = 'sqs:SendMessage WarehouseDeadLettersQueue';
/** X-Ray has no resources to name. */
const traces = ['xray:PutTelemetryRecords *', 'xray:PutTraceSegments *'];
/** Where Lambda keeps what failed; the mapping's id, which is in the key, is not known before the role is. */
const keepsFailed = ['s3:ListBucket RawBucket', 's3:PutObject RawBucket/aws/lambda/*'];

test('every role may do exactly this', () => {
  const stored = ['BatchGetItem', 'BatchWriteItem', 'PartiQLInsert', 'Query'];
  const writesRaw = ['s3:PutObject RawBucket/raw/*', ...logs('RawWriterFunctionLogs')];
  expect(rights).toEqual({
    RawWriterFunction: [...writesRaw, ...keepsFailed, ...consumes, ...traces].sort(),
    StoreWriterFunction: [
      ...keepsFailed,
      's3:PutObject RawBucket/rejected/*',
      ...[...stored, 'PartiQLUpdate'].map((action) => `dynamodb:${action} TablesCustomers`),
      ...[...stored, 'PutItem'].map((action) => `dynamodb:${action} TablesInvoices`),
      ...consumes,
      ...logs('StoreWriterFunctionLogs'),
      ...traces,
    ].sort(),
    DoorFunction: ['kinesis:PutRecords TransactionsStream', ...logs('DoorFunctionLogs'), ...traces],
    GraphQLLog: ['logs:CreateLogGroup GraphQLLogs', ...logs('GraphQLLogs')],
    GraphQLcustomersTable: [
      'dynamodb:BatchGetItem TablesCustomers',
      'dynamodb:GetItem TablesCustomers',
      'dynamodb:Query TablesCustomers',
      'dynamodb:Query TablesCustomers/index/byCountry',
    ],
    GraphQLinvoicesTable: [
      'dynamodb:BatchGetItem TablesInvoices',
      'dynamodb:GetItem TablesInvoices',
      'dynamodb:Query TablesInvoices/index/byCountry',
      'dynamodb:Query TablesInvoices/index/byDate',
    ],
    GraphQLtransactionStream: ['kinesis:PutRecords TransactionsStream'],
    GraphQLanswersTable: ['dynamodb:GetItem WarehouseAnswersTable'],
    GraphQLwarehouse: [
      'redshift-data:ExecuteStatement WarehouseDatabaseWorkgroup',
      'redshift-serverless:GetCredentials WarehouseDatabaseWorkgroup',
      ...ownStatements('GraphQLwarehouseRole'),
    ].sort(),
    WarehouseDatabaseCopy: [
      `s3:GetObject ${staging}`,
      's3:GetObject RawBucket/import/*',
      's3:GetObject RawBucket/raw/*',
      's3:ListBucket RawBucket',
    ],
    Calls: logs('CallsLogs'),
    ...Object.fromEntries(
      ['Customers', 'Invoices'].map((table) => [
        `Protection${table.toLowerCase()}CustomResource`,
        [`dynamodb:UpdateTable Tables${table}`],
      ]),
    ),
    WarehouseDailyLimitCustomResource: limits,
    WarehouseSchemaMigrator: [
      'redshift-data:BatchExecuteStatement WarehouseDatabaseWorkgroup',
      ...ownStatements('WarehouseSchemaMigratorRole'),
      `secretsmanager:GetSecretValue ${administrator}`,
      'secretsmanager:GetSecretValue WarehouseBiUserSecret',
      'secretsmanager:GetSecretValue WarehouseLoaderUserSecret',
      ...logs('WarehouseSchemaMigratorLogs'),
      ...traces,
    ].sort(),
    WarehouseDelivery: [
      ...reads,
      ...['AbortMultipartUpload', 'GetObject', 'PutObject'].map((action) => `s3:${action} ${staging}`),
      ...['GetBucketLocation', 'ListBucket', 'ListBucketMultipartUploads'].map((action) => `s3:${action} RawBucket`),
      'secretsmanager:GetSecretValue WarehouseLoaderUserSecret',
      'logs:PutLogEvents WarehouseDeliveryLogs',
      ...['GetFunctionConfiguration', 'InvokeFunction'].map((action) => `lambda:${action} WarehouseDeliveryJudgeFunction`),
    ].sort(),
    WarehouseDeliveryJudge: [...logs('WarehouseDeliveryJudgeLogs'), ...traces],
    WarehouseLoaderFunction: [
      'redshift-data:BatchExecuteStatement WarehouseDatabaseWorkgroup',
      'redshift-serverless:GetCredentials WarehouseDatabaseWorkgroup',
      ...ownStatements('WarehouseLoaderFunctionRole'),
      ...['DeleteItem', 'GetItem', 'PutItem', 'UpdateItem'].map((action) => `dynamodb:${action} WarehouseAnswersTable`),
      's3:ListBucket RawBucket if s3:prefix is firehose/errors/',
      `s3:GetObject ${undelivered}`,
      `s3:DeleteObject ${undelivered}`,
      ...shelves.map((shelf) => `s3:PutObject ${shelf}`),
      's3:ListBucket RawBucket if s3:prefix is import/manifests/',
      ...['GetObject', 'DeleteObject'].map((action) => `s3:${action} RawBucket/import/manifests/*`),
      ...answered.map((folder) => `s3:PutObject RawBucket/${folder}/*`),
      's3:ListBucket RawBucket if s3:prefix is raw/ or firehose/ or bulk/',
      ...['GetObject', 'PutObject'].map((action) => `s3:${action} RawBucket/import/rebuild/*`),
      ...['GetJobRun', 'StartJobRun'].map((action) => `glue:${action} ${job}`),
      ...['s3:ListBucket RawBucket if s3:prefix is raw/v=1/*', ...registers('raw', 'BatchCreatePartition', 'GetPartition')],
      ...logs('WarehouseLoaderFunctionLogs'),
      ...traces,
    ].sort(),
    WarehouseImportJob: [
      ...[...imports, ...registers('lines', 'BatchCreatePartition', 'BatchDeletePartition', 'GetPartitions')],
      's3:ListBucket RawBucket',
      ...['py', 'zip'].map((ending) => `s3:GetObject ${assets}/<hash>.${ending}`),
      'cloudwatch:PutMetricData * if cloudwatch:namespace is Glue',
      ...['output', 'error'].flatMap((log) => [
        `logs:CreateLogGroup WarehouseImportJob${log}`,
        ...logs(`WarehouseImportJob${log}`),
      ]),
    ].sort(),
    WarehouseImportStarterFunction: [
      ...['BatchStopJobRun', 'GetJobRuns', 'StartJobRun'].map((action) => `glue:${action} ${job}`),
      ...logs('WarehouseImportStarterFunctionLogs'),
      ...traces,
    ].sort(),
    WarehouseImportCrawlerAccess: [...crawls('crawled_'), 's3:GetObject RawBucket/bulk/*', 's3:ListBucket RawBucket'].sort(),
    WarehouseImportSchedule: [`glue:StartJobRun ${job}`, deadLetters],
    AlarmsImportFailed: ['kms:Decrypt AlarmsKey', 'kms:GenerateDataKey* AlarmsKey', 'sns:Publish AlarmsTopic'],
    WarehouseLoaderSchedule: ['lambda:InvokeFunction WarehouseLoaderFunction', deadLetters],
  });
});

test('a crawler of the warehouse may use the network and read as bi, where it is switched on', () => {
  const interfaces = ['CreateNetworkInterface', 'DeleteNetworkInterface'].concat(
    ['NetworkInterfaces', 'RouteTables', 'SecurityGroups', 'Subnets', 'VpcAttribute', 'VpcEndpoints'].map(
      (what) => `Describe${what}`,
    ),
  );
  const connection = inCatalog('connection/WarehouseCrawlerConnection');

  const { WarehouseCrawlerAccess: added, ...others } = rightsIn(templateOf('prod', { warehouseCrawler: 'true' }));

  expect(others).toEqual(rights);
  expect(added).toEqual(
    [
      ...crawls('warehouse_'),
      ...['GetConnection', 'GetConnections'].flatMap((action) =>
        [inCatalog('catalog'), connection].map((resource) => `glue:${action} ${resource}`),
      ),
      'secretsmanager:GetSecretValue WarehouseBiUserSecret',
      ...interfaces.map((action) => `ec2:${action} *`),
      ...['CreateTags', 'DeleteTags'].map((action) => `ec2:${action} arn:aws:ec2:us-east-1:AWS::AccountId:network-interface/*`),
    ].sort(),
  );
});

test('a wildcard stands only where no name can', () => {
  const wild = new Set(
    Object.values(rights)
      .flat()
      .map((right) => right.split(' if ')[0] ?? '')
      .filter((right) => right.includes('*')),
  );

  expect([...wild].sort()).toEqual(
    [
      ...traces,
      ...limits.map((right) => right.split(' if ')[0]),
      'redshift-data:DescribeStatement *',
      'redshift-data:GetStatementResult *',
      ...[keepsFailed[1], 's3:PutObject RawBucket/raw/*', 's3:PutObject RawBucket/rejected/*'],
      ...['AbortMultipartUpload', 'GetObject', 'PutObject'].map((action) => `s3:${action} ${staging}`),
      ...['GetObject', 'DeleteObject'].map((action) => `s3:${action} ${undelivered}`),
      ...shelves.map((shelf) => `s3:PutObject ${shelf}`),
      's3:GetObject RawBucket/import/*',
      ...imports.filter((right) => right.endsWith('*')),
      ...answered.map((folder) => `s3:PutObject RawBucket/${folder}/*`),
      ...['GetObject', 'DeleteObject'].map((action) => `s3:${action} RawBucket/import/manifests/*`),
      ...['GetObject', 'PutObject'].map((action) => `s3:${action} RawBucket/import/rebuild/*`),
      's3:GetObject RawBucket/raw/*',
      'cloudwatch:PutMetricData *',
      // Two actions of that name, both asked for by whoever sends through a key.
      'kms:GenerateDataKey* AlarmsKey',
      ...crawls('crawled_').filter((right) => right.endsWith('*')),
    ].sort(),
  );
});

test('roles have no policies but these, and each is for one service', () => {
  const roles = Object.values(resources(template, 'AWS::IAM::Role'));

  const services = roles.map(({ Properties }) => {
    expect(Properties).not.toHaveProperty('ManagedPolicyArns');
    expect(Properties).not.toHaveProperty('Policies');
    const { Statement: trust } = Properties['AssumeRolePolicyDocument'] as {
      Statement: (Statement & { Principal: { Service: string | string[] } })[];
    };
    return trust.map(({ Principal }) => list(Principal.Service).join(' and ').replaceAll('.amazonaws.com', '')).join();
  });

  expect(services.sort()).toEqual([
    ...Array<string>(6).fill('appsync'),
    'events',
    'firehose',
    ...Array<string>(2).fill('glue'),
    ...Array<string>(8).fill('lambda'),
    'redshift-serverless and redshift',
    ...Array<string>(2).fill('scheduler'),
  ]);
});

/** Actions on data: not for the function's own logs and traces. */
const granted = (role: string) =>
  new Set((rights[role] ?? []).map((right) => right.split(' ')[0] ?? '').filter((action) => !/^(logs|xray):/.test(action)));

test.each(callers())('$name may call what its code calls, what its triggers need, and nothing else', ({ role, calls }) => {
  expect(granted(role)).toEqual(calls);
});
