import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isPending } from '../../ingest/warehouse/load-state.ts';
import { refusalKind } from '../../ingest/warehouse/warehouse-session.ts';
import { named } from '../support/memory-warehouse.ts';
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

/** What says nothing of the statement that met it, by the words of the database and by the names of the Data API. */
const PASSING_WORDS = [
  'ERROR: Query reached usage limit',
  'FATAL: too many connections',
  'FATAL: connection limit exceeded for non-superusers',
  'ERROR: the workgroup is being modified',
  'ERROR: 1023\n  Detail: Serializable isolation violation on table - 100',
  'ERROR: deadlock detected',
  'ERROR: could not serialize access due to concurrent update',
  'FATAL: terminating connection due to administrator command',
  'ERROR: S3ServiceException:Please reduce your request rate.,Status 503,Error SlowDown',
  "ERROR: Query (150) cancelled on user's request",
  'ERROR: Query (150) canceled by WLM abort action of Query Monitoring Rule "long"',
  'ERROR: out of memory',
];
const PASSING_EXCEPTIONS: readonly (readonly [string, string])[] = [
  ['ThrottlingException', 'Rate exceeded'],
  ['ActiveStatementsExceededException', 'Active statements exceeded the allowed quota (500).'],
  ['ActiveSessionsExceededException', 'Active sessions exceeded the allowed quota (500).'],
  ['ActiveWaitingRequestsExceededException', 'too many'],
  ['InternalServerException', 'try again'],
  ['DatabaseConnectionException', 'no connection'],
  ['ValidationException', 'the workgroup is MODIFYING'],
  ['ValidationException', "Redshift endpoint doesn't exist in this region."],
];

describe('refusals that pass, of any kind and at any statement', () => {
  const refusal = fc.record({ after: fc.nat(8), error: fc.constantFrom(...PASSING_WORDS) });
  const trouble = fc.record({ call: fc.nat(120), error: fc.constantFrom(...PASSING_EXCEPTIONS) });

  test('lose no line, put no list away and withdraw no answer', async () => {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(refusal, { maxLength: 12 }), fc.array(trouble, { maxLength: 8 }), async (refusals, troubles) => {
        const given = givenLoader();
        const { world, run, deliver, publish } = given;
        await run(deliver(lines(1)));
        const kept = [...world.stored.keys()];
        world.manifests.set(FAILED, lines(2, 3));
        publish('2011.csv', lines(4));
        const event = deliver(lines(5, 6));
        for (const { after, error } of refusals) {
          let left = after;
          world.refusals.push({ statement: { test: () => left-- <= 0 } as unknown as RegExp, error });
        }
        const before = world.calls;
        // Calls of the Data API alone are refused so.
        const isOfDataApi = new Set(troubles.map(({ call }) => before + call));
        const byCall = new Map(troubles.map(({ call, error: [name, message] }) => [before + call, named(name, message)]));
        const api = { ...world.dataApi };
        const refuse =
          <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
          (...args: Args): Promise<Result> => {
            const error = byCall.get(world.calls + 1);
            if (error === undefined || !isOfDataApi.delete(world.calls + 1)) return call(...args);
            world.calls++;
            return Promise.reject(error);
          };
        Object.assign(world.dataApi, {
          start: refuse(api.start.bind(api)),
          look: refuse(api.look.bind(api)),
          rows: refuse(api.rows.bind(api)),
        });

        await run(event).catch(() => 'failed');
        for (let tick = 0; tick < 16; tick++) {
          world.clock.pass(15 * MINUTE);
          await run(SCHEDULE).catch(() => 'failed');
          expect(world.stored.size).toBeGreaterThanOrEqual(kept.length);
        }

        expect([...world.shelved.values()]).not.toContain('refused');
        expect([...world.refusedImports]).toEqual([]);
        expect(kept.filter((key) => !world.stored.has(key))).toEqual([]);
        expect(shown(world)).toMatchObject({ count: 6, total: 21 });
        expect(isPending(world.loadState)).toBe(false);
        refused += refusals.length - world.refusals.length;
      }),
      { numRuns: 60 },
    );
    expect(refused).toBeGreaterThan(50);
  });
});

test('what is no passing refusal still is a fault of its statement', () => {
  const faults = [
    'ERROR: relation "intake.landing" does not exist',
    'ERROR: permission denied for relation landing',
    'ERROR: Divide by zero',
    "ERROR: Load into table 'landing' failed.  Check 'sys_load_error_detail' system table for details.",
    'ERROR: incorrect data check in raw/1023/object-1023x.gz',
    'ERROR: value too long for type character varying(64)',
  ];

  expect(PASSING_WORDS.filter((words) => refusalKind(words) === undefined)).toEqual([]);
  expect(faults.filter((words) => refusalKind(words) !== undefined)).toEqual([]);
});

test('a workgroup that is not there is waited for, not taken for a batch that is lost', async () => {
  const { world, run, deliver } = givenLoader();
  const start = world.dataApi.start.bind(world.dataApi);
  let absent = 30;
  Object.assign(world.dataApi, {
    start: (...call: Parameters<typeof start>) =>
      absent-- > 0 ? Promise.reject(named('ResourceNotFoundException', 'no such workgroup')) : start(...call),
  });

  expect(await run(deliver(lines(1)))).toBe('settled');
  expect(shown(world)['count']).toBe(1);
});
