import type { LineSetting, StoredLine, StoredLines } from '../../domain/stored-line.ts';

// Items of the two tables as a resolver receives them; what a test cares about is named, the rest is ordinary.

/** When the stored lines of these items were sent: 2010-12-02T09:00:00.250Z. @unit milliseconds since 1970-01-01T00:00:00Z */
export const SENT = 1_291_280_400_250;

export const profileItem = (changes: object = {}) => ({
  customerId: '17850',
  sk: 'PROFILE',
  homeCountry: 'United Kingdom',
  firstInvoiceAt: '2010-12-01T08:26:00Z',
  lastInvoice: '2010-12-02T15:27:00Z#536750',
  invoiceCount: 3,
  lineCount: 40,
  units: 250,
  revenue: '5391.210',
  months: '{"2010-12":[3,40,250,5391210]}',
  version: 4,
  ...changes,
});

/** The profile of a customer who has lost every line by corrections. */
export const emptyProfileItem = (changes: object = {}) => ({
  ...{ customerId: '17850', sk: 'PROFILE', invoiceCount: 0, lineCount: 0, units: 0, revenue: '0.000', months: '{}', version: 5 },
  ...changes,
});

const totals = { country: 'United Kingdom', cancelled: false, lineCount: 7, units: 40, total: '139.120' };

/** The header of an invoice in `Invoices`. */
export const headerItem = (changes: object = {}) => ({
  invoiceNo: '536365',
  sk: 'INVOICE',
  listing: 'INVOICE',
  datedNo: '2010-12-01T08:26:00Z#536365',
  customerId: '17850',
  ...totals,
  version: 1,
  lines: JSON.stringify(storedLines([storedLine()])),
  ...changes,
});

/** A header as an index holds it. */
export function indexedHeader(changes: object = {}) {
  const { version: _version, lines: _lines, ...entry } = headerItem(changes);
  return entry;
}

/** A customer's part of an invoice in `Customers`. */
export const customerInvoiceItem = (changes: object = {}) => ({
  customerId: '17850',
  sk: 'INVOICE#2010-12-01T08:26:00Z#536365',
  ...totals,
  ...changes,
});

/** Further lines of an invoice in `Invoices`. @param key - the whole sort key, such as `LINES#0001#k3j9x2` */
export const chunkItem = (key: string, lines: StoredLines) => ({
  invoiceNo: '536365',
  sk: key,
  lines: JSON.stringify(lines),
});

/** What lines of these items mostly have in common. */
const SETTING: LineSetting = ['2010-12-01T08:26:00Z', '17850', 'United Kingdom'];

/** The lines of one item. */
export const storedLines = (
  lines: readonly StoredLine[],
  { since = SENT, settings = [SETTING] }: { readonly since?: number; readonly settings?: readonly LineSetting[] } = {},
): StoredLines => ({ since, settings, lines });

/** A line as an invoice keeps it: [line id, stock code, description, quantity, unit price in mills]. */
export const storedLine = (place = 1, quantity = 6, mills = 2_550): StoredLine => [
  `-b554dfdb0730-${String(place)}`,
  '85123A',
  'WHITE HANGING HEART T-LIGHT HOLDER',
  quantity,
  mills,
];
