// Slow: hundreds of generated files.

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineIdentifier } from '../../domain/line-id.ts';
import type { SaleLine } from '../../ingest/replay/line-from-row.ts';
import { BoundedLineIds } from '../../ingest/replay/line-ids.ts';
import type { ReadRow } from '../../ingest/replay/transactions-file.ts';
import { lineOf } from './fixtures.ts';

const asRows = (lines: readonly SaleLine[]): ReadRow[] =>
  lines.map((line, place) => ({ number: place + 1, text: '', line, problem: undefined }));

/** The ids that a memory of so many lines gives, and how often the file was read again for them. */
async function identified(lines: readonly SaleLine[], rememberedLines: number) {
  const rows = asRows(lines);
  let readings = 0;
  const ids = new BoundedLineIds(async function* () {
    readings += 1;
    for (let at = 0; at < rows.length; at += 3) yield Promise.resolve({ rows: rows.slice(at, at + 3) });
  }, rememberedLines);
  const found: (string | undefined)[] = [];
  for (const [place, line] of lines.entries()) {
    let id = ids.identify(line);
    if (id === undefined) {
      await ids.recall(place + 1);
      id = ids.identify(line);
    }
    found.push(id);
  }
  return { found, readings };
}

function identifiedWithAllMemory(lines: readonly SaleLine[]): string[] {
  const identifier = new LineIdentifier((text) => createHash('sha256').update(text).digest('hex'));
  return lines.map((line) => identifier.identify(line));
}

const line = fc
  .record({ InvoiceNo: fc.constantFrom('1', '2', '3', '4', '5', '6'), StockCode: fc.constantFrom('A', 'B') })
  .map((change) => lineOf(change));

test('identical lines are numbered as if everything were remembered, however little is', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 60 }), fc.nat(12), async (lines, rememberedLines) => {
      const { found, readings } = await identified(lines, rememberedLines);

      expect(found).toEqual(identifiedWithAllMemory(lines));
      expect(readings).toBeLessThanOrEqual(2);
    }),
    { numRuns: 300 },
  );
});

test('a file whose invoices stand together is never read again', async () => {
  const lines = Array.from({ length: 500 }, (_, place) => lineOf({ InvoiceNo: String(Math.floor(place / 7)) }));

  const { found, readings } = await identified(lines, 10);

  expect(found).toEqual(identifiedWithAllMemory(lines));
  expect(readings).toBe(0);
});

test('an invoice longer than the memory is numbered through', async () => {
  const lines = Array.from({ length: 50 }, () => lineOf());

  const { found, readings } = await identified(lines, 5);

  expect(found.at(-1)).toMatch(/-50$/);
  expect(readings).toBe(0);
});
