import { setTimeout as pause } from 'node:timers/promises';
import { deliveries, type DeliveryState } from '@tillgraph/local-aws';
import type { LocalOutputs } from '../demo/local-stack.ts';
import { WarehouseReader } from '../demo/warehouse.ts';
import { mapConcurrently } from '../ingest/consumers/in-parallel.ts';
import { connect, connectionFrom, type TransactionInput } from '../sdk/index.ts';
import { GraphqlClient } from './graphql-client.ts';
import type { FreshStack } from './fresh-stack.ts';

/** How soon new rows are seen. @unit seconds */
interface FreshRows {
  /** From the answer to the last mutation until all rows were in objects of Firehose: its buffer's declared wait. */
  readonly buffered: number;
  /** From that answer until COPY had brought all of them to the landing table. */
  readonly copied: number;
  /** From that answer until `sales` showed all of them, computed from a rollup. */
  readonly computed: number;
  /** The same of the kept answer. */
  readonly kept: number;
}

export interface Freshness {
  readonly rows: number;
  readonly rounds: readonly FreshRows[];
}

const ROWS = 5_000;
const ROUNDS = 5;
export const FRESH_ROWS = ROUNDS * ROWS;
/** The most that a mutation takes. */
const LINES_PER_MUTATION = 250;
const MUTATIONS_AT_ONCE = 4;
/** @unit milliseconds */
const LOOK_AGAIN = 10;

const LINES = 'status source rows { lines }';
const KEPT = `{ sales(groupBy: [YEAR]) { ${LINES} } }`;
const COMPUTED = `{ sales(groupBy: [YEAR], orderBy: [{by: YEAR, direction: ASC}, {by: REVENUE, direction: ASC}]) { ${LINES} } }`;

/**
 * Send rows to a warehouse that is loaded, and ask the API until it shows them.
 *
 * @param lines - new ones: `FRESH_ROWS`
 */
export async function freshness({ outputs, outputsFile }: FreshStack, lines: readonly TransactionInput[]): Promise<Freshness> {
  const client = connect(connectionFrom(outputsFile));
  const warehouse = new WarehouseReader(outputs);
  const [kept, computed] = [new GraphqlClient(outputs), new GraphqlClient(outputs)];
  const rounds: FreshRows[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const expected = (await linesShown(computed, COMPUTED)) + ROWS;
    const own = lines.slice(round * ROWS, (round + 1) * ROWS);
    const parts = Array.from({ length: Math.ceil(ROWS / LINES_PER_MUTATION) }, (_, part) =>
      own.slice(part * LINES_PER_MUTATION, (part + 1) * LINES_PER_MUTATION),
    );
    await mapConcurrently(parts, MUTATIONS_AT_ONCE, async (part) => {
      await client.sendTransactions(part);
    });
    const answered = performance.now();
    const secondsUntil = async (seen: Promise<void>) => {
      await seen;
      return (performance.now() - answered) / 1000;
    };
    const shown = async (asker: GraphqlClient, query: string) => {
      while ((await linesShown(asker, query)) < expected) await pause(LOOK_AGAIN);
    };
    const [buffered, copied, seenComputed, seenKept] = await Promise.all([
      secondsUntil(delivered(outputs, ['unread', 'buffered'])),
      secondsUntil(delivered(outputs, ['unread', 'buffered', 'stored', 'copying'])),
      secondsUntil(shown(computed, COMPUTED)),
      secondsUntil(shown(kept, KEPT)),
    ]);
    rounds.push({ buffered, copied, computed: seenComputed, kept: seenKept });
    // Not until products and pairs are refreshed as well: rows come when they come.
    await warehouse.caughtUp();
  }
  warehouse.close();
  for (const asker of [kept, computed]) asker.close();
  client.close();
  return { rows: ROWS, rounds };
}

async function linesShown(asker: GraphqlClient, query: string): Promise<number> {
  const { rows } = await asker.ask(query, 'sales');
  return rows.reduce((sum, { lines }) => sum + Number(lines), 0);
}

/** Resolves when no record is in these places any more. */
async function delivered(outputs: LocalOutputs, places: readonly (keyof DeliveryState)[]): Promise<void> {
  for (;;) {
    const streams = await deliveries(outputs);
    if (streams.every((stream) => places.every((place) => (stream[place]?.records ?? 0) === 0))) return;
    await pause(LOOK_AGAIN);
  }
}
