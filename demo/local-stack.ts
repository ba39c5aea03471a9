import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { StoreAddresses } from './inventory.ts';

/** What a running local stack writes about itself. */
export interface LocalOutputs extends StoreAddresses {
  readonly graphqlUrl: string;
  readonly restUrl: string;
  readonly apiKey: string;
  readonly endpoints: Readonly<Record<'kinesis' | 'dynamodb' | 's3' | 'lambda', string>> &
    Readonly<Partial<Record<string, string>>>;
}

/** The local stack in a process of its own, as `npm start` runs it. */
export interface LocalStack {
  readonly outputs: LocalOutputs;
  /** Resolves when it has ended, with its exit code. */
  readonly ended: Promise<number | null>;
  stop(): void;
}

/** The local stack did not come up; it has said why. */
export class StackFailedError extends Error {
  override readonly name = 'StackFailedError';
  readonly code = 'STACK_FAILED';

  constructor(readonly exitCode: number | null) {
    super(`the local stack ended with exit code ${String(exitCode)} before it was ready`);
  }
}

/** Start the local stack and wait until it answers. @param print - takes what it prints, line by line; so does `printError` */
export async function startLocalStack(
  data: string,
  flags: readonly string[],
  print: (line: string) => void,
  printError: (line: string) => void = (line) => process.stderr.write(`${line}\n`),
): Promise<LocalStack> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'local/main.ts', '--data', data, ...flags], {
    cwd: join(import.meta.dirname, '..'),
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own: Ctrl-C reaches the demo, and the demo ends the stack.
    detached: true,
  });
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  createInterface({ input: child.stderr }).on('line', printError);
  let isInvitation = false;
  const ready = new Promise<boolean>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      // What to type next is the demo's to say, when it has something to show.
      if (line === '') isInvitation = true;
      if (line.startsWith('ready "')) {
        isInvitation = false;
        resolve(true);
      } else if (!isInvitation) print(line);
    });
    void ended.then(() => {
      resolve(false);
    });
  });
  if (!(await ready)) throw new StackFailedError(await ended);
  return {
    outputs: JSON.parse(readFileSync(join(data, 'outputs.json'), 'utf8')) as LocalOutputs,
    ended,
    stop: () => child.kill('SIGINT'),
  };
}
