import { datedInvoice } from '../../domain/keys.ts';
import type { CustomerInvoice, CustomerProfile, Months, MonthTotals } from './ledger.ts';

/** Lines that a customer's part of an invoice has gained, and nothing else has changed. */
export interface AddedLines {
  /** `undefined` when the customer had no line in it. */
  readonly before: CustomerInvoice | undefined;
  readonly after: CustomerInvoice;
}

export const monthOf = (invoiceDate: string) => invoiceDate.slice(0, 7);

export const NO_INVOICES: MonthTotals = { invoices: 0, lines: 0, units: 0, revenue: 0n };

/** The profile after additions of one customer. */
export function addToProfile(
  profile: CustomerProfile | undefined,
  additions: readonly [AddedLines, ...AddedLines[]],
): CustomerProfile & { readonly country: string } {
  const months: Record<string, MonthTotals> = { ...profile?.months };
  const { customerId, ...start } = startOf(additions[0].after);
  let { firstInvoiceAt, lastInvoice, country } =
    profile?.country === undefined ? start : { ...profile, country: profile.country };
  for (const { before, after } of additions) {
    const month = monthOf(after.invoiceDate);
    const sum = months[month] ?? NO_INVOICES;
    months[month] = {
      invoices: sum.invoices + (before === undefined ? 1 : 0),
      lines: sum.lines + after.lineCount - (before?.lineCount ?? 0),
      units: sum.units + after.units - (before?.units ?? 0),
      revenue: sum.revenue + after.total - (before?.total ?? 0n),
    };
    if (after.invoiceDate < firstInvoiceAt) firstInvoiceAt = after.invoiceDate;
    const dated = datedInvoice(after.invoiceDate, after.invoiceNo);
    if (dated >= lastInvoice) [lastInvoice, country] = [dated, after.country];
  }
  return { customerId, country, firstInvoiceAt, lastInvoice, months, version: (profile?.version ?? 0) + 1 };
}

const startOf = (invoice: CustomerInvoice) => ({
  customerId: invoice.customerId,
  firstInvoiceAt: invoice.invoiceDate,
  lastInvoice: datedInvoice(invoice.invoiceDate, invoice.invoiceNo),
  country: invoice.country,
});

/** The totals of some invoices of a customer. */
export const totalsOf = (invoices: Iterable<CustomerInvoice>): MonthTotals =>
  [...invoices].reduce(
    (sum, invoice) => ({
      invoices: sum.invoices + 1,
      lines: sum.lines + invoice.lineCount,
      units: sum.units + invoice.units,
      revenue: sum.revenue + invoice.total,
    }),
    NO_INVOICES,
  );

/** A customer's totals, as the sum of the months. */
export const profileTotals = (months: Months): MonthTotals =>
  Object.values(months).reduce(
    (sum, month) => ({
      invoices: sum.invoices + month.invoices,
      lines: sum.lines + month.lines,
      units: sum.units + month.units,
      revenue: sum.revenue + month.revenue,
    }),
    NO_INVOICES,
  );

/** Whether two months hold the same. */
export const isSameMonth = (a: MonthTotals | undefined, b: MonthTotals) =>
  (a?.invoices ?? 0) === b.invoices &&
  (a?.lines ?? 0) === b.lines &&
  (a?.units ?? 0) === b.units &&
  (a?.revenue ?? 0n) === b.revenue;

/** Whether two entries of a customer's list say the same of an invoice. */
export const isSameEntry = (a: CustomerInvoice | undefined, b: CustomerInvoice) =>
  a?.lineCount === b.lineCount && a.units === b.units && a.total === b.total && a.country === b.country;
