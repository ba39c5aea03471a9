import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Tillgraph } from '../../sdk/index.ts';
import type { SalesDimension } from '../../warehouse/statements/sales-dimensions.ts';
import type { SalesFilter, SalesQuestion } from '../../warehouse/statements/sales-question.ts';
import { salesRoutes } from '../../warehouse/statements/sales-routes.ts';
import { salesStatement } from '../../warehouse/statements/sales-statement.ts';
import type { CsvTruth } from '../support/csv-truth.ts';
import { clientOf } from '../support/pipeline.ts';
import { SALES_COLUMNS, salesSql } from '../support/sales-sql.ts';
import type { Stack } from '../support/stack.ts';
import { StatementDigests, truthDigest } from '../support/statement-digest.ts';
import { combinations, DIMENSIONS } from '../warehouse/sales-truth.ts';

/** A stack that has the real file, and what DuckDB counts in it. */
export interface Given {
  readonly stack: Stack;
  readonly truth: CsvTruth;
}

/** Rows of one request, at most. */
const MOST_ROWS = 1000;
const ALL_ROWS = 10_000_000;

const FILTERS: Readonly<Record<string, SalesFilter>> = {
  'from a day on': { from: '2011-11-24' },
  'until a day': { to: '2010-12-09' },
  'of days in the middle of months': { from: '2011-03-13', to: '2011-07-03' },
  'of one month': { from: '2011-02-01', to: '2011-02-28' },
  'of one ISO week': { from: '2011-01-03', to: '2011-01-09' },
  'of one quarter': { from: '2011-07-01', to: '2011-09-30' },
  'of one year': { from: '2011-01-01', to: '2011-12-31' },
  'of one country': { countries: ['EIRE'] },
  'of some countries': { countries: ['France', 'Germany', 'RSA'] },
  'of one customer': { customerId: '14911' },
  'of a customer in two countries': { customerId: '12394' },
  'of one product': { stockCode: '85123A' },
  'of the same product in another spelling': { stockCode: '85123a' },
  'of cancellations': { cancelled: true },
  'without cancellations': { cancelled: false },
  'of guests': { guests: true },
  'without guests': { guests: false },
  'of a month and a country': { from: '2011-05-01', to: '2011-05-31', countries: ['Netherlands'] },
  'of a product in two countries': { stockCode: '22423', countries: ['United Kingdom', 'France'] },
  'of all at once': {
    ...{ from: '2011-01-02', to: '2011-12-08', countries: ['EIRE', 'United Kingdom'], customerId: '14911' },
    ...{ stockCode: '22423', cancelled: false, guests: false },
  },
};

/** What each filter is asked by. */
const GROUPINGS: readonly (readonly SalesDimension[])[] = [
  ...[[], ['MONTH'], ['COUNTRY'], ['PRODUCT'], ['CUSTOMER']],
  ...([
    ['WEEKDAY', 'CANCELLED'],
    ['YEAR', 'HOUR', 'COUNTRY'],
  ] as const),
] as const;

const ORDERS: readonly Partial<SalesQuestion>[] = [
  ...(['PRODUCT', 'CUSTOMER', 'COUNTRY'] as const).flatMap((dimension) =>
    (['REVENUE', 'UNITS'] as const).map((by) => ({
      groupBy: [dimension],
      orderBy: [{ by, direction: 'DESC' as const }],
      limit: 37,
    })),
  ),
  { groupBy: ['COUNTRY'], limit: 38 },
  { groupBy: ['COUNTRY'], limit: 37 },
  { groupBy: ['CUSTOMER'], orderBy: [{ by: 'AVERAGE_INVOICE', direction: 'DESC' }], limit: 50 },
  { groupBy: ['CUSTOMER'], orderBy: [{ by: 'CUSTOMER', direction: 'DESC' }], limit: 1000 },
  { groupBy: ['PRODUCT'], orderBy: [{ by: 'REVENUE', direction: 'ASC' }], limit: 200 },
  {
    groupBy: ['DAY'],
    orderBy: [
      { by: 'INVOICES', direction: 'DESC' },
      { by: 'REVENUE', direction: 'ASC' },
    ],
    limit: 7,
  },
  {
    groupBy: ['MONTH', 'COUNTRY'],
    orderBy: [
      { by: 'COUNTRY', direction: 'DESC' },
      { by: 'CUSTOMERS', direction: 'DESC' },
    ],
    limit: 99,
  },
  { groupBy: ['PRODUCT', 'MONTH'], orderBy: [{ by: 'LINES', direction: 'DESC' }], limit: 100 },
  { groupBy: ['CUSTOMER', 'PRODUCT', 'CANCELLED'], orderBy: [{ by: 'UNITS', direction: 'ASC' }], limit: 100 },
];

/** `sales` of the real file, through the API and by every route, against DuckDB over the CSV. */
export function describeSales(given: () => Given): void {
  let client: Tillgraph;
  let digests: StatementDigests;
  const [sources, routes] = [new Set<string>(), new Set<string>()];

  beforeAll(() => {
    client = clientOf(given().stack);
    digests = new StatementDigests(given().stack);
  });

  afterAll(() => {
    client.close();
    digests.close();
  });

  /** The rows of the API, and every row of every route: it is all the same. */
  async function expectTruth(changes: Partial<SalesQuestion>): Promise<void> {
    const question: SalesQuestion = { groupBy: [], where: {}, orderBy: [], limit: MOST_ROWS, ...changes };
    const ways = changes.limit === undefined ? salesRoutes(question) : [];
    const { truth } = given();

    // Together, because a warehouse and DuckDB keep two processors busy.
    const [places, answer, whole, ...digestsOfWays] = await Promise.all([
      truth.rows(`FROM (${salesSql(question)}) WHERE place <= ${String(question.limit + 1)} ORDER BY place`),
      client.sales(variablesOf(question)),
      truthDigest(truth, question),
      ...ways.map((route) => digests.of(salesStatement({ ...question, limit: ALL_ROWS }, route))),
    ]);

    expect(answer.rows.map(textsOf)).toEqual(places.slice(0, question.limit).map((row) => row.slice(0, SALES_COLUMNS.length)));
    expect(answer.hasMore).toBe(places.length > question.limit);
    expect(digestsOfWays).toEqual(ways.map(() => whole));
    sources.add(answer.source);
    for (const { source, grouping } of ways) routes.add([source, grouping].join(' ').trim());
  }

  describe('sales are what DuckDB counts in the CSV', () => {
    test('in total', async () => {
      await expectTruth({});
    });

    test.each(DIMENSIONS)('by %s', async (dimension) => {
      await expectTruth({ groupBy: [dimension] });
    });

    test.each(combinations(DIMENSIONS, 2))('by %s and %s', async (one, other) => {
      await expectTruth({ groupBy: [one, other] });
    });

    test.each(Object.entries(FILTERS))('%s', async (_, where) => {
      for (const groupBy of GROUPINGS) await expectTruth({ groupBy, where });
    });

    test.each(ORDERS)('in the order asked for, as many as asked for: %j', async (question) => {
      await expectTruth(question);
    });

    test('wherever they are answered from: all rollups, invoices, lines, and kept answers', () => {
      expect([...sources].sort()).toEqual(['CACHE', 'FACT', 'RAW', 'ROLLUP']);
      const rollups = ['TOTAL', ...DIMENSIONS, 'MONTH_COUNTRY'].map((grouping) => `ROLLUP ${grouping}`);
      expect([...routes].sort()).toEqual(['FACT', 'RAW', ...rollups].sort());
    });
  });
}

/** The client's own types are mutable. */
function variablesOf({ groupBy, where, orderBy, limit }: SalesQuestion) {
  const { countries, ...others } = where;
  return {
    ...{ groupBy: [...groupBy], orderBy: [...orderBy], limit },
    where: { ...others, ...(countries && { countries: [...countries] }) },
  };
}

type Row = Awaited<ReturnType<Tillgraph['sales']>>['rows'][number];

/** A row as DuckDB prints it. */
function textsOf(row: Row): (string | null)[] {
  const { year, quarter, month, week, day, weekday, hour, country, customerId, stockCode, description, cancelled } = row;
  const { revenue, units, lines, invoices, customers, averageInvoice } = row;
  const dimensions = [year, quarter, month, week, day, weekday, hour, country, customerId, stockCode, description, cancelled];
  const measures = [revenue, units, lines, invoices, customers, averageInvoice];
  return [...dimensions, ...measures].map((value) => (value == null ? null : String(value)));
}
