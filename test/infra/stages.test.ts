import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CfnResource, Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test, vi } from 'vitest';
import { steps } from '../../infra/confirm/steps.ts';
import { stages, UnknownStageError } from '../../infra/stages.ts';
import { appOf, resources, type StageName, templateOf } from './synthesis.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const names: readonly StageName[] = ['dev', 'lean', 'prod'];

test('there are these stages', () => {
  expect(stages.map(({ name }) => name)).toEqual(names);
});

test.each(names)('%s asks a new account for no concurrency: it has ten, of which none may be reserved', (stage) => {
  const reserving = Object.entries(resources(templateOf(stage), 'AWS::Lambda::Function')).filter(
    ([, { Properties }]) => Properties['ReservedConcurrentExecutions'] !== undefined,
  );

  expect(reserving.map(([id]) => id)).toEqual([]);
});

test('a stage that is not there is answered with those that are', () => {
  const ask = () => appOf('staging' as StageName);

  expect(ask).toThrow(UnknownStageError);
  expect(ask).toThrow('write one of dev, lean, prod, as in "cdk synth -c stage=dev"; got "staging"');
});

test.each<[string, unknown, string | RegExp]>([
  ['apiKeyExpires', 'soon', /write a date 1 to 365 days ahead, .* such as \d{4}-\d\d-01; got "soon"/],
  ['apiKeyExpires', '2020-01-01', 'write a date 1 to 365 days ahead'],
  ['apiKeyExpires', '9999-01-01', 'write a date 1 to 365 days ahead'],
  ['passwordsOf', 'today', 'write the day on which the passwords in the secrets were changed, such as 2026-11-30'],
  ['alarmEmail', 'till', 'write an address such as till@example.com; got "till"'],
  ['biCidrs', '203.0.113.7', 'write blocks as narrow as /16, such as 203.0.113.7/32,198.51.100.0/24; got "203.0.113.7"'],
  ['biCidrs', '0.0.0.0/0', 'write blocks as narrow as /16'],
  ['biCidrs', '203.0.113.7/32,10.0.0.256/32', 'write blocks as narrow as /16'],
  ['biCidrs', [7], 'write blocks as narrow as /16'],
  ['zones', 'us-east-1a', 'write two or three different availability zones of the region, such as us-east-1a,us-east-1c'],
  ['zones', 'us-east-1a,us-east-1b,us-east-1a', 'write two or three different availability zones'],
  ['zones', 'us-east-1a,us-east-1b,us-east-1c,us-east-1d', 'write two or three different availability zones'],
  ['zones', 'us-west-2a,us-west-2b', 'write two or three different availability zones of the region, such as us-east-1a'],
])('context %s as %j is checked', (key, value, advice) => {
  expect(() => appOf('dev', { [key]: value })).toThrow(advice);
});

test('prod is not deployed without a recipient of alarms, and can be synthesized without one', () => {
  expect(() => appOf('prod')).not.toThrow();

  vi.stubEnv('CDK_CLI_VERSION', '2.1148.1');
  try {
    expect(() => appOf('prod')).toThrow('context "alarmEmail": write who is told of an alarm, as in -c alarmEmail=');
    expect(() => appOf('prod', { alarmEmail: 'till@example.com' })).not.toThrow();
    expect(() => appOf('dev')).not.toThrow();
  } finally {
    vi.unstubAllEnvs();
  }
});

test('a stage that confirm deploys has no name in common with the stage itself', () => {
  const run = 'a1b2c3d4e5f6';
  const { directory } = appOf('dev', { confirm: run }).synth();

  const template = readFileSync(join(directory, `Tillgraph-confirm-${run}-stage.template.json`), 'utf8');

  expect(template).toContain(`tillgraph-confirm-${run}-stage-`);
  expect(template.match(/tillgraph[-_]dev\b/gi)).toBeNull();
});

test.each<[stage: StageName, run: string]>([
  ['dev', 'x'],
  ['dev', 'A1B2C3D4E5F6'],
  ['prod', 'a1b2c3d4e5f6'],
])('confirm deploys no %s as %s', (stage, run) => {
  expect(() => appOf(stage, { confirm: run })).toThrow('context "confirm": write twelve hexadecimal digits');
});

test('confirm -- stage tells a price that the daily limits of its two warehouses cannot pass', () => {
  const { warehouse } = stages.find(({ name }) => name === 'dev')!;
  const rpuHour = 0.375;

  expect(steps.find(({ name }) => name === 'stage')?.dollars).toBeGreaterThan(2 * rpuHour * (warehouse?.dailyLimit ?? 0));
});

test('a mistake in the context is one line on the command line, and no stack trace', async () => {
  const env = { ...process.env, CDK_CONTEXT_JSON: '{"stage":"staging"}' };

  const run = promisify(execFile)(process.execPath, ['--import', 'tsx', 'infra/app.ts'], { cwd: root, env });

  await expect(run).rejects.toMatchObject({ code: 1, stderr: expect.stringMatching(/^UNKNOWN_STAGE: .*\n$/) as string });
});

describe.each(names)('%s', (stage) => {
  test('synthesizes to the same bytes twice', () => {
    // The tree's metadata aside, which say which line of ours made what, for `cdk` to show.
    const read = () => {
      const { directory } = appOf(stage).synth();
      return ['template', 'assets'].map((part) => readFileSync(join(directory, `Tillgraph-${stage}.${part}.json`), 'utf8'));
    };

    expect(read()).toEqual(read());
  });

  test('passes the rules of CloudFormation without a warning', () => {
    const { directory } = appOf(stage, {}, true).synth();

    const report = JSON.parse(readFileSync(join(directory, 'validation-report.json'), 'utf8')) as {
      pluginReports: { violations: unknown[] }[];
    };

    expect(report.pluginReports.flatMap(({ violations }) => violations)).toEqual([]);
  });

  test('tells clients what they have to know, and no secret', () => {
    const outputs = templateOf(stage).toJSON()['Outputs'] as Record<string, { Value: unknown }>;

    expect(Object.keys(outputs)).toEqual([
      'GraphqlUrl',
      'GraphqlApiId',
      'RestUrl',
      'Region',
      'StreamName',
      'BucketName',
      'CustomersTableName',
      'InvoicesTableName',
      ...(stage === 'lean'
        ? []
        : [
            'AnswersTableName',
            'DeliveryStreamName',
            'WarehouseWorkgroup',
            'WarehouseDatabase',
            'WarehouseHost',
            // Where the password of the BI user is, not what it is.
            'BiSecretArn',
            'WarehouseLoaderName',
            'ImportJobName',
            'CatalogDatabaseName',
            'BulkCrawlerName',
          ]),
    ]);
    expect(JSON.stringify(outputs)).not.toMatch(/ApiKey|resolve:secretsmanager/);
  });

  test('labels what costs money', () => {
    const template = templateOf(stage);
    const label = [
      { Key: 'project', Value: 'tillgraph' },
      { Key: 'stage', Value: stage },
    ];

    for (const type of [
      'AWS::Kinesis::Stream',
      'AWS::S3::Bucket',
      'AWS::Lambda::Function',
      'AWS::AppSync::GraphQLApi',
      'AWS::Logs::LogGroup',
      ...(stage === 'lean'
        ? []
        : [
            'AWS::RedshiftServerless::Namespace',
            'AWS::RedshiftServerless::Workgroup',
            'AWS::KinesisFirehose::DeliveryStream',
            'AWS::SecretsManager::Secret',
          ]),
    ]) {
      expect(Object.keys(resources(template, type)), type).not.toEqual([]);
      template.allResourcesProperties(type, { Tags: Match.arrayWith(label) });
    }
    template.allResourcesProperties('AWS::DynamoDB::GlobalTable', { Replicas: [{ Tags: label }] });
  });

  test('asks for nothing that is billed by time but the stream, and in prod a web ACL and a key', () => {
    const types = new Set(
      Object.values(templateOf(stage).toJSON()['Resources'] as Record<string, { Type: string }>).map(({ Type }) => Type),
    );

    expect(
      [...types].filter((type) =>
        /^AWS::(EC2::(NatGateway|EIP|VPCEndpoint|Instance|TransitGateway)|RDS|Redshift::|ElastiCache|WAFv2::WebACL$|KMS)|ApiCache/.test(
          type,
        ),
      ),
    ).toEqual(stage === 'prod' ? ['AWS::WAFv2::WebACL', 'AWS::KMS::Key'] : []);
  });
});

test('stage lean has no network, database, delivery, secret or kept answers', () => {
  const all = Object.entries(templateOf('lean').toJSON()['Resources'] as Record<string, { Type: string }>);

  const ofTheWarehouse = all.filter(
    ([id, { Type }]) =>
      /^AWS::(EC2|RedshiftServerless|KinesisFirehose|SecretsManager|Events|Scheduler)::|^Custom::/.test(Type) ||
      /Warehouse|Answers/.test(id),
  );

  expect(ofTheWarehouse).toEqual([]);
});

test('stage lean is dev without the warehouse, and else the same', () => {
  const [lean, dev] = (['lean', 'dev'] as const).map((stage) => {
    const text = JSON.stringify(templateOf(stage).toJSON()['Resources'])
      .replaceAll(`Tillgraph-${stage}`, 'Tillgraph')
      .replaceAll(`"Value":"${stage}"`, '"Value":""')
      .replaceAll(`"stage":"${stage}"`, '"stage":""')
      .replaceAll(`"AlarmName":"tillgraph-${stage}-`, '"AlarmName":"tillgraph-');
    return JSON.parse(text) as Record<string, unknown>;
  });
  // What the warehouse adds to what is there without it.
  const touched = /^(RawBucket|GraphQLApi[0-9A-F]{8}$|GraphQL(warehouse|answersTable))/;

  const differing = Object.keys(lean ?? {}).filter((id) => JSON.stringify(lean?.[id]) !== JSON.stringify(dev?.[id]));

  expect(differing.filter((id) => !touched.test(id))).toEqual([]);
});

test('the rules of CloudFormation are in force: what they refuse does not synthesize', () => {
  const app = appOf('lean', {}, true);

  new CfnResource(new Stack(app, 'Wrong'), 'Bucket', { type: 'AWS::S3::Bucket', properties: { BucketColour: 'green' } });

  expect(() => app.synth()).toThrow('BucketColour');
});

test('only prod is protected from being deleted', () => {
  const protection = names.map((stage) => appOf(stage).synth().getStackByName(`Tillgraph-${stage}`).terminationProtection);

  expect(protection).toEqual([false, false, true]);
});
