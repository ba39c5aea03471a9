import type { Aws, CallName, Calls } from '../../infra/confirm/aws.ts';

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
  #recorded: string[] = [];
  readonly asked: CallName[] = [];
  hasProd = false;
  #looks = 0;

  readonly #answers: { readonly [Name in CallName]?: (input: Calls[Name][0]) => object } = {
    'sts:GetCallerIdentity': () => ({ Account: '111122223333' }),
    'cloudformation:DescribeStacks': () => {
      if (this.hasProd) return { Stacks: [{ StackName: 'Tillgraph-prod' }] };
      throw new Error('Stack with id Tillgraph-prod does not exist');
    },
    'appsync:CreateGraphqlApi': ({ name = '' }) => {
      const apiId = `id-${String(this.apis.size)}`;
      this.apis.set(apiId, name);
      return { graphqlApi: { apiId, uris: { GRAPHQL: 'https://api.example/graphql' } } };
    },
    'redshift-serverless:CreateNamespace': ({ namespaceName = '' }) => {
      this.namespaces.add(namespaceName);
      this.#recorded = [];
      return { namespace: { adminPasswordSecretArn: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:administrator' } };
    },
    'redshift-serverless:GetNamespace': ({ namespaceName = '' }) => present(this.namespaces, namespaceName),
    'redshift-serverless:DeleteNamespace': ({ namespaceName = '' }) => removed(this.namespaces, namespaceName),
    'redshift-serverless:CreateWorkgroup': ({ workgroupName = '' }) => {
      this.workgroups.add(workgroupName);
      return {};
    },
    'redshift-serverless:GetWorkgroup': ({ workgroupName = '' }) => ({
      workgroup: { ...present(this.workgroups, workgroupName), status: (this.#looks += 1) % 2 === 0 ? 'CREATING' : 'AVAILABLE' },
    }),
    'redshift-serverless:DeleteWorkgroup': ({ workgroupName = '' }) => {
      present(this.workgroups, workgroupName);
      if ((this.#looks += 1) % 2 === 0) throw named('ConflictException');
      return removed(this.workgroups, workgroupName);
    },
    'redshift-data:BatchExecuteStatement': ({ Sqls = [] }) => {
      const [last = ''] = Sqls.slice(-1);
      const [, name, checksum] = /^INSERT INTO intake\.migration .*VALUES \('([^']*)', '([^']*)'/.exec(last) ?? [];
      if (name !== undefined && checksum !== undefined) this.#recorded.push(`${name} ${checksum}`);
      return {
        Id: last.includes('CURRENT_USER') ? 'who' : last.includes('intake.migration\nGROUP') ? 'records' : 'other',
        Status: 'FINISHED',
      };
    },
    'redshift-data:GetStatementResult': ({ Id = '' }) => ({
      Records: Id.startsWith('who')
        ? [[{ stringValue: 'administrator' }]]
        : Id.startsWith('records')
          ? this.#recorded.map((one) => one.split(' ').map((stringValue) => ({ stringValue })))
          : [],
    }),
    'appsync:StartSchemaCreation': () => ({ status: 'PROCESSING' }),
    'appsync:GetSchemaCreationStatus': () => ({ status: (this.#looks += 1) === 1 ? 'PROCESSING' : 'SUCCESS' }),
    'appsync:CreateApiKey': () => ({ apiKey: { id: 'da2-key' } }),
    'appsync:CreateDataSource': () => ({}),
    'appsync:CreateFunction': () => ({}),
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
    const { apis, namespaces, workgroups } = this;
    return [
      ...[...apis.values()].map((name) => `api ${name}`),
      ...[...namespaces].map((name) => `namespace ${name}`),
      ...[...workgroups].map((name) => `workgroup ${name}`),
    ];
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
      const answer = this.#answers[name] as ((input: unknown) => object) | undefined;
      if (answer === undefined) throw new Error(`nobody answers ${name}`);
      const given = answer(input);
      if (isTrouble) throw new Error(`the answer of ${name} was lost`);
      return given as never;
    };
  }
}
