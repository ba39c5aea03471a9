import { InvoiceLines } from './invoice-lines.ts';
import type { InvoiceHeader, Ledger } from './ledger.ts';

/** Lines that are kept in memory at most: about 60 MB. */
const MOST_LINES = 150_000;

/** The lines of an invoice as they were read, and stored chunks that do not count. */
export interface ReadInvoice {
  readonly lines: InvoiceLines;
  readonly strayChunks: readonly string[];
}

/** A header names a chunk that is not there. */
export class MissingChunkError extends Error {
  override readonly name = 'MissingChunkError';
  readonly code = 'MISSING_CHUNK';

  constructor(
    readonly invoiceNo: string,
    readonly key: string,
  ) {
    super(
      `invoice ${invoiceNo} names the chunk ${key}, and table Invoices has none: it was replaced meanwhile, or somebody deleted it`,
    );
  }
}

/**
 * Reads invoices, and remembers the lines of long ones between batches, so that an invoice that arrives in many pieces is not read again
 * with each of them. What is remembered counts only for the very version of the header that was just read.
 */
export class InvoiceCache {
  private readonly known = new Map<string, { readonly version: number; readonly lines: InvoiceLines }>();
  private size = 0;

  /** The lines of an invoice, to look at and not to change. */
  async look(ledger: Ledger, invoiceNo: string, header: InvoiceHeader | undefined): Promise<InvoiceLines> {
    const known = this.known.get(invoiceNo);
    if (header !== undefined && known?.version === header.version) return known.lines;
    return (await readInvoice(ledger, invoiceNo, header)).lines;
  }

  /** The lines of an invoice, to be changed: they are forgotten here until they are kept again. */
  async take(ledger: Ledger, invoiceNo: string, header: InvoiceHeader | undefined): Promise<ReadInvoice> {
    const known = this.known.get(invoiceNo);
    this.forget(invoiceNo);
    if (header !== undefined && known?.version === header.version) return { lines: known.lines, strayChunks: [] };
    return readInvoice(ledger, invoiceNo, header);
  }

  keep({ invoiceNo, version, chunks }: InvoiceHeader, lines: InvoiceLines): void {
    this.forget(invoiceNo);
    if (chunks.length === 0) return; // The header itself holds all lines.
    this.known.set(invoiceNo, { version, lines });
    this.size += lines.length;
    for (const oldest of this.known.keys()) {
      if (this.size <= MOST_LINES || oldest === invoiceNo) break;
      this.forget(oldest);
    }
  }

  private forget(invoiceNo: string): void {
    this.size -= this.known.get(invoiceNo)?.lines.length ?? 0;
    this.known.delete(invoiceNo);
  }
}

async function readInvoice(ledger: Ledger, invoiceNo: string, header: InvoiceHeader | undefined): Promise<ReadInvoice> {
  if (header === undefined || header.chunks.length === 0)
    return { lines: new InvoiceLines(invoiceNo, header?.lines ?? []), strayChunks: [] };
  const stored = await ledger.chunks(invoiceNo);
  const lines = header.chunks.flatMap(({ key }) => {
    const chunk = stored.get(key);
    if (chunk === undefined) throw new MissingChunkError(invoiceNo, key);
    return chunk;
  });
  const named = new Set([...header.chunks.map(({ key }) => key), ...header.replacedChunks]);
  return {
    lines: new InvoiceLines(invoiceNo, lines.concat(header.lines)),
    strayChunks: [...stored.keys()].filter((key) => !named.has(key)),
  };
}
