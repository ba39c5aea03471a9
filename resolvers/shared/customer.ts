import type { Customer } from '../../schema/generated/types.ts';
import { toPounds } from '../../domain/pounds.ts';

/** A profile in `Customers`; `revenue` in mills, `lastInvoice` is `<invoiceDate>#<invoiceNo>`. */
export interface ProfileItem {
  readonly customerId: string;
  readonly homeCountry: string;
  readonly firstInvoiceAt: string;
  readonly lastInvoice: string;
  readonly invoiceCount: number;
  readonly lineCount: number;
  readonly units: number;
  readonly revenue: number;
}

export type CustomerSource = Omit<Customer, 'invoices' | '__typename'>;

export function toCustomer(item: ProfileItem): CustomerSource {
  return {
    customerId: item.customerId,
    country: item.homeCountry,
    firstInvoiceAt: item.firstInvoiceAt,
    lastInvoiceAt: item.lastInvoice.slice(0, 20),
    invoiceCount: item.invoiceCount,
    lineCount: item.lineCount,
    units: item.units,
    revenue: toPounds(item.revenue),
  };
}
