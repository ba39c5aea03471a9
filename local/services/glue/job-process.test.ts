import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { endGroup, startJobProcess } from './job-process.ts';
import type { ProcessIdentity } from '../../process-identity.ts';
import { identify, isRunning } from '../../process-identity.ts';
import { newDirectory } from '../../testing/directories.ts';

/** A program with two children: one ignores SIGTERM, as may happen, and one has a child itself. */
const FAMILY = `
  ( trap '' TERM; while :; do sleep 0.2; done ) &
  echo "pid $!"
  ${process.execPath} -e "
    const { spawn } = require('node:child_process');
    const worker = spawn('/bin/sh', ['-c', 'while :; do sleep 0.2; done'], { stdio: 'inherit' });
    console.log('pid ' + worker.pid);
    setInterval(() => undefined, 1000);
  " &
  echo "pid $!"
  wait`;

/** The children, when all have said who they are. */
async function familyOf(logPath: string): Promise<ProcessIdentity[]> {
  const pids = (): number[] => [...readFileSync(logPath, 'utf8').matchAll(/^pid (\d+)$/gm)].map(([, pid]) => Number(pid));
  await vi.waitFor(() => expect(pids()).toHaveLength(3), 10_000);
  return pids().map(identify);
}

function givenLog(): string {
  return join(newDirectory('log'), 'run.log');
}

test('what a program prints is in its log, and how it ended is told', async () => {
  const logPath = givenLog();
  const { exited } = startJobProcess('/bin/sh', ['-c', 'echo out; echo "$WORD" >&2; pwd; exit 3'], {
    environment: { PATH: process.env['PATH'], WORD: 'wrong' },
    directory: '/',
    logPath,
  });

  const code = await exited;

  expect(code).toBe(3);
  expect(readFileSync(logPath, 'utf8')).toBe('out\nwrong\n/\n');
});

test('a program ends with all that it started, also what ignores SIGTERM', async () => {
  const logPath = givenLog();
  const program = startJobProcess('/bin/sh', ['-c', FAMILY], { environment: process.env, directory: '/', logPath });
  const family = await familyOf(logPath);

  await program.end();

  expect(family.filter(isRunning)).toEqual([]);
  expect(isRunning(program.identity)).toBe(false);
});

test('a program whose parent is killed ends with all that it started', async () => {
  const logPath = givenLog();
  const parent = fork(join(import.meta.dirname, '..', '..', 'testing', 'glue-process-child.ts'), [FAMILY, logPath], {
    execArgv: ['--import', 'tsx'],
  });
  onTestFinished(() => void parent.kill('SIGKILL'));
  const [program] = (await once(parent, 'message')) as [ProcessIdentity];
  onTestFinished(() => endGroup(program));
  const family = await familyOf(logPath);

  parent.kill('SIGKILL');
  await once(parent, 'exit');

  await vi.waitFor(() => expect([program, ...family].filter(isRunning)).toEqual([]), 10_000);
});

test('what a killed parent has left can be ended by another process', async () => {
  const logPath = givenLog();
  const parent = fork(join(import.meta.dirname, '..', '..', 'testing', 'glue-process-child.ts'), [FAMILY, logPath], {
    execArgv: ['--import', 'tsx'],
  });
  const [program] = (await once(parent, 'message')) as [ProcessIdentity];
  const family = await familyOf(logPath);
  parent.kill('SIGKILL');

  await endGroup(program);

  expect([program, ...family].filter(isRunning)).toEqual([]);
});
