import type { TransactionLine } from '../../domain/transaction-line.ts';
import type { InvoiceLines } from './invoice-lines.ts';
import type { ChunkPlace } from './ledger.ts';

/**
 * Most lines that a header carries itself: with them a usual invoice is one item, one write and one read.
 *
 * @remarks A header is written again when more lines arrive, so it stays small: 64 lines are about 4 KB.
 */
const LINES_IN_HEADER = 64;

/** Most lines of one chunk: about 16 KB, a fraction of what a page of lines reads. */
const LINES_IN_CHUNK = 250;

/** Most bytes of one chunk. @source DynamoDB: an item has at most 400 KB; 250 lines of the longest texts have more */
const BYTES_IN_CHUNK = 160_000;

/** What is to be written of an invoice. */
export interface Layout {
  /** New chunks, under keys that no chunk ever had. */
  readonly newChunks: readonly { readonly key: string; readonly lines: readonly TransactionLine[] }[];
  /** All chunks that count now, in order. */
  readonly chunks: readonly ChunkPlace[];
  readonly replacedChunks: readonly string[];
  /** Lines that the header carries itself. */
  readonly tail: readonly TransactionLine[];
}

/**
 * Where the lines of an invoice go: those of a chunk with a corrected line into a new chunk in its place; and all lines of a header that
 * would have too many into new chunks, together with those of the last chunk if they fit.
 *
 * @param chunks - as they are stored
 * @param replaced - places of corrected lines
 * @param newKey - makes a key for the chunk of this number, from 1
 */
export function layOut(
  invoice: InvoiceLines,
  chunks: readonly ChunkPlace[],
  replaced: readonly number[],
  newKey: (number: number) => string,
): Layout {
  const newChunks: { key: string; lines: readonly TransactionLine[] }[] = [];
  const replacedChunks: string[] = [];
  const laid: ChunkPlace[] = [];
  const lay = (lines: readonly TransactionLine[]) => {
    const key = newKey(laid.length + 1);
    newChunks.push({ key, lines });
    laid.push({ key, lineCount: lines.length });
  };

  const corrected = [...replaced].sort((a, b) => a - b);
  const isSpilling = invoice.length - lineCountOf(chunks) > LINES_IN_HEADER;
  let start = 0;
  let next = 0;
  for (const [place, chunk] of chunks.entries()) {
    const end = start + chunk.lineCount;
    const isCorrected = (corrected[next] ?? Infinity) < end;
    while ((corrected[next] ?? Infinity) < end) next++;
    const takesTheTail = isSpilling && place === chunks.length - 1 && fitsOneChunk(invoice.slice(start));
    if (!isCorrected && !takesTheTail) laid.push(chunk);
    else {
      replacedChunks.push(chunk.key);
      if (takesTheTail) break;
      for (const lines of cut(invoice.slice(start, end))) lay(lines);
    }
    start = end;
  }
  if (isSpilling) for (const lines of cut(invoice.slice(start))) lay(lines);
  return { newChunks, chunks: laid, replacedChunks, tail: isSpilling ? [] : invoice.slice(start) };
}

const lineCountOf = (chunks: readonly ChunkPlace[]) => chunks.reduce((sum, { lineCount }) => sum + lineCount, 0);

/** At most so many bytes a line has in its item: a character takes up to three for each of its UTF-16 units, or two when escaped. */
const mostBytes = (line: TransactionLine) =>
  80 +
  3 *
    (line.lineId.length +
      line.stockCode.length +
      (line.description?.length ?? 0) +
      (line.customerId?.length ?? 0) +
      line.country.length);

const fitsOneChunk = (lines: readonly TransactionLine[]) =>
  lines.length <= LINES_IN_CHUNK && lines.reduce((sum, line) => sum + mostBytes(line), 0) <= BYTES_IN_CHUNK;

/** Chunks of about the same length. */
function cut(lines: readonly TransactionLine[]): TransactionLine[][] {
  const most = Math.ceil(lines.length / Math.ceil(lines.length / LINES_IN_CHUNK));
  const pieces: TransactionLine[][] = [];
  let bytes = 0;
  for (const line of lines) {
    const piece = pieces.at(-1);
    bytes += mostBytes(line);
    if (piece !== undefined && piece.length < most && bytes <= BYTES_IN_CHUNK) piece.push(line);
    else {
      pieces.push([line]);
      bytes = mostBytes(line);
    }
  }
  return pieces;
}
