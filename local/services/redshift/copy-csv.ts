import { isUtf8 } from 'node:buffer';
import type { CopyRows, RawRow } from './copy-rows.ts';
import { PIECE, replaceInvalid } from './copy-rows.ts';

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const TAB = 0x09;
const BACKSLASH = 0x5c;

export interface CsvFormat {
  readonly delimiter: string;
  readonly quote: string;
  /** Lines at the beginning of every file that hold no data. */
  readonly ignoreHeader: number;
  /** What, without quotes, stands for NULL. */
  readonly nullAs: string;
  /** Fill up a row that has too few values. */
  readonly fillRecord: boolean;
  readonly ignoreBlankLines: boolean;
}

/** Reads rows of values; a value in quotes may hold the delimiter, newlines and doubled quotes. */
export class CsvReader {
  private readonly delimiter: number;
  private readonly quote: number;
  private readonly nullAs: Uint8Array;
  /** What stands for NULL has a backslash, so that a line without any has no NULL. */
  private readonly isNullMarked: boolean;

  constructor(
    private readonly rows: CopyRows,
    private readonly format: CsvFormat,
    private readonly acceptInvalidAs: string | null,
  ) {
    this.delimiter = format.delimiter.charCodeAt(0);
    this.quote = format.quote.charCodeAt(0);
    this.nullAs = Buffer.from(format.nullAs);
    this.isNullMarked = format.nullAs.includes('\\');
  }

  /**
   * Read the whole rows of a block.
   *
   * @param firstLine - the number of its first line
   * @param isLast - nothing follows it
   * @returns how many lines there were, and how many bytes they had
   */
  read(block: Uint8Array, firstLine: number, isLast: boolean): { readonly lines: number; readonly bytes: number } {
    let line = firstLine;
    let start = 0;
    // Rows one by one would be told sound at a multiple of the cost.
    const isSound = isUtf8(block.subarray(0, block.lastIndexOf(NEWLINE) + 1));
    let quote = block.indexOf(this.quote);
    while (start < block.length) {
      // Most rows hold no quote, and then end where their line does.
      if (quote >= 0 && quote < start) quote = block.indexOf(this.quote, start);
      const newline = block.indexOf(NEWLINE, start);
      const isOneLine = newline >= 0 && (quote < 0 || quote > newline);
      const end = isOneLine ? newline + 1 : this.endOfRow(block, start);
      if (end < 0 && !isLast) break;
      const stop = end < 0 ? block.length : end;
      this.readLine({ source: block, start, end: stop, line, isSound: isSound && end >= 0 }, isOneLine);
      line += isOneLine ? 1 : countLines(block, start, stop);
      start = stop;
    }
    return { lines: line - firstLine, bytes: start };
  }

  /** Past the newline that ends the row; -1: it is not in the block. */
  private endOfRow(block: Uint8Array, start: number): number {
    let isQuoted = false;
    for (let at = start; at < block.length; at += 1) {
      const byte = block[at];
      if (byte === this.quote) isQuoted = !isQuoted;
      else if (byte === NEWLINE && !isQuoted) return at + 1;
    }
    return -1;
  }

  /** @param isOneLine - whether the row is known to be one line without a quote */
  private readLine(row: RawRow, isOneLine: boolean): void {
    const { source, start, line } = row;
    if (line <= this.format.ignoreHeader) return;
    if (source[row.end - 1] === NEWLINE) row.end -= 1;
    if (row.end > start && source[row.end - 1] === RETURN) row.end -= 1;
    if (row.end === start && this.format.ignoreBlankLines) return;
    if (this.isNullMarked && row.isSound && isOneLine && this.rows.addPlain(row, this.delimiter)) return;
    row.isSound ||= isUtf8(source.subarray(start, row.end));
    if (row.isSound || this.acceptInvalidAs === null) this.readRow(row);
    else {
      const repaired = replaceInvalid(source.subarray(start, row.end), this.acceptInvalidAs);
      this.readRow({ source: repaired, start: 0, end: repaired.length, line, isSound: true });
    }
  }

  private readRow(row: RawRow): void {
    const { rows, quote } = this;
    const { source, start, end } = row;
    const refuse = (code: number, message: string) => {
      rows.refuse(row, { code, message });
    };
    rows.pieces.fill(PIECE.absent);
    let at = start;
    for (let index = 0; ; index += 1) {
      if (index >= rows.columns.length) {
        refuse(1202, 'Extra column(s) found');
        return;
      }
      at = source[at] === quote && at < end ? this.quoted(source, at, end, index) : this.bare(source, at, end, index);
      if (at < 0) {
        refuse(1216, 'Invalid quote formatting for CSV');
        return;
      }
      if (at >= end) {
        if (index + 1 < rows.columns.length && !this.format.fillRecord) refuse(1214, 'Delimiter not found');
        else rows.add(row);
        return;
      }
      at += 1;
    }
  }

  /** @returns the place of the delimiter behind it, or the end; -1: the quotes are wrong */
  private quoted(source: Uint8Array, start: number, end: number, index: number): number {
    let isDoubled = false;
    let at = start + 1;
    for (; at < end; at += 1) {
      if (source[at] !== this.quote) continue;
      if (at + 1 >= end || source[at + 1] !== this.quote) break;
      isDoubled = true;
      at += 1;
    }
    if (at >= end) return -1;
    this.note(index, start + 1, at, isDoubled ? PIECE.doubled : PIECE.raw);
    at += 1;
    return at === end || source[at] === this.delimiter ? at : -1;
  }

  private bare(source: Uint8Array, start: number, end: number, index: number): number {
    const { delimiter } = this;
    let at = start;
    let isPlain = true;
    for (; at < end; at += 1) {
      const byte = source[at];
      if (byte === delimiter) break;
      if (byte === BACKSLASH || byte === TAB || byte === RETURN) isPlain = false;
    }
    if (!this.isNull(source, start, at)) this.note(index, start, at, isPlain ? PIECE.plain : PIECE.raw);
    return at;
  }

  private isNull(source: Uint8Array, start: number, end: number): boolean {
    const { nullAs } = this;
    if (end - start !== nullAs.length) return false;
    for (let at = start; at < end; at += 1) if (source[at] !== nullAs[at - start]) return false;
    return true;
  }

  private note(index: number, from: number, to: number, piece: number): void {
    this.rows.starts[index] = from;
    this.rows.ends[index] = to;
    this.rows.pieces[index] = piece;
  }
}

function countLines(block: Uint8Array, start: number, end: number): number {
  let lines = 0;
  for (let at = start; at < end; at += 1) if (block[at] === NEWLINE) lines += 1;
  return block[end - 1] === NEWLINE ? lines : lines + 1;
}
