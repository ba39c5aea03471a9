// Slow: invoices and customers of thousands of lines.

import { describe, expect, test } from 'vitest';
import { MeteredTables } from '../../bench/metered-tables.ts';
import type { TransactionLine } from '../../domain/transaction-line.ts';
import { storeWriter } from '../../ingest/consumers/store-writer.ts';
import { dynamoDbLedger } from '../../ingest/handlers/dynamodb-ledger.ts';
import { expectedLedger } from '../support/expected-ledger.ts';
import { kinesisEvent, kinesisRecords } from '../support/kinesis-records.ts';
import { linesOf } from '../support/lines.ts';

const never = new AbortController().signal;
const CUSTOMER = '17850';

/** What tables bill for a line, in units. */
interface Cost {
  readonly writes: number;
  readonly reads: number;
}

/** The store writer on tables that count what DynamoDB would bill. */
class MeteredStore {
  private readonly tables = new MeteredTables();
  private write = this.writer();
  private sequence = 1;

  /** One function call that brings these records, each the lines of one request. */
  async bring(records: readonly (readonly TransactionLine[])[]): Promise<Cost> {
    const before = this.billed();
    const batch = records.flatMap((lines) => kinesisRecords(lines, (this.sequence += lines.length)));
    const { batchItemFailures } = await this.write(kinesisEvent(batch), never);
    expect(batchItemFailures).toEqual([]);
    const after = this.billed();
    return { writes: after.writes - before.writes, reads: after.reads - before.reads };
  }

  /** Bring batch after batch. @returns what a line cost among the first thousand and among the last */
  async bringAll(batches: readonly (readonly (readonly TransactionLine[])[])[]): Promise<readonly [first: Cost, last: Cost]> {
    const costs: (Cost & { readonly lines: number })[] = [];
    for (const batch of batches) costs.push({ ...(await this.bring(batch)), lines: batch.flat().length });
    return [perLine(costs), perLine(costs.reverse())];
  }

  /** What the next call brings meets a function that remembers nothing. */
  restart(): void {
    this.write = this.writer();
  }

  /** An invoice, read back. */
  async invoice(invoiceNo: string) {
    const header = (await this.ledger().headers([invoiceNo])).get(invoiceNo);
    if (header instanceof Error) throw header;
    const stored = await this.ledger().chunks(invoiceNo);
    const chunks = header?.chunks ?? [];
    return {
      totals: {
        lines: header?.lineCount,
        units: header?.units,
        mills: header?.total,
        date: header?.invoiceDate,
        country: header?.country,
        customerId: header?.customerId,
      },
      lines: [...chunks.flatMap(({ key }) => stored.get(key) ?? []), ...(header?.lines ?? [])],
      chunks: chunks.length,
      strayChunks: stored.size - chunks.length,
    };
  }

  /** The customer, read back, in the terms of `expectedLedger`; and how many invoices the list of these months holds. */
  async customer(months: readonly string[]) {
    const profile = (await this.ledger().profiles([CUSTOMER])).get(CUSTOMER);
    const sums = Object.values(profile?.months ?? {});
    const lists = await Promise.all(months.map((month) => this.ledger().customerInvoices(CUSTOMER, month)));
    return {
      listed: lists.flat().length,
      totals: {
        lines: sums.reduce((sum, month) => sum + month.lines, 0),
        units: sums.reduce((sum, month) => sum + month.units, 0),
        mills: sums.reduce((sum, month) => sum + month.revenue, 0n),
        invoices: sums.reduce((sum, month) => sum + month.invoices, 0),
        first: profile?.firstInvoiceAt,
        last: profile?.lastInvoice,
        country: profile?.country,
      },
    };
  }

  private billed(): Cost {
    const { writeUnits, indexWriteUnits, readUnits } = this.tables;
    return { writes: writeUnits + indexWriteUnits, reads: readUnits };
  }

  private ledger(deadline = never) {
    return dynamoDbLedger(this.tables.client, { customers: 'customers', invoices: 'invoices' }, deadline);
  }

  private writer() {
    return storeWriter({
      ledger: (deadline) => this.ledger(deadline),
      rejects: { put: () => Promise.reject(new Error('a line was set aside; none should be')) },
      log: (message, cause) => {
        throw new Error(message, { cause });
      },
    });
  }
}

/** Over the first thousand lines. */
function perLine(costs: readonly (Cost & { readonly lines: number })[]): Cost {
  const sum = { lines: 0, writes: 0, reads: 0 };
  for (const { lines, writes, reads } of costs) {
    sum.lines += lines;
    sum.writes += writes;
    sum.reads += reads;
    if (sum.lines >= 1000) break;
  }
  return { writes: sum.writes / sum.lines, reads: sum.reads / sum.lines };
}

const expectFlat = ([first, last]: readonly [Cost, Cost]) => {
  expect(last.writes / first.writes).toBeLessThan(1.15);
  expect(last.reads / first.reads).toBeLessThan(1.15);
};

function cut<T>(all: readonly T[], size: number): T[][] {
  const pieces: T[][] = [];
  for (let start = 0; start < all.length; start += size) pieces.push(all.slice(start, start + size));
  return pieces;
}

describe('an invoice of ten thousand lines', () => {
  const lines = linesOf('573585', 10_000);
  const whole = expectedLedger(lines);

  test('in pieces of 250 costs the last line what it cost the first: a tenth of a write unit', async () => {
    const store = new MeteredStore();

    const [first, last] = await store.bringAll(cut(lines, 250).map((piece) => [piece]));

    expectFlat([first, last]);
    expect(last.writes).toBeLessThan(0.1);
    const { totals, lines: held, chunks } = await store.invoice('573585');
    expect(totals).toEqual(whole.invoices.get('573585'));
    expect(held).toEqual(lines);
    expect(chunks).toBe(40);
    expect((await store.customer(['2010-12'])).totals).toEqual(whole.customers.get(CUSTOMER));
  });

  test('is read once by a function that has just started: a fiftieth of a read unit a line', async () => {
    const store = new MeteredStore();
    await store.bringAll(cut(lines.slice(0, 9_500), 250).map((piece) => [piece]));
    store.restart();

    const cold = await store.bring([lines.slice(9_500, 9_750)]);
    const warm = await store.bring([lines.slice(9_750)]);

    expect(cold.reads).toBeLessThan(0.02 * 9_500);
    expect(warm.reads).toBeLessThan(5);
    expect((await store.invoice('573585')).lines).toEqual(lines);
  });

  test('that all comes again writes nothing', async () => {
    const store = new MeteredStore();
    await store.bringAll(cut(lines, 250).map((piece) => [piece]));

    const again = await store.bring(cut(lines, 250));

    expect(again.writes).toBe(0);
  });
});

describe('an invoice of two thousand lines that come one at a time', () => {
  const lines = linesOf('573585', 2_000);
  const whole = expectedLedger(lines);
  const records = lines.map((line) => [line]);

  test.each([
    [1, 10],
    [10, 1],
    [500, 0.2],
  ])('%d to a call, costs the last line what it cost the first, at most %d write units', async (size, most) => {
    const store = new MeteredStore();

    const costs = await store.bringAll(cut(records, size));

    expectFlat(costs);
    expect(costs[1].writes).toBeLessThanOrEqual(most);
    const { totals, lines: held, strayChunks } = await store.invoice('573585');
    expect(totals).toEqual(whole.invoices.get('573585'));
    expect(held).toEqual(lines);
    // The one that the last write replaced stays until the next, for whoever reads.
    expect(strayChunks).toBeLessThanOrEqual(1);
    expect((await store.customer(['2010-12'])).totals).toEqual(whole.customers.get(CUSTOMER));
  });
});

describe('a customer of ten thousand invoices', () => {
  const LINES_EACH = 3;

  /** So many invoices, the dates spread evenly over so many months from January 2010 on. */
  function invoicesOver(months: number, count = 10_000): TransactionLine[][] {
    return Array.from({ length: count }, (_, place) => {
      const month = monthName(Math.floor((place * months) / count));
      const day = String((place % 28) + 1).padStart(2, '0');
      return linesOf(String(600_000 + place), LINES_EACH, { invoiceDate: `${month}-${day}T08:00:00Z` });
    });
  }

  const monthName = (month: number) => `${String(2010 + Math.floor(month / 12))}-${String((month % 12) + 1).padStart(2, '0')}`;
  const monthNames = (months: number) => Array.from({ length: months }, (_, month) => monthName(month));

  test.each([
    [1, 1],
    [1, 50],
    [24, 1],
    [24, 50],
  ])('over %d months, %d invoices to a call, costs the last invoice what it cost the first', async (months, size) => {
    const store = new MeteredStore();
    const invoices = invoicesOver(months);

    const costs = await store.bringAll(cut(invoices, size));

    expectFlat(costs);
    const { listed, totals } = await store.customer(monthNames(months));
    expect(listed).toBe(10_000);
    expect(totals).toEqual(expectedLedger(invoices.flat()).customers.get(CUSTOMER));
  });

  test('is no slower to add to when the invoices come in any order', async () => {
    const store = new MeteredStore();
    const invoices = invoicesOver(24);
    const anyOrder = invoices.map((_, place) => invoices[(place * 7_919) % invoices.length] ?? []);

    const costs = await store.bringAll(cut(anyOrder, 1));

    expectFlat(costs);
    expect((await store.customer([])).totals).toEqual(expectedLedger(invoices.flat()).customers.get(CUSTOMER));
  });

  test('grows by its months, not its invoices: ten years make five kilobytes', async () => {
    const store = new MeteredStore();

    const [first, last] = await store.bringAll(cut(invoicesOver(120), 1));

    expect((last.writes - first.writes) * LINES_EACH).toBeLessThanOrEqual(4);
    expect(last.reads / first.reads).toBeLessThan(1.5);
  });

  test('is read for one month when an invoice comes again, never whole', async () => {
    const [oneMonth, twoYears] = [new MeteredStore(), new MeteredStore()];
    const [thick, thin] = [invoicesOver(1), invoicesOver(24)];
    await oneMonth.bringAll(cut(thick, 500));
    await twoYears.bringAll(cut(thin, 500));

    const again = [await oneMonth.bring(thick.slice(-1)), await twoYears.bring(thin.slice(-1))];

    expect(again.map(({ writes }) => writes)).toEqual([0, 0]);
    expect(again[0]?.reads).toBeLessThan(0.04 * 10_000);
    expect(again[1]?.reads).toBeLessThan((0.04 * 10_000) / 20);
  });
});
