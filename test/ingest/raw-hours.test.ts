import { expect, test } from 'vitest';
import { isHourCheckDue, registerHours, type RawHours } from '../../ingest/warehouse/raw-hours.ts';
import { givenLoader, MINUTE, SCHEDULE } from '../support/given-loader.ts';

const NOW = Date.UTC(2026, 10, 30, 9, 30);
const HOUR = 60 * MINUTE;

/** Hours in a bucket, and those that a catalog has; the catalog may refuse from the nth call on. */
class MemoryHours implements RawHours {
  readonly registered = new Set<string>();
  readonly listed: string[] = [];
  refusesFrom = Infinity;

  constructor(readonly present: readonly string[]) {}

  oldest = async () => [...this.present].sort()[0];
  days = async () => [...new Set(this.present.map((hour) => hour.slice(0, 10)))].sort();
  isRegistered = async (hour: string) => this.registered.has(hour);
  hoursOf = async (day: string) => {
    this.listed.push(day);
    return this.present.filter((hour) => hour.startsWith(day)).sort();
  };
  register = async (hours: readonly string[]) => {
    if (--this.refusesFrom <= 0) throw new Error('the catalog refuses');
    for (const hour of hours) this.registered.add(hour);
  };
}

const YEAR = ['2025-11-29/23', '2026-01-01/00', '2026-11-29/08', '2026-11-29/09', '2026-11-30/08', '2026-11-30/09'];

test('the first look registers all hours there are, and the next one looks at two days', async () => {
  const hours = new MemoryHours(YEAR);

  await registerHours(hours, undefined, NOW);
  const first = [...hours.registered].sort();
  hours.listed.length = 0;
  await registerHours(hours, NOW, NOW + 15 * MINUTE);

  expect(first).toEqual(YEAR);
  expect(hours.listed).toEqual(['2026-11-30', '2026-11-29']);
});

test('an hour whose first object comes a day late is registered', async () => {
  const hours = new MemoryHours(YEAR);
  await registerHours(new MemoryHours([]), undefined, NOW);
  for (const hour of YEAR.filter((one) => one !== '2026-11-29/09')) hours.registered.add(hour);

  await registerHours(hours, NOW, NOW + 15 * MINUTE);

  expect([...hours.registered].sort()).toEqual(YEAR);
});

test('no hour is passed over when nobody looked for a week', async () => {
  const hours = new MemoryHours(YEAR);
  hours.registered.add('2025-11-29/23').add('2026-01-01/00');

  await registerHours(hours, NOW - 7 * 24 * HOUR, NOW);

  expect([...hours.registered].sort()).toEqual(YEAR);
});

test('a table that was made anew, and a look that died, are made up for by the next', async () => {
  const hours = new MemoryHours(YEAR);
  hours.refusesFrom = 3;
  await expect(registerHours(hours, NOW, NOW)).rejects.toThrow('the catalog refuses');
  hours.refusesFrom = Infinity;

  await registerHours(hours, NOW, NOW + 15 * MINUTE);

  expect([...hours.registered].sort()).toEqual(YEAR);
});

test('a bucket without a raw line has nothing to register', async () => {
  const hours = new MemoryHours([]);

  await registerHours(hours, undefined, NOW);

  expect(hours.listed).toEqual([]);
});

test('a look is due ten minutes after the last, and when a clock has gone back', () => {
  const at = (hoursAt: number) => isHourCheckDue({ hoursAt }, NOW);

  expect([isHourCheckDue({}, NOW), at(NOW), at(NOW - 10 * MINUTE), at(NOW + HOUR)]).toEqual([true, false, true, true]);
});

test('a catalog that refuses keeps no line from being loaded, and is told of', async () => {
  const rawHours = new MemoryHours(YEAR);
  rawHours.refusesFrom = 1;
  const { run, world, deliver, logged } = givenLoader({ rawHours });
  world.copy([{ id: '1', amount: 1 }]);
  deliver([]);

  expect(await run(SCHEDULE)).toBe('settled');

  expect([...world.tables.lines.keys()]).toEqual(['1']);
  expect(logged.at(-1)?.entry['problems']).toEqual([expect.stringContaining('the catalog refuses')]);
  rawHours.refusesFrom = Infinity;
  await run(SCHEDULE);
  expect([...rawHours.registered].sort()).toEqual(YEAR);
});
