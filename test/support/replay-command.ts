import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, watch } from 'node:fs';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Stack } from './stack.ts';

/** The replay's command line in a process of its own, which ends with the test. */
export interface ReplayCommand {
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
  /** Everything it printed so far. */
  printed(): string;
  /** Resolves when it has saved a position at or beyond this row; rejects when it ends before. */
  reached(row: number): Promise<void>;
  /** kill -9. */
  kill(): Promise<void>;
}

export function runReplay(file: string, stack: Stack, flags: readonly string[] = []): ReplayCommand {
  const command = ['--import', 'tsx', 'ingest/replay/cli.ts', file, '--data', stack.directory, '--wait', '0', ...flags];
  const child = spawn(process.execPath, command, { cwd: join(import.meta.dirname, '..', '..') });
  // A test that fails must not leave a replay behind.
  onTestFinished(() => void child.kill('SIGKILL'));
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (printed += text.toString()));
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const saved = `${file}.resume.json`;
  const savedRow = () => (existsSync(saved) ? (JSON.parse(readFileSync(saved, 'utf8')) as { row: number }).row : -1);
  return {
    ended,
    printed: () => printed,
    reached: async (row) => {
      const changes = watch(dirname(file));
      const tooEarly = ended.then((code) => {
        throw new Error(`the replay ended with ${String(code)} before row ${String(row)}:\n${printed}`);
      });
      try {
        while (savedRow() < row) await Promise.race([once(changes, 'change'), tooEarly]);
      } finally {
        changes.close();
        tooEarly.catch(() => undefined);
      }
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
