import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { startShop, type LocalOutputs } from '../demo/local-stack.ts';

/** A local stack that a measurement has for itself. */
export interface FreshStack {
  readonly outputs: LocalOutputs;
  readonly outputsFile: string;
  readonly dataDirectory: string;
  readonly pid: number;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Start the local stack on an empty directory, use it, end it. */
export async function withFreshStack<Result>(directory: string, use: (stack: FreshStack) => Promise<Result>): Promise<Result> {
  const dataDirectory = mkdtempSync(join(directory, 'stack-'));
  const stack = await startShop(dataDirectory, ['--fresh', '--port', '0'], () => undefined);
  // It has a process group of its own, which Ctrl-C does not reach.
  const end = () => {
    void stack.stop();
    process.exit(130);
  };
  for (const signal of SIGNALS) process.once(signal, end);
  try {
    const { outputs, outputsFile } = stack;
    return await use({ outputs, outputsFile, dataDirectory, pid: outputs.pid });
  } finally {
    for (const signal of SIGNALS) process.off(signal, end);
    await stack.stop();
  }
}
