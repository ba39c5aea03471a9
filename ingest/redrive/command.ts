import { errorLine, exitCodeOf } from '@tillgraph/local-aws';
import type { OpenedStores } from '../arrival/stores.ts';
import { isLate, isPutAside, reportArrival } from '../arrival/arrival-report.ts';
import type { Clock } from '../replay/sending.ts';
import { StatusLine, type Screen } from '../replay/status-line.ts';
import { HELP, redriveOptions, type RedriveOptions } from './options.ts';
import { redrive, type RedriveReport, type RedriveStack } from './redriving.ts';

const EXIT = { done: 0, failed: 1, left: 2, late: 3, interrupted: 130 } as const;

/** The world of the command. */
export interface RedriveCommandPorts {
  /** For what the user asked for: help, what was done. */
  readonly print: (text: string) => void;
  /** For what happens meanwhile. */
  readonly screen: Screen;
  /** Aborts when the user wants to stop. */
  readonly interrupt: AbortSignal;
  readonly clock: Clock;
  /** What is behind the stream. */
  readonly behind: (outputs: string) => Promise<OpenedStores>;
  /** @throws NoStackError */
  readonly stack: (options: Pick<RedriveOptions, 'outputs' | 'data'>) => RedriveStack & { close(): void };
}

const grouped = new Intl.NumberFormat('en-GB');
const count = (number: number, what: string) => `${grouped.format(number)} ${what}${number === 1 ? '' : 's'}`;

/** Run the command. @returns the exit code */
export async function redriveCommand(args: readonly string[], ports: RedriveCommandPorts): Promise<number> {
  const { print, screen, interrupt } = ports;
  const line = new StatusLine(screen);
  let behind: OpenedStores | undefined;
  let stack: (RedriveStack & { close(): void }) | undefined;
  try {
    const options = redriveOptions(args);
    if (options === undefined) {
      print(HELP);
      return EXIT.done;
    }
    stack = ports.stack(options);
    if (!options.dryRun) behind = await ports.behind(options.outputs);
    const stores = behind !== undefined && 'stores' in behind ? behind.stores : undefined;
    // A stack that does not answer is told of by what needs it.
    const since = await stores?.begin().catch(() => undefined);
    const report = await redrive(stack, {
      dryRun: options.dryRun,
      signal: interrupt,
      onProgress: ({ done, objects, records }) => {
        line.draw([
          { text: `${grouped.format(done)} of ${count(objects, 'object')}`, rank: 1 },
          { text: count(records, 'record'), rank: 2 },
        ]);
      },
    });
    line.clear();
    print(reportText(report, options.dryRun, stack.name));
    const arrival = await reportArrival(behind, { accepted: report.lines, since }, options.wait, ports);
    if (report.isStopped || arrival?.outcome === 'stopped') return EXIT.interrupted;
    if (report.left.length > 0 || (arrival !== undefined && isPutAside(arrival))) return EXIT.left;
    return isLate(arrival, options.wait) ? EXIT.late : EXIT.done;
  } catch (error) {
    line.clear();
    screen.write(`${errorLine(error)}\n`);
    return exitCodeOf(error);
  } finally {
    stack?.close();
    if (behind !== undefined && 'stores' in behind) behind.stores.close();
  }
}

function reportText({ objects, records, lines, left, isStopped }: RedriveReport, dryRun: boolean, name: string): string {
  const amounts = `${count(objects, 'object')}: ${count(records, 'record')}, ${count(lines, 'line')}`;
  const done =
    objects === 0 && left.length === 0
      ? `nothing is given up in ${name}\n`
      : dryRun
        ? `would put back ${amounts}\n`
        : `put back ${amounts}\n`;
  const kept = left.map(({ key, reason }) => `${key} stays: ${reason}\n`).join('');
  return `${done}${kept}${isStopped ? 'stopped: the same command goes on\n' : ''}`;
}
