import { afterAll, beforeAll, expect, test } from 'vitest';
import { productPairsStatement } from '../../warehouse/statements/product-pairs.ts';
import { LOADED, record, startWarehouseApi, warehouseWith, wholeAnswer, type WarehouseApi } from './warehouse-api.ts';

let api: WarehouseApi;
beforeAll(async () => {
  api = await startWarehouseApi();
});
afterAll(() => api.close());

const ASK = `query ($stockCode: ID, $limit: Int) {
  productPairs(stockCode: $stockCode, limit: $limit) {
    status hasMore asOf source id
    rows { stockCode description otherStockCode otherDescription invoices support confidence lift }
  }
}`;
const names = { stockCode: '22386', description: 'JUMBO BAG PINK POLKADOT', otherStockCode: '85099B' };
const counts = { invoices: 825, support: 0.037396, confidence: 0.67734, lift: 7.142828 };
const row = { ...names, otherDescription: null, ...counts };
const pairRecord = record('22386', names.description, '85099B', null, 825, 0.037396, 0.67734, 7.142828, LOADED.text);
const answer = { status: 'FINISHED', hasMore: false, asOf: LOADED.asOf, id: null, rows: [row] };

test('the first pairs of all products are kept', async () => {
  api.given({ kept: { productPairs: { asOf: LOADED.asOf, rows: [{ ...names, ...counts }], hasMore: false } } });

  const { data } = await api.ask(ASK);

  expect(data.productPairs).toEqual({ ...answer, source: 'CACHE' });
  expect(api.calls).toEqual([]);
});

test('more of them come from the finished pairs', async () => {
  api.given({ warehouse: warehouseWith(wholeAnswer([pairRecord])) });

  const { data } = await api.ask(ASK, { limit: 101 });

  expect(data.productPairs).toEqual({ ...answer, source: 'ROLLUP' });
  expect(api.lookups).toEqual([]);
  expect(api.calls[0]?.input['Sql']).toBe(productPairsStatement({ limit: 101 }).sql);
});

test('those of one product are computed from its baskets, and its code is a value', async () => {
  api.given({ warehouse: warehouseWith([pairRecord, pairRecord]) });

  const { data } = await api.ask(ASK, { stockCode: " O'NEIL ", limit: 1 });

  expect(data.productPairs).toEqual({ ...answer, source: 'RAW', hasMore: true });
  expect(api.calls[0]?.input).toMatchObject({
    Sql: productPairsStatement({ stockCode: '85123A', limit: 1 }).sql,
    Parameters: [{ name: 'stock_code', value: "O'NEIL" }],
  });
});

test.each([
  [{ limit: 0 }, 'limit'],
  [{ limit: 1001 }, 'limit'],
  [{ stockCode: '' }, 'stockCode'],
  [{ stockCode: 'x'.repeat(41) }, 'stockCode'],
])('pairs that cannot be are refused: %j', async (question, field) => {
  api.given({});

  const { errors } = await api.ask(ASK, question);

  expect(errors).toMatchObject([{ errorType: 'InvalidValue', errorInfo: { field } }]);
  expect([...api.lookups, ...api.calls]).toEqual([]);
});
