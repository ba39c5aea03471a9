import { datedInvoice } from '../../domain/keys.ts';
import type { CustomerInvoice, CustomerProfile, InvoiceHeader, Ledger } from '../../ingest/consumers/ledger.ts';
import type { StoredLine } from '../../domain/stored-line.ts';

/** The process died here: nothing after this point happened. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** A ledger in memory that can die before or after any single write, and be found by the next process as it was left. */
export class MemoryLedger implements Ledger {
  readonly headerItems = new Map<string, InvoiceHeader>();
  readonly chunkItems = new Map<string, readonly StoredLine[]>();
  readonly invoiceItems = new Map<string, CustomerInvoice>();
  readonly profileItems = new Map<string, CustomerProfile>();
  /** Writes left until the crash; `undefined` for none. */
  writesLeft: number | undefined;
  writes = 0;
  reads = 0;

  headers(invoiceNos: readonly string[]) {
    this.reads += invoiceNos.length;
    return Promise.resolve(found(this.headerItems, invoiceNos));
  }

  profiles(customerIds: readonly string[]) {
    this.reads += customerIds.length;
    return Promise.resolve(found(this.profileItems, customerIds));
  }

  chunks(invoiceNo: string) {
    const chunks: (readonly StoredLine[])[] = [];
    for (let n = 1; this.chunkItems.has(`${invoiceNo} ${String(n)}`); n++) {
      this.reads++;
      chunks.push(this.chunkItems.get(`${invoiceNo} ${String(n)}`) ?? []);
    }
    return Promise.resolve(chunks);
  }

  addChunk(invoiceNo: string, chunk: number, lines: readonly StoredLine[]) {
    const key = `${invoiceNo} ${String(chunk)}`;
    if (this.chunkItems.has(key)) return Promise.resolve(false);
    return this.#write(() => this.chunkItems.set(key, lines)).then(() => true);
  }

  putHeader(header: InvoiceHeader, expected: number | undefined) {
    if (this.headerItems.get(header.invoiceNo)?.version !== expected) return Promise.resolve(false);
    return this.#write(() => this.headerItems.set(header.invoiceNo, header)).then(() => true);
  }

  customerInvoices(customerId: string, month: string) {
    this.reads++;
    return Promise.resolve(this.#listOf(customerId).filter((invoice) => invoice.invoiceDate.startsWith(month)));
  }

  firstAndLastInvoice(customerId: string) {
    this.reads += 2;
    const list = this.#listOf(customerId);
    const [first, last] = [list[0], list.at(-1)];
    return Promise.resolve(first && last ? ([first, last] as const) : undefined);
  }

  async writeCustomers({ invoices, obsolete, profiles }: Parameters<Ledger['writeCustomers']>[0]) {
    for (const invoice of invoices) await this.#write(() => this.invoiceItems.set(keyOf(invoice), invoice));
    for (const invoice of obsolete) await this.#write(() => this.invoiceItems.delete(keyOf(invoice)));
    for (const profile of profiles) await this.#write(() => this.profileItems.set(profile.customerId, profile));
  }

  #listOf(customerId: string): CustomerInvoice[] {
    return [...this.invoiceItems.values()]
      .filter((invoice) => invoice.customerId === customerId)
      .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  }

  async #write(change: () => unknown): Promise<void> {
    await Promise.resolve();
    if (this.writesLeft === 0) throw new Crash('the process died before this write');
    if (this.writesLeft !== undefined) this.writesLeft--;
    this.writes++;
    change();
  }
}

const keyOf = (invoice: { customerId: string; invoiceDate: string; invoiceNo: string }) =>
  `${invoice.customerId} ${datedInvoice(invoice.invoiceDate, invoice.invoiceNo)}`;

function found<T>(items: ReadonlyMap<string, T>, keys: readonly string[]): Map<string, T> {
  const result = new Map<string, T>();
  for (const key of keys) {
    const item = items.get(key);
    if (item !== undefined) result.set(key, item);
  }
  return result;
}
