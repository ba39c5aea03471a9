import { nearest, readOptions, UsageError, wholeNumber } from '@tillgraph/local-aws';

export const BENCH_HELP = `Measure what the design promises, and print it beside the goals. Nothing else should run on the machine.

Usage: npm run bench -- [options]

  --only NAME   measure this alone; may be given several times:
                replay, usual (also replays), warehouse (also replays), import, writes, price, api, pure, start, ten, import-ten
  --rows N      the first N rows of the file; goals that speak of the whole file are not judged
  --csv FILE    of this file (CSV or .gz); otherwise the real one, if it is there, else one that is made up
  --seconds N   how long a round of load on an API is (3)
  --ten         also ten times the data (ten, import-ten): takes long, and 10 GB of disk
  --how         print with each figure how it was come by
  --write       write docs/benchmarks.md; a run of everything does so by itself
  --help        this text

Exit code: 0 measured, 1 could not run, 2 a command line that is not understood.
`;

/** What is measured on demand alone. */
const LONG = ['ten', 'import-ten'] as const;
const NAMES = ['replay', 'usual', 'warehouse', 'import', 'writes', 'price', 'api', 'pure', 'start', ...LONG] as const;
export type BenchmarkName = (typeof NAMES)[number];

/** What the command line asks for. */
export interface BenchOptions {
  readonly wanted: ReadonlySet<BenchmarkName>;
  readonly rows: number | undefined;
  readonly seconds: number;
  readonly csv: string | undefined;
  readonly how: boolean;
  /** Whether the page is written. */
  readonly write: boolean;
}

/** @returns `undefined` when help is asked for @throws UsageError */
export function benchOptions(args: readonly string[]): BenchOptions | undefined {
  const { values } = readOptions({
    args: [...args],
    options: {
      only: { type: 'string', multiple: true, default: [] },
      rows: { type: 'string' },
      csv: { type: 'string' },
      seconds: { type: 'string', default: '3' },
      ten: { type: 'boolean', default: false },
      how: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  const { csv, how } = values;
  const rows = wholeNumber('rows', values.rows, 1);
  const wanted = values.only.map(nameOf);
  const isEverything = rows === undefined && csv === undefined && wanted.length === 0;
  return {
    wanted: new Set(wanted.length > 0 ? wanted : NAMES.filter((name) => values.ten || !LONG.some((long) => long === name))),
    rows,
    seconds: wholeNumber('seconds', values.seconds, 1),
    csv,
    how,
    write: values.write || isEverything,
  };
}

function nameOf(word: string): BenchmarkName {
  const name = NAMES.find((known) => known === word);
  if (name !== undefined) return name;
  const near = nearest(word, NAMES);
  throw new UsageError(`--only ${word}: ${near === undefined ? `write one of ${NAMES.join(', ')}` : `did you mean ${near}?`}`);
}
