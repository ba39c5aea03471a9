import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

/** Most rows of one invoice that stay together. */
const PIECE = 80;

/**
 * Write a gzipped CSV file again in another order: every invoice's rows are shuffled and cut into pieces, and the pieces of all
 * invoices come in any order. Every row must be on a line of its own.
 *
 * @param seed - the same one makes the same file
 */
export async function writeShuffledCopy(from: string, to: string, seed: number): Promise<void> {
  const random = generator(seed);
  const rows = createInterface({ input: createReadStream(from).pipe(createGunzip()).setEncoding('latin1') });
  const invoices = new Map<string, string[]>();
  let header: string | undefined;
  for await (const row of rows) {
    if (header === undefined) {
      header = row;
      continue;
    }
    const invoiceNo = row.slice(0, row.indexOf(','));
    const others = invoices.get(invoiceNo);
    if (others === undefined) invoices.set(invoiceNo, [row]);
    else others.push(row);
  }
  const pieces: string[][] = [];
  for (const invoice of invoices.values()) {
    shuffle(invoice, random);
    for (let start = 0; start < invoice.length;) {
      const end = start + 1 + Math.floor(random() * PIECE);
      pieces.push(invoice.slice(start, end));
      start = end;
    }
  }
  shuffle(pieces, random);
  const lines = [[header ?? ''], ...pieces].map((piece) => Buffer.from(piece.map((row) => `${row}\r\n`).join(''), 'latin1'));
  await pipeline(Readable.from(lines), createWriteStream(to));
}

/** Fisher and Yates. */
function shuffle(all: unknown[], random: () => number): void {
  for (let last = all.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [all[last], all[other]] = [all[other], all[last]];
  }
}

/** Numbers from 0 up to, not including, 1, the same ones for the same seed. @source mulberry32 */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
