import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CustomResourceRequest, CustomResourceResponse } from '../../ingest/warehouse/custom-resource.ts';
import type { SqlFile } from '../../ingest/warehouse/migrations.ts';
import { answerCustomResource } from '../../ingest/warehouse/migrator.ts';
import { MemoryDatabase } from '../support/memory-database.ts';
import { named, SwitchedOff, type Trouble } from '../support/memory-warehouse.ts';

const PROPERTIES = {
  WorkgroupName: 'shop',
  DatabaseName: 'tillgraph',
  AdminSecretArn: 'arn:admin',
  Users: [
    { SecretArn: 'arn:loader', Role: 'landing_writer' },
    { SecretArn: 'arn:bi', Role: 'bi_reader' },
  ],
  Principals: [
    { RoleName: 'Tillgraph-dev-Loader-1', Role: 'etl' },
    { RoleName: 'Tillgraph-dev-Api-2', Role: 'api_reader' },
  ],
  Checksum: '1',
};
const SECRETS: Readonly<Record<string, string>> = {
  'arn:loader': '{"username":"loader","password":"Loader0123456789"}',
  'arn:bi': '{"username":"bi","password":"Bi0123456789abc"}',
};

function given(files: readonly SqlFile[] = []) {
  const database = new MemoryDatabase();
  const responses: { url: string; response: CustomResourceResponse }[] = [];
  const secrets = { ...SECRETS };
  let tokens = 0;
  return {
    database,
    responses,
    secrets,
    request: (RequestType: CustomResourceRequest['RequestType'], properties: object = PROPERTIES): CustomResourceRequest => {
      return {
        RequestType,
        ResponseURL: 'https://cloudformation-custom-resource-response.s3.amazonaws.com/x',
        StackId: 'arn:stack',
        RequestId: 'request',
        LogicalResourceId: 'Schema',
        ...(RequestType === 'Create' ? {} : { PhysicalResourceId: 'Schema-schema' }),
        ResourceProperties: { ...properties },
      };
    },
    answer: async (request: CustomResourceRequest, migrations = files, milliseconds = 900_000) => {
      await answerCustomResource(
        request,
        {
          migrations: () => migrations,
          dataApi(place) {
            database.places.push(place);
            return database.dataApi;
          },
          secret: (arn) => Promise.resolve(secrets[arn] ?? ''),
          respond(url, response) {
            responses.push({ url, response });
            return Promise.resolve();
          },
          newToken: () => `token-${String(++tokens)}`,
          log: () => undefined,
        },
        database.clock.run(milliseconds),
      );
      return responses.at(-1)?.response;
    },
  };
}

const migration = (number: number, statements: number): SqlFile => ({
  name: `${String(number).padStart(4, '0')}-step.sql`,
  text: Array.from({ length: statements }, (_, place) => `STEP ${String(number)}.${String(place)};\n`).join(''),
});
const steps = (number: number, statements: number) =>
  Array.from({ length: statements }, (_, place) => `STEP ${String(number)}.${String(place)}`);

describe('the warehouse migrator', () => {
  test('applies all migrations in order, makes the users, and answers CloudFormation', async () => {
    const { answer, request, database, responses } = given([migration(2, 1), migration(1, 3)]);

    await answer(request('Create'));

    const place = { workgroup: 'shop', secretArn: 'arn:admin' };
    expect(database.places).toEqual([
      { ...place, database: 'tillgraph' },
      { ...place, database: 'dev' },
    ]);
    expect(database.done).toEqual([...steps(1, 3), ...steps(2, 1)]);
    expect(responses).toEqual([
      {
        url: request('Create').ResponseURL,
        response: {
          Status: 'SUCCESS',
          Reason: 'applied: 0001-step.sql, 0002-step.sql',
          PhysicalResourceId: 'Schema-schema',
          StackId: 'arn:stack',
          RequestId: 'request',
          LogicalResourceId: 'Schema',
          Data: { Applied: '2' },
        },
      },
    ]);
  });

  test('makes users whose passwords no log of statements tells, and IAM roles without a password', async () => {
    const { answer, request, database } = given();

    await answer(request('Create'));

    const digest = createHash('md5').update('Bi0123456789abcbi').digest('hex');
    expect(Object.fromEntries(database.users)).toEqual({
      loader: {
        password: expect.stringMatching(/^md5[0-9a-f]{32}$/) as string,
        roles: new Set(['landing_writer']),
        settings: ['SET search_path TO intake'],
      },
      bi: {
        password: `md5${digest}`,
        roles: new Set(['bi_reader']),
        settings: ['CONNECTION LIMIT 20', 'SET statement_timeout TO 120000', 'SET search_path TO bi'],
      },
      'IAMR:Tillgraph-dev-Loader-1': { roles: new Set(['etl']), settings: ['SYSLOG ACCESS UNRESTRICTED'] },
      'IAMR:Tillgraph-dev-Api-2': { roles: new Set(['api_reader']), settings: [] },
    });
    expect(database.history.join('\n')).not.toContain('0123456789');
  });

  test('applies what is new and sets passwords anew at an update, and nothing else', async () => {
    const world = given([migration(1, 2)]);
    await world.answer(world.request('Create'));
    world.secrets['arn:bi'] = '{"username":"bi","password":"Another0123456"}';

    const response = await world.answer(world.request('Update'), [migration(1, 2), migration(2, 2)]);

    expect(world.database.done).toEqual([...steps(1, 2), ...steps(2, 2)]);
    expect(response).toMatchObject({ Status: 'SUCCESS', Reason: 'applied: 0002-step.sql' });
    expect(world.database.users.get('bi')?.password).toBe(`md5${createHash('md5').update('Another0123456bi').digest('hex')}`);
  });

  test('lets an older deployment come back: migrations that have no file any more are left alone', async () => {
    const world = given([migration(1, 1), migration(2, 1)]);
    await world.answer(world.request('Create'));

    const response = await world.answer(world.request('Update'), [migration(1, 1)]);

    expect(response).toMatchObject({ Status: 'SUCCESS', Reason: 'applied: nothing new' });
  });

  test('refuses a migration that was changed after it had been applied, and says what to do instead', async () => {
    const world = given([migration(1, 50)]);
    await world.answer(world.request('Create'));

    const response = await world.answer(world.request('Update'), [migration(1, 51), migration(2, 1)]);

    expect(response?.Status).toBe('FAILED');
    expect(response?.Reason).toMatch(/^put 0001-step.sql back as it was and write a new migration instead/);
    expect(world.database.done).toEqual(steps(1, 50));
  });

  test('takes a comment that moved for no change of a migration, but a changed statement for one', async () => {
    const world = given([{ name: '0001-a.sql', text: 'STEP 1;' }]);
    await world.answer(world.request('Create'));

    expect(await world.answer(world.request('Update'), [{ name: '0001-a.sql', text: '\n\nSTEP 1;\n-- end\n' }])).toMatchObject({
      Status: 'SUCCESS',
    });
    expect(await world.answer(world.request('Update'), [{ name: '0001-a.sql', text: 'STEP 2;' }])).toMatchObject({
      Status: 'FAILED',
    });
  });

  test('applies a long migration in parts that one batch can take', async () => {
    const { answer, request, database } = given([migration(1, 100)]);

    await answer(request('Create'));

    expect(database.done).toEqual(steps(1, 100));
    expect([...database.recorded.keys()]).toEqual(['0001-step.sql part 1', '0001-step.sql part 2', '0001-step.sql']);
  });

  test('goes on behind the parts that were applied when a later one was refused', async () => {
    const world = given([migration(1, 100)]);
    world.database.refuses = /STEP 1\.50/;
    const refused = await world.answer(world.request('Create'));
    world.database.refuses = undefined;

    const response = await world.answer(world.request('Update'));

    expect(refused).toMatchObject({
      Status: 'FAILED',
      Reason: 'the warehouse refused 0001-step.sql part 2: ERROR: it is refused',
    });
    expect(response).toMatchObject({ Status: 'SUCCESS' });
    expect(world.database.done).toEqual(steps(1, 100));
  });

  test.each<[string, 'SUCCESS' | 'FAILED']>([
    ['ERROR: FATAL: database "dev" does not exist', 'SUCCESS'],
    ['ERROR: must be owner of schema public', 'FAILED'],
  ])('takes the rights in the database beside ours from everybody: "%s" is %s', async (refusal, status) => {
    const { answer, request, database } = given([migration(1, 1)]);

    expect(await answer(request('Create'))).toMatchObject({ Status: 'SUCCESS' });
    expect(database.history.filter((sql) => sql.endsWith('FROM PUBLIC'))).toEqual([
      'REVOKE ALL ON SCHEMA public FROM PUBLIC',
      'REVOKE CREATE, TEMP ON DATABASE dev FROM PUBLIC',
    ]);

    database.refuses = /DATABASE dev/;
    database.refusalWords = refusal;
    expect(await answer(request('Update'))).toMatchObject({ Status: status });
  });

  test('makes the loader the owner of what loads lock', async () => {
    const { answer, request, database } = given();

    await answer(request('Create'));

    expect(database.history.filter((sql) => sql.includes('OWNER TO'))).toEqual([
      'ALTER TABLE intake.mutex OWNER TO "IAMR:Tillgraph-dev-Loader-1"',
    ]);
  });

  test('leaves the data alone when the stack goes', async () => {
    const { answer, request, database } = given([migration(1, 1)]);

    const response = await answer(request('Delete'));

    expect(response).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'Schema-schema' });
    expect(database.calls).toBe(0);
  });

  test('waits for a workgroup that wakes up', async () => {
    const { answer, request, database } = given([migration(1, 1)]);
    const asleep = () => named('ValidationException', 'The workgroup shop is not available: it is resuming.');
    for (let call = 1; call < 15; call++) database.trouble.set(call, { when: 'before', error: asleep });

    const response = await answer(request('Create'));

    expect(response).toMatchObject({ Status: 'SUCCESS' });
  });

  test('answers before its time is over when the warehouse does not wake up', async () => {
    const { answer, request, database } = given([migration(1, 1)]);
    for (let call = 1; call < 500; call++)
      database.trouble.set(call, { when: 'before', error: () => named('DatabaseConnectionException', 'no connection') });

    const response = await answer(request('Create'), undefined, 60_000);

    expect(response).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringMatching('no time left for migration records') as string,
    });
  });

  test('answers with at most 4 KB, whatever the database says', async () => {
    const { answer, request } = given([{ name: `0001-${'a'.repeat(150)}.sql`, text: `STEP '${'\u0001é'.repeat(5000)}` }]);
    const long = given(
      Array.from({ length: 60 }, (_, place) => ({
        ...migration(place, 1),
        name: `${String(1000 + place)}-${'b'.repeat(150)}.sql`,
      })),
    );

    const responses = [await answer(request('Create')), await long.answer(long.request('Create'))];

    expect(responses.map((response) => response?.Status)).toEqual(['FAILED', 'SUCCESS']);
    for (const response of responses) expect(Buffer.byteLength(JSON.stringify(response))).toBeLessThanOrEqual(4096);
  });

  test.each([
    ['a secret that is no JSON', { secret: 'Bi0123456789abc' }, /SecretArn "arn:bi": keep a JSON object/],
    ['a name that would end the SQL text', { secret: '{"username":"b\\"; x","password":"Bi0123456789abc"}' }, /username/],
    ['a name that a role has', { secret: '{"username":"etl","password":"Bi0123456789abc"}' }, /username "etl"/],
    ['a password that is empty', { secret: '{"username":"bi","password":""}' }, /password/],
    [
      'a role that nobody knows',
      { properties: { Users: [{ SecretArn: 'arn:bi', Role: 'superuser' }] } },
      /choose one of landing_writer, bi_reader/,
    ],
    ['an IAM role with its path', { properties: { Principals: [{ RoleName: 'a/"b', Role: 'etl' }] } }, /RoleName/],
    ['no list of users', { properties: { Users: 'none' } }, /Users "string": give a list/],
    ['no workgroup', { properties: { WorkgroupName: '' } }, /WorkgroupName/],
    ['a migration without a number', { files: [{ name: 'a.sql', text: 'STEP' }] }, /name the migration "a.sql"/],
  ] as const)('says what is wrong with %s, without telling a secret', async (_, wrong, reason) => {
    const world = given('files' in wrong ? wrong.files : []);
    if ('secret' in wrong) world.secrets['arn:bi'] = wrong.secret;
    const properties = { ...PROPERTIES, ...('properties' in wrong ? wrong.properties : {}) };

    const response = await world.answer(world.request('Create', properties));

    expect(response?.Status).toBe('FAILED');
    expect(response?.Reason).toMatch(reason);
    expect(response?.Reason).not.toContain('0123456789');
  });
});

describe('the warehouse migrator, whatever happens', () => {
  test('every statement happens once and in order, wherever the run before was stopped', async () => {
    const trouble = fc.record({
      call: fc.integer({ min: 1, max: 60 }),
      when: fc.constantFrom<Trouble['when']>('before', 'after'),
      kind: fc.constantFrom('stop', 'throttle', 'forget'),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 4 }),
        fc.array(trouble, { maxLength: 8 }),
        async (sizes, troubles) => {
          const files = sizes.map((size, place) => migration(place + 1, size));
          const { answer, request, database } = given(files);
          for (const { call, when, kind } of troubles)
            database.trouble.set(call, {
              when,
              error() {
                if (kind === 'forget') database.forget();
                return kind === 'stop' ? new SwitchedOff() : named('ThrottlingException', 'Rate exceeded');
              },
            });

          for (let attempt = 0; attempt <= troubles.length; attempt++) await answer(request('Update'));
          database.trouble.clear();
          const response = await answer(request('Update'));

          expect(response?.Status).toBe('SUCCESS');
          expect(database.done).toEqual(sizes.flatMap((size, place) => steps(place + 1, size)));
          expect([...database.users.keys()]).toHaveLength(4);
          for (const { roles } of database.users.values()) expect(roles.size).toBeGreaterThan(0);
        },
      ),
      { numRuns: 150 },
    );
  });
});
