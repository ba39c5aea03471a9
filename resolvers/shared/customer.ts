import type { Customer } from '../../schema/generated/types.ts';

/**
 * A profile in `Customers`; `revenue` in pounds, `lastInvoice` is `<invoiceDate>#<invoiceNo>`.
 *
 * @remarks A customer who has lost every line by corrections keeps an item with `invoiceCount` 0 and without a country.
 */
export interface ProfileItem {
  readonly customerId: string;
  readonly homeCountry?: string;
  readonly firstInvoiceAt: string;
  readonly lastInvoice: string;
  readonly invoiceCount: number;
  readonly lineCount: number;
  readonly units: number;
  readonly revenue: string;
}

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
