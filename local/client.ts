import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Outputs } from './outputs.ts';
import { readyFile } from './ready-line.ts';

/** How to start the stack in a process of its own. */
export interface LocalStackOptions {
  /** Where all its state lives. */
  readonly data?: string;
  /** As the command takes them; `--help` lists them. */
  readonly flags?: readonly string[];
  /** The folder that has `cdk.json`. @default the current one */
  readonly cwd?: string;
  /** Whether it has a process group of its own, which Ctrl-C does not reach. @default false */
  readonly detached?: boolean;
  /** Takes what it prints, line by line. */
  readonly onLine?: (line: string) => void;
  /** Takes what it prints as errors, line by line. */
  readonly onErrorLine?: (line: string) => void;
}

/** A stack in a process of its own, which answers. */
export interface LocalStack<Told extends Outputs = Outputs> {
  readonly outputs: Told;
  readonly outputsFile: string;
  /** Everything it printed so far, errors included. */
  printed(): string;
  /** Resolves when it has ended and everything it printed was taken, with its exit code. */
  readonly ended: Promise<number | null>;
  /** Resolves when it has ended. @param signal - what it gets, if it runs still: SIGINT, as of Ctrl-C, when left out */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** A stack in a process of its own, which may not answer yet. */
export interface StartingStack<Told extends Outputs = Outputs> {
  /** Rejects with a StackFailedError when it ends before. */
  readonly ready: Promise<LocalStack<Told>>;
  readonly ended: Promise<number | null>;
  /** Everything it printed so far, errors included. */
  printed(): string;
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** The local stack did not come up; it has said why. */
export class StackFailedError extends Error {
  override readonly name = 'StackFailedError';
  readonly code = 'STACK_FAILED';

  constructor(
    readonly exitCode: number | null,
    /** Everything it printed. */
    readonly printed: string,
  ) {
    super(`the local stack ended with exit code ${String(exitCode)} before it was ready`);
  }
}

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** Start the stack and wait until it answers. @throws StackFailedError */
export const startLocalStack = <Told extends Outputs = Outputs>(options: LocalStackOptions): Promise<LocalStack<Told>> =>
  spawnLocalStack<Told>(options).ready;

/** Start the stack without waiting for it. */
export function spawnLocalStack<Told extends Outputs = Outputs>(options: LocalStackOptions): StartingStack<Told> {
  const { data, flags = [], cwd, detached = false, onLine, onErrorLine } = options;
  const parameters = ['--import', TSX, MAIN, ...(data === undefined ? [] : ['--data', data]), ...flags];
  const child = spawn(process.execPath, parameters, {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached,
    ...(cwd !== undefined && { cwd }),
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const stop = (signal: NodeJS.Signals = 'SIGINT') => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    return exited;
  };
  const lines: string[] = [];
  const printed = () => lines.map((line) => `${line}\n`).join('');
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line);
    onErrorLine?.(line);
  });
  const ready = new Promise<LocalStack<Told>>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      const outputsFile = readyFile(line);
      if (outputsFile === undefined) onLine?.(line);
      else resolve({ outputs: readOutputs(outputsFile) as Told, outputsFile, ended, stop, printed });
    });
    void ended.then((code) => {
      reject(new StackFailedError(code, printed()));
    });
  });
  ready.catch(() => undefined);
  return { ready, ended, printed, stop };
}

/** No stack runs here, or it has not what was asked for. */
export class NoStackError extends Error {
  override readonly name = 'NoStackError';
  readonly code = 'NO_STACK';
}

/** Where the stack on a data directory writes what its clients have to know. */
export const outputsIn = (data: string): string => join(data, 'outputs.json');

/** What the stack wrote for its clients into `outputs.json`. @throws NoStackError */
export function readOutputs(file: string): Outputs {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new NoStackError(`no file "${file}": start the stack with npm start, or name its directory with --data`, { cause });
  }
  let outputs;
  try {
    outputs = JSON.parse(text) as Partial<Outputs>;
  } catch (cause) {
    throw new NoStackError(`"${file}" is no JSON: start the stack again with npm start`, { cause });
  }
  if (outputs.region === undefined || outputs.endpoints === undefined || outputs.stack === undefined)
    throw new NoStackError(`"${file}" is not of a local stack: start one with npm start`);
  return outputs as Outputs;
}

/** Read what a stack prints that was started in another way, until it answers. @returns the path of its `outputs.json` */
export async function outputsFileOf(stdout: Readable): Promise<string> {
  for await (const line of createInterface({ input: stdout })) {
    const file = readyFile(line);
    if (file !== undefined) return file;
  }
  throw new Error('the local stack ended before it was ready');
}

/** How far a consumer of the stream is. */
interface MappingState {
  readonly functionName: string;
  /** Records in the stream that the function has not yet done. */
  readonly waiting: number;
}

/** How many records are in one place of a delivery stream, or have passed it. */
interface RecordCount {
  readonly records: number;
}

/** How far a delivery stream is. */
export interface DeliveryState {
  /** What the stream has and it has not read: at most a thousand of each shard are counted. */
  readonly unread: RecordCount;
  readonly buffered: RecordCount;
  readonly stored: RecordCount;
  /** Absent while nothing is copied. */
  readonly copying?: RecordCount | null;
  readonly copied: RecordCount;
  /** All that the stream has and the table has not. */
  readonly waiting: RecordCount;
}

/** Where a stack is reached. */
interface Reachable {
  readonly endpoints: Readonly<Partial<Record<string, string>>>;
}

/** @unit ms */
const LOOK_AGAIN = 50;

/** Wait until every function that reads a stream has done every record of it. */
export async function consumersCaughtUp(
  { endpoints }: Reachable,
  onWaiting: (records: number) => void = () => undefined,
): Promise<void> {
  for (;;) {
    const mappings = await consumers({ endpoints });
    const waiting = Math.max(0, ...mappings.map((mapping) => mapping.waiting));
    if (waiting === 0) return;
    onWaiting(waiting);
    await pause(LOOK_AGAIN);
  }
}

/** How far each function is that reads a stream. */
export const consumers = ({ endpoints }: Reachable): Promise<readonly MappingState[]> =>
  readState(endpoints['lambda'], '_event-source-mappings');

/** How far each delivery stream is. */
export const deliveries = ({ endpoints }: Reachable): Promise<readonly DeliveryState[]> =>
  readState(endpoints['firehose'], '_deliveries');

async function readState<State>(endpoint: string | undefined, page: string): Promise<State> {
  const answer = await fetch(`${endpoint ?? ''}/${page}`);
  if (!answer.ok) throw new Error(`the local stack does not say how far it is, on ${page}: ${await answer.text()}`);
  return (await answer.json()) as State;
}
