import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  DescribeTableCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { AttributeValue, CreateTableCommandInput, QueryCommandInput, ScanCommandInput } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keyOf, openDynamoDb, ordersTable } from '../../testing/dynamodb-endpoint.ts';
import type { DynamoDbEndpoint } from '../../testing/dynamodb-endpoint.ts';
import { refusalOf, uniqueName } from '../../testing/remote.ts';

// Requests that AWS refuses before it looks at any item. The words are those that the suite nubo-db/dynamodb-conformance and the
// reports of ExtendDB, dynoxide and moto have measured; since June 2026 some regions write `1 validation error detected: ` before them.

let db: DynamoDbEndpoint;
beforeAll(async () => {
  db = await openDynamoDb();
}, 180_000);
afterAll(() => db.close(), 180_000);

const saying = (words: string) => ({ name: 'ValidationException', message: expect.stringContaining(words) as unknown });

describe('what is selected must go together', () => {
  const cases: [select: Partial<QueryCommandInput & ScanCommandInput>, words: string][] = [
    [
      { Select: 'SPECIFIC_ATTRIBUTES' },
      'Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES',
    ],
    [
      { Select: 'COUNT', ProjectionExpression: 'sk' },
      'Cannot specify the ProjectionExpression when choosing to get only the Count',
    ],
    [
      { Select: 'ALL_ATTRIBUTES', ProjectionExpression: 'sk' },
      'Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES',
    ],
    [
      { Select: 'ALL_PROJECTED_ATTRIBUTES', ProjectionExpression: 'sk' },
      'Cannot specify the ProjectionExpression when choosing to get ALL_PROJECTED_ATTRIBUTES',
    ],
    [{ Select: 'ALL_PROJECTED_ATTRIBUTES' }, 'ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName'],
    [
      { Select: 'ALL_ATTRIBUTES', IndexName: 'byDay' },
      'Select type ALL_ATTRIBUTES is not supported for global secondary index byDay because its projection type is not ALL',
    ],
  ];

  test.each(cases)('%j: %s', async (select, words) => {
    const [name, value] = select.IndexName === undefined ? ['id', 'a'] : ['day', '2011-01-01'];
    const query = new QueryCommand({
      TableName: db.table,
      KeyConditions: { [name]: { ComparisonOperator: 'EQ', AttributeValueList: [{ S: value }] } },
      ...select,
    });
    const scan = new ScanCommand({ TableName: db.table, ...select });

    expect(await refusalOf(db.client.send(query))).toMatchObject(saying(words));
    expect(await refusalOf(db.client.send(scan))).toMatchObject(saying(words));
  });

  test.each([
    [
      { Segment: 0 },
      'The TotalSegments parameter is required but was not present in the request when Segment parameter is present',
    ],
    [{ Segment: 3 }, 'The TotalSegments parameter is required'],
    [
      { TotalSegments: 3 },
      'The Segment parameter is required but was not present in the request when parameter TotalSegments is present',
    ],
    [{ Segment: 3, TotalSegments: 3 }, 'The Segment parameter is zero-based and must be less than parameter TotalSegments'],
    [{ Segment: 0, TotalSegments: 1_000_001 }, 'Member must have value less than or equal to 1000000'],
  ])('segments %j: %s', async (segments, words) => {
    const scan = new ScanCommand({ TableName: db.table, ...segments });

    expect(await refusalOf(db.client.send(scan))).toMatchObject(saying(words));
  });
});

test('a transaction names an item once, for reading as for writing', async () => {
  const Get = { TableName: db.table, Key: keyOf('twice') };
  const words = 'Transaction request cannot include multiple operations on one item';

  expect(await refusalOf(db.client.send(new TransactGetItemsCommand({ TransactItems: [{ Get }, { Get }] })))).toMatchObject(
    saying(words),
  );
  expect(
    await refusalOf(
      db.client.send(new TransactGetItemsCommand({ TransactItems: [{ Get: { TableName: 'no-such-table', Key: keyOf('a') } }] })),
    ),
  ).toMatchObject({ name: 'ResourceNotFoundException', message: 'Requested resource not found' });
});

describe('values may be nested in 31 lists and maps', () => {
  const nested = (levels: number): AttributeValue => {
    let value: AttributeValue = { S: 'x' };
    for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? { L: [value] } : { M: { m: value } };
    return value;
  };
  const item = (levels: number) => ({ ...keyOf('nested'), deep: nested(levels) });
  const writes: [what: string, write: (levels: number) => Promise<unknown>][] = [
    ['PutItem', (levels) => db.client.send(new PutItemCommand({ TableName: db.table, Item: item(levels) }))],
    [
      'BatchWriteItem',
      (levels) =>
        db.client.send(new BatchWriteItemCommand({ RequestItems: { [db.table]: [{ PutRequest: { Item: item(levels) } }] } })),
    ],
    [
      'TransactWriteItems',
      (levels) =>
        db.client.send(new TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName: db.table, Item: item(levels) } }] })),
    ],
    [
      'UpdateItem',
      (levels) =>
        db.client.send(
          new UpdateItemCommand({
            TableName: db.table,
            Key: keyOf('nested'),
            UpdateExpression: 'SET deep = :deep',
            ExpressionAttributeValues: { ':deep': nested(levels) },
          }),
        ),
    ],
    [
      'AttributeUpdates',
      (levels) =>
        db.client.send(
          new UpdateItemCommand({
            TableName: db.table,
            Key: keyOf('nested'),
            AttributeUpdates: { deep: { Value: nested(levels) } },
          }),
        ),
    ],
    [
      'an item made deeper by an update',
      async (levels) => {
        const key = keyOf('deeper');
        await db.client.send(new PutItemCommand({ TableName: db.table, Item: { ...key, m: { M: { l: { L: [] } } } } }));
        await db.client.send(
          new UpdateItemCommand({
            TableName: db.table,
            Key: key,
            UpdateExpression: 'SET m.l[0] = :deep',
            ExpressionAttributeValues: { ':deep': nested(levels - 2) },
          }),
        );
      },
    ],
  ];

  test.each(writes)('%s', async (_what, write) => {
    await write(31);

    expect(await refusalOf(write(32))).toMatchObject(
      saying('Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit'),
    );
  });
});

test('null is null, whether true or false is written behind it', async () => {
  await db.client.send(
    new PutItemCommand({ TableName: db.table, Item: { ...keyOf('null'), none: { NULL: false } as unknown as AttributeValue } }),
  );

  const { Item: item } = await db.client.send(new GetItemCommand({ TableName: db.table, Key: keyOf('null') }));
  expect(item?.['none']).toEqual({ NULL: true });
});

test('an item that is too large is refused in a Put of a transaction, and cancels an Update', async () => {
  const long = { S: 'x'.repeat(409_600) };
  const put = { Put: { TableName: db.table, Item: { ...keyOf('long'), long } } };
  const update = {
    Update: {
      TableName: db.table,
      Key: keyOf('long'),
      UpdateExpression: 'SET #long = :long',
      ExpressionAttributeNames: { '#long': 'long' },
      ExpressionAttributeValues: { ':long': long },
    },
  };

  expect(await refusalOf(db.client.send(new TransactWriteItemsCommand({ TransactItems: [put] })))).toMatchObject(
    saying('Item size has exceeded the maximum allowed size'),
  );
  expect(await refusalOf(db.client.send(new TransactWriteItemsCommand({ TransactItems: [update] })))).toMatchObject({
    name: 'TransactionCanceledException',
    CancellationReasons: [{ Code: 'ValidationError', Message: 'Item size to update has exceeded the maximum allowed size' }],
  });
});

test('a table goes by its ARN, too', async () => {
  const { Table } = await db.client.send(new DescribeTableCommand({ TableName: db.table }));
  const arn = String(Table?.TableArn);
  await db.client.send(new PutItemCommand({ TableName: arn, Item: { ...keyOf('arn'), n: { N: '1' } } }));

  const { Item: item } = await db.client.send(new GetItemCommand({ TableName: arn, Key: keyOf('arn') }));
  expect(item?.['n']).toEqual({ N: '1' });
  const other = new GetItemCommand({ TableName: arn.replace(/:\d{12}:/, ':999999999999:'), Key: keyOf('arn') });
  expect(await refusalOf(db.client.send(other))).toMatchObject({
    name: expect.stringMatching(/ResourceNotFound|AccessDenied/) as unknown,
  });
});

test('an empty member of a batch is refused by the name of what is missing', async () => {
  const empty = { RequestItems: {} };

  expect(await refusalOf(db.client.send(new BatchGetItemCommand(empty)))).toMatchObject(
    saying('The requestItems parameter is required for BatchGetItem'),
  );
  expect(await refusalOf(db.client.send(new BatchWriteItemCommand(empty)))).toMatchObject(
    saying('The requestItems parameter is required for BatchWriteItem'),
  );
});

describe('CreateTable', () => {
  const given = ordersTable('never-made');
  const index = given.GlobalSecondaryIndexes[0]!;
  const projecting = (Projection: object): Partial<CreateTableCommandInput> => ({
    GlobalSecondaryIndexes: [{ ...index, Projection }, given.GlobalSecondaryIndexes[1]!],
  });
  const cases: [what: string, Partial<CreateTableCommandInput>, words: string][] = [
    [
      'INCLUDE of nothing',
      projecting({ ProjectionType: 'INCLUDE' }),
      'ProjectionType is INCLUDE, but NonKeyAttributes is not specified',
    ],
    ['an empty INCLUDE', projecting({ ProjectionType: 'INCLUDE', NonKeyAttributes: [] }), 'length greater than or equal to 1'],
    [
      'keys and more',
      projecting({ ProjectionType: 'KEYS_ONLY', NonKeyAttributes: ['x'] }),
      'ProjectionType is KEYS_ONLY, but NonKeyAttributes is specified',
    ],
    [
      'all and more',
      projecting({ ProjectionType: 'ALL', NonKeyAttributes: ['x'] }),
      'ProjectionType is ALL, but NonKeyAttributes is specified',
    ],
    [
      'one attribute twice',
      projecting({ ProjectionType: 'INCLUDE', NonKeyAttributes: ['x', 'x'] }),
      'Duplicate element in NonKeyAttributes: x',
    ],
    [
      '21 attributes',
      projecting({ ProjectionType: 'INCLUDE', NonKeyAttributes: Array.from({ length: 21 }, (_, n) => `a${String(n)}`) }),
      'length less than or equal to 20',
    ],
    ['an index without a type', projecting({}), 'Unknown ProjectionType: null'],
    [
      'a definition that no key uses',
      { AttributeDefinitions: [...given.AttributeDefinitions, { AttributeName: 'x', AttributeType: 'S' }] },
      'Some AttributeDefinitions are not used. AttributeDefinitions: [id, sk, day, no, shop, x]',
    ],
    [
      'an attribute defined twice',
      { AttributeDefinitions: [...given.AttributeDefinitions, { AttributeName: 'no', AttributeType: 'N' }] },
      'Cannot have two attributes with the same name',
    ],
    [
      'an index without throughput',
      { BillingMode: 'PROVISIONED', ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } },
      'must both be specified for index: byDay',
    ],
    ['a view of no stream', { StreamSpecification: { StreamEnabled: false, StreamViewType: 'NEW_IMAGE' } }, 'StreamViewType'],
  ];

  test.each(cases)('with %s', async (_what, wrong, words) => {
    const create = new CreateTableCommand({ ...given, TableName: uniqueName('never'), ...wrong });

    expect(await refusalOf(db.client.send(create))).toMatchObject(saying(words));
  });
});
