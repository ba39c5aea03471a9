import { BatchExecuteStatementCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keyOf, openDynamoDb } from './dynamodb-endpoint.ts';
import type { DynamoDbEndpoint, Item } from './dynamodb-endpoint.ts';
import { refusalOf } from './remote.ts';

let db: DynamoDbEndpoint;
beforeAll(async () => {
  db = await openDynamoDb();
}, 180_000);
afterAll(() => db.close(), 180_000);

const get = async (key: Item) =>
  (await db.client.send(new GetItemCommand({ TableName: db.table, Key: key, ConsistentRead: true }))).Item;

describe('a batch of PartiQL inserts', () => {
  const inserts = (items: readonly Item[]) =>
    db.client.send(
      new BatchExecuteStatementCommand({
        ReturnConsumedCapacity: 'TOTAL',
        Statements: items.map((item) => ({
          Statement: `INSERT INTO "${db.table}" VALUE {${Object.keys(item)
            .map((name) => `'${name}': ?`)
            .join(', ')}}`,
          Parameters: Object.values(item),
        })),
      }),
    );

  test('writes what is new and refuses, alone, what is there: it is never overwritten', async () => {
    await db.client.send(new PutItemCommand({ TableName: db.table, Item: { ...keyOf('taken'), text: { S: 'first' } } }));

    const { Responses } = await inserts([
      { ...keyOf('insert 1'), text: { S: "it's" } },
      { ...keyOf('taken'), text: { S: 'second' } },
      { ...keyOf('insert 2'), paid: { N: '12.5' } },
    ]);

    expect(Responses?.map(({ Error }) => Error?.Code)).toEqual([undefined, 'DuplicateItem', undefined]);
    expect(await get(keyOf('taken'))).toMatchObject({ text: { S: 'first' } });
    expect(await get(keyOf('insert 1'))).toEqual({ ...keyOf('insert 1'), text: { S: "it's" } });
    expect(await get(keyOf('insert 2'))).toEqual({ ...keyOf('insert 2'), paid: { N: '12.5' } });
  });

  test('of 26 is refused whole', async () => {
    const tooMany = await refusalOf(inserts(Array.from({ length: 26 }, (_, n) => keyOf('insert 26', String(n)))));

    expect(tooMany).toMatchObject({ name: 'ValidationException' });
    expect(await get(keyOf('insert 26', '0'))).toBeUndefined();
  });
});
