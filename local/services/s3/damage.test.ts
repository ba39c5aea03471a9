// Slow: damages a store at every place, and opens it again.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pathOfKey } from './file-names.ts';
import { Objects } from './objects.ts';
import { newDirectory } from '../../testing/directories.ts';

const KEY = 'raw/2011/02/01/lines.ndjson';
const BODY = 'one line\nanother line\n';

function givenBucket() {
  const root = join(newDirectory('bucket'), 'objects');
  const temporary = newDirectory('temporary');
  mkdirSync(root);
  return { path: pathOfKey(root, KEY), life: () => new Objects(root, temporary) };
}

async function* piecesOf(text: string): AsyncGenerator<Buffer, void, void> {
  yield Buffer.from(text);
}

const put = (objects: Objects) =>
  objects.put(KEY, piecesOf(BODY), () => ({ etag: 'e', headers: { 'content-type': 'text/plain' }, metadata: {} }));

async function read(objects: Objects): Promise<string> {
  const opened = await objects.open(KEY);
  if (opened === undefined) throw new Error('there is no such object');
  const { buffer } = await opened.file.read(Buffer.alloc(opened.facts.size), 0, opened.facts.size, 0);
  await opened.file.close();
  return buffer.toString();
}

test('whichever bit of an object is flipped, reading refuses it by the name of its file', async () => {
  const { path, life } = givenBucket();
  await put(life());
  const whole = readFileSync(path);
  for (let bit = 0; bit < whole.length * 8; bit += 1) {
    const flipped = Buffer.from(whole);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    writeFileSync(path, flipped);

    await expect(read(life()), `bit ${String(bit)}`).rejects.toMatchObject({ code: 'DAMAGED_STATE', file: path });
  }
  writeFileSync(path, whole);
  expect(await read(life())).toBe(BODY);
});

test('an object that is shorter than it was is refused at any length', async () => {
  const { path, life } = givenBucket();
  await put(life());
  const whole = readFileSync(path);
  for (let length = 0; length < whole.length; length += 1) {
    writeFileSync(path, whole.subarray(0, length));

    await expect(read(life())).rejects.toMatchObject({ code: 'DAMAGED_STATE', file: path });
  }
});

test('an object that was damaged can be put again', async () => {
  const { path, life } = givenBucket();
  await put(life());
  writeFileSync(path, '');
  const objects = life();
  await expect(objects.facts(KEY)).rejects.toThrow(
    `${path} is damaged: its 0 bytes do not end as an object does; put the object again, or put back a copy of the file`,
  );

  await put(objects);

  expect(await read(objects)).toBe(BODY);
});

test('an object of an earlier version, which has no checksums, is read as it is', async () => {
  const { path, life } = givenBucket();
  const { lastModified } = await put(life());
  const facts = Buffer.from(JSON.stringify({ key: KEY, size: BODY.length, lastModified, etag: 'e', headers: {}, metadata: {} }));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(facts.length);
  writeFileSync(path, Buffer.concat([Buffer.from(BODY), facts, length, Buffer.from('tillS3v1')]));

  expect(await read(life())).toBe(BODY);
});
