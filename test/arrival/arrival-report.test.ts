import { describe, expect, test } from 'vitest';
import type { StoreSnapshot, LoadCounts, PutAside, Stores, Waiting } from '../../ingest/arrival/stores.ts';
import { isLate, isPutAside, reportArrival } from '../../ingest/arrival/arrival-report.ts';

const SINCE: StoreSnapshot = { at: '2026-11-30T12:00:00.000Z', load: 4, known: [] };
const LOADS: LoadCounts = { in: 1_000, new: 900, changed: 0, unchanged: 60, repeated: 40, rejected: 0 };
const UNSTORED: PutAside = {
  stores: ['DynamoDB'],
  lines: 12,
  where: 'rejected/unstored/',
  why: 'CannotBeStored: table Invoices has an item under 536365 that cannot be read (the first of them)',
  remedy: 'npm run redrive sends them again',
};

/** What a person is told of 1,000 accepted lines by a stack that behaves so. */
async function reported(
  given: { readonly looks?: readonly (readonly Waiting[])[]; readonly aside?: readonly PutAside[]; readonly gone?: boolean },
  { wait = 60, interrupt = new AbortController(), isTTY = false, hasBegun = true } = {},
) {
  const { looks = [[]], aside = [], gone = false } = given;
  let [printed, shown, now, look] = ['', '', 0, 0];
  const stores: Stores = {
    names: ['S3 raw/', 'DynamoDB', 'Redshift'],
    begin: () => Promise.resolve(SINCE),
    waiting: () =>
      gone ? Promise.reject(new Error('connect ECONNREFUSED')) : Promise.resolve(looks[look++] ?? looks.at(-1) ?? []),
    putAside: () => Promise.resolve(aside),
    loads: () => Promise.resolve(LOADS),
    close: () => undefined,
  };
  const clock = {
    now: () => now,
    wait: (milliseconds: number, signal: AbortSignal) => {
      now += milliseconds;
      return signal.aborted ? Promise.reject(new Error('aborted')) : Promise.resolve();
    },
  };
  const arrival = await reportArrival({ stores }, { accepted: 1_000, since: hasBegun ? SINCE : undefined }, wait, {
    print: (text) => (printed += text),
    screen: { isTTY, columns: 80, write: (text) => (shown += text) },
    clock,
    interrupt: interrupt.signal,
  });
  return { arrival, printed, shown, now };
}

describe('what became of accepted lines', () => {
  test('is a row for each store, once all have caught up', async () => {
    const waiting: Waiting[] = [{ store: 'DynamoDB', records: 3 }];

    const { arrival, printed } = await reported({ looks: [waiting, waiting, []] });

    expect(printed).toBe(
      [
        'behind the door  stored  put aside',
        'S3 raw/           1,000          0',
        'DynamoDB          1,000          0',
        'Redshift          1,000          0  900 new, 100 known',
        '',
      ].join('\n'),
    );
    expect([arrival?.outcome, isLate(arrival, 60), arrival && isPutAside(arrival)]).toEqual(['arrived', false, false]);
  });

  test('names what a store has put aside: how many, why, where, and what to do', async () => {
    const { arrival, printed } = await reported({ aside: [UNSTORED] });

    expect(printed).toMatch(/^DynamoDB +988 +12$/m);
    expect(printed.replaceAll(/\n {2}/g, ' ')).toContain(
      'PUT ASIDE: 12 lines not in DynamoDB: CannotBeStored: table Invoices has an item under 536365 that cannot be read ' +
        '(the first of them). Where: rejected/unstored/; npm run redrive sends them again',
    );
    expect(arrival && isPutAside(arrival)).toBe(true);
  });

  test('is unknown in number where nobody knows it, and never guessed', async () => {
    const { printed } = await reported({ aside: [{ ...UNSTORED, stores: ['Redshift'], lines: undefined }] });

    expect(printed).toMatch(/^Redshift +\? +yes/m);
    expect(printed).toContain('PUT ASIDE: lines not in Redshift');
  });

  test('is told when the time is over, with what is still under way', async () => {
    const { arrival, printed, now } = await reported({ looks: [[{ store: 'Redshift', records: 7 }]] }, { wait: 30 });

    expect(printed).toMatch(/^DynamoDB +1,000 +0$/m);
    expect(printed).toMatch(/^Redshift +\? +0 {2}7 records under way, 900 new, 100 known$/m);
    expect(printed).toContain('NOTE: the stores had not caught up after 30 s (--wait): what is under way goes');
    expect([isLate(arrival, 30), now]).toEqual([true, 30_000]);
  });

  test('is told after Ctrl-C too, at once', async () => {
    const interrupt = new AbortController();
    interrupt.abort();

    const { arrival, printed, now } = await reported({ looks: [[{ store: 'DynamoDB', records: 1 }]] }, { interrupt });

    expect([arrival?.outcome, now]).toEqual(['stopped', 0]);
    expect(printed).toMatch(/^DynamoDB +\? +0 {2}1 record under way$/m);
    expect(printed).toContain('NOTE: nobody waited for the stores');
  });

  test.each([
    ['does not answer', { gone: true }, {}, 'connect ECONNREFUSED'],
    ['did not answer before', {}, { hasBegun: false }, 'it did not when the sending began'],
  ])('is said to be unknown where the stack %s', async (_, given, options, reason) => {
    const { arrival, printed } = await reported(given, options);

    expect(printed.replaceAll(/\s+/g, ' ')).toContain(`behind the door: unknown, for the stack does not answer (${reason})`);
    expect(isLate(arrival, 60)).toBe(true);
  });

  test('fits into 80 columns, and leaves nothing of what was drawn meanwhile on a terminal', async () => {
    const many = ['S3 raw/', 'DynamoDB', 'Redshift'].map((store) => ({ store, records: 123_456 }) as Waiting);

    const { printed, shown } = await reported({ looks: [many, many, []], aside: [UNSTORED] }, { isTTY: true });

    for (const line of printed.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(shown).toContain('the stores catch up: S3 raw/ 123,456 records');
    expect(shown.endsWith('\r\u001b[K')).toBe(true);
  });
});
