import type { ProfileItem } from '../../domain/stored-items.ts';
import type { Customer } from '../../schema/generated/types.ts';

export type CustomerSource = Omit<Customer, 'invoices' | '__typename'>;

/** The customer of a profile; null when there is none, or none with a line. */
export function toCustomer(item: ProfileItem | null): CustomerSource | null {
  if (item?.homeCountry === undefined) return null;
  return {
    customerId: item.customerId,
    country: item.homeCountry,
    firstInvoiceAt: item.firstInvoiceAt,
    lastInvoiceAt: item.lastInvoice.slice(0, 20),
    invoiceCount: item.invoiceCount,
    lineCount: item.lineCount,
    units: item.units,
    revenue: item.revenue,
  };
}
