import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

test.each([
  ['a file that is not there', ['--csv', 'nowhere.csv'], '--csv nowhere.csv: name a file that is there\n'],
  ['a folder', ['--csv', 'docs'], '--csv docs: name a file that is there\n'],
  ['a file that is no CSV', ['--csv', 'package.json'], '--csv package.json: the header misses InvoiceNo, StockCode, '],
  ['a flag that there is not', ['--prot', '1'], "Unknown option '--prot' (--help says what there is)\n"],
  ['a port that is none', ['--port', 'many'], '--port many: write a port, 0 to 65535\n'],
  ['no number of rows', ['--rows', 'many'], '--rows many: write a whole number above 0\n'],
])('the demo says in one line what is wrong with %s, before it starts anything', (_, flags, message) => {
  const data = mkdtempSync(join(tmpdir(), 'demo-'));
  onTestFinished(() => {
    rmSync(data, { recursive: true });
  });

  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'demo/main.ts', '--data', join(data, 'state'), ...flags],
    { encoding: 'utf8' },
  );

  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr.startsWith(message) && stderr.split('\n').length === 2, stderr).toBe(true);
});
