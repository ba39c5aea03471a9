import { profileTotals } from '../../ingest/consumers/customer-totals.ts';
import type { MemoryLedger } from '../support/memory-ledger.ts';
import { lineText, type Answers } from './model.ts';

/** What the tables answer, in the words of the model. */
export function heldAnswers(ledger: MemoryLedger): Answers {
  const lines: Record<string, string> = {};
  const invoices: Record<string, Answers['invoices'][string]> = {};
  for (const header of ledger.headerItems.values()) {
    const { invoiceNo, invoiceDate, customerId, country, lineCount, units, total } = header;
    const stored = [...header.chunks.flatMap(({ key }) => ledger.chunkItems.get(`${invoiceNo} ${key}`) ?? []), ...header.lines];
    for (const line of stored) {
      const key = `${invoiceNo} ${line.lineId}`;
      const text = lineText(line);
      lines[key] = key in lines ? `${String(lines[key])} and ${text}` : text;
    }
    const sums = { lines: lineCount, units: String(units), mills: String(total) };
    invoices[invoiceNo] = { ...sums, date: invoiceDate, customerId, country };
  }
  const customers: Record<string, Answers['customers'][string]> = {};
  for (const profile of ledger.profileItems.values()) {
    const totals = profileTotals(profile.months);
    // A customer whom corrections have left without any line is answered as nobody.
    if (totals.lines === 0 && totals.invoices === 0 && profile.country === undefined) continue;
    customers[profile.customerId] = {
      ...{ lines: totals.lines, units: String(totals.units), mills: String(totals.revenue), invoices: totals.invoices },
      ...{ first: profile.firstInvoiceAt, last: profile.lastInvoice, country: profile.country ?? '' },
    };
  }
  const listed = Object.fromEntries(
    [...ledger.invoiceItems.values()].map(({ customerId, invoiceDate, invoiceNo, country, lineCount, units, total }) => [
      `${customerId} ${invoiceDate} ${invoiceNo}`,
      { lines: lineCount, units: String(units), mills: String(total), country },
    ]),
  );
  return { lines, invoices, customers, listed };
}

/** How many texts of each record were set aside: by sequence number, or by the reason where there is none. */
export function heldRejects(objects: ReadonlyMap<string, Buffer>): Record<string, number> {
  const texts = new Map<string, Set<string>>();
  for (const body of objects.values()) {
    for (const json of body.toString('utf8').trim().split('\n')) {
      const { sequenceNumber, reason, line } = JSON.parse(json) as { sequenceNumber?: string; reason: string; line: string };
      const from = sequenceNumber ?? reason;
      texts.set(from, (texts.get(from) ?? new Set()).add(line));
    }
  }
  return Object.fromEntries([...texts].map(([from, lines]) => [from, lines.size]));
}
