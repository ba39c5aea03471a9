import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startLocalStack, type LocalOutputs } from '../demo/local-stack.ts';

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
  const stack = await startLocalStack(dataDirectory, ['--fresh', '--port', '0'], () => undefined);
  // It has a process group of its own, which Ctrl-C does not reach.
  const end = () => {
    stack.stop();
    process.exit(130);
  };
  for (const signal of SIGNALS) process.once(signal, end);
  try {
    const outputsFile = join(dataDirectory, 'outputs.json');
    const { pid } = JSON.parse(readFileSync(outputsFile, 'utf8')) as { pid: number };
    return await use({ outputs: stack.outputs, outputsFile, dataDirectory, pid });
  } finally {
    for (const signal of SIGNALS) process.off(signal, end);
    stack.stop();
    await stack.ended;
  }
}
