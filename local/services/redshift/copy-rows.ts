import { isUtf8 } from 'node:buffer';
import { TimeFormat } from './copy-time-format.ts';

/** A column that COPY fills. */
export interface LoadColumn {
  readonly name: string;
  /** As the load's error table calls it: `varchar`, `int4`, … */
  readonly type: string;
  /** Longest value in bytes; null: the type has no such limit. */
  readonly bytes: number | null;
  readonly isText: boolean;
  readonly isTimestamp: boolean;
  readonly isNotNull: boolean;
}

/** How values become what is stored. */
export interface Conversions {
  readonly truncateColumns: boolean;
  readonly blanksAsNull: boolean;
  readonly emptyAsNull: boolean;
  /** What stands for each byte that is no UTF-8; null: such a value is an error. */
  readonly acceptInvalidAs: string | null;
  /** `default`: `YYYY-MM-DD HH:MI:SS`; `auto`: ISO 8601 too. */
  readonly timeFormat: 'default' | 'auto' | 'epochsecs' | 'epochmillisecs';
  /** How times and dates are written, such as `DD/MM/YYYY HH24:MI`; null: as said above, and as PostgreSQL reads them. */
  readonly timePattern: string | null;
  readonly datePattern: string | null;
}

/** A row that was not loaded, and why. Codes: https://docs.aws.amazon.com/redshift/latest/dg/r_Load_Error_Reference.html */
export interface RowError {
  /** Counts from 1 in its file. */
  readonly line: number;
  readonly column: LoadColumn | null;
  readonly code: number;
  readonly message: string;
  /** At most 1,024 characters. */
  readonly rawLine: string;
}

/** Rows in PostgreSQL's text format. */
export interface Batch {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The line that each row comes from. */
  readonly lines: Uint32Array<ArrayBuffer>;
  readonly errors: readonly RowError[];
}

/** What stands between two places of the source. */
export const PIECE = {
  /** Nothing: NULL. */
  absent: 0,
  /** The value as it is. */
  plain: 1,
  /** A JSON text without its quotes, with backslashes. */
  escaped: 2,
  /** Text in which the target's own separators may stand. */
  raw: 3,
  /** Likewise, with doubled quotes. */
  doubled: 4,
} as const;
export type Piece = (typeof PIECE)[keyof typeof PIECE];

/** A row as it stands in `source`, from `start` to `end`. */
export interface RawRow {
  readonly source: Uint8Array;
  readonly start: number;
  end: number;
  readonly line: number;
  /** Whether all of it is known to be UTF-8. */
  isSound: boolean;
}

/** The problem of one value. */
interface Problem {
  readonly code: number;
  readonly message: string;
}

const TAB = 9;
const NEWLINE = 10;
const RETURN = 13;
const BACKSLASH = 92;
const LETTER_N = 78;
const SPACE = 32;

/**
 * Collects rows in PostgreSQL's text format. A reader says where each column's value stands in the source, and then
 * {@link add} writes the row, or notes why not.
 */
export class CopyRows {
  /** For each column, where its value begins and ends in the source, and what it is. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly pieces: Uint8Array;
  /** For each column, the longest text that is stored as it is written; null: there are columns of which none is. */
  private readonly widths: Float64Array | null;
  private readonly timePattern: TimeFormat | null;
  private readonly datePattern: TimeFormat | null;
  private errors: RowError[] = [];
  private lines: number[] = [];
  private bytes = new Uint8Array(1 << 20);
  private length = 0;

  constructor(
    readonly columns: readonly LoadColumn[],
    private readonly conversions: Conversions,
    /** Of a quoted value. */
    private readonly quote = '"',
  ) {
    this.starts = new Int32Array(columns.length);
    this.ends = new Int32Array(columns.length);
    this.pieces = new Uint8Array(columns.length);
    const { blanksAsNull, emptyAsNull, timePattern, datePattern } = conversions;
    this.timePattern = timePattern === null ? null : new TimeFormat(timePattern, 'TIMEFORMAT');
    this.datePattern = datePattern === null ? null : new TimeFormat(datePattern, 'DATEFORMAT');
    const isPlain = !blanksAsNull && !emptyAsNull && columns.every(({ isText }) => isText);
    this.widths = isPlain ? Float64Array.from(columns, ({ bytes }) => bytes ?? Infinity) : null;
  }

  /** The rows since the last time. */
  take(): Batch {
    const batch = { bytes: this.bytes.slice(0, this.length), lines: Uint32Array.from(this.lines), errors: this.errors };
    this.length = 0;
    this.lines = [];
    this.errors = [];
    return batch;
  }

  /** Note that a line is no row. */
  refuse({ line, source, start, end }: RawRow, problem: Problem, column: LoadColumn | null = null): void {
    const rawLine = Buffer.from(source.buffer, source.byteOffset + start, Math.min(end - start, 4096))
      .toString('utf8')
      .replaceAll('\0', '.')
      .slice(0, 1024);
    this.errors.push({ line, column, ...problem, rawLine });
  }

  /** Write a row whose values stand where `starts`, `ends` and `pieces` say. */
  add(row: RawRow): void {
    const { line, source, start, end, isSound } = row;
    const { columns, starts, ends, pieces } = this;
    const { blanksAsNull, emptyAsNull } = this.conversions;
    const begin = this.length;
    // Every byte may double in the slow ways; the fast one needs no more.
    this.reserve(2 * (end - start) + 4 * columns.length + 8);
    let out = this.bytes;
    let at = begin;
    for (let index = 0; index < columns.length; index += 1) {
      const column = columns[index];
      if (column === undefined) break;
      if (index > 0) out[at++] = TAB;
      const piece = pieces[index] ?? 0;
      const from = starts[index] ?? 0;
      const to = ends[index] ?? 0;
      const mayBeEasy = piece === PIECE.plain && isSound && column.isText && !blanksAsNull;
      if (mayBeEasy && (to > from || !emptyAsNull) && to - from <= (column.bytes ?? Infinity)) {
        for (let byte = from; byte < to; byte += 1) out[at++] = source[byte] ?? 0;
        continue;
      }
      const value = piece === PIECE.absent ? null : this.convert(row, column, index);
      if (value === null) {
        if (column.isNotNull) {
          this.refuse(row, { code: 1213, message: 'Missing data for not-null field' }, column);
          this.length = begin;
          return;
        }
        out[at++] = BACKSLASH;
        out[at++] = LETTER_N;
      } else if ('code' in value) {
        this.refuse(row, value, column);
        this.length = begin;
        return;
      } else {
        this.length = at;
        this.reserve(2 * value.length + 4 * columns.length + 2 * (end - start) + 8);
        out = this.bytes;
        at = writeEscaped(out, at, value);
      }
    }
    out[at++] = NEWLINE;
    this.length = at;
    this.lines.push(line);
  }

  /**
   * Write a row whose values stand between delimiters, all of it UTF-8 and nothing in it quoted, in one go.
   *
   * @returns false, and nothing is written, when it takes {@link add}: a value must be looked into or is too long, or there are too few
   */
  addPlain({ line, source, start, end }: RawRow, delimiter: number): boolean {
    const { columns, widths } = this;
    if (widths === null) return false;
    this.reserve(end - start + 1);
    const out = this.bytes;
    let at = this.length;
    let index = 0;
    let from = start;
    for (let place = start; place <= end; place += 1) {
      const byte = source[place] ?? 0;
      if (place === end || byte === delimiter) {
        if (place - from > (widths[index] ?? -1)) return false;
        out[at++] = place === end ? NEWLINE : TAB;
        index += 1;
        from = place + 1;
      } else if (byte === BACKSLASH || byte === TAB || byte === RETURN) return false;
      else out[at++] = byte;
    }
    if (index !== columns.length) return false;
    this.length = at;
    this.lines.push(line);
    return true;
  }

  /** The long way: a value that must be decoded, looked into or cut. */
  private convert({ source, isSound }: RawRow, column: LoadColumn, index: number): Buffer | Problem | null {
    const { blanksAsNull, emptyAsNull, truncateColumns, timeFormat } = this.conversions;
    const from = this.starts[index] ?? 0;
    const piece = this.pieces[index];
    let bytes = Buffer.from(source.buffer, source.byteOffset + from, (this.ends[index] ?? 0) - from);
    if (!isSound && !isUtf8(bytes)) return invalidUtf8(bytes);
    if (piece === PIECE.escaped) {
      const text = unescape(bytes.toString('utf8'));
      if (text === null) return { code: 1216, message: 'Invalid JSON formatting. Could not read the escapes of a text.' };
      if (text.includes('\0'))
        return { code: 1220, message: 'String contains invalid or unsupported UTF8 codepoints. Bad UTF8 hex sequence: 00' };
      bytes = Buffer.from(text);
    } else if (piece === PIECE.doubled) {
      bytes = Buffer.from(bytes.toString('utf8').replaceAll(this.quote + this.quote, this.quote));
    }
    if (!column.isText) {
      if (bytes.length === 0) return null;
      if (column.isTimestamp && this.timePattern !== null) return written(bytes, this.timePattern, 1206, 'timestamp');
      if (column.type === 'date' && this.datePattern !== null) return written(bytes, this.datePattern, 1205, 'date');
      return column.isTimestamp && timeFormat !== 'auto' ? timestamp(bytes, timeFormat) : bytes;
    }
    if (bytes.length === 0 && emptyAsNull) return null;
    if (blanksAsNull && isBlank(bytes)) return null;
    if (column.bytes === null || bytes.length <= column.bytes) return bytes;
    return truncateColumns ? cut(bytes, column.bytes) : { code: 1204, message: 'String length exceeds DDL length' };
  }

  private reserve(size: number): void {
    if (this.length + size <= this.bytes.length) return;
    const larger = new Uint8Array(2 * (this.length + size));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }
}

/** With the four characters that mean something to COPY escaped. @returns where it ends */
function writeEscaped(out: Uint8Array, start: number, value: Uint8Array): number {
  let at = start;
  for (const byte of value) {
    const letter = byte === TAB ? 116 : byte === NEWLINE ? 110 : byte === RETURN ? 114 : byte === BACKSLASH ? BACKSLASH : 0;
    if (letter !== 0) out[at++] = BACKSLASH;
    out[at++] = letter === 0 ? byte : letter;
  }
  return at;
}

function unescape(text: string): string | null {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return null;
  }
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === SPACE || (byte >= TAB && byte <= 13));
}

/** Never inside a character. */
function cut(bytes: Buffer, limit: number): Buffer {
  let end = limit;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end);
}

function timestamp(bytes: Buffer, format: 'default' | 'epochsecs' | 'epochmillisecs'): Buffer | Problem {
  const text = bytes.toString('latin1');
  const refusal = {
    code: 1206,
    message: `Invalid timestamp format or value [${format === 'default' ? 'YYYY-MM-DD HH24:MI:SS' : format}]`,
  };
  if (format === 'default') return /^\d{4}-\d\d-\d\d(?: \d\d:\d\d:\d\d(?:\.\d+)?)?$/.test(text) ? bytes : refusal;
  const time = Number(text) * (format === 'epochsecs' ? 1000 : 1);
  const isTime = text.trim() !== '' && Math.abs(time) <= 8.64e15;
  return isTime ? Buffer.from(new Date(time).toISOString()) : refusal;
}

function written(bytes: Buffer, format: TimeFormat, code: number, kind: string): Buffer | Problem {
  const found = format.read(bytes.toString('utf8'));
  return found === undefined ? { code, message: `Invalid ${kind} format or value [${format.format}]` } : Buffer.from(found);
}

function invalidUtf8(bytes: Buffer): Problem {
  const decoded = bytes.toString('utf8');
  const valid = Buffer.byteLength(decoded.slice(0, decoded.indexOf('\ufffd')));
  const sequence = bytes
    .subarray(valid, valid + 4)
    .toString('hex')
    .replace(/(..)(?=.)/g, '$1 ');
  return { code: 1220, message: `String contains invalid or unsupported UTF8 codepoints. Bad UTF8 hex sequence: ${sequence}` };
}

/** A line with every byte that is no part of a character replaced, one for one. */
export function replaceInvalid(bytes: Uint8Array, replacement: string): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(bytes);
  const substitute = replacement.charCodeAt(0);
  for (let at = 0; at < copy.length;) {
    const lead = copy[at] ?? 0;
    const size = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (isUtf8(copy.subarray(at, at + size))) at += size;
    else copy[at++] = substitute;
  }
  return copy;
}
