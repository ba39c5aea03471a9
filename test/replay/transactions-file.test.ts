import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { FileError, TransactionsFile } from '../../ingest/replay/transactions-file.ts';
import { bytesOf, ODD_GZIP_FILES } from '../support/odd-gzip.ts';
import { TextBytes } from '../../ingest/replay/utf-16.ts';
import utf16 from '../support/utf-16.json' with { type: 'json' };
import { csv, fileWith, folder, HEADER, row } from './fixtures.ts';

async function readAll(path: string) {
  const rows = [];
  const file = await TransactionsFile.open(path);
  for await (const batch of file.batches()) rows.push(...batch.rows);
  return rows;
}

const manyRows = csv(...Array.from({ length: 20_000 }, (_, place) => row({ StockCode: String(place) })));

describe('a file of transactions', () => {
  test('is unpacked when it begins as gzip does, whatever its name', async () => {
    const path = fileWith(gzipSync(manyRows), 'rows.csv');

    const rows = await readAll(path);

    expect(rows).toHaveLength(20_000);
    expect(rows.at(-1)?.line?.stockCode).toBe('19999');
  });

  test('is read to its end where zeros follow it', async () => {
    const rows = await readAll(fileWith(Buffer.concat([gzipSync(csv(row(), row())), Buffer.alloc(512)]), 'rows.csv.gz'));

    expect(rows).toHaveLength(2);
  });

  test('tells how much of it is read, up to the whole', async () => {
    const file = await TransactionsFile.open(fileWith(manyRows));
    const shares = [];

    for await (const { share } of file.batches()) shares.push(share);

    expect(shares.length).toBeGreaterThan(2);
    expect(shares).toEqual(shares.toSorted((one, other) => one - other));
    expect(shares.at(-1)).toBe(1);
  });

  test('has another fingerprint when its size, its beginning or its time of change differs', async () => {
    const [path, longer, other, later] = [csv(row()), csv(row(), row()), csv(row({ Quantity: '7' })), csv(row())].map((text) =>
      fileWith(text),
    );
    for (const same of [path, longer, other]) utimesSync(same!, 1_000, 1_000);
    utimesSync(later!, 1_000, 1_001);

    const prints = await Promise.all(
      [path, longer, other, later].map(async (each) => (await TransactionsFile.open(each!)).fingerprint),
    );

    expect(new Set(prints.map((print) => JSON.stringify(print))).size).toBe(4);
  });
});

describe('a file in UTF-16 with its mark', () => {
  // The import reads the same (test/glue/test_csv_header.py).
  test.each(utf16)('$name: is read strictly', async ({ base64, text, refused }) => {
    const bytes = Buffer.from(base64, 'base64');
    for (const content of [bytes, gzipSync(bytes)]) {
      const reading = readAll(fileWith(content));
      if (refused === undefined) expect((await reading).map((read) => read.line?.description)).toEqual(['CAF\u00c9 \u{1f600}']);
      else await expect(reading).rejects.toThrow(refused);
    }
    for (let size = 1; size < 5; size += 1) {
      const decoded = new TextBytes();
      const decode = () => {
        const pieces = [];
        for (let at = 0; at < bytes.length; at += size) pieces.push(decoded.push(bytes.subarray(at, at + size)));
        return Buffer.concat([...pieces, decoded.end()]).toString('utf8');
      };
      if (refused === undefined) expect(decode()).toBe(`\ufeff${text}`);
      else expect(decode).toThrow(refused);
    }
  });

  test('any other stays as it is, and a file of one byte too', () => {
    for (const content of ['', 'I', 'Invoice', '\ufeffInvoice']) {
      const bytes = new TextBytes();
      expect(Buffer.concat([bytes.push(Buffer.from(content)), bytes.end()]).toString('utf8')).toBe(content);
    }
  });
});

test('an odd gzip file is read whole, or refused, as the import does', async () => {
  const verdicts = [];
  const path = fileWith('', 'day.csv.gz');
  for (const odd of ODD_GZIP_FILES) {
    writeFileSync(path, bytesOf(odd));
    const verdict = await readAll(path).then(
      (rows) => rows.length,
      (error: unknown) => (error instanceof FileError ? error.reason : error instanceof Error ? error.message : ''),
    );
    verdicts.push({ parts: odd.parts, verdict });
  }

  expect(verdicts).toEqual(ODD_GZIP_FILES);
});

describe('a file that cannot be read', () => {
  test('breaks off with a clear error, after the rows before it and without a part of one', async () => {
    const packed = gzipSync(manyRows);
    const path = fileWith(packed.subarray(0, packed.length / 2));
    const rows: unknown[] = [];

    const reading = (async () => {
      for await (const batch of (await TransactionsFile.open(path)).batches()) rows.push(...batch.rows);
    })();

    await expect(reading).rejects.toThrow(FileError);
    await expect(reading).rejects.toThrow('the gzip file breaks off before its end');
    expect(rows.length).toBeGreaterThan(100);
    expect(rows.every((each) => (each as { problem?: string }).problem === undefined)).toBe(true);
  });

  test('that is damaged says so', async () => {
    const packed = gzipSync(manyRows);
    packed.fill(0xff, 2_000, 2_100);

    await expect(readAll(fileWith(packed))).rejects.toThrow('the gzip file is damaged');
  });

  test.each([
    ['is missing', () => join(folder(), 'none.csv'), 'there is no such file'],
    ['is a folder', () => folder(), 'not a file'],
    ['is empty', () => fileWith(''), 'the file is empty'],
    [
      'has the line ends of old Macs',
      () => fileWith(csv(row(), row()).replaceAll('\r\n', '\r')),
      'a carriage return alone; save',
    ],
    ['has many of them', () => fileWith(manyRows.replaceAll('\r\n', '\r')), 'a carriage return alone; save'],
    ['has no header', () => fileWith(row()), 'the header misses InvoiceNo'],
    ['lacks a column', () => fileWith(`${HEADER.replace('Quantity', 'Amount')}\n`), 'the header misses Quantity'],
  ])('that %s says so', async (_, path, message) => {
    await expect(readAll(path())).rejects.toThrow(message);
  });

  test('that changed into something else is named by its path', async () => {
    const path = fileWith('x');
    writeFileSync(path, 'no header');

    await expect(readAll(path)).rejects.toThrow('no header');
  });
});
