import type { StoredLine } from '../../domain/stored-line.ts';

// Items of the two tables as a resolver receives them; what a test cares about is named, the rest is ordinary.

export const profileItem = (changes: object = {}) => ({
  customerId: '17850',
  sk: 'PROFILE',
  homeCountry: 'United Kingdom',
  firstInvoiceAt: '2010-12-01T08:26:00Z',
  lastInvoice: '2010-12-02T15:27:00Z#536750',
  invoiceCount: 3,
  lineCount: 40,
  units: 250,
  revenue: 5_391_210,
  months: '{"2010-12":[3,40,250,5391210]}',
  ...changes,
});

const totals = { country: 'United Kingdom', cancelled: false, lineCount: 7, units: 40, total: 139_120, chunkCount: 0 };

/** The header of an invoice in `Invoices`. */
export const headerItem = (changes: object = {}) => ({
  invoiceNo: '536365',
  sk: 'INVOICE',
  listing: 'INVOICE',
  datedNo: '2010-12-01T08:26:00Z#536365',
  customerId: '17850',
  ...totals,
  version: 1,
  lines: JSON.stringify([storedLine()]),
  ...changes,
});

/** A header as an index holds it. */
export function indexedHeader(changes: object = {}) {
  const { version: _version, lines: _lines, ...entry } = headerItem(changes);
  return entry;
}

/** A customer's copy of an invoice in `Customers`. */
export const customerInvoiceItem = (changes: object = {}) => ({
  customerId: '17850',
  sk: 'INVOICE#2010-12-01T08:26:00Z#536365',
  ...totals,
  ...changes,
});

/** A line as an invoice keeps it: [line id, stock code, description, quantity, unit price in mills]. */
export const storedLine = (place = 1, quantity = 6, mills = 2_550): StoredLine => [
  `-b554dfdb0730-${String(place)}`,
  '85123A',
  'WHITE HANGING HEART T-LIGHT HOLDER',
  quantity,
  mills,
];
