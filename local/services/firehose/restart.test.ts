import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Faults } from '../../faults.ts';
import { Delivery, DELIVERY_EFFECTS } from './delivery.ts';
import type { FirehoseEffect } from './delivery.ts';
import { Progress } from './progress.ts';
import { newDirectory } from '../../testing/directories.ts';
import { ManualClock } from '../../testing/manual-clock.ts';
import { later } from '../../testing/mappings.ts';
import { CREDENTIALS, deliveryStream, STREAM } from '../../testing/delivery-stream.ts';
import { Destination, FIRST, givenFirehose, look, MemoryShards, SECOND } from '../../testing/given-delivery.ts';

/** Neither yes nor no: what a killed process hears of what it asked for. */
const silence = (): Promise<never> => new Promise(() => undefined);

/** Of five records one is dropped, and one has failed. */
function judgement(event: unknown) {
  const { records } = event as { records: readonly { recordId: string; data: string }[] };
  return {
    records: records.map(({ recordId, data }) => {
      const place = Number(Buffer.from(data, 'base64').toString()) % 5;
      return { recordId, data, result: place === 1 ? 'Dropped' : place === 2 ? 'ProcessingFailed' : 'Ok' };
    }),
  };
}

/** A life of a delivery stream that ends at a step: what it does outside itself is counted, before it is done and after. */
function begin(path: string, source: MemoryShards, destination: Destination, lastStep: number, isTransformed: boolean) {
  const ended = later();
  let steps = 0;
  let isDead = false;
  let time = Date.UTC(2011, 1, 1);
  async function alive<T>(effect: () => Promise<T>): Promise<T> {
    const step = (): boolean => {
      steps += 1;
      if (steps < lastStep && !isDead) return false;
      isDead = true;
      ended.resolve();
      return true;
    };
    if (isDead || step()) return silence();
    const result = await effect();
    return step() ? silence() : result;
  }
  const processing = { functionName: 'judge', functionArn: 'judge', retries: 1, bufferMegabytes: 1, bufferSeconds: 0 };
  const definition = deliveryStream({ bufferSeconds: 0, ...(isTransformed && { processing }) });
  const delivery = new Delivery(
    definition,
    Progress.open(path, definition, time),
    new Faults<FirehoseEffect>('firehose', DELIVERY_EFFECTS),
    {
      ports: {
        source: {
          shardIds: () => source.shardIds(),
          read: (...place) => (isDead ? silence() : source.read(...place)),
          whenWritten: (...place) => (isDead ? silence() : source.whenWritten(...place)),
        },
        objects: { write: (...object) => alive(() => destination.write(...object)) },
        copy: (statement, login) => alive(() => destination.copy(statement, login)),
        secretOf: () => ({ username: 'loader', password: 'secret' }),
        invoke: (_name, event) => alive(() => Promise.resolve({ payload: JSON.stringify(judgement(event)) })),
        clock: {
          now: () => time,
          wait: (milliseconds) => {
            time += milliseconds;
            return isDead ? silence() : setImmediate();
          },
        },
        log: () => undefined,
      },
      options: { timeFactor: 1, maxWaiting: 2 },
    },
  );
  return { delivery, ended: ended.promise };
}

test.each([
  [false, 'every record is in the table'],
  [true, 'every record is in the table, failed or dropped, as the function says'],
])('whatever the step at which it is killed, and however often, with a function %s: %s', async (isTransformed) => {
  const lives = fc.array(fc.record({ records: fc.integer({ min: 0, max: 4 }), lastStep: fc.integer({ min: 1, max: 14 }) }), {
    minLength: 1,
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(lives, async (plan) => {
      const path = join(newDirectory('progress'), 'stream.json');
      const [source, destination] = [new MemoryShards(), new Destination()];
      const sent: string[] = [];
      const through: Record<string, string> = {};
      function send(): void {
        const shard = sent.length % 2 === 0 ? FIRST : SECOND;
        sent.push(String(sent.length));
        through[shard] = source.append(`${String(sent.length - 1)}\n`, shard);
      }
      for (const { records, lastStep } of plan) {
        const { delivery, ended } = begin(path, source, destination, lastStep, isTransformed);
        await delivery.start();
        for (let count = 0; count < records; count += 1) send();
        // A life may also end because it has nothing left to do.
        await Promise.race([ended, delivery.whenDelivered(through)]);
        await setImmediate();
      }

      const { delivery } = begin(path, source, destination, Infinity, isTransformed);
      await delivery.start();
      await delivery.whenDelivered(through);
      await delivery.close();

      const of = (place: number) => sent.filter((text) => Number(text) % 5 === place);
      const missing = isTransformed ? new Set([...of(1), ...of(2)]) : new Set<string>();
      expect([...new Set(destination.rows)].sort()).toEqual(sent.filter((text) => !missing.has(text)).sort());
      const failed = destination.failedRecords.map(({ rawData }) => Buffer.from(String(rawData), 'base64').toString().trim());
      expect([...new Set(failed)].sort()).toEqual(isTransformed ? of(2).sort() : []);
      for (const { keys } of destination.copies) for (const key of keys) expect(destination.objects.has(key)).toBe(true);
    }),
    { numRuns: 150 },
  );
});

test('a restart repeats a COPY that had begun, and reads no delivered record again', async () => {
  const [source, destination] = [new MemoryShards(), new Destination()];
  const first = await givenFirehose({ source, destination, timeFactor: 60_000 });
  await first.whenDelivered(STREAM, { [FIRST]: source.append('delivered\n') });
  await first.close();
  const asked = later();
  const second = await givenFirehose({
    source,
    destination,
    directory: first.directory,
    timeFactor: 60_000,
    copy: async (statement, login) => {
      await destination.copy(statement, login);
      asked.resolve();
      throw new Error('the connection broke');
    },
  });
  const last = source.append('unknown\n', SECOND);
  await asked.promise;
  await second.close();

  const third = await givenFirehose({ source, destination, directory: first.directory, timeFactor: 60_000 });
  await third.whenDelivered(STREAM, { [SECOND]: last });

  expect(destination.rows.filter((row) => row === 'delivered')).toHaveLength(1);
  expect(destination.rows.filter((row) => row === 'unknown').length).toBeGreaterThanOrEqual(2);
  expect(destination.recordKeys).toHaveLength(2);
  expect((await look(third.url)).deliveredThrough).toEqual({ [FIRST]: expect.any(String) as string, [SECOND]: last });
});

test('a new delivery stream begins at LATEST, and so does one that replaces another', async () => {
  const [source, destination] = [new MemoryShards(), new Destination()];
  source.append('before the first\n');
  const before = source.append('before the first, in another shard\n', SECOND);
  const first = await givenFirehose({ source, destination, timeFactor: 60_000 });
  // It is not this delivery stream's, so no wait includes it.
  await first.whenDelivered(STREAM, { [SECOND]: before });
  await first.whenDelivered(STREAM, { [FIRST]: source.append('to the first\n') });
  await first.close();

  source.append('in the gap\n');
  const replaced = await givenFirehose({ source, destination, timeFactor: 60_000 });
  await replaced.whenDelivered(STREAM, { [FIRST]: source.append('to the second\n') });

  expect(destination.rows).toEqual(['to the first', 'to the second']);
});

test('a record that comes before the first reading survives a restart', async () => {
  const [source, destination] = [new MemoryShards(), new Destination()];
  source.append('before\n');
  const first = await givenFirehose({ source, destination, clock: new ManualClock() });
  const last = source.append('after\n');
  await first.close();

  const second = await givenFirehose({ source, destination, directory: first.directory, timeFactor: 60_000 });
  await second.whenDelivered(STREAM, { [FIRST]: last });

  expect(destination.rows).toEqual(['after']);
});

interface Step {
  readonly step: 'started' | 'write' | 'written' | 'copy' | 'copied';
  readonly kinesis?: string;
  readonly firehose?: string;
}

/** Kinesis, S3 and Firehose in a process of their own. */
async function givenProcess(directory: string) {
  const child = fork(join(import.meta.dirname, '..', '..', 'testing', 'firehose-child.ts'), [directory], {
    execArgv: ['--import', 'tsx'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const steps: Step[] = [];
  child.on('message', (step: Step) => steps.push(step));
  const did = (wanted: Step['step']) =>
    vi.waitUntil(() => steps.find(({ step }) => step === wanted), { timeout: 20_000, interval: 1 });
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  const { kinesis = '', firehose = '' } = await did('started');
  return { kinesis, firehose, did, kill };
}

test('a process killed with kill -9 while it writes and while it copies loses no record', async () => {
  const directory = newDirectory('killed');
  const sent: string[] = [];
  async function send(endpoint: string): Promise<void> {
    const requestHandler = new NodeHttpHandler();
    const client = new KinesisClient({ endpoint, region: 'us-east-1', credentials: CREDENTIALS, requestHandler });
    const texts = Array.from({ length: 40 }, (_, index) => `${String(sent.length + index)}/${'x'.repeat(20_000)}`);
    const Records = texts.map((text, index) => ({ Data: Buffer.from(`${text}\n`), PartitionKey: String(index) }));
    await client.send(new PutRecordsCommand({ StreamName: 'transactions', Records }));
    sent.push(...texts);
    client.destroy();
  }
  for (const end of ['write', 'written', 'copy', 'copied'] as const) {
    const { kinesis, did, kill } = await givenProcess(directory);
    await send(kinesis);
    await did(end);
    await kill();
  }

  const { firehose } = await givenProcess(directory);
  await vi.waitUntil(async () => (await look(firehose)).waiting.records === 0, { timeout: 20_000 });

  const delivered = new Set((await readFile(join(directory, 'table.ndjson'), 'utf8')).split('\n'));
  expect(sent).toHaveLength(160);
  expect(sent.filter((text) => !delivered.has(text))).toEqual([]);
});
