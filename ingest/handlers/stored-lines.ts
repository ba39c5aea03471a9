import { toMills } from '../../domain/money.ts';
import { toPounds } from '../../domain/pounds.ts';
import { shortLineId, wholeLineId, type LineSetting, type StoredLine, type StoredLines } from '../../domain/stored-line.ts';
import type { TransactionLine } from '../../domain/transaction-line.ts';

/** Lines of one invoice as one item keeps them: the attribute `lines`. */
export function toStoredLines(lines: readonly TransactionLine[]): string {
  const since = lines.reduce((least, { sentAt }) => Math.min(least, sentAt), lines[0]?.sentAt ?? 0);
  const settings: LineSetting[] = [];
  const places = new Map<string, number>();
  const placeOf = ({ invoiceDate, customerId = '', country }: TransactionLine): number => {
    // Nearly every invoice has one setting, and no key of a map needs to be made for it.
    const [first] = settings;
    if (first?.[0] === invoiceDate && first[1] === customerId && first[2] === country) return 0;
    const key = `${invoiceDate} ${customerId} ${country}`;
    const known = places.get(key);
    if (known !== undefined) return known;
    const place = settings.push([invoiceDate, customerId, country]) - 1;
    places.set(key, place);
    return place;
  };
  const stored: StoredLines = {
    since,
    settings,
    lines: lines.map((line) => toStoredLine(line, line.sentAt - since, placeOf(line))),
  };
  return JSON.stringify(stored);
}

function toStoredLine(line: TransactionLine, sentAfter: number, setting: number): StoredLine {
  const { invoiceNo, lineId, stockCode, description = '', quantity, unitPrice } = line;
  const start = [shortLineId(invoiceNo, lineId), stockCode, description, quantity, toMills(unitPrice)] as const;
  if (setting !== 0) return [...start, sentAfter, setting];
  return sentAfter === 0 ? start : [...start, sentAfter];
}

/** The lines that an item keeps. @param text - the attribute `lines` */
export function fromStoredLines(invoiceNo: string, text: string): TransactionLine[] {
  const { since, settings, lines } = JSON.parse(text) as StoredLines;
  return lines.map(([lineId, stockCode, description, quantity, mills, sentAfter = 0, place = 0]) => {
    const [invoiceDate = '', customerId = '', country = ''] = settings[place] ?? [];
    return {
      lineId: wholeLineId(invoiceNo, lineId),
      invoiceNo,
      stockCode,
      ...(description === '' ? {} : { description }),
      quantity,
      invoiceDate,
      unitPrice: toPounds(mills),
      ...(customerId === '' ? {} : { customerId }),
      country,
      sentAt: since + sentAfter,
    };
  });
}
