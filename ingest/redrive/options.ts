import { join } from 'node:path';
import { readOptions, UsageError } from '@tillgraph/local-aws';
import { secondsToWait } from '../replay/options.ts';

export const HELP = `Puts back on the stream what was given up: batches that a consumer could not take, and records whose judge failed.

  npm run redrive -- [options]

  --data DIR         the local stack that runs on this data directory (default .local)
  --outputs FILE     the outputs of a stack: of npm start, or of npm run deploy (needs AWS credentials)
  --dry-run          read and count; put nothing back
  --wait SECONDS     how long to wait for the stores once all is put back (default 300; 0: one look). Of a deployed stack they
                     cannot be seen from here: the command says how to ask
  --help             this text

It reads aws/lambda/, firehose/processing-failed/ and rejected/unstored/ of the stack's bucket. Each object is put back
whole, its records as they were, and then moved to redriven/. Lines that are stored already are not counted twice, so
breaking off does no harm.

It ends with what became of the lines: stored or put aside again by each store, and where.

Exit code: 0 all put back and stored, 1 could not run or broke off, 2 something could not be put back or was put aside again,
or a command line that is not understood, 3 all put back, and some store has not caught up in time, 130 stopped by Ctrl-C.
`;

/** What the command line asks for. */
export interface RedriveOptions {
  /** The outputs file of the stack. */
  readonly outputs: string;
  /** The data directory, when it is named by that. */
  readonly data: string | undefined;
  readonly dryRun: boolean;
  /** How long to wait for the stores. @unit seconds */
  readonly wait: number;
}

/** @returns `undefined` when help is asked for @throws UsageError */
export function redriveOptions(args: readonly string[]): RedriveOptions | undefined {
  const { help, data: directory, outputs, 'dry-run': dryRun, wait } = parsed(args);
  if (help) return undefined;
  if (directory !== undefined && outputs !== undefined) throw new UsageError('give --data or --outputs, not both');
  const data = outputs === undefined ? (directory ?? '.local') : undefined;
  return { outputs: outputs ?? join(data ?? '', 'outputs.json'), data, dryRun, wait: secondsToWait(wait) };
}

function parsed(args: readonly string[]) {
  return readOptions({
    args: [...args],
    options: {
      data: { type: 'string' },
      outputs: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      wait: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  }).values;
}
