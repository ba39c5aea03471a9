import { randomUUID } from 'node:crypto';
import { linesKey } from '../../domain/keys.ts';
import type { TransactionLine } from '../../domain/transaction-line.ts';
import { monthOf, type AddedLines } from './customer-totals.ts';
import type { CustomerChanges, StaleCustomer } from './customer-update.ts';
import type { Delivery } from './group-by-invoice.ts';
import { layOutInvoice, type Layout } from './invoice-layout.ts';
import type { InvoiceLines, Part } from './invoice-lines.ts';
import { MissingChunkError, type InvoiceCache } from './known-invoices.ts';
import { UnreadableItemError, type EntryPlace, type InvoiceHeader, type Ledger } from './ledger.ts';

/** How often an invoice is tried again when another writer was faster: each time one of the others has got on. */
const ATTEMPTS = 40;

/**
 * Most former places that a header remembers from earlier writes, beside those of the write itself: only a writer that paused while as
 * many corrections moved the invoice needs more.
 */
const MOST_FORMER_PLACES = 200;

/** Other writers changed an invoice at every attempt. */
export class ContendedInvoiceError extends Error {
  override readonly name = 'ContendedInvoiceError';
  readonly code = 'CONTENDED_INVOICE';

  constructor(readonly invoiceNo: string) {
    super(`invoice ${invoiceNo} was changed by another writer ${String(ATTEMPTS)} times in a row; the batch comes again`);
  }
}

/** An invoice has been stored, and what follows has failed: its lines are found stored when the batch comes again. */
export class UnfinishedInvoiceError extends Error {
  override readonly name = 'UnfinishedInvoiceError';
  readonly code = 'UNFINISHED_INVOICE';

  constructor(
    readonly invoiceNo: string,
    options: ErrorOptions,
  ) {
    super(`invoice ${invoiceNo} is stored, and its customers are not up to date yet; the batch comes again`, options);
  }
}

/**
 * Take the lines of a delivery into their invoice. Every line is stored once, in its latest version, whoever else writes.
 *
 * @remarks New chunks are written first, under keys of their own, and count from the moment in which the header names them. The header is
 * written only if nobody has written it since it was read.
 * @param read - the invoice's header as it was read with others
 * @returns what its customers have to follow
 * @throws UnreadableItemError, MissingChunkError when what is stored of the invoice is damaged
 */
export async function storeInvoice(
  ledger: Ledger,
  known: InvoiceCache,
  read: InvoiceHeader | UnreadableItemError | undefined,
  { invoiceNo, lines }: Delivery,
): Promise<CustomerChanges> {
  let header = readable(read);
  let incompleteVersion: number | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) header = readable((await ledger.headers([invoiceNo])).get(invoiceNo));
    try {
      const news = await tryToStore(ledger, known, header, { invoiceNo, lines, isLater: attempt > 0 });
      if (news !== undefined) return news;
    } catch (error) {
      // Another writer may have replaced a chunk since the header was read. Under the same header it is gone for good.
      if (!(error instanceof MissingChunkError) || header?.version === incompleteVersion) throw error;
      incompleteVersion = header?.version;
    }
  }
  throw new ContendedInvoiceError(invoiceNo);
}

function readable(header: InvoiceHeader | UnreadableItemError | undefined): InvoiceHeader | undefined {
  if (header instanceof UnreadableItemError) throw header;
  return header;
}

/** @returns `undefined` when another writer was faster */
async function tryToStore(
  ledger: Ledger,
  known: InvoiceCache,
  header: InvoiceHeader | undefined,
  { invoiceNo, lines, isLater }: Delivery & { readonly isLater: boolean },
): Promise<CustomerChanges | undefined> {
  const { lines: invoice, strayChunks } = await known.take(ledger, invoiceNo, header);
  const before = invoice.parts;
  const changes = invoice.apply(lines);
  const isDoubtful = isLater || changes.repeated > 0 || changes.replaced.length > 0;
  if (header !== undefined && changes.added === 0 && changes.replaced.length === 0) {
    known.keep(header, invoice);
    return { additions: [], doubts: staleCustomers(invoice, before, header, lines) };
  }

  const layout = layOutInvoice(invoice, header?.chunks ?? [], changes.replaced, newChunkKey);
  for (const { key, lines: chunk } of layout.newChunks) if (!(await ledger.addChunk(invoiceNo, key, chunk))) return undefined;
  const after = headerOf(invoice, header, layout, formerPlaces(header, before, invoice.parts));
  if (!(await ledger.putHeader(after, header?.version))) return undefined;
  known.keep(after, invoice);
  try {
    // Nobody can come to name them again: who read them as strays, or in an earlier version, can no longer write the header.
    const removable = [...strayChunks, ...(header?.replacedChunks ?? [])];
    if (removable.length > 0) await ledger.removeChunks(invoiceNo, removable);
    return customerChanges(invoice, before, after, { lines, isDoubtful });
  } catch (cause) {
    throw new UnfinishedInvoiceError(invoiceNo, { cause });
  }
}

/** A sort key that no chunk ever had. */
const newChunkKey = (number: number) => `${linesKey(number)}#${randomUUID().slice(0, 8)}`;

const headerOf = (
  invoice: InvoiceLines,
  before: InvoiceHeader | undefined,
  { tail, chunks, replacedChunks }: Layout,
  former: readonly EntryPlace[],
): InvoiceHeader => ({
  ...invoice.totals(),
  lines: tail,
  chunks,
  replacedChunks,
  version: (before?.version ?? 0) + 1,
  formerPlaces: former,
});

/** Where customers' lists had the invoice and have it no longer. */
function formerPlaces(
  header: InvoiceHeader | undefined,
  before: ReadonlyMap<string, Part>,
  after: ReadonlyMap<string, Part>,
): readonly EntryPlace[] {
  const nameOf = ({ customerId, invoiceDate }: EntryPlace) => `${customerId} ${invoiceDate}`;
  const present = new Set(placesOf(after).map(nameOf));
  const left = placesOf(before).filter((place) => !present.has(nameOf(place)));
  const taken = new Set([...present, ...left.map(nameOf)]);
  const earlier = (header?.formerPlaces ?? []).filter((place) => !taken.has(nameOf(place)));
  return [...earlier.slice(-MOST_FORMER_PLACES), ...left];
}

const placesOf = (parts: ReadonlyMap<string, Part>): EntryPlace[] =>
  [...parts].flatMap(([customerId, { first }]) => (customerId === '' ? [] : [{ customerId, invoiceDate: first.invoiceDate }]));

/**
 * What customers have to follow. Where lines came for the first time and moved nothing, the difference can be added to what is stored;
 * otherwise an earlier attempt may have stopped between two writes.
 */
function customerChanges(
  invoice: InvoiceLines,
  before: ReadonlyMap<string, Part>,
  header: InvoiceHeader,
  { lines, isDoubtful }: { readonly lines: readonly TransactionLine[]; readonly isDoubtful: boolean },
): CustomerChanges {
  if (isDoubtful) return { additions: [], doubts: staleCustomers(invoice, before, header, lines) };
  // Whose part was moved by an earlier delivery is that delivery's to follow; whose part moves here is in doubt.
  const moved = new Set(header.formerPlaces.map(({ customerId }) => customerId));
  const additions: AddedLines[] = [];
  for (const [customerId, part] of invoice.parts) {
    const old = before.get(customerId);
    const after = invoice.partOf(customerId);
    if (customerId === '' || moved.has(customerId) || after === undefined || old?.lineCount === part.lineCount) continue;
    additions.push({ before: old && { ...after, lineCount: old.lineCount, units: old.units, total: old.total }, after });
  }
  const changed = new Set(lines.map(({ customerId }) => customerId));
  const doubts = moved.size === 0 ? [] : staleCustomers(invoice, before, header, lines);
  return { additions, doubts: doubts.filter(({ customerId }) => moved.has(customerId) && changed.has(customerId)) };
}

/** Every customer who has, had, or may have had a part of the invoice. */
function staleCustomers(
  invoice: InvoiceLines,
  before: ReadonlyMap<string, Part>,
  header: InvoiceHeader,
  lines: readonly TransactionLine[],
): StaleCustomer[] {
  const months = new Map<string, Set<string>>();
  const add = (customerId: string | undefined, invoiceDate: string) => {
    if (customerId === undefined || customerId === '') return;
    const known = months.get(customerId);
    if (known === undefined) months.set(customerId, new Set([monthOf(invoiceDate)]));
    else known.add(monthOf(invoiceDate));
  };
  for (const parts of [before, invoice.parts])
    for (const { customerId, invoiceDate } of placesOf(parts)) add(customerId, invoiceDate);
  for (const { customerId, invoiceDate } of header.formerPlaces) add(customerId, invoiceDate);
  for (const { customerId, invoiceDate } of lines) add(customerId, invoiceDate);
  return [...months].map(([customerId, own]) => ({ customerId, invoiceNo: invoice.invoiceNo, months: [...own] }));
}
