import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { TransactionLine } from '../../domain/transaction-line.ts';
import { readAnswer, toRows, type AnswerKind } from '../../warehouse/statements/answer-kinds.ts';
import { SEGMENT_ROWS, customerSegmentsStatement } from '../../warehouse/statements/customer-segments.ts';
import { fixedQuestions } from '../../warehouse/statements/fixed-questions.ts';
import { lift, ratio } from '../../warehouse/statements/ratio.ts';
import type { SalesQuestion } from '../../warehouse/statements/sales-question.ts';
import { productPairsStatement } from '../../warehouse/statements/product-pairs.ts';
import { salesRoutes } from '../../warehouse/statements/sales-routes.ts';
import { salesStatement } from '../../warehouse/statements/sales-statement.ts';
import type { FieldRow, Statement } from '../../warehouse/statements/statement.ts';
import { line, type LineChanges } from '../support/lines.ts';
import { segmentTruth } from './customer-truth.ts';
import { filesOf, givenShop, landingRow, type Shop } from './given-shop.ts';
import { allRollupsAndTruth, invoicesAndTruth, rollupAndTruth } from './rollup-truth.ts';
import { combinations, DIMENSIONS, salesTruth } from './sales-truth.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await givenShop();
});
beforeEach(() => shop.empty());

/** Of one kind of the largest lines there can be, so many; ten lines of an invoice. */
function many(count: number, prefix: string, changes: LineChanges): TransactionLine[] {
  return Array.from({ length: count }, (_, place) =>
    line({ invoiceNo: `${prefix}${String(Math.floor(place / 10))}`, lineId: String(place % 10), ...changes }),
  );
}

/** More of the largest amounts than DECIMAL(18, 3) or a double holds in sum, and more pieces than 2^31. */
const LARGEST = [
  ...many(2148, 'P', { quantity: 1_000_000, unitPrice: '9.000', customerId: '1' }),
  ...many(701, 'Q', { quantity: 9, unitPrice: '999999.999', customerId: '2', country: 'EIRE', stockCode: 'B' }),
  ...many(1203, 'C', { quantity: -1_000_000, unitPrice: '9.000', customerId: '3', country: 'France' }),
  ...many(33, 'A', {
    quantity: 9,
    unitPrice: '-999999.999',
    customerId: undefined,
    stockCode: 'B',
    invoiceDate: '2011-08-12T14:51:00Z',
  }),
];

async function givenLoaded(lines: readonly TransactionLine[]): Promise<void> {
  for (let start = 0; start < lines.length; start += 1000) await shop.land(...lines.slice(start, start + 1000).map(landingRow));
  await shop.load();
  await shop.refresh();
}

let asked = 0;
async function ask({ sql, parameters }: Pick<Statement, 'sql' | 'parameters'>): Promise<readonly FieldRow[]> {
  const { id, error } = await shop.dataApi.start({ name: 'a question', statements: [sql], parameters }, String((asked += 1)), 30);
  expect(error).toBeUndefined();
  return shop.dataApi.rows(id, 0);
}

const rowsOf = (kind: AnswerKind, records: readonly FieldRow[]): unknown =>
  JSON.parse(JSON.stringify(toRows(kind, readAnswer(kind, records, 1000).rows)));

describe('thousands of lines of the largest amounts', () => {
  test('are summed exactly in every rollup, view and statement', async () => {
    await givenLoaded(LARGEST);

    const invoices = await invoicesAndTruth(shop);
    expect(invoices.held).toEqual(invoices.truth);
    const rollups = await allRollupsAndTruth(shop);
    expect(rollups.held).toEqual(rollups.truth);
    const products = await rollupAndTruth(shop, 'PRODUCT');
    expect(products.held).toEqual(products.truth);
    const groupings = [0, 1, 2]
      .flatMap((size) => combinations(DIMENSIONS, size))
      .filter((groupBy) => groupBy.length < 2 || groupBy.includes('CUSTOMER'));
    for (const groupBy of groupings) {
      const question: SalesQuestion = { groupBy, where: {}, orderBy: [{ by: 'REVENUE', direction: 'DESC' }], limit: 1000 };
      for (const route of salesRoutes(question))
        expect({ groupBy, route, rows: rowsOf('sales', await ask(salesStatement(question, route))) }).toEqual({
          groupBy,
          route,
          rows: salesTruth(LARGEST, question),
        });
    }
    expect(rowsOf('customerSegments', await ask(customerSegmentsStatement({})))).toEqual(
      segmentTruth(LARGEST).slice(0, SEGMENT_ROWS),
    );
    const [views] = await shop.rows('SELECT SUM(gross), SUM(net), SUM(units) FROM bi.sales_by_day');
    const [lines] = await shop.rows('SELECT SUM(gross_amount), SUM(net_amount), SUM(quantity) FROM bi.fact_sales');
    expect(views).toEqual(lines);
  }, 120_000);

  test('are answered to every question whose answer is kept', async () => {
    await givenLoaded(LARGEST);

    const answers = new Map<string, readonly Record<string, unknown>[]>();
    for (const question of fixedQuestions) answers.set(question.key, question.answer(await ask(question.statement)).rows);

    const units = 2148 * 1_000_000 + 701 * 9 - 1203 * 1_000_000 + 33 * 9;
    expect(answers.get('sales:TOTAL')).toMatchObject([{ units, lines: LARGEST.length }]);
    // No basket has two products.
    expect([...answers].filter(([, rows]) => rows.length === 0).map(([key]) => key)).toEqual(['productPairs']);
  });
});

describe('a thousand million lines of the largest amount', () => {
  /** What all but the last line come to, in mills: 10^9 - 1 lines. @unit GBP / 1000 */
  const BEFORE = 999_999_999n * 9_000_000_000n;
  const pounds = (mills: bigint) => `${String(mills / 1000n)}.${String(mills % 1000n).padStart(3, '0')}`;

  test.each<[string, string]>([
    ['are a sum that a load still adds to', ''],
    ['taken back are one, too', '-'],
  ])('%s', async (_name, sign) => {
    const last = line({ invoiceNo: '7', quantity: 1_000_000, unitPrice: `${sign}9.000`, customerId: '1' });
    await givenLoaded([{ ...last, lineId: 'first', quantity: 0, invoiceNo: '3' }]);
    for (const table of ['mart.fact_invoice', 'mart.agg_sales'])
      await shop.rows(
        `UPDATE ${table} SET revenue = ${sign}${pounds(BEFORE)}, units = ${sign}999999999000000, lines = 999999999`,
      );

    await givenLoaded([last]);

    const sum = pounds(BEFORE + 9_000_000_000n);
    // Two invoices, and half a mill away from zero.
    const average = pounds((BEFORE + 9_000_000_000n) / 2n);
    const [held] = await shop.rows(
      "SELECT revenue, average_invoice, lines, invoices FROM mart.agg_sales WHERE grouping_name = 'TOTAL'",
    );
    expect(held).toEqual([`${sign}${sum}`, `${sign}${average}`, '1000000000', '2']);
    const question: SalesQuestion = { groupBy: ['CUSTOMER'], where: {}, orderBy: [], limit: 10 };
    for (const route of salesRoutes(question).filter(({ source }) => source !== 'RAW'))
      expect(rowsOf('sales', await ask(salesStatement(question, route)))).toMatchObject([
        { revenue: `${sign}${sum}`, averageInvoice: `${sign}${average}`, lines: 1_000_000_000 },
      ]);
    expect(rowsOf('customerSegments', await ask(customerSegmentsStatement({})))).toMatchObject([{ revenue: `${sign}${sum}` }]);
  });
});

describe('an answer of the widest texts', () => {
  const WIDEST = { code: '\u{1F381}'.repeat(36), words: '"'.repeat(197) };
  /** What AppSync takes from a data source at once, with something to spare. @unit bytes */
  const MOST = 950_000;

  const bytesOf = (records: readonly FieldRow[]) => Buffer.byteLength(JSON.stringify(records));

  async function expectCut(kind: AnswerKind, statement: Statement, texts: (row: object) => string): Promise<void> {
    const records = await ask(statement);
    const { asOf, rows, hasMore } = readAnswer(kind, records, 1000);

    expect(bytesOf(records)).toBeLessThan(MOST);
    expect(hasMore).toBe(true);
    expect(asOf).toBe('2026-11-22T10:11:12.000Z');
    // Not much less than fits, from the first row on, and none left out between.
    expect(bytesOf(records)).toBeGreaterThan(MOST / 3);
    const places = toRows(kind, rows).map((row) => texts(row).slice(-4));
    expect(places).toEqual(places.map((_, place) => String(place + 1001)));
  }

  beforeEach(async () => {
    await shop.rows(
      "UPDATE mart.freshness SET as_of = '2026-11-22 10:11:12', refreshed_as_of = '2026-11-22 10:11:12', load_id = 1",
    );
    const numbers = 'FROM mart.calendar WHERE day_index >= 1001 AND day_index < 2201';
    const code = `'${WIDEST.code}' || CAST(day_index AS VARCHAR(4))`;
    await shop.rows(`INSERT INTO mart.agg_sales (grouping_name, group_key, stock_code, description, revenue, units, lines, invoices, customers,
      average_invoice) SELECT 'PRODUCT', '', ${code}, '${WIDEST.words}' || '001', 9, 9, 9, 9, 9, 1 ${numbers}`);
    await shop.rows(`INSERT INTO mart.agg_product_pair (stock_code, description, other_stock_code, other_description, invoices, support,
      confidence, lift) SELECT ${code}, '${WIDEST.words}' || '001', ${code}, '${WIDEST.words}' || '001', 9, 0.123456, 0.123456, 1.5 ${numbers}`);
  });

  test('of products is no larger than AppSync takes, and tells that there is more', async () => {
    const question: SalesQuestion = {
      groupBy: ['PRODUCT'],
      where: {},
      orderBy: [{ by: 'REVENUE', direction: 'DESC' }],
      limit: 1000,
    };

    await expectCut('sales', salesStatement(question), (row) => (row as { stockCode: string }).stockCode);
  });

  test('of pairs is no larger either', async () => {
    await expectCut('productPairs', productPairsStatement({ limit: 1000 }), (row) => (row as { stockCode: string }).stockCode);
  });

  test('is whole where its texts are as in the shop', async () => {
    await shop.rows(
      "UPDATE mart.agg_sales SET stock_code = RIGHT(stock_code, 4), description = 'WHITE HANGING HEART T-LIGHT HOLDER'",
    );
    const question: SalesQuestion = { groupBy: ['PRODUCT'], where: {}, orderBy: [], limit: 1000 };

    const { rows, hasMore } = readAnswer('sales', await ask(salesStatement(question)), 1000);

    expect([rows.length, hasMore]).toEqual([1000, true]);
  });
});

describe('lift', () => {
  /** Baskets with both products, all, with one and with the other. */
  const COUNTS: readonly (readonly [number, number, number, number])[] = [
    [1, 1, 1, 1],
    [2, 5, 3, 3],
    [1, 8, 4, 4],
    [5, 1_000_000, 1000, 7],
    [30_000, 3_037_001, 1_000_003, 40_009],
    [10_000_000, 1_000_000_000, 10_000_000, 10_000_000],
    [999_999_998, 1_000_000_000, 999_999_999, 999_999_998],
    [1, 1_000_000_000, 1, 1],
    [10_000_001, 999_999_937, 500_000_003, 300_000_007],
  ];
  /** Half up, in millionths. */
  const truth = ([together, all, one, other]: readonly [number, number, number, number]) => {
    const [numerator, denominator] = [BigInt(together) * BigInt(all) * 1_000_000n, BigInt(one) * BigInt(other)];
    return Number((2n * numerator + denominator) / (2n * denominator)) / 1_000_000;
  };

  test.each(COUNTS)('of %i in %i baskets with products in %i and %i is exact to the millionth', async (...counts) => {
    const [together, all, one, other] = counts.map((count) => `CAST(${String(count)} AS BIGINT)`) as [
      string,
      string,
      string,
      string,
    ];

    const [[computed] = []] = await shop.rows(`SELECT ${lift(together, all, one, other)} AS lift`);

    expect(Number(computed)).toBe(truth(counts));
  });

  test('and shares are exact for any counts up to a thousand million baskets', async () => {
    const upTo = (most: number) =>
      fc.oneof(fc.integer({ min: 1, max: most }), fc.integer({ min: Math.max(1, most - 9), max: most }));
    const counts = fc
      .integer({ min: 0, max: 9 })
      .chain((digits) => upTo(10 ** digits))
      .chain((all) => fc.tuple(upTo(all), upTo(all)).map(([one, other]) => ({ all, one, other })))
      .chain(({ all, one, other }) => upTo(Math.min(one, other)).map((both) => [both, all, one, other] as const));
    const tuples = fc.sample(counts, { seed: 541_909, numRuns: 300 });
    const rows = tuples.map(
      (tuple, place) =>
        `SELECT ${String(place)} AS place, ${tuple.map((count, at) => `CAST(${String(count)} AS BIGINT) AS c${String(at)}`).join(', ')}`,
    );
    const half = (part: bigint, whole: bigint) => Number((2n * 1_000_000n * part + whole) / (2n * whole)) / 1_000_000;

    const computed = await shop.rows(
      `SELECT ${lift('c0', 'c1', 'c2', 'c3')}, ${ratio('c0', 'c1')}, ${ratio('c0', 'c2')} FROM (${rows.join(' UNION ALL ')}) AS counts ORDER BY place`,
    );

    expect(computed.map((row) => row.map(Number))).toEqual(
      tuples.map((tuple) => [truth(tuple), half(BigInt(tuple[0]), BigInt(tuple[1])), half(BigInt(tuple[0]), BigInt(tuple[2]))]),
    );
  });

  test.each(COUNTS)('of %i in %i baskets, %i and %i, is kept so by the refresh', async (...counts) => {
    const [together, all, one, other] = counts;
    const session = await shop.session();
    for (const sql of [
      'CREATE TEMP TABLE baskets (invoices BIGINT, largest BIGINT)',
      'CREATE TEMP TABLE frequent_product (product_key BIGINT, product_no INTEGER, invoices BIGINT)',
      'CREATE TEMP TABLE pair (product_no INTEGER, other_product_no INTEGER, invoices BIGINT)',
      `INSERT INTO baskets VALUES (${String(all)}, 0)`,
      `INSERT INTO frequent_product VALUES (1, 11, ${String(one)}), (2, 12, ${String(other)})`,
      `INSERT INTO pair VALUES (11, 12, ${String(together)})`,
      "INSERT INTO mart.dim_product (product_key, stock_code, service) VALUES (1, 'A', FALSE), (2, 'B', FALSE)",
      ...filesOf('refresh')
        .filter(({ name }) => name.includes('product-pair-new'))
        .map(({ text }) => text.replace(/;\s*$/, '')),
    ])
      await session.run(sql);

    const held = await shop.rows('SELECT lift FROM mart.agg_product_pair');
    expect(held.map(([value]) => Number(value))).toEqual([truth(counts), truth(counts)]);
  });
});
