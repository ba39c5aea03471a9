// How an invoice keeps its lines. Resolvers bundle this file: only what APPSYNC_JS knows.

/**
 * One line as an invoice item stores it, compact because DynamoDB bills by the kilobyte:
 * [line id, stock code, description or '', quantity in pieces, unit price in mills].
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
];

export const shortLineId = (invoiceNo: string, lineId: string) =>
  lineId.startsWith(`${invoiceNo}-`) ? lineId.slice(invoiceNo.length) : lineId;

export const wholeLineId = (invoiceNo: string, stored: string) => (stored.startsWith('-') ? `${invoiceNo}${stored}` : stored);
