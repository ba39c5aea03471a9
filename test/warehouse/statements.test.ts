import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAnswer, toRows, type AnswerKind } from '../../warehouse/statements/answer-kinds.ts';
import { SEGMENT_ROWS, customerSegmentsStatement } from '../../warehouse/statements/customer-segments.ts';
import { fixedQuestions } from '../../warehouse/statements/fixed-questions.ts';
import { productPairsStatement } from '../../warehouse/statements/product-pairs.ts';
import { retentionStatement } from '../../warehouse/statements/retention.ts';
import type { SalesDimension } from '../../warehouse/statements/sales-dimensions.ts';
import type { SalesFilter, SalesQuestion, SalesRoute } from '../../warehouse/statements/sales-question.ts';
import { salesRoutes } from '../../warehouse/statements/sales-routes.ts';
import { salesStatement } from '../../warehouse/statements/sales-statement.ts';
import type { FieldRow } from '../../warehouse/statements/statement.ts';
import { pairTruth, retentionTruth, segmentTruth } from './customer-truth.ts';
import { madeSales } from './made-sales.ts';
import { combinations, DIMENSIONS, MEASURE_NAMES, salesTruth } from './sales-truth.ts';
import { loadedWarehouse, type LoadedWarehouse } from './statements-warehouse.ts';

const lines = madeSales();
let warehouse: LoadedWarehouse;
beforeAll(async () => {
  warehouse = await loadedWarehouse(lines);
});
afterAll(() => warehouse.close());

const question = (groupBy: readonly SalesDimension[], changes: Partial<SalesQuestion> = {}): SalesQuestion => ({
  groupBy,
  where: {},
  orderBy: [],
  limit: 1000,
  ...changes,
});

const nameOf = ({ source, grouping }: SalesRoute) => (grouping === undefined ? source : `${source} ${grouping}`);

const DATE_TIME = /^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Rows as JSON carries them to the caller. */
function rowsOf(kind: AnswerKind, records: readonly FieldRow[]): unknown {
  return JSON.parse(JSON.stringify(toRows(kind, readAnswer(kind, records, 1000).rows)));
}

/** The rows of each route, by its name. */
async function answersOf(asked: SalesQuestion) {
  const answers: Record<string, unknown> = {};
  for (const route of salesRoutes(asked)) {
    answers[nameOf(route)] = rowsOf('sales', await warehouse.ask(salesStatement(asked, route)));
  }
  return answers;
}

/** Each route must bring the very rows that the lines come to. */
async function expectTruth(asked: SalesQuestion): Promise<void> {
  const truth = salesTruth(lines, asked).slice(0, asked.limit);

  const answers = await answersOf(asked);

  for (const [route, rows] of Object.entries(answers)) expect({ asked, route, rows }).toEqual({ asked, route, rows: truth });
}

describe('sales are what the lines come to, whichever way they are computed,', () => {
  test('in one total', async () => {
    await expectTruth(question([]));
  });

  test.each(DIMENSIONS)('by %s', async (dimension) => {
    await expectTruth(question([dimension]));
  });

  test('by every pair of dimensions', async () => {
    for (const pair of combinations(DIMENSIONS, 2)) await expectTruth(question(pair));
  });

  test('by three dimensions', async () => {
    const triples = combinations(DIMENSIONS, 3).filter((_, place) => place % 4 === 0);

    for (const triple of triples) await expectTruth(question(triple.reverse()));
  });
});

const FILTERS: Readonly<Record<string, SalesFilter>> = {
  'from a day on': { from: '2011-02-14' },
  'until a day': { to: '2011-02-14' },
  'of one day': { from: '2011-01-02', to: '2011-01-02' },
  'of one ISO week': { from: '2010-12-27', to: '2011-01-02' },
  'of ISO weeks from one on': { from: '2011-01-03' },
  'of one month': { from: '2011-01-01', to: '2011-01-31' },
  'of months in a row': { from: '2011-02-01', to: '2011-06-30' },
  'of one quarter': { from: '2011-01-01', to: '2011-03-31' },
  'of quarters until one': { to: '2011-09-30' },
  'of one year': { from: '2011-01-01', to: '2011-12-31' },
  'of a leap day': { from: '2012-02-29', to: '2012-02-29' },
  'of days without any': { from: '2013-01-01', to: '2013-12-31' },
  'of one country': { countries: ["Cote d'Ivoire"] },
  'of some countries': { countries: ['EIRE', 'Réunion', 'Atlantis'] },
  'of no country there is': { countries: ['Atlantis'] },
  'of one customer': { customerId: '12346' },
  'of no customer there is': { customerId: '99999' },
  'of one product': { stockCode: "O'NEIL" },
  'of a product whose code differs by case': { stockCode: '85123a' },
  'of no product there is': { stockCode: '85123B' },
  'of cancellations': { cancelled: true },
  'without cancellations': { cancelled: false },
  'of guests': { guests: true },
  'without guests': { guests: false },
  'of one month and country': { from: '2011-01-01', to: '2011-01-31', countries: ['United Kingdom'] },
  'of months and countries': { from: '2010-12-01', to: '2011-02-28', countries: ['EIRE', 'United Kingdom'] },
  'of a product in a country': { stockCode: '22423', countries: ['EIRE'] },
  'of all at once': {
    from: '2010-12-01',
    to: '2011-12-31',
    countries: ['United Kingdom', 'EIRE'],
    customerId: '12346',
    stockCode: '85123A',
    cancelled: false,
    guests: false,
  },
};

const ASKED: readonly (readonly SalesDimension[])[] = [
  ...[[], ...DIMENSIONS.map((dimension) => [dimension])],
  ...[
    ['MONTH', 'COUNTRY'],
    ['COUNTRY', 'MONTH'],
    ['CANCELLED', 'WEEKDAY'],
    ['PRODUCT', 'YEAR', 'CUSTOMER'],
  ],
] as SalesDimension[][];

describe('sales keep to their filter, whichever way they are computed:', () => {
  test.each(Object.entries(FILTERS))('%s', async (_, where) => {
    for (const groupBy of ASKED) await expectTruth(question(groupBy, { where }));
  });
});

describe('rows of sales come', () => {
  test.each(MEASURE_NAMES)('by %s either way, ties by their dimensions', async (by) => {
    for (const groupBy of [['CUSTOMER'], ['MONTH', 'COUNTRY'], ['PRODUCT'], ['COUNTRY', 'HOUR']] as SalesDimension[][])
      for (const direction of ['ASC', 'DESC'] as const) await expectTruth(question(groupBy, { orderBy: [{ by, direction }] }));
  });

  test('by dimensions either way, without a value last', async () => {
    for (const by of DIMENSIONS)
      for (const direction of ['ASC', 'DESC'] as const)
        await expectTruth(question([by, by === 'CANCELLED' ? 'CUSTOMER' : 'CANCELLED'], { orderBy: [{ by, direction }] }));
  });

  test('by several in turn', async () => {
    const orderBy = [
      { by: 'INVOICES', direction: 'DESC' },
      { by: 'COUNTRY', direction: 'DESC' },
      { by: 'LINES', direction: 'ASC' },
    ] as const;

    await expectTruth(question(['MONTH', 'COUNTRY', 'CANCELLED'], { orderBy }));
  });

  test('in no larger number than asked for, and tell whether there are more', async () => {
    const days = salesTruth(lines, question(['DAY'])).length;

    for (const limit of [1, days - 1, days, days + 1]) {
      const records = await warehouse.ask(salesStatement(question(['DAY'], { limit })));
      const { rows, hasMore } = readAnswer('sales', records, limit);

      expect([rows.length, hasMore]).toEqual([Math.min(limit, days), limit < days]);
    }
  });
});

describe('segments are the fifths of customers', () => {
  test.each([undefined, '2011-12-31', '2011-02-14', '2009-12-31'])('until the day %s', async (day) => {
    const records = await warehouse.ask(customerSegmentsStatement({ asOf: day }));

    expect(rowsOf('customerSegments', records)).toEqual(segmentTruth(lines, day));
  });

  test('and nobody before the first sale', async () => {
    const answer = readAnswer(
      'customerSegments',
      await warehouse.ask(customerSegmentsStatement({ asOf: '1999-01-01' })),
      SEGMENT_ROWS,
    );

    expect(answer).toEqual({ asOf: expect.stringMatching(DATE_TIME), rows: [], hasMore: false });
  });
});

describe('retention follows the customers of each month', () => {
  test.each([
    [undefined, undefined],
    ['2011-01', undefined],
    [undefined, '2010-12'],
    ['2010-12', '2011-02'],
    ['2011-05', '2011-05'],
  ])('from %s to %s', async (from, to) => {
    const records = await warehouse.ask(retentionStatement({ from, to }));

    expect(rowsOf('retention', records)).toEqual(retentionTruth(lines, from, to));
  });
});

describe('pairs are what stands on the same invoices', () => {
  const services = ['POST', 'M'];

  test('of all products, where it is one invoice in a hundred', async () => {
    const records = await warehouse.ask(productPairsStatement({ limit: 1000 }));

    expect(rowsOf('productPairs', records)).toEqual(pairTruth(lines, services));
  });

  test.each(['85123A', '85123a', "O'NEIL", '50% OFF', 'Ünique 日本', 'POST', 'NONE'])('of the product %s', async (stockCode) => {
    const records = await warehouse.ask(productPairsStatement({ stockCode, limit: 1000 }));

    expect(rowsOf('productPairs', records)).toEqual(pairTruth(lines, services, stockCode));
  });

  test('in no larger number than asked for, whatever else stands on as many invoices', async () => {
    const equal: string[] = [];
    for (const stockCode of new Set(lines.map((line) => line.stockCode))) {
      const whole = pairTruth(lines, services, stockCode);
      for (let limit = 1; limit < whole.length; limit += 1) {
        if (whole[limit]?.invoices === whole[limit - 1]?.invoices) equal.push(stockCode);
        else if (limit > 1) continue;
        const { rows, hasMore } = readAnswer(
          'productPairs',
          await warehouse.ask(productPairsStatement({ stockCode, limit })),
          limit,
        );

        expect([rowsOf('productPairs', rows), hasMore]).toEqual([whole.slice(0, limit), true]);
      }
    }
    expect(equal).not.toEqual([]);
  });
});

test('every fixed question has its answer, with the time of the load', async () => {
  for (const fixed of fixedQuestions) {
    const { key, statement } = fixed;
    const { asOf, rows } = fixed.answer(await warehouse.ask(statement));

    expect({ key, asOf, some: rows.length > 0 }).toEqual({ key, asOf: expect.stringMatching(DATE_TIME), some: true });
    expect(rows.flatMap((row) => Object.values(row))).not.toContain(undefined);
  }
});
