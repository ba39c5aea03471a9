import type { Aws, CallName, Calls } from '../../infra/confirm/aws.ts';
import { COPIED_TEXTS } from '../../infra/confirm/warehouse/copy.ts';
import { BY_API, BY_DOOR, EXPECTED } from '../../infra/confirm/stage/sent-lines.ts';
import type { StageGiven } from '../../infra/confirm/stage/place.ts';

/** What becomes of the call with this number: nothing, or it is done and the answer is lost. */
export interface Trouble {
  readonly call: number;
  readonly isDone: boolean;
  /** Whether the run ends there, so that no call follows. */
  readonly isEnd: boolean;
}

const named = (name: string) => Object.assign(new Error(`it is a ${name}`), { name });

function present(all: ReadonlySet<string>, name: string): object {
  if (!all.has(name)) throw named('ResourceNotFoundException');
  return { name };
}

function removed(all: Set<string>, name: string): object {
  present(all, name);
  all.delete(name);
  return {};
}

/** An account with the APIs of other people, in which a run can be ended at any call. */
export class MemoryAccount {
  readonly apis = new Map<string, string>([
    ['id-of-dev', 'Tillgraph-dev'],
    ['id-of-a-likeness', 'tillgraph-confirm'],
    ['id-of-another-run', 'tillgraph-confirm-ffffffffffff-api'],
  ]);
  readonly namespaces = new Set(['tillgraph-dev-1a2b3c4d']);
  readonly workgroups = new Set(['tillgraph-dev-1a2b3c4d']);
  /** Migrations that its database has recorded. */
  private recorded: string[] = [];
  /** By name: what their buckets hold. */
  readonly stacks = new Map<string, Set<string>>([['Tillgraph-dev', new Set(['raw/of-somebody'])]]);
  readonly secrets = new Set(['tillgraph-dev-bi']);
  readonly queues = new Set(['tillgraph-dev-queue']);
  readonly roles = new Map<string, Set<string>>([['tillgraph-dev-copy', new Set(['own'])]]);
  /** By name: what they hold. Those of stacks are with them. */
  readonly buckets = new Map<string, Set<string>>([['somebodys', new Set(['a'])]]);
  /** Whether its workgroup is past a limit. */
  private isLimited = false;
  readonly asked: CallName[] = [];
  hasProd = false;
  private looks = 0;

  private readonly answers: { readonly [Name in CallName]?: (input: Calls[Name][0]) => object } = {
    'sts:GetCallerIdentity': () => ({ Account: '111122223333' }),
    'cloudformation:DescribeStacks': ({ StackName = '' }) => {
      if (this.hasProd && StackName === 'Tillgraph-prod') return { Stacks: [{ StackName }] };
      if (!this.stacks.has(StackName)) throw new Error(`Stack with id ${StackName} does not exist`);
      const StackStatus = (this.looks += 1) % 3 === 0 ? 'UPDATE_IN_PROGRESS' : 'UPDATE_COMPLETE';
      return { Stacks: [{ StackName, StackStatus }] };
    },
    // In pages of one.
    'cloudformation:ListStackResources': ({ StackName = '', NextToken }) =>
      NextToken === undefined
        ? { StackResourceSummaries: [{ ResourceType: 'AWS::SNS::Topic' }], NextToken: 'second page' }
        : { StackResourceSummaries: [{ ResourceType: 'AWS::S3::Bucket', PhysicalResourceId: `${StackName}-bucket` }] },
    'cloudformation:DeleteStack': ({ StackName = '' }) => {
      // A bucket that holds something stays, and its stack with it.
      if (this.stacks.get(StackName)?.size === 0) this.stacks.delete(StackName);
      return {};
    },
    's3:CreateBucket': ({ Bucket = '' }) => {
      this.buckets.set(Bucket, new Set());
      return {};
    },
    's3:PutObject': ({ Bucket = '', Key = '' }) => {
      this.objectsOf(Bucket).add(Key);
      return {};
    },
    's3:DeleteBucket': ({ Bucket = '' }) => {
      if (this.objectsOf(Bucket).size > 0) throw named('BucketNotEmpty');
      this.buckets.delete(Bucket);
      return {};
    },
    'sqs:CreateQueue': ({ QueueName = '' }) => {
      this.queues.add(QueueName);
      return { QueueUrl: `https://sqs.us-east-1.amazonaws.com/111122223333/${QueueName}` };
    },
    'sqs:GetQueueUrl': ({ QueueName = '' }) => {
      if (!this.queues.has(QueueName)) throw named('QueueDoesNotExist');
      return { QueueUrl: `https://sqs.us-east-1.amazonaws.com/111122223333/${QueueName}` };
    },
    'sqs:DeleteQueue': ({ QueueUrl = '' }) => {
      this.queues.delete(QueueUrl.split('/').at(-1) ?? '');
      return {};
    },
    'iam:CreateRole': ({ RoleName = '' }) => {
      this.roles.set(RoleName, new Set());
      return { Role: { Arn: `arn:aws:iam::111122223333:role/${RoleName}` } };
    },
    'iam:PutRolePolicy': ({ RoleName = '', PolicyName = '' }) => {
      this.policiesOf(RoleName).add(PolicyName);
      return {};
    },
    'iam:DeleteRolePolicy': ({ RoleName = '', PolicyName = '' }) => {
      if (!this.policiesOf(RoleName).delete(PolicyName)) throw named('NoSuchEntity');
      return {};
    },
    'iam:DeleteRole': ({ RoleName = '' }) => {
      if (this.policiesOf(RoleName).size > 0) throw named('DeleteConflict');
      this.roles.delete(RoleName);
      return {};
    },
    'redshift-serverless:UpdateNamespace': ({ namespaceName = '' }) => present(this.namespaces, namespaceName),
    's3:ListObjectsV2': ({ Bucket = '' }) => ({ Contents: [...this.objectsOf(Bucket)].slice(0, 2).map((Key) => ({ Key })) }),
    's3:DeleteObjects': ({ Bucket = '', Delete }) => {
      for (const { Key = '' } of Delete?.Objects ?? []) this.objectsOf(Bucket).delete(Key);
      return {};
    },
    'appsync:CreateGraphqlApi': ({ name = '' }) => {
      const apiId = `id-${String(this.apis.size)}`;
      this.apis.set(apiId, name);
      return { graphqlApi: { apiId, uris: { GRAPHQL: 'https://api.example/graphql' } } };
    },
    'redshift-serverless:CreateNamespace': ({ namespaceName = '' }) => {
      this.namespaces.add(namespaceName);
      this.recorded = [];
      return { namespace: { adminPasswordSecretArn: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:administrator' } };
    },
    'redshift-serverless:GetNamespace': ({ namespaceName = '' }) => present(this.namespaces, namespaceName),
    'redshift-serverless:DeleteNamespace': ({ namespaceName = '' }) => removed(this.namespaces, namespaceName),
    'redshift-serverless:CreateWorkgroup': ({ workgroupName = '' }) => {
      this.workgroups.add(workgroupName);
      this.isLimited = false;
      return {};
    },
    'redshift-serverless:CreateUsageLimit': () => {
      this.isLimited = true;
      return {};
    },
    'secretsmanager:CreateSecret': ({ Name = '' }) => {
      this.secrets.add(Name);
      return { ARN: `arn:${Name}` };
    },
    'secretsmanager:DeleteSecret': ({ SecretId = '' }) => removed(this.secrets, SecretId),
    'redshift-serverless:GetWorkgroup': ({ workgroupName = '' }) => ({
      workgroup: { ...present(this.workgroups, workgroupName), status: (this.looks += 1) % 2 === 0 ? 'CREATING' : 'AVAILABLE' },
    }),
    'redshift-serverless:DeleteWorkgroup': ({ workgroupName = '' }) => {
      present(this.workgroups, workgroupName);
      if ((this.looks += 1) % 2 === 0) throw named('ConflictException');
      return removed(this.workgroups, workgroupName);
    },
    'redshift-data:BatchExecuteStatement': ({ Sqls = [] }) => {
      const [last = ''] = Sqls.slice(-1);
      if (this.isLimited) return { Id: 'limited', Status: 'STARTED' };
      const [, name, checksum] = /^INSERT INTO intake\.migration .*VALUES \('([^']*)', '([^']*)'/.exec(last) ?? [];
      if (name !== undefined && checksum !== undefined) this.recorded.push(`${name} ${checksum}`);
      return {
        Id: last.startsWith('SELECT description')
          ? 'arrived'
          : last.includes('FROM intake.load_audit')
            ? 'counts'
            : last.includes('CURRENT_USER')
              ? 'who'
              : last.includes('intake.migration\nGROUP')
                ? 'records'
                : 'other',
        Status: 'FINISHED',
      };
    },
    'redshift-data:DescribeStatement': () => ({ Status: 'FAILED', Error: 'ERROR: Query reached usage limit' }),
    'redshift-data:GetStatementResult': ({ Id = '' }) => ({
      Records: Id.startsWith('arrived')
        ? COPIED_TEXTS.map((text) => [text === null ? { isNull: true } : { stringValue: text }])
        : Id.startsWith('counts')
          ? [[{ longValue: 3 }, { longValue: 3 }]]
          : Id.startsWith('who')
            ? [[{ stringValue: 'administrator' }]]
            : Id.startsWith('records')
              ? this.recorded.map((one) => one.split(' ').map((stringValue) => ({ stringValue })))
              : [],
    }),
    'appsync:StartSchemaCreation': () => ({ status: 'PROCESSING' }),
    'appsync:GetSchemaCreationStatus': () => ({ status: (this.looks += 1) === 1 ? 'PROCESSING' : 'SUCCESS' }),
    'appsync:CreateApiKey': () => ({ apiKey: { id: 'da2-key' } }),
    'appsync:CreateDataSource': () => ({}),
    'appsync:CreateFunction': () => ({}),
    'appsync:CreateResolver': () => ({}),
    'appsync:PutGraphqlApiEnvironmentVariables': () => ({}),
    // In pages of two.
    'appsync:ListGraphqlApis': ({ nextToken = '0' }) => {
      const all = [...this.apis].map(([apiId, name]) => ({ apiId, name }));
      const end = Number(nextToken) + 2;
      return { graphqlApis: all.slice(Number(nextToken), end), ...(end < all.length ? { nextToken: String(end) } : {}) };
    },
    'appsync:DeleteGraphqlApi': ({ apiId = '' }) => {
      this.apis.delete(apiId);
      return {};
    },
  };

  /** Everything in it, by kind and name. */
  names(): readonly string[] {
    const { apis, namespaces, workgroups, secrets, roles, queues, buckets, stacks } = this;
    return [
      ...[...apis.values()].map((name) => `api ${name}`),
      ...[...namespaces].map((name) => `namespace ${name}`),
      ...[...workgroups].map((name) => `workgroup ${name}`),
      ...[...secrets].map((name) => `secret ${name}`),
      ...[...queues].map((name) => `queue ${name}`),
      ...[...roles].map(([name, policies]) => `role ${name} with ${[...policies].join(', ')}`),
      ...[...buckets].map(([name, objects]) => `bucket ${name} with ${[...objects].join(', ')}`),
      ...[...stacks].map(([name, objects]) => `stack ${name} with ${[...objects].join(', ')}`),
    ];
  }

  private objectsOf(bucket: string): Set<string> {
    const own = this.buckets.get(bucket);
    if (own !== undefined) return own;
    const ofStack = this.stacks.get(bucket.replace(/-bucket$/, ''));
    if (ofStack === undefined) throw named('NoSuchBucket');
    return ofStack;
  }

  private policiesOf(role: string): Set<string> {
    const policies = this.roles.get(role);
    if (policies === undefined) throw named('NoSuchEntity');
    return policies;
  }

  /** How a run deploys stacks into it; each deployment can be ended before and after it has made the stack. */
  deployments(door: Aws): Pick<StageGiven, 'deploy' | 'shopOf'> {
    const step = () => door('sts:GetCallerIdentity', {});
    let last = '';
    return {
      deploy: async ({ stackName }) => {
        await step();
        this.stacks.set(stackName, this.stacks.get(stackName) ?? new Set());
        last = stackName;
        await step();
        return {};
      },
      shopOf: () => ({
        send: async () => {
          await step();
          for (const key of ['raw/1', 'raw/2', 'raw/3']) this.stacks.get(last)?.add(key);
          return { byApi: BY_API.length, byDoor: BY_DOOR.length };
        },
        putFile: async () => {
          await step();
          this.stacks.get(last)?.add('bulk/confirm.csv');
        },
        count: async () => {
          await step();
          return (this.looks += 1) % 2 === 0 ? EXPECTED : { ...EXPECTED, curated: { lines: 0, units: 0, mills: 0 } };
        },
      }),
    };
  }

  /** The account as one run sees it. */
  door(trouble?: Trouble): Aws {
    let calls = 0;
    let isOver = false;
    return async (name, input) => {
      if (isOver) throw new Error('the run is over');
      const isTrouble = trouble?.call === (calls += 1);
      if (isTrouble && trouble.isEnd) isOver = true;
      if (isTrouble && !trouble.isDone) throw new Error(`${name} did not happen`);
      this.asked.push(name);
      const answer = this.answers[name] as ((input: unknown) => object) | undefined;
      if (answer === undefined) throw new Error(`nobody answers ${name}`);
      const given = answer(input);
      if (isTrouble) throw new Error(`the answer of ${name} was lost`);
      return given as never;
    };
  }
}
