// Slow: hundreds of generated histories of rebuilds.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UnknownLoadEventError } from '../../ingest/warehouse/load-event.ts';
import { rebuildLists } from '../../ingest/warehouse/rebuild-lists.ts';
import { isRebuilding, NothingToRebuildFromError } from '../../ingest/warehouse/rebuild.ts';
import { created, givenLoader, lines, MINUTE, SCHEDULE, shown } from '../support/given-loader.ts';
import { named, SwitchedOff, type Trouble } from '../support/memory-warehouse.ts';

const REBUILD = { source: 'tillgraph.rebuild' };

/** A loader whose warehouse has lost a line and has one too many, while all objects and files are there. */
function givenBrokenWarehouse() {
  const given = givenLoader();
  const { world } = given;
  world.objects.set('raw/v=1/a.ndjson.gz', lines(1, 2));
  world.objects.set('firehose/2026/b', lines(2, 3));
  world.files.set('file', lines(3, 4));
  world.tables.lines.set('1', 1).set('99', 99);
  world.tables.loadId = 7;
  world.tables.refreshedLoadId = 7;
  world.tables.asOf = '2026-11-22T09:00:00.000Z';
  return given;
}

/** The schedule, until the loader has nothing to do. */
async function untilIdle(run: (event: unknown) => Promise<string>, pass: (milliseconds: number) => void): Promise<string[]> {
  const outcomes: string[] = [];
  for (let tick = 0; tick < 20 && outcomes.at(-1) !== 'idle'; tick++) {
    pass(15 * MINUTE);
    outcomes.push(await run(SCHEDULE));
  }
  return outcomes;
}

describe('a rebuild of the warehouse', () => {
  test('brings back what stream and files have brought, and nothing else', async () => {
    const { world, run, logged } = givenBrokenWarehouse();

    const outcome = await run(REBUILD);
    const rest = await untilIdle(run, (time) => {
      world.clock.pass(time);
    });

    expect(outcome).toBe('rebuilding');
    expect(rest).toEqual(['settled', 'idle']);
    expect([...world.tables.lines.keys()].sort()).toEqual(['1', '2', '3', '4']);
    expect(shown(world)).toEqual({ total: 10, count: 4, rollup: 10 });
    expect(world.importRuns).toBe(1);
    expect(logged.map(({ level }) => level)).not.toContain('ERROR');
  });

  test('leaves the answers as they were until everything is there', async () => {
    const { world, run, deliver } = givenBrokenWarehouse();
    await run({ source: 'tillgraph.request' });
    const before = shown(world);
    const { puts } = world;

    await run(REBUILD);
    await run(deliver(lines(5)));
    const meanwhile = { ...shown(world), puts: world.puts };
    await untilIdle(run, (time) => {
      world.clock.pass(time);
    });

    expect(before['total']).toBe(100);
    expect(meanwhile).toEqual({ ...before, puts });
    expect(shown(world)).toEqual({ total: 15, count: 5, rollup: 15 });
  });

  test('needs no job where there are no files', async () => {
    const { world, run } = givenBrokenWarehouse();
    world.files.clear();

    expect(await run(REBUILD)).toBe('settled');
    expect(shown(world)).toEqual({ total: 6, count: 3, rollup: 6 });
    expect(world.importRuns).toBe(0);
  });

  test('is one, however often it is asked for under one id', async () => {
    const { world, run } = givenBrokenWarehouse();
    world.files.clear();
    await run({ ...REBUILD, id: 'one' });
    const emptied = () => world.log.filter((what) => what === 'emptying').length;

    await run({ ...REBUILD, id: 'one' });
    const after = emptied();
    await run({ ...REBUILD, id: 'two' });

    expect(after).toBe(1);
    expect(emptied()).toBe(2);
  });

  test('empties nothing when there is nothing to make it from', async () => {
    const { world, run } = givenBrokenWarehouse();
    world.files.clear();
    world.objects.clear();

    await expect(run(REBUILD)).rejects.toThrow(NothingToRebuildFromError);

    expect(world.tables.lines.size).toBe(2);
    expect(isRebuilding(world.loadState)).toBe(false);
  });

  test('leaves out the one object that cannot be read, and names it', async () => {
    const { world, run, logged } = givenBrokenWarehouse();
    world.files.clear();
    for (const id of [5, 6, 7, 8, 9]) world.objects.set(`raw/v=1/${String(id)}.ndjson.gz`, lines(id));
    world.unreadable.add('raw/v=1/7.ndjson.gz');

    expect(await run(REBUILD)).toBe('settled');
    expect([...world.tables.lines.keys()].sort()).toEqual(['1', '2', '3', '5', '6', '8', '9']);
    expect(logged.at(-1)).toMatchObject({
      level: 'ERROR',
      entry: { problems: [expect.stringMatching(/^raw\/v=1\/7\.ndjson\.gz was not copied: /)] },
    });
  });

  test('says when the import of the files failed', async () => {
    const { world, run, logged } = givenBrokenWarehouse();
    Object.assign(world.importJob, { look: () => Promise.resolve('TIMEOUT') });

    await run(REBUILD);

    expect(isRebuilding(world.loadState)).toBe(false);
    expect(logged.at(-1)).toMatchObject({ level: 'ERROR', entry: { problems: [expect.stringMatching(/was TIMEOUT/)] } });
  });

  test('takes ids that are one word, and says so', async () => {
    const { run } = givenLoader();

    await expect(run({ ...REBUILD, id: "'; DROP TABLE x" })).rejects.toThrow(UnknownLoadEventError);
    await expect(run({ ...REBUILD, id: 7 })).rejects.toThrow(/1 to 64 letters/);
  });
});

describe('the lists of a rebuild', () => {
  test('have each object once, no mixture, and neither too many objects nor too many bytes', () => {
    const objects = Array.from({ length: 2500 }, (_, place) => ({
      key: `raw/${String(place).padStart(5, '0')}${place % 3 === 0 ? '' : '.gz'}`,
      size: place % 100 === 0 ? 100_000_000 : 10,
    }));

    const lists = rebuildLists('import/rebuild/x/', objects);

    expect(lists.flatMap((list) => list.objects).sort()).toEqual(objects.map(({ key }) => key));
    expect(new Set(lists.map(({ key }) => key)).size).toBe(lists.length);
    for (const list of lists) {
      expect(new Set(list.objects.map((key) => key.endsWith('.gz'))).size).toBe(1);
      expect(list.objects.length).toBeLessThanOrEqual(1000);
      const large = list.objects.filter((key) => Number(/\d+/.exec(key)?.[0]) % 100 === 0);
      expect(large.length).toBeLessThanOrEqual(1);
    }
  });
});

describe('a rebuild, whatever happens', () => {
  const trouble = fc.record<Trouble & { call: number }>({
    call: fc.integer({ min: 1, max: 100 }),
    when: fc.constantFrom('before', 'after'),
    error: fc.constantFrom(
      () => new SwitchedOff(),
      () => new SwitchedOff(),
      () => named('ThrottlingException', 'Rate exceeded'),
    ),
  });

  test('ends with every line once, and with what came meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(trouble, { maxLength: 12 }),
        fc.array(fc.integer({ min: 0, max: 40 * MINUTE }), { maxLength: 4 }),
        fc.boolean(),
        async (troubles, pauses, hasImportBefore) => {
          const { world, run, deliver, publish } = givenBrokenWarehouse();
          for (const { call, ...what } of troubles) world.trouble.set(call, what);
          const lambda = async (event: unknown) => {
            try {
              await run(event);
            } catch {
              await run(event).catch(() => undefined);
            }
          };
          if (hasImportBefore) publish('file.0', lines(3, 4));
          const shownMeanwhile: string[] = [];
          world.onCall = () => {
            if (isRebuilding(world.loadState)) shownMeanwhile.push([...world.tables.lines.keys()].join());
          };
          // Whoever asks, asks until it has begun.
          for (let tries = 0; tries < 20 && world.loadState.rebuild === undefined; tries++) await lambda({ ...REBUILD, id: 'r' });
          for (const [place, pause] of pauses.entries()) {
            world.clock.pass(pause);
            world.objects.set(`firehose/2026/${String(place)}`, lines(100 + place));
            await lambda(deliver(lines(100 + place)));
          }
          for (let tick = 0; tick < 25; tick++) {
            world.clock.pass(15 * MINUTE);
            await lambda(SCHEDULE);
          }
          await lambda(created('firehose/2026/last', world.clock.time));
          world.clock.pass(15 * MINUTE);

          const ids = [1, 2, 3, 4, ...pauses.map((_, place) => 100 + place)];
          // The transaction that ends it may be over before its answer has come.
          const [first = '', second, ...others] = shownMeanwhile.filter((one, place) => one !== shownMeanwhile[place - 1]);
          expect(first.startsWith('1,99')).toBe(true);
          expect(others).toEqual([]);
          expect(['1', '2', '3', '4'].every((id) => second?.split(',').includes(id) ?? true)).toBe(true);
          expect(isRebuilding(world.loadState)).toBe(false);
          expect([...world.tables.lines.keys()].map(Number).sort((a, b) => a - b)).toEqual(ids);
          expect(world.tables.landing).toEqual([]);
          expect(world.imports.size).toBe(0);
          expect(shown(world)['total']).toBe(ids.reduce((sum, id) => sum + id, 0));
        },
      ),
      { numRuns: 300 },
    );
  }, 60_000);
});
