import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StoredLine } from '../../domain/stored-line.ts';
import { StoredInvoice } from '../support/stored-invoice.ts';
import {
  chunkItem,
  customerInvoiceItem,
  emptyProfileItem,
  headerItem,
  profileItem,
  storedLines,
} from '../support/stored-items.ts';
import { startStoredApi, type StoredApi } from './stored-api.ts';

// The items of the two tables through the whole API: what a client sees of them.

let api: StoredApi;
const long = new StoredInvoice([250, 100, 64], 30);

/** An invoice of two customers and a guest, in a chunk and its header. */
const settings = [
  ['2011-01-04T10:00:00Z', '20001', 'EIRE'],
  ['2011-01-04T10:00:00Z', '20002', 'France'],
  ['2011-01-05T10:00:00Z', '', 'EIRE'],
] as const;
const line = (n: number): StoredLine => [`-${String(n)}`, '85123A', '', 1, 1_000, n, n % 3];
const part = (from: number, until: number) =>
  storedLines(
    Array.from({ length: until - from }, (_, n) => line(from + n)),
    { settings, since: 1_294_135_200_000 },
  );
const shared = { invoiceNo: '540001', datedNo: '2011-01-04T10:00:00Z#540001', customerId: '20001', country: 'EIRE' };
const LARGE = { units: 999_999_999_999_999, total: '-8999999999999999.999' };

beforeAll(async () => {
  api = await startStoredApi();
  await api.put(
    'Invoices',
    ...long.items(),
    headerItem({
      ...shared,
      ...{ lineCount: 40, units: 40, total: '40.000', chunks: '[["LINES#0001#k3j9x2",33]]', lines: JSON.stringify(part(33, 40)) },
    }),
    { ...chunkItem('LINES#0001#k3j9x2', part(0, 33)), invoiceNo: '540001' },
    { ...chunkItem('LINES#0001#zzzzzz', part(0, 33)), invoiceNo: '540001' },
    headerItem({ invoiceNo: '550001', datedNo: '2011-02-01T10:00:00Z#550001', chunks: '[["LINES#0001#gone",64]]', ...LARGE }),
  );
  await api.put(
    'Customers',
    profileItem({ customerId: '20001', homeCountry: 'EIRE', invoiceCount: 1, lineCount: 14, ...LARGE, revenue: LARGE.total }),
    customerInvoiceItem({
      ...{ customerId: '20001', sk: 'INVOICE#2011-01-04T10:00:00Z#540001' },
      lineCount: 14,
      total: '14.000',
    }),
    profileItem({ customerId: '20002', homeCountry: 'France', invoiceCount: 1 }),
    customerInvoiceItem({
      ...{ customerId: '20002', sk: 'INVOICE#2011-01-04T10:00:00Z#540001' },
      lineCount: 13,
      total: '13.000',
    }),
    emptyProfileItem({ customerId: '20003' }),
  );
});
afterAll(() => api.close());

test('an invoice of several chunks is walked page by page, each line once, in order', async () => {
  const seen: string[] = [];
  let nextToken: string | null = null;
  do {
    const { data, errors } = await api.ask(
      'query ($nextToken: String) { invoice(invoiceNo: "536365") { lines(limit: 60, nextToken: $nextToken) { items { lineId } nextToken } } }',
      { nextToken },
    );
    expect(errors).toEqual([]);
    const page = data.invoice.lines as { items: { lineId: string }[]; nextToken: string | null };
    seen.push(...page.items.map(({ lineId }) => lineId));
    nextToken = page.nextToken;
  } while (nextToken !== null);

  expect(seen).toEqual(long.lineIds);
});

describe('an invoice of several customers', () => {
  const LINES = 'lines(limit: 500) { items { lineId customerId country invoiceDate sentAt } nextToken }';

  test('has all lines, each with its own customer, country, date and time of sending', async () => {
    const { data, errors } = await api.ask(`{ invoice(invoiceNo: "540001") { customerId country lineCount ${LINES} } }`);

    expect(errors).toEqual([]);
    expect(data.invoice).toMatchObject({ customerId: '20001', country: 'EIRE', lineCount: 40 });
    expect(data.invoice.lines.items).toHaveLength(40);
    expect(data.invoice.lines.items.slice(0, 3)).toEqual(
      settings.map(([invoiceDate, customerId, country], n) => ({
        ...{ lineId: `540001-${String(n)}`, customerId: customerId === '' ? null : customerId, country, invoiceDate },
        sentAt: `2011-01-04T10:00:00.00${String(n)}Z`,
      })),
    );
  });

  test.each([
    ['20001', 14, '14.000', 0],
    ['20002', 13, '13.000', 1],
  ])('shows customer %s the %d lines of theirs, with the sums of these', async (customerId, lineCount, total, first) => {
    const { data, errors } = await api.ask(
      `query ($customerId: ID!) { customer(customerId: $customerId) { invoices { items { invoiceNo lineCount total customerId ${LINES} } } } }`,
      { customerId },
    );

    expect(errors).toEqual([]);
    const [invoice] = data.customer.invoices.items;
    expect(invoice).toMatchObject({ invoiceNo: '540001', customerId, lineCount, total });
    expect(invoice.lines.items.map(({ lineId }: { lineId: string }) => lineId)).toEqual(
      Array.from({ length: lineCount }, (_, n) => `540001-${String(3 * n + first)}`),
    );
  });
});

test('the largest sums are answered to the last digit', async () => {
  const { data, errors } = await api.ask(`{
    customer(customerId: "20001") { units revenue }
    invoices(from: "2011-02-01", to: "2011-02-28") { items { invoiceNo units total } }
    customers(country: "EIRE") { items { customerId units revenue } }
  }`);

  expect(errors).toEqual([]);
  expect(data).toEqual({
    customer: { units: LARGE.units, revenue: LARGE.total },
    invoices: { items: [{ invoiceNo: '550001', ...LARGE }] },
    customers: { items: [{ customerId: '20001', units: LARGE.units, revenue: LARGE.total }] },
  });
});

test('a customer who has lost every line is null, and listed in no country', async () => {
  const { data, errors } = await api.ask(
    '{ customer(customerId: "20003") { customerId } customers(country: "United Kingdom") { items { customerId } } }',
  );

  expect(errors).toEqual([]);
  expect(data).toEqual({ customer: null, customers: { items: [] } });
});

test('a chunk that the header names and that is gone makes the field an error, to be asked again', async () => {
  for (const field of [
    'invoice(invoiceNo: "550001") { lines',
    'invoices(from: "2011-02-01", to: "2011-02-01") { items { lines',
  ]) {
    const { errors } = await api.ask(`{ ${field} { items { lineId } } ${field.includes('items') ? '} }' : '}'} }`);

    expect(errors).toMatchObject([{ errorType: 'InvoiceChanged', errorInfo: { invoiceNo: '550001' } }]);
  }
});
