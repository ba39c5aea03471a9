import { canonicalLine } from '../../domain/line-id.ts';
import { toMills } from '../../domain/money.ts';
import type { TransactionLine } from '../../domain/transaction-line.ts';

/** The latest version of each accepted line: all that any store has to know. */
export function latestVersions(accepted: Iterable<TransactionLine>): TransactionLine[] {
  const latest = new Map<string, TransactionLine>();
  for (const line of accepted) {
    const known = latest.get(`${line.invoiceNo} ${line.lineId}`);
    if (known === undefined || isLater(line, known)) latest.set(`${line.invoiceNo} ${line.lineId}`, line);
  }
  return [...latest.values()];
}

/** By time of sending, then by content, as bytes of UTF-8. */
const isLater = (a: TransactionLine, b: TransactionLine) =>
  a.sentAt === b.sentAt ? Buffer.from(canonicalLine(a)).compare(Buffer.from(canonicalLine(b))) > 0 : a.sentAt > b.sentAt;

/** What lines come to. Whole numbers of any size, as texts: units in pieces, money in thousandths of a pound. */
export interface Sums {
  readonly lines: number;
  readonly units: string;
  readonly mills: string;
}

export interface InvoiceSums extends Sums {
  readonly date: string;
  readonly customerId: string | undefined;
  readonly country: string;
}

export interface CustomerSums extends Sums {
  readonly invoices: number;
  readonly first: string;
  /** Date and number of the latest invoice. */
  readonly last: string;
  readonly country: string;
}

/** Everything that the stores are asked, by its key. */
export interface Answers {
  readonly lines: Readonly<Record<string, string>>;
  readonly invoices: Readonly<Record<string, InvoiceSums>>;
  readonly customers: Readonly<Record<string, CustomerSums>>;
  /** Each customer's list of invoices: `customer date invoice`. */
  readonly listed: Readonly<Record<string, Sums & { readonly country: string }>>;
}

/** A line in the words of `Answers`. */
export const lineText = (line: Omit<TransactionLine, 'lineId' | 'invoiceNo'>) =>
  [
    ...[line.stockCode, line.description ?? '', line.quantity + 0, line.unitPrice],
    ...[line.invoiceDate, line.customerId ?? '', line.country, line.sentAt],
  ].join('|');

/** What the stores answer when they hold these lines. @param latest - one version of each line */
export function answersOf(latest: readonly TransactionLine[]): Answers {
  const invoices = mapped(
    grouped(latest, ({ invoiceNo }) => invoiceNo),
    invoiceOf,
  );
  const ofCustomers = latest.filter(({ customerId }) => customerId !== undefined);
  const entries = [...grouped(ofCustomers, ({ customerId = '', invoiceNo }) => `${customerId} ${invoiceNo}`).values()].map(
    (lines) => ({ ...invoiceOf(lines), invoiceNo: lines[0]!.invoiceNo, ofCustomer: lines }),
  );
  return {
    lines: Object.fromEntries(latest.map((line) => [`${line.invoiceNo} ${line.lineId}`, lineText(line)])),
    invoices,
    customers: mapped(
      grouped(entries, ({ customerId = '' }) => customerId),
      (list) => {
        const dated = list.map(({ date, invoiceNo, country }) => ({ key: `${date}#${invoiceNo}`, date, country }));
        const inOrder = dated.sort((a, b) => (a.key < b.key ? -1 : 1));
        const [first, last] = [inOrder[0]!, inOrder.at(-1)!];
        return {
          ...sumsOf(list.flatMap(({ ofCustomer }) => ofCustomer)),
          ...{ invoices: list.length, first: first.date, last: last.key, country: last.country },
        };
      },
    ),
    listed: Object.fromEntries(
      entries.map(({ customerId = '', date, invoiceNo, lines, units, mills, country }) => [
        `${customerId} ${date} ${invoiceNo}`,
        { lines, units, mills, country },
      ]),
    ),
  };
}

/** The date, customer and country of an invoice are those of its first line. */
function invoiceOf(lines: readonly TransactionLine[]): InvoiceSums {
  const first = lines.reduce((a, b) => (`${b.invoiceDate} ${b.lineId}` < `${a.invoiceDate} ${a.lineId}` ? b : a));
  return { ...sumsOf(lines), date: first.invoiceDate, customerId: first.customerId, country: first.country };
}

function sumsOf(lines: readonly TransactionLine[]): Sums {
  let [units, mills] = [0n, 0n];
  for (const { quantity, unitPrice } of lines) {
    units += BigInt(quantity);
    mills += BigInt(quantity) * BigInt(toMills(unitPrice));
  }
  return { lines: lines.length, units: String(units), mills: String(mills) };
}

function grouped<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(keyOf(one));
    if (group === undefined) groups.set(keyOf(one), [one]);
    else group.push(one);
  }
  return groups;
}

const mapped = <T, U>(groups: ReadonlyMap<string, T[]>, make: (group: T[]) => U): Record<string, U> =>
  Object.fromEntries([...groups].map(([key, group]) => [key, make(group)]));
