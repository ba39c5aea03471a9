import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { StoreAddresses } from '../../demo/inventory.ts';

/** What `npm start` writes about itself. */
export interface Outputs extends StoreAddresses {
  readonly graphqlUrl: string;
  readonly realtimeUrl: string;
  readonly restUrl: string;
  readonly apiKey: string;
  readonly accountId: string;
  readonly endpoints: Readonly<Record<'kinesis' | 'dynamodb' | 's3' | 'lambda', string>> &
    Readonly<Partial<Record<string, string>>>;
  /** Of the read-only user; only with a warehouse. */
  readonly warehouseUrl?: string;
  readonly pid: number;
}

/** The local stack in a process of its own, as `npm start` runs it. */
export interface Stack {
  readonly directory: string;
  readonly outputs: Outputs;
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
  const child = spawn(process.execPath, ['--import', 'tsx', 'local/main.ts', ...flagsOfAll], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const ready = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      if (line.startsWith('ready ')) resolve(line);
    });
    createInterface({ input: child.stderr }).on('line', (line) => lines.push(line));
    child.once('exit', (code) => {
      reject(new Error(`the stack ended with ${String(code)} before it was ready:\n${lines.join('\n')}`));
    });
  });
  await ready;
  const outputs = JSON.parse(readFileSync(join(directory, 'outputs.json'), 'utf8')) as Outputs;
  return {
    directory,
    outputs,
    printed: () => lines.join('\n'),
    stop: () => end(child, 'SIGINT'),
    kill: async () => {
      await end(child, 'SIGKILL');
    },
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const ended = once(child, 'exit') as Promise<[number | null]>;
  child.kill(signal);
  return (await ended)[0];
}
