// Slow: a delivery stream with its stores for each test.
import { describe, expect, test, vi } from 'vitest';
import { ServiceError } from '../../errors.ts';
import type { ProcessingDefinition } from './definition.ts';
import { ManualClock } from '../../testing/manual-clock.ts';
import { later } from '../../testing/mappings.ts';
import { STREAM } from '../../testing/delivery-stream.ts';
import {
  ARRIVED,
  Destination,
  FIRST,
  givenFirehose,
  look,
  MemoryShards,
  SECOND,
  setFaults,
} from '../../testing/given-delivery.ts';

/** Time passes 60,000 times faster: a buffer is due after a millisecond. */
const FAST = 60_000;
const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:judge';

interface Event {
  readonly records: readonly { readonly recordId: string; readonly data: string }[];
}
type Verdict = Readonly<Record<string, unknown>>;

const base64 = (text: string) => Buffer.from(text).toString('base64');
const textOf = (data: unknown) => Buffer.from(String(data), 'base64').toString();

/** A function that answers for each record alone. */
const answering =
  (answer: (text: string) => Verdict) =>
  (_name: string, event: unknown): Promise<{ payload: string }> => {
    const records = (event as Event).records.map(({ recordId, data }) => ({ recordId, ...answer(textOf(data)) }));
    return Promise.resolve({ payload: JSON.stringify({ records }) });
  };

/** Keeps what begins with `k`, in capitals; fails at what begins with `f`. */
const sieve = answering((text) => {
  if (text.startsWith('f')) return { result: 'ProcessingFailed', data: base64(text) };
  return text.startsWith('k') ? { result: 'Ok', data: base64(text.toUpperCase()) } : { result: 'Dropped' };
});

const given = (
  invoke: (name: string, event: unknown) => Promise<{ payload: string; functionError?: 'Unhandled' }>,
  processing: Partial<ProcessingDefinition> = {},
) => ({
  source: new MemoryShards(),
  destination: new Destination(),
  timeFactor: FAST,
  invoke,
  stream: {
    processing: {
      functionName: 'judge',
      functionArn: FUNCTION,
      retries: 2,
      bufferMegabytes: 1,
      bufferSeconds: 60,
      ...processing,
    },
  },
});

describe('records that a function transforms', () => {
  test('are delivered as it says, each alone, or dropped', async () => {
    const world = given(sieve);
    const firehose = await givenFirehose(world);
    world.source.append('drop\n');
    const [one, other] = [world.source.append('keep 1\n'), world.source.append('keep 2\n', SECOND)];

    await firehose.whenDelivered(STREAM, { [FIRST]: one, [SECOND]: other });

    expect([...world.destination.rows].sort()).toEqual(['KEEP 1', 'KEEP 2']);
    expect(world.destination.failedRecords).toEqual([]);
  });

  test('reach it as an event of Firehose, of all shards together', async () => {
    const events: unknown[] = [];
    const world = given((name, event) => {
      events.push([name, event]);
      return sieve(name, event);
    });
    const firehose = await givenFirehose(world);

    const [one, other] = [world.source.append('keep\n'), world.source.append('drop\n', SECOND)];
    await firehose.whenDelivered(STREAM, { [FIRST]: one, [SECOND]: other });

    const recordOf = (shardId: string, sequenceNumber: string, text: string) => ({
      recordId: expect.stringMatching(new RegExp(`^${shardId}0+${sequenceNumber}0+$`)) as string,
      approximateArrivalTimestamp: ARRIVED,
      data: base64(text),
      kinesisRecordMetadata: {
        shardId,
        partitionKey: '17850',
        approximateArrivalTimestamp: ARRIVED,
        sequenceNumber,
        subsequenceNumber: '',
      },
    });
    expect(events).toEqual([
      [
        'judge',
        {
          invocationId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
          sourceKinesisStreamArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/transactions',
          deliveryStreamArn: `arn:aws:firehose:us-east-1:000000000000:deliverystream/${STREAM}`,
          region: 'us-east-1',
          records: [recordOf(FIRST, one, 'keep\n'), recordOf(SECOND, other, 'drop\n')],
        },
      ],
    ]);
  });

  test('that all are dropped make no object, are settled, and are not read again', async () => {
    let asked = 0;
    const world = given((name, event) => {
      asked += (event as Event).records.length;
      return sieve(name, event);
    });
    const first = await givenFirehose(world);
    await first.whenDelivered(STREAM, { [FIRST]: world.source.append('drop\n') });
    await first.close();

    const second = await givenFirehose({ ...world, directory: first.directory });
    await second.whenDelivered(STREAM, { [FIRST]: world.source.append('keep\n') });

    expect([world.destination.recordKeys.length, world.destination.rows, asked]).toEqual([1, ['KEEP'], 2]);
    expect((await look(second.url)).waiting).toEqual({ records: 0, bytes: 0 });
  });

  test('that are dropped while a COPY runs are settled with it, and not before', async () => {
    const [begun, release] = [later(), later()];
    const world = given(sieve);
    const firehose = await givenFirehose({
      ...world,
      copy: async (statement, login) => {
        begun.resolve();
        await release.promise;
        return world.destination.copy(statement, login);
      },
    });
    world.source.append('keep\n');
    await begun.promise;
    const dropped = world.source.append('drop\n');
    let isSettled = false;
    const settled = firehose.whenDelivered(STREAM, { [FIRST]: dropped }).then(() => (isSettled = true));
    await vi.waitUntil(async () => (await look(firehose.url)).buffered.records === 0);
    const before = isSettled;

    release.resolve();
    await settled;

    expect([before, world.destination.rows]).toEqual([false, ['KEEP']]);
  });

  test('that it calls failed are kept whole under processing-failed/, and the others are delivered', async () => {
    const world = given(sieve);
    const firehose = await givenFirehose(world);
    world.source.append('fail\n');

    await firehose.whenDelivered(STREAM, { [FIRST]: world.source.append('keep\n') });

    expect(world.destination.rows).toEqual(['KEEP']);
    expect(world.destination.failedRecords).toEqual([
      {
        attemptsMade: 1,
        arrivalTimestamp: ARRIVED,
        errorCode: 'Lambda.ProcessingFailedStatus',
        errorMessage: 'ProcessingFailed status set for record',
        attemptEndingTimestamp: expect.any(Number) as number,
        rawData: base64('fail\n'),
        lambdaArn: FUNCTION,
      },
    ]);
    const { unprocessed } = await look(firehose.url);
    expect(unprocessed).toMatchObject({ records: 1, objects: 1 });
    expect(unprocessed.lastObject).toMatch(
      new RegExp(`^firehose/processing-failed/2011/02/01/08/${STREAM}-1-2011-02-01-08-26-05-[0-9a-f-]{36}$`),
    );
  });

  test.each([
    ['is no JSON', () => 'nonsense', 'JsonProcessingException'],
    ['has no records', () => '{}', 'JsonProcessingException'],
    ['has a record without an id', () => '{"records":[{"result":"Dropped"}]}', 'JsonProcessingException'],
    ['has a result of its own', (id: string) => say({ recordId: id, result: 'Fine' }), 'JsonProcessingException'],
    ['delivers nothing', (id: string) => say({ recordId: id, result: 'Ok' }), 'JsonProcessingException'],
    ['delivers what is no base64', (id: string) => say({ recordId: id, result: 'Ok', data: '£' }), 'JsonProcessingException'],
    ['leaves a record out', () => '{"records":[]}', 'MissingRecordId'],
    [
      'knows another record',
      (id: string) => say({ recordId: id, result: 'Dropped' }, { recordId: 'x', result: 'Dropped' }),
      'MissingRecordId',
    ],
    [
      'says a record twice',
      (id: string) => say({ recordId: id, result: 'Dropped' }, { recordId: id, result: 'Dropped' }),
      'DuplicatedRecordId',
    ],
  ])('have failed, and are not asked for again, when the answer %s', async (_, payloadOf, code) => {
    let invocations = 0;
    const world = given((_name, event) => {
      invocations += 1;
      return Promise.resolve({ payload: payloadOf((event as Event).records[0]?.recordId ?? '') });
    });
    const firehose = await givenFirehose(world);

    await firehose.whenDelivered(STREAM, { [FIRST]: world.source.append('keep\n') });

    expect([invocations, world.destination.rows]).toEqual([1, []]);
    expect(world.destination.failedRecords).toMatchObject([{ errorCode: `Lambda.${code}`, rawData: base64('keep\n') }]);
  });

  test.each([
    [
      'cannot be invoked',
      () => Promise.reject(new ServiceError('TooManyRequestsException', 'Rate Exceeded.')),
      'InvokeLimitExceeded',
    ],
    ['ends with an error', () => Promise.resolve({ payload: '{}', functionError: 'Unhandled' as const }), 'FunctionError'],
  ])('are tried again when it %s, and have failed after as many retries as are declared', async (_, fail, code) => {
    let isBroken = true;
    let invocations = 0;
    const world = given((name, event) => {
      invocations += 1;
      return isBroken ? fail() : sieve(name, event);
    });
    const firehose = await givenFirehose(world);
    await firehose.whenDelivered(STREAM, { [FIRST]: world.source.append('keep 1\n') });
    const before = invocations;
    isBroken = false;

    await firehose.whenDelivered(STREAM, { [FIRST]: world.source.append('keep 2\n') });

    expect([before, world.destination.rows]).toEqual([3, ['KEEP 2']]);
    expect(world.destination.failedRecords).toMatchObject([{ attemptsMade: 3, errorCode: `Lambda.${code}` }]);
  });

  test.each([
    ['fail', 0],
    ['fail-after', 2],
  ])('wait through two faults "%s" of the transformation, and are delivered', async (effect, more) => {
    let invocations = 0;
    const world = given((name, event) => {
      invocations += 1;
      return sieve(name, event);
    });
    const firehose = await givenFirehose(world);
    await setFaults(firehose.url, [{ operation: 'Transform', effect, times: 2 }]);

    await firehose.whenDelivered(STREAM, { [FIRST]: world.source.append('keep\n') });

    expect([world.destination.rows, invocations]).toEqual([['KEEP'], 1 + more]);
  });

  test('go to it as many as fill its buffer, two batches at a time, and stay in their order', async () => {
    const events: { readonly texts: readonly string[]; readonly answer: () => void }[] = [];
    const world = given(
      (name, event) =>
        new Promise((resolve) => {
          const texts = (event as Event).records.map(({ data }) => textOf(data).slice(0, 3));
          events.push({ texts, answer: () => void sieve(name, event).then(resolve) });
        }),
    );
    const third = 'x'.repeat(400 * 1024);
    let last = '';
    const firehose = await givenFirehose({ ...world, clock: new ManualClock(), stream: { ...world.stream, bufferMegabytes: 3 } });
    for (let count = 0; count < 9; count += 1) last = world.source.append(`k ${String(count)}${third}\n`);
    await vi.waitUntil(() => events.length === 2);
    await new Promise((resolve) => setImmediate(resolve));
    const atOnce = events.length;

    events[1]?.answer();
    events[0]?.answer();
    await vi.waitUntil(() => events.length === 3);
    events[2]?.answer();
    await firehose.whenDelivered(STREAM, { [FIRST]: last });

    expect(atOnce).toBe(2);
    expect(events.map(({ texts }) => texts)).toEqual([
      ['k 0', 'k 1', 'k 2'],
      ['k 3', 'k 4', 'k 5'],
      ['k 6', 'k 7', 'k 8'],
    ]);
    expect(world.destination.rows.map((row) => row.slice(0, 3))).toEqual(
      Array.from({ length: 9 }, (_, count) => `K ${String(count)}`),
    );
  });

  test('are never more than Lambda takes, also with the largest buffer', async () => {
    const sizes: number[] = [];
    const world = given(
      (name, event) => {
        sizes.push(Buffer.byteLength(JSON.stringify(event)));
        return sieve(name, event);
      },
      { bufferMegabytes: 3 },
    );
    const text = `k${'x'.repeat(250)}\n`;
    const firehose = await givenFirehose({ ...world, clock: new ManualClock() });
    const sequences = Array.from({ length: 25_000 }, () => world.source.append(text));

    await firehose.whenDelivered(STREAM, { [FIRST]: sequences[9_999] ?? '' });

    expect(world.destination.rows.length).toBeGreaterThanOrEqual(10_000);
    expect(Math.max(...sizes)).toBeGreaterThan(5.9 * 1024 * 1024);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(6 * 1024 * 1024);
  });

  test('at a function that hangs do not delay closing, and are sent again after a restart', async () => {
    const asked = later();
    const world = given(() => {
      asked.resolve();
      return new Promise(() => undefined);
    });
    const first = await givenFirehose(world);
    const last = world.source.append('keep\n');
    await asked.promise;
    await first.close();

    const second = await givenFirehose({ ...world, directory: first.directory, invoke: sieve });
    await second.whenDelivered(STREAM, { [FIRST]: last });

    expect(world.destination.rows).toEqual(['KEEP']);
  });
});

function say(...records: readonly Verdict[]): string {
  return JSON.stringify({ records });
}
