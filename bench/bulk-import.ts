import { setTimeout as pause } from 'node:timers/promises';
import { GetJobRunsCommand, GlueClient } from '@aws-sdk/client-glue';
import type { LocalOutputs } from '../demo/local-stack.ts';
import { WarehouseReader } from '../demo/warehouse.ts';
import { toMills } from '../domain/money.ts';
import { bulkFiles, type BulkFile } from '../ingest/bulk/bulk-files.ts';
import { isActive } from '../ingest/bulk/import-stack.ts';
import { importFiles } from '../ingest/bulk/importing.ts';
import { localStack } from '../ingest/bulk/local-stack.ts';
import type { LoadCounts } from '../ingest/arrival/stores.ts';
import { systemClock } from '../ingest/replay/system-clock.ts';
import { withFreshStack, type FreshStack } from './fresh-stack.ts';
import { stepsOfImport, untilRefreshMayRun, untilShown } from './loader.ts';
import { ProcessorWatch, type StackWork } from './processor-watch.ts';
import { generatedRows, REAL_ROWS, type RowsFile } from './rows.ts';

/** A part of an import, and what it took. @unit seconds */
interface Step {
  readonly name: string;
  readonly seconds: number;
}

/** One import of one file, and what it took. @unit seconds */
export interface OneImport {
  /** From the beginning of the upload until every rollup and every kept answer shows the file. */
  readonly seconds: number;
  /** Of that, until the job ran. */
  readonly untilJob: number;
  /** Until the job had written everything and said so, and its steps; the first is everything before them: Python, the list of objects. */
  readonly job: number;
  readonly jobSteps: readonly Step[];
  /** From then on: COPY, load, answers, refresh. */
  readonly warehouse: number;
  readonly warehouseSteps: readonly Step[];
  /** Absent where the system does not tell. */
  readonly work: StackWork | undefined;
  readonly lines: LoadCounts;
}

export interface BulkImport {
  readonly rows: number;
  /** Into an empty warehouse. */
  readonly first: OneImport;
  /** The same file once more: no row changes. */
  readonly again: OneImport;
}

/** What was imported is not in the warehouse as it should be: a time would mean nothing. */
export class WrongImportError extends Error {
  override readonly name = 'WrongImportError';
  readonly code = 'WRONG_IMPORT';

  constructor(readonly difference: string) {
    super(`there is no time of an import that went wrong: ${difference}`);
  }
}

/** Import a file into a fresh stack as `npm run import` does, twice. @throws WrongImportError */
export function bulkImport(directory: string, file: RowsFile): Promise<BulkImport> {
  return withFreshStack(directory, async (stack) => {
    const first = await oneImport(stack, file, false);
    const rows = await checkedRows(stack, first);
    await untilRefreshMayRun(stack.outputs);
    const again = await oneImport(stack, file, true);
    await checkedRows(stack, first);
    const { lines } = again.times;
    if (lines.new + lines.changed > 0) throw new WrongImportError(`the second one changed lines: ${JSON.stringify(lines)}`);
    return { rows, first: first.times, again: again.times };
  });
}

/** What a row costs to import when there are ten times as many of them. */
export interface ImportTenTimes {
  readonly rows: number;
  readonly once: OneImport;
  readonly tenTimes: OneImport;
}

/** Made-up rows both times, because nobody has ten times the real ones. @throws WrongImportError */
export async function importTenTimes(directory: string, rows = REAL_ROWS): Promise<ImportTenTimes> {
  const imported = async (file: RowsFile) =>
    withFreshStack(directory, async (stack) => {
      const done = await oneImport(stack, file, false);
      await checkedRows(stack, done);
      return done.times;
    });
  const once = await imported(await generatedRows(directory, rows));
  return { rows, once, tenTimes: await imported(await generatedRows(directory, 10 * rows)) };
}

/** @unit milliseconds */
const LOOK_AGAIN = 100;

interface Imported {
  readonly times: OneImport;
  /** What the job has counted. */
  readonly accepted: number;
  readonly money: string;
}

/** @param again - it has been imported before */
async function oneImport(stack: FreshStack, { path }: RowsFile, again: boolean): Promise<Imported> {
  const { dataDirectory, outputs, pid } = stack;
  const target = localStack(dataDirectory);
  try {
    const files: readonly BulkFile[] = await bulkFiles([path], undefined);
    // A run that ends would keep the next one waiting.
    while ((await target.runs()).some(isActive)) await pause(LOOK_AGAIN);
    const watch = new ProcessorWatch(pid);
    const started = Date.now();
    const { objects } = await importFiles(
      files,
      again,
      {},
      {
        stack: target,
        clock: systemClock,
        signal: new AbortController().signal,
        onProgress: () => undefined,
        onNote: () => undefined,
      },
    );
    await untilShown(outputs);
    const shown = Date.now();
    const work = watch.stop();

    const [{ result, reason, transformed: done, loaded } = {}] = objects;
    if (result !== 'loaded' || done === undefined || loaded?.lines === undefined)
      throw new WrongImportError(`the file is ${result ?? 'unknown'}: ${reason ?? 'no reason is given'}`);
    const [ran, finished] = [await startOf(outputs, done.run), Date.parse(done.finishedAt)];
    const { copy = 0, load = 0, answers = 0, refresh = 0 } = await stepsOfImport(stack, done.manifest ?? '');
    const jobSteps = Object.entries(done.seconds).map(([name, seconds]) => ({ name, seconds }));
    const seconds = (from: number, to: number) => (to - from) / 1000;
    const beforeSteps = seconds(ran, finished) - jobSteps.reduce((sum, step) => sum + step.seconds, 0);
    const times: OneImport = {
      seconds: seconds(started, shown),
      untilJob: seconds(started, ran),
      job: seconds(ran, finished),
      jobSteps: [{ name: 'begin', seconds: beforeSteps }, ...jobSteps],
      warehouse: seconds(finished, shown),
      warehouseSteps: Object.entries({ COPY: copy, load, refresh, answers }).map(([name, each]) => ({ name, seconds: each })),
      work,
      lines: loaded.lines,
    };
    return { times, accepted: done.accepted, money: done.money };
  } finally {
    target.close();
  }
}

/** When the job began to run. @param run - the part of its id that stands in keys @returns milliseconds since 1970 */
async function startOf({ region, credentials, endpoints, stack }: LocalOutputs, run: string): Promise<number> {
  const glue = new GlueClient({ region, credentials, endpoint: endpoints['glue'] ?? '' });
  const { JobRuns = [] } = await glue.send(new GetJobRunsCommand({ JobName: stack['ImportJobName'] }));
  glue.destroy();
  const began = JobRuns.find(({ Id = '' }) => Id.startsWith(`jr_${run}`))?.StartedOn;
  if (began === undefined) throw new WrongImportError(`the job has no run ${run}`);
  return began.getTime();
}

/** @returns the rows of the warehouse, which are those that the job has accepted @throws WrongImportError */
async function checkedRows({ outputs }: FreshStack, { accepted, money }: Imported): Promise<number> {
  const warehouse = new WarehouseReader(outputs);
  const { lines, mills } = await warehouse.count();
  warehouse.close();
  if (lines !== accepted || mills !== BigInt(toMills(money)))
    throw new WrongImportError(
      `${String(lines)} lines are in the warehouse, ${String(accepted)} were accepted, of ${money} pounds`,
    );
  return lines;
}
