import { join } from 'node:path';
import { startLocalStack, type LocalStack, type Outputs } from '@tillgraph/local-aws';
import type { StoreAddresses } from './inventory.ts';

/** What a running local stack writes about itself, with what the shop's template declares. */
export interface LocalOutputs extends Outputs, StoreAddresses {
  readonly graphqlUrl: string;
  readonly realtimeUrl: string;
  readonly restUrl: string;
  readonly apiKey: string;
  readonly stack: Readonly<Record<string, string>>;
  readonly endpoints: Readonly<Record<'kinesis' | 'dynamodb' | 's3' | 'lambda', string>> & Readonly<Record<string, string>>;
}

/** The repository, which has the template. */
const ROOT = join(import.meta.dirname, '..');

/** Start the local stack and wait until it answers. @param print - takes what it prints, line by line; so does `printError` */
export async function startShop(
  data: string,
  flags: readonly string[],
  print: (line: string) => void,
  printError: (line: string) => void = (line) => process.stderr.write(`${line}\n`),
): Promise<LocalStack<LocalOutputs>> {
  // What to type next is the demo's to say, when it has something to show.
  let isInvitation = false;
  const stack = await startLocalStack<LocalOutputs>({
    data,
    flags,
    cwd: ROOT,
    // Ctrl-C reaches the demo, and the demo ends the stack.
    detached: true,
    onLine: (line) => {
      if (line === '') isInvitation = true;
      if (!isInvitation) print(line);
    },
    onErrorLine: printError,
  });
  isInvitation = false;
  return stack;
}
