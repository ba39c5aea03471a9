import { toMills } from '../../domain/money.ts';
import { fromStoredLine, toStoredLine, type LineSetting, type StoredLines } from '../../domain/stored-line.ts';
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
    lines: lines.map((line) => toStoredLine(line, toMills(line.unitPrice), placeOf(line), since)),
  };
  return JSON.stringify(stored);
}

/** The lines that an item keeps. @param text - the attribute `lines` */
export function fromStoredLines(invoiceNo: string, text: string): TransactionLine[] {
  const stored = JSON.parse(text) as StoredLines;
  return stored.lines.map((line) => ({ invoiceNo, ...fromStoredLine(invoiceNo, stored, line) }));
}
