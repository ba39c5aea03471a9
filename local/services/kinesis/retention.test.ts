import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { expect, onTestFinished, test } from 'vitest';
import { laneOf } from '../lambda/event-source/lanes.ts';
import { writeState } from '../../state-files.ts';
import { Destination, givenFirehose } from '../../testing/given-delivery.ts';
import { FIRST_SHARD, STREAM, givenClient, givenDirectory, givenKinesis } from '../../testing/given-kinesis.ts';
import { newDirectory } from '../../testing/directories.ts';
import { later, mappingOf, run, succeeded, textOf } from '../../testing/mappings.ts';

const HOUR = 3_600_000;
const SHARD = 'shardId-000000000000';

/** A stream that is kept for a day, whose time a test sets; each call is another life on the same directory. */
async function givenStream() {
  const directory = await givenDirectory();
  const clock = { time: Date.UTC(2011, 1, 1) };
  return {
    clock,
    start: () => givenKinesis({ directory, now: () => clock.time }),
  };
}

async function put(url: string, texts: readonly string[], keyOf: (text: string) => string = () => 'key'): Promise<string[]> {
  const Records = texts.map((text) => ({
    Data: Buffer.from(text),
    PartitionKey: keyOf(text),
    ExplicitHashKey: FIRST_SHARD,
  }));
  const answer = await givenClient(url).send(new PutRecordsCommand({ StreamName: STREAM, Records }));
  return (answer.Records ?? []).map(({ SequenceNumber = '' }) => SequenceNumber);
}

test('records that expired before a mapping had them are counted and named at the start', async () => {
  const { clock, start } = await givenStream();
  const directory = newDirectory('mapping');
  const first = await start();
  const [done = ''] = await put(first.url, ['done']);
  const delivered = later();
  const before = await run({
    stream: first,
    directory,
    mapping: { streamName: STREAM },
    invoke: () => (delivered.resolve(), succeeded),
  });
  await first.startTrimming();
  await delivered.promise;
  await before.close();
  const lost = await put(first.url, ['lost 1', 'lost 2', 'lost 3']);
  clock.time += 20 * HOUR;
  await put(first.url, ['kept']);
  await first.close();

  clock.time += 10 * HOUR;
  const second = await start();
  const seen: string[] = [];
  const all = later();
  const mapping = await run({
    stream: second,
    directory,
    mapping: { streamName: STREAM },
    invoke: (records) => {
      seen.push(...records.map(textOf));
      all.resolve();
      return succeeded;
    },
  });
  onTestFinished(() => mapping.close());
  await second.startTrimming();
  await all.promise;

  expect(seen).toEqual(['kept']);
  expect(done < (lost[0] ?? '')).toBe(true);
  expect(second.lines).toEqual([
    `mapping of writer: 3 records of ${STREAM} ${SHARD}, from ${String(lost[0])} to ${String(lost[2])}, were older than the retention of ` +
      'the stream before they were done, and are lost',
  ]);
  expect(mapping.lost()).toEqual({ records: 3, first: lost[0], last: lost[2] });
});

test('a loss is told once, and stays on the account after another start', async () => {
  const { clock, start } = await givenStream();
  const directory = newDirectory('mapping');
  const life = async () => {
    const kinesis = await start();
    const mapping = await run({ stream: kinesis, directory, mapping: { streamName: STREAM }, invoke: () => undefined });
    return { kinesis, mapping };
  };
  const first = await life();
  await put(first.kinesis.url, ['a', 'b']);
  await first.mapping.close();
  await first.kinesis.close();
  clock.time += 30 * HOUR;
  const second = await life();
  await second.kinesis.startTrimming();
  await second.mapping.close();
  await second.kinesis.close();

  const third = await life();
  await third.kinesis.startTrimming();
  await third.mapping.close();

  expect(second.kinesis.lines).toEqual([expect.stringContaining('mapping of writer: 2 records of')]);
  expect(third.kinesis.lines).toEqual([]);
  expect(third.mapping.lost()).toMatchObject({ records: 2 });
});

test('what one processor of a shard has done is not counted, although another one is behind', async () => {
  const { clock, start } = await givenStream();
  const [directory, mapping] = [newDirectory('mapping'), { streamName: STREAM, parallelization: 2 }];
  const [quick, stuck] = [0, 1].map((lane) => ['a', 'b', 'c', 'd'].find((key) => laneOf(key, 2) === lane) ?? '');
  const first = await start();
  const sequences = await put(first.url, ['1', '2', '3', '4', '5'], (text) => (Number(text) % 2 === 0 ? stuck : quick) ?? '');
  const done = later();
  const before = await run({
    stream: first,
    directory,
    mapping,
    invoke: (records) => {
      if (records.some(({ kinesis }) => kinesis.partitionKey === stuck)) return undefined;
      if (records.some((record) => textOf(record) === '5')) done.resolve();
      return succeeded;
    },
  });
  await first.startTrimming();
  await done.promise;
  await before.close();
  await first.close();

  clock.time += 30 * HOUR;
  const second = await start();
  const after = await run({ stream: second, directory, mapping, invoke: () => undefined });
  await second.startTrimming();
  await after.close();

  expect(after.lost()).toEqual({ records: 2, first: sequences[1], last: sequences[3] });
});

test('records that a delivery stream had not stored are counted on its page and in the log', async () => {
  const { clock, start } = await givenStream();
  const first = await start();
  // It reads what comes from now on.
  const before = await givenFirehose({ destination: new Destination(), source: first });
  await before.close();
  const lost = await put(first.url, ['lost 1\n', 'lost 2\n']);
  await first.close();

  clock.time += 30 * HOUR;
  const second = await start();
  const firehose = await givenFirehose({ destination: new Destination(), source: second, directory: before.directory });
  await second.startTrimming();

  expect(second.lines).toEqual([
    expect.stringContaining(`2 records of ${STREAM} ${SHARD}, from ${String(lost[0])} to ${String(lost[1])}`),
  ]);
  const page = (await (await fetch(`${firehose.url}/_deliveries`)).json()) as readonly { lost: unknown }[];
  expect(page[0]?.lost).toEqual({ [SHARD]: { records: 2, first: lost[0], last: lost[1] } });
});

test.each(['mapping', 'delivery stream'])(
  'a %s that has done more than the log has refuses the start, and names both',
  async (kind) => {
    const { start } = await givenStream();
    const kinesis = await start();
    const [first = '', second = ''] = await put(kinesis.url, ['one', 'two']);
    const beyond = (BigInt(second) + 5n * (BigInt(second) - BigInt(first))).toString();
    const directory = newDirectory('consumer');

    if (kind === 'mapping') {
      const given = { stream: kinesis, directory, mapping: { streamName: STREAM }, invoke: () => succeeded };
      await (await run(given)).close();
      const file = join(directory, mappingOf().id, `${SHARD}.json`);
      writeState(file, { lanes: [beyond] });
      await expect(run(given)).rejects.toMatchObject({ code: 'CHECKPOINT_BEYOND_LOG', file, sequenceNumber: beyond });
      await expect(run(given)).rejects.toThrow('ends with record 2, before record 7');
    } else {
      await (await givenFirehose({ destination: new Destination(), source: kinesis, directory })).close();
      const [name = ''] = readdirSync(directory);
      const file = join(directory, name);
      const [json = ''] = readFileSync(file, 'utf8').split('\n');
      writeState(file, { ...(JSON.parse(json) as object), stored: { [SHARD]: beyond } });
      await expect(givenFirehose({ destination: new Destination(), source: kinesis, directory })).rejects.toMatchObject({
        code: 'CHECKPOINT_BEYOND_LOG',
        file,
      });
    }
  },
);
