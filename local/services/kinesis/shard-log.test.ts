import { appendFile, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Base64Data } from './body.ts';
import { encodeFrames } from './frame.ts';
import { ShardLog } from './shard-log.ts';
import type { ShardLogOptions } from './shard-log.ts';
import { givenDirectory } from '../../testing/given-kinesis.ts';

const HOUR = 3_600_000;
const ALL = { maxRecords: 100_000, maxBytes: 1e9 };

async function givenLog(
  directory: string,
  options: Partial<ShardLogOptions> = {},
): Promise<ShardLog & { readonly lines: string[] }> {
  const lines: string[] = [];
  const log = await ShardLog.open({
    directory,
    sequenceNumber: (position) => String(position),
    retention: () => 24 * HOUR,
    now: () => 0,
    log: (line) => lines.push(line),
    tailBytes: 0,
    ...options,
  });
  let closed = false;
  const close = log.close.bind(log);
  log.close = async (reason) => {
    if (!closed) await close(reason);
    closed = true;
  };
  onTestFinished(() => log.close(new Error('over')));
  return Object.assign(log, { lines });
}

const frames = (texts: readonly string[], arrivedAt = 0) =>
  encodeFrames(
    texts.map((text) => ({
      partitionKey: `key of ${text.slice(0, 9)}`,
      data: Base64Data.of(Buffer.from(text).toString('base64')),
    })),
    arrivedAt,
  );

const textsFrom = async (log: ShardLog, from: number, limits = ALL) =>
  (await log.read(from, limits)).map(({ data }) => data.toString());

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => String(from + index));

/** Everything from a position on, page by page, as a consumer reads it. */
async function readAll(log: ShardLog, from: number): Promise<string[]> {
  const texts: string[] = [];
  for (let position = from; ;) {
    const page = await log.read(position, ALL);
    if (page.length === 0) return texts;
    texts.push(...page.map(({ data }) => data.toString()));
    position = Number(page.at(-1)?.sequenceNumber) + 1;
  }
}

test.each([
  ['memory', { tailBytes: 1e6 }],
  ['disk', { tailBytes: 0 }],
  ['disk and memory, many small files', { tailBytes: 5000, segmentBytes: 300 }],
])('what is written is read back in order from %s', async (_, options) => {
  const log = await givenLog(await givenDirectory(), options);
  for (const text of numbers(1, 50)) await log.append(frames([text], Number(text)));

  const [all, some, record] = [
    await readAll(log, 0),
    await readAll(log, 48),
    (await log.read(7, { maxRecords: 1, maxBytes: 1 }))[0],
  ];

  expect(all).toEqual(numbers(1, 50));
  expect(some).toEqual(['48', '49', '50']);
  expect(record).toEqual({ sequenceNumber: '7', partitionKey: 'key of 7', data: Buffer.from('7'), arrivedAt: 7 });
});

test.each([{ tailBytes: 1e9 }, { tailBytes: 0 }])(
  'a page ends before it gets too large, but never before its first record: %j',
  async (options) => {
    const log = await givenLog(await givenDirectory(), options);
    await log.append(frames(['a'.repeat(300_000), 'b'.repeat(300_000), 'c'.repeat(2_000_000), 'd']));

    const sizes = async (from: number, maxBytes: number, maxRecords = 10) =>
      (await log.read(from, { maxRecords, maxBytes })).map(({ data }) => data.length);

    expect(await sizes(1, 600_000)).toEqual([300_000, 300_000]);
    expect(await sizes(1, 599_999)).toEqual([300_000]);
    expect(await sizes(3, 1)).toEqual([2_000_000]);
    expect(await sizes(1, 1e9, 3)).toEqual([300_000, 300_000, 2_000_000]);
    expect(await sizes(5, 1e9)).toEqual([]);
  },
);

test('records that many writers send at once are all kept, each writer in its own order', async () => {
  const log = await givenLog(await givenDirectory(), { segmentBytes: 2000 });
  const writers = numbers(1, 20);

  await Promise.all(writers.flatMap((writer) => numbers(1, 10).map((n) => log.append(frames([`${writer}/${n}`])))));
  const texts = await readAll(log, 0);

  expect(texts).toHaveLength(200);
  for (const writer of writers)
    expect(texts.filter((text) => text.startsWith(`${writer}/`))).toEqual(numbers(1, 10).map((n) => `${writer}/${n}`));
});

test('after a restart everything is there, and numbering goes on', async () => {
  const directory = await givenDirectory();
  const before = await givenLog(directory, { segmentBytes: 400 });
  for (const text of numbers(1, 20)) await before.append(frames([text], Number(text)));
  await before.close(new Error('restart'));

  const after = await givenLog(directory);
  const [written] = await after.append(frames(['21'], 21));

  expect(await readAll(after, 0)).toEqual(numbers(1, 21));
  expect(written?.sequenceNumber).toBe('21');
  expect(await after.firstArrivedFrom(15)).toBe(15);
  expect(after.lines).toEqual([]);
});

test.each([1, 7, 8, 20, 26])(
  'a write that was cut short, by %i bytes, is cut off at the next start, and said',
  async (missing) => {
    const directory = await givenDirectory();
    const before = await givenLog(directory);
    await before.append(frames(['1', '2']));
    await before.close(new Error('restart'));
    const [path = ''] = (await readdir(directory)).map((name) => join(directory, name));
    const { bytes } = frames(['3']);
    await appendFile(path, bytes.subarray(0, bytes.length - missing));

    const after = await givenLog(directory);
    await after.append(frames(['4']));

    expect(await readAll(after, 0)).toEqual(['1', '2', '4']);
    expect(after.lines).toEqual([expect.stringMatching(/cut off \d+ bytes of a write that was never finished/)]);
  },
);

test.each([
  ['zeroes, as a power cut leaves them', Buffer.alloc(4096)],
  ['noise', Buffer.from('noise noise noise noise')],
  ['a frame with a wrong checksum', Buffer.concat([Buffer.from([20, 0, 0, 0]), Buffer.alloc(24, 7)])],
])('behind the last record may be %s', async (_, rubbish) => {
  const directory = await givenDirectory();
  const before = await givenLog(directory);
  await before.append(frames(['1']));
  await before.close(new Error('restart'));
  const [path = ''] = (await readdir(directory)).map((name) => join(directory, name));
  await appendFile(path, rubbish);

  const after = await givenLog(directory);

  expect(await readAll(after, 0)).toEqual(['1']);
  expect(after.lines).toEqual([expect.stringContaining(`cut off ${String(rubbish.length)} bytes`)]);
});

test('damage in an old file is found at the start, named with the file, and no gap', async () => {
  const directory = await givenDirectory();
  const before = await givenLog(directory, { segmentBytes: 100 });
  for (const text of numbers(1, 9)) await before.append(frames([text]));
  await before.close(new Error('restart'));
  const path = join(directory, `${'1'.padStart(20, '0')}.log`);
  const bytes = await readFile(path);
  await writeFile(path, bytes.fill(0, bytes.length - 3));

  await expect(givenLog(directory)).rejects.toThrow(`${path} is damaged: at byte`);
});

test('records older than the retention go file by file, and readers go on with the rest', async () => {
  let now = 0;
  const directory = await givenDirectory();
  const log = await givenLog(directory, { now: () => now, tailBytes: 1e6 });
  for (const hour of [0, 10, 20, 30]) {
    now = hour * HOUR;
    await log.append(frames([String(hour)], now));
  }

  now = 35 * HOUR;
  await log.trim();

  expect(await textsFrom(log, 0)).toEqual(['20', '30']);
  expect(await log.firstArrivedFrom(0)).toBe(3);
  const segments = (await readdir(directory)).filter((name) => name.endsWith('.log'));
  expect(segments.map((name) => Number.parseInt(name))).toEqual([3, 4, 5]);
});

test('when everything is too old nothing is left, and numbering still goes on after a restart', async () => {
  let now = 0;
  const directory = await givenDirectory();
  const before = await givenLog(directory, { now: () => now });
  await before.append(frames(['1', '2']));
  now = 100 * HOUR;
  await before.trim();
  await before.close(new Error('restart'));

  const after = await givenLog(directory, { now: () => now });

  expect(await textsFrom(after, 0)).toEqual([]);
  expect((await after.append(frames(['3'], now))).map(({ sequenceNumber }) => sequenceNumber)).toEqual(['3']);
});

test('the first record from a time on is found, across files and between records', async () => {
  const log = await givenLog(await givenDirectory(), { segmentBytes: 200 });
  for (const text of numbers(1, 30)) await log.append(frames([text], Number(text) * 10));

  const found = await Promise.all([-5, 10, 11, 155, 300, 301].map((time) => log.firstArrivedFrom(time)));

  expect(found).toEqual([1, 1, 2, 16, 30, 31]);
});

test('a reader who waits is called when the record is there, and not before', async () => {
  const log = await givenLog(await givenDirectory());
  const { signal } = new AbortController();
  const called: string[] = [];
  const waits = [1, 2, 3].map((position) => log.whenWritten(position, signal).then(() => called.push(String(position))));

  await log.append(frames(['1', '2']));
  await Promise.all(waits.slice(0, 2));

  expect(called).toEqual(['1', '2']);
  await log.append(frames(['3']));
  await waits[2];
  await expect(log.whenWritten(1, signal)).resolves.toBeUndefined();
});

test('a reader who waits can give up, and is told when the log is closed', async () => {
  const log = await givenLog(await givenDirectory());
  const controller = new AbortController();
  const [givenUp, closed] = [log.whenWritten(1, controller.signal), log.whenWritten(1, new AbortController().signal)];

  controller.abort(new Error('enough'));
  await Promise.all([
    expect(givenUp).rejects.toThrow('enough'),
    expect(closed).rejects.toThrow('gone'),
    log.close(new Error('gone')),
  ]);

  await expect(log.whenWritten(1, controller.signal)).rejects.toThrow('gone');
  await expect(log.append(frames(['1']))).rejects.toThrow('gone');
});
