// How an invoice keeps its lines: for the writer and for both readers. Resolvers bundle this file: only what APPSYNC_JS knows.

import { toPounds } from './pounds.ts';
import type { TransactionLine } from './transaction-line.ts';

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

/** @param unitPriceMills - the line's price; @param setting - place in `settings`; @param since - of the item */
export function toStoredLine(line: TransactionLine, unitPriceMills: number, setting: number, since: number): StoredLine {
  const { invoiceNo, lineId, stockCode, quantity } = line;
  const short = lineId.startsWith(`${invoiceNo}-`) ? lineId.slice(invoiceNo.length) : lineId;
  const start = [short, stockCode, line.description ?? '', quantity, unitPriceMills] as const;
  const sentAfter = line.sentAt - since;
  if (setting !== 0) return [...start, sentAfter, setting];
  return sentAfter === 0 ? start : [...start, sentAfter];
}

/** What a line has in common with others. */
export const settingOf = (stored: StoredLines, line: StoredLine): LineSetting => stored.settings[line[6] ?? 0] ?? ['', '', ''];

export const wholeLineId = (invoiceNo: string, stored: string) => (stored.startsWith('-') ? `${invoiceNo}${stored}` : stored);

/** The way back; the number is the invoice's. */
export function fromStoredLine(invoiceNo: string, stored: StoredLines, line: StoredLine): Omit<TransactionLine, 'invoiceNo'> {
  const [lineId, stockCode, description, quantity, mills, sentAfter] = line;
  const [invoiceDate, customerId, country] = settingOf(stored, line);
  return {
    lineId: wholeLineId(invoiceNo, lineId),
    stockCode,
    ...(description === '' ? {} : { description }),
    quantity,
    invoiceDate,
    unitPrice: toPounds(mills),
    ...(customerId === '' ? {} : { customerId }),
    country,
    sentAt: stored.since + (sentAfter ?? 0),
  };
}
