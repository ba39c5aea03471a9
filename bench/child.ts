import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A part of a measurement in a process of its own. */
export interface Child<Report> {
  /** The first thing it said. */
  readonly ready: Report;
  readonly pid: number;
  /** Whatever it says later. */
  onReport(take: (report: Report) => void): void;
  stop(): Promise<void>;
}

/** A part of a measurement ended before it was told to. */
export class ChildEndedError extends Error {
  override readonly name = 'ChildEndedError';
  readonly code = 'CHILD_ENDED';

  constructor(
    readonly file: string,
    readonly exitCode: unknown,
  ) {
    super(`bench/${file} ended with exit code ${String(exitCode)} before its measurement was done: see what it printed above`);
  }
}

/** Run a file of this folder with `settings`, and wait until it first reports. */
export async function startChild<Report>(file: string, settings: object): Promise<Child<Report>> {
  const child = fork(join(import.meta.dirname, file), [JSON.stringify(settings)], { execArgv: ['--import', 'tsx'] });
  const ended = once(child, 'exit');
  const ready = await Promise.race([
    once(child, 'message').then(([report]) => report as Report),
    ended.then(([code]) => {
      throw new ChildEndedError(file, code);
    }),
  ]);
  return {
    ready,
    pid: child.pid ?? 0,
    onReport: (take) => child.on('message', take as (report: unknown) => void),
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}

// In the child: without its measurement there is nothing to do.
if (process.send !== undefined) process.once('disconnect', () => process.exit());

/** In the child: what it was given. */
export const settings = (): unknown => JSON.parse(process.argv[2] ?? '{}');

/** In the child: tell the measurement. */
export const report = (words: object): void => {
  process.send?.(words);
};
