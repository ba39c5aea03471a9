import type { InvoiceItem, StoredInvoice } from '../../domain/stored-items.ts';
import type { Invoice } from '../../schema/generated/types.ts';

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
