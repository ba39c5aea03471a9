import type { Aws } from '../aws.ts';
import { differs, holds, type Seen } from '../claim.ts';
import type { Journal, Made } from '../journal.ts';
import { ROLE_POLICY } from '../role-policy.ts';
import type { ApiPlace, Post } from './place.ts';

/** An empty queue answers a long poll when its time is over, and costs nothing: it stands in for the Data API. */
export const WAIT_SCHEMA = 'type Query { waited(queue: String!, seconds: Int!): Int }';

const CODE = `import { util } from '@aws-appsync/utils';
export function request(ctx) {
  return {
    method: 'POST',
    resourcePath: '/',
    params: {
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.ReceiveMessage' },
      body: JSON.stringify({ QueueUrl: ctx.args.queue, WaitTimeSeconds: ctx.args.seconds }),
    },
  };
}
export function response(ctx) {
  if (ctx.error) util.error(ctx.error.message, ctx.error.type);
  return ctx.result.statusCode;
}
`;

interface Given {
  readonly aws: Aws;
  readonly journal: Journal;
  readonly made: Omit<Made, 'kind'>;
}

const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'appsync.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

/** Gives an API a field that waits for an empty queue, signed as the stack signs its calls of the Data API. @returns the queue's URL */
export async function addWaitingField({ aws, journal, made }: Given, apiId: string): Promise<string> {
  const [QueueName, RoleName] = [`${made.name}-queue`, `${made.name}-source`];
  const { QueueUrl = '' } = await journal.make({ ...made, name: QueueName, kind: 'queue' }, () =>
    aws('sqs:CreateQueue', { QueueName }),
  );
  const { Role } = await journal.make({ ...made, name: RoleName, kind: 'role' }, () =>
    aws('iam:CreateRole', { RoleName, AssumeRolePolicyDocument: trust }),
  );
  const partition = Role?.Arn?.split(':')[1] ?? 'aws';
  const queue = `arn:${partition}:sqs:${made.region}:${made.account}:${QueueName}`;
  const statement = { Effect: 'Allow', Action: 'sqs:ReceiveMessage', Resource: queue };
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  await aws('iam:PutRolePolicy', { RoleName, PolicyName: ROLE_POLICY, PolicyDocument });
  await aws('appsync:CreateDataSource', {
    ...{ apiId, name: 'queue', type: 'HTTP', serviceRoleArn: Role?.Arn },
    httpConfig: {
      endpoint: new URL(QueueUrl).origin,
      authorizationConfig: {
        authorizationType: 'AWS_IAM',
        awsIamConfig: { signingRegion: made.region, signingServiceName: 'sqs' },
      },
    },
  });
  await aws('appsync:CreateResolver', {
    ...{ apiId, typeName: 'Query', fieldName: 'waited', kind: 'UNIT', dataSourceName: 'queue', code: CODE },
    runtime: { name: 'APPSYNC_JS', runtimeVersion: '1.0.0' },
  });
  return QueueUrl;
}

/** How long the second step of a question waits for the Data API. @unit seconds */
const OURS = 10;
/** The longest that anybody reports to have passed. @unit seconds */
const LONGEST = 18;
/** A role that was just made is not known everywhere. */
const ATTEMPTS = 12;

async function measureWait(post: Post, queue: string, seconds: number): Promise<string | undefined> {
  const { body } = await post('query ($queue: String!, $seconds: Int!) { waited(queue: $queue, seconds: $seconds) }', {
    queue,
    seconds,
  });
  const { data, errors = [] } = JSON.parse(body) as { data?: { waited?: number } | null; errors?: { message: string }[] };
  if (errors.length === 0 && data?.waited === 200) return undefined;
  return errors[0]?.message ?? `the queue answered ${String(data?.waited ?? 'nothing')}`;
}

export async function sourcesMayWait({ waitingField, wait }: ApiPlace): Promise<Seen> {
  const { post, queue } = await waitingField();
  for (let attempt = 1; ; attempt++) {
    const refusal = await measureWait(post, queue, 1);
    if (refusal === undefined) break;
    if (attempt === ATTEMPTS) return differs(`A source that waits one second was refused: ${refusal}.`);
    await wait(10_000);
  }
  const [ours, longest] = [await measureWait(post, queue, OURS), await measureWait(post, queue, LONGEST)];
  const more = longest === undefined ? `, and ${String(LONGEST)} as well` : `; ${String(LONGEST)} were refused: ${longest}`;
  if (ours === undefined) return holds(`A source was waited for for ${String(OURS)} seconds${more}.`);
  return differs(`A source that takes ${String(OURS)} seconds was refused: ${ours}.`);
}
