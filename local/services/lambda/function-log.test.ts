import { readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BoundedLog } from './function-log.ts';
import { newDirectory } from '../../testing/directories.ts';

test('a log begins anew when it is full, and keeps what was before', () => {
  const path = join(newDirectory('log'), 'logs', 'writer.log');
  const log = new BoundedLog(path);
  const [old, later] = [`${'o'.repeat(4_000_000)}\n`, `${'l'.repeat(2_000_000)}\n`];

  for (const text of [old, later]) {
    log.write(text);
    log.flush();
  }

  expect(readFileSync(path, 'utf8')).toBe(later);
  expect(statSync(`${path}.1`).size).toBe(old.length);
});

test('a log goes on where the last start left it', () => {
  const path = join(newDirectory('log'), 'writer.log');

  for (const text of ['one\n', 'two\n']) {
    const log = new BoundedLog(path);
    log.write(text);
    log.flush();
  }

  expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
});

test('a full disk costs only lines of the log, which later says how many', () => {
  const path = join(newDirectory('log'), 'writer.log');
  symlinkSync('/dev/full', path);
  const log = new BoundedLog(path);

  for (const text of ['one\n', 'two\nthree\n']) {
    log.write(text);
    log.flush();
  }
  rmSync(path);
  log.write('four\n');
  log.flush();

  expect(readFileSync(path, 'utf8')).toBe('(3 lines could not be written)\nfour\n');
});
