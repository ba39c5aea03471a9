import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isAwaiting, isPending } from '../../ingest/warehouse/load-state.ts';
import { created, givenLoader, lines, MINUTE, SCHEDULE, shown } from '../support/given-loader.ts';
import { named, SwitchedOff, type Trouble } from '../support/memory-warehouse.ts';

describe('the warehouse loader and imports', () => {
  test('copies and loads what an import published, tells what became of it, and takes the list away', async () => {
    const { world, run, publish, logged } = givenLoader();
    const event = publish('one', lines(1, 2, 2));

    const outcome = await run(event);

    expect(outcome).toBe('settled');
    expect(shown(world)).toEqual({ total: 3, count: 2, rollup: 3 });
    expect(Object.fromEntries(world.told)).toMatchObject({
      'import/manifests/one.json': {
        manifest: 'import/manifests/one.json',
        status: 'LOADED',
        loadId: 1,
        lines: { in: 3, new: 2, changed: 0, unchanged: 0, repeated: 1, rejected: 0 },
        copiedAt: expect.stringMatching(/^2026-11-22T10:00:00/) as string,
        seconds: { copy: expect.any(Number) as number, load: expect.any(Number) as number },
      },
    });
    expect([...world.imports.keys()]).toEqual([]);
    expect(logged).toMatchObject([
      { level: 'INFO', entry: { outcome: 'settled', loads: 1, imports: ['import/manifests/one.json'], lines: { in: 3 } } },
    ]);
  });

  test('loads all that are there at once, each with its own account', async () => {
    const { world, run, publish, logged } = givenLoader();
    publish('one', lines(1, 2));
    publish('two', lines(2, 3));

    await run(publish('three', lines(1)));

    expect(world.log.filter((what) => what === 'load')).toHaveLength(1);
    const shares = [...world.told.values()].flatMap((told) => (told.status === 'LOADED' ? (told.seconds.load ?? []) : []));
    const { seconds } = logged.at(-1)?.entry as { seconds: { load: number } };
    expect(shares).toHaveLength(3);
    expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(seconds.load, 2);
    expect([...world.told.values()].map((told) => (told.status === 'LOADED' ? told.lines.new : told.reason))).toEqual([2, 1, 0]);
  });

  test('needs no event: the schedule finds the list', async () => {
    const { world, run, publish } = givenLoader();
    publish('one', lines(1));

    expect(await run(SCHEDULE)).toBe('settled');
    expect(shown(world)['total']).toBe(1);
  });

  test('does nothing for an import that was told of before, nor for what it wrote itself', async () => {
    const { world, run, publish } = givenLoader();
    const event = publish('one', lines(1));
    await run(event);
    const before = world.log.length;

    expect(await run(event)).toBe('idle');
    expect(await run(created('import/loaded/one.json', world.clock.time))).toBe('ignored');
    expect(world.log).toHaveLength(before);
  });

  test('tells again of an import whose list comes again, and copies it no second time', async () => {
    const { world, run, publish } = givenLoader();
    await run(publish('one', lines(1, 2)));
    const told = world.told.get('import/manifests/one.json');
    world.told.clear();

    await run(publish('one', lines(1, 2)));

    expect(world.told.get('import/manifests/one.json')).toEqual({ ...told, seconds: {} });
    expect(world.copies.get('import/manifests/one.json')).toBe(1);
  });

  test('puts a list aside that the warehouse refuses, says why, and loads the others', async () => {
    const { world, run, publish, logged } = givenLoader();
    world.refusals.push({ statement: /^COPY[^]*bad\.json/, error: 'Load into table landing failed' });
    publish('bad', lines(1));
    publish("it's", lines(2));

    const outcome = await run(publish('good', lines(3)));

    expect(outcome).toBe('settled');
    expect(shown(world)['total']).toBe(3);
    expect([...world.refusedImports]).toEqual(["import/manifests/it's.json", 'import/manifests/bad.json']);
    expect([...world.told.values()].map(({ status }) => status)).toEqual(['REFUSED', 'REFUSED', 'LOADED']);
    expect(world.told.get('import/manifests/bad.json')).toMatchObject({ reason: 'Load into table landing failed' });
    expect(logged.at(-1)).toMatchObject({ level: 'ERROR' });
  });

  test('tries a list again that a person put back', async () => {
    const { world, run, publish } = givenLoader();
    world.refusals.push({ statement: /^COPY/, error: 'S3ServiceException: the object is gone' });
    await run(publish('one', lines(1)));
    world.clock.pass(MINUTE);

    await run(publish('one', lines(1)));

    expect(world.told.get('import/manifests/one.json')).toMatchObject({ status: 'LOADED' });
    expect(shown(world)['total']).toBe(1);
  });

  test('copies again what a warehouse knew that was put back to an earlier day', async () => {
    const { world, run, publish } = givenLoader();
    const version = String(world.clock.time);
    await run(publish('one', lines(1)));
    world.tables.imports.clear();
    world.tables.sources.clear();
    world.tables.lines.clear();
    world.imports.set('import/manifests/one.json', { lines: lines(1), version });

    await run(SCHEDULE);

    expect(world.tables.lines.size).toBe(1);
    expect(world.imports.size).toBe(0);
  });

  test('keeps an import that the warehouse cannot take now', async () => {
    const { world, run, publish } = givenLoader();
    for (let time = 0; time < 11; time++)
      world.refusals.push({ statement: /^COPY/, error: 'ERROR: 1023 Serializable isolation' });
    const event = publish('one', lines(1));

    await expect(run(event)).rejects.toThrow(/1023/);

    expect(world.told.size).toBe(0);
    expect(isPending(world.loadState)).toBe(true);
    expect(await run(SCHEDULE)).toBe('settled');
    expect(shown(world)['total']).toBe(1);
  });

  test('waits no less for what Firehose announced', async () => {
    const { world, run, publish, deliver } = givenLoader();
    const event = deliver(lines(1), 20_000);
    publish('one', lines(2));
    world.clock.pass(5000);

    const outcome = await run(event);

    expect(outcome).toBe('settled');
    expect(isAwaiting(world.loadState)).toBe(false);
    expect(shown(world)['total']).toBe(3);
  });
});

describe('imports, whatever happens', () => {
  const trouble = fc.record<Trouble & { call: number }>({
    call: fc.integer({ min: 1, max: 120 }),
    when: fc.constantFrom('before', 'after'),
    error: fc.constantFrom(
      () => new SwitchedOff(),
      () => new SwitchedOff(),
      () => named('ThrottlingException', 'Rate exceeded'),
      () => named('InternalServerException', 'please try again'),
    ),
  });
  const step = fc.record({
    ids: fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 }),
    isImport: fc.boolean(),
    after: fc.integer({ min: 0, max: 20 * MINUTE }),
    told: fc.integer({ min: 0, max: 3 }),
    refusal: fc.option(fc.constantFrom('ERROR: 1023 Serializable isolation violation', 'terminating connection'), {
      nil: undefined,
    }),
    forget: fc.boolean(),
  });

  test('every list is copied once, every line accounted for once, and nothing is left over', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 6 }),
        fc.array(trouble, { maxLength: 12 }),
        async (steps, troubles) => {
          const { world, run, deliver, publish } = givenLoader();
          for (const { call, ...what } of troubles) world.trouble.set(call, what);
          // Lambda calls again once when a run fails.
          const lambda = async (event: unknown) => {
            try {
              await run(event);
            } catch {
              await run(event).catch(() => undefined);
            }
          };
          const published = new Map<string, number>();

          for (const [place, { ids, isImport, after, told, refusal, forget }] of steps.entries()) {
            world.clock.pass(after);
            if (refusal !== undefined) world.refusals.push({ statement: /MERGE|^COPY|manifest IN/, error: refusal });
            if (forget) world.forget();
            const event = isImport ? publish(String(place), lines(...ids)) : deliver(lines(...ids));
            if (isImport) published.set(`import/manifests/${String(place)}.json`, ids.length);
            for (let time = 0; time < Math.max(told, isImport ? 0 : 1); time++) await lambda(event);
          }
          for (let tick = 0; tick < 20; tick++) {
            world.clock.pass(15 * MINUTE);
            await lambda(SCHEDULE);
          }

          const ids = new Set(steps.flatMap((one) => one.ids));
          const total = [...ids].reduce((sum, id) => sum + id, 0);
          expect(world.imports.size).toBe(0);
          expect([...world.told.keys()].sort()).toEqual([...published.keys()].sort());
          expect(world.copies).toEqual(new Map([...published.keys()].map((key) => [key, 1])));
          for (const told of world.told.values()) {
            const { in: all, ...fates } = told.status === 'LOADED' ? told.lines : { in: -1 };
            expect(all).toBe(published.get(told.manifest));
            expect(Object.values(fates).reduce((sum: number, count) => sum + count, 0)).toBe(all);
          }
          expect(world.tables.landing).toEqual([]);
          expect(isPending(world.loadState)).toBe(false);
          expect(shown(world)).toEqual({ total, count: ids.size, rollup: total });
        },
      ),
      { numRuns: 300 },
    );
  }, 60_000);
});
