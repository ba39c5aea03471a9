import { statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { DateOrderError } from '../ingest/replay/date-survey.ts';
import { FileError, TransactionsFile } from '../ingest/replay/transactions-file.ts';

export const DEMO_HELP = `Watch the whole pipeline work on this machine: start it, send a CSV through the API, compare every store with what was
sent, ask a few questions, and go on serving until Ctrl-C.

Usage: npm run demo -- [options]

  --csv FILE    send this file (CSV or .gz); otherwise rows of the same shape are made up
  --rows N      how many rows: of the file all, made up 20,000
  --data DIR    where the demo's state lives (.local-demo); it begins afresh
  --port N      port of the GraphQL API (4000; 0: any free port)
  --once        end after the questions
  --help        this text

Exit code: 0 everything sent is in every store, 1 could not run, 2 rows were rejected or a store differs, 130 stopped by Ctrl-C
before that.
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

/** The command line cannot be understood, or names a file that cannot be sent. */
export class DemoUsageError extends Error {
  override readonly name = 'DemoUsageError';
  readonly code = 'USAGE';
}

/** @returns `undefined` when help is asked for @throws DemoUsageError before anything is started */
export async function demoOptions(args: readonly string[]): Promise<DemoOptions | undefined> {
  const values = parsed(args);
  if (values.help) return undefined;
  const rows = values.rows === undefined ? undefined : Number(values.rows);
  if (rows !== undefined && !(Number.isInteger(rows) && rows > 0))
    throw new DemoUsageError(`--rows ${values.rows ?? ''}: write a whole number above 0`);
  if (!/^\d+$/.test(values.port) || Number(values.port) > 65_535)
    throw new DemoUsageError(`--port ${values.port}: write a port, 0 to 65535`);
  if (values.csv !== undefined) await refuseUnreadable(values.csv);
  return { csv: values.csv, rows, data: values.data, port: values.port, once: values.once };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        csv: { type: 'string' },
        rows: { type: 'string' },
        data: { type: 'string', default: '.local-demo' },
        port: { type: 'string', default: '4000' },
        once: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replace(/\.? To specify.*$/s, '') : String(cause);
    throw new DemoUsageError(`${reason} (--help says what there is)`, { cause });
  }
}

/** A file that is no CSV of transactions is noticed now, and not after the start of the stack. */
async function refuseUnreadable(path: string): Promise<void> {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true)
    throw new DemoUsageError(`--csv ${path}: name a file that is there`);
  try {
    const file = await TransactionsFile.open(path);
    await file.survey();
  } catch (cause) {
    const isOfPath = cause instanceof FileError || cause instanceof DateOrderError;
    const reason = isOfPath ? cause.reason : cause instanceof Error ? cause.message : String(cause);
    throw new DemoUsageError(`--csv ${path}: ${reason}`, { cause });
  }
}
