import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AssemblyError, UnresolvableError, UnsupportedPropertyError, UnsupportedTypeError } from './errors.ts';
import { assemblyOf, read } from '../testing/assemblies.ts';

const key = {
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
};
const lambda = {
  Type: 'AWS::Lambda::Function',
  Properties: {
    Code: { S3Bucket: { 'Fn::Sub': 'assets-${AWS::AccountId}' }, S3Key: 'abc.zip' },
    Environment: { Variables: { TABLE: { Ref: 'Customers' } } },
    Handler: 'index.handler',
    Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
    Runtime: 'nodejs24.x',
  },
};
const role = { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: { 'Fn::ImportValue': 'never evaluated' } } };
const code = { abc: { 'index.mjs': 'export const handler = () => 1;' } };
const stream = { Type: 'AWS::Kinesis::Stream', Properties: { ShardCount: '2' } };
const mapping = (more: object) => ({
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: {
    EventSourceArn: { 'Fn::GetAtt': ['Stream', 'Arn'] },
    FunctionName: { Ref: 'Writer' },
    StartingPosition: 'LATEST',
    ...more,
  },
});

describe('a stack', () => {
  test('is what its template declares, with local names that are the same every time', () => {
    const directory = assemblyOf(
      {
        Customers: {
          Type: 'AWS::DynamoDB::GlobalTable',
          Properties: { ...key, Replicas: [{ Region: 'us-east-1', TableClass: 'STANDARD' }] },
        },
        Bucket: { Type: 'AWS::S3::Bucket' },
        Stream: stream,
        Writer: lambda,
        Role: role,
        Mapping: mapping({
          MaximumRetryAttempts: -1,
          DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['Bucket', 'Arn'] } } },
        }),
      },
      {},
      code,
    );

    const { definition } = read(directory);

    expect(definition).toEqual({
      tables: [{ TableName: 'Shop-Customers', BillingMode: 'PAY_PER_REQUEST', ...key }],
      buckets: [{ name: 'shop-bucket', sendsEvents: false, requestMetrics: [], configuration: {} }],
      monitoring: { metricFilters: [], alarms: [] },
      streams: [{ name: 'Shop-Stream', shardCount: 2, retentionHours: 24, mode: 'PROVISIONED' }],
      functions: [
        {
          name: 'Shop-Writer',
          arn: 'arn:aws:lambda:us-east-1:000000000000:function:Shop-Writer',
          roleArn: 'arn:aws:iam::000000000000:role/Shop-Role',
          directory: join(directory, 'asset.abc'),
          handler: 'index.handler',
          environment: { TABLE: 'Shop-Customers' },
          timeoutSeconds: 3,
          memoryMegabytes: 128,
        },
      ],
      eventSourceMappings: [
        expect.objectContaining({
          functionName: 'Shop-Writer',
          streamName: 'Shop-Stream',
          batchSize: 100,
          maximumRetryAttempts: Infinity,
          onFailureBucket: 'shop-bucket',
        }),
      ],
      secrets: [],
      deliveryStreams: [],
      eventRules: [],
      schedules: [],
      customResources: [],
    });
    expect(read(directory).definition).toEqual(definition);
  });

  test('has the names that its template gives, and not the resources whose condition is false', () => {
    const directory = assemblyOf(
      {
        Named: { Type: 'AWS::S3::Bucket', Properties: { BucketName: { 'Fn::Join': ['-', ['my', { Ref: 'AWS::Region' }]] } } },
        Absent: { Type: 'AWS::Unknown::Thing', Condition: 'Never' },
      },
      { Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } } },
    );

    const { definition } = read(directory);

    expect(definition.buckets).toEqual([{ name: 'my-us-east-1', sendsEvents: false, requestMetrics: [], configuration: {} }]);
  });

  test('tells of a bucket what clients may ask: its properties, evaluated, and its policy', () => {
    const directory = assemblyOf({
      Bucket: {
        Type: 'AWS::S3::Bucket',
        Properties: {
          VersioningConfiguration: { Status: 'Enabled' },
          LoggingConfiguration: { DestinationBucketName: { Ref: 'Logs' } },
          InventoryConfigurations: [{ Id: 'a report' }],
        },
      },
      Logs: { Type: 'AWS::S3::Bucket' },
      Policy: {
        Type: 'AWS::S3::BucketPolicy',
        Properties: {
          Bucket: { Ref: 'Bucket' },
          PolicyDocument: { Statement: [{ Effect: 'Deny', Resource: { 'Fn::GetAtt': ['Bucket', 'Arn'] } }] },
        },
      },
    });

    const { definition } = read(directory);

    expect(definition.buckets).toMatchObject([
      {
        configuration: {
          VersioningConfiguration: { Status: 'Enabled' },
          LoggingConfiguration: { DestinationBucketName: 'shop-logs' },
          PolicyDocument: { Statement: [{ Effect: 'Deny', Resource: 'arn:aws:s3:::shop-bucket' }] },
        },
      },
      { configuration: {} },
    ]);
  });

  test('on demand starts with four shards', () => {
    const directory = assemblyOf({
      Stream: { Type: 'AWS::Kinesis::Stream', Properties: { StreamModeDetails: { StreamMode: 'ON_DEMAND' } } },
    });

    const { definition } = read(directory);

    expect(definition.streams).toEqual([{ name: 'Shop-Stream', shardCount: 4, retentionHours: 24, mode: 'ON_DEMAND' }]);
  });

  const own = join(import.meta.dirname, '../../cdk.out');
  test.skipIf(!existsSync(join(own, 'manifest.json')))('of this repository can be read whole', () => {
    const { definition } = read(own);

    expect(definition.graphqlApi?.resolvers.length).toBeGreaterThan(0);
    expect(definition.eventSourceMappings).toHaveLength(2);
    expect(definition.warehouse?.databaseName).toBe('tillgraph');
    expect(definition.deliveryStreams).toEqual([expect.objectContaining({ table: 'intake.landing', prefix: 'firehose/' })]);
    expect(definition.buckets.some(({ sendsEvents }) => sendsEvents)).toBe(true);
    expect(definition.customResources.map(({ type }) => type)).toEqual(['Custom::WarehouseSchema']);
    expect([definition.eventRules.length, definition.schedules.length]).toEqual([3, 3]);
    expect(definition.glue?.jobs).toEqual([expect.objectContaining({ glueVersion: '5.1', queues: true, maxConcurrentRuns: 1 })]);
    expect(definition.httpApi?.routes).toEqual([
      expect.objectContaining({ key: 'POST /transactions', authorization: 'AWS_IAM' }),
    ]);
  });
});

describe('what cannot run locally is refused by name:', () => {
  const refusals: readonly [string, string, () => string, new (...parameters: never[]) => Error][] = [
    [
      'a type',
      'Broker has the type AWS::AmazonMQ::Broker',
      () => assemblyOf({ Broker: { Type: 'AWS::AmazonMQ::Broker' } }),
      UnsupportedTypeError,
    ],
    [
      'a property',
      'AWS::Kinesis::Stream Stream: Shards: it is not supported locally',
      () => assemblyOf({ Stream: { Type: 'AWS::Kinesis::Stream', Properties: { Shards: 1 } } }),
      UnsupportedPropertyError,
    ],
    [
      'a property inside another',
      'AWS::DynamoDB::Table Table: GlobalSecondaryIndexes[0].Projection.ProjectionType: SOME is not supported locally: write ALL or KEYS_ONLY or INCLUDE',
      () =>
        assemblyOf({
          Table: {
            Type: 'AWS::DynamoDB::Table',
            Properties: { ...key, GlobalSecondaryIndexes: [{ IndexName: 'i', Projection: { ProjectionType: 'SOME' } }] },
          },
        }),
      UnsupportedPropertyError,
    ],
    [
      'a time to live',
      'TimeToLiveSpecification',
      () =>
        assemblyOf({
          Table: { Type: 'AWS::DynamoDB::Table', Properties: { ...key, TimeToLiveSpecification: { AttributeName: 'ttl' } } },
        }),
      UnsupportedPropertyError,
    ],
    [
      'a second replica',
      'Replicas: one replica, in us-east-1',
      () =>
        assemblyOf({
          Table: {
            Type: 'AWS::DynamoDB::GlobalTable',
            Properties: { ...key, Replicas: [{ Region: 'us-east-1' }, { Region: 'eu-west-1' }] },
          },
        }),
      UnsupportedPropertyError,
    ],
    [
      'filters of a mapping',
      'AWS::Lambda::EventSourceMapping Mapping: FilterCriteria: filters do not run locally',
      () =>
        assemblyOf(
          {
            Stream: stream,
            Writer: lambda,
            Role: role,
            Customers: { Type: 'AWS::S3::Bucket' },
            Mapping: mapping({ FilterCriteria: {} }),
          },
          {},
          code,
        ),
      UnsupportedPropertyError,
    ],
    [
      'a batch that is too large',
      'BatchSize: 10001 is outside 1 to 10000',
      () =>
        assemblyOf(
          {
            Stream: stream,
            Writer: lambda,
            Role: role,
            Customers: { Type: 'AWS::S3::Bucket' },
            Mapping: mapping({ BatchSize: 10_001 }),
          },
          {},
          code,
        ),
      UnsupportedPropertyError,
    ],
    [
      'a mapping template',
      'Runtime: mapping templates (VTL) do not run locally',
      () =>
        assemblyOf({
          Api: { Type: 'AWS::AppSync::GraphQLApi', Properties: { Name: 'a', AuthenticationType: 'API_KEY' } },
          Schema: {
            Type: 'AWS::AppSync::GraphQLSchema',
            Properties: { ApiId: { 'Fn::GetAtt': ['Api', 'ApiId'] }, Definition: 'type Query { a: Int }' },
          },
          Resolver: {
            Type: 'AWS::AppSync::Resolver',
            Properties: {
              ApiId: { 'Fn::GetAtt': ['Api', 'ApiId'] },
              TypeName: 'Query',
              FieldName: 'a',
              DataSourceName: 'd',
              RequestMappingTemplate: '{}',
            },
          },
        }),
      UnsupportedPropertyError,
    ],
    [
      'a resolver that asks to be cached',
      'CachingConfig: nothing is cached locally',
      () =>
        assemblyOf({
          Api: { Type: 'AWS::AppSync::GraphQLApi', Properties: { Name: 'a', AuthenticationType: 'API_KEY' } },
          Schema: {
            Type: 'AWS::AppSync::GraphQLSchema',
            Properties: { ApiId: { 'Fn::GetAtt': ['Api', 'ApiId'] }, Definition: 'type Query { a: Int }' },
          },
          Resolver: {
            Type: 'AWS::AppSync::Resolver',
            Properties: {
              ApiId: { 'Fn::GetAtt': ['Api', 'ApiId'] },
              TypeName: 'Query',
              FieldName: 'a',
              DataSourceName: 'd',
              Code: 'export const code = 1;',
              Runtime: { Name: 'APPSYNC_JS', RuntimeVersion: '1.0.0' },
              CachingConfig: { Ttl: 60 },
            },
          },
        }),
      UnsupportedPropertyError,
    ],
    [
      'a cache of an API',
      'AWS::AppSync::ApiCache',
      () => assemblyOf({ Cache: { Type: 'AWS::AppSync::ApiCache', Properties: { ApiId: 'a', Ttl: 60, Type: 'SMALL' } } }),
      UnsupportedTypeError,
    ],
    [
      'an authorization other than IAM and keys',
      'AuthenticationType: OPENID_CONNECT is not supported locally: write API_KEY or AWS_IAM',
      () =>
        assemblyOf({
          Api: { Type: 'AWS::AppSync::GraphQLApi', Properties: { Name: 'a', AuthenticationType: 'OPENID_CONNECT' } },
          Schema: {
            Type: 'AWS::AppSync::GraphQLSchema',
            Properties: { ApiId: { 'Fn::GetAtt': ['Api', 'ApiId'] }, Definition: 'type Query { a: Int }' },
          },
        }),
      UnsupportedPropertyError,
    ],
    [
      'an attribute',
      'Resources.Writer.Properties.Environment.Variables: Fn::GetAtt Customers.StreamArn: AWS::DynamoDB::Table has no such attribute locally',
      () =>
        assemblyOf(
          {
            Customers: { Type: 'AWS::DynamoDB::Table', Properties: key },
            Role: role,
            Writer: {
              ...lambda,
              Properties: {
                ...lambda.Properties,
                Environment: { Variables: { A: { 'Fn::GetAtt': ['Customers', 'StreamArn'] } } },
              },
            },
          },
          {},
          code,
        ),
      UnresolvableError,
    ],
    [
      'code that is not there',
      'Code.S3Key: the assembly has no asset abc.zip',
      () => assemblyOf({ Writer: lambda, Role: role, Customers: { Type: 'AWS::S3::Bucket' } }),
      UnsupportedPropertyError,
    ],
  ];

  test.each(refusals)('%s', (_what, message, assembly, kind) => {
    const attempt = (): unknown => read(assembly());

    expect(attempt).toThrow(message);
    expect(attempt).toThrow(kind);
  });

  test('an assembly that is not there', () => {
    const attempt = (): unknown => read('/nowhere');

    expect(attempt).toThrow(AssemblyError);
    expect(attempt).toThrow('/nowhere: no manifest.json: synthesize the app first');
  });
});
