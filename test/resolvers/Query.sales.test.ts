import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { salesStatement } from '../../warehouse/statements/sales-statement.ts';
import { builtResolver } from '../support/resolver.ts';
import {
  LOADED,
  record,
  resultOf,
  salesRecord,
  startWarehouseApi,
  STATEMENT_ID,
  warehouseWith,
  wholeAnswer,
  type WarehouseApi,
} from './warehouse-api.ts';

let api: WarehouseApi;
beforeAll(async () => {
  api = await startWarehouseApi();
});
afterAll(() => api.close());

const SALES = `query ($groupBy: [SalesDimension!]!, $where: SalesFilter, $orderBy: [SalesOrder!], $limit: Int) {
  sales(groupBy: $groupBy, where: $where, orderBy: $orderBy, limit: $limit) {
    __typename status hasMore asOf source elapsedMs id
    rows { year month country customerId revenue units lines invoices customers averageInvoice }
  }
}`;
const sales = (variables: object) => api.ask(SALES, variables);

/** A row of the API with nothing in it but what is named. */
const row = (own: object) => ({ year: null, month: null, country: null, customerId: null, ...own });
const measures = {
  ...{ revenue: '498062.650', units: 277_989, lines: 27_707, invoices: 1393, customers: 798, averageInvoice: '357.547' },
};

describe('a fixed question', () => {
  const kept = (rows: number, more: object = {}) => ({
    asOf: LOADED.asOf,
    rows: Array.from({ length: rows }, (_, place) => ({ month: `2011-${String(place + 1).padStart(2, '0')}`, ...measures })),
    hasMore: false,
    loadId: 7,
    ...more,
  });

  test('is answered from the kept answers, and the warehouse sleeps on', async () => {
    api.given({ kept: { 'sales:MONTH': kept(2) } });

    const { data, errors } = await sales({ groupBy: ['MONTH'] });

    expect(errors).toEqual([]);
    expect(data.sales).toEqual({
      ...{ __typename: 'SalesResult', status: 'FINISHED', hasMore: false, asOf: LOADED.asOf, source: 'CACHE', id: null },
      elapsedMs: expect.any(Number),
      rows: [row({ month: '2011-01', ...measures }), row({ month: '2011-02', ...measures })],
    });
    expect(api.lookups).toEqual(['sales:MONTH']);
    expect(api.calls).toEqual([]);
  });

  test.each([
    [1, {}, 1, true],
    [2, {}, 2, true],
    [3, {}, 3, false],
    [1000, {}, 3, false],
    [1000, { hasMore: true }, 3, true],
  ])('of %d rows has as many of the kept ones', async (limit, more, rows, hasMore) => {
    api.given({ kept: { 'sales:MONTH': kept(3, more) } });

    const { data } = await sales({ groupBy: ['MONTH'], limit });

    expect([data.sales.rows.length, data.sales.hasMore]).toEqual([rows, hasMore]);
  });

  test('is asked of the warehouse when its answer is not kept or cannot be read', async () => {
    for (const kept of [{}, 'AccessDeniedException']) {
      api.given({ kept, warehouse: warehouseWith([salesRecord('2011-02')]) });

      const { data, errors } = await sales({ groupBy: ['MONTH'] });

      expect(errors).toEqual([]);
      expect(data.sales).toMatchObject({ source: 'ROLLUP', rows: [{ month: '2011-02' }] });
      expect(api.lookups).toEqual(['sales:MONTH']);
    }
  });

  test('before the first load is empty', async () => {
    api.given({ kept: { 'sales:MONTH': { asOf: null, rows: [], hasMore: false } } });

    const { data } = await sales({ groupBy: ['MONTH'] });

    expect(data.sales).toMatchObject({ status: 'FINISHED', rows: [], asOf: null });
  });

  test('with the most rows stays within the loops that APPSYNC_JS allows', async () => {
    api.given({ kept: { 'sales:DAY': kept(1000) } });

    const { data, errors } = await sales({ groupBy: ['DAY'], limit: 1000 });

    expect(errors).toEqual([]);
    expect(data.sales.rows).toHaveLength(1000);
  });
});

describe('any other question', () => {
  const question = { groupBy: ['COUNTRY', 'MONTH'] as const, where: {}, orderBy: [], limit: 100 };

  test('is one statement, then its rows', async () => {
    api.given({ warehouse: warehouseWith(wholeAnswer([salesRecord('2011-02', 'EIRE')])) });

    const { data, errors } = await sales({ groupBy: ['COUNTRY', 'MONTH'] });

    expect(errors).toEqual([]);
    expect(data.sales).toEqual({
      ...{ __typename: 'SalesResult', status: 'FINISHED', hasMore: false, asOf: LOADED.asOf, source: 'ROLLUP', id: null },
      elapsedMs: expect.any(Number),
      rows: [row({ month: '2011-02', country: 'EIRE', ...measures })],
    });
    expect(data.sales.elapsedMs).toBeGreaterThanOrEqual(0);
    expect(api.lookups).toEqual([]);
    expect(api.calls).toEqual([
      {
        operation: 'ExecuteStatement',
        input: {
          ...{ WorkgroupName: 'tillgraph-test', Database: 'tillgraph' },
          StatementName: 'sales-rollup-month-country',
          Sql: salesStatement(question).sql,
        },
      },
      { operation: 'GetStatementResult', input: { Id: STATEMENT_ID, WaitTimeSeconds: 10 } },
    ]);
  });

  test.each([
    ['FACT', { groupBy: ['CUSTOMER', 'COUNTRY'] }],
    ['RAW', { groupBy: ['PRODUCT', 'COUNTRY'] }],
    ['ROLLUP', { groupBy: ['MONTH'], where: { from: '2011-02-01', to: '2011-02-28' } }],
  ])('says that it comes from %s', async (source, variables) => {
    api.given({ warehouse: warehouseWith([salesRecord('2011-02')]) });

    const { data } = await sales(variables);

    expect(data.sales.source).toBe(source);
  });

  test('takes what narrows it as values, trimmed, and days without their offset', async () => {
    api.given({ warehouse: warehouseWith([salesRecord('2011-02')]) });
    const where = {
      ...{ from: '2011-02-02Z', to: '2011-02-27', countries: [' EIRE ', "Cote d'Ivoire"], customerId: '17850' },
      ...{ stockCode: '85123A', cancelled: false, guests: false },
    };

    await sales({ groupBy: ['MONTH'], where });

    expect(api.calls[0]?.input['Parameters']).toEqual([
      { name: 'first_day', value: '2011-02-02' },
      { name: 'last_day', value: '2011-02-27' },
      { name: 'country_1', value: 'EIRE' },
      { name: 'country_2', value: "Cote d'Ivoire" },
      { name: 'customer_id', value: '17850' },
      { name: 'stock_code', value: '85123A' },
    ]);
  });

  test('is no wider for what is null than for what is left out', async () => {
    const narrow = ['from', 'to', 'countries', 'customerId', 'stockCode', 'cancelled', 'guests'];
    api.given({ kept: { 'sales:MONTH': { asOf: null, rows: [], hasMore: false } } });

    const { data, errors } = await sales({
      ...{ groupBy: ['MONTH'], orderBy: null, limit: null },
      where: Object.fromEntries(narrow.map((name) => [name, null])),
    });

    expect(errors).toEqual([]);
    expect(data.sales.source).toBe('CACHE');
  });

  test.each(["'; DROP TABLE mart.sales_line; --", "x' OR 'x' = 'x", ':first_day', '-- ', '$1', '\\', '"', '/*', 'NULL'])(
    'cannot become SQL text: %s',
    async (hostile) => {
      const harmless = { stockCode: '85123A', countries: ['EIRE', 'France'] };
      api.given({ warehouse: warehouseWith([salesRecord(null)]) });

      const { errors } = await sales({ groupBy: ['DAY'], where: { stockCode: hostile, countries: [hostile, 'France'] } });
      await sales({ groupBy: ['DAY'], where: harmless });

      expect(errors).toEqual([]);
      const [first, , second] = api.calls;
      expect(first?.input['Sql']).toBe(second?.input['Sql']);
      expect(first?.input['Parameters'][2]).toEqual({ name: 'stock_code', value: hostile.trim() });
    },
  );

  test('with 1,000 rows and more stays within the loops that APPSYNC_JS allows', async () => {
    const records = Array.from({ length: 1001 }, (_, place) => salesRecord('2011-02', `Country ${String(place)}`));
    api.given({ warehouse: warehouseWith(records) });

    const { data, errors } = await sales({ groupBy: ['COUNTRY', 'MONTH'], limit: 1000 });

    expect(errors).toEqual([]);
    expect(data.sales.hasMore).toBe(true);
    expect(data.sales.rows.map(({ country }: { country: string }) => country)).toEqual(
      Array.from({ length: 1000 }, (_, place) => `Country ${String(place)}`),
    );
  });

  test('of the greatest length stays within them too', async () => {
    api.given({ warehouse: warehouseWith([salesRecord('2011-02')]) });
    const groupBy = ['PRODUCT', 'CUSTOMER', 'COUNTRY'];
    const fields = [...groupBy, 'REVENUE', 'UNITS', 'LINES', 'INVOICES', 'CUSTOMERS', 'AVERAGE_INVOICE'];
    const where = {
      countries: Array.from({ length: 50 }, (_, place) => `Country ${String(place)}`),
      ...{ from: '2011-01-01', to: '2011-12-31', customerId: '17850', stockCode: '85123A', cancelled: true, guests: false },
    };

    const { errors } = await sales({ groupBy, where, orderBy: fields.map((by) => ({ by, direction: 'DESC' })), limit: 1000 });

    expect(errors).toEqual([]);
  });

  test('has more rows also when the Data API has cut its page', async () => {
    api.given({
      warehouse: ({ operation }) =>
        operation === 'ExecuteStatement'
          ? { body: { Id: STATEMENT_ID, Status: 'FINISHED' } }
          : resultOf([salesRecord('2011-02')], { NextToken: 'further' }),
    });

    const { data } = await sales({ groupBy: ['COUNTRY', 'MONTH'] });

    expect([data.sales.rows.length, data.sales.hasMore]).toEqual([1, true]);
  });

  test('that no line answers has no rows, and still the time of the load', async () => {
    const nothing = record(...Array<null>(18).fill(null), LOADED.text);
    api.given({ warehouse: warehouseWith([nothing]) });

    const { data } = await sales({ groupBy: ['CUSTOMER', 'COUNTRY'] });

    expect(data.sales).toMatchObject({ rows: [], hasMore: false, asOf: LOADED.asOf });
  });

  test('before the first load has no time', async () => {
    api.given({ warehouse: warehouseWith([record(...Array<null>(19).fill(null))]) });

    const { data } = await sales({ groupBy: ['CUSTOMER', 'COUNTRY'] });

    expect(data.sales).toMatchObject({ rows: [], asOf: null });
  });
});

describe('a question that cannot be answered is refused before anything is asked:', () => {
  test.each([
    [{ groupBy: ['MONTH', 'MONTH'] }, 'groupBy', 'at most 3 dimensions, none twice: got "MONTH, MONTH"'],
    [{ groupBy: ['YEAR', 'MONTH', 'DAY', 'HOUR'] }, 'groupBy', 'at most 3 dimensions'],
    [{ where: { to: '1899-12-31' } }, 'where.to', 'an existing day from 1900 to 2199'],
    [{ where: { from: '2011-02-02', to: '2011-02-01' } }, 'where.from', 'a day that is not after where.to, "2011-02-01"'],
    [{ where: { countries: [] } }, 'where.countries', '1 to 50 names'],
    [{ where: { countries: Array.from({ length: 51 }, String) } }, 'where.countries', '1 to 50 names'],
    [{ where: { countries: ['EIRE', 'EIRE '] } }, 'where.countries', 'each name once'],
    [{ where: { countries: [' '] } }, 'where.countries', '1 to 60 characters'],
    [{ where: { countries: ['x'.repeat(61)] } }, 'where.countries', '1 to 60 characters'],
    [{ where: { customerId: "17850'" } }, 'where.customerId', '1 to 32 letters'],
    [{ where: { customerId: '' } }, 'where.customerId', 'guests: true'],
    [{ where: { stockCode: 'x'.repeat(41) } }, 'where.stockCode', '1 to 40 characters'],
    [{ where: { stockCode: 'a\nb' } }, 'where.stockCode', '1 to 40 characters'],
    [{ orderBy: [{ by: 'DAY', direction: 'ASC' }] }, 'orderBy', 'a dimension of groupBy (MONTH) or a measure (REVENUE'],
    [
      {
        orderBy: [
          { by: 'MONTH', direction: 'ASC' },
          { by: 'MONTH', direction: 'DESC' },
        ],
      },
      'orderBy',
      'each field once',
    ],
    [{ limit: 0 }, 'limit', 'a number from 1 to 1000: got 0'],
    [{ limit: 1001 }, 'limit', 'a number from 1 to 1000: got 1001'],
    [{ limit: -1 }, 'limit', 'a number from 1 to 1000: got -1'],
  ])('%j', async (changes, field, words) => {
    api.given({});

    const { errors } = await sales({ groupBy: ['MONTH'], ...changes });

    expect(errors).toMatchObject([{ errorType: 'InvalidValue', errorInfo: { field }, message: expect.stringContaining(words) }]);
    expect(errors[0]?.message).toContain(`${field}: write `);
    expect([...api.lookups, ...api.calls]).toEqual([]);
  });
});

test.each(['2011-02-29', '2100-02-29', '2011-04-31', '2011-13-01', '2011-00-10', '11-01-01', ''])(
  'a day that does not exist is refused, should AppSync let it pass: "%s"',
  (from) => {
    const { error } = builtResolver('Query.sales').request({ args: { groupBy: ['MONTH'], where: { from } } });

    expect(error).toMatchObject({ errorType: 'InvalidValue', errorInfo: { field: 'where.from' } });
  },
);

describe('where an API key reads aggregates alone', () => {
  let closed: WarehouseApi;
  beforeAll(async () => {
    closed = await startWarehouseApi('tillgraph-test', 'aggregates');
  });
  afterAll(() => closed.close());

  const ASKED = 'query ($by: [SalesDimension!]!, $where: SalesFilter) { sales(groupBy: $by, where: $where) { status } }';
  const customers: readonly object[] = [
    { by: ['CUSTOMER'] },
    { by: ['MONTH', 'CUSTOMER', 'PRODUCT'] },
    { by: ['MONTH'], where: { customerId: '17850' } },
  ];

  test.each(customers)('the key is refused sales that show single customers, and IAM is not: %j', async (variables) => {
    closed.given({ warehouse: warehouseWith([]) });

    const byKey = await closed.ask(ASKED, variables);
    const unasked = [...closed.calls, ...closed.lookups];
    const signed = await closed.askSigned(ASKED, variables);

    expect(byKey.data).toBeNull();
    expect(byKey.errors).toMatchObject([{ errorType: 'Unauthorized', message: expect.stringContaining('sign the request') }]);
    expect(unasked).toEqual([]);
    expect(signed.errors).toEqual([]);
    expect(closed.calls[0]?.operation).toBe('ExecuteStatement');
  });

  test('the key is refused customers and invoices, and may ask for months', async () => {
    closed.given({ kept: { 'sales:MONTH': { asOf: LOADED.asOf, rows: [], hasMore: false, loadId: 7 } } });

    const months = await closed.ask(ASKED, { by: ['MONTH'] });
    const refused = await closed.ask('{ customer(customerId: "17850") { country } invoice(invoiceNo: "1") { total } }');

    expect(months).toEqual({ data: { sales: { status: 'FINISHED' } }, errors: [] });
    expect(refused.data).toEqual({ customer: null, invoice: null });
    expect(refused.errors.map(({ errorType, message }) => [errorType, message])).toEqual([
      ['Unauthorized', 'Not Authorized to access customer on type Query'],
      ['Unauthorized', 'Not Authorized to access invoice on type Query'],
    ]);
  });
});

test('a stage without a warehouse says so, to every question', async () => {
  const lean = await startWarehouseApi('');
  const questions = [
    ...['sales(groupBy: [MONTH]) { status }', 'customerSegments { status }', 'retention { status }', 'productPairs { status }'],
    'warehouseResult(id: "any") { ... on SalesResult { status } }',
  ];

  const answers = await Promise.all(questions.map((question) => lean.ask(`{ ${question} }`)));
  await lean.close();

  for (const { errors } of answers)
    expect(errors).toMatchObject([{ errorType: 'WarehouseAbsent', message: expect.stringContaining('no warehouse') }]);
});
