import { expect, test } from 'vitest';
import { created, givenLoader, lines, MINUTE, SCHEDULE } from '../support/given-loader.ts';
import type { MemoryLine } from '../support/memory-warehouse.ts';

const COMPARE = { source: 'tillgraph.compare' };
const HOUR = 60 * MINUTE;

/** A loader behind a delivery stream, and a raw layer to put objects into. */
function given(ports: Parameters<typeof givenLoader>[0] = { deliveryStream: 'first' }) {
  const loader = givenLoader(ports);
  const { world } = loader;
  let objects = 0;
  const put = (some: readonly MemoryLine[], at = world.clock.time) => {
    const key = `raw/v=1/dt=2026-11-22/hour=10/${String(++objects).padStart(3, '0')}.ndjson.gz`;
    world.objects.set(key, some);
    world.putAt.set(key, at);
    return key;
  };
  const compared = () => world.log.filter((what) => what === 'compare').length;
  return { ...loader, put, compared };
}

test('what was sent before Firehose began to read is loaded by the first look of the schedule', async () => {
  const { world, run, put, logged } = given();
  put(lines(1, 2));

  expect(await run(SCHEDULE)).toBe('settled');

  expect([...world.tables.lines.keys()]).toEqual(['1', '2']);
  expect(logged.at(-1)).toMatchObject({ level: 'WARN', entry: { missed: 2, loads: 1 } });
  expect([...world.stored.values()]).not.toEqual([]);
});

test('what the warehouse has is not loaded again, and no answer changes', async () => {
  const { world, run, put, deliver, compared } = given();
  await run(SCHEDULE);
  await run(deliver(lines(1, 2)));
  const { loadId } = world.tables;
  put(lines(1, 2));

  expect(await run(COMPARE)).toBe('settled');

  expect([compared(), world.tables.loadId]).toEqual([1, loadId]);
});

test('what was compared is not read again, and where nothing came the warehouse sleeps on', async () => {
  const { world, run, put, compared } = given();
  put(lines(1));
  await run(COMPARE);
  // An object of the last two minutes may come with others that a listing does not show yet.
  world.clock.pass(24 * HOUR);
  await run(COMPARE);
  const batches = world.log.length;
  world.clock.pass(24 * HOUR);

  expect(await run(COMPARE)).toBe('idle');

  expect([compared(), world.log.length]).toEqual([2, batches]);
});

test('an object that is put late under an old hour is compared like any other', async () => {
  const { world, run, put } = given();
  put(lines(1));
  await run(COMPARE);
  world.clock.pass(20 * HOUR);
  const late = put(lines(2));
  world.objects.set(late.replace('hour=10', 'hour=00'), world.objects.get(late) ?? []);

  await run(COMPARE);

  expect([...world.tables.lines.keys()]).toEqual(['1', '2']);
});

test('the gap of a replaced delivery stream is loaded at once, and twice more within two hours', async () => {
  const before = given();
  before.put(lines(1));
  await before.run(SCHEDULE);
  const { world, run, put } = given({ deliveryStream: 'second' });
  world.loadState = before.world.loadState;
  for (const [id, amount] of before.world.tables.lines) world.tables.lines.set(id, amount);
  world.clock.pass(5 * HOUR);
  const found: string[][] = [];
  for (const [id, after] of [
    [2, 0],
    [3, 21 * MINUTE],
    [4, 100 * MINUTE],
    [5, 15 * MINUTE],
  ] as const) {
    put(lines(id));
    world.clock.pass(after);
    await run(SCHEDULE);
    found.push([...world.tables.lines.keys()]);
  }

  expect(found).toEqual([
    ['1', '2'],
    ['1', '2', '3'],
    ['1', '2', '3', '4'],
    // From here on the daily look is enough.
    ['1', '2', '3', '4'],
  ]);
});

test('the schedule makes up for a daily look that was not heard', async () => {
  const { world, run, put } = given();
  await run(SCHEDULE);
  world.clock.pass(3 * HOUR);
  await run(SCHEDULE);
  put(lines(1));
  world.clock.pass(26 * HOUR);

  await run(SCHEDULE);

  expect([...world.tables.lines.keys()]).toEqual(['1']);
});

test('an object that the warehouse refuses keeps no other from being compared, and is told of', async () => {
  const { world, run, put, logged } = given();
  const [, bad] = [put(lines(1)), put(lines(2)), put(lines(3)), put(lines(4))];
  world.unreadable.add(bad);

  await run(COMPARE);

  expect([...world.tables.lines.keys()].sort()).toEqual(['1', '3', '4']);
  expect(logged.at(-1)?.entry['problems']).toEqual([expect.stringContaining(`${bad} was not compared`)]);
});

test('wherever a run is switched off, the next ones bring every line', async () => {
  for (let call = 1; ; call++) {
    const { world, run, put } = given();
    put(lines(1, 2));
    put(lines(3), 0);
    world.trouble.set(call, { when: call % 2 === 0 ? 'before' : 'after', error: () => new Error('switched off') });
    const first = await run(COMPARE).catch(() => 'off');
    for (const event of [SCHEDULE, COMPARE]) {
      // The lease of a run that was switched off ends.
      world.clock.pass(15 * MINUTE);
      await run(event).catch(() => 'off');
    }

    expect([...world.tables.lines.keys()].sort(), `call ${String(call)}`).toEqual(['1', '2', '3']);
    expect(world.tables.landing).toEqual([]);
    expect(world.stored.size).toBe(3);
    if (first === 'settled') return;
  }
});

test('what is compared passes for no object that Firehose has announced', async () => {
  const { world, run, put } = given();
  await run(SCHEDULE);
  const announced = created('firehose/2026/11/22/10/object', world.clock.time);
  world.clock.at(world.clock.time + 10 * MINUTE, () => {
    world.copy(lines(9));
  });
  put(lines(1));

  expect(await run(announced, 2 * MINUTE)).toBe('out of time');
  await run(COMPARE);
  expect(world.loadState.settledAt ?? 0).toBeLessThan(world.loadState.announcedAt ?? 0);
  world.clock.pass(10 * MINUTE);
  await run(SCHEDULE);

  expect([...world.tables.lines.keys()].sort()).toEqual(['1', '9']);
});

test('a rebuild under way is left alone: it brings the whole raw layer', async () => {
  const { world, run, put, compared } = given();
  put(lines(1));

  await run({ source: 'tillgraph.rebuild', id: 'r' });
  await run(COMPARE);

  expect([...world.tables.lines.keys()]).toEqual(['1']);
  expect(compared()).toBe(1);
});
