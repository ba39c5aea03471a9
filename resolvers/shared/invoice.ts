import type { Invoice } from '../../schema/generated/types.ts';
import { toPounds } from '../../domain/pounds.ts';

/** A header in `Invoices`, or its copy in an index; `total` in mills. */
export interface InvoiceItem {
  readonly invoiceNo: string;
  readonly datedNo: string;
  readonly customerId?: string;
  readonly country: string;
  readonly cancelled: boolean;
  readonly lineCount: number;
  readonly units: number;
  readonly total: number;
  readonly chunkCount: number;
  /** JSON: the first lines; not in the indexes. */
  readonly lines?: string;
}

/** An invoice as its nested fields receive it: what the schema shows, and where the lines are. */
export type InvoiceSource = Omit<Invoice, 'lines' | 'customer' | '__typename'> & {
  readonly chunkCount: number;
  readonly firstLines?: string;
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
    total: toPounds(item.total),
    chunkCount: item.chunkCount,
    ...(item.lines === undefined ? {} : { firstLines: item.lines }),
  };
}
