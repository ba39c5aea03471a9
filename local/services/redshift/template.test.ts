import { describe, expect, test } from 'vitest';
import { UnresolvableError, UnsupportedPropertyError } from '../../template/errors.ts';
import type { Resources } from '../../testing/assemblies.ts';
import { assemblyOf, read } from '../../testing/assemblies.ts';
import { delivery, lambdaFunction, warehouse } from '../../testing/warehouse-resources.ts';

const code = { loader: { 'index.mjs': 'export const handler = () => 1;' } };
const loader = lambdaFunction('Loader', 'loader');
const loaderArn = { 'Fn::GetAtt': ['Loader', 'Arn'] };
const role = (name: string): string => `arn:aws:iam::000000000000:role/Shop-${name}`;
const definitionOf = (resources: Resources) => read(assemblyOf(resources, {}, code)).definition;

describe('a warehouse', () => {
  test('is a workgroup with its namespace, and an undeclared secret of its administrator', () => {
    const { warehouse: declared, secrets } = definitionOf(warehouse);

    expect(declared).toEqual({
      namespaceName: 'shop',
      databaseName: 'sales',
      workgroupName: 'shop',
      workgroupArn: expect.stringMatching(/^arn:aws:redshift-serverless:us-east-1:000000000000:workgroup\/[0-9a-f-]{36}$/),
      adminUser: 'administrator',
      adminSecretArn: secrets[1]?.arn,
      configParameters: { max_query_execution_time: '900' },
    });
    expect(secrets[1]).toMatchObject({
      name: 'redshift!shop-administrator',
      arn: expect.stringMatching(/:secret:redshift!shop-administrator-[a-z0-9]{6}$/),
      value: { kind: 'generated', within: { template: { username: 'administrator' }, key: 'password' } },
    });
  });

  test('has secrets generated as declared, with ARNs that end in six random characters', () => {
    const text = { Type: 'AWS::SecretsManager::Secret', Properties: { Name: 'shop/key', SecretString: 'open' } };

    const { secrets } = definitionOf({ Text: text, LoaderSecret: warehouse['LoaderSecret']! });

    expect(secrets).toEqual([
      { name: 'shop/key', arn: expect.stringMatching(/:secret:shop\/key-[a-z0-9]{6}$/), value: { kind: 'text', text: 'open' } },
      {
        name: 'Shop-LoaderSecret',
        arn: expect.stringMatching(/^arn:aws:secretsmanager:us-east-1:000000000000:secret:Shop-LoaderSecret-[a-z0-9]{6}$/),
        description: 'Who copies',
        value: {
          kind: 'generated',
          within: { template: { username: 'loader' }, key: 'password' },
          length: 24,
          excludeCharacters: '',
          excludeLowercase: false,
          excludeUppercase: false,
          excludeNumbers: false,
          excludePunctuation: true,
          includeSpace: false,
          requireEachIncludedType: true,
        },
      },
    ]);
  });

  test('has an address, port and ARN that other resources refer to', () => {
    const attribute = (name: string) => ({ 'Fn::GetAtt': ['Workgroup', `Workgroup.${name}`] });
    const variables = { HOST: attribute('Endpoint.Address'), PORT: attribute('Endpoint.Port'), NAME: { Ref: 'Workgroup' } };

    const { functions } = definitionOf({
      ...warehouse,
      ...lambdaFunction('Loader', 'loader', { Environment: { Variables: variables } }),
    });

    expect(functions[0]?.environment).toEqual({
      HOST: 'shop.000000000000.us-east-1.redshift-serverless.amazonaws.com',
      PORT: '5439',
      NAME: 'shop',
    });
  });
});

describe('a delivery stream', () => {
  test('goes from a stream through a bucket into a table, with names in the place of ARNs', () => {
    const { deliveryStreams, secrets } = definitionOf(delivery());

    expect(deliveryStreams).toEqual([
      {
        name: 'Shop-Delivery',
        arn: 'arn:aws:firehose:us-east-1:000000000000:deliverystream/Shop-Delivery',
        kinesisStreamName: 'Shop-Stream',
        database: 'sales',
        table: 'intake.landing',
        columns: ['lineid', 'quantity'],
        copyOptions: "JSON 'auto ignorecase'",
        secretArn: secrets[0]?.arn,
        roleArn: role('DeliveryRole'),
        bucket: 'shop-bucket',
        prefix: 'firehose/',
        errorPrefix: '',
        compression: 'UNCOMPRESSED',
        bufferSeconds: 60,
        bufferMegabytes: 16,
        retrySeconds: 3600,
      },
    ]);
  });
});

describe('events', () => {
  test('of a bucket go to functions by a rule, when the bucket sends them', () => {
    const { buckets, eventRules } = definitionOf({
      ...loader,
      Bucket: {
        Type: 'AWS::S3::Bucket',
        Properties: { NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } } },
      },
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: {
          EventPattern: { source: ['aws.s3'], detail: { bucket: { name: [{ Ref: 'Bucket' }] } } },
          State: 'ENABLED',
          Targets: [{ Arn: loaderArn, Id: 'Target0', RetryPolicy: { MaximumRetryAttempts: 3 } }],
        },
      },
    });

    expect(buckets).toMatchObject([{ name: 'shop-bucket', sendsEvents: true, requestMetrics: [] }]);
    expect(eventRules).toEqual([
      {
        name: 'Shop-Rule',
        arn: 'arn:aws:events:us-east-1:000000000000:rule/Shop-Rule',
        pattern: { source: ['aws.s3'], detail: { bucket: { name: ['shop-bucket'] } } },
        enabled: true,
        targets: [{ functionName: 'Shop-Loader' }],
      },
    ]);
  });

  test('for a person on call go nowhere', () => {
    const { eventRules } = definitionOf({
      Topic: { Type: 'AWS::SNS::Topic', Properties: {} },
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: {
          EventPattern: { source: ['aws.glue'] },
          Targets: [
            {
              Arn: { Ref: 'Topic' },
              Id: 'Target0',
              RoleArn: 'arn:aws:iam::1:role/r',
              InputTransformer: { InputTemplate: '"x"' },
            },
          ],
        },
      },
    });

    expect(eventRules).toMatchObject([{ pattern: { source: ['aws.glue'] }, targets: [] }]);
  });

  test('of a schedule have the input that it declares', () => {
    const { schedules } = definitionOf({
      ...loader,
      Group: { Type: 'AWS::Scheduler::ScheduleGroup', Properties: { Name: 'shop' } },
      Schedule: {
        Type: 'AWS::Scheduler::Schedule',
        Properties: {
          FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 5 },
          GroupName: { Ref: 'Group' },
          ScheduleExpression: 'cron(5 0 * * ? *)',
          ScheduleExpressionTimezone: 'Europe/London',
          Target: { Arn: loaderArn, Input: '{"source":"shop"}', RoleArn: 'r', RetryPolicy: { MaximumRetryAttempts: 0 } },
        },
      },
    });

    expect(schedules).toEqual([
      {
        name: 'Shop-Schedule',
        arn: 'arn:aws:scheduler:us-east-1:000000000000:schedule/shop/Shop-Schedule',
        expression: 'cron(5 0 * * ? *)',
        timezone: 'Europe/London',
        enabled: true,
        target: { kind: 'function', functionName: 'Shop-Loader' },
        input: '{"source":"shop"}',
        retries: 0,
        maximumAgeSeconds: 86_400,
      },
    ]);
  });

  test('of asynchronous events are tried as often as the function declares', () => {
    const { functions } = definitionOf({
      ...lambdaFunction('Loader', 'loader', { ReservedConcurrentExecutions: 1 }),
      Bucket: { Type: 'AWS::S3::Bucket' },
      Config: {
        Type: 'AWS::Lambda::EventInvokeConfig',
        Properties: {
          FunctionName: { Ref: 'Loader' },
          Qualifier: '$LATEST',
          MaximumEventAgeInSeconds: 3600,
          MaximumRetryAttempts: 0,
          DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['Bucket', 'Arn'] } } },
        },
      },
    });

    expect(functions).toMatchObject([
      {
        reservedConcurrency: 1,
        asynchronous: { retries: 0, maximumAgeSeconds: 3600, onFailureBucket: 'shop-bucket' },
      },
    ]);
  });
});

describe('custom resources', () => {
  const custom = (Properties: Record<string, unknown> = {}, DependsOn: string[] = []) => ({
    Type: 'Custom::Schema',
    Properties: { ServiceToken: loaderArn, ...Properties },
    DependsOn,
  });

  test('hand numbers and truth values over as texts, at every depth', () => {
    const { customResources } = definitionOf({
      ...loader,
      Schema: custom({ Depth: 2, Users: [{ Admin: true }], ServiceTimeout: 60 }),
    });

    const serviceToken = 'arn:aws:lambda:us-east-1:000000000000:function:Shop-Loader';
    expect(customResources).toEqual([
      {
        logicalId: 'Schema',
        type: 'Custom::Schema',
        functionName: 'Shop-Loader',
        serviceToken,
        properties: { ServiceToken: serviceToken, Depth: '2', Users: [{ Admin: 'true' }], ServiceTimeout: '60' },
        timeoutSeconds: 60,
      },
    ]);
  });

  test('come after what they depend on, even through another resource', () => {
    const { customResources } = definitionOf({
      ...loader,
      Last: custom({}, ['Between']),
      Between: { Type: 'AWS::IAM::Policy', DependsOn: ['First'] },
      First: custom(),
    });

    expect(customResources.map(({ logicalId }) => logicalId)).toEqual(['First', 'Last']);
  });

  test('have values only when they are made', () => {
    const resources = { ...loader, Schema: custom() };
    const { identifiers } = read(assemblyOf(resources, {}, code));
    const id = () => identifiers.ref('Schema', 'Outputs.Id');
    const version = () => identifiers.attribute('Schema', 'Version', 'Outputs.Version');

    expect(id).toThrow(
      new UnresolvableError('Ref Schema', 'Outputs.Id', 'it is known only when the stack is up: use it in Outputs'),
    );
    identifiers.setCustomResource('Schema', 'schema-1', { Version: 7 });

    expect([id(), version()]).toEqual(['schema-1', '7']);
  });
});

describe('what cannot run locally is refused by name:', () => {
  const secret = (Properties: Record<string, unknown>): Resources => ({
    Secret: { Type: 'AWS::SecretsManager::Secret', Properties },
  });
  const namespace = (changes: Record<string, unknown>): Resources => ({
    ...warehouse,
    Namespace: {
      Type: 'AWS::RedshiftServerless::Namespace',
      Properties: { NamespaceName: 'shop', ManageAdminPassword: true, ...changes },
    },
  });
  const rule = (changes: Record<string, unknown>): Resources => ({
    ...loader,
    Rule: { Type: 'AWS::Events::Rule', Properties: { EventPattern: { source: ['a'] }, ...changes } },
  });
  const schedule = (target: Record<string, unknown>, changes: Record<string, unknown> = {}): Resources => ({
    ...loader,
    Schedule: {
      Type: 'AWS::Scheduler::Schedule',
      Properties: { FlexibleTimeWindow: { Mode: 'OFF' }, ScheduleExpression: 'rate(1 hour)', Target: target, ...changes },
    },
  });
  const refusals: readonly [string, string, Resources][] = [
    ['a secret without a value', 'GenerateSecretString: a secret without a value cannot be read: write {}', secret({})],
    [
      'a secret whose template is not an object',
      'GenerateSecretString.SecretStringTemplate: [] is not a JSON object',
      secret({ GenerateSecretString: { SecretStringTemplate: '[]', GenerateStringKey: 'password' } }),
    ],
    [
      'a secret that turns into copies',
      'ReplicaRegions: it is not supported',
      secret({ SecretString: 'a', ReplicaRegions: [{}] }),
    ],
    ['a password in the template', 'ManageAdminPassword: write true', namespace({ ManageAdminPassword: false })],
    [
      'people of an identity center',
      'RedshiftIdcApplicationArn: it is not supported',
      namespace({ RedshiftIdcApplicationArn: 'a' }),
    ],
    [
      'a delivery to another database',
      "ClusterJDBCURL: other.example.com is not the stack's workgroup, shop.000000000000",
      delivery({ ClusterJDBCURL: 'jdbc:redshift://other.example.com:5439/sales' }),
    ],
    [
      'a delivery with a password in the template',
      'RedshiftDestinationConfiguration.Password: a password in the template is no secret',
      delivery({ Password: 'p' }),
    ],
    [
      'a delivery that waits too long',
      'RetryOptions.DurationInSeconds: 9000 is outside 0 to 7200',
      delivery({ RetryOptions: { DurationInSeconds: 9000 } }),
    ],
    [
      'a rule with a timetable',
      'ScheduleExpression: rules run by events only: declare an AWS::Scheduler::Schedule',
      rule({ ScheduleExpression: 'rate(1 day)' }),
    ],
    [
      'a rule with another target than a function',
      'Targets[0].Arn: arn:aws:sqs:us-east-1:1:q is not a Lambda function',
      rule({ Targets: [{ Arn: 'arn:aws:sqs:us-east-1:1:q', Id: 'q' }] }),
    ],
    [
      'a rule that rewrites events',
      'Targets[0].InputTransformer: it is not supported locally',
      rule({ Targets: [{ Arn: loaderArn, Id: 'q', InputTransformer: { InputTemplate: 'x' } }] }),
    ],
    ['a rule of another bus', 'EventBusName: "mine" is not supported locally', rule({ EventBusName: 'mine' })],
    [
      'a schedule with an input that is no JSON',
      'Target.Input: {a is not JSON',
      schedule({ Arn: loaderArn, RoleArn: 'r', Input: '{a' }),
    ],
    [
      'a schedule that begins later',
      'StartDate: it is not supported locally',
      schedule({ Arn: loaderArn, RoleArn: 'r' }, { StartDate: '2027-01-01T00:00:00Z' }),
    ],
    [
      'a schedule of a function elsewhere',
      'Target: the stack has no function other',
      schedule({ Arn: 'arn:aws:lambda:us-east-1:000000000000:function:other', RoleArn: 'r' }),
    ],
    [
      'an asynchronous invocation that succeeds somewhere',
      'DestinationConfig.OnSuccess: it is not supported locally',
      {
        ...loader,
        Config: {
          Type: 'AWS::Lambda::EventInvokeConfig',
          Properties: {
            FunctionName: { Ref: 'Loader' },
            Qualifier: '$LATEST',
            DestinationConfig: { OnSuccess: { Destination: 'arn:aws:sqs:us-east-1:1:q' } },
          },
        },
      },
    ],
    [
      'a custom resource that is made by a topic',
      'ServiceToken: arn:aws:sns:us-east-1:1:t is not a Lambda function',
      { Made: { Type: 'AWS::CloudFormation::CustomResource', Properties: { ServiceToken: 'arn:aws:sns:us-east-1:1:t' } } },
    ],
    [
      'a bucket that tells functions itself',
      'NotificationConfiguration.LambdaConfigurations: it is not supported locally',
      { Bucket: { Type: 'AWS::S3::Bucket', Properties: { NotificationConfiguration: { LambdaConfigurations: [{}] } } } },
    ],
  ];

  test.each(refusals)('%s', (_what, message, resources) => {
    const attempt = (): unknown => definitionOf(resources);

    expect(attempt).toThrow(message);
    expect(attempt).toThrow(UnsupportedPropertyError);
  });
});
