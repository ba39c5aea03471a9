import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Packer, type Packet } from '../../ingest/replay/packets.ts';
import { lineOf } from './fixtures.ts';

const usual = lineOf();

/** Packs rows that are given by their invoices; `null` is a row without a line. */
function packed(invoices: readonly (string | null)[], size: number): Packet[] {
  const packer = new Packer(size);
  const full = invoices.flatMap((invoiceNo, place) => {
    const row = place + 1;
    return invoiceNo === null
      ? packer.addRejected({ row, code: 'Unreadable', reason: 'by the test', text: '' }, 0)
      : packer.add({ row, text: '', line: { ...usual, invoiceNo } }, 0);
  });
  return [...full, ...packer.end()];
}

const invoicesOf = (packet: Packet) => packet.lines.map(({ line }) => line.invoiceNo).join('');
const runs = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', null), fc.integer({ min: 1, max: 9 })), { maxLength: 20 });

test('whole invoices fill a mutation as far as they fit', () => {
  const invoices = 'aabbbccccdd'.match(/./g) ?? [];

  const packets = packed(invoices, 5);

  expect(packets.map(invoicesOf)).toEqual(['aabbb', 'cccc', 'dd']);
});

test('only an invoice longer than a mutation is split, and its rest travels with what follows', () => {
  const invoices = 'abbbbbbbc'.match(/./g) ?? [];

  const packets = packed(invoices, 5);

  expect(packets.map(invoicesOf)).toEqual(['a', 'bbbbb', 'bbc']);
  expect(packets.map(({ endsInvoice }) => endsInvoice)).toEqual([true, false, true]);
});

test('every row is in exactly one packet, in order; an invoice is split only when it is too long', () => {
  fc.assert(
    fc.property(runs, fc.integer({ min: 1, max: 12 }), (lengths, size) => {
      const invoices = lengths.flatMap(([invoiceNo, length]) => Array.from({ length }, () => invoiceNo));

      const packets = packed(invoices, size);

      const rows = packets.flatMap(({ lines, rejected }) =>
        [...lines, ...rejected].map(({ row }) => row).sort((one, other) => one - other),
      );
      expect(rows).toEqual(invoices.map((_, place) => place + 1));
      for (const { lines, rejected, lastRow } of packets) {
        expect(lines.length).toBeLessThanOrEqual(size);
        expect(Math.max(0, ...lines.map(({ row }) => row), ...rejected.map(({ row }) => row))).toBe(lastRow);
      }
      for (const [place, { lines, endsInvoice }] of packets.entries()) {
        const next = packets[place + 1]?.lines[0]?.line.invoiceNo;
        const continued = lines.at(-1)?.line.invoiceNo === next && lines.length < size && next !== undefined;
        expect(continued).toBe(false);
        if (endsInvoice && next !== undefined) expect(lines.at(-1)?.line.invoiceNo).not.toBe(next);
      }
    }),
    { numRuns: 500 },
  );
});

test('rows without a line are handed on before they pile up', () => {
  const invoices = ['a', ...Array.from({ length: 2_500 }, () => null), 'a'];

  const packets = packed(invoices, 250);

  expect(packets.map(({ rejected }) => rejected.length)).toEqual([1_000, 1_000, 500]);
});
