import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { PARITY_CASES } from '../../infra/confirm/api/parity-cases.ts';
import { openApi } from '../../infra/confirm/api/place.ts';
import { confirmCommand } from '../../infra/confirm/command.ts';
import { Journal } from '../../infra/confirm/journal.ts';
import type { Results } from '../../infra/confirm/results.ts';
import { DeployFailedError } from '../../infra/confirm/stage/cdk.ts';
import { openStage } from '../../infra/confirm/stage/place.ts';
import { openWarehouse } from '../../infra/confirm/warehouse/place.ts';
import { MemoryAccount, type Trouble } from './memory-account.ts';

const directory = mkdtempSync(join(tmpdir(), 'tillgraph-confirm-test-'));
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});
let files = 0;
const newFile = () => join(directory, String(++files), 'journal.jsonl');

const wait = () => Promise.resolve();
const one = (name: string) => ({ name, statements: ['SELECT 1'] });
const BATCHES = { load: one('load'), loadErrors: one('load errors'), refresh: one('refresh') };
const MIGRATIONS = [{ name: '0001-first.sql', text: 'CREATE SCHEMA mart;\n' }];
/** Every case of the local AppSync as it is answered here, and the schema to whoever asks for it. */
const SCHEMA_TOLD: typeof fetch = (_url, { body } = {}) => {
  const asked = JSON.parse(body as string) as { query: string; variables?: object };
  if (asked.query.includes('waited(')) return Promise.resolve(new Response('{"data":{"waited":200}}'));
  const one = PARITY_CASES.find(({ query, variables }) =>
    isDeepStrictEqual({ query, variables }, { variables: undefined, ...asked }),
  );
  const { status = 200, errors, data } = one ?? { data: { __schema: {} } };
  return Promise.resolve(new Response(JSON.stringify({ data: data ?? null, errors }), { status }));
};

/** Run the command on an account, as a process of its own: nothing but the journal's file is left of others. */
async function run(
  args: string[],
  account: MemoryAccount,
  file: string,
  { trouble, answer = SCHEMA_TOLD }: { readonly trouble?: Trouble | undefined; readonly answer?: typeof SCHEMA_TOLD } = {},
) {
  let printed = '';
  let results: Results = {};
  const door = account.door(trouble);
  const code = await confirmCommand(args, {
    print: (text) => (printed += text),
    screen: { isTTY: false, columns: 80, write: (text) => (printed += text) },
    interrupt: new AbortController().signal,
    wait,
    now: () => new Date('2026-11-30T10:00:00Z'),
    region: async () => 'us-east-1',
    aws: () => door,
    places: {
      offline: () => Promise.reject(new Error('nobody asks for it here')),
      api: (given) =>
        openApi({
          ...given,
          ...{ bundle: () => 'code', bundles: ['Query.one', 'Query.other'], schema: 'type Query { one: Int }', depth: 8 },
          ...{ fetch: answer, wait },
        }),
      stage: async (given) => openStage({ ...given, ...account.deployments(door), wait, now: Date.now }),
      warehouse: ({ aws, journal, made }) =>
        openWarehouse({ aws, journal, made, migrations: MIGRATIONS, batches: BATCHES, wait, now: Date.now }),
    },
    results: { read: () => results, write: (next) => (results = next) },
    journal: new Journal(file),
    newRun: () => 'a1b2c3d4e5f6',
  });
  return { code, printed, results };
}

const others = new MemoryAccount().names();
const STEPS = ['api', 'warehouse', 'stage'] as const;

test.each(STEPS)('a run of %s that comes to its end leaves nothing, neither in the account nor on disk', async (step) => {
  const [account, file] = [new MemoryAccount(), newFile()];

  const { code, printed, results } = await run([step, '--yes'], account, file);

  expect(Object.values(results).filter(({ outcome }) => outcome !== 'holds')).toEqual([]);
  expect(code).toBe(0);
  expect(printed).toMatch(new RegExp(`^removed [\\w-]+ tillgraph-confirm-a1b2c3d4e5f6-${step}\n`, 'im'));
  expect(account.names()).toEqual(others);
  expect(existsSync(file)).toBe(false);
});

test('wherever a run fails or is ended, clean then removes what it made and nothing else', async () => {
  const trouble = fc.record({ call: fc.integer({ min: 1, max: 110 }), isDone: fc.boolean(), isEnd: fc.boolean() });

  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...STEPS), trouble, fc.option(trouble, { nil: undefined }), async (step, first, second) => {
      const [account, file] = [new MemoryAccount(), newFile()];

      await run([step, '--yes'], account, file, { trouble: first });
      const isLeft = account.names().length > others.length;
      // Whatever is in the account is in the journal.
      expect(new Journal(file).left().length).toBeGreaterThanOrEqual(isLeft ? 1 : 0);
      // A clean that is ended itself, and one that is not.
      await run(['clean', '--yes'], account, file, { trouble: second });
      const { code } = await run(['clean', '--yes'], account, file);

      expect(code).toBe(0);
      expect(account.names()).toEqual(others);
      expect(new Journal(file).left()).toEqual([]);
    }),
    { numRuns: 80 },
  );
});

test('each kind of end, at each call, was among them', async () => {
  const ends = new Set<string>();
  for (let call = 1; call <= 48; call++) {
    const [account, file] = [new MemoryAccount(), newFile()];
    await run(['api', '--yes'], account, file, { trouble: { call, isDone: true, isEnd: true } });
    ends.add(account.asked.at(-1) ?? '');
  }

  expect([...ends]).toEqual(
    expect.arrayContaining([
      'appsync:CreateGraphqlApi',
      'appsync:CreateApiKey',
      'appsync:CreateFunction',
      'appsync:DeleteGraphqlApi',
    ]),
  );
});

describe('what is left', () => {
  /** An account and a journal after a run that was ended when the API had just been made. */
  async function given() {
    const [account, file] = [new MemoryAccount(), newFile()];
    await run(['api', '--yes'], account, file, { trouble: { call: 3, isDone: true, isEnd: true } });
    return { account, file };
  }

  test('is named by the next run, which makes nothing', async () => {
    const { account, file } = await given();

    const { code, printed } = await run(['api', '--yes'], account, file);

    expect(code).toBe(1);
    expect(printed).toBe(
      'ERROR: an earlier run has left tillgraph-confirm-a1b2c3d4e5f6-api: remove it with npm run confirm -- clean\n',
    );
    expect(account.names().length).toBe(others.length + 1);
  });

  test('is told by clean before it asks', async () => {
    const { account, file } = await given();

    const { code, printed } = await run(['clean'], account, file);

    expect(code).toBe(2);
    expect(printed).toContain('left of earlier runs:\n  graphql-api tillgraph-confirm-a1b2c3d4e5f6-api in us-east-1\n');
    expect(account.names().length).toBe(others.length + 1);
  });

  test('in another account stays, and is named', async () => {
    const [account, file] = [new MemoryAccount(), newFile()];
    const made = {
      kind: 'graphql-api',
      name: 'tillgraph-confirm-ffffffffffff-api',
      region: 'us-east-1',
      account: '999988887777',
    } as const;
    await new Journal(file).make(made, async () => undefined);

    const { code, printed } = await run(['clean', '--yes'], account, file);

    expect(code).toBe(1);
    expect(printed).toMatch(/ERROR: still there: graphql-api .* \(it is in another account: sign in there\)/);
    expect(account.names()).toEqual(others);
  });
});

test('nothing is made where prod stands', async () => {
  const [account, file] = [new MemoryAccount(), newFile()];
  account.hasProd = true;

  const { code, printed } = await run(['api', '--yes'], account, file);

  expect(code).toBe(1);
  expect(printed).toMatch(/^ERROR: Tillgraph-prod stands in this account and region: .*\n$/);
  expect(account.asked).toEqual(['sts:GetCallerIdentity', 'cloudformation:DescribeStacks']);
});

test('an API that limits its own description is told by its claim', async () => {
  const tooDeep = () => Promise.resolve(new Response(JSON.stringify({ data: null, errors: [{ message: 'too deep' }] })));

  const { code, results } = await run(['api', '--yes'], new MemoryAccount(), newFile(), { answer: tooDeep });

  expect(code).toBe(2);
  expect(results['appsync-depth-and-introspection']).toMatchObject({ outcome: 'differs', seen: 'The answer was 200: too deep' });
});

test.each(['appsync:CreateFunction', 'appsync:PutGraphqlApiEnvironmentVariables'])('a refusal of %s is told', async (refused) => {
  const account = new MemoryAccount();
  const door = account.door.bind(account);
  account.door = () => async (name, input) => {
    if (name === refused) throw new Error('it is refused');
    return door()(name, input);
  };

  const { code, results } = await run(['api', '--yes'], account, newFile());

  expect(code).toBe(2);
  expect(Object.values(results).filter(({ outcome }) => outcome === 'differs')).toMatchObject([
    { seen: expect.stringContaining('it is refused') as string },
  ]);
});

describe('a deployment that fails', () => {
  /** What is said of each claim when stage dev is refused. */
  async function refused(answer: Error) {
    const account = new MemoryAccount();
    const deployments = account.deployments.bind(account);
    let tries = 0;
    account.deployments = (door) => {
      const { deploy, ...others } = deployments(door);
      return {
        ...others,
        async deploy(deployment) {
          const outputs = await deploy(deployment);
          if (deployment.stage === 'lean') return outputs;
          tries += 1;
          throw answer;
        },
      };
    };
    const { code, results } = await run(['stage', '--yes'], account, newFile());
    return { code, outcomes: Object.values(results).map(({ outcome }) => outcome), tries, names: account.names() };
  }

  test('is told by its claim, is tried once, and leaves nothing', async () => {
    const seen = await refused(new DeployFailedError('Tillgraph-confirm-a1b2c3d4e5f6-stage', 1, ['it is refused']));

    expect(seen.outcomes).toEqual(['holds', 'differs', 'unsettled', 'unsettled', 'unsettled']);
    expect(seen).toMatchObject({ code: 2, tries: 1, names: others });
  });

  test('for another reason than the deployment itself settles nothing', async () => {
    const seen = await refused(new Error('npx is not there'));

    expect(seen.outcomes).toEqual(['holds', 'unsettled', 'unsettled', 'unsettled', 'unsettled']);
    expect(seen).toMatchObject({ code: 2, tries: 1, names: others });
  });
});

describe('the journal', () => {
  const made = {
    kind: 'graphql-api',
    name: 'tillgraph-confirm-a1b2c3d4e5f6-api',
    region: 'us-east-1',
    account: '111122223333',
  } as const;

  test('takes no name that is not of the kit', async () => {
    const journal = new Journal(newFile());
    let isMade = false;

    const making = journal.make({ ...made, name: 'Tillgraph-dev' }, async () => (isMade = true));

    await expect(making).rejects.toMatchObject({ code: 'FOREIGN_NAME', resource: 'Tillgraph-dev' });
    expect(isMade).toBe(false);
  });

  test('is on disk before the thing itself is asked for', async () => {
    const file = newFile();

    await new Journal(file).make(made, async () => {
      expect(readFileSync(file, 'utf8')).toBe(`${JSON.stringify({ made })}\n`);
    });
  });

  test('bears an entry that was being written when the run was ended', async () => {
    const file = newFile();
    await new Journal(file).make(made, async () => undefined);
    appendFileSync(file, '{"made":{"kind":"gra');
    const journal = new Journal(file);

    expect(journal.left()).toEqual([made]);
    await journal.make({ ...made, region: 'eu-central-1' }, async () => undefined);

    expect(journal.left()).toEqual([made, { ...made, region: 'eu-central-1' }]);
  });
});
