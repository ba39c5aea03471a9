import {
  DescribeStatementCommand,
  DescribeTableCommand,
  ExecuteStatementCommand,
  ListDatabasesCommand,
  ListTablesCommand,
} from '@aws-sdk/client-redshift-data';
import { expect, test } from 'vitest';
import { TARGET, faults, givenClient, givenDataApi, refusalOf, sql, wire } from '../../testing/given-data-api.ts';
import { column, rows } from '../../testing/memory-redshift.ts';

const ID = '00000000-0000-4000-8000-000000000000';
const ID_RULE = 'id must satisfy regex pattern: ^[a-z0-9]{8}(-[a-z0-9]{4}){3}-[a-z0-9]{12}(:\\d+)?$';
const { WorkgroupName, Database } = TARGET;
const execute = { ...TARGET, Sql: 'SELECT 1' };
const parameter = (name: string, value: unknown) => ({ ...execute, Sql: 'SELECT :a', Parameters: [{ name, value }] });

test.each([
  // Seen on AWS.
  ['ExecuteStatement', { Sql: 'SELECT 1', Database }, 'Either ClusterIdentifier or WorkgroupName needs to be specified.'],
  ['ExecuteStatement', { ...execute, WorkgroupName: 'nowhere' }, "Redshift endpoint doesn't exist in this region."],
  ['ExecuteStatement', { Sql: 'SELECT 1', Database, ClusterIdentifier: 'c' }, "Redshift endpoint doesn't exist in this region."],
  ['ExecuteStatement', { ...execute, Sql: ' '.repeat(100_001) }, 'Cannot process query string larger than 100kB'],
  [
    'ExecuteStatement',
    { ...execute, Parameters: [{ name: 'id', value: '1' }] },
    'Parameters list contains unused parameters. Unused parameters: [id]',
  ],
  ['ExecuteStatement', { Sql: 'SELECT 1', SessionId: ID }, `Session with Id: ${ID} is invalid`],
  ['DescribeStatement', { Id: 'test' }, ID_RULE],
  // In the same manner, by the limits of the service model.
  ['DescribeStatement', {}, 'id must not be null'],
  ['DescribeStatement', { Id: ID, WaitTimeSeconds: 31 }, 'waitTimeSeconds must be less than or equal to 30'],
  ['DescribeStatement', { Id: ID, WaitTimeSeconds: 0 }, 'waitTimeSeconds must be greater than or equal to 1'],
  ['ExecuteStatement', TARGET, 'sql must not be null'],
  ['ExecuteStatement', { WorkgroupName, Sql: 'SELECT 1' }, 'Database needs to be specified.'],
  ['ExecuteStatement', { ...execute, DbUser: 'me' }, 'DbUser is not supported with WorkgroupName'],
  ['ExecuteStatement', { ...execute, ClientToken: 'x'.repeat(65) }, 'clientToken must have length less than or equal to 64'],
  ['ExecuteStatement', { ...execute, ResultFormat: 'XML' }, 'resultFormat must satisfy enum value set: [JSON, CSV]'],
  [
    'ExecuteStatement',
    { ...execute, SessionKeepAliveSeconds: 86_401 },
    'sessionKeepAliveSeconds must be less than or equal to 86400',
  ],
  ['ExecuteStatement', { ...execute, Parameters: [] }, 'parameters must have length greater than or equal to 1'],
  ['ExecuteStatement', parameter('a', ''), 'parameters.1.member.value must have length greater than or equal to 1'],
  ['ExecuteStatement', parameter('@a', 'x'), 'parameters.1.member.name must satisfy regex pattern: ^[0-9a-zA-Z_]+$'],
  ['BatchExecuteStatement', TARGET, 'sqls must not be null'],
  ['BatchExecuteStatement', { ...TARGET, Sqls: [] }, 'sqls must have length greater than or equal to 1'],
  ['BatchExecuteStatement', { ...TARGET, Sqls: Array(41).fill('SELECT 1') }, 'sqls must have length less than or equal to 40'],
  ['ListStatements', { Status: 'DONE' }, 'status must satisfy enum value set'],
  ['ListStatements', { NextToken: '???' }, 'NextToken is invalid.'],
  ['ListSessions', { SessionId: ID, Database }, "can't be specified together with SessionId"],
])('%s refuses %j', async (operation, input, message) => {
  const { url, redshift } = await givenDataApi();

  const { status, body } = await wire(url, operation, input);

  expect([status, body]).toEqual([400, { __type: 'ValidationException', Message: expect.stringContaining(message) }]);
  expect(redshift.log).toEqual([]);
});

test('what there is not has its id in the error, as on AWS', async () => {
  const { url } = await givenDataApi();

  const { status, body } = await wire(url, 'DescribeStatement', { Id: ID });

  expect([status, body]).toEqual([
    400,
    { __type: 'ResourceNotFoundException', Message: 'Query does not exist.', ResourceId: ID },
  ]);
});

test('an operation that is not there is named, and so is a member of a wrong type', async () => {
  const { url } = await givenDataApi();

  const unknown = await wire(url, 'ExecuteEverything', {});
  const wrong = await wire(url, 'ExecuteStatement', { ...TARGET, Sql: 1 });

  expect(unknown.body).toMatchObject({
    __type: 'UnknownOperationException',
    message: expect.stringContaining('RedshiftData.ExecuteEverything'),
  });
  expect(wrong.body).toEqual({ __type: 'SerializationException', message: 'Sql must be a string, got 1' });
});

test('quotas are kept when there are any', async () => {
  const { client, redshift, clock } = await givenDataApi({
    quotas: { activeStatements: 1, sessions: 1, waitersPerStatement: 1, callsPerSecond: { ListDatabases: 2 } },
  });
  const session = { SessionKeepAliveSeconds: 60 };
  const databases = () => client.send(new ListDatabasesCommand(TARGET));
  await client.send(new ExecuteStatementCommand(sql('SELECT 1', session)));
  const sessions = await refusalOf(client.send(new ExecuteStatementCommand(sql('SELECT 1', session))));
  const begun = redshift.begun('a');
  const { Id } = await client.send(new ExecuteStatementCommand({ ...TARGET, Sql: "SELECT wait('a')" }));
  await begun;

  const statements = await refusalOf(client.send(new ExecuteStatementCommand(execute)));
  const waiting = client.send(new DescribeStatementCommand({ Id, WaitTimeSeconds: 30 }));
  await expect.poll(() => clock.waiting).toBe(2);
  const waiters = await refusalOf(client.send(new DescribeStatementCommand({ Id, WaitTimeSeconds: 30 })));
  await Promise.all([databases(), databases()]);
  const rate = await refusalOf(databases());
  clock.pass(500);
  redshift.release('a');
  await Promise.all([waiting, databases()]);

  expect([sessions, statements, waiters, rate]).toMatchObject([
    { name: 'ActiveSessionsExceededException' },
    { name: 'ActiveStatementsExceededException', message: 'Active statements exceeded the allowed quota (1).' },
    { name: 'ActiveWaitingRequestsExceededException' },
    { name: 'ThrottlingException', message: 'Rate exceeded' },
  ]);
});

test('faults of calls: throttled, unavailable, and done although the answer is lost', async () => {
  const { client, url, redshift } = await givenDataApi();
  await faults(url, [
    { operation: 'ExecuteStatement', effect: 'throttle', times: 1 },
    { operation: 'ExecuteStatement', effect: 'unavailable', times: 1 },
    { operation: 'ExecuteStatement', effect: 'unavailable-after', times: 1 },
  ]);
  const request = sql('INSERT INTO t', { ClientToken: 'once' });

  const refusals = [];
  for (let attempt = 0; attempt < 3; attempt += 1)
    refusals.push(await refusalOf(client.send(new ExecuteStatementCommand(request))));
  const answered = await client.send(new ExecuteStatementCommand(request));

  expect(refusals.map(({ name }) => name)).toEqual(['ThrottlingException', 'InternalFailure', 'InternalFailure']);
  expect(answered.Status).toBe('FINISHED');
  expect(redshift.log).toEqual(['admin: INSERT INTO t']);
});

test('a sleeping warehouse keeps statements SUBMITTED until it wakes', async () => {
  const { client, url, redshift, clock } = await givenDataApi();
  await faults(url, [
    { operation: '*', effect: 'asleep', milliseconds: 5000, times: 1 },
    { operation: 'ExecuteStatement', effect: 'asleep' },
  ]);
  const short = await client.send(new ExecuteStatementCommand(execute));
  const long = await client.send(new ExecuteStatementCommand(execute));
  const statusOf = async (Id: string | undefined, WaitTimeSeconds?: number) =>
    (await client.send(new DescribeStatementCommand({ Id, WaitTimeSeconds }))).Status;

  const before = [await statusOf(short.Id), await statusOf(long.Id)];
  clock.pass(5000);
  const after = [await statusOf(short.Id, 30), await statusOf(long.Id)];
  await faults(url, undefined);

  expect(before).toEqual(['SUBMITTED', 'SUBMITTED']);
  expect(after).toEqual(['FINISHED', 'SUBMITTED']);
  expect(await statusOf(long.Id, 30)).toBe('FINISHED');
  expect(redshift.log).toHaveLength(2);
});

test('a statement that is told to fail fails, and the engine is not asked', async () => {
  const { client, url, redshift } = await givenDataApi();
  await faults(url, [{ operation: 'ExecuteStatement', effect: 'fail' }]);

  const { Id } = await client.send(new ExecuteStatementCommand(sql('INSERT INTO t')));

  expect(await client.send(new DescribeStatementCommand({ Id }))).toMatchObject({ Status: 'FAILED', Error: 'ERROR: fault fail' });
  expect(redshift.log).toEqual([]);
});

test('the catalogue is paged, and a database that cannot be reached says so', async () => {
  const { client, redshift, url } = await givenDataApi();
  const tables = rows(
    [column('name', 'varchar')],
    [
      ['a', 'mart', 'BASE TABLE'],
      ['b', 'mart', 'VIEW'],
      ['c', 'pg_catalog', 'VIEW'],
    ],
  );
  const run = redshift.openSession.bind(redshift);
  redshift.openSession = async (options) => ({
    ...(await run(options)),
    run: () => Promise.resolve(tables),
    close: () => Promise.resolve(),
  });

  const first = await client.send(new ListTablesCommand({ ...TARGET, MaxResults: 2 }));
  const second = await client.send(new ListTablesCommand({ ...TARGET, MaxResults: 2, NextToken: first.NextToken }));
  redshift.openSession = () => Promise.reject(new Error('database "elsewhere" does not exist'));
  const refused = await refusalOf(givenClient(url).send(new DescribeTableCommand({ ...TARGET, Table: 't' })));

  expect([...(first.Tables ?? []), ...(second.Tables ?? [])]).toEqual([
    { name: 'a', schema: 'mart', type: 'TABLE' },
    { name: 'b', schema: 'mart', type: 'VIEW' },
    { name: 'c', schema: 'pg_catalog', type: 'SYSTEM VIEW' },
  ]);
  expect(second.NextToken).toBeUndefined();
  expect(refused).toMatchObject({ name: 'DatabaseConnectionException', message: 'database "elsewhere" does not exist' });
});
