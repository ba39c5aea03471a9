import { describe, expect, test } from 'vitest';
import { verify } from '../../../http/signature-v4.ts';
import { code, credentials, givenApi, givenService, type Received } from '../../../testing/appsync-fixture.ts';

const schema = 'type Query { out(token: String, n: Int): AWSJSON }';
const dataSources = [{ name: 'things', type: 'AMAZON_DYNAMODB', tableName: 'Things', region: 'us-east-1' }] as const;

/** Everything that the response handler sees of the data source's answer. */
const SEEN = 'return { result: ctx.result, error: ctx.error ?? null };';

/** A field whose request is this expression, before a DynamoDB that answers as told. */
async function givenTable(
  request: string,
  answer: (request: Received, n: number) => { readonly status?: number; readonly body: string },
) {
  const dynamodb = await givenService(answer);
  const api = await givenApi({
    schema,
    dataSources,
    resolvers: { 'Query.out': { code: code({ request: `return ${request};`, response: SEEN }), dataSource: 'things' } },
    surroundings: { endpointOf: () => dynamodb.url },
  });
  const ask = async (variables: Record<string, unknown> = {}) => {
    const { data, errors } = await api.ask('query ($token: String, $n: Int) { out(token: $token, n: $n) }', variables);
    const out = data?.['out'];
    return { ...(typeof out === 'string' ? (JSON.parse(out) as Seen) : NOTHING), errors };
  };
  return { ask, received: dynamodb.received };
}

interface Seen {
  readonly result: Record<string, unknown> | null;
  readonly error: { readonly type: string; readonly message: string } | null;
}
const NOTHING: Seen = { result: null, error: null };

const body = (answer: unknown) => ({ body: JSON.stringify(answer) });
const refusal = (type: string, message: string, more: object = {}) => ({
  status: 400,
  body: JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message, ...more }),
});
const wire = (received: readonly Received[], n = 0) => JSON.parse(received[n]?.body ?? 'null') as Record<string, unknown>;
const action = (received: readonly Received[], n = 0) => received[n]?.headers['x-amz-target'];

describe('each operation, on the wire and back', () => {
  const id = { S: 'a' };
  const condition = '{ expression: "#v = :v", expressionNames: { "#v": "version" }, expressionValues: { ":v": { N: 1 } } }';
  const conditionWire = {
    ConditionExpression: '#v = :v',
    ExpressionAttributeNames: { '#v': 'version' },
    ExpressionAttributeValues: { ':v': { N: '1' } },
  };
  const cases: {
    readonly name: string;
    readonly request: string;
    readonly sends: string;
    readonly wire: object;
    readonly answer: object;
    readonly result: unknown;
  }[] = [
    {
      name: 'GetItem',
      request:
        '{ operation: "GetItem", key: { id: { S: "a" } }, consistentRead: true, projection: { expression: "#n", expressionNames: { "#n": "name" } } }',
      sends: 'GetItem',
      wire: {
        TableName: 'Things',
        Key: { id },
        ConsistentRead: true,
        ProjectionExpression: '#n',
        ExpressionAttributeNames: { '#n': 'name' },
      },
      answer: {
        Item: {
          s: id,
          n: { N: '-1.5' },
          b: { BOOL: true },
          z: { NULL: true },
          l: { L: [{ M: { x: { N: '1' } } }] },
          ns: { NS: ['1', '2'] },
          ss: { SS: ['a'] },
        },
      },
      result: { s: 'a', n: -1.5, b: true, z: null, l: [{ x: 1 }], ns: [1, 2], ss: ['a'] },
    },
    {
      name: 'GetItem of nothing',
      request: 'ddb.get({ key: { id: "a" } })',
      sends: 'GetItem',
      wire: { TableName: 'Things', Key: { id } },
      answer: {},
      result: null,
    },
    {
      name: 'PutItem',
      request: `{ operation: "PutItem", key: { id: { S: "a" } }, attributeValues: { n: { N: 12345 }, set: { NS: [1, 2.5] }, nil: { NULL: null } }, condition: ${condition} }`,
      sends: 'PutItem',
      wire: {
        TableName: 'Things',
        Item: { n: { N: '12345' }, set: { NS: ['1', '2.5'] }, nil: { NULL: true }, id },
        ...conditionWire,
      },
      answer: {},
      result: { n: 12345, set: [1, 2.5], nil: null, id: 'a' },
    },
    {
      name: 'UpdateItem',
      request: `ddb.update({ key: { id: "a" }, update: { n: ddb.operations.increment(2) } })`,
      sends: 'UpdateItem',
      wire: {
        ...{
          TableName: 'Things',
          Key: { id },
          UpdateExpression: 'SET #expName_1 = #expName_1 + :expValue_1',
          ReturnValues: 'ALL_NEW',
        },
        ...{ ExpressionAttributeNames: { '#expName_1': 'n' }, ExpressionAttributeValues: { ':expValue_1': { N: '2' } } },
      },
      answer: { Attributes: { id, n: { N: '3' } } },
      result: { id: 'a', n: 3 },
    },
    {
      name: 'DeleteItem',
      request: `{ operation: "DeleteItem", key: { id: { S: "a" } }, condition: ${condition} }`,
      sends: 'DeleteItem',
      wire: { TableName: 'Things', Key: { id }, ReturnValues: 'ALL_OLD', ...conditionWire },
      answer: { Attributes: { id } },
      result: { id: 'a' },
    },
    {
      name: 'Query',
      request:
        'ddb.query({ index: "byName", query: { id: { eq: "a" } }, filter: { n: { gt: 1 } }, limit: 2, scanIndexForward: false, select: "ALL_PROJECTED_ATTRIBUTES" })',
      sends: 'Query',
      wire: {
        ...{
          TableName: 'Things',
          KeyConditionExpression: '(#id = :id_eq)',
          IndexName: 'byName',
          Limit: 2,
          Select: 'ALL_PROJECTED_ATTRIBUTES',
          ScanIndexForward: false,
        },
        ...{
          FilterExpression: '(#n > :n_gt)',
          ExpressionAttributeNames: { '#id': 'id', '#n': 'n' },
          ExpressionAttributeValues: { ':id_eq': id, ':n_gt': { N: '1' } },
        },
      },
      answer: { Items: [{ id }, { id: { S: 'b' } }], ScannedCount: 4 },
      result: { items: [{ id: 'a' }, { id: 'b' }], nextToken: null, scannedCount: 4 },
    },
    {
      name: 'Scan',
      request: '{ operation: "Scan", totalSegments: 2, segment: 0 }',
      sends: 'Scan',
      wire: { TableName: 'Things', TotalSegments: 2, Segment: 0 },
      answer: { Items: [], ScannedCount: 0 },
      result: { items: [], nextToken: null, scannedCount: 0 },
    },
    {
      name: 'BatchGetItem, in the order of the keys, with null for what is missing',
      request:
        'ddb.batchGet({ tables: { A: { keys: [{ id: "1" }, { id: "2" }, { id: "3" }], projection: ["n"] }, B: { keys: [{ id: "9", sk: 1 }] } } })',
      sends: 'BatchGetItem',
      wire: {
        RequestItems: {
          A: {
            Keys: [{ id: { S: '1' } }, { id: { S: '2' } }, { id: { S: '3' } }],
            ProjectionExpression: '#n, #appsyncKey0',
            ExpressionAttributeNames: { '#n': 'n', '#appsyncKey0': 'id' },
          },
          B: { Keys: [{ id: { S: '9' }, sk: { N: '1' } }] },
        },
      },
      answer: {
        Responses: { A: [{ id: { S: '3' } }, { id: { S: '1' } }], B: [] },
        UnprocessedKeys: { B: { Keys: [{ id: { S: '9' }, sk: { N: '1' } }] } },
      },
      result: { data: { A: [{ id: '1' }, null, { id: '3' }], B: [null] }, unprocessedKeys: { A: [], B: [{ id: '9', sk: 1 }] } },
    },
    {
      name: 'BatchPutItem',
      request: 'ddb.batchPut({ tables: { A: [{ id: "1" }, { id: "2" }] } })',
      sends: 'BatchWriteItem',
      wire: { RequestItems: { A: [{ PutRequest: { Item: { id: { S: '1' } } } }, { PutRequest: { Item: { id: { S: '2' } } } }] } },
      answer: { UnprocessedItems: { A: [{ PutRequest: { Item: { id: { S: '2' } } } }] } },
      result: { data: { A: [{ id: '1' }, null] }, unprocessedItems: { A: [{ id: '2' }] } },
    },
    {
      name: 'BatchDeleteItem',
      request: 'ddb.batchDelete({ tables: { A: [{ id: "1" }] } })',
      sends: 'BatchWriteItem',
      wire: { RequestItems: { A: [{ DeleteRequest: { Key: { id: { S: '1' } } } }] } },
      answer: {},
      result: { data: { A: [{ id: '1' }] }, unprocessedKeys: { A: [] } },
    },
    {
      name: 'TransactGetItems',
      request: 'ddb.transactGet({ items: [{ table: "A", key: { id: "1" } }, { table: "B", key: { id: "2" } }] })',
      sends: 'TransactGetItems',
      wire: {
        TransactItems: [
          { Get: { TableName: 'A', Key: { id: { S: '1' } } } },
          { Get: { TableName: 'B', Key: { id: { S: '2' } } } },
        ],
      },
      answer: { Responses: [{ Item: { id: { S: '1' } } }, {}] },
      result: { items: [{ id: '1' }, null], cancellationReasons: null },
    },
    {
      name: 'TransactWriteItems',
      request:
        'ddb.transactWrite({ items: [{ putItem: { table: "A", key: { id: "1" }, item: { n: 1 }, condition: { id: { attributeExists: false } } } }, { updateItem: { table: "A", key: { id: "2" }, update: { n: 2 } } }, { deleteItem: { table: "A", key: { id: "3" } } }, { conditionCheck: { table: "B", key: { id: "4" }, condition: { id: { attributeExists: true } } } }] })',
      sends: 'TransactWriteItems',
      wire: {
        TransactItems: [
          {
            Put: {
              TableName: 'A',
              Item: { n: { N: '1' }, id: { S: '1' } },
              ConditionExpression: '(attribute_not_exists(#id))',
              ExpressionAttributeNames: { '#id': 'id' },
              ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
            },
          },
          {
            Update: {
              TableName: 'A',
              Key: { id: { S: '2' } },
              UpdateExpression: 'SET #expName_1 = :expValue_1',
              ExpressionAttributeNames: { '#expName_1': 'n' },
              ExpressionAttributeValues: { ':expValue_1': { N: '2' } },
            },
          },
          { Delete: { TableName: 'A', Key: { id: { S: '3' } } } },
          {
            ConditionCheck: {
              TableName: 'B',
              Key: { id: { S: '4' } },
              ConditionExpression: '(attribute_exists(#id))',
              ExpressionAttributeNames: { '#id': 'id' },
              ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
            },
          },
        ],
      },
      answer: {},
      result: { keys: [{ id: '1' }, { id: '2' }, { id: '3' }, { id: '4' }], cancellationReasons: null },
    },
  ];

  test.each(cases)('$name', async ({ request, sends, wire: expected, answer, result }) => {
    const table = await givenTable(request, () => body(answer));

    const seen = await table.ask();

    expect(seen).toEqual({ result, error: null, errors: [] });
    expect(action(table.received)).toBe(`DynamoDB_20120810.${sends}`);
    expect(wire(table.received)).toEqual(expected);
  });

  test('is signed for DynamoDB', async () => {
    const table = await givenTable('ddb.get({ key: { id: "a" } })', () => body({}));
    await table.ask();
    const { method, url, headers, body: sent } = table.received[0] ?? { method: '', url: '', headers: {}, body: '' };

    const verified = verify(
      { method, rawUrl: url, headers, body: Buffer.from(sent) },
      { credentials, region: 'us-east-1', service: 'dynamodb' },
    );

    expect(verified.accessKeyId).toBe('AKIDLOCAL');
  });
});

describe('a page token', () => {
  const key = { id: { S: 'a' }, sk: { N: '7' } };
  const paged = (request: string) =>
    givenTable(request, (_received, n) => body(n === 1 ? { Items: [], LastEvaluatedKey: key } : { Items: [] }));

  test('goes on where the page ended, and shows nothing of it', async () => {
    const table = await paged('ddb.query({ query: { id: { eq: "a" } }, nextToken: ctx.args.token })');

    const first = await table.ask();
    const token = first.result?.['nextToken'] as string;
    const second = await table.ask({ token });

    expect(wire(table.received, 1)['ExclusiveStartKey']).toEqual(key);
    expect(second.result?.['nextToken']).toBeNull();
    expect(Buffer.from(token, 'base64').toString('latin1')).not.toContain('sk');
  });

  test('of another list, or broken, is an error of the data source', async () => {
    const table = await paged('ddb.query({ query: { id: { eq: ctx.args.n === null ? "a" : "b" } }, nextToken: ctx.args.token })');
    const token = (await table.ask({ n: null })).result?.['nextToken'] as string;

    const answers = await Promise.all([
      table.ask({ n: 1, token }),
      table.ask({ n: null, token: `A${token.slice(1)}` }),
      table.ask({ n: null, token: 'junk' }),
      table.ask({ n: null, token: '' }),
    ]);

    expect(answers.map(({ error }) => error?.type)).toEqual(answers.map(() => 'DynamoDB:UserIllegalArgumentException'));
    expect(answers[0].error?.message).toContain('Invalid pagination token given');
    expect(table.received).toHaveLength(1);
  });
});

describe('what DynamoDB refuses', () => {
  const update = 'ddb.update({ key: { id: "a" }, update: { n: 1 }, condition: { n: { eq: 0 } } })';

  test('is ctx.error, with AppSync’s type and words', async () => {
    const table = await givenTable('ddb.get({ key: { id: "a" } })', () =>
      refusal('ValidationException', 'The provided key element does not match the schema'),
    );

    const { result, error } = await table.ask();

    expect({ result, error }).toEqual({
      result: null,
      error: {
        type: 'DynamoDB:DynamoDbException',
        message: 'The provided key element does not match the schema (Service: DynamoDb, Status Code: 400, Request ID: REQUEST)',
      },
    });
  });

  test('by a condition comes with the stored item', async () => {
    const table = await givenTable(update, ({ headers }) =>
      headers['x-amz-target'] === 'DynamoDB_20120810.GetItem'
        ? body({ Item: { id: { S: 'a' }, n: { N: '5' } } })
        : refusal('ConditionalCheckFailedException', 'The conditional request failed'),
    );

    const { result, error } = await table.ask();

    expect(result).toEqual({ id: 'a', n: 5 });
    expect(error?.type).toBe('DynamoDB:ConditionalCheckFailedException');
    expect(wire(table.received, 1)).toEqual({ TableName: 'Things', Key: { id: { S: 'a' } }, ConsistentRead: true });
  });

  test.each([
    [
      'put of what is stored already',
      '{ operation: "PutItem", key: { id: { S: "a" } }, attributeValues: { n: { N: 5 }, at: { N: 9 } }, condition: { expression: "attribute_not_exists(id)", equalsIgnore: ["at"] } }',
      { id: { S: 'a' }, n: { N: '5' } },
      { id: 'a', n: 5 },
    ],
    [
      'delete of what is gone already',
      '{ operation: "DeleteItem", key: { id: { S: "a" } }, condition: { expression: "attribute_exists(id)" } }',
      undefined,
      null,
    ],
  ])('by a condition is success for a %s', async (_what, request, Item, result) => {
    const table = await givenTable(request, ({ headers }) =>
      headers['x-amz-target'] === 'DynamoDB_20120810.GetItem'
        ? body({ Item })
        : refusal('ConditionalCheckFailedException', 'The conditional request failed'),
    );

    const seen = await table.ask();

    expect(seen).toEqual({ result, error: null, errors: [] });
  });

  test('of a transaction comes with the reasons', async () => {
    const reasons = [
      { Code: 'None' },
      { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed', Item: { id: { S: '2' } } },
    ];
    const table = await givenTable('ddb.transactWrite({ items: [{ deleteItem: { table: "A", key: { id: "1" } } }] })', () =>
      refusal('TransactionCanceledException', 'Transaction cancelled', { CancellationReasons: reasons }),
    );

    const { result, error } = await table.ask();

    expect(error?.type).toBe('DynamoDB:TransactionCanceledException');
    expect(result).toEqual({
      keys: null,
      items: null,
      cancellationReasons: [
        { type: 'None', message: null, item: null },
        { type: 'ConditionalCheckFailed', message: 'The conditional request failed', item: { id: '2' } },
      ],
    });
  });

  test('for want of capacity is asked again', async () => {
    const table = await givenTable('ddb.get({ key: { id: "a" } })', (_received, n) =>
      n < 3 ? refusal('ProvisionedThroughputExceededException', 'slow down') : body({ Item: { id: { S: 'a' } } }),
    );

    const { result, error } = await table.ask();

    expect({ result, error, attempts: table.received.length }).toEqual({ result: { id: 'a' }, error: null, attempts: 3 });
  });

  test('when it cannot be reached is an error of the data source', async () => {
    const api = await givenApi({
      schema,
      dataSources,
      resolvers: {
        'Query.out': { code: code({ request: 'return ddb.get({ key: { id: 1 } });', response: SEEN }), dataSource: 'things' },
      },
      surroundings: { endpointOf: () => 'http://127.0.0.1:1' },
    });

    const { data } = await api.ask('{ out }');

    expect(data?.['out']).toContain('DynamoDB:SdkClientException');
  });
});

describe('a request that is none', () => {
  test.each([
    ['{}', "Value for field '$[operation]' not found."],
    ['null', 'must return an object'],
    ['{ operation: "Sync" }', 'Sync needs a versioned data source: it is not implemented locally'],
    ['{ operation: "Explode" }', 'Unsupported operation'],
    ['{ operation: "GetItem" }', "Value for field '$[key]' not found"],
    ['{ operation: "GetItem", key: { id: "a" } }', "'$[key][id]' must be one typed value"],
    ['{ operation: "GetItem", key: { id: { X: 1 } } }', "has the type 'X'"],
    ['{ operation: "BatchGetItem", tables: { Things: { keys: [] } } }', "RequestItem keys '$[tables][Things]' can't be empty"],
    [
      `{ operation: "BatchGetItem", tables: { Things: { keys: ${JSON.stringify(Array.from({ length: 101 }, (_, i) => ({ id: { N: i } })))} } } }`,
      'at most 100',
    ],
    ['{ operation: "UpdateItem", key: { id: { S: "a" } }, update: { expression: "" } }', "'$[update][expression]' not found"],
  ])('%s ends the field with MappingTemplate', async (request, message) => {
    const table = await givenTable(request, () => body({}));

    const { errors } = await table.ask();

    expect(errors[0]).toMatchObject({ errorType: 'MappingTemplate', path: ['out'] });
    expect(errors[0]?.message).toContain(message);
    expect(table.received).toEqual([]);
  });
});
