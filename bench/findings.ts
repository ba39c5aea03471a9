import type { ApiOnStores } from './api-on-stores.ts';
import type { ApiWithoutStores } from './api-without-stores.ts';
import { figure, type Finding } from './finding.ts';
import { ASSUMED, awakePrice, ourPrice, total, usualPrice, type Price } from './list-price.ts';
import type { Load } from './load.ts';
import type { ReplayRate } from './replay-rate.ts';
import { REAL_ROWS } from './rows.ts';
import type { StartTime } from './start-time.ts';
import type { TenTimes } from './ten-times.ts';
import type { UsualUnits } from './usual-units.ts';
import type { UsualWay } from './usual-way.ts';
import type { WriteUnits } from './write-units.ts';

// Numbers as lines of the table. The goals are those of the design.

const whole = (rows: number) => rows >= REAL_ROWS;

export function replayFindings(rate: ReplayRate): Finding[] {
  const { rows, seconds, sentAfterSeconds, stores, rowsPerSecond, mutations, streamRecords, work } = rate;
  const total = work === undefined ? undefined : work.stack + work.database + work.client;
  const processors = total === undefined ? '' : `, ${figure(total)} processor seconds`;
  const complete = stores.map((each) => `${each.store} after ${figure(each.seconds)} s`).join(', ');
  return [
    {
      what: `replay of ${figure(rows)} rows until every store has every line`,
      goal: '30 s',
      measured: `${figure(seconds)} s, ${figure(rowsPerSecond)} rows/s${processors}`,
      reached: whole(rows) ? seconds <= 30 : undefined,
      how:
        `A fresh stack; every row through \`sendTransactions\`, ${figure(mutations)} mutations, ${figure(streamRecords)} stream records. ` +
        `The API had taken the last row after ${figure(sentAfterSeconds)} s; complete were ${complete}. ` +
        'Afterwards, outside the measured time, all lines in all stores were counted: no difference to what was sent.',
      bound:
        work === undefined || total === undefined
          ? 'The processors.'
          : `The processors: the stack used ${figure(work.stack)} s of them, PostgreSQL ${figure(work.database)} s and the client ` +
            `${figure(work.client)} s, together ${figure(total / seconds)} at any time.`,
    },
  ];
}

export function usualWayFindings(usual: UsualWay, ours: ReplayRate): Finding[] {
  const ratio = ours.rowsPerSecond / usual.rowsPerSecond;
  const guests =
    usual.firstRefused === undefined
      ? 'None of these rows is a guest’s.'
      : `${figure(usual.refused)} rows are guests’: DynamoDB refuses the empty key. The measured consumer steps over them; ` +
        `the usual one would stand still at row ${figure(usual.firstRefused)}.`;
  return [
    {
      what: 'the same rows per second against the usual way',
      goal: '100x',
      measured: `${figure(ratio)}x (${figure(ours.rowsPerSecond)} against ${figure(usual.rowsPerSecond)} rows/s)`,
      reached: whole(ours.rows) ? ratio >= 100 : undefined,
      how:
        `The usual way on the same stand-ins, in the same run: one POST, one PutRecord, two UpdateItems per row, ` +
        `${figure(usual.rows)} rows after a warm-up, 20 connections; a door and a consumer in processes of their own. ` +
        `It lost ${figure(usual.lost)} rows, whose stock code was on the invoice already. ${guests} It fills no warehouse; ` +
        `the replay without its own one is ${figure(ours.rowsPerSecondWithoutWarehouse)} rows/s, ${figure(ours.rowsPerSecondWithoutWarehouse / usual.rowsPerSecond)}x.`,
      bound:
        'Both ways are bound by the same two processors. The stand-ins answer in microseconds what takes AWS milliseconds, so a ' +
        'row by row way is far less slow here than there.',
    },
  ];
}

export function writeUnitFindings(counts: WriteUnits, recordsPerBatch: number): Finding[] {
  const { rows, tableUnits, indexUnits, readUnits } = counts;
  const perRow = (tableUnits + indexUnits) / rows;
  return [
    {
      what: `DynamoDB write units per row, ${figure(recordsPerBatch)} records a batch`,
      ...(recordsPerBatch === 1000 ? { goal: '0.30', reached: whole(rows) ? perRow <= 0.3 : undefined } : {}),
      measured: `${perRow.toFixed(3)} (tables ${(tableUnits / rows).toFixed(3)}, indexes ${(indexUnits / rows).toFixed(3)})`,
      how:
        `Computed from the size of every item that the store writer wrote for ${figure(rows)} rows, indexes included; ` +
        `it read ${(readUnits / rows).toFixed(3)} read units per row.`,
      bound: 'Each invoice is a write of its header, and one in each of two indexes.',
    },
  ];
}

export function priceFindings(counts: WriteUnits, usual: UsualUnits): Finding[] {
  const [ours, theirs] = [ourPrice(counts, 1000), usualPrice(usual)];
  return [
    {
      what: 'AWS list price per million rows, ingest to all stores',
      goal: '$0.40',
      measured: dollars(total(ours)),
      reached: whole(counts.rows) ? total(ours) <= 0.4 : undefined,
      how:
        `${partsOf(ours)}. From the counts above, at 1,000 records a batch. Assumed: the store writer takes ` +
        `${String(ASSUMED.storeWriterSeconds)} s for 1,000 records, the raw writer ${String(ASSUMED.rawWriterSeconds)} s for 6 MB. ` +
        'It is what each row costs, up to the bucket that the warehouse copies from. Not in it, on either side: the time that a warehouse is awake ' +
        '(next line), and what is paid by the hour or month (the stream $0.04 an hour, storage, logs).',
      bound: 'DynamoDB writes.',
    },
    ofAwake(counts),
    {
      what: 'AWS list price per million rows in the usual way',
      measured: `${dollars(total(theirs))}, ${figure(total(theirs) / total(ours))}x`,
      how:
        `${partsOf(theirs)}. Computed the same way: ${(usual.writeUnits / usual.rows).toFixed(1)} write units per row on items that grow, ` +
        `REST API, a function of ${String(ASSUMED.usualDoorSeconds * 1000)} ms per row. It loses ${figure(usual.lost)} of ${figure(usual.rows)} rows ` +
        `(a stock code comes again on its invoice), and ${figure(usual.guests)} rows of guests fail.`,
    },
  ];
}

/** Rows a second that prices are told for. */
const RATES = [1_000, 100] as const;

/** What nobody pays by the row. */
function ofAwake(counts: WriteUnits): Finding {
  const { warehouseUnits, bufferSeconds, bufferMegabytes, awakeSeconds, loaderSeconds, answerUnits } = ASSUMED;
  const [fast, slow] = RATES.map((rate) => awakePrice(counts, rate));
  return {
    what: 'beside it, the warehouse awake, per million rows',
    measured: `${dollars(total(fast ?? []))} at ${figure(RATES[0])} rows/s, ${dollars(total(slow ?? []))} at ${figure(RATES[1])} rows/s`,
    how:
      `${partsOf(fast ?? [])} at ${figure(RATES[0])} rows/s. Assumed: while rows flow, one COPY and one load every ${String(bufferSeconds)} s, or sooner when ${String(bufferMegabytes)} MB have come (the stage’s buffer), ` +
      `for which a workgroup of ${String(warehouseUnits)} RPU is awake ${String(awakeSeconds)} s, the least that is billed; the loader runs for ` +
      `${String(loaderSeconds)} s and writes ${String(answerUnits)} units of kept answers. It is paid by time, not by rows: ` +
      `${dollars((total(slow ?? []) / 1e6) * RATES[1] * 3600)} for each hour in which rows come, whether few or many.`,
  };
}

const dollars = (amount: number) => `$${amount.toFixed(2)}`;
const partsOf = (prices: readonly Price[]) => prices.map(({ part, dollars: each }) => `${part} $${each.toFixed(3)}`).join(', ');

export function apiOnStoresFindings({ ours, handWritten, customers }: ApiOnStores, rows: number): Finding[] {
  return ofTwoApis({
    what: 'API on the stores, `customer { invoices(10) { lines } }`, against a hand-written graphql-js server',
    goal: 0.9,
    ours,
    theirs: handWritten,
    how:
      `20 connections; ${figure(customers)} customers in rotation, of ${figure(rows)} rows; both servers give the same answers from the same tables, ` +
      'up to twelve calls to DynamoDB each. The other server has its documents parsed once and uses the AWS SDK.',
    bound: 'The DynamoDB stand-in, which both share, and the processors, which the load shares too.',
  });
}

export function apiWithoutStoresFindings({ ours, mercurius }: ApiWithoutStores): Finding[] {
  return ofTwoApis({
    what: 'API without a store, against mercurius with graphql-jit',
    goal: 0.8,
    ours,
    theirs: mercurius,
    how:
      '20 connections; the same answer of ten invoices from two fields with resolvers. Ours checks an API key and runs APPSYNC_JS on data ' +
      'sources of type NONE, which copy what they are given; mercurius has neither.',
    bound: 'What AppSync does and mercurius does not: the API key, a context and a copy for each resolver.',
  });
}

interface TwoApis {
  readonly what: string;
  readonly goal: number;
  readonly ours: Load;
  readonly theirs: Load;
  readonly how: string;
  readonly bound: string;
}

function ofTwoApis({ what, goal, ours, theirs, how, bound }: TwoApis): Finding[] {
  const ratio = ours.requestsPerSecond / theirs.requestsPerSecond;
  const work =
    ours.work === undefined || theirs.work === undefined
      ? ''
      : ` Processor time per request, stores included: ${figure(ours.work)} against ${figure(theirs.work)} microseconds.`;
  const milliseconds = (whole: number) => (whole < 1 ? 'under 1' : String(Math.round(whole)));
  const latency = ({ p50, p99 }: Load) => `${milliseconds(p50)} / ${milliseconds(p99)} ms`;
  return [
    {
      what,
      goal: `${String(goal)}x`,
      measured: `${ratio.toFixed(2)}x (${figure(ours.requestsPerSecond)} against ${figure(theirs.requestsPerSecond)} requests/s)`,
      reached: ratio >= goal,
      how:
        `${how} Rounds alternate, five of each after one that is not counted; the middle one counts. ` +
        `p50 / p99: ${latency(ours)} against ${latency(theirs)}.${work}`,
      bound,
    },
  ];
}

export function startFindings({ seconds, withSynthesis, work }: StartTime): Finding[] {
  const how =
    'From starting `npm start` until the API has answered `{ __typename }`, on an empty data directory, the warehouse made and its schema in it; the middle one of three.';
  return [
    {
      what: '`npm start` until it answers',
      goal: '4 s',
      measured: `${figure(seconds)} s`,
      reached: seconds <= 4,
      how,
      bound:
        'Making a database cluster and its schema, loading and starting the services' +
        (work === undefined
          ? '.'
          : `: ${figure(work.own)} processor seconds of the stack and ${figure(work.started)} of PostgreSQL.`),
    },
    {
      what: 'the same when the template must be made first',
      measured: `${figure(withSynthesis)} s`,
      how: 'With bundles and template older than their sources.',
    },
  ];
}

export function tenTimesFindings({ once, tenTimes, costPerRow }: TenTimes): Finding[] {
  return [
    {
      what: 'ten times the data: cost per row',
      goal: 'within 20 %',
      measured: `${costPerRow.toFixed(2)}x (${figure(tenTimes.rowsPerSecond)} against ${figure(once.rowsPerSecond)} rows/s)`,
      reached: whole(once.rows) ? costPerRow <= 1.2 : undefined,
      how: `${figure(tenTimes.rows)} made-up rows against ${figure(once.rows)} of them, each on a fresh stack, until every store had every line.`,
      bound: 'The larger the tables, the more LevelDB, the engine of the DynamoDB stand-in, has to merge.',
    },
  ];
}
