import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testFilesIn, wayToProcesses } from './support/starts-processes.ts';

const root = join(import.meta.dirname, '..');

// Not imported, or this file would be no unit test.
const { spawn, execFileSync } = createRequire(import.meta.url)('node:child_process') as {
  readonly spawn: (command: string) => void;
  readonly execFileSync: (command: string) => void;
};

test('a unit test that would start PostgreSQL, or any other process, fails', () => {
  expect(() => {
    spawn('/usr/lib/postgresql/18/bin/postgres');
  }).toThrow('a unit test starts no process');
  expect(() => {
    execFileSync(process.execPath);
  }).toThrow(`got "${process.execPath}"`);
});

test('a test file that imports what starts processes, however far away, is no unit test', () => {
  const ways = testFilesIn('test').map((file) => ({ file, way: wayToProcesses(file) }));

  const starting = ways.filter(({ way }) => way !== undefined).map(({ file }) => file);
  expect(starting).toEqual(expect.arrayContaining(['test/e2e/api.test.ts', 'test/warehouse/load.test.ts']));
  expect(starting).not.toContain('test/unit-tests.test.ts');
  for (const { way } of ways)
    if (way !== undefined) expect(readFileSync(join(root, way.at(-1) ?? ''), 'utf8')).toContain("'node:child_process'");
});

test('a name of a package leads to where that name comes from, and no further', () => {
  expect(wayToProcesses('ingest/replay/options.ts')).toBeUndefined();
  expect(wayToProcesses('bench/spark.ts')?.length).toBeGreaterThan(1);
});
