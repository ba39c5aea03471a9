import { errorLine, exitCodeOf } from '@tillgraph/local-aws';
import type { OpenedStores } from '../arrival/stores.ts';
import { isLate, isPutAside, reportArrival } from '../arrival/arrival-report.ts';
import { shellQuoted } from './shell-quoted.ts';
import { DateOrderError } from './date-survey.ts';
import { UNREADABLE } from './packets.ts';
import { commandOptions, HELP, type CommandOptions } from './options.ts';
import { printable } from './printable.ts';
import { ProgressDisplay, reportTable } from './progress.ts';
import type { Clock } from './sending.ts';
import type { Screen } from './status-line.ts';
import { replay, ReplayBrokenError, type Destination, type ReplayReport } from './replay.ts';
import { parsedRowsTable } from './parsed-rows.ts';

const EXIT = { accepted: 0, failed: 1, rejected: 2, late: 3, interrupted: 130 } as const;

/** The world of the command. */
export interface CommandPorts {
  /** For what the user asked for: help, the final table. */
  readonly print: (text: string) => void;
  /** For what happens meanwhile. */
  readonly screen: Screen;
  /** Aborts when the user wants to stop. */
  readonly interrupt: AbortSignal;
  readonly clock: Clock;
  /** @throws when the outputs name no API */
  readonly destination: (options: Pick<CommandOptions, 'outputs' | 'data'>) => Promise<Destination>;
  /** What is behind its API. */
  readonly behind: (outputs: string) => Promise<OpenedStores>;
}

/** Run the command. @returns the exit code */
export async function replayCommand(args: readonly string[], ports: CommandPorts): Promise<number> {
  let behind: OpenedStores | undefined;
  const display = new ProgressDisplay(ports.screen, () => ports.clock.now());
  const say = (text: string) => {
    display.note(text);
  };
  try {
    const options = commandOptions(args);
    if (options === undefined) {
      ports.print(HELP);
      return EXIT.accepted;
    }
    ports.interrupt.addEventListener('abort', () => {
      say('stopping: what is under way is being finished; Ctrl-C again leaves at once');
    });
    const { dryRun, outputs, data, wait, ...rest } = options;
    const destination = dryRun ? undefined : await ports.destination({ outputs, data });
    if (!dryRun) behind = await ports.behind(outputs);
    const stores = behind !== undefined && 'stores' in behind ? behind.stores : undefined;
    const report = await replay({
      ...rest,
      destination,
      // A stack that does not answer now may take lines soon: the replay has the patience for it.
      begin: stores && (() => stores.begin().catch(() => undefined)),
      signal: ports.interrupt,
      onNote: say,
      onProgress: (progress) => {
        display.update(progress);
      },
    });
    display.end();
    printReport(report, args, ports.print);
    const arrival = await reportArrival(behind, report, wait, ports);
    if (report.outcome === 'stopped' || arrival?.outcome === 'stopped') return EXIT.interrupted;
    if (report.rejected > 0 || (arrival !== undefined && isPutAside(arrival))) return EXIT.rejected;
    return isLate(arrival, wait) ? EXIT.late : EXIT.accepted;
  } catch (error) {
    display.end();
    if (error instanceof ReplayBrokenError) {
      ports.print(reportTable(error.report));
      say(errorLine(error));
      say(howToGoOn(error.report, args));
    } else say(errorLine(error));
    return error instanceof DateOrderError ? EXIT.rejected : exitCodeOf(error);
  } finally {
    if (behind !== undefined && 'stores' in behind) behind.stores.close();
  }
}

/** The report, the rows that were rejected, and how to go on. */
export function printReport(report: ReplayReport, args: readonly string[], print: (text: string) => void): void {
  if (report.dryRun && report.understood.length > 0) print(`${parsedRowsTable(report.understood)}\n`);
  print(reportTable(report));
  for (const { row, code, reason } of report.rejectedExamples)
    print(`row ${String(row)}${code === UNREADABLE ? '' : ` at the door, ${code}`}: ${printable(reason)}\n`);
  if (report.rejected > report.rejectedExamples.length)
    print(`and ${String(report.rejected - report.rejectedExamples.length)} more\n`);
  if (report.rejectsFile !== undefined) print(`rejected rows, each with its reason: ${report.rejectsFile}\n`);
  const { utf8, windows1252 } = report.encodings;
  const others = utf8 > 0 ? `, ${String(utf8)} are UTF-8` : '';
  if (windows1252 > 0) print(`NOTE: ${String(windows1252)} rows are not UTF-8 and were read as Windows-1252${others}\n`);
  if (report.outcome === 'stopped') print(`stopped. ${howToGoOn(report, args)}\n`);
}

const howToGoOn = ({ resumeFile, dryRun }: ReplayReport, args: readonly string[]) =>
  resumeFile === undefined || dryRun
    ? 'Nothing is left to resume: begin again.'
    : `Go on with: npm run replay -- ${shellQuoted(args.filter((arg) => arg !== '--resume'))} --resume`;
