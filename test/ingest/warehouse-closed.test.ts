import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isPending } from '../../ingest/warehouse/load-state.ts';
import { FAILED, givenLoader, lines, MINUTE, SCHEDULE, shown } from '../support/given-loader.ts';

/** Everything that is asked is refused, from this statement on, for so long. */
function close({ world }: ReturnType<typeof givenLoader>, error: string, after = 0): () => void {
  let left = after;
  const statement = { test: () => left-- <= 0 } as unknown as RegExp;
  const refusals = Array.from({ length: 10_000 }, () => ({ statement, error }));
  world.refusals.push(...refusals);
  return () => void (world.refusals.length = 0);
}

describe.each([
  'ERROR: Query reached usage limit',
  'ERROR: Query (1234) cancelled because the usage limit of this workgroup has been reached',
  'FATAL: too many connections',
  'FATAL: connection limit exceeded for non-superusers',
])('a warehouse that answers "%s"', (error) => {
  test('has lost nothing: what was announced is loaded by the schedule when it is over', async () => {
    const given = givenLoader();
    const { world, run, deliver, logged } = given;
    const open = close(given, error);

    expect(await run(deliver(lines(1, 2)))).toBe('closed');
    world.clock.pass(15 * MINUTE);
    expect(await run(SCHEDULE)).toBe('closed');

    expect(isPending(world.loadState)).toBe(true);
    expect(logged.map(({ level }) => level)).toEqual(['WARN', 'WARN']);
    open();
    expect(await run(SCHEDULE)).toBe('settled');
    expect(shown(world)['count']).toBe(2);
  });

  test('puts no list of a failed delivery away, and no import, and keeps every answer', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(12), async (after) => {
        const given = givenLoader();
        const { world, run, deliver, publish } = given;
        await run(deliver(lines(1)));
        const kept = new Set(world.stored.keys());
        world.manifests.set(FAILED, lines(2));
        publish('2011.csv', lines(3));
        const event = deliver(lines(4));
        world.clock.pass(1000);
        const open = close(given, error, after);

        await run(event).catch(() => 'failed');

        expect([...world.shelved.values()]).not.toContain('refused');
        expect(new Set(world.stored.keys())).toEqual(kept);
        open();
        for (let tick = 0; tick < 3; tick++) {
          world.clock.pass(15 * MINUTE);
          await run(SCHEDULE);
        }
        expect(shown(world)['count']).toBe(4);
      }),
      { numRuns: 40 },
    );
  });
});

test('a conflict that lasts withdraws no answer', async () => {
  const { world, run, deliver } = givenLoader();
  await run(deliver(lines(1)));
  const kept = new Set(world.stored.keys());
  const event = deliver(lines(2));
  const error = 'ERROR: 1023 DETAIL: Serializable isolation violation on table - 100';
  world.refusals.push(...Array.from({ length: 200 }, () => ({ statement: /^SELECT count$/, error })));

  await run(event).catch(() => 'failed');

  expect(new Set(world.stored.keys())).toEqual(kept);
});
