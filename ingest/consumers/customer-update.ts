import {
  addChanges,
  customerInvoice,
  isClean,
  monthTotals,
  sameTotals,
  touchedMonths,
  type InvoiceChange,
} from './customer-totals.ts';
import { datedInvoice } from '../../domain/keys.ts';
import { inParallel } from './in-parallel.ts';
import type { CustomerInvoice, CustomerProfile, CustomerWrites, Ledger, Months } from './ledger.ts';

const AT_ONCE = 8;

/** Bring the customers of changed invoices up to date: their lists of invoices and their profiles. */
export async function updateCustomers(
  ledger: Ledger,
  changes: readonly InvoiceChange[],
  profiles: ReadonlyMap<string, CustomerProfile>,
): Promise<void> {
  const byCustomer = new Map<string, [InvoiceChange, ...InvoiceChange[]]>();
  for (const change of changes) {
    const others = byCustomer.get(change.after.customerId);
    if (others === undefined) byCustomer.set(change.after.customerId, [change]);
    else others.push(change);
  }
  const writes: CustomerWrites = { invoices: [], obsolete: [], profiles: [] };
  const unclean: [CustomerProfile | undefined, readonly InvoiceChange[]][] = [];
  for (const [customerId, changed] of byCustomer) {
    const profile = profiles.get(customerId);
    if (changed.every(isClean)) {
      for (const change of changed) writes.invoices.push(customerInvoice(change));
      writes.profiles.push(addChanges(profile, changed));
    } else unclean.push([profile, changed]);
  }
  await ledger.writeCustomers(writes);
  await inParallel(unclean, AT_ONCE, ([profile, changed]) => recompute(ledger, profile, changed));
}

/** Make a customer's list of invoices what the headers say, then the profile what the list says. */
async function recompute(ledger: Ledger, profile: CustomerProfile | undefined, changes: readonly InvoiceChange[]): Promise<void> {
  const customerId = changes[0]?.after.customerId ?? '';
  const months: Record<string, Months[string]> = { ...profile?.months };
  const listWrites: CustomerWrites = { invoices: [], obsolete: [], profiles: [] };
  let same = profile !== undefined && changes.every((change) => change.after.formerDates.length === 0);
  for (const month of new Set(changes.flatMap(touchedMonths))) {
    const stored = await ledger.customerInvoices(customerId, month);
    const list = new Map(stored.map((invoice) => [datedInvoice(invoice.invoiceDate, invoice.invoiceNo), invoice]));
    for (const change of changes) applyChange(list, month, change, listWrites);
    const totals = monthTotals([...list.values()]);
    if (!sameTotals(months[month], totals)) same = false;
    if (totals.invoices === 0) Reflect.deleteProperty(months, month);
    else months[month] = totals;
  }
  await ledger.writeCustomers(listWrites);
  if (same && listWrites.invoices.length === 0 && listWrites.obsolete.length === 0) return;
  const ends = await ledger.firstAndLastInvoice(customerId);
  if (ends === undefined) throw new Error(`customer ${customerId} lists no invoice although one was just written`);
  const [first, last] = ends;
  await ledger.writeCustomers({
    invoices: [],
    obsolete: [],
    profiles: [
      {
        customerId,
        country: last.country,
        firstInvoiceAt: first.invoiceDate,
        lastInvoice: datedInvoice(last.invoiceDate, last.invoiceNo),
        months,
      },
    ],
  });
}

function applyChange(list: Map<string, CustomerInvoice>, month: string, change: InvoiceChange, writes: CustomerWrites): void {
  const { invoiceNo, invoiceDate, customerId, formerDates } = change.after;
  for (const formerDate of formerDates) {
    if (formerDate !== invoiceDate && list.delete(datedInvoice(formerDate, invoiceNo)))
      writes.obsolete.push({ customerId, invoiceDate: formerDate, invoiceNo });
  }
  if (!invoiceDate.startsWith(month)) return;
  const wanted = customerInvoice(change);
  const stored = list.get(datedInvoice(invoiceDate, invoiceNo));
  list.set(datedInvoice(invoiceDate, invoiceNo), wanted);
  if (stored === undefined || !sameInvoice(stored, wanted)) writes.invoices.push(wanted);
}

const sameInvoice = (a: CustomerInvoice, b: CustomerInvoice) =>
  a.lineCount === b.lineCount &&
  a.units === b.units &&
  a.total === b.total &&
  a.chunkCount === b.chunkCount &&
  a.country === b.country;
