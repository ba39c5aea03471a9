import { Buffer } from 'node:buffer';
import { columnsOf, type ColumnNames, type Delimiter } from './columns.ts';
import { MAX_ROW_CHARACTERS, type CsvRow, type CsvRows, type PlainRows, type TakenRows } from './csv-rows.ts';

/** Takes a date, without blanks around it. */
type OnDate = (text: string, row: number, line: number) => void;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const QUOTE = 0x22;
const LAST_OF_ASCII = 0x7f;

/** The dates of the rows of a file, as splitting all of them would find them, for a fraction of the work. */
export class FileDates {
  private column: number | undefined;

  /** @param onDate - takes dates in any order of rows: of neighbours that are alike, perhaps the first alone */
  constructor(
    private readonly rows: CsvRows,
    private readonly named: ColumnNames | undefined,
    private readonly onDate: OnDate,
  ) {}

  /** @throws UnreadableHeaderError, ColumnsError */
  push(bytes: Buffer): void {
    this.see(this.rows.push(bytes));
  }

  /** @throws UnreadableHeaderError, ColumnsError */
  end(): void {
    this.see(this.rows.end());
  }

  private see(found: readonly CsvRow[]): void {
    const { header, delimiter } = this.rows;
    if (header === undefined) return;
    const column = (this.column ??= columnsOf(header, this.named).invoiceDate);
    this.rows.plainRows ??= new DateColumn(delimiter, header.length, column, this.onDate);
    for (const { fields, number, line } of found) this.onDate((fields[column] ?? '').trim(), number, line);
  }
}

/** Finds the date of each row in ASCII without quotes, which are nearly all, and makes nothing of the other fields. */
class DateColumn implements PlainRows {
  private readonly delimiter: number;
  private last = Buffer.alloc(0);

  /**
   * @param width - how many fields a row has
   * @param column - which of them is the date, from 0
   */
  constructor(
    delimiter: Delimiter,
    private readonly width: number,
    private readonly column: number,
    private readonly onDate: OnDate,
  ) {
    this.delimiter = delimiter.charCodeAt(0);
  }

  /** Too few fields or too many, a blank row, a quote, a letter beyond ASCII: whatever is not plain is left where it begins. */
  take(bytes: Buffer, from: number, number: number, line: number): TakenRows {
    const [delimiter, { column }, lastField] = [this.delimiter, this, this.width - 1];
    let [rows, rowFrom, field, dateFrom, dateTo] = [0, from, 0, from, -1];
    for (let at = from; at < bytes.length; at += 1) {
      const byte = bytes[at] ?? QUOTE;
      if (byte === delimiter) {
        if (field === column) dateTo = at;
        field += 1;
        if (field === column) dateFrom = at + 1;
      } else if (byte === LINE_FEED) {
        if (field !== lastField || at - rowFrom > MAX_ROW_CHARACTERS) break;
        if (field === column) dateTo = bytes[at - 1] === CARRIAGE_RETURN ? at - 1 : at;
        if (!this.isLast(bytes, dateFrom, dateTo)) {
          this.last = Buffer.from(bytes.subarray(dateFrom, dateTo));
          this.onDate(this.last.toString('latin1').trim(), number + rows, line + rows);
        }
        rows += 1;
        [rowFrom, field, dateFrom] = [at + 1, 0, at + 1];
      } else if (byte === QUOTE || byte > LAST_OF_ASCII) break;
    }
    return { rows, end: rowFrom };
  }

  private isLast(bytes: Buffer, from: number, to: number): boolean {
    const last = this.last;
    if (to - from !== last.length) return false;
    for (let at = 0; at < last.length; at += 1) if (bytes[from + at] !== last[at]) return false;
    return true;
  }
}
