import { toMills } from '../../domain/money.ts';
import { shortLineId, type StoredLine } from '../../domain/stored-line.ts';
import type { TransactionLine } from '../../domain/transaction-line.ts';
import type { InvoiceHeader } from './ledger.ts';

/**
 * Most lines that a header carries itself: with them a usual invoice is one item, one write and one read.
 *
 * @remarks A header is written again when more lines arrive, so it stays small: 64 lines are about 4 KB.
 */
const LINES_IN_HEADER = 64;

/** Most lines of one chunk: about 16 KB, a fraction of what a page of lines reads. */
const LINES_IN_CHUNK = 250;

/** An invoice as far as it is known: the header, and which lines are stored with what sums. */
export interface KnownInvoice {
  readonly header: InvoiceHeader | undefined;
  /** Line ids in their stored form. */
  readonly lineIds: ReadonlySet<string>;
  readonly chunkCount: number;
  readonly sums: Sums;
}

/** Money in mills. */
export interface Sums {
  readonly lineCount: number;
  readonly units: number;
  readonly total: number;
}

/** What a delivery changes: further chunks in order, then the header. */
export interface Append {
  /** `undefined` when nothing changes. */
  readonly header: InvoiceHeader | undefined;
  readonly chunks: readonly (readonly StoredLine[])[];
  /** Whether any line had been stored before: a sign that an earlier attempt may have stopped half-way. */
  readonly repeated: boolean;
  readonly lineIds: ReadonlySet<string>;
}

/** What is stored of an invoice, from its header and its chunks. @param chunks - when they have been read */
export function knownInvoice(header: InvoiceHeader | undefined, chunks: readonly (readonly StoredLine[])[]): KnownInvoice {
  const lines = [...(header?.lines ?? []), ...chunks.flat()];
  return { header, lineIds: new Set(lines.map(([lineId]) => lineId)), chunkCount: chunks.length, sums: sumsOf(lines) };
}

/** Append the lines that are not stored yet. All lines belong to the invoice and its customer. */
export function append(known: KnownInvoice, lines: readonly TransactionLine[]): Append {
  const first = lines[0];
  if (first === undefined) throw new RangeError('an append has at least one line: got none');
  const lineIds = new Set(known.lineIds);
  const fresh: StoredLine[] = [];
  let invoiceDate = known.header?.invoiceDate ?? first.invoiceDate;
  for (const line of lines) {
    if (line.invoiceDate < invoiceDate) invoiceDate = line.invoiceDate;
    const stored = storedLine(line);
    if (lineIds.has(stored[0])) continue;
    lineIds.add(stored[0]);
    fresh.push(stored);
  }
  const header = known.header;
  const inHeader = known.chunkCount === 0 && (header?.lines.length ?? 0) + fresh.length <= LINES_IN_HEADER;
  const chunks = inHeader ? [] : chunksOf(fresh);
  const chunkCount = known.chunkCount + chunks.length;
  const sums = addSums(known.sums, sumsOf(fresh));
  const unchanged =
    header !== undefined &&
    fresh.length === 0 &&
    header.chunkCount === chunkCount &&
    header.lineCount === sums.lineCount &&
    header.invoiceDate === invoiceDate;
  const customerId = header === undefined ? first.customerId : header.customerId;
  return {
    header: unchanged
      ? undefined
      : {
          invoiceNo: first.invoiceNo,
          invoiceDate,
          ...(customerId === undefined ? {} : { customerId }),
          country: header?.country ?? first.country,
          cancelled: first.invoiceNo.startsWith('C'),
          ...sums,
          chunkCount,
          lines: [...(header?.lines ?? []), ...(inHeader ? fresh : [])],
          version: (header?.version ?? 0) + 1,
          formerDates: formerDates(header, invoiceDate),
        },
    chunks,
    repeated: fresh.length < lines.length,
    lineIds,
  };
}

function formerDates(header: InvoiceHeader | undefined, invoiceDate: string): readonly string[] {
  if (header === undefined) return [];
  return header.invoiceDate === invoiceDate ? header.formerDates : [...header.formerDates, header.invoiceDate];
}

function storedLine(line: TransactionLine): StoredLine {
  return [
    shortLineId(line.invoiceNo, line.lineId),
    line.stockCode,
    line.description ?? '',
    line.quantity,
    toMills(line.unitPrice),
  ];
}

function chunksOf(lines: readonly StoredLine[]): StoredLine[][] {
  const chunks: StoredLine[][] = [];
  for (let start = 0; start < lines.length; start += LINES_IN_CHUNK) chunks.push(lines.slice(start, start + LINES_IN_CHUNK));
  return chunks;
}

function sumsOf(lines: readonly StoredLine[]): Sums {
  let units = 0;
  let total = 0;
  for (const [, , , quantity, mills] of lines) {
    units += quantity;
    total += quantity * mills;
  }
  return { lineCount: lines.length, units, total };
}

/** The sums of two sets of lines. @throws InexactSumError when a double cannot hold the result */
function addSums(a: Sums, b: Sums): Sums {
  const sums = { lineCount: a.lineCount + b.lineCount, units: a.units + b.units, total: a.total + b.total };
  if (!Number.isSafeInteger(sums.total)) throw new InexactSumError(sums.total);
  return sums;
}

/** A total is beyond 2^53 mills, so it cannot be kept exactly. */
export class InexactSumError extends Error {
  override readonly name = 'InexactSumError';
  readonly code = 'INEXACT_SUM';

  constructor(readonly mills: number) {
    super(`an invoice's total must stay within ±9007199254740.991 pounds: got about ${String(mills / 1000)}`);
  }
}
