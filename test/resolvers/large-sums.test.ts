import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixedQuestions } from '../../warehouse/statements/fixed-questions.ts';
import { LOADED, record, startWarehouseApi, warehouseWith, type WarehouseApi } from './warehouse-api.ts';

let api: WarehouseApi;
beforeAll(async () => {
  api = await startWarehouseApi();
});
afterAll(() => api.close());

/** The sums of the most lines there can be, each as large as a line can be: money beyond 2^53 thousandths, pieces beyond 2^31. */
const LARGEST = { revenue: '9000000000000000.001', units: 999_999_999_999_999, lines: 1_000_000_000, invoices: 1_000_000_000 };
const measures = { ...LARGEST, customers: 1_000_000_000, averageInvoice: '-9000000000000000.001' };

const SALES = `query ($groupBy: [SalesDimension!]!) {
  sales(groupBy: $groupBy) { source rows { revenue units lines invoices customers averageInvoice } }
}`;

const salesRecord = (month: string | null) =>
  record(
    ...[null, null, month, null, null, null, null, month === null ? 'EIRE' : null, null, null, null, null],
    ...[LARGEST.revenue, LARGEST.units, LARGEST.lines, LARGEST.invoices, measures.customers, measures.averageInvoice],
    LOADED.text,
  );

describe('the largest sums there can be are answered exactly', () => {
  test('by the warehouse', async () => {
    api.given({ warehouse: warehouseWith([salesRecord(null)]) });

    const { data, errors } = await api.ask(SALES, { groupBy: ['CUSTOMER', 'COUNTRY'] });

    expect(errors).toEqual([]);
    expect(data.sales).toEqual({ source: 'FACT', rows: [measures] });
  });

  test('by the kept answers', async () => {
    const question = fixedQuestions.find(({ key }) => key === 'sales:MONTH');
    api.given({ kept: { 'sales:MONTH': { ...question?.answer([salesRecord('2011-02')]), loadId: 7 } } });

    const { data, errors } = await api.ask(SALES, { groupBy: ['MONTH'] });

    expect(errors).toEqual([]);
    expect(data.sales).toEqual({ source: 'CACHE', rows: [measures] });
  });

  test('in the segments of customers', async () => {
    api.given({ warehouse: warehouseWith([record(5, 5, 5, 1, LARGEST.invoices, LARGEST.revenue, LOADED.text)]) });

    const { data, errors } = await api.ask('{ customerSegments { rows { invoices revenue } } }');

    expect(errors).toEqual([]);
    expect(data.customerSegments.rows).toEqual([{ invoices: LARGEST.invoices, revenue: LARGEST.revenue }]);
  });
});

test('pieces beyond what an Int can hold need not be many: 2,148 lines of the most', async () => {
  const units = 2_148 * 1_000_000;
  api.given({ kept: { 'sales:MONTH': { asOf: LOADED.asOf, rows: [{ month: '2011-02', ...measures, units }], hasMore: false } } });

  const { data, errors } = await api.ask(SALES, { groupBy: ['MONTH'] });

  expect(errors).toEqual([]);
  expect(data.sales.rows).toMatchObject([{ units }]);
});
