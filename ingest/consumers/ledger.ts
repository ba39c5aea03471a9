import type { StoredLine } from '../../domain/stored-line.ts';

/** What the stores keep of an invoice beside its lines. Money in mills. */
export interface InvoiceTotals {
  readonly invoiceNo: string;
  /** The earliest line's date, `YYYY-MM-DDTHH:mm:ssZ`. */
  readonly invoiceDate: string;
  /** Missing for a guest. */
  readonly customerId?: string;
  readonly country: string;
  readonly cancelled: boolean;
  readonly lineCount: number;
  readonly units: number;
  readonly total: number;
  /** How many chunks of lines follow the header. */
  readonly chunkCount: number;
}

/** An invoice's header: its totals, its first lines, and what guards it. */
export interface InvoiceHeader extends InvoiceTotals {
  readonly lines: readonly StoredLine[];
  /** Grows by one with every write: a writer that read an older version fails. */
  readonly version: number;
  /** Dates the invoice had before an earlier line arrived: the customer's copy may still stand under one of them. */
  readonly formerDates: readonly string[];
}

/** A customer's totals. Money in mills. */
export interface CustomerProfile {
  readonly customerId: string;
  /** The country of the latest invoice. */
  readonly country: string;
  readonly firstInvoiceAt: string;
  /** `<invoiceDate>#<invoiceNo>` of the latest invoice. */
  readonly lastInvoice: string;
  readonly months: Months;
}

/** A customer's totals by month, `YYYY-MM`; the profile's totals are their sum. */
export type Months = Readonly<Record<string, MonthTotals>>;

export interface MonthTotals {
  readonly invoices: number;
  readonly lines: number;
  readonly units: number;
  readonly revenue: number;
}

/** An invoice as its customer lists it. */
export type CustomerInvoice = InvoiceTotals & { readonly customerId: string };

/** What has to change among customers after invoices have changed. */
export interface CustomerWrites {
  readonly invoices: CustomerInvoice[];
  readonly obsolete: { readonly customerId: string; readonly invoiceDate: string; readonly invoiceNo: string }[];
  readonly profiles: CustomerProfile[];
}

/**
 * The two tables, as their one writer needs them. Every read sees all writes before it.
 *
 * @remarks `addChunk` and `putHeader` are conditional and say `false` when another writer was faster; the customer writes
 * are not, because they are recomputed from what is stored whenever anything arrives twice.
 */
export interface Ledger {
  headers(invoiceNos: readonly string[]): Promise<ReadonlyMap<string, InvoiceHeader>>;
  /** The lines of each chunk, chunk 1 first. */
  chunks(invoiceNo: string): Promise<(readonly StoredLine[])[]>;
  addChunk(invoiceNo: string, chunk: number, lines: readonly StoredLine[]): Promise<boolean>;
  /** @param expected - the version it replaces; `undefined` when there must be none */
  putHeader(header: InvoiceHeader, expected: number | undefined): Promise<boolean>;
  profiles(customerIds: readonly string[]): Promise<ReadonlyMap<string, CustomerProfile>>;
  /** A customer's invoices of one month, `YYYY-MM`. */
  customerInvoices(customerId: string, month: string): Promise<CustomerInvoice[]>;
  firstAndLastInvoice(customerId: string): Promise<readonly [CustomerInvoice, CustomerInvoice] | undefined>;
  writeCustomers(writes: CustomerWrites): Promise<void>;
}
