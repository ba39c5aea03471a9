import { readOptions, UsageError } from '@tillgraph/local-aws';

export const REBUILD_HELP = `Makes the warehouse of the local stack anew from what the bucket keeps for ever: the raw layer and the imported files.

  npm run rebuild -- warehouse [options]

  --data DIR    the local stack that runs on this data directory (default .local)
  --yes         do not ask; needed where there is no terminal
  --help        this text

It ends in the same state as the loads that were before, and says so line by line. Who reads the warehouse sees all of it as
it was until the end, when all changes at once. Lines that come meanwhile are loaded too, and seen from then on. What breaks
off is gone on with by the same command.

Exit code: 0 the same as before, 1 could not run or broke off, 2 not the same as before, or a command line that is not
understood, 130 not begun, or stopped watching by Ctrl-C.
`;

/** What the command line asks for. */
export interface RebuildOptions {
  readonly data: string;
  readonly yes: boolean;
}

/** @returns `undefined` when help is asked for @throws UsageError */
export function rebuildOptions(args: readonly string[]): RebuildOptions | undefined {
  const { values, positionals } = parsed(args);
  if (values.help) return undefined;
  const [what, ...others] = positionals;
  if (what !== 'warehouse' || others.length > 0)
    throw new UsageError(`say what to rebuild: npm run rebuild -- warehouse; got "${positionals.join(' ')}"`);
  return { data: values.data, yes: values.yes };
}

function parsed(args: readonly string[]) {
  return readOptions({
    args: [...args],
    allowPositionals: true,
    options: {
      data: { type: 'string', default: '.local' },
      yes: { type: 'boolean', short: 'y', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
}
