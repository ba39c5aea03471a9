// The items of the tables `Customers` and `Invoices`, by the names of their attributes: for the stack that makes the tables, for the
// writer and for the readers.

/** An item that holds further lines of an invoice: its sort key, and how many lines. */
export type ChunkName = readonly [key: string, count: number];

/** Where the lines of an invoice are, as its header tells it. */
export interface StoredInvoice {
  /** JSON: `StoredLines`, the last lines of the invoice. */
  readonly lines?: string;
  /** JSON: `ChunkName[]`, the lines before those in order; absent when there are none. */
  readonly chunks?: string;
}

/** What an invoice, or a customer's part of it, sums up; `total` in pounds. */
interface InvoiceSums {
  readonly country: string;
  readonly cancelled: boolean;
  readonly lineCount: number;
  readonly units: number;
  readonly total: string;
}

/** A header in `Invoices`, its copy in an index, which has no lines, or a customer's part of an invoice. */
export interface InvoiceItem extends StoredInvoice, InvoiceSums {
  readonly invoiceNo: string;
  /** `<invoiceDate>#<invoiceNo>`: the date is always 20 characters long. */
  readonly datedNo: string;
  readonly customerId?: string;
}

/** A header with what the writer alone reads. */
export interface HeaderItem extends InvoiceItem {
  readonly sk: string;
  /** Puts the header, and no chunk of lines, into the index by date. */
  readonly listing: string;
  readonly version: number;
  readonly replacedChunks?: readonly string[];
  readonly formerPlaces?: readonly string[];
}

/** A customer's part of an invoice, in `Customers`: date and number are in its sort key. */
export interface CustomerInvoiceItem extends InvoiceSums {
  readonly customerId: string;
  readonly sk: string;
}

/**
 * A profile in `Customers`; `revenue` in pounds, `lastInvoice` is `<invoiceDate>#<invoiceNo>`.
 *
 * @remarks A customer who has lost every line by corrections keeps an item with `invoiceCount` 0 and without a country.
 */
export interface ProfileItem {
  readonly customerId: string;
  /** Puts the profile, and no copy of an invoice, into the index by country. */
  readonly homeCountry?: string;
  readonly firstInvoiceAt: string;
  readonly lastInvoice: string;
  readonly invoiceCount: number;
  readonly lineCount: number;
  readonly units: number;
  readonly revenue: string;
}

/** A profile with what the writer alone reads. */
export interface WholeProfileItem extends ProfileItem {
  readonly sk: string;
  /** Totals by month as one text. */
  readonly months: string;
  readonly version: number;
}

/** The name of an attribute of either table. */
export type AttributeName = keyof HeaderItem | keyof CustomerInvoiceItem | keyof WholeProfileItem;
