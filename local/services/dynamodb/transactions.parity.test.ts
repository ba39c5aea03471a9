import { randomUUID } from 'node:crypto';
import { GetItemCommand, PutItemCommand, TransactGetItemsCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import type { TransactWriteItem, TransactWriteItemsCommandInput } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keyOf, openDynamoDb } from '../../testing/dynamodb-endpoint.ts';
import type { DynamoDbEndpoint, Item } from '../../testing/dynamodb-endpoint.ts';
import { refusalOf } from '../../testing/remote.ts';

let db: DynamoDbEndpoint;
beforeAll(async () => {
  db = await openDynamoDb();
}, 180_000);
afterAll(() => db.close(), 180_000);

const transact = (TransactItems: TransactWriteItem[], more: Partial<TransactWriteItemsCommandInput> = {}) =>
  db.client.send(new TransactWriteItemsCommand({ TransactItems, ...more }));
const get = async (key: Item) =>
  (await db.client.send(new GetItemCommand({ TableName: db.table, Key: key, ConsistentRead: true }))).Item;
const put = (item: Item): TransactWriteItem => ({ Put: { TableName: db.table, Item: item } });
const increment = (key: Item): TransactWriteItem => ({
  Update: { TableName: db.table, Key: key, UpdateExpression: 'ADD n :one', ExpressionAttributeValues: { ':one': { N: '1' } } },
});
const absent = { ConditionExpression: 'attribute_not_exists(id)', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;

test('writes all of a transaction', async () => {
  await db.client.send(new PutItemCommand({ TableName: db.table, Item: keyOf('goes') }));

  await transact([
    put(keyOf('comes')),
    increment(keyOf('counts')),
    { Delete: { TableName: db.table, Key: keyOf('goes') } },
    { ConditionCheck: { TableName: db.table, Key: keyOf('only looked at'), ConditionExpression: 'attribute_not_exists(id)' } },
  ]);

  expect(await get(keyOf('comes'))).toBeDefined();
  expect(await get(keyOf('counts'))).toMatchObject({ n: { N: '1' } });
  expect(await get(keyOf('goes'))).toBeUndefined();
  expect(await get(keyOf('only looked at'))).toBeUndefined();
});

test('writes nothing when one condition fails, and gives every reason', async () => {
  const there = { ...keyOf('there'), n: { N: '5' } };
  await db.client.send(new PutItemCommand({ TableName: db.table, Item: there }));

  const answer = transact([
    put(keyOf('never')),
    { Put: { TableName: db.table, Item: keyOf('there'), ...absent } },
    { ConditionCheck: { TableName: db.table, Key: keyOf('nobody'), ConditionExpression: 'attribute_exists(id)' } },
    {
      Update: {
        TableName: db.table,
        Key: keyOf('there', 'x'),
        UpdateExpression: 'SET n = n + :x',
        ExpressionAttributeValues: { ':x': { N: '1' } },
      },
    },
  ]);

  await expect(answer).rejects.toMatchObject({
    name: 'TransactionCanceledException',
    message:
      'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed, ConditionalCheckFailed, ValidationError]',
    CancellationReasons: [
      { Code: 'None' },
      { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed', Item: there },
      { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' },
      { Code: 'ValidationError' },
    ],
  });
  expect(await get(keyOf('never'))).toBeUndefined();
});

test('applies a token once, and refuses it for anything else', async () => {
  const token = { ClientRequestToken: randomUUID() };

  await transact([increment(keyOf('token'))], token);
  await transact([increment(keyOf('token'))], token);
  const other = transact([increment(keyOf('another'))], token);

  await expect(other).rejects.toMatchObject({ name: 'IdempotentParameterMismatchException' });
  expect(await get(keyOf('token'))).toMatchObject({ n: { N: '1' } });
});

test('takes 100 actions, not 101 and not two on one item', async () => {
  const hundred = Array.from({ length: 100 }, (_, n) => put(keyOf('hundred', String(n))));

  await transact(hundred);
  const tooMany = await refusalOf(transact([...hundred, put(keyOf('hundred', '101'))]));
  const twice = await refusalOf(transact([put(keyOf('one')), increment(keyOf('one'))]));

  expect(String(tooMany)).toContain('Member must have length less than or equal to 100');
  expect(String(twice)).toContain('Transaction request cannot include multiple operations on one item');
});

test('reads many items at one instant', async () => {
  await db.client.send(new PutItemCommand({ TableName: db.table, Item: { ...keyOf('read'), n: { N: '1' }, m: { N: '2' } } }));

  const answer = await db.client.send(
    new TransactGetItemsCommand({
      TransactItems: [
        { Get: { TableName: db.table, Key: keyOf('read'), ProjectionExpression: 'm' } },
        { Get: { TableName: db.table, Key: keyOf('not there') } },
      ],
      ReturnConsumedCapacity: 'TOTAL',
    }),
  );

  expect(answer.Responses).toEqual([{ Item: { m: { N: '2' } } }, {}]);
  expect(answer.ConsumedCapacity).toEqual([{ TableName: db.table, CapacityUnits: 4, ReadCapacityUnits: 4 }]);
});

test('costs two write units for each item', async () => {
  const answer = await transact([put(keyOf('cost', '1')), put({ ...keyOf('cost', '2'), text: { S: 'x'.repeat(1500) } })], {
    ReturnConsumedCapacity: 'TOTAL',
  });

  expect(answer.ConsumedCapacity).toEqual([{ TableName: db.table, CapacityUnits: 6, WriteCapacityUnits: 6 }]);
});
