import {
  BatchExecuteStatementCommand,
  GetItemCommand,
  PutItemCommand,
  type AttributeValue,
  type BatchStatementRequest,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keyOf, openDynamoDb } from '../../testing/dynamodb-endpoint.ts';
import type { DynamoDbEndpoint, Item } from '../../testing/dynamodb-endpoint.ts';
import { refusalOf } from '../../testing/remote.ts';

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

describe('a batch of PartiQL updates', () => {
  const update = (statement: string, parameters: AttributeValue[]) => ({ Statement: statement, Parameters: parameters });
  const run = (Statements: BatchStatementRequest[]) =>
    db.client.send(new BatchExecuteStatementCommand({ ReturnConsumedCapacity: 'TOTAL', Statements }));
  const put = (item: Item) => db.client.send(new PutItemCommand({ TableName: db.table, Item: item }));
  const whole = (key: Item) =>
    Object.keys(key)
      .map((name) => `"${name}" = ?`)
      .join(' AND ');

  test('changes items that still have the version read, and refuses only the others', async () => {
    const [fits, moved, absent] = [keyOf('update fits'), keyOf('update moved'), keyOf('update absent')];
    await put({ ...fits, version: { N: '1' }, country: { S: 'Norway' }, total: { S: '1.000' } });
    await put({ ...moved, version: { N: '2' }, total: { S: '1.000' } });
    const statement = `UPDATE "${db.table}" SET "total" = ? SET "version" = ? REMOVE "country" WHERE ${whole(fits)} AND "version" = ?`;
    const to = (key: Item) => update(statement, [{ S: '2.000' }, { N: '2' }, ...Object.values(key), { N: '1' }]);

    const { Responses } = await run([to(fits), to(moved), to(absent)]);

    expect(Responses?.map(({ Error }) => Error?.Code)).toEqual([undefined, 'ConditionalCheckFailed', 'ConditionalCheckFailed']);
    expect(await get(fits)).toEqual({ ...fits, version: { N: '2' }, total: { S: '2.000' } });
    expect(await get(moved)).toMatchObject({ version: { N: '2' }, total: { S: '1.000' } });
    expect(await get(absent)).toBeUndefined();
  });

  test('and an insert may stand in one batch', async () => {
    await put({ ...keyOf('update and'), version: { N: '1' } });
    const both = [
      update(`UPDATE "${db.table}" SET "version" = ? WHERE ${whole(keyOf('update and'))} AND "version" = ?`, [
        { N: '2' },
        ...Object.values(keyOf('update and')),
        { N: '1' },
      ]),
      update(
        `INSERT INTO "${db.table}" VALUE {${Object.keys(keyOf('insert and'))
          .map((name) => `'${name}': ?`)
          .join(', ')}}`,
        [...Object.values(keyOf('insert and'))],
      ),
    ];

    const { Responses } = await run(both);

    expect(Responses?.map(({ Error }) => Error?.Code)).toEqual([undefined, undefined]);
    expect(await get(keyOf('update and'))).toMatchObject({ version: { N: '2' } });
    expect(await get(keyOf('insert and'))).toEqual(keyOf('insert and'));
  });
});
