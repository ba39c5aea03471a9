import * as fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { line, type LineChanges } from '../support/lines.ts';
import { givenShop, landingRow, type LandingRow, type Shop } from './given-shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await givenShop();
});
beforeEach(() => shop.empty());

/** A line as an import lands it: a file has no time of sending. */
const imported = (source: string, changes: LineChanges = {}): LandingRow => ({
  ...landingRow(line({ ...changes, sentAt: 0 })),
  source,
});
const streamed = (changes: LineChanges = {}): LandingRow => landingRow(line(changes));

const COUNTS = ['lines_in', 'lines_rejected', 'lines_repeated', 'lines_new', 'lines_changed', 'lines_unchanged'];

/** What each source has had in the last load, in the order of COUNTS. */
async function countsOfLastLoad(): Promise<Record<string, number[]>> {
  const rows = await shop.rows(
    `SELECT source, ${COUNTS.join(', ')} FROM intake.load_source
     WHERE load_id = (SELECT MAX(load_id) FROM intake.load_audit)`,
  );
  return Object.fromEntries(rows.map(([source, ...counts]) => [String(source), counts.map(Number)]));
}

const heldTimes = async () => (await shop.rows('SELECT line_id, sent_at FROM mart.sales_line ORDER BY line_id')).map(String);

describe('an import', () => {
  test('is told from the stream and from another in what became of its lines', async () => {
    await shop.land(streamed({ lineId: 'there' }), streamed({ lineId: 'newer', quantity: 7 }));
    await shop.load();
    await shop.land(
      imported('one', { lineId: 'there' }),
      imported('one', { lineId: 'newer', quantity: 6 }),
      imported('one', { lineId: 'a' }),
      imported('one', { lineId: 'a' }),
      { ...imported('one', { lineId: 'b' }), quantity: 'six' },
      imported('two', { lineId: 'c' }),
      streamed({ lineId: 'd' }),
    );

    await shop.load();

    expect(await countsOfLastLoad()).toEqual({ one: [5, 1, 1, 1, 0, 2], two: [1, 0, 0, 1, 0, 0] });
  });

  test('that comes with the stream leaves to it the lines of both', async () => {
    await shop.land(imported('one', { lineId: 'a' }), streamed({ lineId: 'a' }), imported('one', { lineId: 'b' }));

    await shop.load();

    expect(await countsOfLastLoad()).toEqual({ one: [2, 0, 1, 1, 0, 0] });
    expect(await heldTimes()).toEqual(['a,1700000000000', 'b,0']);
  });

  test('changes nothing the second time, nor after the stream, and keeps the stream’s times', async () => {
    await shop.land(imported('one', { lineId: 'a' }));
    await shop.load();
    await shop.land(streamed({ lineId: 'a' }), streamed({ lineId: 'b' }));
    await shop.load();
    const before = await heldTimes();
    await shop.land(imported('two', { lineId: 'a' }), imported('two', { lineId: 'b' }));

    await shop.load();

    expect(await countsOfLastLoad()).toEqual({ two: [2, 0, 0, 0, 0, 2] });
    expect(before).toEqual(['a,1700000000000', 'b,1700000000000']);
    expect(await heldTimes()).toEqual(before);
  });

  test('tells nothing of what was copied for the stream', async () => {
    await shop.land(imported('one', { lineId: 'a' }));
    await shop.load();

    expect(await shop.rows('SELECT newest_copied_at FROM intake.load_audit')).toEqual([['1970-01-01 00:00:00']]);
  });
});

const landed = fc.record({
  source: fc.constantFrom(undefined, 'one', 'two', 'three'),
  lineId: fc.constantFrom('a', 'b', 'c', 'd'),
  quantity: fc.constantFrom(1, 2),
  sentAt: fc.integer({ min: 1, max: 3 }),
  isWrong: fc.boolean(),
});

test('each line of every source is accounted for once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(landed, { minLength: 1, maxLength: 12 }), { maxLength: 3 }), async (loads) => {
      await shop.empty();

      for (const rows of loads) {
        await shop.land(
          ...rows.map(({ source, isWrong, sentAt, ...changes }) => {
            const row = source === undefined ? streamed({ ...changes, sentAt }) : imported(source, changes);
            return isWrong ? { ...row, country: '' } : row;
          }),
        );
        await shop.load();
        const [whole = []] = await shop.rows(`SELECT ${COUNTS.join(', ')} FROM intake.load_audit ORDER BY load_id DESC LIMIT 1`);
        const counts = await countsOfLastLoad();

        const named = rows.flatMap(({ source }) => source ?? []);
        expect(Object.keys(counts).sort()).toEqual([...new Set(named)].sort());
        for (const [source, [all = 0, rejected = 0, ...fates]] of Object.entries(counts)) {
          expect(all).toBe(named.filter((one) => one === source).length);
          expect(rejected).toBe(rows.filter((row) => row.source === source && row.isWrong).length);
          expect(rejected + fates.reduce((sum, count) => sum + count, 0)).toBe(all);
          for (const count of fates) expect(count).toBeGreaterThanOrEqual(0);
        }
        const sums = COUNTS.map((_, place) => Object.values(counts).reduce((sum, one) => sum + (one[place] ?? 0), 0));
        const isAllNamed = named.length === rows.length;
        for (const [place, sum] of sums.entries()) {
          if (isAllNamed) expect(sum).toBe(Number(whole[place]));
          else expect(sum).toBeLessThanOrEqual(Number(whole[place]));
        }
      }
    }),
    { numRuns: 25, seed: 541_909 },
  );
}, 60_000);
