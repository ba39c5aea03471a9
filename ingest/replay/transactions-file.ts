import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { columnsOf, delimiterOf, type Delimiter } from './columns.ts';
import { CsvRows, type CsvRow } from './csv-rows.ts';
import { FileDates } from './file-dates.ts';
import { DateSurvey, type DateFinding } from './date-survey.ts';
import { USUAL_DATES, type DateReading } from './invoice-dates.ts';
import { layoutAsJson, type FileLayout } from './layout.ts';
import { LineReader, type SaleLine } from './line-from-row.ts';
import { TextBytes } from './utf-16.ts';

/** Bytes read, and unpacked, at a time. */
const CHUNK_BYTES = 262_144;
const FINGERPRINT_BYTES = 65_536;

/** What tells one state of a file from another. */
export interface Fingerprint {
  readonly size: number;
  readonly modified: string;
  /** Hex digest of the first 64 KiB. */
  readonly beginning: string;
}

/** A row of the file: a line, or the reason why it is none. */
export type ReadRow =
  | { readonly number: number; readonly text: string; readonly line: SaleLine; readonly problem: undefined }
  | { readonly number: number; readonly text: string; readonly line: undefined; readonly problem: string };

/** Rows that were read together. */
export interface RowBatch {
  readonly rows: readonly ReadRow[];
  /** How much of the file was read so far, 0 to 1. */
  readonly share: number;
}

/** How a file is written. */
export interface FileSurvey {
  readonly dates: DateFinding;
  readonly delimiter: Delimiter;
}

/** The file cannot be opened, or breaks off. */
export class FileError extends Error {
  override readonly name = 'FileError';
  readonly code = 'FILE';

  constructor(
    readonly path: string,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`${path}: ${reason}`, options);
  }
}

/** A CSV file of transaction lines, plain or gzip (told by its first bytes, whatever its name), read in constant memory. */
export class TransactionsFile {
  private constructor(
    readonly path: string,
    readonly fingerprint: Fingerprint,
    readonly packed: boolean,
    private readonly reading: { readonly layout: FileLayout; readonly dates: DateReading },
  ) {}

  /** @throws FileError */
  static async open(path: string, layout: FileLayout = {}): Promise<TransactionsFile> {
    const handle = await open(path, 'r').catch((cause: unknown) => {
      throw new FileError(path, reasonOf(cause), { cause });
    });
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) throw new FileError(path, 'this is not a file; name a CSV file, plain or .gz');
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(FINGERPRINT_BYTES), 0, FINGERPRINT_BYTES, 0);
      const beginning = buffer.subarray(0, bytesRead);
      if (beginning.length === 0) throw new FileError(path, 'the file is empty');
      return new TransactionsFile(
        path,
        {
          size: stat.size,
          modified: stat.mtime.toISOString(),
          beginning: createHash('sha256').update(beginning).digest('hex'),
        },
        beginning[0] === 0x1f && beginning[1] === 0x8b,
        { layout, dates: layout.dates === undefined ? USUAL_DATES : { order: layout.dates, isSaid: true } },
      );
    } finally {
      await handle.close();
    }
  }

  /** How its rows are read, in one spelling: what was read otherwise is another undertaking. */
  get readAs(): string {
    return `${layoutAsJson(this.reading.layout)} ${this.reading.dates.order}`;
  }

  /** The same file, its dates read otherwise. */
  readingDates(dates: DateReading): TransactionsFile {
    return new TransactionsFile(this.path, this.fingerprint, this.packed, { ...this.reading, dates });
  }

  /**
   * Read the whole file, in constant memory, and find out how it is written.
   *
   * @throws DateOrderError when its dates contradict each other, or the layout, or nobody can know; otherwise as `batches`
   */
  async survey(): Promise<FileSurvey> {
    const rows = this.rows();
    const survey = new DateSurvey(this.reading.layout.dates);
    const dates = new FileDates(rows, this.reading.layout.columns, (text, row, line) => {
      survey.add(text, row, line);
    });
    for await (const { bytes } of this.bytes()) dates.push(bytes);
    dates.end();
    return { dates: survey.finding(this.path), delimiter: rows.delimiter };
  }

  /**
   * All rows in the order of the file, from its beginning.
   *
   * @throws ColumnsError, UnreadableHeaderError before the first row; FileError where the file breaks off (never a part of a row)
   */
  async *batches(encodings?: (counts: CsvRows['encodings']) => void): AsyncGenerator<RowBatch> {
    const rows = this.rows();
    let reader: LineReader | undefined;
    const read = (found: readonly CsvRow[]): ReadRow[] => {
      if (rows.header === undefined) return [];
      const lines = (reader ??= this.lineReader(rows.header));
      return found.map((row) => asReadRow(row, lines));
    };
    for await (const { bytes, share } of this.bytes()) yield { rows: read(rows.push(bytes)), share };
    yield { rows: read(rows.end()), share: 1 };
    encodings?.(rows.encodings);
  }

  private rows(): CsvRows {
    const { columns, delimiter } = this.reading.layout;
    return new CsvRows((header) => delimiter ?? delimiterOf(header, columns));
  }

  private lineReader(header: readonly string[]): LineReader {
    return new LineReader(columnsOf(header, this.reading.layout.columns), this.reading.dates, this.reading.layout.decimal);
  }

  /** Some programs write zeros behind a gzip file. What stands behind them would be left out by Node without a word. @throws FileError */
  private async refuseBehind(start: number): Promise<void> {
    const rest = createReadStream(this.path, { highWaterMark: CHUNK_BYTES, start }) as AsyncIterable<Buffer>;
    for await (const bytes of rest) if (!isBlank(bytes)) throw new FileError(this.path, DAMAGED);
  }

  private async *bytes(): AsyncGenerator<{ readonly bytes: Buffer; readonly share: number }> {
    const file = createReadStream(this.path, { highWaterMark: CHUNK_BYTES });
    const unpacking = this.packed ? file.pipe(createGunzip({ chunkSize: CHUNK_BYTES })) : undefined;
    file.on('error', (error) => unpacking?.destroy(error));
    const source = unpacking ?? file;
    const text = new TextBytes();
    try {
      for await (const bytes of source as AsyncIterable<Buffer>)
        yield { bytes: text.push(bytes), share: Math.min(1, file.bytesRead / this.fingerprint.size) };
      yield { bytes: text.end(), share: 1 };
      if (unpacking !== undefined) await this.refuseBehind(unpacking.bytesWritten);
    } catch (cause) {
      if (cause instanceof FileError) throw cause;
      throw new FileError(this.path, reasonOf(cause), { cause });
    } finally {
      source.destroy();
      file.destroy();
    }
  }
}

/** Whether there are zeros alone. */
const isBlank = (bytes: Buffer) => bytes.every((byte) => byte === 0);

function asReadRow({ number, text, fields, problem }: CsvRow, lines: LineReader): ReadRow {
  const read = problem ?? lines.read(fields);
  return typeof read === 'string'
    ? { number, text, line: undefined, problem: read }
    : { number, text, line: read, problem: undefined };
}

const DAMAGED = 'the gzip file is damaged; fetch it again';

const REASONS: Record<string, string> = {
  ENOENT: 'there is no such file',
  EACCES: 'reading the file is not permitted',
  EISDIR: 'this is a folder; name a CSV file, plain or .gz',
  Z_BUF_ERROR: 'the gzip file breaks off before its end; fetch it again',
  Z_DATA_ERROR: DAMAGED,
};

function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return REASONS[code] ?? (cause instanceof Error ? cause.message : String(cause));
}
