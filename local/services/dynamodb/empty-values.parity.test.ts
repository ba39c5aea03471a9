import { PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keyOf, openDynamoDb } from '../../testing/dynamodb-endpoint.ts';
import type { DynamoDbEndpoint, Item } from '../../testing/dynamodb-endpoint.ts';

let db: DynamoDbEndpoint;
beforeAll(async () => {
  db = await openDynamoDb();
}, 180_000);
afterAll(() => db.close(), 180_000);

const put = (item: Item, more = {}) => db.client.send(new PutItemCommand({ TableName: db.table, Item: item, ...more }));

describe('an empty text, and false,', () => {
  const conditions: [condition: string, values: Item][] = [
    ['attribute_type(#t, :s)', { ':s': { S: 'S' } }],
    ['attribute_type(#f, :s)', { ':s': { S: 'BOOL' } }],
    ['#t IN (:a, :e)', { ':a': { S: 'a' }, ':e': { S: '' } }],
    ['#f IN (:f, :n)', { ':f': { BOOL: false }, ':n': { N: '1' } }],
    ['#t BETWEEN :e AND :a', { ':a': { S: 'a' }, ':e': { S: '' } }],
    ['size(#t) = :n', { ':n': { N: '0' } }],
    [':n > size(#t)', { ':n': { N: '1' } }],
    ['NOT size(#t) > :n', { ':n': { N: '0' } }],
    ['NOT #t BETWEEN :a AND :b', { ':a': { S: 'a' }, ':b': { S: 'b' } }],
    ['NOT attribute_type(#absent, :s)', { ':s': { S: 'S' } }],
    [
      'NOT (#absent BETWEEN :e AND :a OR #absent IN (:e, :a) OR size(#absent) = :n)',
      { ':e': { S: '' }, ':a': { S: 'a' }, ':n': { N: '0' } },
    ],
  ];
  const names = (text: string) =>
    Object.fromEntries(['t', 'f', 'absent'].filter((name) => text.includes(`#${name}`)).map((name) => [`#${name}`, name]));

  beforeAll(() => put({ ...keyOf('empty'), t: { S: '' }, f: { BOOL: false } }));

  test.each(conditions)('are there for a condition: %s', async (ConditionExpression, ExpressionAttributeValues) => {
    const condition = { ConditionExpression, ExpressionAttributeValues, ExpressionAttributeNames: names(ConditionExpression) };

    await put({ ...keyOf('empty'), t: { S: '' }, f: { BOOL: false } }, condition);
  });

  test.each(conditions)('are there for a filter: %s', async (FilterExpression, values) => {
    const answer = await db.client.send(
      new QueryCommand({
        TableName: db.table,
        KeyConditionExpression: 'id = :id AND sk BETWEEN :id0 AND :id9',
        FilterExpression,
        ExpressionAttributeValues: { ...values, ':id': { S: 'empty' }, ':id0': { S: 'A' }, ':id9': { S: 'Z' } },
        ExpressionAttributeNames: names(FilterExpression),
      }),
    );

    expect(answer).toMatchObject({ Count: 1, ScannedCount: 1 });
  });
});
