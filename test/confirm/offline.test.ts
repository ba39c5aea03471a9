import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isChecked, type Seen } from '../../infra/confirm/claim.ts';
import { claims } from '../../infra/confirm/claims.ts';
import { metricFiltersOf } from '../../infra/confirm/offline/metric-filters.ts';
import type { OfflinePlace, Template } from '../../infra/confirm/offline/place.ts';
import { contextText, recordedContexts } from '../../infra/confirm/offline/recorded-contexts.ts';
import { resolvers } from '../../infra/build.ts';
import { templateOf } from '../infra/synthesis.ts';
import { type Answers, evaluator, localAws } from './local-aws.ts';

const template = templateOf('prod').toJSON() as Template;
const bundles = join(import.meta.dirname, '..', '..', 'build', 'resolvers');
const bundle = (name: string) => readFileSync(join(bundles, `${name}.js`), 'utf8');

const place = (answers?: Answers, changes: Partial<OfflinePlace> = {}): OfflinePlace => ({
  aws: localAws(answers),
  region: 'us-east-1',
  template,
  bundle,
  progress: () => undefined,
  ...changes,
});

const offline = claims.filter(isChecked).filter(({ step }) => step === 'offline');

function seenOf(id: string, at: OfflinePlace): Promise<Seen> {
  const claim = offline.find((one) => one.id === id);
  if (claim === undefined) throw new Error(`no claim ${id}`);
  return (claim.check as (at: unknown) => Promise<Seen>)(at);
}

test.each(offline.map(({ id }) => id))('against the local runtime and an account with plenty, %s holds', async (id) => {
  expect(await seenOf(id, place())).toMatchObject({ holds: true });
});

/** What AWS could do, the claim that tells of it, and its words. */
const OTHERWISE: readonly (readonly [what: string, id: string, answers: Answers, said: RegExp])[] = [
  [
    'a runtime that rounds',
    'appsync-bundles-run',
    {
      'appsync:EvaluateCode': ({ code, context, function: handler }) => {
        const answer = evaluator.evaluate({ code: code!, context: context!, function: handler as 'request' });
        return { ...answer, evaluationResult: answer.evaluationResult?.replaceAll('.120', '.12') };
      },
    },
    /Customer\.invoices response .* result here/,
  ],
  [
    'a runtime that refuses the code',
    'appsync-bundles-run',
    { 'appsync:EvaluateCode': () => ({ error: { message: 'Code', codeErrors: [{ errorType: 'PARSER_ERROR' }] } }) },
    /the code is refused/,
  ],
  [
    'a filter that counts nothing',
    'alarms-read-log-lines',
    { 'logs:TestMetricFilter': () => ({ matches: [] }) },
    /does not count/,
  ],
  [
    'a filter that counts everything',
    'alarms-read-log-lines',
    {
      'logs:TestMetricFilter': ({ logEventMessages = [] }) => ({
        matches: logEventMessages.map((_, i) => ({ eventNumber: i + 1 })),
      }),
    },
    /counts the line "quoted"/,
  ],
  [
    'a policy that allows nothing',
    'rights-by-policy',
    { 'iam:SimulateCustomPolicy': () => ({ EvaluationResults: [{ EvalDecision: 'implicitDeny' }] }) },
    /store-writer may not dynamodb:Query/,
  ],
  [
    'a policy that allows everything',
    'rights-by-policy',
    { 'iam:SimulateCustomPolicy': () => ({ EvaluationResults: [{ EvalDecision: 'allowed' }] }) },
    /store-writer may dynamodb:Query on what is not the stack's/,
  ],
  [
    'a new account',
    'account-lambda-concurrency',
    { 'lambda:GetAccountSettings': () => ({ AccountLimit: { UnreservedConcurrentExecutions: 9 } }) },
    /has 9 functions at once; 10 are needed/,
  ],
  ['a quota with another name', 'account-appsync-tokens', { 'servicequotas:ListServiceQuotas': () => ({}) }, /does not tell/],
  [
    'a low quota of writes',
    'account-dynamodb-writes',
    { 'servicequotas:ListServiceQuotas': () => ({ Quotas: [{ QuotaName: 'Table-level write throughput limit', Value: 10 }] }) },
    /10 write units/,
  ],
  ['two zones', 'account-zones', { 'ec2:DescribeAvailabilityZones': () => ({ AvailabilityZones: [{}, {}] }) }, /us-east-1 has/],
];

test.each(OTHERWISE)('%s is told by %s', async (_, id, answers, said) => {
  expect(await seenOf(id, place(answers))).toEqual({ holds: false, seen: expect.stringMatching(said) as string });
});

test('each claim of the step is told of when it does not hold', () => {
  expect([...new Set(OTHERWISE.map(([, id]) => id))].sort()).toEqual(offline.map(({ id }) => id).sort());
});

test('the one region with two zones is content with them', async () => {
  const answers = { 'ec2:DescribeAvailabilityZones': () => ({ AvailabilityZones: [{}, {}] }) };

  expect(await seenOf('account-zones', place(answers, { region: 'us-west-1' }))).toMatchObject({ holds: true });
});

describe('what is recorded', () => {
  const contexts = recordedContexts();

  test('every handler of every bundle has a context in which it comes to its end', () => {
    const good = contexts
      .filter(
        (one) =>
          evaluator.evaluate({ code: bundle(one.name), context: contextText(one), function: one.handler }).error === undefined,
      )
      .map(({ name, handler }) => `${name} ${handler}`);

    expect([...new Set(good)].sort()).toEqual(resolvers.flatMap((name) => [`${name} request`, `${name} response`]).sort());
  });

  test('no context is longer than EvaluateCode takes', () => {
    expect(Math.max(...contexts.map((one) => contextText(one).length))).toBeLessThanOrEqual(28_000);
  });

  test.each(['dev', 'lean', 'prod'] as const)('every metric filter of %s has lines that it counts, and others', async (stage) => {
    const own = templateOf(stage).toJSON() as Template;

    expect(metricFiltersOf(own).length).toBeGreaterThan(0);
    expect(await seenOf('alarms-read-log-lines', place({}, { template: own }))).toMatchObject({ holds: true });
  });
});
