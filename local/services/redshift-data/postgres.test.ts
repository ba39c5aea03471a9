import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BatchExecuteStatementCommand,
  CancelStatementCommand,
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  ListDatabasesCommand,
  ListSchemasCommand,
} from '@aws-sdk/client-redshift-data';
import type { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startRedshift } from '../redshift/service.ts';
import type { RedshiftService } from '../redshift/service.ts';
import { startRedshiftData } from './service.ts';
import { LOADER, LOCAL, SECRET, TARGET, faults, givenClient, sql } from '../../testing/given-data-api.ts';

let redshift: RedshiftService;
let api: { readonly url: string; close(): Promise<void> };
let directory: string;
let client: RedshiftDataClient;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'redshift-data-'));
  const nowhere = () => Promise.reject(new Error('there are no objects here'));
  const objects = { read: nowhere, list: nowhere, write: nowhere };
  redshift = await startRedshift({ directory, port: 0, adminPassword: 'Admin1234', objects, log: console.error });
  api = await startRedshiftData({
    port: 0,
    credentials: LOCAL,
    region: 'us-east-1',
    accountId: '000000000000',
    log: console.error,
    workgroups: [{ name: 'shop', databaseName: 'tillgraph' }],
    redshift,
    secretOf: (arn) => ({ username: 'bi', password: arn === SECRET ? 'Reader123' : 'Wrong123' }),
  });
});

beforeEach(() => {
  client = givenClient(api.url);
});

afterAll(async () => {
  await api.close();
  await redshift.close();
  await rm(directory, { recursive: true });
});

async function run(text: string, by = client, more: object = {}) {
  const { Id } = await by.send(new ExecuteStatementCommand(sql(text, more)));
  const { Status, Error: error } = await by.send(new DescribeStatementCommand({ Id, WaitTimeSeconds: 30 }));
  return { Id, Status, error };
}

async function select(text: string, by = client, more: object = {}): Promise<unknown> {
  const { Id } = await run(text, by, more);
  const { Records } = await by.send(new GetStatementResultCommand({ Id }));
  return Records?.map((row) => row.map((field) => Object.values(field)[0]));
}

test('an unknown role becomes a user without rights, and has what it is granted', async () => {
  const loader = givenClient(api.url, LOADER);
  await run('CREATE TABLE secret_sales (n INTEGER)');

  const user = await select('SELECT CURRENT_USER', loader);
  const refused = await run('SELECT n FROM secret_sales', loader);
  await run('GRANT SELECT ON secret_sales TO "IAMR:loader-role"');
  const granted = await run('SELECT n FROM secret_sales', loader);

  expect(user).toEqual([['IAMR:loader-role']]);
  expect(refused).toMatchObject({ Status: 'FAILED', error: 'ERROR: permission denied for relation secret_sales' });
  expect(granted.Status).toBe('FINISHED');
});

test('a secret is as good as its password', async () => {
  await run("CREATE USER bi PASSWORD 'Reader123'");

  const user = await select('SELECT CURRENT_USER', client, { SecretArn: SECRET });
  const wrong = await run('SELECT 1', client, { SecretArn: `${SECRET}-wrong` });

  expect(user).toEqual([['bi']]);
  expect(wrong).toMatchObject({ Status: 'FAILED', error: expect.stringContaining('password authentication failed') });
});

test('a statement that runs in the engine is stopped there', async () => {
  await run('CREATE TABLE mutex (n INTEGER)');
  const holder = await redshift.openSession({ database: 'tillgraph', user: 'administrator' });
  await holder.run('BEGIN');
  await holder.run('LOCK mutex');
  const { Id } = await client.send(new ExecuteStatementCommand({ ...TARGET, Sql: 'SELECT n FROM mutex' }));

  const { Status } = await client.send(new CancelStatementCommand({ Id }));
  const described = await client.send(new DescribeStatementCommand({ Id }));
  await holder.close();

  expect(Status).toBe(true);
  expect(described).toMatchObject({ Status: 'ABORTED', Error: expect.stringContaining("cancelled on user's request") });
});

test('a connection that breaks anywhere in a batch leaves nothing behind, no lock either', async () => {
  await run('CREATE TABLE ledger (n INTEGER)');
  const Sqls = ['LOCK ledger', 'INSERT INTO ledger VALUES (1)', 'INSERT INTO ledger VALUES (2)'];
  await faults(api.url, [{ operation: 'BatchExecuteStatement', effect: 'crash-between', times: 3 }]);

  const statuses: unknown[] = [];
  for (let attempt = 0; attempt < 4; attempt += 1) {
    const { Status } = await client.send(new BatchExecuteStatementCommand({ ...TARGET, Sqls, WaitTimeSeconds: 30 }));
    statuses.push([Status, await select('SELECT CAST(COUNT(*) AS BIGINT) FROM ledger')]);
  }

  expect(statuses).toEqual([
    ['FAILED', [[0]]],
    ['FAILED', [[0]]],
    ['FAILED', [[0]]],
    ['FINISHED', [[2]]],
  ]);
});

test('a lost response does not run a statement twice: the SDK retries with its token', async () => {
  await run('CREATE TABLE once (n INTEGER)');
  const retrying = givenClient(api.url, undefined, 3);
  await faults(api.url, [{ operation: 'BatchExecuteStatement', effect: 'unavailable-after', times: 1 }]);

  const Sqls = ['INSERT INTO once VALUES (1)'];
  const { Status, $metadata } = await retrying.send(new BatchExecuteStatementCommand({ ...TARGET, Sqls, WaitTimeSeconds: 30 }));

  expect([Status, $metadata.attempts]).toEqual(['FINISHED', 2]);
  expect(await select('SELECT CAST(COUNT(*) AS BIGINT) FROM once')).toEqual([[1]]);
});

test('eighty statements at once all end, though the engine takes fewer at a time', async () => {
  const counts = await Promise.all(Array.from({ length: 80 }, (_, n) => select(`SELECT CAST(${String(n)} AS INTEGER)`)));

  expect(counts).toEqual(Array.from({ length: 80 }, (_, n) => [[n]]));
});

test('databases and schemas are listed, without what only the stand-in needs', async () => {
  const { Databases } = await client.send(new ListDatabasesCommand(TARGET));
  const { Schemas } = await client.send(new ListSchemasCommand(TARGET));

  expect(Databases).toEqual(['tillgraph']);
  expect(Schemas).toEqual(['information_schema', 'pg_catalog', 'public']);
});

test.each([
  ['limit-reached', 'ERROR: Query reached usage limit'],
  ['no-connection', 'ERROR: too many connections'],
  ['conflict', 'ERROR: 1023\n  Detail: Serializable isolation violation on table - 100'],
  ['cancelled', "ERROR: Query (1) cancelled on user's request"],
])('a workgroup that refuses all (%s) takes no statement until the fault is over', async (effect, words) => {
  const session = await redshift.openSession({ database: 'tillgraph', user: 'administrator' });
  await faults(api.url, [{ operation: 'Workgroup', effect }]);

  const byDataApi = await run('SELECT 1');
  const bySession = await session.run('SELECT 1').catch((error: unknown) => (error as Error).message);
  await faults(api.url, []);

  expect([byDataApi.error, bySession]).toEqual([words, words]);
  expect((await session.run('SELECT 1')).rows).toEqual([['1']]);
  await session.close();
});
