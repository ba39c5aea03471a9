import type { TransactionLine } from '../../domain/transaction-line.ts';
import type { SegmentRow } from '../../warehouse/statements/customer-segments.ts';
import type { ProductPairRow } from '../../warehouse/statements/product-pairs.ts';
import type { RetentionRow } from '../../warehouse/statements/retention.ts';
import { printed } from '../support/shop-truth.ts';
import { byBytes, descriptions, grouped, inTurn, isSale } from './sales-truth.ts';

// What segments, retention and pairs must come to, computed from the lines alone.

interface Customer {
  readonly id: string;
  readonly lastDay: string;
  readonly invoices: number;
  readonly mills: bigint;
}

function customersUntil(lines: readonly TransactionLine[], day: string): Customer[] {
  const counted = lines.filter((line) => line.customerId !== undefined && line.invoiceDate.slice(0, 10) <= day);
  return [...grouped(counted, ({ customerId }) => customerId ?? '')].flatMap(([id, own]) => {
    const sales = own.filter(isSale);
    const lastDay = sales
      .map(({ invoiceDate }) => invoiceDate.slice(0, 10))
      .sort()
      .at(-1);
    if (lastDay === undefined) return [];
    const mills = own.reduce((sum, { quantity, unitPrice }) => sum + BigInt(quantity) * BigInt(unitPrice.replace('.', '')), 0n);
    return [{ id, lastDay, invoices: new Set(sales.map(({ invoiceNo }) => invoiceNo)).size, mills }];
  });
}

/** Five parts as equal as can be, the larger ones first, by an order whose ties go by number. */
function fifths(customers: readonly Customer[], order: (one: Customer, other: Customer) => number): Map<string, number> {
  const sorted = [...customers].sort((one, other) => inTurn(order(one, other), byBytes(one.id, other.id)));
  const [size, larger] = [Math.floor(sorted.length / 5), sorted.length % 5];
  const parts = [1, 2, 3, 4, 5].flatMap((part) => Array.from({ length: size + (part <= larger ? 1 : 0) }, () => part));
  return new Map(sorted.map(({ id }, place) => [id, parts[place] ?? 0]));
}

export function segmentTruth(lines: readonly TransactionLine[], day = '9999-12-31'): SegmentRow[] {
  const customers = customersUntil(lines, day);
  const recency = fifths(customers, (one, other) => (one.lastDay < other.lastDay ? -1 : one.lastDay > other.lastDay ? 1 : 0));
  const frequency = fifths(customers, (one, other) => one.invoices - other.invoices);
  const monetary = fifths(customers, (one, other) => (one.mills < other.mills ? -1 : one.mills > other.mills ? 1 : 0));
  const cells = grouped(customers, ({ id }) => [recency, frequency, monetary].map((scores) => scores.get(id)).join(''));
  return [...cells]
    .sort(([one], [other]) => (one > other ? -1 : 1))
    .map(([scores, own]) => ({
      recency: Number(scores[0]),
      frequency: Number(scores[1]),
      monetary: Number(scores[2]),
      customers: own.length,
      invoices: own.reduce((sum, { invoices }) => sum + invoices, 0),
      revenue: printed(own.reduce((sum, { mills }) => sum + mills, 0n)),
    }));
}

export function retentionTruth(lines: readonly TransactionLine[], from = '', to = '9999-12'): RetentionRow[] {
  const monthsOf = new Map<string, Set<string>>();
  for (const { customerId, invoiceDate } of lines.filter(isSale)) {
    if (customerId === undefined) continue;
    monthsOf.set(customerId, (monthsOf.get(customerId) ?? new Set()).add(invoiceDate.slice(0, 7)));
  }
  const born = [...monthsOf.values()].map((months) => ({ cohort: [...months].sort()[0] ?? '', months }));
  const last =
    born
      .flatMap(({ months }) => [...months])
      .sort()
      .at(-1) ?? '';
  const cohorts = [...new Set(born.map(({ cohort }) => cohort))].filter((cohort) => cohort >= from && cohort <= to).sort();
  return cohorts.flatMap((cohort) => {
    const own = born.filter((customer) => customer.cohort === cohort);
    return monthsFrom(cohort, last).map((month, monthsSince) => {
      const customers = own.filter(({ months }) => months.has(month)).length;
      return { cohort, month, monthsSince, cohortSize: own.length, customers, rate: sixPlaces(customers, own.length) };
    });
  });
}

function monthsFrom(first: string, last: string): string[] {
  const months = [];
  for (const at = new Date(`${first}-01T00:00:00Z`); at.toISOString().slice(0, 7) <= last; at.setUTCMonth(at.getUTCMonth() + 1))
    months.push(at.toISOString().slice(0, 7));
  return months;
}

const sixPlaces = (part: number, whole: number): number => Math.round((part / whole) * 1_000_000) / 1_000_000;

/** The pairs of one product, or of all those that stand on at least one invoice in a hundred. */
export function pairTruth(lines: readonly TransactionLine[], services: readonly string[], stockCode?: string): ProductPairRow[] {
  const all = new Set(lines.filter(isSale).map(({ invoiceNo }) => invoiceNo)).size;
  const baskets = new Map<string, Set<string>>();
  for (const line of lines.filter(isSale)) {
    if (line.quantity <= 0 || services.includes(line.stockCode)) continue;
    baskets.set(line.stockCode, (baskets.get(line.stockCode) ?? new Set()).add(line.invoiceNo));
  }
  const described = descriptions(lines);
  const pairs = [...baskets].flatMap(([one, mine]) =>
    [...baskets].flatMap(([other, theirs]): ProductPairRow[] => {
      const both = [...mine].filter((invoiceNo) => theirs.has(invoiceNo)).length;
      if (one === other || both === 0 || (stockCode === undefined ? both * 100 < all : one !== stockCode)) return [];
      const [description, otherDescription] = [described.get(one), described.get(other)];
      return [
        {
          stockCode: one,
          ...(description === undefined ? {} : { description }),
          otherStockCode: other,
          ...(otherDescription === undefined ? {} : { otherDescription }),
          invoices: both,
          support: sixPlaces(both, all),
          confidence: sixPlaces(both, mine.size),
          lift: sixPlaces(both * all, mine.size * theirs.size),
        },
      ];
    }),
  );
  return pairs.sort((a, b) =>
    inTurn(
      b.invoices - a.invoices,
      b.lift - a.lift,
      byBytes(a.stockCode, b.stockCode),
      byBytes(a.otherStockCode, b.otherStockCode),
    ),
  );
}
