import type { Invoice } from '../../schema/generated/types.ts';

/** Where the lines of an invoice are, as its header tells it. */
export interface StoredInvoice {
  /** JSON: `StoredLines`, the last lines of the invoice. */
  readonly lines?: string;
  /** JSON: `ChunkName[]`, the lines before those in order; absent when there are none. */
  readonly chunks?: string;
}

/** An item that holds further lines of an invoice: its sort key, and how many lines. */
export type ChunkName = readonly [key: string, count: number];

/** A header in `Invoices`, its copy in an index, which has no lines, or a customer's part of an invoice; `total` in pounds. */
export interface InvoiceItem extends StoredInvoice {
  readonly invoiceNo: string;
  readonly datedNo: string;
  readonly customerId?: string;
  readonly country: string;
  readonly cancelled: boolean;
  readonly lineCount: number;
  readonly units: number;
  readonly total: string;
}

/** An invoice as its nested fields receive it: what the schema shows, and what leads to the lines. */
export type InvoiceSource = Omit<Invoice, 'lines' | 'customer' | '__typename'> & {
  /** Set when the header has been read. */
  readonly stored?: StoredInvoice;
  /** The customer whose lines alone belong to it; absent for the whole invoice. */
  readonly linesOf?: string;
};

/** @remarks `datedNo` is `<invoiceDate>#<invoiceNo>`, and an invoice date is always 20 characters long. */
export function toInvoice(item: InvoiceItem): InvoiceSource {
  return {
    invoiceNo: item.invoiceNo,
    invoiceDate: item.datedNo.slice(0, 20),
    customerId: item.customerId ?? null,
    country: item.country,
    cancelled: item.cancelled,
    lineCount: item.lineCount,
    units: item.units,
    total: item.total,
    ...(item.lines === undefined ? {} : { stored: storedInvoice(item.lines, item.chunks) }),
  };
}

const storedInvoice = (lines: string, chunks: string | undefined): StoredInvoice =>
  chunks === undefined ? { lines } : { lines, chunks };
