import { datedInvoice } from '../../domain/keys.ts';
import type { CustomerInvoice, CustomerProfile, InvoiceHeader, MonthTotals, Months } from './ledger.ts';

/** What became of one invoice of a customer. */
export interface InvoiceChange {
  readonly before: InvoiceHeader | undefined;
  readonly after: InvoiceHeader & { readonly customerId: string };
  /** Whether any line had been stored before this delivery. */
  readonly repeated: boolean;
}

/**
 * Whether the change can be added to the profile as it stands: it came for the first time and moved no date.
 * Otherwise an earlier attempt may have stopped between two writes, and the profile is recomputed from what is stored.
 */
export const isClean = ({ before, after, repeated }: InvoiceChange) =>
  !repeated && (before === undefined || before.invoiceDate === after.invoiceDate) && after.formerDates.length === 0;

const monthOf = (invoiceDate: string) => invoiceDate.slice(0, 7);

/** The months whose totals a change may touch. */
export const touchedMonths = ({ after }: InvoiceChange) => [after.invoiceDate, ...after.formerDates].map(monthOf);

/** How a customer lists an invoice. */
export const customerInvoice = ({ after }: InvoiceChange): CustomerInvoice => ({
  invoiceNo: after.invoiceNo,
  invoiceDate: after.invoiceDate,
  customerId: after.customerId,
  country: after.country,
  cancelled: after.cancelled,
  lineCount: after.lineCount,
  units: after.units,
  total: after.total,
  chunkCount: after.chunkCount,
});

const NOTHING: MonthTotals = { invoices: 0, lines: 0, units: 0, revenue: 0 };

/** The profile after clean changes of one customer. */
export function addChanges(
  profile: CustomerProfile | undefined,
  changes: readonly [InvoiceChange, ...InvoiceChange[]],
): CustomerProfile {
  const months: Record<string, MonthTotals> = { ...profile?.months };
  let { firstInvoiceAt, lastInvoice, country } = profile ?? startOf(changes[0].after);
  for (const { before, after } of changes) {
    const month = monthOf(after.invoiceDate);
    const sum = months[month] ?? NOTHING;
    months[month] = {
      invoices: sum.invoices + (before === undefined ? 1 : 0),
      lines: sum.lines + after.lineCount - (before?.lineCount ?? 0),
      units: sum.units + after.units - (before?.units ?? 0),
      revenue: sum.revenue + after.total - (before?.total ?? 0),
    };
    if (after.invoiceDate < firstInvoiceAt) firstInvoiceAt = after.invoiceDate;
    const dated = datedInvoice(after.invoiceDate, after.invoiceNo);
    if (dated > lastInvoice) [lastInvoice, country] = [dated, after.country];
  }
  return { customerId: changes[0].after.customerId, country, firstInvoiceAt, lastInvoice, months };
}

const startOf = (invoice: InvoiceHeader) => ({
  firstInvoiceAt: invoice.invoiceDate,
  lastInvoice: datedInvoice(invoice.invoiceDate, invoice.invoiceNo),
  country: invoice.country,
});

/** One month's totals, from all its invoices. */
export function monthTotals(invoices: readonly CustomerInvoice[]): MonthTotals {
  return invoices.reduce(
    (sum, invoice) => ({
      invoices: sum.invoices + 1,
      lines: sum.lines + invoice.lineCount,
      units: sum.units + invoice.units,
      revenue: sum.revenue + invoice.total,
    }),
    NOTHING,
  );
}

/** A customer's totals, as the sum of the months. Revenue in mills. */
export const profileTotals = (months: Months): MonthTotals =>
  Object.values(months).reduce(
    (sum, month) => ({
      invoices: sum.invoices + month.invoices,
      lines: sum.lines + month.lines,
      units: sum.units + month.units,
      revenue: sum.revenue + month.revenue,
    }),
    NOTHING,
  );

/** Whether two months hold the same. */
export const sameTotals = (a: MonthTotals | undefined, b: MonthTotals) =>
  a?.invoices === b.invoices && a.lines === b.lines && a.units === b.units && a.revenue === b.revenue;
