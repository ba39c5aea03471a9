import { join } from 'node:path';
import { consumersCaughtUp } from '../demo/consumers.ts';
import { takeInventory } from '../demo/inventory.ts';
import { compareStores } from '../demo/tables.ts';
import { through } from '../ingest/replay/destination.ts';
import { replay } from '../ingest/replay/replay.ts';
import { connect, connectionFrom } from '../sdk/index.ts';
import { withFreshStack } from './fresh-stack.ts';
import { processorSeconds } from './machine.ts';
import type { RowsFile } from './rows.ts';

/** How fast a file goes through the whole pipeline. */
export interface ReplayRate {
  readonly rows: number;
  /** From the first row read until the last consumer has done the last record. */
  readonly seconds: number;
  /** Until the API had taken the last row. */
  readonly sentAfterSeconds: number;
  readonly rowsPerSecond: number;
  readonly mutations: number;
  readonly streamRecords: number;
  /** @unit processor seconds */
  readonly stackWork: number | undefined;
  readonly clientWork: number;
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
 * Send a file through `sendTransactions` to a fresh stack, until every store has every line; then count all lines in all stores.
 *
 * @throws IncompleteStoresError
 */
export function replayRate(directory: string, { path }: RowsFile, rows: number | undefined): Promise<ReplayRate> {
  return withFreshStack(directory, async ({ outputs, outputsFile, dataDirectory, pid }) => {
    const client = connect(connectionFrom(outputsFile));
    const stackWorkBefore = processorSeconds(pid) ?? 0;
    const clientWorkBefore = process.cpuUsage();
    const started = performance.now();
    const report = await replay({
      file: path,
      rows,
      rejects: join(dataDirectory, 'rejected.csv'),
      destination: through(client, dataDirectory),
    });
    const sent = performance.now();
    const { user, system } = process.cpuUsage(clientWorkBefore);
    await consumersCaughtUp(outputs);
    const seconds = (performance.now() - started) / 1000;
    const stackWorkAfter = processorSeconds(pid);
    client.close();

    const expected = { lines: report.accepted, units: report.units, mills: Number(report.mills) };
    const { table, complete } = compareStores(expected, await takeInventory(outputs));
    if (!complete || report.accepted !== report.rowsRead) throw new IncompleteStoresError(table);
    return {
      rows: report.rowsRead,
      seconds,
      sentAfterSeconds: (sent - started) / 1000,
      rowsPerSecond: report.rowsRead / seconds,
      mutations: report.mutations,
      streamRecords: report.streamRecords,
      stackWork: stackWorkAfter === undefined ? undefined : stackWorkAfter - stackWorkBefore,
      clientWork: (user + system) / 1e6,
    };
  });
}
