import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { BY_COUNTRY, BY_DATE, PROFILES_BY_COUNTRY } from '../../domain/keys.ts';
import { only, type Resource, resources, type StageName, templateOf } from './synthesis.ts';

const stages: readonly StageName[] = ['dev', 'lean', 'prod'];
const templates = Object.fromEntries(stages.map((stage) => [stage, templateOf(stage)])) as Record<StageName, Template>;

const key = (hash: string, range: string) => [
  { AttributeName: hash, KeyType: 'HASH' },
  { AttributeName: range, KeyType: 'RANGE' },
];

describe.each(stages)('in %s', (stage) => {
  const template = templates[stage];

  test('what holds data keeps its logical id, because another id is another, empty store', () => {
    const stateful = [
      'AWS::Kinesis::Stream',
      'AWS::DynamoDB::GlobalTable',
      'AWS::S3::Bucket',
      'AWS::AppSync::GraphQLApi',
      'AWS::AppSync::ApiKey',
      'AWS::RedshiftServerless::Namespace',
      'AWS::SecretsManager::Secret',
      'AWS::Glue::Database',
    ];

    const ids = stateful.flatMap((type) => Object.keys(resources(template, type)));

    expect(ids).toEqual([
      'TransactionsStream34AA8BEF',
      'TablesCustomersB22215AC',
      'TablesInvoices428C2675',
      ...(stage === 'lean' ? [] : ['WarehouseAnswersTable14C5A531']),
      'RawBucket672A0DBB',
      'GraphQLApi85666BA6',
      'GraphQLApiDefaultApiKey7FD8BBFF',
      ...(stage === 'lean'
        ? []
        : [
            'WarehouseDatabaseNamespaceD2A41DB5',
            'WarehouseLoaderUserSecret76633AC9',
            'WarehouseBiUserSecret884AE54C',
            'WarehouseImportCatalogDatabaseC520E8C3',
          ]),
    ]);
  });

  test('no store has a name of its own, so that a stage can stand twice in one account', () => {
    const named = ['Name', 'TableName', 'BucketName'];

    const stores = ['AWS::Kinesis::Stream', 'AWS::DynamoDB::GlobalTable', 'AWS::S3::Bucket'].flatMap((type) =>
      Object.values(resources(template, type)),
    );

    expect(stores).toHaveLength(stage === 'lean' ? 4 : 5);
    for (const { Properties } of stores) for (const name of named) expect(Properties).not.toHaveProperty(name);
  });

  test('customers are found by number and by country, and the index holds keys only', () => {
    template.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      KeySchema: key('customerId', 'sk'),
      BillingMode: 'PAY_PER_REQUEST',
      GlobalSecondaryIndexes: [
        {
          IndexName: PROFILES_BY_COUNTRY,
          KeySchema: key('homeCountry', 'customerId'),
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    });
  });

  test('invoices are found by number, by date, and by country and date, from the index alone', () => {
    const shown = ['cancelled', 'lineCount', 'units', 'total'];
    const projection = (...attributes: string[]) => ({ ProjectionType: 'INCLUDE', NonKeyAttributes: attributes });

    template.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      KeySchema: key('invoiceNo', 'sk'),
      BillingMode: 'PAY_PER_REQUEST',
      GlobalSecondaryIndexes: [
        { IndexName: BY_DATE, KeySchema: key('listing', 'datedNo'), Projection: projection('customerId', 'country', ...shown) },
        { IndexName: BY_COUNTRY, KeySchema: key('country', 'datedNo'), Projection: projection('customerId', ...shown) },
      ],
    });
  });

  test('the bucket is private, encrypted, and refuses unencrypted connections', () => {
    expect(only(template, 'AWS::S3::Bucket').Properties).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: [
          Match.objectLike({ Effect: 'Deny', Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ],
      },
    });
  });

  test('only copies expire in the bucket; raw lines move to cheaper storage, rejected ones stay', () => {
    const { LifecycleConfiguration: configuration } = only(template, 'AWS::S3::Bucket').Properties as {
      LifecycleConfiguration: { TransitionDefaultMinimumObjectSize: string; Rules: Record<string, unknown>[] };
    };

    expect(configuration.TransitionDefaultMinimumObjectSize).toBe('all_storage_classes_128K');
    expect(configuration.Rules).toEqual(
      expect.arrayContaining([
        { Id: 'abandoned-uploads', Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
        {
          Id: 'raw-is-rarely-read',
          Status: 'Enabled',
          Prefix: 'raw/',
          Transitions: [{ StorageClass: 'STANDARD_IA', TransitionInDays: 30 }],
        },
      ]),
    );
    const rare = configuration.Rules.filter((rule) => 'Transitions' in rule).map(({ Prefix }) => Prefix);
    expect(rare).toEqual(stage === 'lean' ? ['raw/'] : ['raw/', 'bulk/']);
    const expiring = configuration.Rules.filter((rule) => 'ExpirationInDays' in rule);
    expect(expiring.map(({ Prefix, ExpirationInDays: days }) => [Prefix, days])).toEqual(
      stage === 'lean'
        ? [['redriven/', 7]]
        : [
            ['redriven/', 7],
            ['firehose/2', 7],
            ['firehose/manifests/', 7],
            ['firehose/redriven/', 7],
            ['import/staged/', 7],
            ['import/rebuild/', 7],
          ],
    );
  });

  test('the stream is encrypted and keeps a transaction for a day', () => {
    template.hasResourceProperties('AWS::Kinesis::Stream', {
      RetentionPeriodHours: 24,
      StreamEncryption: { EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' },
    });
  });
});

test('in dev the stream has one shard, and everything leaves with the stack', () => {
  const { dev } = templates;

  dev.hasResourceProperties('AWS::Kinesis::Stream', { StreamModeDetails: { StreamMode: 'PROVISIONED' }, ShardCount: 1 });
  dev.allResources('AWS::RedshiftServerless::Namespace', { DeletionPolicy: 'Delete' });
  dev.allResources('AWS::SecretsManager::Secret', { DeletionPolicy: 'Delete' });
  dev.allResources('AWS::DynamoDB::GlobalTable', {
    DeletionPolicy: 'Delete',
    Properties: {
      WriteOnDemandThroughputSettings: { MaxWriteRequestUnits: 4_000 },
    },
  });
  dev.resourceCountIs('Custom::DeletionProtection', 0);
  dev.allResources('AWS::S3::Bucket', { DeletionPolicy: 'Delete', Properties: { VersioningConfiguration: Match.absent() } });
  dev.allResources('AWS::Kinesis::Stream', { DeletionPolicy: 'Delete' });
});

test('in prod the stream scales by itself, and no data can be deleted with the stack', () => {
  const { prod } = templates;

  prod.hasResourceProperties('AWS::Kinesis::Stream', {
    StreamModeDetails: { StreamMode: 'ON_DEMAND' },
    ShardCount: Match.absent(),
  });
  const { WarehouseAnswersTable14C5A531: answers, ...tables } = resources(prod, 'AWS::DynamoDB::GlobalTable');
  expect(Object.values(tables)).toHaveLength(2);
  for (const table of Object.values(tables))
    expect(table).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        WriteOnDemandThroughputSettings: { MaxWriteRequestUnits: 40_000 },
        Replicas: [{ PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }],
      },
    });
  // The answers are made anew by the next load.
  expect(answers).toMatchObject({ DeletionPolicy: 'Delete' });
  prod.allResources('AWS::RedshiftServerless::Namespace', {
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
  });
  prod.allResources('AWS::SecretsManager::Secret', { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  prod.allResources('AWS::S3::Bucket', {
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
    Properties: { VersioningConfiguration: { Status: 'Enabled' } },
  });
  prod.allResources('AWS::Kinesis::Stream', { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
});

describe.each(['dev', 'lean', 'prod'] as const)('a first deployment of %s that fails', (stage) => {
  const kept = Object.entries(templates[stage].toJSON()['Resources'] as Record<string, Resource>).filter(
    ([, { DeletionPolicy }]) => DeletionPolicy !== undefined && DeletionPolicy !== 'Delete',
  );

  test('leaves nothing behind', () => {
    expect(kept.filter(([, { DeletionPolicy }]) => DeletionPolicy !== 'RetainExceptOnCreate')).toEqual([]);
  });

  test('deletes every table, because none is protected before all else stands', () => {
    const all = templates[stage].toJSON()['Resources'] as Record<string, Resource & { readonly DependsOn?: readonly string[] }>;
    const before = Object.entries(all).filter(([, { Type }]) => Type !== 'Custom::DeletionProtection');
    const shielded = before.filter(([, { Properties }]) =>
      /"DeletionProtection(Enabled)?":true/.test(JSON.stringify(Properties)),
    );
    const protections = Object.entries(all).filter(([, { Type }]) => Type === 'Custom::DeletionProtection');

    expect(shielded.map(([id]) => id)).toEqual([]);
    expect(protections).toHaveLength(stage === 'prod' ? 2 : 0);
    for (const [id, { DependsOn = [], Properties }] of protections) {
      // What makes the calls, and may make them, is named by the resource itself.
      const others = before.map(([other]) => other).filter((other) => !/^(AWS679|Calls|Protection)/.test(other));
      expect(
        others.filter((other) => !DependsOn.includes(other)),
        id,
      ).toEqual([]);
      const calls = ['Create', 'Update', 'Delete'].map((event) => JSON.stringify(Properties[event]).replaceAll('\\', ''));
      expect(calls.map((call) => /"DeletionProtectionEnabled":(\w+)/.exec(call)?.[1])).toEqual(['true', 'true', 'false']);
    }
  });

  test('or a deleted stack takes no name from the next: what is kept has a name of its own', () => {
    const names = kept.map(([id, { Type, Properties }]) => {
      const property = NAMED_BY[Type];
      return [
        id,
        property === undefined ? `by which property ${Type} is named is not written below` : Properties[property],
      ] as const;
    });

    expect(names.filter(([, name]) => name !== undefined && !isOfThisStack(name))).toEqual([]);
  });
});

/** Whether a name follows from the stack's id or from another resource's. */
const isOfThisStack = (name: unknown) => /"Fn::GetAtt"|"Ref":"(?!AWS::)|"Ref":"AWS::StackId"/.test(JSON.stringify(name));

/** By which property a resource of a type is known; a stream of a log is unique in its group. */
const NAMED_BY: Readonly<Record<string, string>> = {
  'AWS::DynamoDB::GlobalTable': 'TableName',
  'AWS::Kinesis::Stream': 'Name',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::Logs::LogStream': 'LogGroupName',
  'AWS::RedshiftServerless::Namespace': 'NamespaceName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::SecretsManager::Secret': 'Name',
  // A call, and no thing with a name.
  'Custom::DeletionProtection': 'ServiceToken',
};
