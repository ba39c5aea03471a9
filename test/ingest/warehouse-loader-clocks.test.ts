// Slow: hundreds of generated clocks.

import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { lambdaClock } from '../../ingest/handlers/lambda-clock.ts';
import { isPending } from '../../ingest/warehouse/load-state.ts';
import { created, FAILED, givenLoader, lines, MINUTE, SCHEDULE, shown } from '../support/given-loader.ts';

const DAY = 1440 * MINUTE;

/** A line every 100 ms for so long, from now on. */
function keepComing({ world }: ReturnType<typeof givenLoader>, milliseconds: number, first = 1000): void {
  const { clock } = world;
  const start = clock.time;
  const next = (after: number) => {
    if (after <= milliseconds)
      clock.at(start + after, () => {
        world.copy(lines(first + after / 100));
        next(after + 100);
      });
  };
  next(100);
}

describe('while lines keep coming', () => {
  test('a list that is published is copied and told of within seconds', async () => {
    const given = givenLoader();
    const { world, run, deliver, publish } = given;
    const event = deliver(lines(1));
    const start = world.clock.time;
    keepComing(given, 8 * MINUTE);
    let toldAt: number | undefined;
    const writeOutcome = world.importManifests.writeOutcome.bind(world.importManifests);
    Object.assign(world.importManifests, {
      writeOutcome(outcome: Parameters<typeof writeOutcome>[0]) {
        toldAt ??= world.clock.time;
        return writeOutcome(outcome);
      },
    });
    world.clock.at(start + MINUTE, () => {
      publish('one', lines(2, 3));
    });

    expect(await run(event)).toBe('settled');

    expect(world.told.get('import/manifests/one.json')).toMatchObject({ status: 'LOADED', lines: { in: 2 } });
    expect((toldAt ?? Infinity) - start - MINUTE).toBeLessThan(15_000);
    expect(shown(world)['count']).toBe(3 + 4800);
  });

  test('what Firehose gives up on is copied within seconds', async () => {
    const given = givenLoader();
    const { world, run, deliver } = given;
    const event = deliver(lines(1));
    const start = world.clock.time;
    keepComing(given, 8 * MINUTE);
    world.clock.at(start + MINUTE, () => {
      world.manifests.set(FAILED, lines(2));
    });
    const copied = new Promise<number>((resolve) => {
      const moveTo = world.deliveries.moveTo.bind(world.deliveries);
      Object.assign(world.deliveries, {
        moveTo(...call: Parameters<typeof moveTo>) {
          resolve(world.clock.time);
          return moveTo(...call);
        },
      });
    });

    await run(event);

    expect((await copied) - start - MINUTE).toBeLessThan(15_000);
    expect(world.shelved).toEqual(new Map([[FAILED, 'redriven']]));
  });

  test('lists that keep being published keep no answer and no failed delivery waiting', async () => {
    const given = givenLoader();
    const { world, run, publish } = given;
    const start = world.clock.time;
    keepComing(given, 5 * MINUTE, 10_000);
    for (let number = 0; number < 600; number++)
      world.clock.at(start + number * 500, () => {
        publish(`list-${String(number).padStart(3, '0')}`, lines(number));
      });
    const seen: number[] = [];
    for (let minute = 1; minute <= 4; minute++)
      world.clock.at(start + minute * MINUTE, () => {
        seen.push(shown(world)['count'] ?? 0);
      });
    world.clock.at(start + MINUTE, () => {
      world.manifests.set(FAILED, lines(7000));
    });

    await run(publish('first', lines(5000)));

    expect(seen).toHaveLength(4);
    for (const [place, count] of seen.entries()) expect(count).toBeGreaterThan((place + 1) * 500);
    expect(world.shelved.get(FAILED)).toBe('redriven');
    expect(shown(world)['count']).toBe(602 + 3000);
    expect(world.imports.size).toBe(0);
  });

  test('products are refreshed all the same, once a quarter of an hour', async () => {
    const given = givenLoader();
    const { world, run, deliver } = given;
    const event = deliver(lines(1));
    keepComing(given, 30 * MINUTE);
    const refreshed: number[] = [];

    for (let runs = 0; runs < 3; runs++) {
      await run(runs === 0 ? event : SCHEDULE);
      refreshed.push(world.log.filter((what) => what === 'refresh').length);
    }

    expect(refreshed[0]).toBe(1);
    expect(refreshed[1]).toBe(2);
    expect(shown(world)['count']).toBe(18_001);
  });
});

describe('a clock that goes back', () => {
  test.each([10_000, MINUTE, 60 * MINUTE, DAY, 400 * DAY])(
    'by %d ms leaves no line in the landing table, and is told of',
    async (back) => {
      const { world, run, deliver, logged } = givenLoader();
      await run(deliver(lines(1)));
      world.clock.time -= back;

      const outcome = await run(deliver(lines(2)));

      expect(outcome).toBe('settled');
      expect(world.tables.landing).toEqual([]);
      expect(shown(world)['total']).toBe(3);
      expect(logged.at(-1)).toMatchObject({
        level: 'ERROR',
        entry: { problems: expect.arrayContaining([expect.stringMatching(/set the clock right/)]) as unknown },
      });
      await run(deliver(lines(3)));
      expect(logged.at(-1)).toMatchObject({ level: 'INFO' });
      expect(shown(world)['total']).toBe(6);
    },
  );

  test('is found by the schedule too, with what no event announced', async () => {
    const { world, run, deliver, logged } = givenLoader();
    await run(deliver(lines(1)));
    world.clock.time -= DAY;
    deliver(lines(2));
    world.clock.pass(MINUTE);

    expect(await run(SCHEDULE)).toBe('settled');

    expect(shown(world)).toEqual({ total: 3, count: 2, rollup: 3 });
    expect(logged.at(-1)?.level).toBe('ERROR');
  });

  test('at the warehouse alone makes nothing pass for copied that is not', async () => {
    const { world, run, deliver, logged } = givenLoader();
    await run(deliver(lines(1)));
    world.tables.newestCopiedAt = world.clock.time + DAY;

    const outcome = await run(deliver(lines(2), 20_000));

    expect(outcome).toBe('settled');
    expect(shown(world)['total']).toBe(3);
    expect(logged.at(-1)).toMatchObject({ entry: { problems: [expect.stringMatching(/by the warehouse's clock/)] } });
    await run(deliver(lines(3)));
    expect(logged.at(-1)).toMatchObject({ level: 'INFO' });
  });

  test('after an event from the future leaves nothing of later events behind', async () => {
    const { world, run, deliver } = givenLoader();
    deliver(lines(1));
    await run(created('firehose/2026/11/23/10/object', world.clock.time + DAY));

    await run(deliver(lines(2)));

    expect(shown(world)['total']).toBe(3);
    expect(world.tables.landing).toEqual([]);
  });

  test('and forth while lines and imports come leaves nothing that is not shown in the end', async () => {
    const step = fc.record({
      id: fc.integer({ min: 1, max: 50 }),
      jump: fc.constantFrom(0, 0, -10_000, -MINUTE, -90 * MINUTE, -DAY, 30_000, 200 * MINUTE, DAY),
      copyAfter: fc.constantFrom(300, 20_000, 5 * MINUTE),
      how: fc.constantFrom('told', 'unreported', 'import', 'given up'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
        const { world, run, deliver, publish } = givenLoader();
        for (const [place, { id, jump, copyAfter, how }] of steps.entries()) {
          // What is under way comes first: only times that are written down jump.
          world.clock.pass(10 * MINUTE);
          world.clock.time += jump;
          if (how === 'import') await run(publish(String(place), lines(id)));
          else if (how === 'given up') world.manifests.set(`${FAILED}-${String(place)}`, lines(id));
          else {
            const event = deliver(lines(id), copyAfter);
            if (how === 'told') await run(event);
          }
        }
        // When the clock comes to where it was, objects of then look unannounced, and are waited for for three hours.
        for (let tick = 0; tick < 40; tick++) {
          world.clock.pass(15 * MINUTE);
          await run(SCHEDULE);
        }

        const ids = new Set(steps.map(({ id }) => id));
        const total = [...ids].reduce((sum, id) => sum + id, 0);
        expect(world.tables.landing).toEqual([]);
        expect(isPending(world.loadState)).toBe(false);
        expect(shown(world)).toEqual({ total, count: ids.size, rollup: total });
      }),
      { numRuns: 300 },
    );
  }, 60_000);
});

describe('the time of a run', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  test('never goes back, whatever becomes of the clock of the machine', () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-22T10:00:00Z') });
    const clock = lambdaClock({ getRemainingTimeInMillis: () => 60_000 } as never);
    const before = clock.now();
    vi.setSystemTime(Date.parse('2020-01-01T00:00:00Z'));

    expect(clock.now()).toBeGreaterThanOrEqual(before);
    expect(clock.deadline - before).toBeGreaterThan(50_000);
  });
});
