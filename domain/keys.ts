// Where things live in the two tables. Resolvers bundle this file: only what APPSYNC_JS knows.

/** Sort key of a customer's totals in `Customers`. */
export const PROFILE = 'PROFILE';

/** Sort key of an invoice's header in `Invoices`; the header also carries the first lines. */
export const HEADER = 'INVOICE';

/** Every header's partition in the index `byDate`: one list of all invoices. */
export const LISTING = 'INVOICE';

/** How the sort keys of a customer's invoices in `Customers` begin. */
export const INVOICE_PREFIX = 'INVOICE#';

/** How the sort keys of an invoice's further lines in `Invoices` begin. */
export const LINES_PREFIX = 'LINES#';

/** Orders invoices by date, then number: `2010-12-01T08:26:00Z#536365`. */
export const datedInvoice = (invoiceDate: string, invoiceNo: string) => `${invoiceDate}#${invoiceNo}`;

/** Sort key of one of a customer's invoices in `Customers`. */
export const customerInvoiceKey = (invoiceDate: string, invoiceNo: string) =>
  `${INVOICE_PREFIX}${datedInvoice(invoiceDate, invoiceNo)}`;

/** Sort key of the n-th chunk of lines after the header's own, from 1: `LINES#0001`. */
export const linesKey = (n: number) =>
  n < 10000 ? `${LINES_PREFIX}${`000${n}`.slice(-4)}` : `${LINES_PREFIX}~${`0000000${n}`.slice(-8)}`;

/** The index over headers by date, and the one by country and date. */
export const BY_DATE = 'byDate';
export const BY_COUNTRY = 'byCountry';

/** The index over customer profiles by country. */
export const PROFILES_BY_COUNTRY = 'byCountry';
