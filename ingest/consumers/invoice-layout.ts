import type { TransactionLine } from '../../domain/transaction-line.ts';
import type { InvoiceLines } from './invoice-lines.ts';
import type { ChunkPlace } from './ledger.ts';

/**
 * Most lines that a header carries itself: with them a usual invoice is one item, one write and one read.
 *
 * @remarks A header is written again when more lines arrive, so it stays small: 64 lines are about 4 KB.
 */
const LINES_IN_HEADER = 64;

/**
 * Most lines of one chunk: about 16 KB, a fraction of what a page of lines reads.
 *
 * @remarks With the longest texts of four bytes a character they are 350 KB. @source DynamoDB: an item has at most 400 KB
 */
const LINES_IN_CHUNK = 250;

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
 * Where the lines of an invoice go: those of a chunk with a corrected line into a new chunk in its place, and all lines of a header that
 * would have too many into new chunks at the end.
 *
 * @remarks A line keeps its place in its chunk, and a chunk its number, for ever: whoever reads page by page goes on where a page ended.
 * @param chunks - as they are stored
 * @param replaced - places of corrected lines
 * @param newKey - makes a key for the chunk of this number, from 1
 */
export function layOutInvoice(
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
  let next = 0;
  let start = 0;
  for (const chunk of chunks) {
    const end = start + chunk.lineCount;
    const isCorrected = (corrected[next] ?? Infinity) < end;
    while ((corrected[next] ?? Infinity) < end) next++;
    if (isCorrected) {
      replacedChunks.push(chunk.key);
      lay(invoice.slice(start, end));
    } else laid.push(chunk);
    start = end;
  }
  const tail = invoice.slice(start);
  if (tail.length <= LINES_IN_HEADER) return { newChunks, chunks: laid, replacedChunks, tail };
  const size = Math.ceil(tail.length / Math.ceil(tail.length / LINES_IN_CHUNK));
  for (let place = 0; place < tail.length; place += size) lay(tail.slice(place, place + size));
  return { newChunks, chunks: laid, replacedChunks, tail: [] };
}
