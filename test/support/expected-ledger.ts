import { toMills } from '../../domain/money.ts';
import type { TransactionLine } from '../../domain/transaction-line.ts';
import type { MemoryLedger } from './memory-ledger.ts';

/** Totals in their plainest form, for comparing. Money in mills. */
export interface PlainTotals {
  lines: number;
  units: number;
  mills: number;
  invoices?: number;
  first?: string;
  last?: string;
  country?: string;
}

/** What the tables must hold after these lines, computed in the plainest way. */
export function expectedLedger(lines: readonly TransactionLine[]) {
  const distinct = new Map(lines.map((one) => [one.lineId, one]));
  const invoices = new Map<string, PlainTotals & { date: string; customerId: string | undefined; country: string }>();
  for (const one of distinct.values()) {
    const invoice = invoices.get(one.invoiceNo) ?? {
      lines: 0,
      units: 0,
      mills: 0,
      date: one.invoiceDate,
      customerId: one.customerId,
      country: one.country,
    };
    invoices.set(one.invoiceNo, {
      ...invoice,
      lines: invoice.lines + 1,
      units: invoice.units + one.quantity,
      mills: invoice.mills + one.quantity * toMills(one.unitPrice),
      date: one.invoiceDate < invoice.date ? one.invoiceDate : invoice.date,
    });
  }
  const customers = new Map<string, PlainTotals>();
  for (const [invoiceNo, invoice] of invoices) {
    if (invoice.customerId === undefined) continue;
    const dated = `${invoice.date}#${invoiceNo}`;
    const sum = customers.get(invoice.customerId) ?? {
      lines: 0,
      units: 0,
      mills: 0,
      invoices: 0,
      first: invoice.date,
      last: '',
      country: '',
    };
    const latest = dated > (sum.last ?? '');
    customers.set(invoice.customerId, {
      lines: sum.lines + invoice.lines,
      units: sum.units + invoice.units,
      mills: sum.mills + invoice.mills,
      invoices: (sum.invoices ?? 0) + 1,
      first: invoice.date < (sum.first ?? '~') ? invoice.date : (sum.first ?? invoice.date),
      last: latest ? dated : (sum.last ?? ''),
      country: latest ? invoice.country : (sum.country ?? ''),
    });
  }
  return {
    invoices: new Map(
      [...invoices].map(([no, { lines: count, units, mills, date }]) => [no, { lines: count, units, mills, date }]),
    ),
    customers,
    lineIds: [...distinct.keys()].sort(),
    listed: [...invoices]
      .filter(([, { customerId }]) => customerId !== undefined)
      .map(([no, { date, customerId }]) => `${customerId ?? ''} ${date} ${no}`)
      .sort(),
  };
}

/** What a ledger holds, in the same form. */
export function heldBy(ledger: MemoryLedger) {
  const lineIds: string[] = [];
  for (const header of ledger.headerItems.values()) {
    const all = [...header.lines];
    for (let n = 1; n <= header.chunkCount; n++) all.push(...(ledger.chunkItems.get(`${header.invoiceNo} ${String(n)}`) ?? []));
    lineIds.push(...all.map(([id]) => (id.startsWith('-') ? header.invoiceNo + id : id)));
  }
  return {
    invoices: new Map(
      [...ledger.headerItems].map(([no, header]) => [
        no,
        { lines: header.lineCount, units: header.units, mills: header.total, date: header.invoiceDate },
      ]),
    ),
    customers: new Map(
      [...ledger.profileItems].map(([id, profile]) => {
        const months = Object.values(profile.months);
        return [
          id,
          {
            lines: months.reduce((sum, month) => sum + month.lines, 0),
            units: months.reduce((sum, month) => sum + month.units, 0),
            mills: months.reduce((sum, month) => sum + month.revenue, 0),
            invoices: months.reduce((sum, month) => sum + month.invoices, 0),
            first: profile.firstInvoiceAt,
            last: profile.lastInvoice,
            country: profile.country,
          },
        ];
      }),
    ),
    lineIds: lineIds.sort(),
    listed: [...ledger.invoiceItems.values()]
      .map((invoice) => `${invoice.customerId} ${invoice.invoiceDate} ${invoice.invoiceNo}`)
      .sort(),
  };
}
