import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StackFailedError, startLocalStack } from '@tillgraph/local-aws';
import type { LocalOutputs } from '../../demo/local-stack.ts';

/** The local stack in a process of its own, as `npm start` runs it. */
export interface Stack {
  readonly directory: string;
  readonly outputs: LocalOutputs;
  /** Everything it printed. */
  printed(): string;
  /** Ctrl-C: resolves with the exit code. */
  stop(): Promise<number | null>;
  /** kill -9. */
  kill(): Promise<void>;
}

const root = join(import.meta.dirname, '..', '..');

/** A directory of its own for a test's stack. */
export const newDirectory = (): string => mkdtempSync(join(tmpdir(), 'tillgraph-'));

export const removeDirectory = (directory: string): void => {
  rmSync(directory, { recursive: true, force: true });
};

/** Start a stack on free ports and wait until it answers. */
export async function startStack(directory = newDirectory(), flags: readonly string[] = []): Promise<Stack> {
  const flagsOfAll = ['--data', directory, '--port', '0', '--assembly', join(root, 'cdk.out'), ...flags];
  const stack = await startLocalStack<LocalOutputs>({ flags: flagsOfAll, cwd: root }).catch((error: unknown) => {
    if (error instanceof StackFailedError) throw new Error(`${error.message}:\n${error.printed}`, { cause: error });
    throw error;
  });
  return {
    directory,
    outputs: stack.outputs,
    printed: () => stack.printed(),
    stop: () => stack.stop(),
    kill: async () => {
      await stack.stop('SIGKILL');
    },
  };
}
