import { asTyped } from './as-typed.ts';
import { DateOrderError } from './date-survey.ts';
import { commandOptions, HELP, type CommandOptions } from './options.ts';
import { printable } from './printable.ts';
import { ProgressDisplay, reportTable, type Screen } from './progress.ts';
import { replay, ReplayBrokenError, type Destination, type ReplayReport } from './replay.ts';
import { understoodTable } from './understood.ts';

const EXIT = { accepted: 0, failed: 1, rejected: 2, interrupted: 130 } as const;

/** The world of the command. */
export interface CommandPorts {
  /** For what the user asked for: help, the final table. */
  readonly print: (text: string) => void;
  /** For what happens meanwhile. */
  readonly screen: Screen;
  /** Aborts when the user wants to stop. */
  readonly interrupt: AbortSignal;
  /** @unit milliseconds from any beginning */
  readonly now: () => number;
  /** @throws when the outputs name no API */
  readonly destination: (options: Pick<CommandOptions, 'outputs' | 'data'>) => Promise<Destination>;
}

/** Run the command. @returns the exit code */
export async function replayCommand(args: readonly string[], ports: CommandPorts): Promise<number> {
  const display = new ProgressDisplay(ports.screen, ports.now);
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
    const { dryRun, outputs, data, ...rest } = options;
    const report = await replay({
      ...rest,
      destination: dryRun ? undefined : await ports.destination({ outputs, data }),
      signal: ports.interrupt,
      onNote: say,
      onProgress: (progress) => {
        display.update(progress);
      },
    });
    display.end();
    tell(report, args, ports.print);
    if (report.outcome === 'stopped') return EXIT.interrupted;
    return report.rejected > 0 ? EXIT.rejected : EXIT.accepted;
  } catch (error) {
    display.end();
    if (error instanceof ReplayBrokenError) {
      ports.print(reportTable(error.report));
      say(`ERROR: ${error.message}`);
      say(howToGoOn(error.report, args));
    } else say(`ERROR: ${error instanceof Error ? error.message : String(error)}`);
    return error instanceof DateOrderError ? EXIT.rejected : EXIT.failed;
  }
}

function tell(report: ReplayReport, args: readonly string[], print: (text: string) => void): void {
  if (report.dryRun && report.understood.length > 0) print(`${understoodTable(report.understood)}\n`);
  print(reportTable(report));
  for (const { row, reason } of report.rejectedExamples) print(`row ${String(row)}: ${printable(reason)}\n`);
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
    : `Go on with: npm run replay -- ${asTyped(args.filter((arg) => arg !== '--resume'))} --resume`;
