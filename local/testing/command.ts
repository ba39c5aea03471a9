import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { spawnLocalStack } from '../client.ts';
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
  const stack = spawnLocalStack({ flags, cwd: root });
  // A test that fails must not leave a stack behind.
  onTestFinished(() => void stack.stop('SIGKILL'));
  const ready = stack.ready.then(({ outputs }) => outputs);
  ready.catch(() => undefined);
  return {
    ready,
    exited: stack.ended,
    printed: () => stack.printed(),
    end: (signal) => {
      void stack.stop(signal);
      return stack.ended;
    },
  };
}
