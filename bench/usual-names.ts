/** What the parts of the usual way are told. */
export interface UsualSettings {
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly kinesis: string;
  readonly dynamodb: string;
}

export const STREAM = 'usual-transactions';
export const INVOICES = 'UsualInvoices';
export const CUSTOMERS = 'UsualCustomers';
