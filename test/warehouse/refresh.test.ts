import { beforeAll, beforeEach, expect, test } from 'vitest';
import { line, type LineChanges } from '../support/lines.ts';
import { givenShop, landingRow, type Shop } from './given-shop.ts';
import { rollupAndTruth } from './rollup-truth.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await givenShop();
});
beforeEach(() => shop.empty());

let ids = 0;
/** A line of its own. */
const row = (changes: LineChanges = {}) =>
  landingRow(line({ lineId: `line-${String((ids += 1)).padStart(4, '0')}`, ...changes }));

async function loadAndRefresh(...rows: ReturnType<typeof row>[]): Promise<void> {
  await shop.land(...rows);
  await shop.load();
  await shop.refresh();
}

const described = () => shop.rows('SELECT stock_code, description FROM mart.dim_product ORDER BY stock_code');

test('a product is called what its latest line calls it that says anything', async () => {
  await loadAndRefresh(
    row({ stockCode: 'A', description: 'OLD', invoiceDate: '2011-01-01T00:00:00Z' }),
    row({ stockCode: 'A', description: 'LATE', invoiceDate: '2011-01-03T00:00:00Z' }),
    row({ stockCode: 'A', description: 'LATER BY ID', invoiceDate: '2011-01-03T00:00:00Z' }),
    row({ stockCode: 'A', description: '', invoiceDate: '2011-01-04T00:00:00Z' }),
    row({ stockCode: 'B', description: '' }),
  );

  expect(await described()).toEqual([
    ['A', 'LATER BY ID'],
    ['B', null],
  ]);
});

test('a description that was corrected away is forgotten', async () => {
  await loadAndRefresh(row({ lineId: 'one', stockCode: 'A', description: 'WRONG', sentAt: 1 }));

  await loadAndRefresh(row({ lineId: 'one', stockCode: 'A', description: '', sentAt: 2 }));

  expect(await described()).toEqual([['A', null]]);
  expect(await shop.rows("SELECT description FROM mart.agg_sales WHERE grouping_name = 'PRODUCT'")).toEqual([[null]]);
});

test('products are summed over all their lines, by what they are called', async () => {
  await loadAndRefresh(
    row({ stockCode: 'A', description: 'CUP', unitPrice: '0.001', quantity: 1 }),
    row({ stockCode: 'A', description: 'CUP', invoiceNo: 'C2', quantity: -2, customerId: undefined, unitPrice: '0.002' }),
    row({ stockCode: 'a', description: 'OTHER' }),
  );

  const { held, truth } = await rollupAndTruth(shop, 'PRODUCT');
  expect(held).toEqual(truth);
  expect(
    await shop.rows(
      "SELECT stock_code, description, revenue, average_invoice FROM mart.agg_sales WHERE grouping_name = 'PRODUCT' ORDER BY 1",
    ),
  ).toEqual([
    // -0.0015 per invoice.
    ['A', 'CUP', '-0.003', '-0.002'],
    ['a', 'OTHER', '15.300', '15.300'],
  ]);
});

test('a product that nothing is left of has no sums any more', async () => {
  await loadAndRefresh(row({ lineId: 'one', stockCode: 'A', sentAt: 1 }));

  await loadAndRefresh(row({ lineId: 'one', stockCode: 'B', sentAt: 2 }));

  expect(await shop.rows("SELECT stock_code FROM mart.agg_sales WHERE grouping_name = 'PRODUCT'")).toEqual([['B']]);
});

test('pairs are counted in baskets of sales: bought goods, each once', async () => {
  const basket = (invoiceNo: string, ...stockCodes: string[]) =>
    stockCodes.map((stockCode) => row({ invoiceNo, stockCode, description: `THE ${stockCode}` }));

  await loadAndRefresh(
    ...basket('1', 'A', 'D2', 'D2', 'POST'),
    ...basket('2', 'A', 'D2'),
    ...basket('3', 'A', 'POST'),
    ...basket('4', 'D2'),
    // A basket without goods is one of all.
    ...basket('5', 'POST'),
    // Neither of these is.
    ...basket('C6', 'A', 'D2'),
    ...basket('A7', 'A', 'D2'),
    row({ invoiceNo: '3', stockCode: 'D2', description: 'THE D2', quantity: -1 }),
  );

  expect(await shop.rows('SELECT * FROM mart.agg_product_pair ORDER BY stock_code')).toEqual([
    ['A', 'THE A', 'D2', 'THE D2', '2', '0.4', '0.666667', '1.111111'],
    ['D2', 'THE D2', 'A', 'THE A', '2', '0.4', '0.666667', '1.111111'],
  ]);
});

test('pairs in less than one basket of a hundred are not kept, and those in one of a hundred are', async () => {
  const others = (count: number) =>
    Array.from({ length: count }, (_, place) => row({ invoiceNo: `9${String(place)}`, stockCode: 'C' }));
  await loadAndRefresh(row({ invoiceNo: '1', stockCode: 'A' }), row({ invoiceNo: '1', stockCode: 'D2' }), ...others(99));
  const atOnePercent = await shop.rows('SELECT COUNT(*) FROM mart.agg_product_pair');

  await loadAndRefresh(row({ invoiceNo: '2', stockCode: 'C' }));

  expect(atOnePercent).toEqual([['2']]);
  expect(await shop.rows('SELECT COUNT(*) FROM mart.agg_product_pair')).toEqual([['0']]);
});

test('pairs are the same ones whether large baskets hold them or small ones, to the last basket', async () => {
  const BASKETS = 1_000;
  const basket = (invoiceNo: number, ...stockCodes: string[]) =>
    stockCodes.map((stockCode) => row({ invoiceNo: String(invoiceNo), stockCode, description: stockCode }));
  // Five baskets are the largest, and a pair must be in ten: so many small ones and so many large ones hold each pair X<large>-<small>.
  const pairs = [0, 3, 5].flatMap((large) =>
    [4, 5, 6, 7, 9, 10].map((small) => ({ large, small, name: `X${String(large)}-${String(small)}` })),
  );
  const codesOf = (name: string) => [`${name}A`, `${name}B`];
  const largest = Array.from({ length: 5 }, (_, place) => [
    ...pairs.filter(({ large }) => large > place).flatMap(({ name }) => codesOf(name)),
    ...Array.from({ length: 60 }, (_, filler) => `F${String(filler)}`),
  ]);
  const small = pairs.flatMap((pair) => Array.from({ length: pair.small }, () => codesOf(pair.name)));
  // Each product alone is in enough baskets, so that only pairs decide.
  const alone = pairs.flatMap(({ name }) => codesOf(name).flatMap((code) => Array.from({ length: 8 }, () => [code])));
  const rest = BASKETS - largest.length - small.length - alone.length;
  const baskets = [...largest, ...small, ...alone, ...Array.from({ length: rest }, () => ['REST'])];

  await loadAndRefresh(...baskets.flatMap((codes, place) => basket(1 + place, ...codes)));

  const kept = pairs
    .filter((pair) => pair.large + pair.small >= 10)
    .map((pair) => `${pair.name}A ${String(pair.large + pair.small)}`);
  const held = await shop.rows("SELECT stock_code, invoices FROM mart.agg_product_pair WHERE stock_code LIKE '%A'");
  expect(rest).toBeGreaterThan(0);
  expect(held.map((columns) => columns.join(' ')).sort()).toEqual(kept.sort());
});

test('says which load it covers, and does nothing before the next', async () => {
  await loadAndRefresh(row());
  const [[asOf, refreshedAsOf, refreshedLoad] = []] = await shop.rows(
    'SELECT as_of, refreshed_as_of, refreshed_load_id FROM mart.freshness',
  );
  await shop.rows("DELETE FROM mart.agg_sales WHERE grouping_name = 'PRODUCT'");

  await shop.refresh();

  expect([refreshedAsOf, refreshedLoad]).toEqual([asOf, '1']);
  expect(await shop.rows("SELECT COUNT(*) FROM mart.agg_sales WHERE grouping_name = 'PRODUCT'")).toEqual([['0']]);
});

test('covers loads that changed nothing without doing anything', async () => {
  const [first, same] = [row({ sentAt: 1 }), row({ sentAt: 1 })];
  await loadAndRefresh(first, same);
  await shop.rows("DELETE FROM mart.agg_sales WHERE grouping_name = 'PRODUCT'");
  const products = () => shop.rows("SELECT lines FROM mart.agg_sales WHERE grouping_name = 'PRODUCT'");

  await loadAndRefresh(first, { ...same, sentat: '2' });
  const [[asOf, refreshedAsOf, refreshedLoad] = []] = await shop.rows(
    'SELECT as_of, refreshed_as_of, refreshed_load_id FROM mart.freshness',
  );
  const afterNothing = await products();
  await shop.land(row());
  await shop.load();
  await shop.land(first);
  await shop.load();
  await shop.refresh();

  expect([refreshedAsOf, refreshedLoad]).toEqual([asOf, '2']);
  expect(afterNothing).toEqual([]);
  expect(await products()).toEqual([['3']]);
  expect(await shop.rows('SELECT refreshed_load_id FROM mart.freshness')).toEqual([['4']]);
});
