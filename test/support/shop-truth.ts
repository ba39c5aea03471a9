import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';

/** The real data set, where it is at hand. It is not part of the project. */
export const REAL_FILE = join(import.meta.dirname, '..', '..', '..', 'shared', 'data', 'online_retail.csv.gz');

export const hasRealFile = existsSync(REAL_FILE);

/** What an invoice or a customer must come to. Money in thousandths of a pound, exact. */
export interface Truth {
  lines: number;
  units: number;
  mills: bigint;
}

export interface InvoiceTruth extends Truth {
  customerId: string;
  country: string;
  /** `YYYY-MM-DDTHH:mm:ssZ` of its earliest line. */
  date: string;
}

export interface CustomerTruth extends Truth {
  invoices: number;
  firstAt: string;
  lastAt: string;
  country: string;
}

export interface ShopTruth extends Truth {
  invoices: Map<string, InvoiceTruth>;
  customers: Map<string, CustomerTruth>;
}

/** What a CSV must come to, computed from its text alone with another parser and other arithmetic than the product's. */
export async function shopTruth(file: string, rows = Infinity): Promise<ShopTruth> {
  const truth: ShopTruth = { lines: 0, units: 0, mills: 0n, invoices: new Map(), customers: new Map() };
  const bytes = file.endsWith('.gz') ? createReadStream(file).pipe(createGunzip()) : createReadStream(file);
  const encoding = file.endsWith('.gz') ? 'latin1' : 'utf8';
  const records = bytes.setEncoding(encoding).pipe(parse({ columns: true, relax_quotes: true }));
  for await (const row of records as AsyncIterable<Record<string, string>>) {
    if (truth.lines === rows) break;
    addRow(truth, row);
  }
  for (const [invoiceNo, invoice] of [...truth.invoices].sort(([a, x], [b, y]) => order(x.date + '#' + a, y.date + '#' + b))) {
    if (invoice.customerId !== '') addInvoice(truth, invoiceNo, invoice);
  }
  return truth;
}

const order = (a: string, b: string) => (a < b ? -1 : 1);

function addRow(truth: ShopTruth, row: Record<string, string>): void {
  const column = (name: string) => (row[name] ?? '').trim();
  const units = Number.parseInt(column('Quantity'), 10);
  const mills = BigInt(units) * thousandths(column('UnitPrice'));
  const date = isoDate(column('InvoiceDate'));
  const invoice = truth.invoices.get(column('InvoiceNo'));
  if (invoice === undefined) {
    const owner = { customerId: column('CustomerID').replace(/\.0$/, ''), country: column('Country') };
    truth.invoices.set(column('InvoiceNo'), { lines: 1, units, mills, date, ...owner });
  } else {
    invoice.lines += 1;
    invoice.units += units;
    invoice.mills += mills;
    if (date < invoice.date) invoice.date = date;
  }
  truth.lines += 1;
  truth.units += units;
  truth.mills += mills;
}

/** Invoices come in the order of their dates, so the last one decides. */
function addInvoice(truth: ShopTruth, _invoiceNo: string, invoice: InvoiceTruth): void {
  const customer = truth.customers.get(invoice.customerId);
  if (customer === undefined) {
    const { lines, units, mills, date, country } = invoice;
    truth.customers.set(invoice.customerId, { lines, units, mills, invoices: 1, firstAt: date, lastAt: date, country });
    return;
  }
  customer.lines += invoice.lines;
  customer.units += invoice.units;
  customer.mills += invoice.mills;
  customer.invoices += 1;
  customer.lastAt = invoice.date;
  customer.country = invoice.country;
}

function thousandths(price: string): bigint {
  const [pounds = '', places = ''] = price.replace('-', '').split('.');
  const size = BigInt(pounds) * 1000n + BigInt(places.padEnd(3, '0'));
  return price.startsWith('-') ? -size : size;
}

function isoDate(text: string): string {
  const [, month = '', day = '', year = '', hour = '', minute = ''] = /^(\d+)\/(\d+)\/(\d+) (\d+):(\d+)$/.exec(text) ?? [];
  if (year === '') return `${text.slice(0, 10)}T${text.slice(11, 19)}Z`;
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}T${hour.padStart(2, '0')}:${minute.padStart(2, '0')}:00Z`;
}

/** Thousandths of a pound as the API prints them. */
export function printed(mills: bigint): string {
  const digits = (mills < 0n ? -mills : mills).toString().padStart(4, '0');
  return `${mills < 0n ? '-' : ''}${digits.slice(0, -3)}.${digits.slice(-3)}`;
}
