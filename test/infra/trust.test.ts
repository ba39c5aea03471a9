import { describe, expect, test } from 'vitest';
import { type Resource, resources, type StageName, templateOf } from './synthesis.ts';

const stages: readonly StageName[] = ['dev', 'lean', 'prod'];

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal: { readonly Service?: string | readonly string[]; readonly AWS?: unknown };
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** The conditions by which a service acts for this account only, or for one resource of it. */
const OWN = ['aws:SourceAccount', 'aws:SourceArn', 'sts:ExternalId'];

/** Services that are let in without such a condition, and why. */
const UNCONDITIONAL: Readonly<Record<string, string>> = {
  // Its guide, "Restricting access to IAM roles", knows one condition only: an external id of database users, by a workgroup's id, which is
  // known when the workgroup has been made with this role. Who associates the role must be allowed to pass it, in this account.
  'redshift-serverless.amazonaws.com': 'COPY is by more than one database user, and none has an id before the role is there',
  'redshift.amazonaws.com': 'COPY is by more than one database user, and none has an id before the role is there',
  // The guide of CloudWatch, "Notify users on alarm changes": a key's statement for alarms, without a condition.
  'cloudwatch.amazonaws.com to AWS::KMS::Key': 'the topic behind the key takes alarms of this account only',
};

const services = ({ Principal }: Statement) => [Principal.Service ?? []].flat();

/** Every statement that lets a service in, by a role's trust or the policy of a resource. */
function admissions(stage: StageName): readonly { readonly id: string; readonly who: string; readonly statement: Statement }[] {
  const all = templateOf(stage).toJSON()['Resources'] as Readonly<Record<string, Resource>>;
  return Object.entries(all).flatMap(([id, { Type, Properties = {} }]) => {
    const policy =
      Properties[
        Type === 'AWS::IAM::Role' ? 'AssumeRolePolicyDocument' : Type === 'AWS::KMS::Key' ? 'KeyPolicy' : 'PolicyDocument'
      ];
    if (Type === 'AWS::IAM::Policy' || policy === undefined) return [];
    return (policy as { Statement: readonly Statement[] }).Statement.flatMap((statement) =>
      statement.Effect === 'Allow'
        ? services(statement).map((service) => ({
            id,
            who: Type === 'AWS::IAM::Role' ? service : `${service} to ${Type}`,
            statement,
          }))
        : [],
    );
  });
}

describe.each(stages)('in %s', (stage) => {
  test('every service that is let in acts for this account, or a reason is written down', () => {
    const open = admissions(stage)
      .filter(({ statement: { Condition = {} } }) => !Object.values(Condition).some((keys) => OWN.some((key) => key in keys)))
      .map(({ who }) => who);

    expect(open.filter((who) => UNCONDITIONAL[who] === undefined)).toEqual([]);
  });

  test('nobody else is let in: the policies of resources name services, and otherwise only forbid', () => {
    const all = templateOf(stage).toJSON()['Resources'] as Readonly<Record<string, Resource>>;
    const others = Object.values(all)
      .filter(({ Type }) => Type.endsWith('Policy') && Type !== 'AWS::IAM::Policy')
      .flatMap(({ Properties }) => (Properties['PolicyDocument'] as { Statement: readonly Statement[] }).Statement)
      .filter((statement) => statement.Effect === 'Allow' && services(statement).length === 0);

    expect(others).toEqual([]);
  });

  test('functions are called by one route or rule each', () => {
    const callers = Object.values(resources(templateOf(stage), 'AWS::Lambda::Permission')).map(({ Properties }) => [
      Properties['Principal'],
      JSON.stringify(Properties['SourceArn']),
    ]);

    expect(callers).toEqual([
      ['apigateway.amazonaws.com', expect.stringMatching(/\/transactions"/)],
      ...(stage === 'lean'
        ? []
        : ['WarehouseImportStarterPut', 'WarehouseLoaderDelivered'].map((rule) => [
            'events.amazonaws.com',
            expect.stringContaining(rule) as string,
          ])),
    ]);
  });
});

test('every reason for letting a service in without a condition is still needed', () => {
  const asked = new Set(admissions('prod').map(({ who }) => who));

  expect(Object.keys(UNCONDITIONAL).filter((who) => !asked.has(who))).toEqual([]);
});

describe.each(['dev', 'prod'] as const)('in %s', (stage) => {
  test('every rule and schedule has the queue for events that reached no target', () => {
    const template = templateOf(stage);
    const [queue, second] = Object.keys(resources(template, 'AWS::SQS::Queue'));
    const targets = [
      ...Object.values(resources(template, 'AWS::Events::Rule')).flatMap(({ Properties }) => Properties['Targets'] as object[]),
      ...Object.values(resources(template, 'AWS::Scheduler::Schedule')).map(({ Properties }) => Properties['Target'] as object),
    ];

    expect(second).toBeUndefined();
    expect(targets).toHaveLength(6);
    for (const target of targets) expect(target).toMatchObject({ DeadLetterConfig: { Arn: { 'Fn::GetAtt': [queue, 'Arn'] } } });
  });
});

test('in prod an address may ask 100 times a second, and alarms are encrypted on their way', () => {
  const prod = templateOf('prod');

  prod.hasResourceProperties('AWS::WAFv2::WebACL', {
    Scope: 'REGIONAL',
    DefaultAction: { Allow: {} },
    Rules: [{ Action: { Block: {} }, Statement: { RateBasedStatement: { Limit: 30_000, EvaluationWindowSec: 300 } } }],
  });
  prod.hasResourceProperties('AWS::WAFv2::WebACLAssociation', {
    ResourceArn: { 'Fn::GetAtt': [Object.keys(resources(prod, 'AWS::AppSync::GraphQLApi')).join(), 'Arn'] },
  });
  prod.hasResourceProperties('AWS::SNS::Topic', {
    KmsMasterKeyId: { 'Fn::GetAtt': [Object.keys(resources(prod, 'AWS::KMS::Key')).join(), 'Arn'] },
  });
  for (const stage of ['dev', 'lean'] as const)
    for (const type of ['AWS::WAFv2::WebACL', 'AWS::KMS::Key']) templateOf(stage).resourceCountIs(type, 0);
});
