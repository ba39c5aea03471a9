import { afterAll, beforeAll, expect, test } from 'vitest';
import { customerSegmentsStatement } from '../../warehouse/statements/customer-segments.ts';
import { LOADED, record, startWarehouseApi, warehouseWith, wholeAnswer, type WarehouseApi } from './warehouse-api.ts';

let api: WarehouseApi;
beforeAll(async () => {
  api = await startWarehouseApi();
});
afterAll(() => api.close());

const ASK = `query ($asOf: AWSDate) {
  customerSegments(asOf: $asOf) {
    status hasMore asOf source id rows { recency frequency monetary customers invoices revenue }
  }
}`;
const cell = { recency: 5, frequency: 4, monetary: 3, customers: 10, invoices: 25, revenue: '1999.990' };
const answer = { status: 'FINISHED', hasMore: false, asOf: LOADED.asOf, id: null, rows: [cell] };

test('the segments of the latest day are kept', async () => {
  api.given({ kept: { customerSegments: { asOf: LOADED.asOf, rows: [cell], hasMore: false } } });

  const { data } = await api.ask(ASK);

  expect(data.customerSegments).toEqual({ ...answer, source: 'CACHE' });
  expect(api.calls).toEqual([]);
});

test('the segments of another day are computed from invoices', async () => {
  api.given({ warehouse: warehouseWith(wholeAnswer([record(5, 4, 3, 10, 25, '1999.990', LOADED.text)])) });

  const { data } = await api.ask(ASK, { asOf: '2011-06-30' });

  expect(data.customerSegments).toEqual({ ...answer, source: 'FACT' });
  expect(api.lookups).toEqual([]);
  expect(api.calls[0]?.input).toMatchObject({
    Sql: customerSegmentsStatement({ asOf: '2011-06-30' }).sql,
    Parameters: [{ name: 'last_day', value: '2011-06-30' }],
  });
});

test('all 125 cells come at once', async () => {
  const cells = Array.from({ length: 125 }, () => record(5, 4, 3, 10, 25, '1999.990', LOADED.text));
  api.given({ warehouse: warehouseWith(wholeAnswer(cells)) });

  const { data } = await api.ask(ASK);

  expect(data.customerSegments).toMatchObject({ hasMore: false, rows: { length: 125 } });
});

test('a day out of the calendar is refused', async () => {
  const { errors } = await api.ask(ASK, { asOf: '1812-01-01' });

  expect(errors).toMatchObject([{ errorType: 'InvalidValue', errorInfo: { field: 'asOf', value: '1812-01-01' } }]);
});
