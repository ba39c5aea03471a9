import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

// What is wrong with a command line in any other way is in test/commands.test.ts, in this process.
test.each([
  ['a file that is no CSV', ['--csv', 'package.json'], 1, 'ERROR: --csv package.json: the header misses InvoiceNo, StockCode, '],
  ['a flag that there is not', ['--prot', '1'], 2, 'ERROR: --prot 1: there is no option --prot, did you mean --port?'],
])('the demo says in one line what is wrong with %s, before it starts anything', (_, flags, code, message) => {
  const data = mkdtempSync(join(tmpdir(), 'demo-'));
  onTestFinished(() => {
    rmSync(data, { recursive: true });
  });

  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'demo/main.ts', '--data', join(data, 'state'), ...flags],
    { encoding: 'utf8' },
  );

  expect({ status, stdout }).toEqual({ status: code, stdout: '' });
  expect(stderr.startsWith(message) && stderr.split('\n').length === 2, stderr).toBe(true);
});
