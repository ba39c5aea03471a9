import { describe, expect, test } from 'vitest';
import { AnswerTooLargeError } from '../../ingest/warehouse/copy-answers.ts';
import { UnknownLoadEventError } from '../../ingest/warehouse/load-event.ts';
import { isPending } from '../../ingest/warehouse/load-state.ts';
import { StatementRefusedError } from '../../ingest/warehouse/warehouse-session.ts';
import { created, FAILED, givenLoader, lines, MINUTE, SCHEDULE, shown } from '../support/given-loader.ts';

describe('the warehouse loader', () => {
  test('loads what an object announced as soon as it is copied, and keeps the answers', async () => {
    const { world, run, deliver, logged } = givenLoader();

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
    const { world, run, deliver } = givenLoader();

    const outcome = await run(deliver(lines(1), 3 * MINUTE));

    expect(outcome).toBe('settled');
    expect(shown(world)['total']).toBe(1);
    expect(world.log.filter((what) => what === 'look').length).toBeLessThan(200);
  });

  test('loads a COPY that begins after the one it waited for, without another event', async () => {
    const { world, run, deliver } = givenLoader();
    const event = deliver(lines(1), 2000);
    deliver(lines(2), 3500);

    await run(event);

    expect(shown(world)['total']).toBe(3);
    expect(world.tables.landing).toEqual([]);
  });

  test('leaves the warehouse asleep when the schedule finds nothing pending', async () => {
    const { world, run, deliver } = givenLoader();
    await run(deliver(lines(1)));
    const before = world.log.length;

    const outcome = await run(SCHEDULE);

    expect(outcome).toBe('idle');
    expect(world.log).toHaveLength(before);
  });

  test('never wakes a warehouse that nothing was ever delivered to', async () => {
    const { world, run } = givenLoader();
    world.clock.pass(300 * MINUTE);

    expect(await run(SCHEDULE)).toBe('idle');
    expect(world.log).toEqual([]);
  });

  test('does nothing for the same event again', async () => {
    const { world, run, deliver } = givenLoader();
    const event = deliver(lines(1));
    await run(event);
    const before = world.log.length;

    expect(await run(event)).toBe('idle');
    expect(world.log).toHaveLength(before);
  });

  test('looks again when Firehose may have repeated a COPY that nobody announces', async () => {
    const { world, run, deliver } = givenLoader();
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

  test('finds by the clock what no event announced, and wakes nobody for what it has loaded', async () => {
    const { world, run, deliver } = givenLoader();
    await run(deliver(lines(1)));
    world.clock.pass(300 * MINUTE);
    await run(SCHEDULE);
    deliver(lines(2));
    world.clock.pass(15 * MINUTE);

    const outcome = await run(SCHEDULE);

    expect(outcome).toBe('settled');
    expect(shown(world)['total']).toBe(3);
    const before = world.log.length;
    expect(await run(SCHEDULE)).toBe('idle');
    expect(world.log).toHaveLength(before);
  });

  test('finds even the very first object that was announced to nobody', async () => {
    const { world, run, deliver } = givenLoader();
    deliver(lines(1));
    world.clock.pass(15 * MINUTE);

    expect(await run(SCHEDULE)).toBe('settled');
    expect(shown(world)['total']).toBe(1);
  });

  test('stays pending while the COPY does not come, and gives up loudly after three hours', async () => {
    const { world, run, logged } = givenLoader();
    const outcomes = [await run(created('firehose/2026/11/22/10/object', world.clock.time))];

    for (let tick = 0; tick < 14; tick++) {
      world.clock.pass(15 * MINUTE);
      outcomes.push(await run(SCHEDULE));
    }

    expect(outcomes).toEqual([...Array<string>(12).fill('waiting'), 'given up', 'idle', 'idle']);
    expect(logged.filter(({ level }) => level === 'ERROR')).toMatchObject([{ entry: { outcome: 'given up' } }]);
  });

  test('takes what came for what was announced when nothing else comes, though its clock was behind', async () => {
    const { world, run } = givenLoader();
    const event = created('firehose/2026/11/22/10/object', world.clock.time + 3000);
    world.clock.at(world.clock.time + 100, () => {
      world.copy(lines(1));
    });

    const outcome = await run(event);

    expect(outcome).toBe('settled');
    expect(shown(world)['total']).toBe(1);
  });

  test('keeps the answers new while more and more lines come, and refreshes when they have come', async () => {
    const { world, run, deliver } = givenLoader();
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
    const { world, run, logged } = givenLoader();
    world.manifests.set(FAILED, lines(4, 5));

    const outcome = await run(SCHEDULE);

    expect(outcome).toBe('settled');
    expect(world.shelved).toEqual(new Map([[FAILED, 'redriven']]));
    expect(shown(world)['total']).toBe(9);
    expect(logged).toMatchObject([{ level: 'INFO', entry: { redriven: 1 } }]);
  });

  test('leaves a list while the warehouse is unreachable, and copies it once it is back', async () => {
    const { world, run } = givenLoader();
    world.manifests.set(FAILED, lines(4, 5));
    for (let n = 0; n < 50; n++)
      world.refusals.push({ statement: /^COPY/, error: 'connection refused: the workgroup is resuming' });

    await run(SCHEDULE).catch(() => undefined);
    const meanwhile = [...world.shelved.values()];
    world.refusals.length = 0;
    await run(SCHEDULE);

    expect(meanwhile).toEqual([]);
    expect(world.shelved).toEqual(new Map([[FAILED, 'redriven']]));
    expect(shown(world)['total']).toBe(9);
  });

  test('puts a list aside that the warehouse refuses, says so, and goes on', async () => {
    const { world, run, logged } = givenLoader();
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
    const { world, run } = givenLoader();
    const keys = ['firehose/manifests/2026/11/m', `firehose/redriven/${FAILED.slice(9)}`, 'raw/v=1/x'];

    for (const key of keys) expect(await run(created(key, world.clock.time))).toBe('ignored');

    expect(world.loadState).toEqual({});
  });

  test('refreshes for a tenth of the time at most, and the schedule does the rest', async () => {
    const { world, run, deliver } = givenLoader();
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
    const { world, run, deliver } = givenLoader();
    world.refreshMilliseconds = 600_000;
    await run(deliver(lines(1)));
    const { puts } = world;

    await run({ source: 'tillgraph.request' });

    expect(world.puts).toBe(puts);
  });

  test('asks the others when one question is refused, and keeps no answer to that one', async () => {
    const { world, run, deliver, logged } = givenLoader();
    await run(deliver(lines(1)));
    const refusal = { statement: /^SELECT count$/, error: 'column "x" does not exist' };
    // In its batch, and alone; before the refresh and after it.
    world.refusals.push(refusal, refusal, refusal, refusal);

    await run(deliver(lines(2)));

    expect(shown(world)).toEqual({ total: 3, rollup: 3 });
    expect(logged.at(-1)).toMatchObject({ level: 'ERROR', entry: { outcome: 'settled' } });
  });

  test('takes away an answer that has become too large, so that readers ask the warehouse', async () => {
    const { world, run, deliver } = givenLoader();
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
    const { world, run, deliver } = givenLoader();
    await run(deliver(lines(1)));
    world.loadState = { ...world.loadState, questions: 'of an earlier deployment', answers: {} };
    world.stored.clear();

    const outcome = await run(SCHEDULE);

    expect(outcome).toBe('settled');
    expect(shown(world)).toEqual({ total: 1, count: 1, rollup: 1 });
  });

  test('keeps answers of another warehouse from passing for those of this one', async () => {
    const { world, run, deliver } = givenLoader();
    world.loadState = { loadId: 900, refreshedLoadId: 900, answers: { total: 'of another' } };

    await run(deliver(lines(1)));

    expect(shown(world)).toEqual({ total: 1, count: 1, rollup: 1 });
  });

  test('tries a load again that lost against another transaction', async () => {
    const { world, run, deliver } = givenLoader();
    world.refusals.push({ statement: /MERGE/, error: 'ERROR: 1023 DETAIL: Serializable isolation violation on table - 100' });

    const outcome = await run(deliver(lines(1)));

    expect(outcome).toBe('settled');
    expect(world.log.filter((what) => what === 'load')).toHaveLength(2);
  });

  test('says what the warehouse said when it refuses a load, and stays pending', async () => {
    const { world, run, deliver, logged } = givenLoader();
    world.refusals.push({ statement: /MERGE/, error: 'relation "mart.sales_line" does not exist' });

    await expect(run(deliver(lines(1)))).rejects.toThrow(StatementRefusedError);

    expect(isPending(world.loadState)).toBe(true);
    expect(logged).toMatchObject([
      { level: 'ERROR', entry: { outcome: 'failed', problems: [expect.stringMatching('sales_line')] } },
    ]);
    expect(await run(SCHEDULE)).toBe('settled');
  });

  test('settles loads though the warehouse refuses the refresh', async () => {
    const { world, run, deliver, logged } = givenLoader();
    world.refusals.push({ statement: /REBUILD/, error: 'out of memory' });

    const outcome = await run(deliver(lines(1)));

    expect(outcome).toBe('settled');
    expect(shown(world)).toEqual({ total: 1, count: 1, rollup: 0 });
    expect(logged.at(-1)?.level).toBe('ERROR');
  });

  test('begins nothing that cannot end, and leaves the rest to the next run', async () => {
    const { world, run, deliver, logged } = givenLoader();

    const outcome = await run(deliver(lines(1), 20_000), 65_000);

    expect(outcome).toBe('out of time');
    expect(isPending(world.loadState)).toBe(true);
    expect(logged).toMatchObject([{ level: 'WARN' }]);
    world.clock.pass(15 * MINUTE);
    expect(await run(SCHEDULE)).toBe('settled');
  });

  test('warns when lines were rejected', async () => {
    const { world, run, deliver, logged } = givenLoader();
    world.tables.rejected = 1;

    await run(deliver(lines(1, 2)));

    expect(logged).toMatchObject([{ level: 'WARN', entry: { lines: { rejected: 1 } } }]);
  });

  test('refuses an event that it does not know', async () => {
    const { run } = givenLoader();

    await expect(run({ source: 'aws.events' })).rejects.toThrow(UnknownLoadEventError);
  });
});

test('a load settles although the system does not list the lines that COPY could not land', async () => {
  const { world, run, deliver, logged } = givenLoader();
  const error = 'ERROR: Specified types or functions not supported on Redshift tables';
  world.refusals.push({ statement: /^TAKE load errors$/, error });

  expect(await run(deliver(lines(1, 2)))).toBe('settled');

  expect(shown(world)['count']).toBe(2);
  expect(isPending(world.loadState)).toBe(false);
  expect(logged).toMatchObject([
    {
      level: 'WARN',
      entry: {
        outcome: 'settled',
        unseen: `lines that COPY could not land are not in intake.reject: the warehouse refused warehouse load-errors: ${error}`,
      },
    },
  ]);
});
