// Slow: every promise of a mapping, each with batches and waits of its own.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { InvocationResult } from './delivery.ts';
import type { FailedBatch } from './failed-batch.ts';
import type { EventRecord } from './kinesis-event.ts';
import { MemoryStream } from '../../../testing/memory-stream.ts';
import {
  freshDirectory,
  later,
  mappingOf,
  reported,
  run,
  sequenceOf,
  succeeded,
  textOf,
  threw,
} from '../../../testing/mappings.ts';

/** What goes wrong with one invocation. */
type Mishap = 'none' | 'throw' | 'throttle' | { readonly from: number };

const mishap = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Mishap>('none') },
  fc.constantFrom<Mishap>('throw', 'throttle'),
  fc.record({ from: fc.nat(5) }),
);

const shape = fc.record({
  keys: fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1, maxLength: 40 }),
  mishaps: fc.array(mishap, { maxLength: 12 }),
  batchSize: fc.integer({ min: 1, max: 12 }),
  parallelization: fc.integer({ min: 1, max: 4 }),
  bisect: fc.boolean(),
  closeAfter: fc.option(fc.nat(6)),
});

/** Carries out a mishap, and says which records are done by it. */
function answer(records: readonly EventRecord[], what: Mishap): [InvocationResult | undefined, readonly EventRecord[]] {
  if (what === 'none') return [succeeded, records];
  if (what === 'throw') return [threw, []];
  if (what === 'throttle') return [undefined, []];
  const failed = records[what.from];
  return failed === undefined ? [reported(), records] : [reported(sequenceOf(failed)), records.slice(0, what.from)];
}

describe('whatever goes wrong', () => {
  test('every record is done, and none before an earlier one of its key', async () => {
    await fc.assert(
      fc.asyncProperty(shape, async ({ keys, mishaps, batchSize, parallelization, bisect, closeAfter }) => {
        const stream = new MemoryStream();
        const written = keys.map((key) => ({ key, sequence: stream.append(key, key) }));
        const [done, overtaken] = [new Set<string>(), new Set<string>()];
        const allDone = later();
        const closeNow = later();
        let invocations = 0;
        const given = {
          stream,
          directory: freshDirectory(),
          mapping: { batchSize, parallelization, bisect, reportBatchItemFailures: true },
          invoke: (records: readonly EventRecord[]) => {
            const inBatch = new Set(records.map(sequenceOf));
            for (const record of records) {
              const earlier = written.filter(({ key, sequence }) => key === textOf(record) && sequence < sequenceOf(record));
              if (!earlier.every(({ sequence }) => done.has(sequence) || inBatch.has(sequence)))
                overtaken.add(sequenceOf(record));
            }
            const [reply, finished] = answer(records, mishaps[invocations] ?? 'none');
            for (const record of finished) done.add(sequenceOf(record));
            invocations += 1;
            if (invocations > (closeAfter ?? Infinity)) closeNow.resolve();
            if (done.size === written.length) allDone.resolve();
            return reply;
          },
        };

        const first = await run(given);
        await Promise.race([allDone.promise, closeNow.promise]);
        await first.close();
        const second = await run(given);
        await allDone.promise;
        await second.close();

        expect(overtaken).toEqual(new Set());
      }),
      { numRuns: 300 },
    );
  });

  test('only the records that cannot be done are given up, each alone, when batches are split', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { minLength: 1, maxLength: 30 }),
        fc.boolean(),
        async (poisonous, reportBatchItemFailures) => {
          const stream = new MemoryStream();
          const sequences = poisonous.map((poison, index) => stream.append(String(index), poison ? 'poison' : 'good'));
          const kept: string[] = [];
          const done = new Set<string>();
          const over = later();
          const check = (): void => {
            if (done.size + kept.length === sequences.length) over.resolve();
          };

          const mapping = await run({
            stream,
            mapping: { batchSize: 8, bisect: true, maximumRetryAttempts: 1, onFailureBucket: 'lake', reportBatchItemFailures },
            invoke: (records) => {
              const bad = records.findIndex((record) => textOf(record) === 'poison');
              const good = bad === -1 ? records : reportBatchItemFailures ? records.slice(0, bad) : [];
              for (const record of good) done.add(sequenceOf(record));
              check();
              return bad === -1
                ? succeeded
                : reportBatchItemFailures
                  ? reported(sequences[Number(records[bad]?.kinesis.partitionKey)] ?? '')
                  : threw;
            },
            keep: (_bucket, { body }) => {
              const { payload } = JSON.parse(body) as { payload: string };
              const { Records } = JSON.parse(payload) as { Records: EventRecord[] };
              kept.push(...Records.map(sequenceOf));
              check();
              return Promise.resolve();
            },
          });
          await over.promise;
          await mapping.close();

          expect(kept).toEqual(sequences.filter((_, index) => poisonous[index] === true));
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('a batch', () => {
  test('is delivered as soon as it is full, however long its window', async () => {
    const stream = new MemoryStream();
    const batch = later<readonly string[]>();
    const mapping = await run({
      stream,
      timeFactor: 1,
      mapping: { batchSize: 3, batchingWindowSeconds: 300 },
      invoke: (records) => {
        batch.resolve(records.map(textOf));
        return succeeded;
      },
    });

    for (const text of ['one', 'two', 'three']) stream.append('k', text);

    expect(await batch.promise).toEqual(['one', 'two', 'three']);
    await mapping.close();
  });

  test('is delivered when its window is over, however few its records', async () => {
    const stream = new MemoryStream();
    const batch = later<readonly string[]>();
    const mapping = await run({
      stream,
      timeFactor: 100,
      mapping: { batchSize: 3, batchingWindowSeconds: 2 },
      invoke: (records) => {
        batch.resolve(records.map(textOf));
        return succeeded;
      },
    });

    stream.append('k', 'one');

    expect(await batch.promise).toEqual(['one']);
    await mapping.close();
  });

  test('grows while the one before it is at the function', async () => {
    const stream = new MemoryStream();
    const [started, release, second] = [later(), later(), later<readonly string[]>()];
    let calls = 0;
    const mapping = await run({
      stream,
      invoke: async (records) => {
        calls += 1;
        if (calls > 1) second.resolve(records.map(textOf));
        started.resolve();
        await release.promise;
        return succeeded;
      },
    });

    stream.append('k', 'first');
    await started.promise;
    for (const text of ['a', 'b', 'c']) {
      stream.append('k', text);
      await new Promise((resolve) => setImmediate(resolve));
    }
    release.resolve();

    expect(await second.promise).toEqual(['a', 'b', 'c']);
    await mapping.close();
  });

  test('never makes an event longer than allowed, and one byte more would not have fitted', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.string({ minLength: 1 }), fc.nat(900)), { minLength: 1, maxLength: 30 }),
        async (written) => {
          const stream = new MemoryStream();
          for (const [key, length] of written) stream.append(key, 'x'.repeat(length), 1_500_000_000_000);
          const limit = 3_000;
          const batches: (readonly EventRecord[])[] = [];
          const over = later();
          const mapping = await run({
            stream,
            maxEventBytes: limit,
            mapping: { batchSize: 1_000 },
            invoke: (records) => {
              batches.push(records);
              if (batches.flat().length === written.length) over.resolve();
              return succeeded;
            },
          });

          await over.promise;
          await mapping.close();

          const length = (records: readonly EventRecord[]): number => Buffer.byteLength(JSON.stringify({ Records: records })) + 1;
          for (const [index, batch] of batches.entries()) {
            expect(length(batch) <= limit || batch.length === 1).toBe(true);
            const next = batches[index + 1]?.[0];
            if (next) expect(length([...batch, next])).toBeGreaterThan(limit);
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('a mapping', () => {
  test('keeps a partition key with one processor, so that its batches never run side by side', async () => {
    const stream = new MemoryStream();
    const keys = Array.from({ length: 200 }, (_, index) => `key-${String(index % 20)}`);
    for (const key of keys) stream.append(key, 'x');
    const atWork = new Set<string>();
    const together = new Set<string>();
    const over = later();
    let [most, now, done] = [0, 0, 0];

    const mapping = await run({
      stream,
      mapping: { batchSize: 5, parallelization: 4 },
      invoke: async (records) => {
        const own = new Set(records.map(({ kinesis }) => kinesis.partitionKey));
        for (const key of own) (atWork.has(key) ? together : atWork).add(key);
        most = Math.max(most, (now += 1));
        await new Promise((resolve) => setImmediate(resolve));
        for (const key of own) atWork.delete(key);
        now -= 1;
        done += records.length;
        if (done === keys.length) over.resolve();
        return succeeded;
      },
    });
    await over.promise;
    await mapping.close();

    expect(together).toEqual(new Set());
    expect(most).toBeGreaterThan(1);
  });

  test('that starts at LATEST sees all records since its first start, and none from before', async () => {
    const stream = new MemoryStream();
    stream.append('k', 'before');
    const seen: string[] = [];
    const over = later();
    const given = {
      stream,
      directory: freshDirectory(),
      mapping: { startingPosition: 'LATEST' as const },
      invoke: (records: readonly EventRecord[]) => {
        seen.push(...records.map(textOf));
        over.resolve();
        return succeeded;
      },
    };

    await (await run(given)).close();
    stream.append('k', 'while down');
    const again = await run(given);
    await over.promise;
    await again.close();

    expect(seen).toEqual(['while down']);
  });

  test('misses nothing when its number of processors is changed', async () => {
    const stream = new MemoryStream();
    const texts = Array.from({ length: 60 }, (_, index) => String(index));
    for (const text of texts) stream.append(text, text);
    const seen = new Set<string>();
    const over = later();
    const half = later();
    const directory = freshDirectory();
    const invoke = (records: readonly EventRecord[]): InvocationResult => {
      for (const record of records) seen.add(textOf(record));
      if (seen.size > 20) half.resolve();
      if (seen.size === texts.length) over.resolve();
      return succeeded;
    };

    const narrow = await run({ stream, directory, mapping: { batchSize: 3, parallelization: 3 }, invoke });
    await half.promise;
    await narrow.close();
    const wide = await run({ stream, directory, mapping: { batchSize: 3, parallelization: 2 }, invoke });
    await over.promise;
    await wide.close();

    expect([...seen].sort()).toEqual([...texts].sort());
  });

  test('gives up records that are too old, without asking the function', async () => {
    const stream = new MemoryStream();
    const old = stream.append('k', 'old', Date.now() - 3_600_000);
    stream.append('k', 'fresh');
    const asked: string[] = [];
    const kept: FailedBatch[] = [];
    const over = later();

    const mapping = await run({
      stream,
      mapping: { maximumRecordAgeSeconds: 60, onFailureBucket: 'lake' },
      invoke: (records) => {
        asked.push(...records.map(textOf));
        over.resolve();
        return succeeded;
      },
      keep: (_bucket, failed) => {
        kept.push(failed);
        return Promise.resolve();
      },
    });
    await over.promise;
    await mapping.close();

    expect(asked).toEqual(['fresh']);
    expect(JSON.parse(kept[0]?.body ?? '')).toMatchObject({
      requestContext: { condition: 'RecordAgeExceeded', approximateInvokeCount: 0 },
      KinesisBatchInfo: { startSequenceNumber: old, endSequenceNumber: old, batchSize: 1 },
    });
  });

  test.each([
    ['splits', true],
    ['does not split', false],
  ])('that tries without end and %s batches gives nothing up in an outage, and goes on after it', async (_, bisect) => {
    const stream = new MemoryStream();
    const texts = Array.from({ length: 40 }, (_, index) => String(index));
    for (const text of texts) stream.append(text, text);
    const done: string[] = [];
    const over = later();
    let failures = 0;

    const mapping = await run({
      stream,
      mapping: { batchSize: 16, parallelization: 2, bisect, reportBatchItemFailures: true, maximumRecordAgeSeconds: 72_000 },
      invoke: (records) => {
        if (failures < 100) {
          failures += 1;
          return failures % 3 === 0 ? undefined : threw;
        }
        done.push(...records.map(textOf));
        if (done.length === texts.length) over.resolve();
        return succeeded;
      },
      keep: () => Promise.reject(new Error('nothing is to be given up')),
    });
    await over.promise;
    await mapping.close();

    expect(done.sort()).toEqual(texts.sort());
  });

  test('with endless retries gives up whole batches that grow too old, and goes on', async () => {
    const stream = new MemoryStream();
    // A tenth of a second is left of its minute.
    const old = stream.append('k', 'old', Date.now() - 59_900);
    const kept: FailedBatch[] = [];
    const done: string[] = [];
    const over = later();

    const mapping = await run({
      stream,
      mapping: { batchSize: 1, maximumRecordAgeSeconds: 60, onFailureBucket: 'lake' },
      invoke: (records) => {
        if (kept.length === 0) return threw;
        done.push(...records.map(textOf));
        over.resolve();
        return succeeded;
      },
      keep: (_bucket, failed) => {
        kept.push(failed);
        return Promise.resolve();
      },
    });
    stream.append('k', 'fresh');
    await over.promise;
    await mapping.close();

    expect(done).toEqual(['fresh']);
    expect(JSON.parse(kept[0]?.body ?? '')).toMatchObject({
      requestContext: { condition: 'RecordAgeExceeded' },
      responseContext: { functionError: 'Unhandled' },
      KinesisBatchInfo: { startSequenceNumber: old, endSequenceNumber: old, batchSize: 1 },
    });
  });

  test('tries as often as declared, then keeps the whole event under the key that AWS would use', async () => {
    const stream = new MemoryStream();
    const sequences = [stream.append('k', 'a'), stream.append('k', 'b')];
    const kept = later<FailedBatch & { bucket: string }>();
    let calls = 0;

    const mapping = await run({
      stream,
      mapping: { maximumRetryAttempts: 3, onFailureBucket: 'lake' },
      invoke: () => {
        calls += 1;
        return threw;
      },
      keep: (bucket, failed) => {
        kept.resolve({ ...failed, bucket });
        return Promise.resolve();
      },
    });
    const { bucket, key, body } = await kept.promise;
    await mapping.close();

    expect([calls, bucket]).toEqual([4, 'lake']);
    expect(key).toMatch(
      /^aws\/lambda\/2548c4ae-330e-42ec-8b08-bdf60f0fcd31\/shardId-000000000000\/\d{4}\/\d\d\/\d\d\/\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d-[0-9a-f-]{36}$/,
    );
    const document = JSON.parse(body) as { payload: string };
    expect(document).toMatchObject({
      version: '1.0',
      requestContext: {
        functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:writer',
        condition: 'RetryAttemptsExhausted',
        approximateInvokeCount: 4,
      },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      KinesisBatchInfo: {
        shardId: 'shardId-000000000000',
        startSequenceNumber: sequences[0],
        endSequenceNumber: sequences[1],
        batchSize: 2,
      },
    });
    expect((JSON.parse(document.payload) as { Records: EventRecord[] }).Records.map(textOf)).toEqual(['a', 'b']);
  });

  test('does not come back to what it has given up', async () => {
    const stream = new MemoryStream();
    stream.append('k', 'poison');
    const asked: string[] = [];
    const [kept, over] = [later(), later()];
    const given = {
      stream,
      directory: freshDirectory(),
      mapping: { maximumRetryAttempts: 0, onFailureBucket: 'lake' },
      invoke: (records: readonly EventRecord[]) => {
        asked.push(...records.map(textOf));
        if (textOf(records[0] ?? expect.unreachable()) === 'poison') return threw;
        over.resolve();
        return succeeded;
      },
      keep: () => {
        kept.resolve();
        return Promise.resolve();
      },
    };

    const first = await run(given);
    await kept.promise;
    await first.close();
    stream.append('k', 'good');
    const second = await run(given);
    await over.promise;
    await second.close();

    expect(asked).toEqual(['poison', 'good']);
  });

  test('loses nothing that it gives up while the bucket cannot be reached', async () => {
    const stream = new MemoryStream();
    stream.append('k', 'a');
    const kept = later();
    let tries = 0;

    const mapping = await run({
      stream,
      mapping: { maximumRetryAttempts: 0, onFailureBucket: 'lake' },
      invoke: () => threw,
      keep: () => {
        tries += 1;
        if (tries < 3) return Promise.reject(new Error('down'));
        kept.resolve();
        return Promise.resolve();
      },
    });
    await kept.promise;
    await mapping.close();

    expect(tries).toBe(3);
  });

  test('that is not enabled reads nothing', async () => {
    const stream = new MemoryStream();
    stream.append('k', 'a');

    const mapping = await run({ stream, mapping: { enabled: false }, invoke: () => expect.unreachable() });
    await mapping.close();

    expect(mappingOf().enabled).toBe(true);
  });
});
