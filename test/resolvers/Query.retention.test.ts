import { afterAll, beforeAll, expect, test } from 'vitest';
import { retentionStatement } from '../../warehouse/statements/retention.ts';
import { LOADED, record, startWarehouseApi, warehouseWith, wholeAnswer, type WarehouseApi } from './warehouse-api.ts';

let api: WarehouseApi;
beforeAll(async () => {
  api = await startWarehouseApi();
});
afterAll(() => api.close());

const ASK = `query ($from: String, $to: String) {
  retention(from: $from, to: $to) {
    status hasMore asOf source id rows { cohort month monthsSince cohortSize customers rate }
  }
}`;
const row = { cohort: '2010-12', month: '2011-02', monthsSince: 2, cohortSize: 885, customers: 286, rate: 0.323164 };
const records = [record('2010-12', '2011-02', 2, 885, 286, 0.323164, LOADED.text)];
const answer = { status: 'FINISHED', hasMore: false, asOf: LOADED.asOf, id: null, rows: [row] };

test('the retention of all cohorts is kept', async () => {
  api.given({ kept: { retention: { asOf: LOADED.asOf, rows: [row], hasMore: false } } });

  const { data } = await api.ask(ASK);

  expect(data.retention).toEqual({ ...answer, source: 'CACHE' });
  expect(api.calls).toEqual([]);
});

test.each([
  [{ from: '2010-12' }, [{ name: 'first_month', value: '2010-12' }]],
  [{ to: ' 2011-06 ' }, [{ name: 'last_month', value: '2011-06' }]],
  [
    { from: '2011-01', to: '2011-01' },
    [
      { name: 'first_month', value: '2011-01' },
      { name: 'last_month', value: '2011-01' },
    ],
  ],
])('that of some is computed from invoices: %j', async (range, parameters) => {
  api.given({ warehouse: warehouseWith(wholeAnswer(records)) });

  const { data } = await api.ask(ASK, range);

  const [first, last] = ['from' in range ? range.from : undefined, 'to' in range ? range.to : undefined];
  expect(data.retention).toEqual({ ...answer, source: 'FACT' });
  expect(api.lookups).toEqual([]);
  expect(api.calls[0]?.input).toMatchObject({ Sql: retentionStatement({ from: first, to: last }).sql, Parameters: parameters });
});

test.each([
  [{ from: '2011-13' }, 'from', 'a month from 1900 to 2199'],
  [{ from: '2011-1' }, 'from', 'a month from 1900 to 2199'],
  [{ to: '2011-01-31' }, 'to', 'a month from 1900 to 2199'],
  [{ to: '' }, 'to', 'a month from 1900 to 2199'],
  [{ to: "2011-01' OR TRUE --" }, 'to', 'a month from 1900 to 2199'],
  [{ from: '2011-02', to: '2011-01' }, 'from', 'a month that is not after to, "2011-01"'],
])('cohorts that cannot be are refused: %j', async (range, field, words) => {
  api.given({});

  const { errors } = await api.ask(ASK, range);

  expect(errors).toMatchObject([{ errorType: 'InvalidValue', errorInfo: { field }, message: expect.stringContaining(words) }]);
  expect(api.calls).toEqual([]);
});
