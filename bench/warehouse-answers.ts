import type { LocalOutputs } from '../demo/local-stack.ts';
import { WarehouseReader } from '../demo/warehouse.ts';
import { GraphqlClient } from './graphql-client.ts';
import type { FreshStack } from './fresh-stack.ts';
import { loadInTurn, median, percentile, UnequalAnswersError, type Load } from './load.ts';
import { comparable, otherQuestions, questions, type Question } from './questions.ts';
import { RawScan } from './raw-scan.ts';
import type { RowsFile } from './rows.ts';

/** How long answers of one kind take. @unit milliseconds */
interface Latency {
  readonly answers: number;
  readonly p50: number;
  readonly p99: number;
}

/** One question, asked of the API and of DuckDB in turn. The middle of all. @unit milliseconds */
interface Comparison {
  readonly name: string;
  readonly judged: boolean;
  readonly kept: number;
  readonly computed: number;
  readonly computedFrom: string;
  readonly scan: number;
}

/** What the API takes for questions to the warehouse. */
export interface WarehouseAnswers {
  readonly comparisons: readonly Comparison[];
  /** One connection, one question after another. */
  readonly alone: Readonly<Record<'CACHE' | 'ROLLUP' | 'FACT' | 'RAW', Latency>>;
  /** 20 connections. */
  readonly together: Readonly<Record<'CACHE' | 'ROLLUP', Load>>;
}

const ROUNDS = 5;
/** In a round, of each question: enough of all for a p99. */
const ASKED = 30;
const SCANNED = 3;
/** What takes longer is scanned once in a round. @unit milliseconds */
const LONG = 500;
const FACT_ASKED = 50;
const RAW_ASKED = 10;
const ROUNDS_TOGETHER = 3;

/**
 * @param rows - so many of the file are in the warehouse, and no others
 * @param seconds - how long a round of load is
 * @throws UnequalAnswersError when the API and DuckDB do not agree
 */
export async function warehouseAnswers(
  { outputs, pid }: FreshStack,
  file: RowsFile,
  rows: number | undefined,
  seconds: number,
): Promise<WarehouseAnswers> {
  const warehouse = new WarehouseReader(outputs);
  await warehouse.caughtUp(true);
  const services = (await warehouse.ask('SELECT CAST(stock_code AS VARCHAR(160)) FROM mart.service_code')).map(
    ([code]) => code ?? '',
  );
  warehouse.close();
  const scan = await RawScan.open(file, rows, services);
  const asker = new GraphqlClient(outputs);
  try {
    for (const question of questions) await expectSameAnswers(question, asker, scan);
    const timed = await timeInTurn(asker, scan);
    const others = otherQuestions(await topProduct(asker));
    const of = (source: string) =>
      timed.flatMap(({ question, kept, computed }) =>
        source === 'CACHE' ? kept : question.computedFrom === source ? computed : [],
      );
    const alone = {
      CACHE: latencyOf(of('CACHE')),
      ROLLUP: latencyOf(of('ROLLUP')),
      FACT: latencyOf(await timeEach(asker, others.FACT, FACT_ASKED)),
      RAW: latencyOf(await timeEach(asker, others.RAW, RAW_ASKED)),
    };
    return { comparisons: timed.map(comparisonOf), alone, together: await together(outputs, pid, seconds) };
  } finally {
    asker.close();
    scan.close();
  }
}

/** @throws UnequalAnswersError */
async function expectSameAnswers(question: Question, asker: GraphqlClient, scan: RawScan): Promise<void> {
  const { name, field, computedFrom } = question;
  const scanned = await scan.rows(question.scan);
  for (const [source, query] of [
    ['CACHE', question.kept],
    [computedFrom, question.computed],
  ] as const) {
    const answer = await asker.ask(query, field);
    if (answer.source !== source) throw new UnequalAnswersError(`${query} is answered from ${answer.source}, not ${source}`);
    // The computed answer may go on where the kept one ends.
    const compared = source === 'CACHE' ? answer.rows : answer.rows.slice(0, scanned.length);
    const rows = compared.map((row) => comparable(question, row));
    const longer = scanned.length < rows.length ? rows : scanned;
    const place = longer.findIndex((_, at) => scanned[at] !== rows[at]);
    if (place >= 0)
      throw new UnequalAnswersError(
        `${name}: row ${String(place + 1)} is ${rows[place] ?? 'absent'} in ${source}, and ${scanned[place] ?? 'absent'} in DuckDB`,
      );
  }
}

interface Timed {
  readonly question: Question;
  readonly kept: number[];
  readonly computed: number[];
  readonly scan: number[];
}

/** Every round asks everybody every question; the first round is not counted. */
async function timeInTurn(asker: GraphqlClient, scan: RawScan): Promise<Timed[]> {
  const timed: Timed[] = questions.map((question) => ({ question, kept: [], computed: [], scan: [] }));
  for (let round = 0; round <= ROUNDS; round += 1)
    for (const { question, ...times } of timed) {
      const kept = await timeEach(asker, [question.kept], ASKED);
      const computed = await timeEach(asker, [question.computed], ASKED);
      const scanned: number[] = [];
      while (scanned.length < SCANNED && (scanned[0] ?? 0) < LONG) scanned.push(await scan.time(question.scan));
      if (round === 0) continue;
      times.kept.push(...kept);
      times.computed.push(...computed);
      times.scan.push(...scanned);
    }
  return timed;
}

async function timeEach(asker: GraphqlClient, queries: readonly string[], times: number): Promise<number[]> {
  const all: number[] = [];
  for (let turn = 0; turn < times; turn += 1) for (const query of queries) all.push(await asker.time(query));
  return all;
}

async function topProduct(asker: GraphqlClient): Promise<string> {
  const { rows } = await asker.ask(
    '{ sales(groupBy: [PRODUCT], orderBy: [{by: UNITS, direction: DESC}], limit: 1) { status source rows { stockCode } } }',
    'sales',
  );
  return String(rows[0]?.['stockCode']);
}

async function together(
  { graphqlUrl: url, apiKey }: LocalOutputs,
  pid: number,
  seconds: number,
): Promise<WarehouseAnswers['together']> {
  const target = { url, headers: { 'x-api-key': apiKey }, pids: [pid] };
  const rollups = questions.filter(({ computedFrom }) => computedFrom === 'ROLLUP');
  const [CACHE, ROLLUP] = await loadInTurn(
    [questions.map(({ kept }) => kept), rollups.map(({ computed }) => computed)].map((queries) => ({
      target,
      bodies: queries.map((query) => ({ query })),
    })),
    seconds,
    ROUNDS_TOGETHER,
  );
  if (CACHE === undefined || ROLLUP === undefined) throw new TypeError('two burdens have two results');
  return { CACHE, ROLLUP };
}

const latencyOf = (times: readonly number[]): Latency => ({
  answers: times.length,
  p50: percentile(times, 0.5),
  p99: percentile(times, 0.99),
});

const comparisonOf = ({ question: { name, judged, computedFrom }, kept, computed, scan }: Timed): Comparison => ({
  name,
  judged,
  kept: median(kept),
  computed: median(computed),
  computedFrom,
  scan: median(scan),
});
