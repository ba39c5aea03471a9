import { join } from 'node:path';
import { readOptions, UsageError, wholeNumber } from '@tillgraph/local-aws';
import { MAX_LINES_PER_REQUEST } from '../../domain/limits.ts';
import { LAYOUT_FLAGS, LAYOUT_HELP, layoutOf, LayoutError, type FileLayout, type GivenLayout } from './layout.ts';

export { UsageError };

export const HELP = `Sends the rows of a CSV file through the GraphQL API, 250 lines per mutation.

  npm run replay -- FILE [options]

FILE is CSV or gzip, in UTF-8 or Windows-1252, with the columns InvoiceNo, StockCode, Description, Quantity, InvoiceDate,
UnitPrice, CustomerID and Country in any order.

  --data DIR         the local stack that runs on this data directory (default .local)
  --outputs FILE     the outputs of a stack: of npm start, or of npm run deploy (needs AWS credentials)
  --rows N           only the first N rows
  --rate N           at most N rows per second
  --concurrency N    mutations under way at once (default 4)
  --batch N          lines per mutation, 1 to ${String(MAX_LINES_PER_REQUEST)} (default ${String(MAX_LINES_PER_REQUEST)})
  --resume           go on where an interrupted replay of this file stopped
  --rejects FILE     where to write the rows that are rejected (default FILE.rejected.csv)
  --wait SECONDS     how long to wait for the stores once all is sent (default 300; 0: one look). Of a deployed stack they
                     cannot be seen from here: the command says how to ask
  --dry-run          read, check and count, and show the first rows as they are understood; send nothing
  --help             this text

How the file is written, where it is not as the published data set has it:

${LAYOUT_HELP}
Replaying a file twice counts nothing twice: each line has an identity of its own. To repair rejected rows, correct
them in the CSV file and replay it again.

It ends with what became of the rows: rejected here or at the door, stored or put aside by each store, and where.

Exit code: 0 all accepted and nothing put aside, 1 could not run or broke off, 2 rows were rejected or lines put aside, or
nothing was sent because the dates contradict each other or --date-format, or a command line that is not understood, 3 all
accepted, and some store has not caught up in time, 130 stopped by Ctrl-C.
`;

/** @unit seconds */
const DEFAULT_WAIT = 300;

/** What the command line asks for. */
export interface CommandOptions {
  readonly file: string;
  /** The outputs file of the stack. */
  readonly outputs: string;
  /** The data directory, when it is a local stack: it stays the same where the address changes. */
  readonly data: string | undefined;
  readonly rows: number | undefined;
  readonly rate: number | undefined;
  readonly concurrency: number | undefined;
  readonly batch: number | undefined;
  readonly rejects: string | undefined;
  readonly layout: FileLayout;
  readonly resume: boolean;
  readonly dryRun: boolean;
  /** How long to wait for the stores. @unit seconds */
  readonly wait: number;
}

/** @returns `undefined` when help is asked for @throws UsageError */
export function commandOptions(args: readonly string[]): CommandOptions | undefined {
  const { values, positionals } = parsed(args);
  if (values.help === true) return undefined;
  const [file, ...others] = positionals;
  if (file === undefined) throw new UsageError('name a CSV file: npm run replay -- FILE');
  if (others.length > 0) throw new UsageError(`name one file: got ${positionals.join(' ')}`);
  if (values.data !== undefined && values.outputs !== undefined) throw new UsageError('give --data or --outputs, not both');
  const dryRun = values['dry-run'] === true;
  if (dryRun && values.resume === true) throw new UsageError('a dry run sends nothing, so it cannot --resume');
  const data = values.outputs === undefined ? (values.data ?? '.local') : undefined;
  return {
    file,
    outputs: values.outputs ?? join(data ?? '', 'outputs.json'),
    data,
    rows: wholeNumber('rows', values.rows, 1),
    rate: wholeNumber('rate', values.rate, 1, 1_000_000),
    concurrency: wholeNumber('concurrency', values.concurrency, 1, 64),
    batch: wholeNumber('batch', values.batch, 1, MAX_LINES_PER_REQUEST),
    rejects: values.rejects,
    layout: layoutFrom(values),
    resume: values.resume === true,
    dryRun,
    wait: secondsToWait(values.wait),
  };
}

/** What --wait says. @throws UsageError */
export const secondsToWait = (text: string | undefined): number => wholeNumber('wait', text, 0, 86_400) ?? DEFAULT_WAIT;

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  return readOptions({
    args: [...args],
    allowPositionals: true,
    options: {
      data: text,
      outputs: text,
      rows: text,
      rate: text,
      concurrency: text,
      batch: text,
      rejects: text,
      ...LAYOUT_FLAGS,
      wait: text,
      resume: flag,
      'dry-run': flag,
      help: { ...flag, short: 'h' },
    },
  });
}

/** @throws UsageError */
export function layoutFrom(given: GivenLayout): FileLayout {
  try {
    return layoutOf(given);
  } catch (cause) {
    if (!(cause instanceof LayoutError)) throw cause;
    throw new UsageError(cause.message, { cause });
  }
}
