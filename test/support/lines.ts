import type { TransactionLine } from '../../domain/transaction-line.ts';

/** What a test cares about; a customer of `undefined` makes a guest's line. */
export type LineChanges = Partial<Omit<TransactionLine, 'customerId'>> & { customerId?: string | undefined };

/** A line of invoice 536365 of customer 17850; what a test cares about is named, the rest is ordinary. */
export function line(changes: LineChanges = {}): TransactionLine {
  const { customerId, country = 'United Kingdom', sentAt = 1_700_000_000_000, ...others } = { customerId: '17850', ...changes };
  // In the order in which the doors write the fields.
  return {
    lineId: '536365-b554dfdb0730-1',
    invoiceNo: '536365',
    stockCode: '85123A',
    description: 'WHITE HANGING HEART T-LIGHT HOLDER',
    quantity: 6,
    invoiceDate: '2010-12-01T08:26:00Z',
    unitPrice: '2.550',
    ...others,
    ...(customerId === undefined ? {} : { customerId }),
    country,
    sentAt,
  };
}

/** So many lines of one invoice, each with an id of its own. */
export function linesOf(invoiceNo: string, count: number, changes: LineChanges = {}): TransactionLine[] {
  return Array.from({ length: count }, (_, place) =>
    line({ invoiceNo, lineId: `${invoiceNo}-${place.toString(16).padStart(12, '0')}-1`, quantity: (place % 7) + 1, ...changes }),
  );
}
