// How an invoice keeps its lines. Resolvers bundle this file: only what APPSYNC_JS knows.

/** What lines of an invoice mostly have in common; `''` is a guest. */
export type LineSetting = readonly [invoiceDate: string, customerId: string, country: string];

/**
 * One line as an invoice item stores it, compact because DynamoDB bills by the kilobyte:
 * [line id, stock code, description or '', quantity in pieces, unit price in mills, milliseconds after `since`, place in `settings`].
 * The last two are left out when nothing but zeros would follow.
 *
 * @remarks A line id that begins with the invoice's own number is kept without it, so it begins with `-`, which no whole
 * line id does.
 */
export type StoredLine = readonly [
  lineId: string,
  stockCode: string,
  description: string,
  quantity: number,
  unitPriceMills: number,
  sentAfter?: number,
  setting?: number,
];

/** The lines of one item, as its attribute `lines` holds them in JSON. */
export interface StoredLines {
  /** When the earliest of these lines was sent. @unit milliseconds since 1970-01-01T00:00:00Z */
  readonly since: number;
  readonly settings: readonly LineSetting[];
  readonly lines: readonly StoredLine[];
}

/** An item without lines. */
export const NO_LINES: StoredLines = { since: 0, settings: [], lines: [] };

export const shortLineId = (invoiceNo: string, lineId: string) =>
  lineId.startsWith(`${invoiceNo}-`) ? lineId.slice(invoiceNo.length) : lineId;

export const wholeLineId = (invoiceNo: string, stored: string) => (stored.startsWith('-') ? `${invoiceNo}${stored}` : stored);
