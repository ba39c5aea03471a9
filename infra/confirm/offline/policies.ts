import type { Template } from './place.ts';

/** A statement of a role, its resources and conditions in plain text. */
export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** An account that is nobody's, so that no true number is sent or written anywhere. */
const ACCOUNT = '123456789012';

/** What a service calls a resource of a type. */
const ARNS: Readonly<Record<string, (name: string, at: string) => string>> = {
  'AWS::S3::Bucket': (name) => `arn:aws:s3:::${name.toLowerCase()}`,
  'AWS::DynamoDB::GlobalTable': (name, at) => `arn:aws:dynamodb:${at}:table/${name}`,
  'AWS::Kinesis::Stream': (name, at) => `arn:aws:kinesis:${at}:stream/${name}`,
  'AWS::Logs::LogGroup': (name, at) => `arn:aws:logs:${at}:log-group:${name}:*`,
  'AWS::Lambda::Function': (name, at) => `arn:aws:lambda:${at}:function:${name}`,
  'AWS::SecretsManager::Secret': (name, at) => `arn:aws:secretsmanager:${at}:secret:${name}-AbCdEf`,
  'AWS::RedshiftServerless::Workgroup': (_, at) =>
    `arn:aws:redshift-serverless:${at}:workgroup/00000000-0000-4000-8000-000000000000`,
  'AWS::IAM::Role': (name) => `arn:aws:iam::${ACCOUNT}:role/${name}`,
  'AWS::SNS::Topic': (name, at) => `arn:aws:sns:${at}:${name}`,
};

/** A template's text with every intrinsic replaced, as far as policies use them. @throws TypeError for one it does not know */
function plainText(value: unknown, { Resources }: Template, region: string): string {
  if (typeof value === 'string') return value;
  const at = `${region}:${ACCOUNT}`;
  const pseudo: Readonly<Record<string, string>> = {
    'AWS::AccountId': ACCOUNT,
    'AWS::Region': region,
    'AWS::Partition': 'aws',
    'AWS::StackId': `arn:aws:cloudformation:${at}:stack/Tillgraph/1a2b3c4d-0000-4000-8000-000000000000`,
  };
  const text = (part: unknown): string => plainText(part, { Resources }, region);
  const intrinsic = value as Readonly<Record<string, unknown>>;
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join, 'Fn::Sub': substituted } = intrinsic;
  if (typeof Ref === 'string') return pseudo[Ref] ?? Ref;
  if (typeof substituted === 'string') return substituted.replaceAll(/\$\{([^}]*)\}/g, (_, name: string) => pseudo[name] ?? name);
  if (Array.isArray(join)) return (join[1] as unknown[]).map(text).join(String(join[0]));
  if (Array.isArray(attribute)) {
    const [id = '', name = ''] = attribute as string[];
    if (!name.endsWith('Arn')) return name === 'RoleId' ? 'AROAEXAMPLE' : id;
    const arn = ARNS[Resources[id]?.Type ?? ''];
    if (arn !== undefined) return arn(id, at);
  }
  if (Array.isArray(intrinsic['Fn::Select'])) {
    const [index, { 'Fn::Split': split }] = intrinsic['Fn::Select'] as [number, { 'Fn::Split': [string, unknown] }];
    return text(split[1]).split(split[0])[index] ?? '';
  }
  throw new TypeError(`a policy has ${JSON.stringify(value)}, for which there is no text yet`);
}

const list = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly T[]) : [value as T];

/** The statements of a role's policy. @param role - as the logical id of its policy begins */
export function statementsOf(template: Template, region: string, role: string): readonly Statement[] {
  const policy = Object.entries(template.Resources).find(
    ([id, { Type }]) => Type === 'AWS::IAM::Policy' && id.replace(/(RoleDefaultPolicy|Policy)[0-9A-F]{8}$/, '') === role,
  )?.[1].Properties?.['PolicyDocument'] as { Statement: readonly Readonly<Record<string, unknown>>[] } | undefined;
  return (policy?.Statement ?? []).map(({ Effect, Action, Resource, Condition }) => ({
    Effect: Effect as Statement['Effect'],
    Action: list(Action as string | string[]),
    Resource: list(Resource).map((one) => plainText(one, template, region)),
    ...(Condition === undefined ? {} : { Condition: plainCondition(Condition as object, template, region) }),
  }));
}

const plainCondition = (condition: object, template: Template, region: string) =>
  Object.fromEntries(
    Object.entries(condition as Record<string, Record<string, unknown>>).map(([operator, keys]) => [
      operator,
      Object.fromEntries(
        Object.entries(keys).map(([key, values]) => [
          // A key that is an intrinsic has no name before the deployment; ours are all plain.
          key,
          list(values).map((one) => plainText(one, template, region)),
        ]),
      ),
    ]),
  );
