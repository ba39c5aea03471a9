import { join } from 'node:path';
import { takeInventory } from '../demo/inventory.ts';
import { compareStores } from '../demo/tables.ts';
import { hasWarehouse, WarehouseReader } from '../demo/warehouse.ts';
import { sendThrough } from '../ingest/replay/destination.ts';
import { replay } from '../ingest/replay/replay.ts';
import { connect, connectionFrom } from '../sdk/index.ts';
import { withFreshStack, type FreshStack } from './fresh-stack.ts';
import { processorTime } from './machine.ts';
import type { RowsFile } from './rows.ts';
import { storeTimes, WAREHOUSE, type StoreTime } from './store-times.ts';

/** How fast a file goes through the whole pipeline. */
export interface ReplayRate {
  readonly rows: number;
  /** From the first row read until the last store has the last line. */
  readonly seconds: number;
  /** Until the API had taken the last row. */
  readonly sentAfterSeconds: number;
  readonly stores: readonly StoreTime[];
  readonly rowsPerSecond: number;
  /** As above, of the stores that the usual way has as well: all but the warehouse. */
  readonly rowsPerSecondWithoutWarehouse: number;
  readonly mutations: number;
  readonly streamRecords: number;
  /** Absent where the system does not tell. @unit processor seconds */
  readonly work?: {
    /** The process with all stand-ins but the database, and the functions. */
    readonly stack: number;
    /** PostgreSQL. */
    readonly database: number;
    readonly client: number;
  };
}

/** A store does not hold what was sent: a rate would mean nothing. */
export class IncompleteStoresError extends Error {
  override readonly name = 'IncompleteStoresError';
  readonly code = 'INCOMPLETE_STORES';

  constructor(readonly table: string) {
    super(`a store differs from what was sent; there is no rate of an incomplete replay\n${table}`);
  }
}

/**
 * Send a file through `sendTransactions` to a fresh stack, until every store has every line; count all lines in all stores; then use
 * the stack as it is.
 *
 * @throws IncompleteStoresError
 */
export function withReplayedRows<Result>(
  directory: string,
  { path }: RowsFile,
  rows: number | undefined,
  use: (rate: ReplayRate, stack: FreshStack) => Promise<Result>,
): Promise<Result> {
  return withFreshStack(directory, async (stack) => {
    const { outputs, outputsFile, dataDirectory, pid } = stack;
    const client = connect(connectionFrom(outputsFile));
    const workBefore = processorTime(pid);
    const clientWorkBefore = process.cpuUsage();
    const started = performance.now();
    const report = await replay({
      file: path,
      rows,
      rejects: join(dataDirectory, 'rejected.csv'),
      destination: sendThrough(client, dataDirectory),
    });
    const sentAfterSeconds = (performance.now() - started) / 1000;
    const { user, system } = process.cpuUsage(clientWorkBefore);
    const stores = await storeTimes(outputs, started);
    const workAfter = processorTime(pid);
    client.close();

    const warehouse = hasWarehouse(outputs) ? new WarehouseReader(outputs) : undefined;
    const expected = { lines: report.accepted, units: report.units, mills: report.mills };
    const { table, complete } = compareStores(expected, await takeInventory(outputs), await warehouse?.count());
    warehouse?.close();
    if (!complete || report.accepted !== report.rowsRead) throw new IncompleteStoresError(table);

    const last = (times: readonly StoreTime[]) => Math.max(...times.map(({ seconds }) => seconds));
    const rate: ReplayRate = {
      rows: report.rowsRead,
      seconds: last(stores),
      sentAfterSeconds,
      stores,
      rowsPerSecond: report.rowsRead / last(stores),
      rowsPerSecondWithoutWarehouse: report.rowsRead / last(stores.filter(({ store }) => store !== WAREHOUSE)),
      mutations: report.mutations,
      streamRecords: report.streamRecords,
      ...(workBefore !== undefined &&
        workAfter !== undefined && {
          work: {
            stack: workAfter.own - workBefore.own,
            database: workAfter.started - workBefore.started,
            client: (user + system) / 1e6,
          },
        }),
    };
    return use(rate, stack);
  });
}

/** Of a stack that nobody needs any longer. @throws IncompleteStoresError */
export const replayRate = (directory: string, file: RowsFile, rows: number | undefined): Promise<ReplayRate> =>
  withReplayedRows(directory, file, rows, (rate) => Promise.resolve(rate));
