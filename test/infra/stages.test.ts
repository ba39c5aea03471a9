import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CfnResource, Stack } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { stages, UnknownStageError } from '../../infra/stages.ts';
import { appOf, type StageName, templateOf } from './synthesis.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const names: readonly StageName[] = ['dev', 'prod'];

test('there are these stages', () => {
  expect(stages.map(({ name }) => name)).toEqual(names);
});

test('a stage that is not there is answered with those that are', () => {
  const ask = () => appOf('staging' as StageName);

  expect(ask).toThrow(UnknownStageError);
  expect(ask).toThrow('write one of dev, prod, as in "cdk synth -c stage=dev"; got "staging"');
});

test.each([
  ['apiKeyExpires', 'soon', 'write a date such as 2027-10-01; got "soon"'],
  ['alarmEmail', 'till', 'write an address such as till@example.com; got "till"'],
])('context %s is checked', (key, value, advice) => {
  expect(() => appOf('dev', { [key]: value })).toThrow(advice);
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
    ]);
    expect(JSON.stringify(outputs)).not.toContain('ApiKey');
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
    ]) {
      template.allResourcesProperties(type, { Tags: label });
    }
    template.allResourcesProperties('AWS::DynamoDB::GlobalTable', { Replicas: [{ Tags: label }] });
  });

  test('holds nothing that costs by the hour but the stream', () => {
    const types = new Set(
      Object.values(templateOf(stage).toJSON()['Resources'] as Record<string, { Type: string }>).map(({ Type }) => Type),
    );

    expect(
      [...types].filter((type) => /^AWS::(EC2|RDS|Redshift|ElastiCache|WAFv2|KMS|SecretsManager)|ApiCache/.test(type)),
    ).toEqual([]);
  });
});

test('the rules of CloudFormation are in force: what they refuse does not synthesize', () => {
  const app = appOf('dev', {}, true);

  new CfnResource(new Stack(app, 'Wrong'), 'Bucket', { type: 'AWS::S3::Bucket', properties: { BucketColour: 'green' } });

  expect(() => app.synth()).toThrow('BucketColour');
});

test('only prod is protected from being deleted', () => {
  const protection = names.map((stage) => appOf(stage).synth().getStackByName(`Tillgraph-${stage}`).terminationProtection);

  expect(protection).toEqual([false, true]);
});
