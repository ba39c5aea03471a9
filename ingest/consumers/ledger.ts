import type { TransactionLine } from '../../domain/transaction-line.ts';

/** What lines add up to. */
export interface Sums {
  readonly lineCount: number;
  /** Pieces: a double holds the sum of 10^9 lines exactly. */
  readonly units: number;
  /** Mills: a double does not hold the sum of 10^9 lines exactly. */
  readonly total: bigint;
}

/** What the stores keep of an invoice, or of one customer's part of it, beside the lines. */
export interface InvoiceTotals extends Sums {
  readonly invoiceNo: string;
  /** The earliest line's date, `YYYY-MM-DDTHH:mm:ssZ`. */
  readonly invoiceDate: string;
  /** The country of the first line: the least by date, then line id. */
  readonly country: string;
  readonly cancelled: boolean;
}

/** A chunk of an invoice's lines that counts. */
export interface ChunkPlace {
  /** Its sort key, which no other chunk ever had. */
  readonly key: string;
  readonly lineCount: number;
}

/** Where a customer's list may have an invoice. */
export interface EntryPlace {
  readonly customerId: string;
  readonly invoiceDate: string;
}

/** An invoice's header: its totals, its last lines, which chunks hold the lines before them, and what guards it all. */
export interface InvoiceHeader extends InvoiceTotals {
  /** Of the first line; missing for a guest's. */
  readonly customerId?: string;
  /** In the order in which they arrived, after those of all chunks. */
  readonly lines: readonly TransactionLine[];
  /** In their order. A stored chunk that is not among them is another writer's attempt, and counts for nothing. */
  readonly chunks: readonly ChunkPlace[];
  /** Keys of chunks that counted until this version. Readers of the version before may still look for them. */
  readonly replacedChunks: readonly string[];
  /** Grows by one with every write: a writer that read an older version fails. */
  readonly version: number;
  /** Where customers had this invoice in their lists, and no longer have it since a line was corrected or an earlier one arrived. */
  readonly formerPlaces: readonly EntryPlace[];
}

/** A customer's part of an invoice, as the customer's list has it. */
export interface CustomerInvoice extends InvoiceTotals {
  readonly customerId: string;
}

/** A customer's totals. */
export interface CustomerProfile {
  readonly customerId: string;
  /** The country of the latest invoice; absent when corrections have left the customer without any. */
  readonly country?: string;
  readonly firstInvoiceAt: string;
  /** `<invoiceDate>#<invoiceNo>` of the latest invoice. */
  readonly lastInvoice: string;
  readonly months: Months;
  /** Grows by one with every write of the profile, and so with every change of the list: a writer that read an older version fails. */
  readonly version: number;
}

/** A customer's totals by month, `YYYY-MM`; the profile's totals are their sum. */
export type Months = Readonly<Record<string, MonthTotals>>;

export interface MonthTotals {
  readonly invoices: number;
  readonly lines: number;
  readonly units: number;
  /** Mills. */
  readonly revenue: bigint;
}

/** What changes in customers' lists. */
export interface ListChanges {
  readonly puts: readonly CustomerInvoice[];
  readonly removals: readonly (EntryPlace & { readonly invoiceNo: string })[];
}

/** A profile to write. */
export interface ProfileWrite {
  readonly profile: CustomerProfile;
  /** The version that it replaces; `undefined` when there must be none. */
  readonly expected: number | undefined;
}

/** The store refuses an item for what is in it, whatever is tried again. */
export class ItemRefusedError extends Error {
  override readonly name = 'ItemRefusedError';
  readonly code = 'ITEM_REFUSED';

  constructor(
    readonly table: string,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`table ${table} refuses an item: ${reason}`, options);
  }
}

/** What is stored under a key is nothing that this writer writes. */
export class UnreadableItemError extends Error {
  override readonly name = 'UnreadableItemError';
  readonly code = 'UNREADABLE_ITEM';

  constructor(
    readonly table: string,
    readonly key: string,
    options: ErrorOptions,
  ) {
    super(
      `table ${table} has an item under ${key} that cannot be read: it is damaged, or of another release. ` +
        'Delete the items of this key, and send its lines again',
      options,
    );
  }
}

/**
 * The two tables, as their writers need them. Every read sees all writes before it.
 *
 * @remarks `addChunk`, `putHeader` and `putProfiles` are conditional and say `false` when another writer was faster. The lists are not:
 * whoever changes a list writes the profile afterwards, and starts again when that is refused.
 */
export interface Ledger {
  headers(invoiceNos: readonly string[]): Promise<ReadonlyMap<string, InvoiceHeader | UnreadableItemError>>;
  /** Every stored chunk of an invoice by its key, also those that do not count. */
  chunks(invoiceNo: string): Promise<ReadonlyMap<string, readonly TransactionLine[]>>;
  addChunk(invoiceNo: string, key: string, lines: readonly TransactionLine[]): Promise<boolean>;
  removeChunks(invoiceNo: string, keys: readonly string[]): Promise<void>;
  /** @param expected - the version it replaces; `undefined` when there must be none. @throws ItemRefusedError */
  putHeader(header: InvoiceHeader, expected: number | undefined): Promise<boolean>;
  profiles(customerIds: readonly string[]): Promise<ReadonlyMap<string, CustomerProfile>>;
  /** A customer's invoices of one month, `YYYY-MM`. */
  customerInvoices(customerId: string, month: string): Promise<readonly CustomerInvoice[]>;
  firstAndLastInvoice(customerId: string): Promise<readonly [CustomerInvoice, CustomerInvoice] | undefined>;
  changeLists(changes: ListChanges): Promise<void>;
  /** In the order of the writes. @throws ItemRefusedError */
  putProfiles(writes: readonly ProfileWrite[]): Promise<readonly boolean[]>;
}
