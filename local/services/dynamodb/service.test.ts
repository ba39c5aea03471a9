import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import {
  BatchExecuteStatementCommand,
  BatchWriteItemCommand,
  ExecuteStatementCommand,
  GetItemCommand,
  ListTablesCommand,
  paginateQuery,
  paginateScan,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import db from 'dynalite/db/index.js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sign } from '../../http/signature-v4.ts';
import { startDynamoDb } from './service.ts';
import type { DynamoDbService } from './service.ts';
import type { AttributeMap } from './model.ts';
import { keyOf, localClient, ordersTable } from '../../testing/dynamodb-endpoint.ts';
import type { Item } from '../../testing/dynamodb-endpoint.ts';
import { LOCAL, temporaryDirectory } from '../../testing/remote.ts';

const TableName = 'Orders';
let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let service: DynamoDbService;
let client: DynamoDBClient;

const start = (at = directory.path) => startDynamoDb({ ...LOCAL, directory: at, port: 0, log: console.error });
async function open(): Promise<void> {
  service = await start();
  await service.createTable(ordersTable(TableName));
  client = localClient(service.url);
}
async function close(): Promise<void> {
  client.destroy();
  await service.close();
}
beforeEach(async () => {
  directory = await temporaryDirectory();
  await open();
});
afterEach(async () => {
  await close();
  await directory[Symbol.asyncDispose]();
});

const put = (item: Item) => client.send(new PutItemCommand({ TableName, Item: item }));
const setFaults = (rules: unknown) => fetch(`${service.url}/_faults`, { method: 'PUT', body: JSON.stringify(rules) });
async function all(IndexName?: string): Promise<Item[]> {
  const items: Item[] = [];
  const pages = paginateScan({ client }, { TableName, ...(IndexName !== undefined && { IndexName }) });
  for await (const page of pages) items.push(...(page.Items ?? []));
  return items;
}

test('tables and items are there after a restart', async () => {
  await put({ ...keyOf('1'), day: { S: 'd' }, no: { S: '1' } });

  await close();
  await open();

  expect(await client.send(new ListTablesCommand({}))).toMatchObject({ TableNames: [TableName] });
  expect(await all()).toHaveLength(1);
  expect(await all('byDay')).toHaveLength(1);
});

test('a kill -9 amid transactions leaves each whole or undone, and keeps acknowledged ones', async () => {
  const other = `${directory.path}/killed`;
  await mkdir(other);
  const child = fork(new URL('../../testing/dynamodb-child.ts', import.meta.url), [other], { execArgv: ['--import', 'tsx'] });
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  const victim = localClient(url);
  const answered: number[] = [];
  const write = async (n: number) => {
    const item = (side: string): Item => ({ ...keyOf(String(n), side), day: { S: 'd' }, no: { S: `${String(n)} ${side}` } });
    const TransactItems = ['left', 'right'].map((side) => ({ Put: { TableName, Item: item(side) } }));
    await victim.send(new TransactWriteItemsCommand({ TransactItems }));
    if (answered.push(n) === 200) child.kill('SIGKILL');
  };
  const writers = Array.from({ length: 8 }, async (_, writer) => {
    for (let n = writer; n < 10_000; n += 8) await write(n);
  });

  await Promise.allSettled([...writers, once(child, 'exit')]);
  victim.destroy();
  await close();
  service = await start(other);
  client = localClient(service.url);

  const [items, entries] = [await all(), await all('byDay')];
  const sides = new Map<string, number>();
  for (const item of items) sides.set(item['id']?.S ?? '', (sides.get(item['id']?.S ?? '') ?? 0) + 1);
  expect([...sides].filter(([, count]) => count !== 2)).toEqual([]);
  expect(answered.filter((n) => !sides.has(String(n)))).toEqual([]);
  expect(entries).toHaveLength(items.length);
});

test('a table is made once, and refused with other keys or indexes', async () => {
  await service.createTable(ordersTable(TableName));
  const other = service.createTable({ ...ordersTable(TableName), GlobalSecondaryIndexes: [] });

  await expect(other).rejects.toThrow(/table Orders exists with other keys or indexes/);
});

test('a directory serves one process at a time', async () => {
  const second = start();

  await expect(second).rejects.toThrow(/in use: another process/);
});

test('two items whose keys share their first 24 bits of hash are both in the index', async () => {
  const table = { ...ordersTable(TableName), TableStatus: '', TableArn: '' };
  const schema = { KeySchema: [{ AttributeName: 'day', KeyType: 'HASH' }] };
  const item = (n: number): Item => ({ ...keyOf(String(n)), day: { S: 'd' }, no: { S: 'same' } });
  const seen = new Map<string, number>();
  let twins: [number, number] | undefined;
  for (let n = 0; twins === undefined; n += 1) {
    const key = db.createIndexKey(item(n) as unknown as AttributeMap, table, schema.KeySchema);
    const twin = seen.get(key);
    if (twin !== undefined) twins = [twin, n];
    seen.set(key, n);
  }

  for (const twin of twins) await put(item(twin));

  expect(await all('byDay')).toHaveLength(2);
});

test('a partition larger than a page of one megabyte is read in pages', async () => {
  const text = { S: 'x'.repeat(100_000) };
  for (let n = 0; n < 25; n += 1) await put({ ...keyOf('large', String(n).padStart(2, '0')), text });

  const pages: number[] = [];
  const query = { TableName, KeyConditionExpression: 'id = :id', ExpressionAttributeValues: { ':id': { S: 'large' } } };
  for await (const page of paginateQuery({ client }, query)) pages.push(page.Count ?? 0);

  expect(pages).toEqual([11, 11, 3]);
});

test('a local index is consistent, and fetches what it does not hold', async () => {
  const AttributeDefinitions = ['id', 'sk', 'day'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' }));
  const keys = (range: string) => [
    { AttributeName: 'id', KeyType: 'HASH' },
    { AttributeName: range, KeyType: 'RANGE' },
  ];
  const index = { IndexName: 'ofDay', KeySchema: keys('day'), Projection: { ProjectionType: 'KEYS_ONLY' } };
  const table = { TableName: 'Local', BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions, KeySchema: keys('sk') };
  await service.createTable({ ...table, LocalSecondaryIndexes: [index] });
  const item = (n: number): Item => ({ ...keyOf('1', String(n)), day: { S: String(9 - n) }, text: { S: 'x'.repeat(5000) } });
  for (const n of [1, 2, 3]) await client.send(new PutItemCommand({ TableName: 'Local', Item: item(n) }));

  const answer = await client.send(
    new QueryCommand({
      TableName: 'Local',
      IndexName: 'ofDay',
      KeyConditionExpression: 'id = :id',
      ExpressionAttributeValues: { ':id': { S: '1' } },
      Select: 'ALL_ATTRIBUTES',
      ConsistentRead: true,
      Limit: 2,
      ReturnConsumedCapacity: 'INDEXES',
    }),
  );
  const some = await client.send(
    new QueryCommand({
      TableName: 'Local',
      IndexName: 'ofDay',
      KeyConditionExpression: 'id = :id',
      ExpressionAttributeValues: { ':id': { S: '1' } },
      ProjectionExpression: 'sk, #text',
      ExpressionAttributeNames: { '#text': 'text' },
      Limit: 1,
    }),
  );
  const written = await client.send(
    new PutItemCommand({ TableName: 'Local', Item: item(3), ReturnItemCollectionMetrics: 'SIZE' }),
  );

  expect(some.Items).toEqual([{ sk: { S: '3' }, text: { S: 'x'.repeat(5000) } }]);
  expect(written.ItemCollectionMetrics).toEqual({ ItemCollectionKey: { id: { S: '1' } }, SizeEstimateRangeGB: [0, 1] });
  expect(answer.Items).toEqual([item(3), item(2)]);
  expect(answer.LastEvaluatedKey).toEqual({ ...keyOf('1', '2'), day: { S: '7' } });
  expect(answer.ConsumedCapacity).toMatchObject({
    CapacityUnits: 5,
    Table: { CapacityUnits: 4 },
    LocalSecondaryIndexes: { ofDay: { CapacityUnits: 1 } },
  });
});

test('a stranger is not believed', async () => {
  const stranger = localClient(service.url, { accessKeyId: 'local', secretAccessKey: 'wrong' });

  const answer = stranger.send(new ListTablesCommand({}));

  await expect(answer).rejects.toMatchObject({ name: 'InvalidSignatureException' });
  stranger.destroy();
});

test('an answer carries its checksum, and its number', async () => {
  const body = '{}';
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'DynamoDB_20120810.ListTables' };
  const added = sign({ method: 'POST', url: service.url, headers, body, ...LOCAL, service: 'dynamodb' });

  const answer = await fetch(service.url, { method: 'POST', headers: { ...headers, ...added }, body });

  const text = await answer.text();
  expect(text).toBe(`{"TableNames":["${TableName}"]}`);
  expect(answer.headers.get('x-amz-crc32')).toBe(String(crc32(text)));
  expect(answer.headers.get('x-amzn-requestid')).toMatch(/./);
});

test('an attribute with the name of a prototype is refused, not lost', async () => {
  const named = Object.fromEntries([['__proto__', { S: 'x' }]]) as Item;

  const answer = put({ ...keyOf('1'), ...named });

  await expect(answer).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringContaining('__proto__') as unknown,
  });
});

test('what is not there is refused by name', async () => {
  const partiQl = client.send(new ExecuteStatementCommand({ Statement: 'SELECT * FROM Orders' }));

  await expect(partiQl).rejects.toThrow(/DynamoDB_20120810.ExecuteStatement is not supported locally/);
});

const insert = (id: string) => ({
  Statement: `INSERT INTO "${TableName}" VALUE {${Object.keys(keyOf(id))
    .map((name) => `'${name}': ?`)
    .join(', ')}}`,
  Parameters: Object.values(keyOf(id)),
});

test('PartiQL knows inserts and updates of parameters alone', async () => {
  const select = { Statement: 'SELECT * FROM Orders' };
  const literal = { Statement: `INSERT INTO "Orders" VALUE {'id': 'a'}` };
  const range = { Statement: `UPDATE "Orders" SET "total" = ? WHERE "id" = ? AND "total" > ?` };
  const missing = { ...insert('1'), Parameters: [] };

  const refusals = [select, literal, range, missing].map((statement) =>
    client.send(new BatchExecuteStatementCommand({ Statements: [statement] })).catch((error: unknown) => String(error)),
  );

  expect(await Promise.all(refusals)).toEqual([
    expect.stringContaining('are supported locally') as string,
    expect.stringContaining('are supported locally') as string,
    expect.stringContaining('are supported locally') as string,
    expect.stringContaining("Number of parameters in request and statement don't match") as string,
  ]);
});

test('faults: inserts of a batch that are throttled say so, and succeed when sent again', async () => {
  await setFaults([{ operation: 'BatchExecuteStatement', effect: 'partial', times: 1 }]);
  const statements = Array.from({ length: 10 }, (_, n) => insert(String(n)));

  const first = await client.send(new BatchExecuteStatementCommand({ Statements: statements }));
  const there = await all();
  const second = await client.send(new BatchExecuteStatementCommand({ Statements: statements }));

  expect(first.Responses?.filter(({ Error }) => Error?.Code === 'ProvisionedThroughputExceeded')).toHaveLength(5);
  expect(there).toHaveLength(5);
  expect(second.Responses?.filter(({ Error }) => Error?.Code === 'DuplicateItem')).toHaveLength(5);
  expect(await all()).toHaveLength(10);
});

test('faults: a batch is written in part, and the rest when it is sent again', async () => {
  await setFaults([{ operation: 'BatchWriteItem', effect: 'partial', times: 1 }]);
  const requests = Array.from({ length: 10 }, (_, n) => ({ PutRequest: { Item: keyOf(String(n)) } }));

  const first = await client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: requests } }));
  const there = await all();
  const second = await client.send(new BatchWriteItemCommand({ RequestItems: first.UnprocessedItems }));

  expect(first.UnprocessedItems?.[TableName]).toHaveLength(5);
  expect(there).toHaveLength(5);
  expect(second.UnprocessedItems).toEqual({});
  expect(await all()).toHaveLength(10);
});

test('faults: a throttled write and an unavailable service fail as on AWS, and write nothing', async () => {
  await setFaults([
    { operation: 'PutItem', effect: 'throttle', times: 1 },
    { operation: '*', effect: 'unavailable', times: 1 },
  ]);

  const throttled = await put(keyOf('1')).catch((error: unknown) => error);
  const unavailable = await put(keyOf('1')).catch((error: unknown) => error);

  expect(throttled).toMatchObject({ name: 'ProvisionedThroughputExceededException' });
  expect(unavailable).toMatchObject({ name: 'InternalFailure', $metadata: { httpStatusCode: 500 } });
  expect((await client.send(new GetItemCommand({ TableName, Key: keyOf('1') }))).Item).toBeUndefined();
});
