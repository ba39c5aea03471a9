import { readFileSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Base64Data } from './body.ts';
import { encodeFrames } from './frame.ts';
import { ShardLog } from './shard-log.ts';
import { givenDirectory } from '../../testing/given-kinesis.ts';

const ALL = { maxRecords: 100, maxBytes: 1e9 };
const HIGH_WATER = 'high-water';
const TEXTS = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'];

async function open(directory: string, segmentBytes?: number): Promise<ShardLog & { readonly lines: string[] }> {
  const lines: string[] = [];
  const log = await ShardLog.open({
    directory,
    sequenceNumber: (position) => String(position),
    retention: () => 24 * 3_600_000,
    now: () => 0,
    log: (line) => lines.push(line),
    tailBytes: 0,
    ...(segmentBytes !== undefined && { segmentBytes }),
  });
  return Object.assign(log, { lines });
}

const frames = (text: string) =>
  encodeFrames([{ partitionKey: '17850', data: Base64Data.of(Buffer.from(text).toString('base64')) }], 0);

/** A log in which each text was acknowledged, closed. */
async function givenLog(segmentBytes?: number): Promise<string> {
  const directory = await givenDirectory();
  const log = await open(directory, segmentBytes);
  for (const text of TEXTS) await log.append(frames(text));
  await log.close(new Error('restart'));
  return directory;
}

/** What a start finds, or the error with which it is refused. */
async function start(directory: string): Promise<{ readonly texts: readonly string[]; readonly lines: readonly string[] }> {
  const log = await open(directory);
  try {
    const texts: string[] = [];
    for (let page = await log.read(0, ALL); page.length > 0; page = await log.read(texts.length + 1, ALL))
      texts.push(...page.map(({ data }) => data.toString()));
    return { texts, lines: log.lines };
  } finally {
    await log.close(new Error('over'));
  }
}

const segmentsOf = (directory: string): string[] =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.log'))
    .map((name) => join(directory, name));

test('whichever byte is flipped, a start refuses the file by name or has every record', async () => {
  // The last file holds several records, so that its end is damaged as well as its middle.
  const directory = await givenLog(70);
  const segments = segmentsOf(directory);
  expect(segments.length).toBeGreaterThan(2);

  for (const path of [...segments, join(directory, HIGH_WATER)]) {
    const whole = readFileSync(path);
    for (let at = 0; at < whole.length; at += 1) {
      const flipped = Buffer.from(whole);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
      writeFileSync(path, flipped);
      const outcome = await start(directory).catch((error: unknown) => error);
      if (path.endsWith(HIGH_WATER)) expect(outcome).toMatchObject({ texts: TEXTS });
      else expect(outcome).toMatchObject({ code: 'DAMAGED_STATE', file: path });
      writeFileSync(path, whole);
    }
  }
  expect(await start(directory)).toEqual({ texts: TEXTS, lines: [] });
});

test('a log that was cut shorter is refused at any length, so that no position is given twice', async () => {
  const directory = await givenLog();
  const [path = ''] = segmentsOf(directory);
  const whole = readFileSync(path);

  for (let length = 0; length < whole.length; length += 1) {
    truncateSync(path, length);
    await expect(start(directory)).rejects.toMatchObject({ code: 'DAMAGED_STATE', file: path });
    expect(statSync(path).size).toBe(length);
    writeFileSync(path, whole);
  }
});

test('the refusal names the last record, the last acknowledged one, and what to do', async () => {
  const directory = await givenLog();
  const [path = ''] = segmentsOf(directory);
  const frameBytes = frames(TEXTS.at(-1) ?? '').bytes.length;
  truncateSync(path, statSync(path).size - frameBytes);

  await expect(start(directory)).rejects.toThrow(
    `${path} is damaged: it ends with record 7, and 8 was acknowledged; put back a copy of the data directory, or begin anew with --fresh`,
  );
});

test('whole records after a damaged one are damage, also without a high-water mark', async () => {
  const directory = await givenLog();
  const [path = ''] = segmentsOf(directory);
  const whole = readFileSync(path);
  const second = frames('one').bytes.length;
  writeFileSync(path, Buffer.from(whole).fill(0, second, second + 4));
  rmSync(join(directory, HIGH_WATER));

  await expect(start(directory)).rejects.toThrow(`${path} is damaged: at byte ${String(second)} should be a record`);
  writeFileSync(path, whole);
  expect(await start(directory)).toEqual({ texts: TEXTS, lines: [] });
});

test('a damaged high-water mark is rebuilt and logged: records have checksums of their own', async () => {
  const directory = await givenLog();
  writeFileSync(join(directory, HIGH_WATER), '');

  const { texts, lines } = await start(directory);
  const again = await start(directory);

  expect(texts).toEqual(TEXTS);
  expect(lines).toEqual([expect.stringContaining(`${join(directory, HIGH_WATER)} is damaged, and made anew`)]);
  expect(again.lines).toEqual([]);
});

test('a missing file in the middle or at the end is refused by the name of the one before', async () => {
  for (const missing of [1, -1]) {
    const directory = await givenLog(60);
    const segments = segmentsOf(directory);
    const index = (missing + segments.length) % segments.length;
    rmSync(segments[index] ?? '');

    await expect(start(directory)).rejects.toMatchObject({ code: 'DAMAGED_STATE', file: segments[index - 1] });
  }
});

test('a write never acknowledged is cut off at any length, and its position used again', async () => {
  const unfinished = frames('never finished').bytes;
  for (let length = 1; length < unfinished.length; length += 1) {
    const directory = await givenLog();
    const [path = ''] = segmentsOf(directory);
    writeFileSync(path, unfinished.subarray(0, length), { flag: 'a' });

    const log = await open(directory);
    onTestFinished(() => log.close(new Error('over')));
    const [record] = await log.append(frames('nine'));

    expect(record?.sequenceNumber).toBe('9');
    expect(log.lines).toEqual([expect.stringContaining(`cut off ${String(length)} bytes of a write that was never finished`)]);
  }
});
