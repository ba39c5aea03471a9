import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

/** What `npm start` says when this Node, which npm fetches, runs it. */
function startedBy(node: string) {
  const command = ['-y', '-p', node, 'node', '--require', './node-version.cjs', '--import', 'tsx', 'local/main.ts', '--help'];
  return spawnSync('npx', command, { cwd: root, encoding: 'utf8' });
}

test.each([
  ['node@18.20.8', '18.20.8'],
  ['node@20.18.3', '20.18.3'],
])('%s says in one line which Node is needed', (node, version) => {
  const { status, stdout, stderr } = startedBy(node);
  if (/npm (error|ERR!)/.test(stderr)) {
    console.warn(`SKIPPED: ${node} could not be had from the registry`);
    return;
  }

  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toBe(`ERROR: this needs Node 20.19 or later, and here is Node ${version}: see https://nodejs.org/\n`);
});
