import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { customerInvoiceKey, datedInvoice, HEADER, INVOICE_PREFIX, LISTING, PROFILE } from '../../domain/keys.ts';
import type { AttributeName, ChunkName, CustomerInvoiceItem, HeaderItem, WholeProfileItem } from '../../domain/stored-items.ts';
import { profileTotals } from '../consumers/customer-totals.ts';
import type {
  ChunkPlace,
  CustomerInvoice,
  CustomerProfile,
  InvoiceHeader,
  InvoiceTotals,
  Months,
  MonthTotals,
} from '../consumers/ledger.ts';
import { fromExactPounds, toExactPounds } from './exact-pounds.ts';
import { fromStoredLines, toStoredLines } from './stored-lines.ts';

/** An item in DynamoDB's wire form. */
export type Item = Record<string, AttributeValue>;

/** An item of these attributes, in that form. */
type Wire<T> = { readonly [name in keyof T]: AttributeValue };

const text = (item: Item, name: AttributeName) => item[name]?.S ?? '';
const number = (item: Item, name: AttributeName) => Number(item[name]?.N ?? 0);

const totals = (invoice: InvoiceTotals) => ({
  country: { S: invoice.country },
  cancelled: { BOOL: invoice.cancelled },
  lineCount: { N: String(invoice.lineCount) },
  units: { N: String(invoice.units) },
  total: { S: toExactPounds(invoice.total) },
});

const fromTotals = (item: Item) => ({
  country: text(item, 'country'),
  cancelled: item['cancelled']?.BOOL ?? false,
  lineCount: number(item, 'lineCount'),
  units: number(item, 'units'),
  total: fromExactPounds(text(item, 'total')),
});

const chunksText = (chunks: readonly ChunkPlace[]) =>
  JSON.stringify(chunks.map(({ key, lineCount }): ChunkName => [key, lineCount]));

const fromChunksText = (chunks: string): ChunkPlace[] =>
  (JSON.parse(chunks) as ChunkName[]).map(([key, lineCount]) => ({ key, lineCount }));

/** A header in `Invoices`; `listing` and `datedNo` put it, and no chunk of lines, into the two indexes. */
export const toHeaderItem = (header: InvoiceHeader) =>
  ({
    invoiceNo: { S: header.invoiceNo },
    sk: { S: HEADER },
    listing: { S: LISTING },
    datedNo: { S: datedInvoice(header.invoiceDate, header.invoiceNo) },
    ...(header.customerId === undefined ? {} : { customerId: { S: header.customerId } }),
    ...totals(header),
    version: { N: String(header.version) },
    lines: { S: toStoredLines(header.lines) },
    ...(header.chunks.length === 0 ? {} : { chunks: { S: chunksText(header.chunks) } }),
    ...(header.replacedChunks.length === 0 ? {} : { replacedChunks: { SS: [...header.replacedChunks] } }),
    ...(header.formerPlaces.length === 0
      ? {}
      : {
          formerPlaces: { L: header.formerPlaces.map(({ customerId, invoiceDate }) => ({ S: `${invoiceDate} ${customerId}` })) },
        }),
  }) satisfies Wire<HeaderItem> & Item;

export function fromHeaderItem(item: Item): InvoiceHeader {
  const invoiceNo = text(item, 'invoiceNo');
  return {
    invoiceNo,
    invoiceDate: text(item, 'datedNo').slice(0, 20),
    ...(item['customerId']?.S === undefined ? {} : { customerId: item['customerId'].S }),
    ...fromTotals(item),
    version: number(item, 'version'),
    lines: fromStoredLines(invoiceNo, text(item, 'lines')),
    chunks: item['chunks']?.S === undefined ? [] : fromChunksText(item['chunks'].S),
    replacedChunks: item['replacedChunks']?.SS ?? [],
    formerPlaces: (item['formerPlaces']?.L ?? []).map(({ S = '' }) => ({ invoiceDate: S.slice(0, 20), customerId: S.slice(21) })),
  };
}

/** A customer's part of an invoice in `Customers`; date and number are in its sort key. */
export const toCustomerInvoiceItem = (invoice: CustomerInvoice) =>
  ({
    customerId: { S: invoice.customerId },
    sk: { S: customerInvoiceKey(invoice.invoiceDate, invoice.invoiceNo) },
    ...totals(invoice),
  }) satisfies Wire<CustomerInvoiceItem> & Item;

export function fromCustomerInvoiceItem(item: Item): CustomerInvoice {
  const dated = text(item, 'sk').slice(INVOICE_PREFIX.length);
  return {
    customerId: text(item, 'customerId'),
    invoiceDate: dated.slice(0, 20),
    invoiceNo: dated.slice(21),
    ...fromTotals(item),
  };
}

/**
 * Totals by month as one text: `2010-12 3 40 512 139120;2011-01 …`, which are invoices, lines, units and mills.
 *
 * @remarks A third shorter than JSON: two years stay within a kilobyte, which is one write unit. And JSON holds no integer beyond 2^53.
 */
const monthsText = (months: Months) =>
  Object.entries(months)
    .map(([month, { invoices, lines, units, revenue }]) => [month, invoices, lines, units, revenue].join(' '))
    .join(';');

function fromMonthsText(text: string): Months {
  const months: Record<string, MonthTotals> = {};
  for (const one of text === '' ? [] : text.split(';')) {
    const [month = '', invoices, lines, units, revenue = '0'] = one.split(' ');
    months[month] = { invoices: Number(invoices), lines: Number(lines), units: Number(units), revenue: BigInt(revenue) };
  }
  return months;
}

/** A profile in `Customers`; `homeCountry` puts it, and no copy of an invoice, into the index by country. */
export function toProfileItem(profile: CustomerProfile) {
  const sum = profileTotals(profile.months);
  return {
    customerId: { S: profile.customerId },
    sk: { S: PROFILE },
    ...(profile.country === undefined ? {} : { homeCountry: { S: profile.country } }),
    firstInvoiceAt: { S: profile.firstInvoiceAt },
    lastInvoice: { S: profile.lastInvoice },
    invoiceCount: { N: String(sum.invoices) },
    lineCount: { N: String(sum.lines) },
    units: { N: String(sum.units) },
    revenue: { S: toExactPounds(sum.revenue) },
    months: { S: monthsText(profile.months) },
    version: { N: String(profile.version) },
  } satisfies Wire<WholeProfileItem> & Item;
}

export const fromProfileItem = (item: Item): CustomerProfile => ({
  customerId: text(item, 'customerId'),
  ...(item['homeCountry']?.S === undefined ? {} : { country: item['homeCountry'].S }),
  firstInvoiceAt: text(item, 'firstInvoiceAt'),
  lastInvoice: text(item, 'lastInvoice'),
  months: fromMonthsText(text(item, 'months')),
  version: number(item, 'version'),
});
