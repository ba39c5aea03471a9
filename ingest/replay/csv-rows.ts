import { Buffer, isAscii, isUtf8 } from 'node:buffer';
import type { Delimiter } from './columns.ts';
import { MARK_CHARACTERS, unsupportedFileReason } from './file-kinds.ts';
import { fromWindows1252, notWindows1252Reason } from './windows-1252.ts';

/**
 * Longest row that is read; a longer one is refused.
 *
 * @remarks It also bounds how far a quote that is never closed can reach, and so the memory of the reader.
 */
export const MAX_ROW_CHARACTERS = 65_536;

/** One row after the header. */
export interface CsvRow {
  /** From 1, the first row after the header; blank lines do not count. */
  readonly number: number;
  /** The line of the file that it begins in, from 1. */
  readonly line: number;
  /** The row as it stands in the file, without its line end. */
  readonly text: string;
  /** As many as the header names, blanks kept; none when there is a problem. */
  readonly fields: readonly string[];
  /** Why the row cannot be read. */
  readonly problem: string | undefined;
}

/** Reads rows in the place of `CsvRows`, where they need not be split. */
export interface PlainRows {
  /**
   * @param from - where a row begins
   * @param number - of that row, and `line` that of the file, as in `CsvRow`
   * @returns how many whole rows it has taken, and where the first begins that it leaves: that one is split as any
   */
  take(bytes: Buffer, from: number, number: number, line: number): TakenRows;
}

export interface TakenRows {
  readonly rows: number;
  readonly end: number;
}

/** The first row of the file cannot be a header. */
export class UnreadableHeaderError extends Error {
  override readonly name = 'UnreadableHeaderError';
  readonly code = 'UNREADABLE_HEADER';

  constructor(readonly reason: string) {
    super(`the first row must name the columns, separated by commas: ${reason}`);
  }
}

const QUOTE = 0x22;
const COMMA = ',';
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

const NO_FIELDS: readonly string[] = [];
const NOT_ASCII = /[\u0080-\u00ff]/;
/** What Excel reads and leaves out before the header. */
const SEPARATOR_LINE = /^"?sep=([,;\t|])"?\r?$/i;
const UTF8_MARK = '\u00ef\u00bb\u00bf';

const OPEN_QUOTE = `a quote is opened and not closed within ${String(MAX_ROW_CHARACTERS)} characters`;
const GARBLED_QUOTE = 'text follows a closing quote: write a quote inside a quoted field twice';
const TOO_LONG = `the row is longer than ${String(MAX_ROW_CHARACTERS)} characters`;

/**
 * Splits the bytes of a CSV file into rows, wherever the bytes are cut.
 *
 * @remarks A row that cannot be read costs exactly one line of the file: reading goes on after it, so a stray quote never
 * swallows what follows. Each row is UTF-8 when its bytes are valid UTF-8 and Windows-1252 otherwise (text in that, of which
 * ISO-8859-1 is a part, is hardly ever valid UTF-8 by accident), which needs no second look at the file; after a byte-order mark
 * only UTF-8 is read.
 */
export class CsvRows {
  private foundDelimiter: Delimiter | undefined;

  /** @param delimiterOf - what separates the columns of a file that has this for its first line */
  constructor(private readonly delimiterOf: (header: string) => Delimiter = () => COMMA) {}

  /** How many rows beyond ASCII were read in which encoding. */
  readonly encodings = { utf8: 0, windows1252: 0 };

  /** Once the header was read: takes the rows that it can, and they are not among those that `push` and `end` give. */
  plainRows: PlainRows | undefined;

  private headerFields: readonly string[] | undefined;
  private number = 0;
  /** Of the next row. */
  private lineNumber = 1;
  // The rest of the bytes, one character per byte: positions in it are positions in the file, and it splits fast.
  private rest = '';
  private ascii = true;
  private marked: boolean | undefined;
  private skipsToNextLine = false;

  /** The first row, once it was read. */
  get header(): readonly string[] | undefined {
    return this.headerFields;
  }

  /** What separates the columns, as far as the header was read. */
  get delimiter(): Delimiter {
    return this.foundDelimiter ?? COMMA;
  }

  /** The rows that are complete with these bytes. @throws UnreadableHeaderError */
  push(bytes: Buffer): CsvRow[] {
    return this.plainRows === undefined ? this.pushBytes(bytes) : this.pushPlain(bytes, this.plainRows);
  }

  private pushPlain(bytes: Buffer, plainRows: PlainRows): CsvRow[] {
    const rows: CsvRow[] = [];
    for (let at = 0; at < bytes.length;) {
      if (this.rest === '' && !this.skipsToNextLine) {
        const taken = plainRows.take(bytes, at, this.number + 1, this.lineNumber);
        this.number += taken.rows;
        this.lineNumber += taken.rows;
        at = taken.end;
      }
      // A line, or as much again as there is of a row that goes on: what is looked at again and again stays little.
      const lineFeed = bytes.indexOf(LINE_FEED, Math.min(bytes.length, at + this.rest.length));
      const end = lineFeed === -1 ? bytes.length : lineFeed + 1;
      rows.push(...this.pushBytes(bytes.subarray(at, end)));
      at = end;
    }
    return rows;
  }

  private pushBytes(bytes: Buffer): CsvRow[] {
    this.ascii = this.ascii && isAscii(bytes);
    return this.split(this.rest + bytes.toString('latin1'), false);
  }

  /** The last row, when the file does not end with a line end. @throws UnreadableHeaderError */
  end(): CsvRow[] {
    const rows = this.split(this.rest, true);
    if (this.headerFields === undefined) throw new UnreadableHeaderError('the file is empty');
    return rows;
  }

  private split(bytes: string, last: boolean): CsvRow[] {
    const text = this.withoutMark(bytes, last);
    if (text === undefined) return [];
    const rows: CsvRow[] = [];
    let at = 0;
    let quote = -2;
    while (at < text.length) {
      const lineFeed = text.indexOf('\n', at);
      const lineEnd = lineFeed === -1 ? text.length : lineFeed;
      if (this.skipsToNextLine) {
        this.skipsToNextLine = lineFeed === -1;
        if (lineFeed !== -1) this.lineNumber += 1;
        at = lineEnd + 1;
        continue;
      }
      if (this.foundDelimiter === undefined) refuseLoneReturns(text, at, lineEnd);
      if (lineEnd - at > MAX_ROW_CHARACTERS) {
        this.unreadable(rows, fromWindows1252(text.slice(at, at + MAX_ROW_CHARACTERS)), TOO_LONG);
        this.skipsToNextLine = lineFeed === -1;
        if (lineFeed !== -1) this.lineNumber += 1;
        at = lineEnd + 1;
        continue;
      }
      if (lineFeed === -1 && !last) break;
      if (this.foundDelimiter === undefined && this.takesNoRow(text.slice(at, lineEnd))) {
        this.lineNumber += 1;
        at = lineEnd + 1;
        continue;
      }
      if (quote !== -1 && quote < at) quote = text.indexOf('"', at);
      if (quote === -1 || quote > lineEnd) {
        this.line(rows, text, at, lineEnd);
        this.lineNumber += 1;
        at = lineEnd + 1;
        continue;
      }
      const found = quotedFields(text, at, last, this.delimiter);
      if (found.state === 'open' && !last && text.length - at <= MAX_ROW_CHARACTERS) break;
      at = this.quoted(rows, text, { from: at, lineEnd }, found);
    }
    this.rest = at < text.length ? text.slice(at) : '';
    this.ascii = this.rest === '' || !NOT_ASCII.test(this.rest);
    return rows;
  }

  private withoutMark(text: string, last: boolean): string | undefined {
    if (this.marked !== undefined) return text;
    if (text.length < MARK_CHARACTERS && !last) {
      this.rest = text;
      return undefined;
    }
    const reason = unsupportedFileReason(text);
    if (reason !== undefined) throw new UnreadableHeaderError(reason);
    this.marked = text.startsWith(UTF8_MARK);
    return this.marked ? text.slice(UTF8_MARK.length) : text;
  }

  /** Whether the first line is none of the table: blank, or Excel's word for what separates the columns. */
  private takesNoRow(line: string): boolean {
    if (line.trim() === '') return true;
    const said = SEPARATOR_LINE.exec(line)?.[1] as Delimiter | undefined;
    const bytes = Buffer.from(line, 'latin1');
    this.foundDelimiter = said ?? this.delimiterOf(isUtf8(bytes) ? bytes.toString('utf8') : line);
    return said !== undefined;
  }

  /** A row without quotes: nearly all of them. */
  private line(rows: CsvRow[], text: string, from: number, lineEnd: number): void {
    const to = text.charCodeAt(lineEnd - 1) === CARRIAGE_RETURN && lineEnd > from ? lineEnd - 1 : lineEnd;
    const raw = text.slice(from, to);
    const decoded = this.decoded(raw);
    if (decoded.problem === undefined) this.emit(rows, decoded.text, decoded.text.split(this.delimiter));
    else this.unreadable(rows, decoded.text, decoded.problem);
  }

  /** Returns where the next row begins. */
  private quoted(
    rows: CsvRow[],
    text: string,
    { from, lineEnd }: { readonly from: number; readonly lineEnd: number },
    found: QuotedFields,
  ): number {
    const firstLine = () => text.slice(from, lineEnd).replace(/\r$/, '');
    const tooFar = found.end - from > MAX_ROW_CHARACTERS;
    const spansLines = found.end > lineEnd;
    if (found.state !== 'closed' || tooFar) {
      // What follows a quote in another line says that the quote of this one was not meant.
      const problem = found.state === 'garbled' && !spansLines ? GARBLED_QUOTE : OPEN_QUOTE;
      this.unreadable(rows, this.decoded(firstLine()).text, problem);
      this.lineNumber += 1;
      return lineEnd + 1;
    }
    if (spansLines && this.headerFields !== undefined && found.fields.length !== this.headerFields.length) {
      this.unreadable(rows, this.decoded(firstLine()).text, OPEN_QUOTE);
      this.lineNumber += 1;
      return lineEnd + 1;
    }
    const raw = text.slice(from, found.end).replace(/\r$/, '');
    const decoded = this.decoded(raw);
    if (decoded.problem !== undefined) this.unreadable(rows, decoded.text, decoded.problem);
    else
      this.emit(
        rows,
        decoded.text,
        decoded.text === raw ? found.fields : quotedFields(decoded.text, 0, true, this.delimiter).fields,
      );
    this.lineNumber += spansLines ? text.slice(from, found.end + 1).split('\n').length - 1 : 1;
    return found.end + 1;
  }

  private emit(rows: CsvRow[], text: string, fields: readonly string[]): void {
    if (fields.length === 1 && text.trim() === '') return;
    if (this.headerFields === undefined) {
      this.headerFields = fields;
      return;
    }
    if (fields.length === this.headerFields.length)
      rows.push({ number: ++this.number, line: this.lineNumber, text, fields, problem: undefined });
    else
      this.unreadable(
        rows,
        text,
        `the header names ${String(this.headerFields.length)} columns, the row has ${String(fields.length)} fields`,
      );
  }

  private unreadable(rows: CsvRow[], text: string, problem: string): void {
    if (this.headerFields === undefined) throw new UnreadableHeaderError(problem);
    rows.push({ number: ++this.number, line: this.lineNumber, text, fields: NO_FIELDS, problem });
  }

  private decoded(raw: string): Decoded {
    if (this.ascii || !NOT_ASCII.test(raw)) return { text: raw, problem: undefined };
    const bytes = Buffer.from(raw, 'latin1');
    if (isUtf8(bytes)) {
      this.encodings.utf8 += 1;
      return { text: bytes.toString('utf8'), problem: undefined };
    }
    const problem = this.marked === true ? NOT_UTF8 : notWindows1252Reason(raw);
    if (problem === undefined) this.encodings.windows1252 += 1;
    return { text: fromWindows1252(raw), problem };
  }
}

interface Decoded {
  readonly text: string;
  /** Why it cannot be the text that was meant. */
  readonly problem: string | undefined;
}

/** @throws UnreadableHeaderError for a first line that goes on behind a carriage return outside quotes */
function refuseLoneReturns(text: string, from: number, to: number): void {
  if (/^[^"\r]*\r./s.test(text.slice(from, to))) throw new UnreadableHeaderError(LONE_RETURNS);
}

const LONE_RETURNS = 'its lines end in a carriage return alone; save it as "CSV UTF-8"';
const NOT_UTF8 = 'the file begins with the byte-order mark of UTF-8, but this row is not UTF-8';

interface QuotedFields {
  /** `open`: the text ends before the row is known to end. `garbled`: text follows a closing quote. */
  readonly state: 'closed' | 'open' | 'garbled';
  readonly fields: readonly string[];
  /** Where the row's line feed stands, or how far the row was read. */
  readonly end: number;
}

/** Reads one row with quotes; a quote inside an unquoted field stands for itself. */
function quotedFields(text: string, from: number, last: boolean, delimiter: Delimiter = COMMA): QuotedFields {
  const fields: string[] = [];
  let at = from;
  for (;;) {
    if (text.charCodeAt(at) !== QUOTE) {
      const comma = text.indexOf(delimiter, at);
      const lineFeed = text.indexOf('\n', at);
      if (comma !== -1 && (lineFeed === -1 || comma < lineFeed)) {
        fields.push(text.slice(at, comma));
        at = comma + 1;
        continue;
      }
      if (lineFeed === -1 && !last) return { state: 'open', fields, end: text.length };
      const end = lineFeed === -1 ? text.length : lineFeed;
      const carriageReturn = end > at && text.charCodeAt(end - 1) === CARRIAGE_RETURN;
      fields.push(text.slice(at, carriageReturn ? end - 1 : end));
      return { state: 'closed', fields, end };
    }
    let value = '';
    for (let part = at + 1; ;) {
      const close = text.indexOf('"', part);
      if (close === -1 || (close + 1 === text.length && !last)) return { state: 'open', fields, end: text.length };
      if (text.charCodeAt(close + 1) === QUOTE) {
        value += text.slice(part, close + 1);
        part = close + 2;
        continue;
      }
      value += text.slice(part, close);
      at = close + 1;
      break;
    }
    fields.push(value);
    if (text[at] === delimiter) {
      at += 1;
      continue;
    }
    if (text.charCodeAt(at) === CARRIAGE_RETURN) {
      if (at + 1 === text.length && !last) return { state: 'open', fields, end: text.length };
      at += 1;
    }
    if (at >= text.length || text.charCodeAt(at) === LINE_FEED) return { state: 'closed', fields, end: at };
    return { state: 'garbled', fields, end: at };
  }
}
