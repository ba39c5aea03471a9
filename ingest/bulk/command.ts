import { errorLine, exitCodeOf } from '@tillgraph/local-aws';
import { printable } from '../replay/printable.ts';
import type { Screen } from '../replay/status-line.ts';
import { shellQuoted } from '../replay/shell-quoted.ts';
import type { Clock } from '../replay/sending.ts';
import { DateOrderError } from '../replay/date-survey.ts';
import { bulkFiles } from './bulk-files.ts';
import { dryRun } from './dry-run.ts';
import { importFiles, type ImportReport, type ObjectReport, type ReplacedContent } from './importing.ts';
import type { ImportStack } from './import-stack.ts';
import { HELP, importOptions } from './options.ts';
import { PhaseDisplay } from './progress.ts';
import { fetchRejects } from './rejects.ts';
import { importTable, rejectedOf } from './report.ts';
import { scheduleTable, type ScheduleSource } from './schedule.ts';

export const EXIT = { done: 0, failed: 1, rejected: 2, interrupted: 130 } as const;

/** Who has imported looks for customers and invoices too. */
const WAREHOUSE_ALONE = 'In Redshift alone: DynamoDB has what was streamed (npm run replay)\n';

/** Files, and rejected rows of a file, that are told by name. */
const EXAMPLES = 5;

/** The world of the command. */
export interface ImportCommandPorts {
  /** For what the user asked for: help, the final table. */
  readonly print: (text: string) => void;
  /** For what happens meanwhile. */
  readonly screen: Screen;
  /** Aborts when the user wants to stop. */
  readonly interrupt: AbortSignal;
  readonly clock: Clock;
  /** @param data - the data directory @throws NoStackError */
  readonly stack: (data: string) => ImportStack & { close(): void };
  /** @param data - the data directory @throws NoStackError */
  readonly schedules: (data: string) => ScheduleSource & { close(): void };
}

/** Run the command. @returns the exit code */
export async function importCommand(args: readonly string[], ports: ImportCommandPorts): Promise<number> {
  const { print, screen, interrupt, clock } = ports;
  const display = new PhaseDisplay(screen, () => clock.now());
  const say = (text: string) => {
    display.note(text);
  };
  let stack: { close(): void } | undefined;
  try {
    const options = importOptions(args);
    if (options === undefined) {
      print(HELP);
      return EXIT.done;
    }
    if (options.schedule) {
      const source = ports.schedules(options.data);
      stack = source;
      print(await scheduleTable(source));
      return EXIT.done;
    }
    const files = await bulkFiles(options.paths, options.prefix, options.layout);
    if (options.dryRun) {
      const rejected = await dryRun(files, options.layout, interrupt, { print, onNote: say });
      return rejected > 0 ? EXIT.rejected : EXIT.done;
    }
    const target = ports.stack(options.data);
    stack = target;
    const report = await importFiles(files, options.again, options.layout, {
      stack: target,
      clock,
      signal: interrupt,
      onNote: say,
      onProgress: (progress) => {
        display.update(progress);
      },
    });
    display.end();
    const exitCode = await printOutcome(report, target, args, print);
    report.forget();
    return exitCode;
  } catch (error) {
    display.end();
    say(errorLine(error));
    return error instanceof DateOrderError ? EXIT.rejected : exitCodeOf(error);
  } finally {
    stack?.close();
  }
}

async function printOutcome(
  report: ImportReport,
  stack: ImportStack,
  args: readonly string[],
  print: (text: string) => void,
): Promise<number> {
  const { objects } = report;
  const of = (result: ObjectReport['result']) => objects.filter((object) => object.result === result);
  const [already, refused, unfinished] = [of('already'), of('refused'), of('unfinished')];
  printFirst(already, print, ({ file, transformed, loaded }) => {
    const at = loaded?.loadedAt ?? transformed?.finishedAt ?? 'an unknown time';
    return `${file.path} was imported already, at ${at}; nothing was loaded now (--again does it again)`;
  });
  if (already.length > 0 && !objects.some(({ result }) => result === 'loaded' || result === 'empty'))
    print('what it came to then:\n');
  print(importTable(report));
  if (objects.some(({ result }) => result === 'loaded')) print(WAREHOUSE_ALONE);
  printFirst(
    refused,
    print,
    ({ file, reason }) => `${file.path} is refused, nothing of it was loaded: ${reason ?? 'no reason is given'}`,
  );
  const rejected = objects.filter((object) => rejectedOf(object) > 0);
  printReplaced(report, print);
  for (const object of rejected.slice(0, EXAMPLES)) await printRejects(object, stack, print);
  if (rejected.length > EXAMPLES) print(`and ${String(rejected.length - EXAMPLES)} more files with rejected rows\n`);
  if (report.outcome === 'stopped') {
    printFirst(unfinished, print, ({ file }) => `${file.path} is not finished`);
    print(
      `stopped watching: what is in the bucket goes on in the stack. Watch again with: npm run import -- ${shellQuoted(args)}\n`,
    );
    return EXIT.interrupted;
  }
  if (refused.length > 0) return EXIT.failed;
  return rejected.length > 0 || report.replaced.some((content) => rejectedOf(content) > 0) ? EXIT.rejected : EXIT.done;
}

/** What earlier contents and readings of the files have left in the warehouse. */
function printReplaced({ objects, replaced }: ImportReport, print: (text: string) => void): void {
  for (const content of replaced) print(`${content.file.path}: an earlier content of it, ${becameOf(content)}\n`);
  const successors = objects.filter(({ hasReplaced, result }) => hasReplaced && (result === 'loaded' || result === 'empty'));
  const stay = 'lines that only an earlier content or reading of it has stay in the warehouse until npm run rebuild -- warehouse';
  printFirst(successors, print, ({ file }) => `${file.path}: ${stay}`);
}

/** Of a content whose import nobody watched to its end. */
function becameOf({ transformed, loaded }: ReplacedContent): string {
  const begun = 'whose import was interrupted,';
  if (transformed === undefined) return `${begun} was replaced before anything of it was imported`;
  const reason = transformed.reason ?? loaded?.reason;
  if (transformed.status === 'REFUSED' || loaded?.status === 'REFUSED')
    return `${begun} was refused, nothing of it was loaded: ${reason ?? 'no reason is given'}`;
  const rows = `${String(transformed.read)} rows read, ${String(rejectedOf({ transformed, loaded }))} rejected`;
  const where = transformed.rejects == null ? '' : ` (in the bucket: ${transformed.rejects})`;
  if (transformed.status === 'STAGED' && loaded === undefined) return `${begun} is not loaded yet: ${rows}${where}`;
  return `${begun} was imported too: ${rows}${where}`;
}

async function printRejects(object: ObjectReport, stack: ImportStack, print: (text: string) => void): Promise<void> {
  const { file, transformed, loaded } = object;
  const rejects = await fetchRejects(stack, object, EXAMPLES, (note) => {
    print(`${note}\n`);
  });
  if (rejects !== undefined) {
    for (const { reason, text } of rejects.examples) print(`${file.path}: ${printable(`${reason}: ${text}`)}\n`);
    const all = transformed?.rejected ?? 0;
    if (all > rejects.examples.length) print(`and ${String(all - rejects.examples.length)} more\n`);
    print(`rejected rows, each with its reason: ${rejects.path} (in the bucket: ${transformed?.rejects ?? ''})\n`);
  }
  const byWarehouse = loaded?.lines?.rejected ?? 0;
  if (byWarehouse > 0)
    print(`${file.path}: the warehouse rejected ${String(byWarehouse)} lines: bi.rejected_line says why (npm run sql)\n`);
}

/** A sentence for each of the first few. */
function printFirst(
  objects: readonly ObjectReport[],
  print: (text: string) => void,
  sentence: (object: ObjectReport) => string,
): void {
  for (const object of objects.slice(0, EXAMPLES)) print(`${sentence(object)}\n`);
  if (objects.length > EXAMPLES) print(`and ${String(objects.length - EXAMPLES)} more files likewise\n`);
}
