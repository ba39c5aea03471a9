import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { StackGoneError } from './import-stack.ts';
import { outputsIn } from './options.ts';

/** What a running local stack writes about itself, as far as imports need it. */
export interface LocalOutputs {
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly endpoints: Readonly<Partial<Record<string, string>>>;
  readonly pid: number;
  readonly stack: Readonly<Partial<Record<string, string>>>;
}

/** There is no stack, or it has no imports. */
export class NoStackError extends Error {
  override readonly name = 'NoStackError';
  readonly code = 'NO_STACK';
}

/** @param data - the stack's data directory */
export const nameOf = (data: string): string => `the local stack on ${resolve(data)}`;

/** @throws NoStackError */
export function localOutputs(data: string): LocalOutputs {
  const file = outputsIn(data);
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new NoStackError(`no file "${file}": start the stack with npm start, or name its directory with --data`, { cause });
  }
  let outputs;
  try {
    outputs = JSON.parse(text) as Partial<LocalOutputs>;
  } catch (cause) {
    throw new NoStackError(`"${file}" is no JSON: start the stack again with npm start`, { cause });
  }
  if (outputs.endpoints === undefined || outputs.stack === undefined)
    throw new NoStackError(`"${file}" is not of a local stack: start one with npm start`);
  return outputs as LocalOutputs;
}

/** What only a stage with a warehouse has. @throws NoStackError */
export function demanded(outputs: LocalOutputs, from: 'endpoints' | 'stack', name: string): string {
  const value = outputs[from][name];
  if (value !== undefined) return value;
  throw new NoStackError(
    `the stack has no ${name}: its stage has no warehouse and no imports; start it without --context stage=lean`,
  );
}

/** What a client says when nobody listens, or who listened has gone. */
const GONE = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'TimeoutError']);

/** Run a call of a client; a stack that is not there is told by one name. @throws StackGoneError */
export async function answered<T>(stackName: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (isGone(cause)) throw new StackGoneError(stackName, { cause });
    throw cause;
  }
}

function isGone(cause: unknown): boolean {
  if (cause instanceof AggregateError) return cause.errors.some(isGone);
  if (!(cause instanceof Error)) return false;
  const { code = '' } = cause as NodeJS.ErrnoException;
  // What fetch says is in the cause.
  return GONE.has(code) || GONE.has(cause.name) || cause.message === 'socket hang up' || isGone(cause.cause);
}
