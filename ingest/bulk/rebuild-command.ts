import { randomUUID } from 'node:crypto';
import { errorLine, exitCodeOf, UsageError } from '@tillgraph/local-aws';
import type { Screen } from '../replay/status-line.ts';
import type { Clock } from '../replay/sending.ts';
import { EXIT } from './command.ts';
import { PhaseDisplay } from './progress.ts';
import { REBUILD_HELP, rebuildOptions } from './rebuild-options.ts';
import { rebuild, type BegunRebuild, type Holding, type Rebuilt, type RebuildStack } from './rebuilding.ts';

/** The world of the command. */
export interface RebuildCommandPorts {
  readonly print: (text: string) => void;
  readonly screen: Screen;
  readonly interrupt: AbortSignal;
  readonly clock: Clock;
  /** Ask a person; `undefined` where there is no terminal. */
  readonly ask: ((question: string) => Promise<boolean>) | undefined;
  /** @param data - the data directory @throws NoStackError */
  readonly stack: (data: string) => RebuildStack & { close(): void };
}

const grouped = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });

/** Run the command. @returns the exit code */
export async function rebuildCommand(args: readonly string[], ports: RebuildCommandPorts): Promise<number> {
  const { print, screen, interrupt, clock } = ports;
  const display = new PhaseDisplay(screen, () => clock.now());
  let stack: (RebuildStack & { close(): void }) | undefined;
  try {
    const options = rebuildOptions(args);
    if (options === undefined) {
      print(REBUILD_HELP);
      return EXIT.done;
    }
    stack = ports.stack(options.data);
    const { begun } = stack;
    if (begun !== undefined) display.note(`goes on with the rebuild of ${begun.at}; "before" is what was there then`);
    else if (!options.yes && !(await isWanted(stack, ports.ask))) return EXIT.interrupted;
    const report = await rebuild(begun ?? (await newRebuild(stack)), {
      stack,
      clock,
      signal: interrupt,
      onProgress: (landed, loaded, doing) => {
        display.update({
          phase: 'loading',
          doing: `${doing}: ${grouped.format(landed)} lines landed, ${grouped.format(loaded)} loaded`,
        });
      },
    });
    display.end();
    const isSame = JSON.stringify(report.before) === JSON.stringify(report.after);
    print(comparison(report));
    print(isSame ? 'the same as before\n' : 'NOT the same as before: lines that came meanwhile are the one good reason\n');
    return isSame ? EXIT.done : EXIT.rejected;
  } catch (error) {
    display.end();
    if (interrupt.aborted) {
      print('stopped watching: the loader goes on as far as its time lasts. The same command goes on to the end\n');
      return EXIT.interrupted;
    }
    display.note(errorLine(error));
    return exitCodeOf(error);
  } finally {
    stack?.close();
  }
}

/** @throws UsageError where nobody can be asked */
async function isWanted(stack: RebuildStack, ask: RebuildCommandPorts['ask']): Promise<boolean> {
  if (ask === undefined)
    throw new UsageError('this loads everything again, and there is no terminal to ask you on: give --yes if you mean it');
  const { lines } = await stack.count();
  return ask(`${stack.name} holds ${grouped.format(lines)} lines; load everything again, and put it in their place?`);
}

const newRebuild = async (stack: RebuildStack): Promise<BegunRebuild> => ({
  id: randomUUID(),
  at: new Date().toISOString(),
  before: await stack.count(),
});

const WORDS: Readonly<Record<keyof Holding, string>> = {
  lines: 'lines',
  units: 'units',
  money: 'money, GBP',
  invoices: 'invoices',
  customers: 'customers',
  products: 'products',
  rollupRows: 'rows of rollups',
  rollupMoney: 'money of rollups, GBP',
  rejects: 'rejects',
};

/** Before and after, side by side; money ungrouped so that it can be compared and copied. */
function comparison({ before, after, seconds }: Rebuilt): string {
  const formatted = (value: string | number) => (typeof value === 'number' ? grouped.format(value) : value);
  const rows = [
    ['', 'before', 'after', ''],
    ...(Object.entries(WORDS) as [keyof Holding, string][]).map(([key, word]) => [
      word,
      formatted(before[key]),
      formatted(after[key]),
      before[key] === after[key] ? '' : 'DIFFERS',
    ]),
    ['seconds', '', seconds.toFixed(1), ''],
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))))
    .map((cells) => `${cells.join('  ').trimEnd()}\n`)
    .join('');
}
