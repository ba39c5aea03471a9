import type { KinesisStreamRecord } from 'aws-lambda';
import type { StoredLine } from '../../domain/stored-line.ts';
import type { InvoiceChange } from './customer-totals.ts';
import { updateCustomers } from './customer-update.ts';
import { readRecords, type Delivery, type Reject } from './delivery.ts';
import { inParallel } from './in-parallel.ts';
import { append, knownInvoice, type KnownInvoice } from './invoice-append.ts';
import { batchObjectKey, type KinesisConsumer } from './kinesis-batch.ts';
import { KnownLineIds } from './known-line-ids.ts';
import type { InvoiceHeader, Ledger } from './ledger.ts';
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
/** How often an invoice is tried again when another writer was faster. */
const ATTEMPTS = 6;

/**
 * Stream to DynamoDB. Every line is stored once, however often it arrives: a line is known by its id among the lines that
 * its invoice holds, and totals follow from what is stored.
 *
 * @remarks The order of writes makes every crash harmless: first the invoice (conditional), then the customer's list, then the
 * profile. A batch that comes again finds its lines stored, and that makes it recompute the customer instead of adding.
 */
export const storeWriter = ({ ledger, rejects, log }: StoreWriterPorts): KinesisConsumer => {
  const known = new KnownLineIds();
  return async (event, deadline) => {
    for (let start = 0; start < event.Records.length; start += RECORDS_AT_ONCE) {
      const records = event.Records.slice(start, start + RECORDS_AT_ONCE);
      try {
        await storeRecords(records, ledger(deadline), known, rejects, deadline);
      } catch (cause) {
        const sequenceNumber = records[0]?.kinesis.sequenceNumber ?? '';
        log(`the records from ${sequenceNumber} on must come again`, cause);
        return { batchItemFailures: [{ itemIdentifier: sequenceNumber }] };
      }
    }
    return { batchItemFailures: [] };
  };
};

async function storeRecords(
  records: readonly KinesisStreamRecord[],
  ledger: Ledger,
  known: KnownLineIds,
  rejects: ObjectStore,
  deadline: AbortSignal,
): Promise<void> {
  const reading = readRecords(records);
  const deliveries = [...reading.deliveries.values()];
  const customerIds = new Set(deliveries.flatMap((delivery) => delivery.lines[0]?.customerId ?? []));
  const [headers, profiles] = await Promise.all([
    ledger.headers(deliveries.map((delivery) => delivery.invoiceNo)),
    ledger.profiles([...customerIds]),
  ]);
  const refused: Reject[] = [...reading.rejects];
  const changes = await inParallel(deliveries, INVOICES_AT_ONCE, (delivery) =>
    storeInvoice(ledger, known, headers.get(delivery.invoiceNo), delivery, refused),
  );
  await updateCustomers(ledger, changes.filter(ofCustomer), profiles);
  if (refused.length > 0) {
    const lines = refused.map((reject) => `${JSON.stringify(reject)}\n`).join('');
    const key = `${batchObjectKey('rejected/store-writer', records)}.ndjson`;
    await rejects.put(key, Buffer.from(lines), 'application/x-ndjson', deadline);
  }
}

type AnyChange = Omit<InvoiceChange, 'after'> & { readonly after: InvoiceHeader };

const ofCustomer = (change: AnyChange | undefined): change is InvoiceChange => change?.after.customerId !== undefined;

async function storeInvoice(
  ledger: Ledger,
  known: KnownLineIds,
  read: InvoiceHeader | undefined,
  delivery: Delivery,
  refused: Reject[],
): Promise<AnyChange | undefined> {
  let header = read;
  let repeated = false;
  let chunksRead = false;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const lines = linesOfOwner(header, delivery, attempt === 0 ? refused : []);
    if (lines.length === 0) return undefined;
    const before = chunksRead ? undefined : known.of(header);
    const invoice: KnownInvoice = before ?? (await readInvoice(ledger, delivery.invoiceNo, header, chunksRead));
    const change = append(invoice, lines);
    repeated ||= change.repeated;
    const after = change.header ?? header;
    if (after === undefined) throw new Error(`an append to invoice ${delivery.invoiceNo} gave no header`);
    if (after === header) {
      known.keep(header, change.lineIds);
      return { before: header, after, repeated: true };
    }
    const added = await addChunks(ledger, delivery.invoiceNo, invoice.chunkCount, change.chunks);
    if (added && (await ledger.putHeader(after, header?.version))) {
      known.keep(after, change.lineIds);
      return { before: header, after, repeated };
    }
    // Another attempt left a chunk or a newer header behind: look again at everything, and trust no sum.
    repeated = true;
    chunksRead = true;
    header = (await ledger.headers([delivery.invoiceNo])).get(delivery.invoiceNo);
  }
  throw new ContendedInvoiceError(delivery.invoiceNo);
}

async function readInvoice(
  ledger: Ledger,
  invoiceNo: string,
  header: InvoiceHeader | undefined,
  readChunks: boolean,
): Promise<KnownInvoice> {
  const hasChunks = readChunks || (header?.chunkCount ?? 0) > 0;
  return knownInvoice(header, hasChunks ? await ledger.chunks(invoiceNo) : []);
}

/** `false` when a chunk of that number is there already. */
async function addChunks(ledger: Ledger, invoiceNo: string, chunkCount: number, chunks: readonly (readonly StoredLine[])[]) {
  for (const [place, lines] of chunks.entries()) {
    if (!(await ledger.addChunk(invoiceNo, chunkCount + place + 1, lines))) return false;
  }
  return true;
}

/** An invoice has one customer, or is a guest's: the first line decides, and a line of anybody else is set aside. */
function linesOfOwner(header: InvoiceHeader | undefined, delivery: Delivery, refused: Reject[]) {
  const owner = header === undefined ? delivery.lines[0]?.customerId : header.customerId;
  return delivery.lines.filter((line) => {
    if (line.customerId === owner) return true;
    refused.push({
      reason: 'OtherCustomer',
      message: `invoice ${line.invoiceNo} belongs to ${owner ?? 'a guest'}, not to ${line.customerId ?? 'a guest'}`,
      line: JSON.stringify(line),
    });
    return false;
  });
}

/** Other writers changed an invoice at every attempt. */
export class ContendedInvoiceError extends Error {
  override readonly name = 'ContendedInvoiceError';
  readonly code = 'CONTENDED_INVOICE';

  constructor(readonly invoiceNo: string) {
    super(`invoice ${invoiceNo} was changed by another writer ${String(ATTEMPTS)} times in a row; the batch comes again`);
  }
}
