import {
  BatchExecuteStatementCommand,
  CancelStatementCommand,
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  ListStatementsCommand,
} from '@aws-sdk/client-redshift-data';
import type { BatchExecuteStatementCommandInput } from '@aws-sdk/client-redshift-data';
import { expect, test } from 'vitest';
import { TARGET, faults, givenDataApi, refusalOf, sql } from '../../testing/given-data-api.ts';

const batch = (Sqls: string[], more: Partial<BatchExecuteStatementCommandInput> = {}) =>
  new BatchExecuteStatementCommand({ ...TARGET, Sqls, WaitTimeSeconds: 30, ...more });

const PRIOR = 'Connection or an prior query failed.';

test('a batch is one transaction; its sub-statements have ids and results of their own', async () => {
  const { client, redshift } = await givenDataApi();

  const submitted = await client.send(batch(['INSERT INTO t', 'SELECT 1']));
  const described = await client.send(new DescribeStatementCommand({ Id: submitted.Id }));
  const result = await client.send(new GetStatementResultCommand({ Id: `${String(submitted.Id)}:2` }));
  const sub = await client.send(new DescribeStatementCommand({ Id: `${String(submitted.Id)}:1` }));
  const { Statements } = await client.send(new ListStatementsCommand({}));

  expect(redshift.log).toEqual(['BEGIN', 'INSERT INTO t', 'SELECT 1', 'COMMIT'].map((text) => `admin: ${text}`));
  expect(submitted).toMatchObject({ Status: 'FINISHED', HasResultSet: true });
  expect(described).toMatchObject({ ExecutionMode: 'TRANSACTION', ResultRows: 2, HasResultSet: true });
  expect(described).not.toHaveProperty('QueryString');
  expect(described.SubStatements).toMatchObject([
    { Id: `${String(submitted.Id)}:1`, Status: 'FINISHED', QueryString: 'INSERT INTO t', HasResultSet: false, ResultRows: 1 },
    { Id: `${String(submitted.Id)}:2`, Status: 'FINISHED', QueryString: 'SELECT 1', HasResultSet: true, ResultRows: 1 },
  ]);
  const [first = 0, second = 0] = described.SubStatements?.map(({ Duration }) => Duration) ?? [];
  expect(described.Duration).toBe(first + second);
  expect(result.Records).toEqual([[{ longValue: 1 }]]);
  expect(sub).toMatchObject({ Id: `${String(submitted.Id)}:1`, QueryString: 'INSERT INTO t', Database: 'tillgraph' });
  expect(Statements).toMatchObject([{ IsBatchStatement: true, QueryStrings: ['INSERT INTO t', 'SELECT 1'] }]);
});

test('all or nothing: one that fails rolls everything back, and the rest does not run', async () => {
  const { client, redshift } = await givenDataApi();

  const { Id, Status } = await client.send(batch(['INSERT INTO t', 'nonsense', 'SELECT 1']));
  const described = await client.send(new DescribeStatementCommand({ Id }));

  expect(redshift.log.map((line) => line.slice(7))).toEqual(['BEGIN', 'INSERT INTO t', 'nonsense', 'ROLLBACK']);
  expect(Status).toBe('FAILED');
  expect(described).toMatchObject({ Error: 'Query #2 failed with ERROR: syntax error at or near "nonsense"', ResultRows: -1 });
  expect(described.SubStatements?.map(({ Status: status, Error: error }) => [status, error])).toEqual([
    ['FINISHED', undefined],
    ['FAILED', 'ERROR: syntax error at or near "nonsense"'],
    ['ABORTED', PRIOR],
  ]);
});

test('with AUTO_COMMIT each stands for itself, and one that fails stops no other', async () => {
  const { client, redshift } = await givenDataApi();

  const { Id, Status } = await client.send(batch(['INSERT INTO t', 'nonsense', 'SELECT 1'], { ExecutionMode: 'AUTO_COMMIT' }));
  const described = await client.send(new DescribeStatementCommand({ Id }));

  expect(redshift.log.map((line) => line.slice(7))).toEqual(['INSERT INTO t', 'nonsense', 'SELECT 1']);
  expect([Status, described.Error, described.ExecutionMode]).toEqual(['FAILED', 'Query #2 failed', 'AUTO_COMMIT']);
  expect(described.SubStatements?.map((one) => one.Status)).toEqual(['FINISHED', 'FAILED', 'FINISHED']);
});

test('the parameters are shared, and each is needed by one statement at least', async () => {
  const { client, redshift } = await givenDataApi();
  const Parameters = ['id', 'name'].map((name) => ({ name, value: name }));
  redshift.scripts.set('DELETE FROM t WHERE id = :id', () => ({ command: 'DELETE', rowCount: 3, columns: null, rows: [] }));

  const good = await client.send(batch(['DELETE FROM t WHERE id = :id', 'SELECT :name'], { Parameters }));
  const refused = await refusalOf(client.send(batch(["SELECT ':name', :id /* :name */"], { Parameters })));

  expect(good.Status).toBe('FINISHED');
  expect(refused).toMatchObject({
    name: 'ValidationException',
    message: 'Parameters list contains unused parameters. Unused parameters: [name]',
  });
});

test('who waits for a sub-statement does not wait for the batch', async () => {
  const { client, redshift } = await givenDataApi();
  const begun = redshift.begun('b');
  const { Id } = await client.send(batch(['SELECT 1', "SELECT wait('b')"], { WaitTimeSeconds: undefined }));
  await begun;

  const first = await client.send(new GetStatementResultCommand({ Id: `${String(Id)}:1`, WaitTimeSeconds: 30 }));
  const whole = await client.send(new DescribeStatementCommand({ Id }));
  redshift.release('b');
  const finished = await client.send(new DescribeStatementCommand({ Id, WaitTimeSeconds: 30 }));

  expect(first.Records).toEqual([[{ longValue: 1 }]]);
  expect([whole.Status, finished.Status]).toEqual(['STARTED', 'FINISHED']);
});

test('a cancelled batch is rolled back; a sub-statement cannot be cancelled alone', async () => {
  const { client, redshift } = await givenDataApi();
  const begun = redshift.begun('b');
  const { Id } = await client.send(batch(['INSERT INTO t', "SELECT wait('b')", 'SELECT 3'], { WaitTimeSeconds: undefined }));
  await begun;

  const refused = await refusalOf(client.send(new CancelStatementCommand({ Id: `${String(Id)}:2` })));
  await client.send(new CancelStatementCommand({ Id }));
  const described = await client.send(new DescribeStatementCommand({ Id }));

  expect(refused).toMatchObject({ name: 'ValidationException' });
  expect(described.Status).toBe('ABORTED');
  expect(described.SubStatements?.map(({ Status }) => Status)).toEqual(['FINISHED', 'ABORTED', 'ABORTED']);
  expect(redshift.log.at(-1)).toBe('admin: ROLLBACK');
});

test('what is cancelled while it commits is committed, and says so', async () => {
  const { client, redshift } = await givenDataApi();
  let commit: () => void = () => undefined;
  const committing = new Promise<void>((begin) => {
    redshift.scripts.set('COMMIT', async () => {
      begin();
      await new Promise<void>((resolve) => (commit = resolve));
      return { command: 'COMMIT', rowCount: 0, columns: null, rows: [] };
    });
  });
  const { Id } = await client.send(batch(['INSERT INTO t'], { WaitTimeSeconds: undefined }));
  await committing;
  const cancelled = refusalOf(client.send(new CancelStatementCommand({ Id })));
  await redshift.cancelled();

  commit();

  expect(await cancelled).toMatchObject({
    message: `Could not cancel a query that is already in FINISHED state with ID: ${String(Id)}`,
  });
  expect(await client.send(new DescribeStatementCommand({ Id }))).toMatchObject({ Status: 'FINISHED' });
});

test('the result of a batch is that of a sub-statement', async () => {
  const { client } = await givenDataApi();
  const { Id } = await client.send(batch(['SELECT 1']));

  const refused = await refusalOf(client.send(new GetStatementResultCommand({ Id })));
  const unknown = await refusalOf(client.send(new GetStatementResultCommand({ Id: `${String(Id)}:2` })));

  expect(refused).toMatchObject({
    name: 'ValidationException',
    message: 'BatchExecuteStatement result can only be retrieved with sub-statement id.',
  });
  expect(unknown).toMatchObject({ name: 'ResourceNotFoundException', message: 'Query does not exist.' });
});

test('the same texts as a batch and as a statement are two requests', async () => {
  const { client } = await givenDataApi();
  await client.send(batch(['SELECT 1'], { ClientToken: 'token-1' }));

  const refused = await refusalOf(client.send(new ExecuteStatementCommand(sql('SELECT 1', { ClientToken: 'token-1' }))));

  expect(refused).toMatchObject({ name: 'ValidationException', message: expect.stringContaining('ClientToken') });
});

test.each([
  [{ statement: 2 }, ['BEGIN', 'INSERT INTO a', 'INSERT INTO b'], ['FINISHED', 'FINISHED', 'ABORTED']],
  [{}, ['BEGIN', 'INSERT INTO a'], ['FINISHED', 'ABORTED', 'ABORTED']],
  [{ statement: 9 }, ['BEGIN', 'INSERT INTO a', 'INSERT INTO b', 'INSERT INTO c'], ['FINISHED', 'FINISHED', 'FINISHED']],
])('a connection that breaks inside a batch, %j, leaves it without COMMIT', async (where, told, statuses) => {
  const { client, redshift, url } = await givenDataApi();
  await faults(url, [{ operation: 'BatchExecuteStatement', effect: 'crash-between', times: 1, ...where }]);
  const sqls = ['INSERT INTO a', 'INSERT INTO b', 'INSERT INTO c'];

  const broken = await client.send(batch(sqls));
  const described = await client.send(new DescribeStatementCommand({ Id: broken.Id }));
  const after = await client.send(batch(sqls));

  expect(redshift.log.map((line) => line.slice(7)).slice(0, told.length + 1)).toEqual([
    ...told,
    'SELECT pg_terminate_backend(1001, 5000)',
  ]);
  expect(described).toMatchObject({ Status: 'FAILED', Error: expect.stringContaining('terminating connection') });
  expect(described.SubStatements?.map(({ Status }) => Status)).toEqual(statuses);
  expect(after.Status).toBe('FINISHED');
});
