import { createReadStream, createWriteStream, existsSync, symlinkSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { TransactionInput } from '../sdk/index.ts';
import { writeGeneratedCsv } from '../ingest/replay/generator.ts';
import { replay } from '../ingest/replay/replay.ts';

/** Rows of the real file, and of a made-up one in its place. @source Online Retail */
export const REAL_ROWS = 541_909;

const REAL_FILE = join(import.meta.dirname, '..', '..', 'shared', 'data', 'online_retail.csv.gz');

/** A file of rows to measure with. */
export interface RowsFile {
  readonly path: string;
  /** What it is, in words. */
  readonly name: string;
}

/**
 * The file that was asked for, else the real one if it is there, else one that is made up.
 *
 * @param directory - where it is linked or made: what a replay writes beside its file then lands there
 */
export async function rowsFile(directory: string, csv: string | undefined, rows: number | undefined): Promise<RowsFile> {
  const given = csv ?? (existsSync(REAL_FILE) ? REAL_FILE : undefined);
  if (given === undefined) return generatedRows(directory, rows ?? REAL_ROWS);
  const path = join(directory, basename(given));
  symlinkSync(resolve(given), path);
  return { path, name: csv === undefined ? 'the real file, Online Retail' : basename(given) };
}

/** Made-up rows of the same shape. */
export async function generatedRows(directory: string, rows: number): Promise<RowsFile> {
  const path = join(directory, `made-up-${String(rows)}.csv`);
  if (!existsSync(path)) await writeGeneratedCsv(path, { rows });
  return { path, name: `${rows.toLocaleString('en-GB')} made-up rows` };
}

/** A file of the first rows of a file, byte by byte the same; the file itself when all are wanted. */
export async function firstRows(directory: string, file: RowsFile, rows: number | undefined): Promise<RowsFile> {
  if (rows === undefined) return file;
  const packed = createReadStream(file.path);
  const content = file.path.endsWith('.gz') ? packed.pipe(createGunzip()) : packed;
  // Each byte a character and back, whatever the encoding.
  const lines = createInterface({ input: content.setEncoding('latin1'), crlfDelay: Infinity });
  const path = join(directory, `first-${String(rows)}.csv`);
  await pipeline(beginning(lines, rows), createWriteStream(path, 'latin1'));
  packed.destroy();
  return { path, name: `${file.name}, the first ${String(rows)} rows` };
}

/** The header and so many rows; a line end within quotes ends no row. */
async function* beginning(lines: AsyncIterable<string>, rows: number): AsyncGenerator<string> {
  let left = rows + 1;
  let isQuoted = false;
  for await (const line of lines) {
    yield `${line}\r\n`;
    isQuoted = isQuoted !== (line.split('"').length % 2 === 0);
    if (!isQuoted && --left === 0) return;
  }
}

/** Every row as the replay would send it, in order, 250 at most at a time. */
export async function eachLines(
  { path }: RowsFile,
  rows: number | undefined,
  take: (lines: readonly TransactionInput[]) => void,
): Promise<void> {
  await replay({
    file: path,
    rows,
    concurrency: 1,
    rejects: `${path}.unread.csv`,
    destination: {
      name: 'nowhere',
      passes: () => false,
      send: (lines) => {
        take(lines);
        return Promise.resolve({ accepted: lines.length, failed: [] });
      },
    },
  });
}

/** Made-up lines of invoices that no file has. */
export async function newLines(directory: string, count: number): Promise<TransactionInput[]> {
  const all: TransactionInput[] = [];
  await eachLines(await generatedRows(directory, count), undefined, (lines) => all.push(...lines));
  const renamed = (text: string) => text.replace(/^[A-Z]*/, (kind) => `${kind}9`);
  return all.map((line) => ({ ...line, lineId: renamed(line.lineId), invoiceNo: renamed(line.invoiceNo) }));
}
