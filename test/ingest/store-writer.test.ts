// Slow: hundreds of generated histories.

import fc from 'fast-check';
import type { KinesisStreamRecord } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { ItemRefusedError, UnreadableItemError, type InvoiceHeader } from '../../ingest/consumers/ledger.ts';
import { storeWriter } from '../../ingest/consumers/store-writer.ts';
import type { TransactionLine } from '../../domain/transaction-line.ts';
import { expectedLedger, heldBy } from '../support/expected-ledger.ts';
import { kinesisEvent, kinesisRecord, kinesisRecords } from '../support/kinesis-records.ts';
import { line, linesOf } from '../support/lines.ts';
import { MemoryLedger } from '../support/memory-ledger.ts';

const never = new AbortController().signal;

function writerTo(ledger: MemoryLedger) {
  const rejected = new Map<string, string>();
  const write = storeWriter({
    ledger: () => ledger,
    rejects: {
      put(key, body) {
        rejected.set(key, body.toString('utf8'));
        return Promise.resolve();
      },
    },
    log: () => undefined,
  });
  return { rejected, write: (records: readonly KinesisStreamRecord[]) => write(kinesisEvent(records), never) };
}

describe('the store writer', () => {
  test('keeps an invoice of a few lines as one item, and its customer as a list entry and a profile', async () => {
    const ledger = new MemoryLedger();
    const lines = linesOf('536365', 20);

    await writerTo(ledger).write(kinesisRecords(lines));

    expect(heldBy(ledger)).toEqual(expectedLedger(lines));
    expect(ledger.writes).toBe(3);
  });

  test('keeps two identical lines of one invoice apart, because their ids differ', async () => {
    const ledger = new MemoryLedger();
    const twins = [line({ lineId: '536365-b554dfdb0730-1' }), line({ lineId: '536365-b554dfdb0730-2' })];

    await writerTo(ledger).write(kinesisRecords(twins));

    expect(ledger.headerItems.get('536365')).toMatchObject({ lineCount: 2, units: 12, total: 30_600n });
  });

  test('writes nothing when a batch comes again after all of it had been stored', async () => {
    const ledger = new MemoryLedger();
    const records = kinesisRecords([
      ...linesOf('536365', 5),
      ...linesOf('536366', 70),
      ...linesOf('536367', 3, { customerId: undefined }),
    ]);
    await writerTo(ledger).write(records);
    const before = ledger.writes;

    await writerTo(ledger).write(records);

    expect(ledger.writes).toBe(before);
  });

  test('gives the customer the country of the latest invoice, whatever came last', async () => {
    const ledger = new MemoryLedger();
    const later = linesOf('540000', 2, { country: 'Norway', invoiceDate: '2011-03-01T10:00:00Z' });
    const earlier = linesOf('530000', 2, { country: 'Denmark', invoiceDate: '2011-02-01T10:00:00Z' });

    await writerTo(ledger).write(kinesisRecords(later));
    await writerTo(ledger).write(kinesisRecords(earlier));

    expect(ledger.profileItems.get('17850')).toMatchObject({ country: 'Norway', firstInvoiceAt: '2011-02-01T10:00:00Z' });
  });

  test('moves an invoice in its customer list when an earlier line arrives', async () => {
    const ledger = new MemoryLedger();
    const lines = [
      line({ lineId: 'a', invoiceDate: '2011-03-01T00:01:00Z' }),
      line({ lineId: 'b', invoiceDate: '2011-02-28T23:59:00Z' }),
    ];

    for (const one of lines) await writerTo(ledger).write(kinesisRecords([one]));

    expect(heldBy(ledger)).toEqual(expectedLedger(lines));
    expect(Object.keys(ledger.profileItems.get('17850')?.months ?? {})).toEqual(['2011-02']);
  });

  test('sets aside what cannot be read, with the reason, and stores the rest', async () => {
    const ledger = new MemoryLedger();
    const writer = writerTo(ledger);
    const lines = [line(), line({ lineId: 'x', customerId: '99999' })];
    const broken = { ...line({ lineId: 'y' }), quantity: 'six' };
    const text = `${JSON.stringify(lines[0])}\n{"half":\n${JSON.stringify(broken)}\n${JSON.stringify(lines[1])}\n`;

    const answer = await writer.write([kinesisRecord(1, text)]);

    const rejects = [...writer.rejected.values()]
      .join('')
      .trim()
      .split('\n')
      .map((one) => JSON.parse(one) as { reason: string; line: string });
    expect(answer.batchItemFailures).toEqual([]);
    expect(rejects.map(({ reason }) => reason)).toEqual(['NotJson', 'InvalidValue']);
    expect(rejects.map((reject) => reject.line)).toEqual(['{"half":', JSON.stringify(broken)]);
    expect(heldBy(ledger)).toEqual(expectedLedger(lines));
  });

  test('counts each line for its own customer, whoever came first', async () => {
    const ledger = new MemoryLedger();
    const victim = Array.from({ length: 5 }, (_, n) => line({ invoiceNo: `V${String(n)}`, lineId: '1', customerId: 'VICTIM' }));
    const stranger = line({ invoiceNo: 'V0', lineId: '2', customerId: 'B' });
    const more = line({ invoiceNo: 'V0', lineId: '3', customerId: 'VICTIM', unitPrice: '1.000' });
    const guest = line({ invoiceNo: 'V1', lineId: '2', customerId: undefined });

    await writerTo(ledger).write(kinesisRecords(victim));
    await writerTo(ledger).write(kinesisRecords([stranger, guest, more]));

    expect(heldBy(ledger)).toEqual(expectedLedger([...victim, stranger, guest, more]));
  });

  test.each<[string, Partial<TransactionLine>]>([
    ['a price', { unitPrice: '3.000' }],
    ['a quantity', { quantity: 1 }],
    ['a date of another month', { invoiceDate: '2011-05-01T00:00:00Z' }],
    ['a date of the same month', { invoiceDate: '2010-12-24T00:00:00Z' }],
    ['a customer', { customerId: '12346' }],
    ['a country', { country: 'Norway' }],
  ])('lets the later version of a line win, which corrects %s, in whatever order they come', async (_, change) => {
    for (const size of [3, 100]) {
      const others = linesOf('536365', size);
      const first = line({ lineId: 'corrected', sentAt: 1 });
      const second = line({ lineId: 'corrected', sentAt: 2, ...change });
      for (const order of [
        [first, second],
        [second, first],
      ]) {
        const ledger = new MemoryLedger();
        const writer = writerTo(ledger);
        await writer.write(kinesisRecords(others));
        for (const one of order) await writer.write(kinesisRecords([one]));

        expect(heldBy(ledger)).toEqual(expectedLedger([...others, first, second]));
      }
    }
  });

  test('keeps sums beyond 2^53 mills exact', async () => {
    const ledger = new MemoryLedger();
    const most = { quantity: 9, unitPrice: '999999.999' };
    const lines = linesOf('536365', 2_000, most);
    const writer = writerTo(ledger);
    const before = { '2010-12': { invoices: 1, lines: 10 ** 9, units: 10 ** 15 - 1, revenue: 9n * 10n ** 18n - 7n } };
    const profile = {
      customerId: '17850',
      country: 'Norway',
      firstInvoiceAt: '2010-12-01T00:00:00Z',
      lastInvoice: '',
      version: 3,
    };
    ledger.profileItems.set('17850', { ...profile, months: before });

    await writer.write(kinesisRecords(lines));

    expect(ledger.headerItems.get('536365')?.total).toBe(2_000n * 9n * 999_999_999n);
    expect(ledger.profileItems.get('17850')?.months['2010-12']?.revenue).toBe(9n * 10n ** 18n - 7n + 2_000n * 9n * 999_999_999n);
  });

  test('sets aside alone an invoice that no table takes, and stores its neighbours', async () => {
    const ledger = new MemoryLedger();
    const writer = writerTo(ledger);
    const putHeader = ledger.putHeader.bind(ledger);
    ledger.putHeader = (header, expected) =>
      header.invoiceNo === 'bad' ? Promise.reject(new ItemRefusedError('Invoices', 'too large')) : putHeader(header, expected);
    const good = linesOf('536365', 3);

    const answer = await writer.write(kinesisRecords([...linesOf('bad', 2), ...good]));

    expect(answer.batchItemFailures).toEqual([]);
    expect(heldBy(ledger)).toEqual(expectedLedger(good));
    const rejects = [...writer.rejected.values()].join('').trim().split('\n');
    expect(rejects.map((one) => (JSON.parse(one) as { reason: string }).reason)).toEqual(['CannotBeStored', 'CannotBeStored']);
  });

  test('sets aside an invoice with a missing chunk or a broken header, and stores its neighbours', async () => {
    const ledger = new MemoryLedger();
    await writerTo(ledger).write(kinesisRecords([...linesOf('torn', 100), ...linesOf('odd', 1)]));
    ledger.chunkItems.clear();
    const headers = ledger.headers.bind(ledger);
    ledger.headers = async (asked) => {
      const read = new Map<string, InvoiceHeader | UnreadableItemError>(await headers(asked));
      if (read.has('odd')) read.set('odd', new UnreadableItemError('Invoices', 'odd INVOICE', { cause: new TypeError() }));
      return read as Map<string, InvoiceHeader>;
    };
    const writer = writerTo(ledger);

    const answer = await writer.write(
      kinesisRecords([line({ invoiceNo: 'torn', lineId: 'x' }), line({ invoiceNo: 'odd', lineId: 'y' }), line()]),
    );

    expect(answer.batchItemFailures).toEqual([]);
    expect(ledger.headerItems.get('536365')).toMatchObject({ lineCount: 1 });
    const rejects = [...writer.rejected.values()].join('').trim().split('\n');
    expect(rejects.map((one) => (JSON.parse(one) as { message: string }).message).sort()).toEqual([
      expect.stringMatching(/^invoice torn names the chunk LINES#0001#/),
      expect.stringMatching(/^table Invoices has an item under odd INVOICE that cannot be read/),
    ]);
  });

  test('gives up nothing because other writers were faster, again and again', async () => {
    const ledger = new MemoryLedger();
    await writerTo(ledger).write(kinesisRecords(linesOf('busy', 100)));
    const chunks = ledger.chunks.bind(ledger);
    let reads = 0;
    ledger.chunks = async (invoiceNo) => (reads++ === 0 ? new Map() : chunks(invoiceNo));
    const putHeader = ledger.putHeader.bind(ledger);
    ledger.putHeader = (header, expected) => (header.invoiceNo === 'busy' ? Promise.resolve(false) : putHeader(header, expected));
    const writer = writerTo(ledger);

    const answer = await writer.write(kinesisRecords([line({ invoiceNo: 'busy', lineId: 'x' }), line()]));

    expect(answer.batchItemFailures).toHaveLength(1);
    expect(writer.rejected.size).toBe(0);
  });

  test('updates every customer of an invoice that loses a line, also when a write fails in between', async () => {
    const ledger = new MemoryLedger();
    const lines = Array.from({ length: 300 }, (_, n) => line({ lineId: String(n), customerId: `C${String(n)}`, sentAt: 1 }));
    const moved = lines.map((one) => ({ ...one, customerId: 'Z', sentAt: 2 }));
    await writerTo(ledger).write(kinesisRecords(lines));
    const changeLists = ledger.changeLists.bind(ledger);
    ledger.changeLists = () => Promise.reject(new Error('out of reach'));
    await writerTo(ledger).write(kinesisRecords(moved));
    ledger.changeLists = changeLists;

    await writerTo(ledger).write(kinesisRecords(moved));

    expect(heldBy(ledger)).toEqual(expectedLedger([...lines, ...moved]));
  });

  test('costs no more to add to an invoice that many customers have left', async () => {
    const ledger = new MemoryLedger();
    const lines = Array.from({ length: 100 }, (_, n) => line({ lineId: String(n), customerId: `C${String(n)}`, sentAt: 1 }));
    await writerTo(ledger).write(kinesisRecords(lines));
    await writerTo(ledger).write(kinesisRecords(lines.map((one) => ({ ...one, customerId: 'Z', sentAt: 2 }))));
    await writerTo(ledger).write(kinesisRecords([line({ lineId: 'more', customerId: 'Z' })]));
    const before = ledger.writes;

    await writerTo(ledger).write(kinesisRecords([line({ lineId: 'more-2', customerId: 'Z' })]));

    expect(ledger.writes - before).toBe(3);
  });

  test('gives up nothing while a table is out of reach: the batch comes again', async () => {
    const ledger = new MemoryLedger();
    const writer = writerTo(ledger);
    ledger.putHeader = () => Promise.reject(new Error('connect ECONNREFUSED'));

    const answer = await writer.write(kinesisRecords(linesOf('536365', 3)));

    expect(answer.batchItemFailures).toHaveLength(1);
    expect(writer.rejected.size).toBe(0);
  });

  test('names the first record that was not stored, so that the batch comes again from there', async () => {
    const ledger = new MemoryLedger();
    ledger.writesLeft = 1;
    const records = kinesisRecords(linesOf('536365', 3));

    const answer = await writerTo(ledger).write(records);

    expect(answer.batchItemFailures).toEqual([{ itemIdentifier: records[0]?.kinesis.sequenceNumber }]);
  });

  test('reads the lines of a long invoice once, not again with every piece', async () => {
    const ledger = new MemoryLedger();
    const writer = writerTo(ledger);
    const lines = linesOf('573585', 10_000);

    for (let start = 0; start < lines.length; start += 250) await writer.write(kinesisRecords(lines.slice(start, start + 250)));

    expect(heldBy(ledger)).toEqual(expectedLedger(lines));
    expect(ledger.chunkItems.size).toBe(40);
    expect(ledger.reads).toBeLessThan(40 * 4);
  });
});

describe('the store writer, whatever happens', () => {
  const someLines = fc.array(
    fc.record({
      invoice: fc.integer({ min: 0, max: 5 }),
      id: fc.integer({ min: 0, max: 40 }),
      minute: fc.integer({ min: 0, max: 3 }),
    }),
    { minLength: 1, maxLength: 60 },
  );
  const owners = ['17850', '17850', undefined, '13047', '13047', '12583'];
  const countries = ['United Kingdom', 'France', 'Norway', 'Spain', 'Italy', 'Germany'];

  const toLine = ({ invoice, id, minute }: { invoice: number; id: number; minute: number }): TransactionLine =>
    line({
      invoiceNo: `53636${String(invoice)}`,
      lineId: `53636${String(invoice)}-${String(id)}`,
      quantity: (id % 5) - 2,
      unitPrice: `${String(id)}.${String(minute)}00`,
      // Around a change of month, and the same line always with the same facts.
      invoiceDate: `2011-0${String(1 + ((id + invoice) % 2))}-0${String(1 + (id % 3))}T00:0${String(id % 4)}:00Z`,
      customerId: owners[invoice],
      country: countries[invoice] ?? 'United Kingdom',
    });

  test('stores each line once with right totals, whatever the batches, duplicates and crashes', async () => {
    await fc.assert(
      fc.asyncProperty(
        someLines,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 }),
        fc.array(fc.nat({ max: 12 }), { maxLength: 12 }),
        async (facts, cuts, crashes) => {
          const lines = facts.map((fact) => toLine({ ...fact, minute: fact.id % 4 }));
          const ledger = new MemoryLedger();
          let sequence = 1;
          for (let start = 0, turn = 0; start < lines.length; turn++) {
            const records = kinesisRecords(lines.slice(start, start + (cuts[turn % cuts.length] ?? 1)), sequence);
            start += cuts[turn % cuts.length] ?? 1;
            sequence += records.length;
            for (;;) {
              ledger.writesLeft = crashes.pop();
              const answer = await writerTo(ledger).write(records);
              ledger.writesLeft = undefined;
              if (answer.batchItemFailures.length === 0) break;
            }
          }

          expect(heldBy(ledger)).toEqual(expectedLedger(lines));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('ends right when a batch fails half-way and comes again after later ones', async () => {
    await fc.assert(
      fc.asyncProperty(someLines, fc.nat({ max: 6 }), async (facts, crash) => {
        const lines = facts.map((fact) => toLine({ ...fact, minute: fact.id % 4 }));
        const half = Math.ceil(lines.length / 2);
        const [given, later] = [kinesisRecords(lines.slice(0, half)), kinesisRecords(lines.slice(half), 1000)];
        const ledger = new MemoryLedger();

        ledger.writesLeft = crash;
        await writerTo(ledger).write(given);
        ledger.writesLeft = undefined;
        if (later.length > 0) await writerTo(ledger).write(later);
        await writerTo(ledger).write(given);

        expect(heldBy(ledger)).toEqual(expectedLedger(lines));
      }),
      { numRuns: 300 },
    );
  });

  test('ends right when a long invoice, kept in several chunks, is interrupted at any write', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 60, max: 700 }),
        fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 6 }),
        fc.array(fc.nat({ max: 5 }), { maxLength: 8 }),
        async (count, cuts, crashes) => {
          const lines = linesOf('573585', count);
          const ledger = new MemoryLedger();
          for (let start = 0, turn = 0; start < lines.length; turn++) {
            const size = cuts[turn % cuts.length] ?? 1;
            // Each piece begins with a few lines of the piece before.
            const records = kinesisRecords(lines.slice(Math.max(0, start - 3), start + size), start + 1);
            start += size;
            for (;;) {
              ledger.writesLeft = crashes.pop();
              const answer = await writerTo(ledger).write(records);
              ledger.writesLeft = undefined;
              if (answer.batchItemFailures.length === 0) break;
            }
          }

          expect(heldBy(ledger)).toEqual(expectedLedger(lines));
        },
      ),
      { numRuns: 100 },
    );
  });
});
