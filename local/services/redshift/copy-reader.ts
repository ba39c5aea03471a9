import type { CopyFormat } from './copy-command.ts';
import { CsvReader } from './copy-csv.ts';
import { JsonPathReader } from './copy-json-paths.ts';
import { JsonReader } from './copy-json.ts';
import type { Batch, Conversions, LoadColumn } from './copy-rows.ts';
import { CopyRows } from './copy-rows.ts';

/** What a reader must know. */
export interface LoadShape {
  readonly format: CopyFormat;
  readonly columns: readonly LoadColumn[];
  readonly conversions: Conversions;
}

/** The largest row that Redshift takes, in bytes. */
const LONGEST_ROW = 4 * 1024 * 1024;

/** A row is larger than Redshift takes; nothing can be read behind it. */
export class RowTooLongError extends Error {
  override readonly name = 'RowTooLongError';
  readonly code = 'ROW_TOO_LONG';

  constructor(readonly line: number) {
    super(`the row at line ${String(line)} has more than ${String(LONGEST_ROW)} bytes, the most that COPY takes`);
  }
}

/** Turns the bytes of files, one file after the other, into rows, and keeps no more than a row. */
export class FileReader {
  private readonly rows: CopyRows;
  private readonly reader: JsonReader | JsonPathReader | CsvReader;
  private rest = new Uint8Array(0);
  private line = 1;

  constructor({ format, columns, conversions }: LoadShape) {
    this.rows = new CopyRows(columns, conversions, format.type === 'csv' ? format.quote : '"');
    const { acceptInvalidAs } = conversions;
    if (format.type === 'csv') this.reader = new CsvReader(this.rows, format, acceptInvalidAs);
    else if (format.paths === null) this.reader = new JsonReader(this.rows, format.ignoreCase, acceptInvalidAs);
    else this.reader = new JsonPathReader(this.rows, format.paths, acceptInvalidAs);
  }

  /** @throws RowTooLongError */
  read(bytes: Uint8Array): Batch {
    return this.consume(joined(this.rest, bytes), false);
  }

  /** The file ends; the next bytes are another's. */
  endFile(): Batch {
    const batch = this.consume(this.rest.length > 0 ? joined(this.rest, Buffer.from('\n')) : this.rest, true);
    this.line = 1;
    return batch;
  }

  private consume(block: Uint8Array<ArrayBuffer>, isLast: boolean): Batch {
    const { lines, bytes } = this.reader.read(block, this.line, isLast);
    this.line += lines;
    this.rest = block.slice(bytes);
    if (this.rest.length > LONGEST_ROW) throw new RowTooLongError(this.line);
    return this.rows.take();
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
