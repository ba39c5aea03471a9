import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fields, type Wiring } from '../../resolvers/index.ts';
import { resources, templateOf } from './synthesis.ts';

const template = templateOf('prod');

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

const list = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? (value as readonly T[]) : [value as T]);

/** An ARN as people read it: `Customers/index/byCountry` instead of a join of intrinsics. */
function readable(value: unknown): string {
  if (typeof value === 'string') return value;
  const {
    Ref,
    'Fn::GetAtt': attribute,
    'Fn::Join': join,
  } = value as { Ref?: string; 'Fn::GetAtt'?: string[]; 'Fn::Join'?: [string, unknown[]] };
  const id = Ref ?? attribute?.[0];
  if (id !== undefined) return id.replace(/[0-9A-F]{8}$/, '');
  if (join !== undefined) return join[1].map(readable).join(join[0]);
  throw new Error(`cannot read ${JSON.stringify(value)}`);
}

/** What each role may do: `action resource`, sorted. */
const rights = Object.fromEntries(
  Object.entries(resources(template, 'AWS::IAM::Policy')).map(([id, { Properties }]) => {
    const { Statement: statements } = Properties['PolicyDocument'] as { Statement: readonly Statement[] };
    const allowed = statements.flatMap(({ Action, Resource }) =>
      list(Action).flatMap((action) => list(Resource).map((resource) => `${action} ${readable(resource)}`)),
    );
    return [id.replace(/(RoleDefaultPolicy|Policy)[0-9A-F]{8}$/, ''), allowed.sort()];
  }),
);

const consumes = ['DescribeStream', 'DescribeStreamSummary', 'GetRecords', 'GetShardIterator', 'ListShards'].map(
  (action) => `kinesis:${action} TransactionsStream`,
);
const logs = (group: string) => [`logs:CreateLogStream ${group}`, `logs:PutLogEvents ${group}`];
/** X-Ray has no resources to name. */
const traces = ['xray:PutTelemetryRecords *', 'xray:PutTraceSegments *'];
/** Where Lambda keeps what failed; the mapping's id, which is in the key, is not known before the role is. */
const keepsFailed = ['s3:ListBucket RawBucket', 's3:PutObject RawBucket/aws/lambda/*'];

test('every role may do exactly this', () => {
  expect(rights).toEqual({
    RawWriterFunction: [
      ...keepsFailed,
      's3:PutObject RawBucket/raw/*',
      ...consumes,
      ...logs('RawWriterFunctionLogs'),
      ...traces,
    ].sort(),
    StoreWriterFunction: [
      ...keepsFailed,
      's3:PutObject RawBucket/rejected/*',
      ...['BatchGetItem', 'BatchWriteItem', 'Query'].map((action) => `dynamodb:${action} TablesCustomers`),
      ...['BatchGetItem', 'PartiQLInsert', 'PutItem', 'Query'].map((action) => `dynamodb:${action} TablesInvoices`),
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
      'dynamodb:GetItem TablesInvoices',
      'dynamodb:Query TablesInvoices',
      'dynamodb:Query TablesInvoices/index/byCountry',
      'dynamodb:Query TablesInvoices/index/byDate',
    ],
    GraphQLtransactionStream: ['kinesis:PutRecords TransactionsStream'],
  });
});

test('a wildcard stands only where no name can', () => {
  const wild = new Set(Object.values(rights).flatMap((allowed) => allowed.filter((right) => right.includes('*'))));

  expect([...wild].sort()).toEqual(
    [...traces, keepsFailed[1], 's3:PutObject RawBucket/raw/*', 's3:PutObject RawBucket/rejected/*'].sort(),
  );
});

test('roles have no policies but these, and each is for one service', () => {
  const roles = Object.values(resources(template, 'AWS::IAM::Role'));

  const services = roles.map(({ Properties }) => {
    expect(Properties).not.toHaveProperty('ManagedPolicyArns');
    expect(Properties).not.toHaveProperty('Policies');
    const { Statement: trust } = Properties['AssumeRolePolicyDocument'] as { Statement: { Principal: { Service: string } }[] };
    return trust.map(({ Principal }) => Principal.Service).join();
  });

  expect(services.sort()).toEqual([
    ...Array<string>(4).fill('appsync.amazonaws.com'),
    ...Array<string>(3).fill('lambda.amazonaws.com'),
  ]);
});

test('whoever is not one of ours is let in by service and account only', () => {
  const allowed = ['AWS::S3::BucketPolicy', 'AWS::SNS::TopicPolicy'].flatMap((type) =>
    Object.values(resources(template, type)).flatMap(({ Properties }) =>
      (Properties['PolicyDocument'] as { Statement: Statement[] }).Statement.filter(({ Effect }) => Effect === 'Allow'),
    ),
  );

  expect(allowed).toMatchObject([
    {
      Action: 'sns:Publish',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    },
  ]);
  template.allResourcesProperties('AWS::Lambda::Permission', { Principal: 'apigateway.amazonaws.com' });
});

/** The sources of a folder as one text. */
const sources = (folder: string) => {
  const directory = new URL(`../../${folder}/`, import.meta.url);
  const files = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map(({ name }) => readFileSync(new URL(name, directory), 'utf8')).join('\n');
};

const granted = (role: string, service: string) =>
  new Set((rights[role] ?? []).filter((right) => right.startsWith(service)).map((right) => right.replace(/^\w+:(\w+) .*/, '$1')));

test('the store writer may call what its code calls, and nothing else', () => {
  const called = [...sources('ingest/handlers').matchAll(/new (\w+)Command\(/g)].map(([, command]) => command);

  const mayCall = new Set([...granted('StoreWriterFunction', 'dynamodb'), ...granted('DoorFunction', 'kinesis'), 'PutObject']);

  expect(new Set(called)).toEqual(mayCall);
});

test('a table data source may do what the resolvers on it ask for, and nothing else', () => {
  const askedOf = (source: string) => {
    const names = Object.entries<Wiring>(fields).flatMap(([field, wiring]) =>
      typeof wiring === 'string'
        ? wiring === source
          ? [field]
          : []
        : wiring.filter(([, of]) => of === source).map(([step]) => step),
    );
    const text = names.map((name) => readFileSync(new URL(`../../resolvers/${name}.ts`, import.meta.url), 'utf8')).join('\n');
    const spoken = [...text.matchAll(/operation: '(\w+)'/g)].map(([, operation]) => operation);
    const helpers = [...text.matchAll(/import \{ (\w+) \} from '@aws-appsync\/utils\/dynamodb'/g)].map(([, helper]) =>
      helper === 'get' ? 'GetItem' : helper === 'query' ? 'Query' : helper,
    );
    return new Set([...spoken, ...helpers]);
  };

  expect(askedOf('customersTable')).toEqual(granted('GraphQLcustomersTable', 'dynamodb'));
  expect(askedOf('invoicesTable')).toEqual(granted('GraphQLinvoicesTable', 'dynamodb'));
});
