import type { BulkImport, ImportTenTimes, OneImport } from './bulk-import.ts';
import { figure, type Finding } from './finding.ts';
import type { ReplayRate } from './replay-rate.ts';
import { REAL_ROWS } from './rows.ts';

// What was measured of bulk imports, as lines of the table.

const whole = (rows: number) => rows >= REAL_ROWS;

/** As `3.21 s, 5.40 processor seconds`. */
function cost({ seconds, work }: OneImport): string {
  return work === undefined ? `${figure(seconds)} s` : `${figure(seconds)} s, ${figure(total(work))} processor seconds`;
}

const total = ({ stack, database, spark }: NonNullable<OneImport['work']>) => stack + database + spark;

const list = (steps: OneImport['jobSteps']) => steps.map(({ name, seconds }) => `${name} ${figure(seconds)} s`).join(', ');

function stepsOf({ untilJob, job, jobSteps, warehouse, warehouseSteps, work }: OneImport): string {
  const used =
    work === undefined
      ? ''
      : ` Processor seconds: Spark ${figure(work.spark)}, PostgreSQL ${figure(work.database)}, the stack ${figure(work.stack)}.`;
  return (
    `Until the job was started ${figure(untilJob)} s; the job ${figure(job)} s (${list(jobSteps)}); ` +
    `the warehouse ${figure(warehouse)} s (${list(warehouseSteps)}).${used}`
  );
}

const BOUND = 'PostgreSQL works on one of the processors at a time: its statements are one after another.';

/** @param streamed - the same rows through the API, if that was measured in this run */
export function bulkImportFindings({ rows, first, again }: BulkImport, streamed: ReplayRate | undefined): Finding[] {
  return [
    {
      what: `bulk import of ${figure(rows)} rows, from the upload until all answers and rollups show them`,
      measured: `${cost(first)}, ${figure(rows / first.seconds)} rows/s`,
      how:
        `A fresh stack, whose Spark was ready; the file as \`npm run import\` brings it. ${stepsOf(first)} “begin” is Python and the list of objects, “start” is Spark. ` +
        'Afterwards, outside the measured time, all lines were counted: no difference to what the job had accepted.',
    },
    {
      what: 'the same after Spark has written it: COPY, load, answers, rollups',
      goal: '10 s',
      measured: `${figure(first.warehouse)} s`,
      reached: whole(rows) ? first.warehouse <= 10 : undefined,
      how: `Of the import above: from when the job had said that everything is written. ${list(first.warehouseSteps)}; the rest is events, looks and pauses.`,
      bound: `${BOUND} The end of Spark is beside it.`,
    },
    {
      what: 'the same import once more, after Spark has written it, with no row changed',
      goal: '6 s',
      measured: `${figure(again.warehouse)} s`,
      reached: whole(rows) ? again.warehouse <= 6 : undefined,
      how: `The same file with \`--again\`, which took ${cost(again)}. ${stepsOf(again)}`,
      bound: `${BOUND} The end of Spark is beside it.`,
    },
    ...(streamed === undefined ? [] : [againstStream(rows, first, streamed)]),
  ];
}

function againstStream(rows: number, first: OneImport, { rows: sent, seconds, work }: ReplayRate): Finding {
  const [imported, streamed] = [first.seconds / rows, seconds / sent];
  const processors =
    work === undefined || first.work === undefined
      ? ''
      : ` Processor seconds: ${figure(work.stack + work.database + work.client)} against ${figure(total(first.work))}.`;
  return {
    what: 'bulk import against streaming the same rows through the API, rows per second',
    measured: `${(streamed / imported).toFixed(2)}x (${figure(1 / imported)} against ${figure(1 / streamed)} rows/s)`,
    how:
      'The import and the replay of this run, each on a fresh stack. The replay fills DynamoDB and the raw layer beside the warehouse; the import ' +
      `fills the warehouse and the Parquet of the lake.${processors}`,
  };
}

/** What the job took with Spark there: what it takes to start is the same for any number of rows. @unit seconds */
const worked = ({ jobSteps }: OneImport) =>
  jobSteps.filter(({ name }) => name !== 'begin' && name !== 'start').reduce((sum, { seconds }) => sum + seconds, 0);

export function importTenTimesFindings({ rows, once, tenTimes }: ImportTenTimes): Finding[] {
  const ratio = (part: (times: OneImport) => number) => part(tenTimes) / (10 * part(once));
  const [job, warehouse] = [ratio(worked), ratio((times) => times.warehouse)];
  const work =
    once.work === undefined || tenTimes.work === undefined
      ? ''
      : ` Processor seconds: ${(total(tenTimes.work) / (10 * total(once.work))).toFixed(2)}x.`;
  return [
    {
      what: 'bulk import of ten times the data: cost per row',
      goal: 'within 20 %',
      measured: `${ratio((times) => times.seconds).toFixed(2)}x: the job ${job.toFixed(2)}x, the warehouse ${warehouse.toFixed(2)}x`,
      reached: whole(rows) ? Math.max(job, warehouse) <= 1.2 : undefined,
      how:
        `${figure(10 * rows)} made-up rows against ${figure(rows)} of them, each on a fresh stack. Neither the job, without ` +
        `what it takes to start it and Spark, nor the warehouse may cost more than 1.2 times as much per row.${work} Ten times: ${cost(tenTimes)}. ${stepsOf(tenTimes)} Once: ${cost(once)}. ${stepsOf(once)}`,
      bound: BOUND,
    },
  ];
}

/** @param reason - why there is no Spark on this machine */
export const noSparkFindings = (reason: string): Finding[] => [
  {
    what: 'bulk import of the file: load, MERGE, rollups; a second import',
    goal: '10 s; 6 s',
    measured: 'not measured: Spark cannot be had',
    how: `${reason}.`,
  },
];
