import { cpSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Store } from './store.ts';
import { newDirectory } from '../../testing/directories.ts';

/** Text that packs well and text that does not. */
const textOf = (index: number): string => `${'revenue '.repeat(index % 40)}${String(Math.sin(index))}`;
const LINES = 600;

async function write(directory: string, from: number, to: number, batch = 20): Promise<void> {
  const store = await Store.open(directory, () => undefined);
  for (let index = from; index < to; index += 1) {
    store.stage([{ key: `item-Orders~${String(index).padStart(6, '0')}`, value: textOf(index) }]);
    if (index % batch === 0) await store.settled();
  }
  await store.close();
}

/** Tables from earlier lives, and a log that the next start has to read. */
async function givenDirectory(): Promise<string> {
  const directory = newDirectory('tables');
  await write(directory, 0, LINES / 3);
  await write(directory, LINES / 3, (2 * LINES) / 3);
  await write(directory, (2 * LINES) / 3, LINES);
  return directory;
}

/** What a start finds, or the error with which it is refused. */
async function start(directory: string, lines: string[] = []): Promise<unknown> {
  try {
    const store = await Store.open(directory, (line) => lines.push(line));
    const entries = await store.entries('item-Orders~');
    await store.close();
    return entries.map(([, value]) => value);
  } catch (error) {
    return error;
  }
}

const ALL = Array.from({ length: LINES }, (_, index) => textOf(index));
const isDamaged = (outcome: unknown): boolean => (outcome as { code?: unknown }).code === 'DAMAGED_STATE';

/** Files whose content is part of the state: not LevelDB's own diary and its lock. */
const filesOf = (directory: string): string[] => readdirSync(directory).filter((name) => !name.startsWith('LO'));

test('whichever byte of the tables is flipped, a start refuses it by name or has every line', async () => {
  const directory = await givenDirectory();
  expect(filesOf(directory).map((name) => name.replace(/[\d-]+/, ''))).toEqual(
    expect.arrayContaining(['.ldb', '.log', 'CURRENT', 'MANIFEST', 'highwater']),
  );
  let refused = 0;
  for (const name of filesOf(directory)) {
    const size = statSync(join(directory, name)).size;
    // The ends of a file are looked at closely: there are the footers, and the records that nothing lies behind.
    const places = new Set(Array.from({ length: 8 }, (_, nth) => Math.floor((nth * size) / 8)));
    for (let at = Math.max(0, size - 12); at < size; at += 1) places.add(at);
    for (const at of places) {
      const copy = newDirectory('copy');
      cpSync(directory, copy, { recursive: true });
      const path = join(copy, name);
      const bytes = readFileSync(path);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
      writeFileSync(path, bytes);

      const outcome = await start(copy);

      if (isDamaged(outcome)) refused += 1;
      else expect(outcome, `${name}, byte ${String(at)}`).toEqual(ALL);
      if (isDamaged(outcome)) expect((outcome as Error).message).toContain(copy);
      rmSync(copy, { recursive: true });
    }
  }
  expect(refused).toBeGreaterThan(50);
});

test('a log truncated at any length is refused: each acknowledged write has a number', async () => {
  const directory = newDirectory('tables');
  await write(directory, 0, 40, 1);
  const log = filesOf(directory).find((name) => name.endsWith('.log')) ?? '';
  const { size } = statSync(join(directory, log));
  for (let length = 0; length < size; length += Math.ceil(size / 15)) {
    const copy = newDirectory('copy');
    cpSync(directory, copy, { recursive: true });
    writeFileSync(join(copy, log), readFileSync(join(directory, log)).subarray(0, length));

    expect(await start(copy)).toMatchObject({ code: 'DAMAGED_STATE', file: copy });
  }
});

test.each(['CURRENT', 'MANIFEST', '.ldb', '.log'])('without %s a start is refused, and nothing is removed', async (kind) => {
  const directory = await givenDirectory();
  const name = filesOf(directory).find((file) => file.includes(kind)) ?? '';
  rmSync(join(directory, name));
  const before = readdirSync(directory);

  expect(await start(directory)).toMatchObject({ code: 'DAMAGED_STATE' });
  expect(readdirSync(directory)).toEqual(before);
});

test.each(['CURRENT', 'MANIFEST', '.ldb', '.log'])('an emptied %s is refused', async (kind) => {
  const directory = await givenDirectory();
  writeFileSync(join(directory, filesOf(directory).find((file) => file.includes(kind)) ?? ''), '');

  expect(await start(directory)).toMatchObject({ code: 'DAMAGED_STATE' });
});

test('the end of a write that a kill left behind is no damage', async () => {
  const directory = await givenDirectory();
  const log = join(directory, filesOf(directory).find((name) => name.endsWith('.log')) ?? '');
  writeFileSync(log, Buffer.from([1, 2, 3, 4, 200, 0, 1, 9, 9]), { flag: 'a' });

  expect(await start(directory)).toEqual(ALL);
});
