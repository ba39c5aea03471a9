import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a running local stack writes about itself, as far as a terminal needs it. */
export interface RunningStack {
  readonly graphqlUrl?: string;
  readonly apiKey?: string;
  readonly warehouseUrl?: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** No stack runs here, or it has not what was asked for. */
export class NoStackError extends Error {
  override readonly name = 'NoStackError';
  readonly code = 'NO_STACK';
}

/** Where `npm start` and `npm run demo` keep their state. */
const DIRECTORIES = ['.local', '.local-demo'] as const;

/** What an empty stack has to say to whoever asks it. */
export const HOW_TO_GET_DATA =
  'no line has been sent to this stack yet: "npm run replay -- FILE" sends a CSV file, and "npm run demo" makes up rows of its own';

/**
 * @param data - the stack's data directory; the one of the start, or else of the demo, when left out
 * @throws NoStackError
 */
export function runningStack(data: string | undefined): RunningStack {
  const likely = DIRECTORIES.find((directory) => existsSync(join(directory, 'outputs.json')));
  const file = join(data ?? likely ?? DIRECTORIES[0], 'outputs.json');
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new NoStackError(`no file "${file}": start the stack with npm start, or name its directory with --data`, { cause });
  }
  try {
    const outputs = JSON.parse(text) as Partial<RunningStack>;
    if (typeof outputs.region === 'string' && outputs.credentials !== undefined) return outputs as RunningStack;
  } catch (cause) {
    throw new NoStackError(`"${file}" is no JSON: start the stack again with npm start`, { cause });
  }
  throw new NoStackError(`"${file}" is not of a local stack: start one with npm start`);
}

/** What a client says when nobody listens there any more. */
export const isGone = (error: unknown): boolean =>
  error instanceof AggregateError
    ? error.errors.some(isGone)
    : error instanceof Error &&
      (['ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes((error as NodeJS.ErrnoException).code ?? '') || isGone(error.cause));
