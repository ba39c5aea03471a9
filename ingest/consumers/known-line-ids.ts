import type { KnownInvoice } from './invoice-append.ts';
import type { InvoiceHeader } from './ledger.ts';

/** Line ids that are kept in memory at most: about 60 MB. */
const MOST_LINE_IDS = 400_000;

/**
 * Remembers the line ids of long invoices between batches, so that an invoice that arrives in many pieces is not read again
 * with each of them. What is remembered counts only for the very version of the header that was just read.
 */
export class KnownLineIds {
  readonly #invoices = new Map<string, { readonly version: number; readonly lineIds: ReadonlySet<string> }>();
  #size = 0;

  /** The invoice, when its header shows that nothing has changed since; `undefined` when it has to be read. */
  of(header: InvoiceHeader | undefined): KnownInvoice | undefined {
    if (header === undefined) return undefined;
    const remembered = this.#invoices.get(header.invoiceNo);
    if (remembered?.version !== header.version) return undefined;
    return { header, lineIds: remembered.lineIds, chunkCount: header.chunkCount, sums: header };
  }

  keep(header: InvoiceHeader, lineIds: ReadonlySet<string>): void {
    this.#forget(header.invoiceNo);
    if (header.chunkCount === 0) return; // The header itself holds all lines.
    this.#invoices.set(header.invoiceNo, { version: header.version, lineIds });
    this.#size += lineIds.size;
    for (const invoiceNo of this.#invoices.keys()) {
      if (this.#size <= MOST_LINE_IDS || invoiceNo === header.invoiceNo) break;
      this.#forget(invoiceNo);
    }
  }

  #forget(invoiceNo: string): void {
    this.#size -= this.#invoices.get(invoiceNo)?.lineIds.size ?? 0;
    this.#invoices.delete(invoiceNo);
  }
}
