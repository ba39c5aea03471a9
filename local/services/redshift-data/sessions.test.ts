import { DescribeStatementCommand, ExecuteStatementCommand, ListSessionsCommand } from '@aws-sdk/client-redshift-data';
import { expect, test } from 'vitest';
import { LOADER, READER, TARGET, givenClient, givenDataApi, refusalOf, sql } from '../../testing/given-data-api.ts';

const inSession = (SessionId: string | undefined, text: string, more: object = {}) =>
  new ExecuteStatementCommand({ SessionId, Sql: text, WaitTimeSeconds: 30, ...more });

test('statements of one session share a connection, and the session says when it ends', async () => {
  const { client, redshift } = await givenDataApi();

  const first = await client.send(new ExecuteStatementCommand(sql('CREATE TEMP TABLE t', { SessionKeepAliveSeconds: 60 })));
  const second = await client.send(inSession(first.SessionId, 'SELECT 1'));
  const { Sessions } = await client.send(new ListSessionsCommand({}));
  const described = await client.send(new DescribeStatementCommand({ Id: second.Id }));

  expect(second.RedshiftPid).toBe(first.RedshiftPid);
  expect(second).toMatchObject({ ...TARGET, SessionId: first.SessionId });
  expect(described.SessionId).toBe(first.SessionId);
  expect(Sessions).toEqual([
    {
      SessionId: first.SessionId,
      Status: 'AVAILABLE',
      CreatedAt: new Date('2026-11-22T00:00:00Z'),
      UpdatedAt: new Date('2026-11-22T00:00:00Z'),
      ...TARGET,
      DbUser: 'IAM:root',
      SessionAliveSeconds: 60,
      SessionTtl: new Date('2026-11-22T00:01:00Z'),
    },
  ]);
  expect(redshift.openSessions).toBe(1);
});

test('a session runs one statement at a time', async () => {
  const { client, redshift } = await givenDataApi();
  const { SessionId } = await client.send(new ExecuteStatementCommand(sql('SELECT 1', { SessionKeepAliveSeconds: 60 })));
  const begun = redshift.begun('a');
  const running = client.send(inSession(SessionId, "SELECT wait('a')"));
  await begun;

  const refused = await refusalOf(client.send(inSession(SessionId, 'SELECT 2')));
  const { Sessions } = await client.send(new ListSessionsCommand({ SessionId }));
  redshift.release('a');
  const { Id } = await running;

  expect(refused).toMatchObject({ name: 'ValidationException', message: 'Session is not available' });
  expect(Sessions).toMatchObject([{ Status: 'BUSY', CurrentStatementId: Id }]);
});

test('idle too long, it is closed; each statement starts its time anew', async () => {
  const { client, redshift, clock } = await givenDataApi();
  const { SessionId } = await client.send(new ExecuteStatementCommand(sql('SELECT 1', { SessionKeepAliveSeconds: 60 })));
  await expect.poll(() => clock.waiting).toBe(1);
  clock.pass(59_000);
  await client.send(inSession(SessionId, 'SELECT 2', { SessionKeepAliveSeconds: 10 }));
  await expect.poll(() => clock.waiting).toBe(1);

  clock.pass(9_999);
  const stillOpen = await client.send(new ListSessionsCommand({ SessionId }));
  clock.pass(1);
  await expect.poll(() => redshift.openSessions).toBe(0);
  const refused = await refusalOf(client.send(inSession(SessionId, 'SELECT 3')));

  expect(stillOpen.Sessions).toMatchObject([{ Status: 'AVAILABLE' }]);
  expect(refused).toMatchObject({ name: 'ValidationException', message: 'Session is not available' });
  expect((await client.send(new ListSessionsCommand({}))).Sessions).toEqual([]);
  expect((await client.send(new ListSessionsCommand({ Status: 'CLOSED' }))).Sessions).toMatchObject([
    { SessionId, Status: 'CLOSED' },
  ]);
});

test('a session is of its role and knows where it runs', async () => {
  const { url } = await givenDataApi();
  const [loader, reader] = [givenClient(url, LOADER), givenClient(url, READER)];
  const { SessionId } = await loader.send(new ExecuteStatementCommand(sql('SELECT 1', { SessionKeepAliveSeconds: 60 })));

  const strange = await refusalOf(reader.send(inSession(SessionId, 'SELECT 2')));
  const twice = await refusalOf(loader.send(inSession(SessionId, 'SELECT 2', TARGET)));
  const unknown = await refusalOf(loader.send(new ListSessionsCommand({ SessionId: '00000000-0000-4000-8000-000000000000' })));

  expect(strange).toMatchObject({ name: 'ValidationException', message: `Session with Id: ${String(SessionId)} is invalid` });
  expect(twice).toMatchObject({ name: 'ValidationException', message: expect.stringContaining('SessionId') });
  expect(unknown).toMatchObject({ name: 'ResourceNotFoundException' });
});

test('a session whose connection never came is closed', async () => {
  const { client, redshift } = await givenDataApi();
  redshift.openSession = () => Promise.reject(new Error('the warehouse is down'));

  const { Id, SessionId } = await client.send(new ExecuteStatementCommand(sql('SELECT 1', { SessionKeepAliveSeconds: 60 })));

  expect(await client.send(new DescribeStatementCommand({ Id }))).toMatchObject({
    Status: 'FAILED',
    Error: 'ERROR: the warehouse is down',
  });
  expect((await client.send(new ListSessionsCommand({ SessionId }))).Sessions).toMatchObject([{ Status: 'CLOSED' }]);
});
