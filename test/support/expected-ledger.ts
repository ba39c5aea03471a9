import { compareVersions } from '../../domain/line-version.ts';
import { toMills } from '../../domain/money.ts';
import type { TransactionLine } from '../../domain/transaction-line.ts';
import { profileTotals } from '../../ingest/consumers/customer-totals.ts';
import type { MemoryLedger } from './memory-ledger.ts';

/** The latest version of each line, by invoice and line id: all that counts. */
function latestVersions(sent: readonly TransactionLine[]): TransactionLine[] {
  const latest = new Map<string, TransactionLine>();
  for (const one of sent) {
    const key = `${one.invoiceNo} ${one.lineId}`;
    const known = latest.get(key);
    if (known === undefined || compareVersions(one, known) > 0) latest.set(key, one);
  }
  return [...latest.values()];
}

/** Sums and the first line's facts. Money in mills. */
export interface PlainTotals {
  readonly lines: number;
  readonly units: number;
  readonly mills: bigint;
  readonly date: string;
  readonly country: string;
}

function plainTotals(lines: readonly TransactionLine[]): PlainTotals {
  const first = firstOf(lines);
  return {
    lines: lines.length,
    units: lines.reduce((sum, { quantity }) => sum + quantity, 0),
    mills: lines.reduce((sum, { quantity, unitPrice }) => sum + BigInt(quantity) * BigInt(toMills(unitPrice)), 0n),
    date: first.invoiceDate,
    country: first.country,
  };
}

const firstOf = (lines: readonly TransactionLine[]) =>
  lines.reduce((a, b) => (`${b.invoiceDate} ${b.lineId}` < `${a.invoiceDate} ${a.lineId}` ? b : a));

/** What the tables must hold after these lines, computed in the plainest way. */
export function expectedLedger(sent: readonly TransactionLine[]) {
  const lines = latestVersions(sent);
  const invoices = mapOf(
    groupBy(lines, ({ invoiceNo }) => invoiceNo),
    (own) => ({
      ...plainTotals(own),
      customerId: firstOf(own).customerId,
    }),
  );
  const owned = lines.filter(({ customerId }) => customerId !== undefined);
  const parts = new Map(
    [...groupBy(owned, ({ customerId = '', invoiceNo }) => `${customerId} ${invoiceNo}`)].map(([key, own]) => {
      const totals = plainTotals(own);
      return [`${key} ${totals.date}`, totals] as const;
    }),
  );
  const customers = mapOf(
    groupBy(owned, ({ customerId = '' }) => customerId),
    (own) => {
      const dated = [...groupBy(own, ({ invoiceNo }) => invoiceNo)].map(([invoiceNo, part]) => {
        const { date, country } = plainTotals(part);
        return { date, country, last: `${date}#${invoiceNo}` };
      });
      const latest = dated.reduce((a, b) => (b.last > a.last ? b : a));
      const { lines: count, units, mills } = plainTotals(own);
      const first = dated.map(({ date }) => date).sort()[0];
      return { lines: count, units, mills, invoices: dated.length, first, last: latest.last, country: latest.country };
    },
  );
  return { invoices, customers, parts, lines: lines.map(lineText).sort() };
}

/** What a ledger holds, in the same form. */
export function heldBy(ledger: MemoryLedger) {
  const lines = [...ledger.headerItems.values()].flatMap((header) => [
    ...header.chunks.flatMap(({ key }) => ledger.chunkItems.get(`${header.invoiceNo} ${key}`) ?? []),
    ...header.lines,
  ]);
  return {
    invoices: mapOf(ledger.headerItems, (header) => ({ ...totalsOf(header), customerId: header.customerId })),
    customers: new Map(
      [...ledger.profileItems].flatMap(([id, profile]) => {
        const sum = profileTotals(profile.months);
        if (sum.invoices === 0 && profile.country === undefined) return [];
        const { firstInvoiceAt: first, lastInvoice: last, country } = profile;
        const totals = { lines: sum.lines, units: sum.units, mills: sum.revenue, invoices: sum.invoices, first, last, country };
        return [[id, totals] as const];
      }),
    ),
    parts: new Map(
      [...ledger.invoiceItems.values()].map(
        (part) => [`${part.customerId} ${part.invoiceNo} ${part.invoiceDate}`, totalsOf(part)] as const,
      ),
    ),
    lines: lines.map(lineText).sort(),
  };
}

const totalsOf = (invoice: { lineCount: number; units: number; total: bigint; invoiceDate: string; country: string }) => ({
  lines: invoice.lineCount,
  units: invoice.units,
  mills: invoice.total,
  date: invoice.invoiceDate,
  country: invoice.country,
});

const lineText = (line: TransactionLine) => JSON.stringify(Object.entries(line).sort(([a], [b]) => (a < b ? -1 : 1)));

function groupBy<One>(all: readonly One[], keyOf: (one: One) => string): Map<string, One[]> {
  const groups = new Map<string, One[]>();
  for (const one of all) {
    const group = groups.get(keyOf(one));
    if (group === undefined) groups.set(keyOf(one), [one]);
    else group.push(one);
  }
  return groups;
}

const mapOf = <From, To>(groups: ReadonlyMap<string, From>, change: (from: From) => To) =>
  new Map([...groups].map(([key, one]) => [key, change(one)] as const));
