import {
  CancelStatementCommand,
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  ListStatementsCommand,
} from '@aws-sdk/client-redshift-data';
import { expect, test } from 'vitest';
import { LOADER, READER, SECRET, TARGET, givenClient, givenDataApi, refusalOf, sql } from '../../testing/given-data-api.ts';

const NO_RESULT = 'Query does not have result. Please check query status with DescribeStatement.';

test('a statement runs, and its result is there to be fetched', async () => {
  const { client } = await givenDataApi();

  const submitted = await client.send(new ExecuteStatementCommand(sql('SELECT 1', { StatementName: 'one' })));
  const result = await client.send(new GetStatementResultCommand({ Id: submitted.Id }));
  const described = await client.send(new DescribeStatementCommand({ Id: submitted.Id }));

  expect(submitted).toMatchObject({ ...TARGET, Status: 'FINISHED', HasResultSet: true, RedshiftPid: 1001, DbUser: 'IAM:root' });
  expect(submitted.CreatedAt).toEqual(new Date('2026-11-22T00:00:00Z'));
  expect(result).toMatchObject({ Records: [[{ longValue: 1 }]], TotalNumRows: 1, ColumnMetadata: [{ name: 'n' }] });
  expect(described).toMatchObject({
    Status: 'FINISHED',
    QueryString: 'SELECT 1',
    ResultRows: 1,
    HasResultSet: true,
    ResultFormat: 'JSON',
  });
  expect(described.Duration).toBeGreaterThan(0);
  expect(described.Error).toBeUndefined();
});

test('SQL that fails does not fail the call: the statement says what the engine said', async () => {
  const { client, redshift } = await givenDataApi();

  const { Id, Status } = await client.send(new ExecuteStatementCommand(sql('nonsense')));
  const described = await client.send(new DescribeStatementCommand({ Id }));
  const refused = await refusalOf(client.send(new GetStatementResultCommand({ Id })));

  expect(Status).toBe('FAILED');
  expect(described).toMatchObject({ Error: 'ERROR: syntax error at or near "nonsense"', ResultRows: -1, ResultSize: -1 });
  expect(refused).toMatchObject({ name: 'ResourceNotFoundException', message: NO_RESULT, ResourceId: Id });
  expect(redshift.openSessions).toBe(0);
});

test('without WaitTimeSeconds the answer says only that it was accepted', async () => {
  const { client, redshift } = await givenDataApi();
  const begun = redshift.begun('a');

  const submitted = await client.send(new ExecuteStatementCommand({ ...TARGET, Sql: "SELECT wait('a')" }));
  await begun;
  const described = await client.send(new DescribeStatementCommand({ Id: submitted.Id }));
  const refused = await refusalOf(client.send(new GetStatementResultCommand({ Id: submitted.Id })));

  expect(submitted).not.toHaveProperty('Status');
  expect(described).toMatchObject({ Status: 'STARTED', Duration: -1, ResultRows: -1, ResultSize: -1, HasResultSet: false });
  expect(refused).toMatchObject({ name: 'ResourceNotFoundException', message: NO_RESULT });
});

test('every waiting call is answered as soon as the statement ends', async () => {
  const { client, redshift, clock } = await givenDataApi();
  const begun = redshift.begun('a');
  const executing = client.send(new ExecuteStatementCommand(sql("SELECT wait('a')")));
  await begun;
  const { Statements } = await client.send(new ListStatementsCommand({ Status: 'STARTED' }));
  const Id = Statements?.[0]?.Id;
  const describing = client.send(new DescribeStatementCommand({ Id, WaitTimeSeconds: 1 }));
  const fetching = client.send(new GetStatementResultCommand({ Id, WaitTimeSeconds: 30 }));
  await expect.poll(() => clock.waiting).toBe(3);

  redshift.release('a');

  expect(await executing).toMatchObject({ Id, Status: 'FINISHED' });
  expect(await describing).toMatchObject({ Status: 'FINISHED' });
  expect(await fetching).toMatchObject({ Records: [[{ longValue: 1 }]] });
  expect(clock.waiting).toBe(0);
});

test('a call waits no longer than it said: the status so far, or that there is no result yet', async () => {
  const { client, redshift, clock } = await givenDataApi();
  const begun = redshift.begun('a');
  const executing = client.send(new ExecuteStatementCommand(sql("SELECT wait('a')", { WaitTimeSeconds: 2 })));
  await begun;
  await expect.poll(() => clock.waiting).toBe(1);

  clock.pass(2000);
  const { Id, Status, HasResultSet } = await executing;
  const fetching = client.send(new GetStatementResultCommand({ Id, WaitTimeSeconds: 1 }));
  const refused = refusalOf(fetching);
  await expect.poll(() => clock.waiting).toBe(1);
  clock.pass(1000);

  expect([Status, HasResultSet]).toEqual(['STARTED', false]);
  expect(await refused).toMatchObject({ name: 'ResourceNotFoundException', message: NO_RESULT });
});

test('parameters are texts, and DescribeStatement shows them', async () => {
  const { client, redshift } = await givenDataApi();
  const seen: unknown[] = [];
  redshift.scripts.set('INSERT INTO t VALUES (:id, :id, :name)', (parameters) => {
    seen.push(parameters);
    return { command: 'INSERT', rowCount: 1, columns: null, rows: [] };
  });
  const Parameters = [
    { name: 'name', value: 'null' },
    { name: 'id', value: '2' },
  ];

  const { Id } = await client.send(new ExecuteStatementCommand(sql('INSERT INTO t VALUES (:id, :id, :name)', { Parameters })));
  const described = await client.send(new DescribeStatementCommand({ Id }));

  expect(seen).toEqual([{ id: '2', name: 'null' }]);
  expect(described).toMatchObject({ QueryParameters: Parameters, ResultRows: 1, ResultSize: 0, HasResultSet: false });
});

test('the database user is the role of the session, that of the secret, or the administrator', async () => {
  const { client, url, redshift } = await givenDataApi();

  const asAdministrator = await client.send(new ExecuteStatementCommand(sql('SELECT 1')));
  const asRole = await givenClient(url, LOADER).send(new ExecuteStatementCommand(sql('SELECT 2')));
  const asSecret = await givenClient(url, LOADER).send(new ExecuteStatementCommand(sql('SELECT 3', { SecretArn: SECRET })));
  const wrong = await client.send(new ExecuteStatementCommand(sql('SELECT 4', { SecretArn: `${SECRET}-other` })));
  const described = await client.send(new DescribeStatementCommand({ Id: wrong.Id }));

  expect(redshift.log).toEqual(['admin: SELECT 1', 'IAMR:loader-role: SELECT 2', 'loader: SELECT 3']);
  expect([asAdministrator.DbUser, asRole.DbUser, asSecret.DbUser]).toEqual(['IAM:root', 'IAMR:loader-role', undefined]);
  expect(asSecret.SecretArn).toBe(SECRET);
  expect(described).toMatchObject({ Status: 'FAILED', Error: 'ERROR: password authentication failed for user "loader"' });
});

test('a role sees its own statements only, in the list and by their ids', async () => {
  const { url, client } = await givenDataApi();
  const [loader, reader] = [givenClient(url, LOADER), givenClient(url, READER)];
  const { Id } = await loader.send(new ExecuteStatementCommand(sql('SELECT 1')));

  const refused = await refusalOf(reader.send(new DescribeStatementCommand({ Id })));
  const lists = await Promise.all([loader, reader].map((one) => one.send(new ListStatementsCommand({}))));
  const administrator = await client.send(new DescribeStatementCommand({ Id }));

  expect(refused).toMatchObject({ name: 'ResourceNotFoundException', message: 'Query does not exist.', ResourceId: Id });
  expect(lists.map(({ Statements }) => Statements?.map((one) => one.Id))).toEqual([[Id], []]);
  expect(administrator).toMatchObject({ Status: 'FINISHED' });
});

test('a request that comes again with its token is the same statement, whatever it waits for', async () => {
  const { client, redshift } = await givenDataApi();
  const request = sql('INSERT INTO t VALUES (1)', { ClientToken: 'token-1' });

  const first = await client.send(new ExecuteStatementCommand(request));
  const again = await client.send(new ExecuteStatementCommand({ ...request, WaitTimeSeconds: 1 }));

  expect(again.Id).toBe(first.Id);
  expect(redshift.log).toEqual(['admin: INSERT INTO t VALUES (1)']);
});

test('a token belongs to its role and request, and is free again after eight hours', async () => {
  const { client, url, clock } = await givenDataApi();
  const [first, other] = [sql('SELECT 1', { ClientToken: 'token-1' }), sql('SELECT 2', { ClientToken: 'token-1' })];
  const { Id } = await client.send(new ExecuteStatementCommand(first));

  const refused = await refusalOf(client.send(new ExecuteStatementCommand(other)));
  const ofRole = await givenClient(url, LOADER).send(new ExecuteStatementCommand(other));
  clock.pass(8 * 3_600_000);
  const later = await client.send(new ExecuteStatementCommand(other));

  expect(refused).toMatchObject({ name: 'ValidationException', message: expect.stringContaining('ClientToken') });
  expect(new Set([Id, ofRole.Id, later.Id]).size).toBe(3);
});

test('a running statement can be cancelled, one that ended cannot', async () => {
  const { client, redshift } = await givenDataApi();
  const begun = redshift.begun('a');
  const { Id } = await client.send(new ExecuteStatementCommand({ ...TARGET, Sql: "SELECT wait('a')" }));
  await begun;

  const cancelled = await client.send(new CancelStatementCommand({ Id }));
  const described = await client.send(new DescribeStatementCommand({ Id }));
  const refused = await refusalOf(client.send(new CancelStatementCommand({ Id })));

  expect(cancelled.Status).toBe(true);
  expect(described).toMatchObject({ Status: 'ABORTED', Error: expect.stringContaining("cancelled on user's request") });
  expect(refused).toMatchObject({
    name: 'ValidationException',
    message: `Could not cancel a query that is already in ABORTED state with ID: ${String(Id)}`,
  });
});

test('statements are listed newest first, in pages, by name, status and database', async () => {
  const { client } = await givenDataApi();
  const ids: (string | undefined)[] = [];
  for (const [text, StatementName] of [
    ['SELECT 1', 'sales-a'],
    ['nonsense', 'sales-b'],
    ['SELECT 3', 'other'],
    ['SELECT 4', 'sales-c'],
  ] as const)
    ids.push((await client.send(new ExecuteStatementCommand(sql(text, { StatementName })))).Id);
  const [a, b, other, c] = ids;
  const list = async (input: object) => {
    const { Statements, NextToken } = await client.send(new ListStatementsCommand(input));
    return { ids: Statements?.map(({ Id }) => Id), NextToken };
  };

  const first = await list({ StatementName: 'sales', Status: 'ALL', MaxResults: 2 });
  const second = await list({ StatementName: 'sales', Status: 'ALL', MaxResults: 2, NextToken: first.NextToken });

  expect(first.ids).toEqual([c, b]);
  expect(second).toEqual({ ids: [a], NextToken: undefined });
  expect(await list({})).toEqual({ ids: [c, other, a], NextToken: undefined });
  expect((await list({ Status: 'FAILED' })).ids).toEqual([b]);
  expect((await list({ WorkgroupName: 'shop', Database: 'elsewhere' })).ids).toEqual([]);
});

test('closing ends what waits and what runs', async () => {
  const { client, redshift, close } = await givenDataApi();
  const begun = redshift.begun('a');
  const executing = client.send(new ExecuteStatementCommand(sql("SELECT wait('a')")));
  await begun;

  await close();

  expect(['STARTED', 'ABORTED']).toContain((await executing).Status);
  expect(redshift.openSessions).toBe(0);
});
