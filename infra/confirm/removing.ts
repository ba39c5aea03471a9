import type { Aws } from './aws.ts';
import type { Kind } from './journal.ts';
import { ROLE_POLICY } from './role-policy.ts';

/** @unit milliseconds */
export type Wait = (milliseconds: number) => Promise<void>;

/** Asks until the answer is no. @param isThere - whether to ask again; when it fails, so does this */
export async function waitWhile(isThere: () => Promise<boolean>, wait: Wait, every: number): Promise<void> {
  while (await isThere()) await wait(every);
}

/** Of a workgroup or a namespace, which take minutes. @unit milliseconds */
const LOOK = 10_000;

const ABSENT: ReadonlySet<string> = new Set([
  'ResourceNotFoundException',
  'NoSuchEntity',
  'NoSuchEntityException',
  'NoSuchBucket',
  'QueueDoesNotExist',
  'AWS.SimpleQueueService.NonExistentQueue',
]);
const isAbsent = (error: unknown) => error instanceof Error && ABSENT.has(error.name);
/** It is being made, changed or deleted. */
const isBusy = (error: unknown) => error instanceof Error && error.name === 'ConflictException';

/** Deletes what is deleted in the background, and waits until it is gone. @param look - fails when it is not there */
async function removeSlowly(deleted: () => Promise<unknown>, look: () => Promise<unknown>, wait: Wait): Promise<void> {
  await waitWhile(
    async () => {
      try {
        await deleted();
        return false;
      } catch (error) {
        if (isAbsent(error)) return false;
        if (isBusy(error)) return true;
        throw error;
      }
    },
    wait,
    LOOK,
  );
  await waitWhile(
    async () => {
      try {
        await look();
        return true;
      } catch (error) {
        if (isAbsent(error)) return false;
        throw error;
      }
    },
    wait,
    LOOK,
  );
}

/** Where a stack is; undefined: nowhere. */
async function statusOf(aws: Aws, StackName: string): Promise<string | undefined> {
  try {
    const { Stacks: [stack] = [] } = await aws('cloudformation:DescribeStacks', { StackName });
    return stack?.StackStatus;
  } catch (error) {
    if (error instanceof Error && error.message.includes('does not exist')) return undefined;
    throw error;
  }
}

/** Deletes every object of the buckets that the stack has made: a bucket that holds something is not deleted with its stack. */
async function emptyBuckets(aws: Aws, StackName: string): Promise<void> {
  const buckets: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await aws('cloudformation:ListStackResources', { StackName, ...(NextToken === undefined ? {} : { NextToken }) });
    for (const { ResourceType, ResourceStatus, PhysicalResourceId } of page.StackResourceSummaries ?? [])
      if (ResourceType === 'AWS::S3::Bucket' && ResourceStatus !== 'DELETE_COMPLETE' && PhysicalResourceId !== undefined)
        buckets.push(PhysicalResourceId);
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  for (const bucket of buckets) await emptyBucket(aws, bucket);
}

async function emptyBucket(aws: Aws, Bucket: string): Promise<void> {
  for (;;) {
    const { Contents = [] } = await aws('s3:ListObjectsV2', { Bucket });
    if (Contents.length === 0) return;
    await aws('s3:DeleteObjects', { Bucket, Delete: { Objects: Contents.map(({ Key }) => ({ Key })), Quiet: true } });
  }
}

/** Nothing happens when it is not there. */
async function unlessAbsent(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
}

/** A stack cannot be deleted. */
class StackStaysError extends Error {
  override readonly name = 'StackStaysError';
  readonly code = 'STACK_STAYS';

  constructor(
    readonly stackName: string,
    readonly status: string,
  ) {
    super(`CloudFormation does not delete ${stackName}: it is ${status}, and its events say why`);
  }
}

/** What is under way, and ends by itself. REVIEW_IN_PROGRESS is a stack for which nothing has begun. */
const isUnderWay = (status: string | undefined) =>
  status !== undefined && status !== 'REVIEW_IN_PROGRESS' && status.endsWith('_IN_PROGRESS');

/** The network interfaces of a workgroup outlive it by minutes, and the functions may put an object while the bucket is emptied. */
const DELETIONS = 4;

async function removeStack(aws: Aws, StackName: string, wait: Wait): Promise<void> {
  const settled = async () => {
    await waitWhile(async () => isUnderWay(await statusOf(aws, StackName)), wait, LOOK);
    return statusOf(aws, StackName);
  };
  let status = await settled();
  for (let deletion = 1; status !== undefined; deletion++) {
    if (deletion > DELETIONS) throw new StackStaysError(StackName, status);
    await emptyBuckets(aws, StackName);
    await aws('cloudformation:DeleteStack', { StackName });
    status = await settled();
  }
}

const REMOVE: Readonly<Record<Kind, (aws: Aws, name: string, wait: Wait) => Promise<void>>> = {
  async 'graphql-api'(aws, name) {
    // AWS chooses the id, and a run that was ended may not have heard it.
    const ids: (string | undefined)[] = [];
    let nextToken: string | undefined;
    do {
      const page = await aws('appsync:ListGraphqlApis', nextToken === undefined ? {} : { nextToken });
      ids.push(...(page.graphqlApis ?? []).filter((api) => api.name === name).map(({ apiId }) => apiId));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    for (const apiId of ids) await aws('appsync:DeleteGraphqlApi', { apiId });
  },
  stack: removeStack,
  // At once: a secret that waits to be forgotten keeps its name.
  secret: (aws, SecretId) =>
    unlessAbsent(() => aws('secretsmanager:DeleteSecret', { SecretId, ForceDeleteWithoutRecovery: true })),
  bucket: (aws, Bucket) =>
    unlessAbsent(async () => {
      await emptyBucket(aws, Bucket);
      await aws('s3:DeleteBucket', { Bucket });
    }),
  queue: (aws, QueueName) =>
    unlessAbsent(async () => {
      const { QueueUrl } = await aws('sqs:GetQueueUrl', { QueueName });
      await aws('sqs:DeleteQueue', { QueueUrl });
    }),
  async role(aws, RoleName) {
    await unlessAbsent(() => aws('iam:DeleteRolePolicy', { RoleName, PolicyName: ROLE_POLICY }));
    await unlessAbsent(() => aws('iam:DeleteRole', { RoleName }));
  },
  workgroup: (aws, workgroupName, wait) =>
    removeSlowly(
      () => aws('redshift-serverless:DeleteWorkgroup', { workgroupName }),
      () => aws('redshift-serverless:GetWorkgroup', { workgroupName }),
      wait,
    ),
  namespace: (aws, namespaceName, wait) =>
    removeSlowly(
      () => aws('redshift-serverless:DeleteNamespace', { namespaceName }),
      () => aws('redshift-serverless:GetNamespace', { namespaceName }),
      wait,
    ),
};

/** Removes a thing by its name, and resolves when it is gone; nothing happens when it is not there. */
export const remove = (kind: Kind, aws: Aws, name: string, wait: Wait): Promise<void> => REMOVE[kind](aws, name, wait);
