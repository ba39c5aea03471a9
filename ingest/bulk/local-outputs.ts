import { resolve } from 'node:path';
import { NoStackError, outputsIn, readOutputs, type Outputs } from '@tillgraph/local-aws';
import { StackGoneError } from './import-stack.ts';

/** @param data - the stack's data directory */
export const nameOf = (data: string): string => `the local stack on ${resolve(data)}`;

/** @throws NoStackError */
export const localOutputs = (data: string): Outputs => readOutputs(outputsIn(data));

/** What only a stage with a warehouse has. @throws NoStackError */
export function requireOutput(outputs: Outputs, from: 'endpoints' | 'stack', name: string): string {
  const value = outputs[from][name];
  if (value !== undefined) return value;
  throw new NoStackError(
    `the stack has no ${name}: its stage has no warehouse and no imports; start it without --context stage=lean`,
  );
}

/** What a client says when nobody listens, or who listened has gone. */
const GONE = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'TimeoutError']);

/** Run a call of a client; a stack that is not there is told by one name. @throws StackGoneError */
export async function callStack<T>(stackName: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (isStackGone(cause)) throw new StackGoneError(stackName, { cause });
    throw cause;
  }
}

function isStackGone(cause: unknown): boolean {
  if (cause instanceof AggregateError) return cause.errors.some(isStackGone);
  if (!(cause instanceof Error)) return false;
  const { code = '' } = cause as NodeJS.ErrnoException;
  // What fetch says is in the cause.
  return GONE.has(code) || GONE.has(cause.name) || cause.message === 'socket hang up' || isStackGone(cause.cause);
}
