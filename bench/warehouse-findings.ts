import { figure, type Finding } from './finding.ts';
import type { Freshness } from './freshness.ts';
import { median } from './load.ts';
import type { RawAgainstRollup } from './raw-against-rollup.ts';
import { REAL_ROWS } from './rows.ts';
import type { WarehouseAnswers } from './warehouse-answers.ts';
import type { WholeLoad } from './whole-load.ts';

// What was measured of the warehouse, as lines of the table.

const whole = (rows: number) => rows >= REAL_ROWS;
const ms = (milliseconds: number) => (milliseconds < 10 ? milliseconds.toFixed(1) : String(Math.round(milliseconds)));
const pair = ({ p50, p99 }: { readonly p50: number; readonly p99: number }) => `${ms(p50)} / ${ms(p99)} ms`;
const times = (ratio: number) => `${ratio >= 10 ? String(Math.round(ratio)) : ratio.toFixed(1)}x`;
const least = <Item>(items: readonly Item[], size: (item: Item) => number) => Math.min(...items.map(size));

const BOUND_BY_PATH =
  'One process does the HTTP, the key, GraphQL, three pipeline functions with their contexts, and the stores’ HTTP behind them, beside the ' +
  'client that asks; see the times at 20 connections for what a request costs it.';

export function answerFindings({ comparisons, alone, together }: WarehouseAnswers, rows: number): Finding[] {
  const latency = (name: string, source: 'CACHE' | 'ROLLUP', how: string): Finding => {
    const { p50, p99, answers } = alone[source];
    const { requestsPerSecond, work, ...crowd } = together[source];
    const each = work === undefined ? '' : `, ${figure(work / 1000)} ms of processor time each, stores and database included`;
    return {
      what: `${name}, p50 / p99`,
      goal: '5 / 25 ms',
      measured: pair({ p50, p99 }),
      reached: whole(rows) ? p50 <= 5 && p99 <= 25 : undefined,
      how:
        `${how} Through the whole path: HTTP, API key, AppSync, resolvers. ${figure(answers)} answers over one connection, one after another, ` +
        `between rounds of DuckDB. At 20 connections: ${pair(crowd)}, ${figure(requestsPerSecond)} answers/s${each}.`,
      bound: BOUND_BY_PATH,
    };
  };
  const slow = (source: 'FACT' | 'RAW', of: string): Finding => ({
    what: `answers computed from ${of} through the API (${source}), p50 / p99`,
    measured: pair(alone[source]),
    how: `For comparison: ${figure(alone[source].answers)} answers of questions that have no rollup, over one connection.`,
  });
  const judged = comparisons.filter((each) => each.judged);
  const list = (of: typeof comparisons, ours: 'kept' | 'computed') =>
    of
      .map((each) => {
        const from = ours === 'computed' ? ` from ${each.computedFrom}` : '';
        return `${each.name} ${times(each.scan / each[ours])} (${ms(each[ours])} against ${ms(each.scan)} ms${from})`;
      })
      .join(', ');
  const slowest = least(judged, ({ scan, kept }) => scan / kept);
  return [
    latency(
      'pre-aggregated answers through the API (CACHE)',
      'CACHE',
      'Eight fixed questions, whose answers the loader keeps in DynamoDB.',
    ),
    latency(
      'the same computed from finished rollups (ROLLUP)',
      'ROLLUP',
      'Those of the questions that a rollup answers, by the Data API.',
    ),
    slow('FACT', 'invoices'),
    slow('RAW', 'lines'),
    {
      what: 'pre-aggregated answers through the API against DuckDB over the raw rows',
      goal: '5x',
      measured: `${times(slowest)} or more`,
      reached: whole(rows) ? slowest >= 5 : undefined,
      how:
        `Judged by the least of ${list(judged, 'kept')}. Not judged: ${list(
          comparisons.filter((each) => !each.judged),
          'kept',
        )}. DuckDB runs in the measuring process with 2 threads, over a table in memory of ${figure(rows)} raw rows from the same CSV, amounts computed ` +
        'beforehand, without HTTP and JSON. Rounds alternate; the middle of all counts; all ways gave the same answers.',
      bound: 'What one answer through the API takes, as above, where DuckDB has little to scan.',
    },
    {
      what: 'the same when no answer is kept',
      measured: `${times(least(comparisons, ({ scan, computed }) => scan / computed))} or more`,
      how: `${list(comparisons, 'computed')}. Cohorts and RFM have no rollup: they are computed from invoices.`,
    },
  ];
}

/** The goal for answers by day, of which there are too many for the other one. */
const GOAL_OF_DAYS = 50;

export function rawAgainstRollupFindings(all: readonly RawAgainstRollup[], rows: number): Finding[] {
  const ratioOf = (place: 'client' | 'engine') => (each: RawAgainstRollup) => each.raw[place] / each.rollup[place];
  const [inClient, inEngine] = [ratioOf('client'), ratioOf('engine')];
  const list = (place: 'client' | 'engine') =>
    all
      .map((each) => `${each.name} ${times(ratioOf(place)(each))} (${ms(each.rollup[place])} against ${ms(each.raw[place])} ms)`)
      .join(', ');
  return [
    {
      what: 'rollups against all lines in the same engine, asked through the Data API',
      goal: '100x',
      measured: `${times(least(all, inEngine))} or more, ${times(median(all.map(inEngine)))} in the middle`,
      reached: whole(rows) ? all.every((each) => inEngine(each) >= (each.name === 'day' ? GOAL_OF_DAYS : 100)) : undefined,
      how:
        `The statements of the API’s catalogue, by the route ROLLUP and by the route RAW. What the engine took, as DescribeStatement tells: ${list('engine')}; ` +
        `by day, ${String(GOAL_OF_DAYS)}x is asked for. Until the SDK had the rows, which is mostly requests, JSON and types: ${list('client')}; ` +
        `${times(least(all, inClient))} or more, ${times(median(all.map(inClient)))} in the middle.`,
      bound: 'What a statement costs whatever it reads: a session, its plan, and rows that are sent.',
    },
  ];
}

export function freshnessFindings({ rows, rounds }: Freshness, loaded: number): Finding[] {
  const typical = (size: (round: Freshness['rounds'][number]) => number) => median(rounds.map(size));
  const seconds = (size: (round: Freshness['rounds'][number]) => number) => `${figure(typical(size))} s`;
  const behind = typical(({ computed, buffered }) => computed - buffered);
  const how =
    `To a warehouse of ${figure(loaded)} rows, ${figure(rounds.length)} times ${figure(rows)} made-up rows in 20 mutations; from the last mutation’s ` +
    'answer until `sales` through the API, computed from a rollup and asked every 10 ms, shows all of them. The middle one counts.';
  return [
    {
      what: `${figure(rows)} new rows from stream to visible in aggregates, without Firehose’s buffer time`,
      goal: '0.5 s',
      measured: `${figure(behind)} s`,
      reached: whole(loaded) ? behind <= 0.5 : undefined,
      how:
        `${how} Counted from when Firehose had put all of them into objects: before that they wait as long as the template declares, which ` +
        `\`npm start\` divides by 300. COPY was done ${seconds(({ copied, buffered }) => copied - buffered)} later; pause and load of the loader took ` +
        `${seconds(({ computed, copied }) => computed - copied)} more, and until the kept answer showed the rows it was ` +
        `${seconds(({ kept, computed }) => kept - computed)} more. Rounds: ${rounds.map(({ computed, buffered }) => `${figure(computed - buffered)} s`).join(', ')}.`,
      bound:
        'The load’s statements, one after another, and the loader’s pauses while it waits for a COPY that no event announces.',
    },
    {
      what: 'the same with the buffer time, divided by 300 as `npm start` does',
      measured: seconds(({ computed }) => computed),
      how:
        `${how} Of that, ${seconds(({ buffered }) => buffered)} are the declared 300 s, divided by 300, less what had passed when the ` +
        `last mutation was answered. The kept answer showed them after ${seconds(({ kept }) => kept)}.`,
    },
  ];
}

export function wholeLoadFindings({ rows, first, again, few }: WholeLoad): Finding[] {
  const one = (load: WholeLoad['first']) => {
    const parts = load.parts.map(({ name, seconds }) => `${name} ${figure(seconds)} s`).join(', ');
    const longest = load.longest.slice(0, 8).map(({ name, seconds }) => `${name} ${figure(seconds)} s`);
    const work = load.work === undefined ? '' : `${figure(load.work)} processor seconds of stack and PostgreSQL: `;
    return `${work}${parts}. The longest statements: ${longest.join(', ')}.`;
  };
  const bound = 'PostgreSQL works on one of the processors at a time: its statements are one after another.';
  return [
    {
      what: `${figure(rows)} rows in the landing at once: COPY, load, rollups`,
      goal: '10 s',
      measured: `${figure(first.seconds)} s`,
      reached: whole(rows) ? first.seconds <= 10 : undefined,
      how: `The objects that Firehose had put, copied into an emptied warehouse by one COPY, loaded by one batch, refreshed by another. ${one(first)}`,
      bound,
    },
    {
      what: 'the same once more, as if Firehose repeated everything, with no row changed',
      goal: '6 s',
      measured: `${figure(again.seconds)} s`,
      reached: whole(rows) ? again.seconds <= 6 : undefined,
      bound,
      how: `What the stream repeats is judged like what is new; only what an import repeats is set aside before. ${one(again)}`,
    },
    {
      what: `the same for ${figure(few.rows)} rows more`,
      measured: `${figure(few.seconds)} s`,
      how: one(few),
    },
  ];
}
