import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { customerInvoiceKey, datedInvoice, HEADER, INVOICE_PREFIX, LISTING, PROFILE } from '../../domain/keys.ts';
import type { StoredLine } from '../../domain/stored-line.ts';
import { profileTotals } from '../consumers/customer-totals.ts';
import type { CustomerInvoice, CustomerProfile, InvoiceHeader, InvoiceTotals, Months, MonthTotals } from '../consumers/ledger.ts';

/** An item in DynamoDB's wire form. */
export type Item = Record<string, AttributeValue>;

const text = (item: Item, name: string) => item[name]?.S ?? '';
const number = (item: Item, name: string) => Number(item[name]?.N ?? 0);

const totals = (invoice: InvoiceTotals) => ({
  country: { S: invoice.country },
  cancelled: { BOOL: invoice.cancelled },
  lineCount: { N: String(invoice.lineCount) },
  units: { N: String(invoice.units) },
  total: { N: String(invoice.total) },
  chunkCount: { N: String(invoice.chunkCount) },
});

const fromTotals = (item: Item) => ({
  country: text(item, 'country'),
  cancelled: item['cancelled']?.BOOL ?? false,
  lineCount: number(item, 'lineCount'),
  units: number(item, 'units'),
  total: number(item, 'total'),
  chunkCount: number(item, 'chunkCount'),
});

/** A header in `Invoices`; `listing` and `datedNo` put it, and no chunk of lines, into the two indexes. */
export const toHeaderItem = (header: InvoiceHeader): Item => ({
  invoiceNo: { S: header.invoiceNo },
  sk: { S: HEADER },
  listing: { S: LISTING },
  datedNo: { S: datedInvoice(header.invoiceDate, header.invoiceNo) },
  ...(header.customerId === undefined ? {} : { customerId: { S: header.customerId } }),
  ...totals(header),
  version: { N: String(header.version) },
  lines: { S: JSON.stringify(header.lines) },
  ...(header.formerDates.length === 0 ? {} : { formerDates: { SS: [...new Set(header.formerDates)] } }),
});

export const fromHeaderItem = (item: Item): InvoiceHeader => ({
  invoiceNo: text(item, 'invoiceNo'),
  invoiceDate: text(item, 'datedNo').slice(0, 20),
  ...(item['customerId']?.S === undefined ? {} : { customerId: item['customerId'].S }),
  ...fromTotals(item),
  version: number(item, 'version'),
  lines: JSON.parse(item['lines']?.S ?? '[]') as StoredLine[],
  formerDates: item['formerDates']?.SS ?? [],
});

/** A customer's copy of an invoice in `Customers`; date and number are in its sort key. */
export const toCustomerInvoiceItem = (invoice: CustomerInvoice): Item => ({
  customerId: { S: invoice.customerId },
  sk: { S: customerInvoiceKey(invoice.invoiceDate, invoice.invoiceNo) },
  ...totals(invoice),
});

export function fromCustomerInvoiceItem(item: Item): CustomerInvoice {
  const dated = text(item, 'sk').slice(INVOICE_PREFIX.length);
  return {
    customerId: text(item, 'customerId'),
    invoiceDate: dated.slice(0, 20),
    invoiceNo: dated.slice(21),
    ...fromTotals(item),
  };
}

type StoredMonths = Readonly<Record<string, readonly [invoices: number, lines: number, units: number, revenueMills: number]>>;

/** A profile in `Customers`; `homeCountry` puts it, and no copy of an invoice, into the index by country. */
export function toProfileItem(profile: CustomerProfile): Item {
  const sum = profileTotals(profile.months);
  const months = Object.entries(profile.months).map(
    ([month, { invoices, lines, units, revenue }]) => [month, [invoices, lines, units, revenue]] as const,
  );
  return {
    customerId: { S: profile.customerId },
    sk: { S: PROFILE },
    homeCountry: { S: profile.country },
    firstInvoiceAt: { S: profile.firstInvoiceAt },
    lastInvoice: { S: profile.lastInvoice },
    invoiceCount: { N: String(sum.invoices) },
    lineCount: { N: String(sum.lines) },
    units: { N: String(sum.units) },
    revenue: { N: String(sum.revenue) },
    months: { S: JSON.stringify(Object.fromEntries(months)) },
  };
}

export function fromProfileItem(item: Item): CustomerProfile {
  const stored = JSON.parse(item['months']?.S ?? '{}') as StoredMonths;
  const months: Record<string, MonthTotals> = {};
  for (const [month, [invoices, lines, units, revenue]] of Object.entries(stored))
    months[month] = { invoices, lines, units, revenue };
  return {
    customerId: text(item, 'customerId'),
    country: text(item, 'homeCountry'),
    firstInvoiceAt: text(item, 'firstInvoiceAt'),
    lastInvoice: text(item, 'lastInvoice'),
    months: months satisfies Months,
  };
}
