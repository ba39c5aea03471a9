import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  LOADED,
  record,
  refusal,
  resultOf,
  salesRecord,
  startWarehouseApi,
  STATEMENT_ID,
  type DataApiReply,
  wholeAnswer,
  type WarehouseApi,
} from './warehouse-api.ts';

let api: WarehouseApi;
beforeAll(async () => {
  api = await startWarehouseApi();
});
afterAll(() => api.close());

const ASK = `query ($id: ID!) {
  warehouseResult(id: $id) {
    __typename
    ... on SalesResult { status hasMore asOf source elapsedMs id sales: rows { country revenue } }
    ... on SegmentResult { status hasMore asOf source id segments: rows { recency customers revenue } }
    ... on RetentionResult { status hasMore asOf source id retention: rows { cohort month rate } }
    ... on ProductPairResult { status hasMore asOf source id pairs: rows { stockCode otherStockCode lift } }
  }
}`;
const ask = (id: string) => api.ask(ASK, { id });

const id = (...parts: unknown[]) => Buffer.from(JSON.stringify(['warehouseResult', ...parts])).toString('base64');
const SALES_ID = id('sales', 'FACT', 100, STATEMENT_ID);
const finished = { body: { Id: STATEMENT_ID, Status: 'FINISHED' } };
const given = (...replies: DataApiReply[]) => {
  api.given({ warehouse: (_call, n) => replies[n] });
};

describe('an answer that was PENDING', () => {
  test('has the id with which it can be asked for', async () => {
    given({ body: { Id: STATEMENT_ID, Status: 'SUBMITTED' } }, refusal('ResourceNotFoundException'));

    const { data } = await api.ask('{ sales(groupBy: [CUSTOMER, COUNTRY]) { id } }');

    expect(data.sales.id).toBe(SALES_ID);
  });

  test('is waited for, and its rows are those that were asked for', async () => {
    given(finished, resultOf(wholeAnswer([salesRecord(null, 'EIRE')])));

    const { data, errors } = await ask(SALES_ID);

    expect(errors).toEqual([]);
    expect(data.warehouseResult).toEqual({
      ...{ __typename: 'SalesResult', status: 'FINISHED', hasMore: false, asOf: LOADED.asOf, source: 'FACT', id: null },
      elapsedMs: expect.any(Number),
      sales: [{ country: 'EIRE', revenue: '498062.650' }],
    });
    expect(api.calls).toEqual([
      { operation: 'DescribeStatement', input: { Id: STATEMENT_ID, WaitTimeSeconds: 10 } },
      { operation: 'GetStatementResult', input: { Id: STATEMENT_ID } },
    ]);
  });

  test.each([
    [
      ['customerSegments', 'FACT', 125],
      'SegmentResult',
      record(5, 4, 3, 10, 20, '99.000', LOADED.text),
      { segments: [{ recency: 5, customers: 10, revenue: '99.000' }] },
    ],
    [
      ['retention', 'FACT', 1000],
      'RetentionResult',
      record('2011-01', '2011-03', 2, 40, 10, 0.25, LOADED.text),
      { retention: [{ cohort: '2011-01', month: '2011-03', rate: 0.25 }] },
    ],
    [
      ['productPairs', 'RAW', 10],
      'ProductPairResult',
      record('85123A', 'HEART', '71053', 'LANTERN', 12, 0.1, 0.5, 2.5, LOADED.text),
      { pairs: [{ stockCode: '85123A', otherStockCode: '71053', lift: 2.5 }] },
    ],
  ])('may be of any kind: %j', async (parts, __typename, row, rows) => {
    given(finished, resultOf([row]));

    const { data, errors } = await ask(id(...parts, STATEMENT_ID));

    expect(errors).toEqual([]);
    expect(data.warehouseResult).toMatchObject({ __typename, status: 'FINISHED', source: parts[1], asOf: LOADED.asOf, ...rows });
  });

  test('has no more rows than were asked for, and tells of more', async () => {
    given(finished, resultOf(Array.from({ length: 1001 }, () => salesRecord('2011-02'))));

    const { data } = await ask(id('sales', 'RAW', 1000, STATEMENT_ID));

    expect([data.warehouseResult.sales.length, data.warehouseResult.hasMore]).toEqual([1000, true]);
  });

  test.each(['SUBMITTED', 'PICKED', 'STARTED'])('may still be: %s', async (status) => {
    given({ body: { Id: STATEMENT_ID, Status: status } });

    const { data, errors } = await ask(SALES_ID);

    expect(errors).toEqual([]);
    expect(data.warehouseResult).toMatchObject({ status: 'PENDING', sales: [], id: SALES_ID });
    expect(api.calls).toHaveLength(1);
  });

  test.each(['FAILED', 'ABORTED'])('may have failed: %s', async (status) => {
    given({ body: { Id: STATEMENT_ID, Status: status, Error: 'ERROR: no memory' } });

    const { data, errors } = await ask(SALES_ID);

    expect(data.warehouseResult).toMatchObject({ status: 'FAILED', sales: [], id: null });
    expect(errors).toMatchObject([{ errorType: 'WarehouseFailed', message: expect.stringContaining('no memory') }]);
    expect(api.calls).toHaveLength(1);
  });

  test.each([
    [refusal('ResourceNotFoundException'), undefined],
    [refusal('ValidationException'), undefined],
    [finished, refusal('ResourceNotFoundException')],
  ])('is kept for a day only', async (described, result) => {
    given(described, result);

    const { data, errors } = await ask(SALES_ID);

    expect(data).toBeNull();
    expect(errors).toMatchObject([
      { errorType: 'UnknownResult', errorInfo: { field: 'id' }, message: expect.stringContaining('ask the question again') },
    ]);
  });

  test('is no answer of another kind', async () => {
    given(finished, resultOf([record('85123A', 'HEART', '71053', 'LANTERN', 12, 0.1, 0.5, 2.5, LOADED.text)]));

    const { errors } = await ask(SALES_ID);

    expect(errors).toMatchObject([{ errorType: 'UnknownResult' }]);
  });

  test.each<[string, DataApiReply[]]>([
    ['while it is waited for', [refusal('ThrottlingException')]],
    ['after the connection broke', [undefined]],
    ['when only its rows are missing', [finished, refusal('ThrottlingException')]],
    ['when the connection breaks over its rows', [finished, undefined]],
  ])('keeps its id when the warehouse cannot be reached, %s', async (_, replies) => {
    given(...replies);

    const { data, errors } = await ask(SALES_ID);

    expect(errors).toEqual([]);
    expect(data.warehouseResult).toMatchObject({ status: 'PENDING', sales: [], id: SALES_ID });
  });
});

describe('an id that was never given out is refused, and the warehouse is not asked:', () => {
  const forged: readonly unknown[][] = [
    ...[[], ['sales'], ['sales', 'FACT', 100], ['sales', 'FACT', 100, null], ['sales', 'FACT', 100, 7]],
    ...[
      ['sales', 'CACHE', 100, STATEMENT_ID],
      ['sales', 'FACT', '100', STATEMENT_ID],
      ['sales', 'FACT', 0, STATEMENT_ID],
    ],
    ...[
      ['sales', 'FACT', 1001, STATEMENT_ID],
      ['sales', 'FACT', 1.5, STATEMENT_ID],
      ['sales', 'FACT', null, STATEMENT_ID],
    ],
    ...[
      ['customers', 'FACT', 100, STATEMENT_ID],
      ['sales', 'FACT', 100, `${STATEMENT_ID}:1`],
      ['sales', 'FACT', 100, '../..'],
    ],
    ['sales', 'FACT', 100, STATEMENT_ID, 'more'],
  ];

  test.each([
    ...forged.map((parts) => id(...parts)),
    ...['', 'x', '%%%%', 'bm8ganNvbg==', Buffer.from('null').toString('base64'), Buffer.from('7').toString('base64')],
    Buffer.from(JSON.stringify(['Query.customers EIRE', 'sales', 'FACT', 100, STATEMENT_ID])).toString('base64'),
    Buffer.from(` ${Buffer.from(SALES_ID, 'base64').toString()}`).toString('base64'),
    `${SALES_ID}AAAA`,
    SALES_ID.replace(/=+$/, ''),
    'A'.repeat(400),
  ])('"%s"', async (one) => {
    given();

    const { errors } = await ask(one);

    expect(errors).toMatchObject([{ errorType: 'InvalidValue', errorInfo: { field: 'id' } }]);
    expect(api.calls).toEqual([]);
  });

  test('whatever it is', async () => {
    given();

    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.base64String(),
          fc.json().map((text) => Buffer.from(text).toString('base64')),
        ),
        async (one) => {
          const { errors } = await ask(one);

          expect(errors).toMatchObject([{ errorType: 'InvalidValue' }]);
        },
      ),
      { numRuns: 50 },
    );
    expect(api.calls).toEqual([]);
  });
});
