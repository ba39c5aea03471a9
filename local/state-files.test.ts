import { readFileSync, readdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readState, writeState } from './state-files.ts';
import { newDirectory } from './testing/directories.ts';

const CONTENT = { stream: 'transactions', lanes: ['49590338300000000000000000000000000000000000000000000001', null], of: 'Köln' };

function givenFile(): string {
  const file = join(newDirectory('state'), 'state.json');
  writeState(file, CONTENT);
  return file;
}

test('what was written is read, and there is nothing where nothing was written', () => {
  const file = givenFile();

  expect(readState(file)).toEqual(CONTENT);
  expect(readState(`${file}.other`)).toBeUndefined();
});

test('every flipped bit is found, and the error names the file and what to do', () => {
  const file = givenFile();
  const whole = readFileSync(file);
  for (let bit = 0; bit < whole.length * 8; bit += 1) {
    const flipped = Buffer.from(whole);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    writeFileSync(file, flipped);

    expect(() => readState(file, 'delete it')).toThrow(
      expect.objectContaining({ code: 'DAMAGED_STATE', file, remedy: 'delete it' }),
    );
  }
});

test('a file that is shorter than it was is refused, or has everything that counts', () => {
  const file = givenFile();
  for (let length = readFileSync(file).length - 1; length >= 0; length -= 1) {
    truncateSync(file, length);
    const outcome = attempt(() => readState(file));
    if (!(outcome instanceof Error)) expect(outcome).toEqual(CONTENT);
    else expect(outcome).toMatchObject({ code: 'DAMAGED_STATE', file });
  }
  expect(attempt(() => readState(file))).toMatchObject({
    message: `${file} is damaged: it is empty; put back a copy of the data directory, or begin anew with --fresh`,
  });
});

test('a file of an earlier version, which has no checksum, is read as it is', () => {
  const file = join(newDirectory('state'), 'state.json');
  writeFileSync(file, `${JSON.stringify(CONTENT, null, 2)}\n`);

  expect(readState(file)).toEqual(CONTENT);
});

test('on a full disk the old content stays, and the error names the file', () => {
  const file = givenFile();
  symlinkSync('/dev/full', `${file}.next`);

  expect(attempt(() => writeState(file, { other: 1 }))).toMatchObject({
    code: 'STATE_NOT_WRITTEN',
    file,
    message: expect.stringContaining(`${file} could not be written (ENOSPC`) as string,
  });
  expect(readState(file)).toEqual(CONTENT);
  expect(readdirSync(join(file, '..'))).toEqual(['state.json']);
});

function attempt(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}
