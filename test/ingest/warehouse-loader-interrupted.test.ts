// Slow: hundreds of generated histories, stopped anywhere.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isPending } from '../../ingest/warehouse/load-state.ts';
import { FAILED, givenLoader, lines, MINUTE, SCHEDULE, shown } from '../support/given-loader.ts';
import { named, SwitchedOff, type Trouble } from '../support/memory-warehouse.ts';

describe('the warehouse loader, whatever happens', () => {
  const trouble = fc.record<Trouble & { call: number }>({
    call: fc.integer({ min: 1, max: 120 }),
    when: fc.constantFrom('before', 'after'),
    error: fc.constantFrom(
      () => new SwitchedOff(),
      () => new SwitchedOff(),
      () => named('ThrottlingException', 'Rate exceeded'),
      () => named('ActiveStatementsExceededException', 'Active statements exceeded the allowed quota (500).'),
      () => named('InternalServerException', 'please try again'),
    ),
  });
  const delivery = fc.record({
    ids: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 }),
    /** How much later than the one before. */
    after: fc.integer({ min: 0, max: 20 * MINUTE }),
    copyAfter: fc.oneof(fc.integer({ min: 100, max: 5000 }), fc.integer({ min: 100, max: 110 * MINUTE })),
    told: fc.integer({ min: 0, max: 3 }),
    gaveUp: fc.boolean(),
    refusal: fc.option(fc.constantFrom('ERROR: 1023 Serializable isolation violation', 'terminating connection'), {
      nil: undefined,
    }),
    forget: fc.boolean(),
  });

  test('the answers are those of the warehouse, nothing waits and nothing is pending', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(delivery, { minLength: 1, maxLength: 6 }),
        fc.array(trouble, { maxLength: 12 }),
        async (deliveries, troubles) => {
          const { world, run, deliver } = givenLoader();
          for (const { call, ...what } of troubles) world.trouble.set(call, what);
          // Lambda calls again once when a run fails.
          const lambda = async (event: unknown) => {
            try {
              await run(event);
            } catch {
              await run(event).catch(() => undefined);
            }
          };
          const expected = new Set<number>();

          for (const [place, { ids, after, copyAfter, told, gaveUp, refusal, forget }] of deliveries.entries()) {
            world.clock.pass(after);
            for (const id of ids) expected.add(id);
            if (refusal !== undefined) world.refusals.push({ statement: /MERGE|REBUILD|^SELECT/, error: refusal });
            if (forget) world.forget();
            let event: object = SCHEDULE;
            if (gaveUp) world.manifests.set(`${FAILED}${String(place)}`, lines(...ids));
            else event = deliver(lines(...ids), copyAfter);
            for (let time = 0; time < told; time++) await lambda(event);
          }
          for (let tick = 0; tick < 20; tick++) {
            world.clock.pass(15 * MINUTE);
            await lambda(SCHEDULE);
          }

          const total = [...expected].reduce((sum, id) => sum + id, 0);
          // Also of objects of which no event told, or whose event Lambda gave up.
          expect(world.tables.landing).toEqual([]);
          expect(shown(world)).toEqual({ total, count: expected.size, rollup: total });
          expect(isPending(world.loadState)).toBe(false);
          world.trouble.clear();
          const before = world.log.length;
          expect(await run(SCHEDULE)).toBe('idle');
          expect(world.log).toHaveLength(before);
        },
      ),
      { numRuns: 300 },
    );
  });
});
