import type { Screen } from '../replay/progress.ts';
import { HELP, redriveOptions, type RedriveOptions } from './options.ts';
import { redrive, type RedriveReport, type RedriveStack } from './redriving.ts';

const EXIT = { done: 0, failed: 1, left: 2, interrupted: 130 } as const;

/** The world of the command. */
export interface RedriveCommandPorts {
  /** For what the user asked for: help, what was done. */
  readonly print: (text: string) => void;
  /** For what happens meanwhile. */
  readonly screen: Screen;
  /** Aborts when the user wants to stop. */
  readonly interrupt: AbortSignal;
  /** @throws NoStackError */
  readonly stack: (options: Pick<RedriveOptions, 'outputs' | 'data'>) => RedriveStack & { close(): void };
}

const grouped = new Intl.NumberFormat('en-GB');
const count = (number: number, what: string) => `${grouped.format(number)} ${what}${number === 1 ? '' : 's'}`;

/** Run the command. @returns the exit code */
export async function redriveCommand(args: readonly string[], ports: RedriveCommandPorts): Promise<number> {
  const { print, screen, interrupt } = ports;
  const draw = (text: string) => {
    if (screen.isTTY) screen.write(`\r${text.slice(0, screen.columns - 1)}\u001b[K`);
  };
  let stack: (RedriveStack & { close(): void }) | undefined;
  try {
    const options = redriveOptions(args);
    if (options === undefined) {
      print(HELP);
      return EXIT.done;
    }
    stack = ports.stack(options);
    const report = await redrive(stack, {
      dryRun: options.dryRun,
      signal: interrupt,
      onProgress: ({ done, objects, records }) => {
        draw(`${grouped.format(done)} of ${count(objects, 'object')}, ${count(records, 'record')}`);
      },
    });
    draw('');
    print(told(report, options.dryRun, stack.name));
    if (report.isStopped) return EXIT.interrupted;
    return report.left.length > 0 ? EXIT.left : EXIT.done;
  } catch (error) {
    draw('');
    screen.write(`ERROR: ${error instanceof Error ? error.message : String(error)}\n`);
    return EXIT.failed;
  } finally {
    stack?.close();
  }
}

function told({ objects, records, lines, left, isStopped }: RedriveReport, dryRun: boolean, name: string): string {
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
