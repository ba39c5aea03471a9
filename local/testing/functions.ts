import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FunctionsOptions } from '../services/lambda/functions.ts';
import { Functions } from '../services/lambda/functions.ts';
import type { LambdaDefinition } from '../services/lambda/definition.ts';
import { newDirectory } from './directories.ts';

/** A function whose code is given as text, in the form in which bundles are deployed. */
export function functionOf(code: string, changes: Partial<LambdaDefinition> = {}): LambdaDefinition {
  const directory = newDirectory('function');
  writeFileSync(join(directory, 'index.mjs'), code);
  return {
    name: 'greeter',
    arn: 'arn:aws:lambda:us-east-1:000000000000:function:greeter',
    roleArn: 'arn:aws:iam::000000000000:role/greeter',
    directory,
    handler: 'index.handler',
    environment: {},
    timeoutSeconds: 30,
    memoryMegabytes: 128,
    ...changes,
  };
}

const nothingKept: FunctionsOptions['asynchronous'] = { keep: async () => undefined, log: () => undefined, timeFactor: 1 };

/** Run `use` with the function, and end its threads afterwards. */
export async function withFunction<T>(
  definition: LambdaDefinition,
  use: (functions: Functions, logs: string) => Promise<T>,
  environment: Readonly<Record<string, string>> = {},
  asynchronous: Partial<FunctionsOptions['asynchronous']> = {},
): Promise<T> {
  const logs = newDirectory('logs');
  const functions = new Functions([definition], { environment, logs, asynchronous: { ...nothingKept, ...asynchronous } });
  try {
    return await use(functions, logs);
  } finally {
    await functions.close();
  }
}
