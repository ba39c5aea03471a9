import { datedInvoice } from '../../domain/keys.ts';
import type { TransactionLine } from '../../domain/transaction-line.ts';
import type { CustomerInvoice, CustomerProfile, InvoiceHeader, Ledger } from '../../ingest/consumers/ledger.ts';

/** The process died here: nothing after this point happened. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** A ledger in memory that can die before or after any single write, and be found by the next process as it was left. */
export class MemoryLedger implements Ledger {
  readonly headerItems = new Map<string, InvoiceHeader>();
  /** By invoice number and key. */
  readonly chunkItems = new Map<string, readonly TransactionLine[]>();
  readonly invoiceItems = new Map<string, CustomerInvoice>();
  readonly profileItems = new Map<string, CustomerProfile>();
  /** Writes left until the crash; `undefined` for none. */
  writesLeft: number | undefined;
  writes = 0;
  reads = 0;

  async headers(invoiceNos: readonly string[]) {
    await Promise.resolve();
    this.reads += invoiceNos.length;
    return found(this.headerItems, invoiceNos);
  }

  async profiles(customerIds: readonly string[]) {
    await Promise.resolve();
    this.reads += customerIds.length;
    return found(this.profileItems, customerIds);
  }

  async chunks(invoiceNo: string) {
    await Promise.resolve();
    const prefix = `${invoiceNo} `;
    const chunks = [...this.chunkItems].filter(([key]) => key.startsWith(prefix));
    this.reads += chunks.length;
    return new Map(chunks.map(([key, lines]) => [key.slice(prefix.length), lines]));
  }

  async addChunk(invoiceNo: string, key: string, lines: readonly TransactionLine[]) {
    await Promise.resolve();
    if (this.chunkItems.has(`${invoiceNo} ${key}`)) return false;
    this.write(() => this.chunkItems.set(`${invoiceNo} ${key}`, lines));
    return true;
  }

  async removeChunks(invoiceNo: string, keys: readonly string[]) {
    await Promise.resolve();
    for (const key of keys) this.write(() => this.chunkItems.delete(`${invoiceNo} ${key}`));
  }

  async putHeader(header: InvoiceHeader, expected: number | undefined) {
    await Promise.resolve();
    if (this.headerItems.get(header.invoiceNo)?.version !== expected) return false;
    this.write(() => this.headerItems.set(header.invoiceNo, header));
    return true;
  }

  async customerInvoices(customerId: string, month: string) {
    await Promise.resolve();
    this.reads++;
    return this.listOf(customerId).filter((invoice) => invoice.invoiceDate.startsWith(month));
  }

  async firstAndLastInvoice(customerId: string) {
    await Promise.resolve();
    this.reads += 2;
    const list = this.listOf(customerId);
    const [first, last] = [list[0], list.at(-1)];
    return first && last ? ([first, last] as const) : undefined;
  }

  async changeLists({ puts, removals }: Parameters<Ledger['changeLists']>[0]) {
    await Promise.resolve();
    for (const invoice of puts) this.write(() => this.invoiceItems.set(keyOf(invoice), invoice));
    for (const invoice of removals) this.write(() => this.invoiceItems.delete(keyOf(invoice)));
  }

  async putProfiles(writes: Parameters<Ledger['putProfiles']>[0]) {
    await Promise.resolve();
    return writes.map(({ profile, expected }) => {
      if (this.profileItems.get(profile.customerId)?.version !== expected) return false;
      this.write(() => this.profileItems.set(profile.customerId, profile));
      return true;
    });
  }

  private listOf(customerId: string): CustomerInvoice[] {
    return [...this.invoiceItems.values()]
      .filter((invoice) => invoice.customerId === customerId)
      .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  }

  private write(change: () => unknown): void {
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
