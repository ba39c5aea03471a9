import { createReadStream, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';

/** A file's header and its rows, each on a line of its own; as ISO-8859-1, so that no byte is lost. */
async function* rowsOf(file: string): AsyncGenerator<string> {
  yield* createInterface({ input: createReadStream(file).pipe(createGunzip()).setEncoding('latin1'), crlfDelay: Infinity });
}

/**
 * Write a gzipped CSV file again as several, each row into the one that is chosen for it.
 *
 * @param nameFor - of the file for a row, by its invoice number and its date
 * @returns the names, in the order in which they first came, with their numbers of rows
 */
export async function writeCutCopies(
  file: string,
  directory: string,
  nameFor: (invoiceNo: string, date: string) => string,
): Promise<ReadonlyMap<string, number>> {
  mkdirSync(directory, { recursive: true });
  const parts = new Map<string, string[]>();
  let header: string | undefined;
  for await (const row of rowsOf(file)) {
    if (header === undefined) {
      header = row;
      continue;
    }
    const invoiceNo = row.slice(0, row.indexOf(','));
    const name = nameFor(invoiceNo, /,(\d+\/\d+\/\d{4}) \d+:\d+,/.exec(row)?.[1] ?? '');
    const part = parts.get(name);
    if (part === undefined) parts.set(name, [header, row]);
    else part.push(row);
  }
  for (const [name, rows] of parts) writeFileSync(join(directory, name), `${rows.join('\r\n')}\r\n`, 'latin1');
  return new Map([...parts].map(([name, rows]) => [name, rows.length - 1]));
}
