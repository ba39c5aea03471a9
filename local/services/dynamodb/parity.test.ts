import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  GetItemCommand,
  paginateQuery,
  paginateScan,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
  UpdateTimeToLiveCommand,
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

const put = (item: Item, more = {}) => db.client.send(new PutItemCommand({ TableName: db.table, Item: item, ...more }));
const get = async (key: Item) =>
  (await db.client.send(new GetItemCommand({ TableName: db.table, Key: key, ConsistentRead: true }))).Item;
const update = (key: Item, expression: string, values?: Item, more = {}) =>
  db.client.send(
    new UpdateItemCommand({
      TableName: db.table,
      Key: key,
      UpdateExpression: expression,
      ...(values && { ExpressionAttributeValues: values }),
      ...more,
    }),
  );
const order = (id: string, no: string, more: Item = {}): Item => ({
  ...keyOf(id),
  day: { S: '2011-12-09' },
  no: { S: no },
  shop: { S: 'York' },
  paid: { N: '12.5' },
  ...more,
});

describe('an item', () => {
  test('comes back as it was put, to the last digit and the last byte', async () => {
    const item: Item = {
      ...keyOf('every type'),
      text: { S: 'Größe £ 🎄' },
      empty: { S: '' },
      exact: { N: '12345678901234567890123456789012345678' },
      tiny: { N: '0.001' },
      bytes: { B: new Uint8Array([0, 255, 10]) },
      flag: { BOOL: false },
      nothing: { NULL: true },
      list: { L: [{ N: '-3' }, { M: { a: { S: 'b' } } }] },
      names: { SS: ['a', 'b'] },
    };

    await put(item);

    expect(await get(keyOf('every type'))).toEqual(item);
  });

  test('is refused when its text is over 400 KB in UTF-8, though it is shorter in characters', async () => {
    const item = { ...keyOf('long'), text: { S: '£'.repeat(205_000) } };

    const answer = put(item);

    await expect(answer).rejects.toMatchObject({ name: 'ValidationException', message: expect.stringContaining('Item size') });
  });

  test('cannot have an empty key, neither of the table nor of an index', async () => {
    const noKey = await refusalOf(put(keyOf('')));
    const noIndexKey = await refusalOf(put(order('empty shop', '1', { shop: { S: '' } })));

    expect(noKey).toMatchObject({ name: 'ValidationException' });
    expect(noIndexKey).toMatchObject({ name: 'ValidationException' });
  });
});

describe('a condition', () => {
  test('that fails tells what is there, if asked', async () => {
    await put({ ...keyOf('there'), paid: { N: '7' } });
    const condition = { ConditionExpression: 'attribute_not_exists(id)', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' };

    const refused = put(keyOf('there'), condition);

    await expect(refused).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      message: 'The conditional request failed',
      Item: { ...keyOf('there'), paid: { N: '7' } },
    });
  });

  test('lets exactly one of many writers through', async () => {
    const writers = Array.from({ length: 20 }, (_, writer) =>
      put({ ...keyOf('race'), writer: { N: String(writer) } }, { ConditionExpression: 'attribute_not_exists(id)' }),
    );

    const outcomes = await Promise.allSettled(writers);

    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
  });

  test('with a reserved word, an unused name or an unknown value is refused with the reason', async () => {
    const reserved = put(keyOf('c'), { ConditionExpression: 'attribute_exists(name)' });
    const unused = put(keyOf('c'), { ConditionExpression: 'attribute_exists(id)', ExpressionAttributeNames: { '#x': 'x' } });
    const unknown = put(keyOf('c'), { ConditionExpression: 'id = :x' });

    const messages = (await Promise.all([reserved, unused, unknown].map(refusalOf))).map(String);

    expect(messages[0]).toContain('reserved keyword: name');
    expect(messages[1]).toContain('unused in expressions: keys: {#x}');
    expect(messages[2]).toContain('not defined; attribute value: :x');
  });
});

describe('an update', () => {
  test('sees the item as it was before, in every clause', async () => {
    await put({ ...keyOf('before'), n: { N: '1' }, parts: { L: ['a', 'b', 'c'].map((S) => ({ S })) } });

    await update(keyOf('before'), 'REMOVE parts[0], parts[1] SET previous = n ADD n :one', { ':one': { N: '1' } });

    expect(await get(keyOf('before'))).toEqual({
      ...keyOf('before'),
      n: { N: '2' },
      previous: { N: '1' },
      parts: { L: [{ S: 'c' }] },
    });
  });

  test('returns what it changed', async () => {
    await put({ ...keyOf('returns'), n: { N: '1' }, other: { S: 'x' } });

    const answer = await update(keyOf('returns'), 'SET n = n + :two', { ':two': { N: '2' } }, { ReturnValues: 'UPDATED_NEW' });

    expect(answer.Attributes).toEqual({ n: { N: '3' } });
  });

  test('of many at once loses none', async () => {
    const additions = Array.from({ length: 30 }, () => update(keyOf('counter'), 'ADD n :one', { ':one': { N: '1' } }));

    await Promise.all(additions);

    expect((await get(keyOf('counter')))?.['n']).toEqual({ N: '30' });
  });

  test('cannot touch the key', async () => {
    const answer = update(keyOf('key'), 'SET sk = :x', { ':x': { S: 'x' } });

    await expect(answer).rejects.toThrow(/Cannot update attribute sk. This attribute is part of the key/);
  });
});

describe('a query', () => {
  beforeAll(async () => {
    const lines = Array.from({ length: 23 }, (_, n) => ({
      ...keyOf('query', `LINE#${String(n).padStart(4, '0')}`),
      n: { N: String(n) },
    }));
    for (const line of [...lines, keyOf('query')]) await put(line);
  });

  test('by prefix reads backwards, page after page, each item once', async () => {
    const pages = paginateQuery(
      { client: db.client, pageSize: 5 },
      {
        TableName: db.table,
        KeyConditionExpression: 'id = :id AND begins_with(sk, :line)',
        ExpressionAttributeValues: { ':id': { S: 'query' }, ':line': { S: 'LINE#' } },
        ScanIndexForward: false,
      },
    );

    const found: number[] = [];
    for await (const page of pages) for (const item of page.Items ?? []) found.push(Number(item['n']?.N));

    expect(found).toEqual(Array.from({ length: 23 }, (_, n) => 22 - n));
  });

  test('between two keys counts both of them; a filter comes after reading', async () => {
    const answer = await db.client.send(
      new QueryCommand({
        TableName: db.table,
        KeyConditionExpression: 'id = :id AND sk BETWEEN :from AND :to',
        FilterExpression: 'n > :n',
        ExpressionAttributeValues: {
          ':id': { S: 'query' },
          ':from': { S: 'LINE#0003' },
          ':to': { S: 'LINE#0006' },
          ':n': { N: '4' },
        },
        ProjectionExpression: 'n',
      }),
    );

    expect(answer).toMatchObject({ Count: 2, ScannedCount: 4, Items: [{ n: { N: '5' } }, { n: { N: '6' } }] });
  });

  test('of an index pages through items that share the index key, each once, as projected', async () => {
    const items = Array.from({ length: 12 }, (_, n) => order(`same-${String(n)}`, 'same', { day: { S: 'one day' } }));
    for (const item of items) await put(item);
    await put(keyOf('not in the index'));

    for (const ScanIndexForward of [true, false]) {
      const pages = paginateQuery(
        { client: db.client, pageSize: 5 },
        {
          TableName: db.table,
          IndexName: 'byDay',
          KeyConditionExpression: '#day = :day',
          ExpressionAttributeNames: { '#day': 'day' },
          ExpressionAttributeValues: { ':day': { S: 'one day' } },
          ScanIndexForward,
        },
      );
      const found: Item[] = [];
      for await (const page of pages) found.push(...(page.Items ?? []));

      const expected = items.map(({ shop: _, ...rest }) => rest);
      expect(found).toHaveLength(12);
      expect(found).toEqual(expect.arrayContaining(expected));
    }
  });

  test('of a global index cannot be consistent', async () => {
    const answer = db.client.send(
      new QueryCommand({
        TableName: db.table,
        IndexName: 'byShop',
        KeyConditionExpression: 'shop = :s',
        ExpressionAttributeValues: { ':s': { S: 'York' } },
        ConsistentRead: true,
      }),
    );

    await expect(answer).rejects.toThrow(/Consistent reads are not supported on global secondary indexes/);
  });

  test('that is a scan in four segments sees every item once', async () => {
    const seen: string[] = [];
    for (const Segment of [0, 1, 2, 3]) {
      const pages = paginateScan(
        { client: db.client, pageSize: 7 },
        {
          TableName: db.table,
          TotalSegments: 4,
          Segment,
          FilterExpression: 'id = :id',
          ExpressionAttributeValues: { ':id': { S: 'query' } },
        },
      );
      for await (const page of pages) for (const item of page.Items ?? []) seen.push(item['sk']?.S ?? '');
    }

    expect(seen.sort()).toEqual([...new Set(seen)]);
    expect(seen).toHaveLength(24);
  });
});

describe('a batch', () => {
  const puts = (items: readonly Item[]) => ({ [db.table]: items.map((item) => ({ PutRequest: { Item: item } })) });

  test('writes up to 25 items and reads them back', async () => {
    const items = Array.from({ length: 25 }, (_, n) => keyOf('batch', String(n)));

    const written = await db.client.send(new BatchWriteItemCommand({ RequestItems: puts(items) }));
    const read = await db.client.send(
      new BatchGetItemCommand({ RequestItems: { [db.table]: { Keys: [...items, keyOf('absent')], ConsistentRead: true } } }),
    );

    expect(written.UnprocessedItems).toEqual({});
    expect(read.UnprocessedKeys).toEqual({});
    expect(read.Responses?.[db.table]).toHaveLength(25);
  });

  test('of 26, or with one key twice, is refused whole', async () => {
    const batch = (items: readonly Item[]) => refusalOf(db.client.send(new BatchWriteItemCommand({ RequestItems: puts(items) })));

    const tooMany = await batch(Array.from({ length: 26 }, (_, n) => keyOf('26', String(n))));
    const twice = await batch([keyOf('twice'), keyOf('26'), keyOf('twice')]);

    expect(tooMany).toMatchObject({ name: 'ValidationException' });
    expect(twice).toMatchObject({ message: expect.stringContaining('contains duplicates') as string });
    expect(await get(keyOf('26'))).toBeUndefined();
  });
});

describe('capacity', () => {
  const counted = { ReturnConsumedCapacity: 'INDEXES' } as const;
  const units = (table: number, indexes: Record<string, number>) => ({
    TableName: db.table,
    CapacityUnits: Object.values(indexes).reduce((sum, one) => sum + one, table),
    Table: { CapacityUnits: table },
    ...(Object.keys(indexes).length > 0 && {
      GlobalSecondaryIndexes: Object.fromEntries(
        Object.entries(indexes).map(([name, CapacityUnits]) => [name, { CapacityUnits }]),
      ),
    }),
  });

  test('of a write follows the larger item, before or after, and counts changed index entries', async () => {
    const long: Item = { text: { S: 'x'.repeat(2500) } };
    const steps = [
      ['a new item with both indexes', () => put(order('units', '1'), counted), units(1, { byDay: 1, byShop: 1 })],
      ['longer, indexes as before', () => put(order('units', '1', long), counted), units(3, {})],
      [
        'a projected attribute changes',
        () => update(keyOf('units'), 'SET paid = :t', { ':t': { N: '9' } }, counted),
        units(3, { byDay: 1 }),
      ],
      [
        'the key of both indexes changes',
        () =>
          update(keyOf('units'), 'SET #no = :n', { ':n': { S: '2' } }, { ...counted, ExpressionAttributeNames: { '#no': 'no' } }),
        units(3, { byDay: 2, byShop: 2 }),
      ],
      ['it leaves one index', () => update(keyOf('units'), 'REMOVE shop', undefined, counted), units(3, { byShop: 1 })],
      [
        'it goes',
        () => db.client.send(new DeleteItemCommand({ TableName: db.table, Key: keyOf('units'), ...counted })),
        units(3, { byDay: 1 }),
      ],
      [
        'there is nothing to delete',
        () => db.client.send(new DeleteItemCommand({ TableName: db.table, Key: keyOf('units'), ...counted })),
        units(1, {}),
      ],
    ] as const;

    for (const [what, step, expected] of steps) expect((await step()).ConsumedCapacity, what).toEqual(expected);
  });

  test('of a read counts 4 KB, half when it may be stale, and adds up before it rounds in a query', async () => {
    const text = { S: '£'.repeat(1500) }; // 3000 bytes
    for (const sk of ['1', '2', '3']) await put({ ...keyOf('read', sk), text });
    const one = { TableName: db.table, Key: keyOf('read', '1'), ReturnConsumedCapacity: 'TOTAL' } as const;
    const all = {
      TableName: db.table,
      KeyConditionExpression: 'id = :id',
      ExpressionAttributeValues: { ':id': { S: 'read' } },
      ReturnConsumedCapacity: 'TOTAL',
    } as const;

    const answers = await Promise.all([
      db.client.send(new GetItemCommand(one)),
      db.client.send(new GetItemCommand({ ...one, ConsistentRead: true })),
      db.client.send(new QueryCommand(all)),
      db.client.send(new QueryCommand({ ...all, ConsistentRead: true })),
      db.client.send(new QueryCommand({ ...all, ExpressionAttributeValues: { ':id': { S: 'nobody' } } })),
    ]);

    expect(answers.map((answer) => answer.ConsumedCapacity?.CapacityUnits)).toEqual([0.5, 1, 1.5, 3, 0.5]);
  });
});

describe('a table', () => {
  test('tells what it is', async () => {
    const { Table: table } = await db.client.send(new DescribeTableCommand({ TableName: db.table }));

    expect(table).toMatchObject({
      TableName: db.table,
      TableStatus: 'ACTIVE',
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      TableArn: expect.stringMatching(/^arn:aws:dynamodb:[a-z0-9-]+:\d{12}:table\//) as string,
    });
    expect(table?.GlobalSecondaryIndexes?.map((index) => index.IndexStatus)).toEqual(['ACTIVE', 'ACTIVE']);
  });

  test('remembers its time to live', async () => {
    const TimeToLiveSpecification = { Enabled: true, AttributeName: 'expires' };
    await db.client.send(new UpdateTimeToLiveCommand({ TableName: db.table, TimeToLiveSpecification }));

    const { TimeToLiveDescription: described } = await db.client.send(new DescribeTimeToLiveCommand({ TableName: db.table }));

    expect(described?.AttributeName).toBe('expires');
    expect(described?.TimeToLiveStatus).toMatch(/^ENABL(ED|ING)$/);
  });

  test('that is not there is named', async () => {
    const [write, describeTable] = await Promise.allSettled([
      put(keyOf('x'), { TableName: 'no-such-table' }),
      db.client.send(new DescribeTableCommand({ TableName: 'no-such-table' })),
    ]);

    expect(write).toMatchObject({ reason: { name: 'ResourceNotFoundException', message: 'Requested resource not found' } });
    expect(describeTable).toMatchObject({
      reason: { message: 'Requested resource not found: Table: no-such-table not found' },
    });
  });
});
