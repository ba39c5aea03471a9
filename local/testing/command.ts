import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Outputs } from '../outputs.ts';

const root = join(import.meta.dirname, '..', '..');

/** The command as a person starts it, in a process of its own. */
export interface Command {
  /** Resolves with what it wrote for its clients when it is ready; rejects when it ends before. */
  readonly ready: Promise<Outputs>;
  readonly exited: Promise<number | null>;
  /** Everything it printed so far, errors included. */
  printed(): string;
  end(signal: NodeJS.Signals): Promise<number | null>;
}

export function start(...flags: readonly string[]): Command {
  const child = spawn(process.execPath, ['--import', 'tsx', 'local/main.ts', ...flags], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // A test that fails must not leave a stack behind.
  onTestFinished(() => void child.kill('SIGKILL'));
  let printed = '';
  const exited = once(child, 'close').then(([code]) => code as number | null);
  const ready = new Promise<Outputs>((resolve, reject) => {
    let isReady = false;
    const hear = (text: string): void => {
      printed += text;
      const path = isReady ? undefined : /^ready (".*")$/m.exec(printed)?.[1];
      if (path === undefined) return;
      isReady = true;
      resolve(JSON.parse(readFileSync(JSON.parse(path) as string, 'utf8')) as Outputs);
    };
    child.stdout.setEncoding('utf8').on('data', hear);
    child.stderr.setEncoding('utf8').on('data', hear);
    void exited.then((code) => {
      reject(new Error(`ended with ${String(code)} before it was ready:\n${printed}`));
    });
  });
  ready.catch(() => undefined);
  return {
    ready,
    exited,
    printed: () => printed,
    end: (signal) => {
      child.kill(signal);
      return exited;
    },
  };
}
