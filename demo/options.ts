import { statSync } from 'node:fs';
import { readOptions, wholeNumber } from '@tillgraph/local-aws';
import { DateOrderError } from '../ingest/replay/date-survey.ts';
import { FileError, TransactionsFile } from '../ingest/replay/transactions-file.ts';

/** Where the demo's state lives when nobody says otherwise. */
export const DEFAULT_DATA = '.local-demo';

export const DEMO_HELP = `Watch the whole pipeline work on this machine: start it, send a CSV through the API, compare every store with what was
sent, ask a few questions, and go on serving until Ctrl-C.

Usage: npm run demo -- [options]

  --csv FILE    send this file (CSV or .gz); otherwise rows of the same shape are made up
  --rows N      how many rows: of the file all, made up 20,000
  --data DIR    where the demo's state lives (${DEFAULT_DATA}); it begins afresh
  --port N      port of the GraphQL API (4000; 0: any free port)
  --once        end after the questions
  --help        this text

Exit code: 0 everything sent is in every store, 1 could not run, 2 rows were rejected, a store differs, or a command line that is
not understood, 130 stopped by Ctrl-C before that.
`;

/** What the command line asks for. */
export interface DemoOptions {
  readonly csv: string | undefined;
  readonly rows: number | undefined;
  readonly data: string;
  /** As the local stack takes it: 0 is any free port. */
  readonly port: string;
  readonly once: boolean;
}

/** The command line names a file that cannot be sent. */
class DemoFileError extends Error {
  override readonly name = 'DemoFileError';
  readonly code = 'DEMO_FILE';
}

/** @returns `undefined` when help is asked for @throws UsageError, DemoFileError before anything is started */
export async function demoOptions(args: readonly string[]): Promise<DemoOptions | undefined> {
  const values = parsed(args);
  if (values.help) return undefined;
  const rows = wholeNumber('rows', values.rows, 1);
  wholeNumber('port', values.port, 0, 65_535);
  if (values.csv !== undefined) await refuseUnreadable(values.csv);
  return { csv: values.csv, rows, data: values.data, port: values.port, once: values.once };
}

function parsed(args: readonly string[]) {
  return readOptions({
    args: [...args],
    options: {
      csv: { type: 'string' },
      rows: { type: 'string' },
      data: { type: 'string', default: DEFAULT_DATA },
      port: { type: 'string', default: '4000' },
      once: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  }).values;
}

/** A file that is no CSV of transactions is noticed now, and not after the start of the stack. */
async function refuseUnreadable(path: string): Promise<void> {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true)
    throw new DemoFileError(`--csv ${path}: name a file that is there`);
  try {
    const file = await TransactionsFile.open(path);
    // A short file has shown its header only at its end.
    for await (const { rows } of file.batches()) if (rows.length > 0) break;
    await file.survey();
  } catch (cause) {
    const isOfPath = cause instanceof FileError || cause instanceof DateOrderError;
    const reason = isOfPath ? cause.reason : cause instanceof Error ? cause.message : String(cause);
    throw new DemoFileError(`--csv ${path}: ${reason}`, { cause });
  }
}
