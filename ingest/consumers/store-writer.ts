import type { KinesisStreamRecord } from 'aws-lambda';
import { UNREADABLE_PREFIX, UNSTORED_PREFIX } from '../../domain/bucket.ts';
import { updateCustomers, type CustomerChanges } from './customer-update.ts';
import { groupByInvoice, type Delivery, type Reject } from './group-by-invoice.ts';
import { mapConcurrently } from './in-parallel.ts';
import { storeInvoice } from './invoice-write.ts';
import { batchObjectKey, type KinesisConsumer } from './kinesis-batch.ts';
import { InvoiceCache, MissingChunkError } from './known-invoices.ts';
import { ItemRefusedError, UnreadableItemError, type Ledger } from './ledger.ts';
import type { ObjectStore } from './object-store.ts';

/** What the store writer works with. */
export interface StoreWriterPorts {
  /** The tables, for calls that must end before the deadline. */
  readonly ledger: (deadline: AbortSignal) => Ledger;
  /** Takes what no store can take. */
  readonly rejects: ObjectStore;
  readonly log: (message: string, cause: unknown) => void;
}

/** Records that are brought to the tables together: enough to fill batch reads and writes. */
const RECORDS_AT_ONCE = 500;
/** Enough to fill batches of writes: the ledger sends together what is asked for together. */
const INVOICES_AT_ONCE = 100;

/**
 * Stream to DynamoDB. Every line is stored once, in its latest version, however often and in whatever order it arrives: a line is known by
 * its id within its invoice, and all totals follow from the lines that are stored.
 *
 * @remarks The order of writes makes every crash harmless: first the invoice (conditional), then the customers' lists, then their profiles
 * (conditional). A batch that comes again finds its lines stored, and that makes it look at the customers again.
 */
export const storeWriter = ({ ledger, rejects, log }: StoreWriterPorts): KinesisConsumer => {
  const known = new InvoiceCache();
  return async (event, deadline) => {
    for (let start = 0; start < event.Records.length; start += RECORDS_AT_ONCE) {
      const records = event.Records.slice(start, start + RECORDS_AT_ONCE);
      try {
        await storeRecords(records, { ledger: ledger(deadline), known, rejects, log, deadline });
      } catch (cause) {
        const sequenceNumber = records[0]?.kinesis.sequenceNumber ?? '';
        log(`the records from ${sequenceNumber} on must come again`, cause);
        return { batchItemFailures: [{ itemIdentifier: sequenceNumber }] };
      }
    }
    return { batchItemFailures: [] };
  };
};

interface Work {
  readonly ledger: Ledger;
  readonly known: InvoiceCache;
  readonly rejects: ObjectStore;
  readonly log: StoreWriterPorts['log'];
  readonly deadline: AbortSignal;
}

async function storeRecords(records: readonly KinesisStreamRecord[], work: Work): Promise<void> {
  const { ledger, known, rejects, deadline } = work;
  const reading = groupByInvoice(records);
  const deliveries = [...reading.deliveries.values()];
  const customerIds = new Set(deliveries.flatMap(({ lines }) => lines.flatMap(({ customerId }) => customerId ?? [])));
  // Before any invoice is written: the profiles' versions then show whether another writer was at work meanwhile.
  const [headers, profiles] = await Promise.all([
    ledger.headers(deliveries.map((delivery) => delivery.invoiceNo)),
    ledger.profiles([...customerIds]),
  ]);
  const { news, unstored } = await storeInvoices(deliveries, headers, work);
  await updateCustomers(ledger, known, news, profiles);
  for (const [prefix, some] of [
    [UNREADABLE_PREFIX, reading.rejects],
    // By themselves, because they are put back on the stream once they can be stored: `npm run redrive`.
    [UNSTORED_PREFIX, unstored],
  ] as const) {
    if (some.length === 0) continue;
    const lines = some.map((reject) => `${JSON.stringify(reject)}\n`).join('');
    await rejects.put(`${batchObjectKey(prefix, records)}.ndjson`, Buffer.from(lines), 'application/x-ndjson', deadline);
  }
}

/** Store each invoice by itself, so that one whose content no table takes keeps no other from being stored. */
async function storeInvoices(
  deliveries: readonly Delivery[],
  headers: Awaited<ReturnType<Ledger['headers']>>,
  { ledger, known, log }: Work,
): Promise<{ readonly news: CustomerChanges; readonly unstored: readonly Reject[] }> {
  const failures: { readonly delivery: Delivery; readonly cause: Error }[] = [];
  const stored = await mapConcurrently(deliveries, INVOICES_AT_ONCE, async (delivery) => {
    try {
      return await storeInvoice(ledger, known, headers.get(delivery.invoiceNo), delivery);
    } catch (cause) {
      if (!isOfContent(cause)) throw cause;
      failures.push({ delivery, cause });
      return undefined;
    }
  });
  const news = stored.filter((one) => one !== undefined);
  for (const { delivery, cause } of failures) {
    // An error that nobody foresaw is the invoice's own only if others pass.
    if (!(cause instanceof ItemRefusedError) && news.length === 0) throw cause;
    log(`invoice ${delivery.invoiceNo} cannot be stored: its lines are set aside`, cause);
  }
  return {
    news: { additions: news.flatMap(({ additions }) => additions), doubts: news.flatMap(({ doubts }) => doubts) },
    unstored: failures.flatMap(({ delivery, cause }) =>
      delivery.lines.map((line) => ({ reason: 'CannotBeStored', message: cause.message, line: JSON.stringify(line) })),
    ),
  };
}

/** Whether an error comes from what is, or is to be, stored of one invoice. Every other passes with the outage that it comes from. */
const isOfContent = (cause: unknown): cause is Error =>
  cause instanceof ItemRefusedError ||
  cause instanceof TypeError ||
  cause instanceof RangeError ||
  cause instanceof UnreadableItemError ||
  cause instanceof MissingChunkError;
