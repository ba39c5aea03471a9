import { existsSync } from 'node:fs';
import { outputsIn, readOutputs, type Outputs } from '@tillgraph/local-aws';

/** Where `npm start` and `npm run demo` keep their state. */
const DIRECTORIES = ['.local', '.local-demo'] as const;

/** What an empty stack has to say to whoever asks it. */
export const HOW_TO_GET_DATA =
  'no line has been sent to this stack yet: "npm run replay -- FILE" sends a CSV file, and "npm run demo" makes up rows of its own';

/**
 * @param data - the stack's data directory; the one of the start, or else of the demo, when left out
 * @throws NoStackError
 */
export function runningStack(data: string | undefined): Outputs {
  const foundDirectory = DIRECTORIES.find((directory) => existsSync(outputsIn(directory)));
  return readOutputs(outputsIn(data ?? foundDirectory ?? DIRECTORIES[0]));
}

/** What a client says when nobody listens there any more. */
export const isStackGone = (error: unknown): boolean =>
  error instanceof AggregateError
    ? error.errors.some(isStackGone)
    : error instanceof Error &&
      (['ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes((error as NodeJS.ErrnoException).code ?? '') || isStackGone(error.cause));
