// Slow: makes up and reads tens of thousands of rows.
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SaleLine } from '../../ingest/replay/line-from-row.ts';
import { generatedCsv, writeGeneratedCsv } from '../../ingest/replay/generator.ts';
import { TransactionsFile } from '../../ingest/replay/transactions-file.ts';
import { folder } from './fixtures.ts';

const digest = (options: Parameters<typeof generatedCsv>[0]) => {
  const hash = createHash('sha256');
  for (const chunk of generatedCsv(options)) hash.update(chunk);
  return hash.digest('hex');
};

async function linesOf(rows: number): Promise<SaleLine[]> {
  const path = join(folder(), 'generated.csv');
  await writeGeneratedCsv(path, { rows });
  const lines: SaleLine[] = [];
  for await (const batch of (await TransactionsFile.open(path)).batches())
    for (const { line, problem } of batch.rows) {
      expect(problem).toBeUndefined();
      if (line !== undefined) lines.push(line);
    }
  return lines;
}

const groups = <Key>(lines: readonly SaleLine[], keyOf: (line: SaleLine) => Key) => {
  const found = new Map<Key, SaleLine[]>();
  for (const line of lines) found.set(keyOf(line), [...(found.get(keyOf(line)) ?? []), line]);
  return found;
};

describe('generated rows', () => {
  test('are the same for the same seed, others for another', () => {
    expect(digest({ rows: 500, seed: 7 })).toBe(digest({ rows: 500, seed: 7 }));
    expect(digest({ rows: 500, seed: 7 })).not.toBe(digest({ rows: 500, seed: 8 }));
  });

  test('are as many as asked for, 20,000 by default, each an acceptable line', async () => {
    const [few, usual] = [await linesOf(17), await linesOf(20_000)];

    expect(few).toHaveLength(17);
    expect(usual).toHaveLength(20_000);
    expect(digest({ rows: 20_000 })).toBe(digest({}));
  });

  test('have the proportions and the oddities of the real ones', async () => {
    const lines = await linesOf(20_000);
    const invoices = groups(lines, ({ invoiceNo }) => invoiceNo);
    const customers = groups(lines, ({ customerId }) => customerId);
    const guests = customers.get(undefined) ?? [];
    const lengths = [...invoices.values()].map((each) => each.length).sort((one, other) => one - other);
    const repeats = lines.length - groups(lines, (line) => JSON.stringify(line)).size;
    const some = (holds: (line: SaleLine) => boolean) => lines.filter(holds).length;
    const distinct = (each: readonly SaleLine[], fact: (line: SaleLine) => unknown) => new Set(each.map(fact)).size;

    expect(guests.length / lines.length).toBeGreaterThan(0.2);
    expect(guests.length / lines.length).toBeLessThan(0.35);
    expect(lengths.at(-1)).toBeGreaterThan(250);
    expect(lengths[lengths.length / 2 - 0.5] ?? lengths[lengths.length / 2]).toBeLessThan(20);
    expect(repeats).toBeGreaterThan(100);
    expect([...invoices.keys()].filter((invoiceNo) => invoiceNo.startsWith('C')).length).toBeGreaterThan(50);
    expect([...invoices.keys()].filter((invoiceNo) => invoiceNo.startsWith('A')).length).toBeGreaterThan(0);
    expect(some(({ unitPrice }) => unitPrice === '0.000')).toBeGreaterThan(0);
    expect(some(({ unitPrice }) => unitPrice === '0.001')).toBeGreaterThan(0);
    expect(some(({ unitPrice }) => unitPrice === '-11062.060')).toBeGreaterThan(0);
    expect(some(({ description = '' }) => description.includes(','))).toBeGreaterThan(0);
    expect(some(({ description = '' }) => description.includes('"'))).toBeGreaterThan(0);
    expect(some(({ description = '' }) => description.includes('£'))).toBeGreaterThan(0);
    expect(some(({ description }) => description === undefined)).toBeGreaterThan(0);
    expect([...customers].some(([id, each]) => id !== undefined && distinct(each, ({ country }) => country) === 2)).toBe(true);
    expect([...invoices.values()].some((each) => distinct(each, ({ invoiceDate }) => invoiceDate) === 2)).toBe(true);
  });

  test('interrupt an invoice now and then', async () => {
    const lines = await linesOf(2_000);

    const runs = lines.filter((line, at) => line.invoiceNo !== lines[at - 1]?.invoiceNo).length;

    expect(runs).toBeGreaterThan(new Set(lines.map(({ invoiceNo }) => invoiceNo)).size);
  });

  test('come as they are asked for, so that millions need no memory', () => {
    const chunks = generatedCsv({ rows: 1_000_000_000 });

    const first = Array.from({ length: 3 }, () => chunks.next().value?.length ?? 0);

    expect(Math.max(...first)).toBeLessThan(100_000);
  });

  test('fill a file', async () => {
    const path = join(folder(), 'generated.csv');

    await writeGeneratedCsv(path, { rows: 1_000 });

    expect(statSync(path).size).toBe(Buffer.concat([...generatedCsv({ rows: 1_000 })]).length);
  });
});
