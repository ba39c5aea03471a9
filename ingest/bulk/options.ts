import { readOptions, UsageError } from '@tillgraph/local-aws';
import { LAYOUT_FLAGS, LAYOUT_HELP, type FileLayout } from '../replay/layout.ts';
import { layoutFrom } from '../replay/options.ts';

export const HELP = `Brings whole CSV files into the warehouse of the local stack, by its Spark job.

  npm run import -- FILE... [options]
  npm run import -- --schedule

FILE ends in .csv or .csv.gz, or is a directory of such files. Encodings and columns are those of npm run replay. Files
go to bulk/ of the bucket; what is there already is not sent again. The first run on a machine makes the Spark
environment: half a minute to some minutes, and 0.7 GB.

  --data DIR         the local stack that runs on this data directory (default .local)
  --prefix NAME      put the files at bulk/NAME/: for files of the same name that come from different places
  --again            do again what has been imported before
  --dry-run          read and check the files here, and show their first rows as they are understood; send nothing
  --schedule         show when the stack looks for files by itself, and when its crawlers run
  --help             this text

How the files are written, where they are not as the published data set has it; it stays beside each file in the bucket:

${LAYOUT_HELP}
Importing a file twice counts nothing twice, and neither does streaming its lines before or after. An import fills the
warehouse; customers and invoices, in DynamoDB, come from the stream alone (npm run replay). To repair rejected rows,
correct them in the file and import it again.

Exit code: 0 all accepted, 1 could not run, broke off or was refused, 2 rows were rejected, now or when the file was
imported before, or nothing was sent because the dates of a file contradict each other or --date-format, or a command
line that is not understood, 130 stopped watching by Ctrl-C: the import itself goes on in the stack, and the same
command ends as this one would.
`;

/** What the command line asks for. */
export interface ImportOptions {
  /** Files and directories; none with `schedule`. */
  readonly paths: readonly string[];
  /** Of the local stack. */
  readonly data: string;
  readonly prefix: string | undefined;
  readonly again: boolean;
  /** How all of the files are written. */
  readonly layout: FileLayout;
  readonly dryRun: boolean;
  readonly schedule: boolean;
}

/** A name that is one folder, as a key and as a path of Spark. */
const PLAIN_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** @returns `undefined` when help is asked for @throws UsageError */
export function importOptions(args: readonly string[]): ImportOptions | undefined {
  const { values, positionals } = parsed(args);
  if (values.help) return undefined;
  const { data, prefix, again, schedule } = values;
  const dryRun = values['dry-run'];
  if (schedule && (dryRun || positionals.length > 0 || again || prefix !== undefined))
    throw new UsageError('--schedule only shows: name no file beside it');
  if (!schedule && positionals.length === 0) throw new UsageError('name a CSV file: npm run import -- FILE');
  if (prefix !== undefined && !PLAIN_NAME.test(prefix))
    throw new UsageError(`--prefix takes letters, digits, ".", "-" and "_": got "${prefix}"`);
  return { paths: positionals, data, prefix, again, layout: layoutFrom(values), dryRun, schedule };
}

function parsed(args: readonly string[]) {
  return readOptions({
    args: [...args],
    allowPositionals: true,
    options: {
      data: { type: 'string', default: '.local' },
      prefix: { type: 'string' },
      again: { type: 'boolean', default: false },
      ...LAYOUT_FLAGS,
      'dry-run': { type: 'boolean', default: false },
      schedule: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
}
