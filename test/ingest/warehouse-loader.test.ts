import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AnswerTooLargeError } from '../../ingest/warehouse/answers.ts';
import { UnknownLoadEventError } from '../../ingest/warehouse/load-event.ts';
import { isPending } from '../../ingest/warehouse/load-state.ts';
import { warehouseLoader } from '../../ingest/warehouse/loader.ts';
import { StatementRefusedError } from '../../ingest/warehouse/warehouse-session.ts';
import { MemoryWarehouse, named, SwitchedOff, type MemoryLine, type Trouble } from '../support/memory-warehouse.ts';

const MINUTE = 60_000;
const SCHEDULE = { source: 'tillgraph.schedule' };
const FAILED = 'firehose/errors/manifests/2026/11/22/10/stream-1';

/** A warehouse with its loader. */
function given() {
  const world = new MemoryWarehouse();
  const logged: { level: string; entry: Readonly<Record<string, unknown>> }[] = [];
  let tokens = 0;
  const load = warehouseLoader({
    dataApi: world.dataApi,
    state: world.state,
    answers: world.answers,
    deliveries: world.deliveries,
    load: world.load,
    refresh: world.refresh,
    questions: world.questions,
    stagingPrefix: 'firehose/',
    newToken: () => `token-${String(++tokens)}`,
    log: (level, entry) => logged.push({ level, entry: JSON.parse(JSON.stringify(entry)) as Record<string, unknown> }),
  });
  return {
    world,
    logged,
    run: (event: unknown, milliseconds?: number) => load(event, world.clock.run(milliseconds)),
    /** Firehose puts an object, copies it so much later, and EventBridge tells of it. */
    deliver: (lines: readonly MemoryLine[], copyAfter = 300) => {
      const { time } = world.clock;
      world.clock.at(time + copyAfter, () => {
        world.copy(lines);
      });
      return created('firehose/2026/11/22/10/object', time);
    },
  };
}

const created = (key: string, time: number) => ({
  source: 'aws.s3',
  'detail-type': 'Object Created',
  time: new Date(time).toISOString(),
  detail: { bucket: { name: 'bucket' }, object: { key, size: 1, etag: 'e' } },
});

const lines = (...ids: number[]): MemoryLine[] => ids.map((id) => ({ id: String(id), amount: id }));
const shown = ({ stored }: MemoryWarehouse) =>
  Object.fromEntries([...stored.values()].map(({ question, rows }) => [question, (rows[0] as { value: number }).value]));

describe('the warehouse loader', () => {
  test('loads what an object announced as soon as it is copied, and keeps the answers', async () => {
    const { world, run, deliver, logged } = given();

    const outcome = await run(deliver(lines(1, 2, 3)));

    expect(outcome).toBe('settled');
    expect(shown(world)).toEqual({ total: 6, count: 3, rollup: 6 });
    expect(world.log.filter((what) => what === 'load')).toEqual(['load']);
    expect(isPending(world.loadState)).toBe(false);
    expect(logged).toMatchObject([
      { level: 'INFO', entry: { outcome: 'settled', loads: 1, lines: { in: 3, new: 3, rejected: 0 }, refreshes: 1 } },
    ]);
  });

  test('waits for a COPY that comes minutes later, and asks ever more seldom', async () => {
    const { world, run, deliver } = given();

    const outcome = await run(deliver(lines(1), 3 * MINUTE));

    expect(outcome).toBe('settled');
    expect(shown(world)['total']).toBe(1);
    expect(world.log.filter((what) => what === 'look').length).toBeLessThan(200);
  });

  test('loads a COPY that begins after the one it waited for, without another event', async () => {
    const { world, run, deliver } = given();
    const event = deliver(lines(1), 2000);
    deliver(lines(2), 3500);

    await run(event);

    expect(shown(world)['total']).toBe(3);
    expect(world.tables.landing).toEqual([]);
  });

  test('leaves the warehouse asleep when the schedule finds nothing pending', async () => {
    const { world, run, deliver } = given();
    await run(deliver(lines(1)));
    const before = world.log.length;

    const outcome = await run(SCHEDULE);

    expect(outcome).toBe('idle');
    expect(world.log).toHaveLength(before);
  });

  test('never wakes a warehouse that nothing was ever delivered to', async () => {
    const { world, run } = given();
    world.clock.pass(300 * MINUTE);

    expect(await run(SCHEDULE)).toBe('idle');
    expect(world.log).toEqual([]);
  });

  test('does nothing for the same event again', async () => {
    const { world, run, deliver } = given();
    const event = deliver(lines(1));
    await run(event);
    const before = world.log.length;

    expect(await run(event)).toBe('idle');
    expect(world.log).toHaveLength(before);
  });

  test('looks again when Firehose may have repeated a COPY that nobody announces', async () => {
    const { world, run, deliver } = given();
    const event = deliver(lines(1));
    deliver(lines(2), 5 * MINUTE);
    deliver(lines(3), 115 * MINUTE);
    await run(event);
    const outcomes: string[] = [];

    for (let tick = 0; tick < 16; tick++) {
      world.clock.pass(15 * MINUTE);
      outcomes.push(await run(SCHEDULE));
    }

    expect(shown(world)['total']).toBe(6);
    expect(outcomes.filter((outcome) => outcome !== 'idle')).toEqual(['settled', 'settled', 'settled']);
  });

  test('stays pending while the COPY does not come, and gives up loudly after three hours', async () => {
    const { world, run, logged } = given();
    const outcomes = [await run(created('firehose/2026/11/22/10/object', world.clock.time))];

    for (let tick = 0; tick < 14; tick++) {
      world.clock.pass(15 * MINUTE);
      outcomes.push(await run(SCHEDULE));
    }

    expect(outcomes).toEqual([...Array<string>(12).fill('waiting'), 'given up', 'idle', 'idle']);
    expect(logged.filter(({ level }) => level === 'ERROR')).toMatchObject([{ entry: { outcome: 'given up' } }]);
  });

  test('takes what came for what was announced when nothing else comes, though its clock was behind', async () => {
    const { world, run } = given();
    const event = created('firehose/2026/11/22/10/object', world.clock.time + 3000);
    world.clock.at(world.clock.time + 100, () => {
      world.copy(lines(1));
    });

    const outcome = await run(event);

    expect(outcome).toBe('settled');
    expect(shown(world)['total']).toBe(1);
  });

  test('keeps the answers new while more and more lines come, and refreshes when they have come', async () => {
    const { world, run, deliver } = given();
    const totals: number[] = [];
    const event = deliver(lines(0));
    for (let number = 1; number < 300; number++)
      world.clock.at(world.clock.time + number * 100, () => {
        world.copy(lines(number));
        totals.push(shown(world)['total'] ?? 0);
      });
    world.tables.loadId = world.tables.refreshedLoadId = 1;
    world.loadState = { refreshedAt: world.clock.time - 60_000, refreshMilliseconds: 2000 };

    await run(event);

    expect(new Set(totals).size).toBeGreaterThan(4);
    expect(world.log.filter((what) => what === 'refresh')).toHaveLength(1);
    expect(shown(world)).toEqual({ total: 44_850, count: 300, rollup: 44_850 });
  });

  test('copies what Firehose gave up on, puts the list away, and loads it', async () => {
    const { world, run, logged } = given();
    world.manifests.set(FAILED, lines(4, 5));

    const outcome = await run(SCHEDULE);

    expect(outcome).toBe('settled');
    expect(world.shelved).toEqual(new Map([[FAILED, 'redriven']]));
    expect(shown(world)['total']).toBe(9);
    expect(logged).toMatchObject([{ level: 'INFO', entry: { redriven: 1 } }]);
  });

  test('puts a list aside that the warehouse refuses, says so, and goes on', async () => {
    const { world, run, logged } = given();
    world.manifests.set(FAILED, []);
    world.manifests.set(`${FAILED}'; DROP TABLE x`, []);
    world.refusals.push({ statement: /^COPY/, error: 'S3ServiceException: the object is gone' });

    await run(SCHEDULE);

    expect([...world.shelved.values()]).toEqual(['refused', 'refused']);
    expect(world.log.filter((what) => what === 'copy')).toHaveLength(1);
    expect(logged).toMatchObject([
      {
        level: 'ERROR',
        entry: { problems: [/the object is gone/, /letters/].map((words) => expect.stringMatching(words) as unknown) },
      },
    ]);
  });

  test('takes no note of lists and of what it put away itself', async () => {
    const { world, run } = given();
    const keys = ['firehose/manifests/2026/11/m', `firehose/redriven/${FAILED.slice(9)}`, 'raw/v=1/x'];

    for (const key of keys) expect(await run(created(key, world.clock.time))).toBe('ignored');

    expect(world.loadState).toEqual({});
  });

  test('refreshes only so often that a tenth of the time goes into it, and the schedule makes up for the rest', async () => {
    const { world, run, deliver } = given();
    world.refreshMilliseconds = 60_000;
    await run(deliver(lines(1)));

    await run(deliver(lines(2)));
    const late = shown(world);
    world.clock.pass(15 * MINUTE);
    const outcome = await run(SCHEDULE);

    expect(late).toEqual({ total: 3, count: 2, rollup: 1 });
    expect(outcome).toBe('settled');
    expect(shown(world)).toEqual({ total: 3, count: 2, rollup: 3 });
    expect(world.log.filter((what) => what === 'refresh')).toHaveLength(2);
  });

  test('writes no answer again that is as it was', async () => {
    const { world, run, deliver } = given();
    world.refreshMilliseconds = 600_000;
    await run(deliver(lines(1)));
    const { puts } = world;

    await run({ source: 'tillgraph.request' });

    expect(world.puts).toBe(puts);
  });

  test('asks the others when one question is refused, and keeps no answer to that one', async () => {
    const { world, run, deliver, logged } = given();
    await run(deliver(lines(1)));
    const refusal = { statement: /^SELECT count$/, error: 'column "x" does not exist' };
    // In its batch, and alone; before the refresh and after it.
    world.refusals.push(refusal, refusal, refusal, refusal);

    await run(deliver(lines(2)));

    expect(shown(world)).toEqual({ total: 3, rollup: 3 });
    expect(logged.at(-1)).toMatchObject({ level: 'ERROR', entry: { outcome: 'settled' } });
  });

  test('takes away an answer that has become too large, so that readers ask the warehouse', async () => {
    const { world, run, deliver } = given();
    await run(deliver(lines(1)));
    const put = world.answers.put.bind(world.answers);
    Object.assign(world.answers, {
      put: (answer: Parameters<typeof put>[0]) =>
        answer.question === 'total' ? Promise.reject(new AnswerTooLargeError('total')) : put(answer),
    });

    await run(deliver(lines(2)));

    expect(shown(world)).toEqual({ count: 2, rollup: 3 });
  });

  test('answers new questions without waiting for a load', async () => {
    const { world, run, deliver } = given();
    await run(deliver(lines(1)));
    world.loadState = { ...world.loadState, questions: 'of an earlier deployment', answers: {} };
    world.stored.clear();

    const outcome = await run(SCHEDULE);

    expect(outcome).toBe('settled');
    expect(shown(world)).toEqual({ total: 1, count: 1, rollup: 1 });
  });

  test('keeps answers of another warehouse from passing for those of this one', async () => {
    const { world, run, deliver } = given();
    world.loadState = { loadId: 900, refreshedLoadId: 900, answers: { total: 'of another' } };

    await run(deliver(lines(1)));

    expect(shown(world)).toEqual({ total: 1, count: 1, rollup: 1 });
  });

  test('tries a load again that lost against another transaction', async () => {
    const { world, run, deliver } = given();
    world.refusals.push({ statement: /MERGE/, error: 'ERROR: 1023 DETAIL: Serializable isolation violation on table - 100' });

    const outcome = await run(deliver(lines(1)));

    expect(outcome).toBe('settled');
    expect(world.log.filter((what) => what === 'load')).toHaveLength(2);
  });

  test('says what the warehouse said when it refuses a load, and stays pending', async () => {
    const { world, run, deliver, logged } = given();
    world.refusals.push({ statement: /MERGE/, error: 'relation "mart.sales_line" does not exist' });

    await expect(run(deliver(lines(1)))).rejects.toThrow(StatementRefusedError);

    expect(isPending(world.loadState)).toBe(true);
    expect(logged).toMatchObject([
      { level: 'ERROR', entry: { outcome: 'failed', problems: [expect.stringMatching('sales_line')] } },
    ]);
    expect(await run(SCHEDULE)).toBe('settled');
  });

  test('settles loads though the warehouse refuses the refresh', async () => {
    const { world, run, deliver, logged } = given();
    world.refusals.push({ statement: /REBUILD/, error: 'out of memory' });

    const outcome = await run(deliver(lines(1)));

    expect(outcome).toBe('settled');
    expect(shown(world)).toEqual({ total: 1, count: 1, rollup: 0 });
    expect(logged.at(-1)?.level).toBe('ERROR');
  });

  test('begins nothing that cannot end, and leaves the rest to the next run', async () => {
    const { world, run, deliver, logged } = given();

    const outcome = await run(deliver(lines(1), 20_000), 65_000);

    expect(outcome).toBe('out of time');
    expect(isPending(world.loadState)).toBe(true);
    expect(logged).toMatchObject([{ level: 'WARN' }]);
    world.clock.pass(15 * MINUTE);
    expect(await run(SCHEDULE)).toBe('settled');
  });

  test('warns when lines were rejected', async () => {
    const { world, run, deliver, logged } = given();
    world.tables.rejected = 1;

    await run(deliver(lines(1, 2)));

    expect(logged).toMatchObject([{ level: 'WARN', entry: { lines: { rejected: 1 } } }]);
  });

  test('refuses an event that it does not know', async () => {
    const { run } = given();

    await expect(run({ source: 'aws.events' })).rejects.toThrow(UnknownLoadEventError);
  });
});

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
          const { world, run, deliver } = given();
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
          // Objects of which no event told are loaded with the next one, as when Lambda gave an event up.
          if (deliveries.every(({ told, gaveUp }) => gaveUp || told > 0)) {
            expect(world.tables.landing).toEqual([]);
            expect(shown(world)).toEqual({ total, count: expected.size, rollup: total });
          } else {
            expect(shown(world)['total'] ?? 0).toBe(world.total);
          }
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
