import { setTimeout as pause } from 'node:timers/promises';
import { consumers } from '@tillgraph/local-aws';
import type { LocalOutputs } from '../demo/local-stack.ts';
import { hasWarehouse, WarehouseReader } from '../demo/warehouse.ts';

/** How long it took until a store was complete. */
export interface StoreTime {
  readonly store: string;
  /** @unit seconds */
  readonly seconds: number;
}

/** @unit milliseconds */
const LOOK_AGAIN = 25;

/** Which store a function fills, by a part of its name. */
const STORES = [
  ['RawWriter', 'S3'],
  ['StoreWriter', 'DynamoDB'],
] as const;

export const WAREHOUSE = 'the warehouse and the kept answers';

/**
 * Wait until every store has what is in the stream, to which nothing is added any more.
 *
 * @param started - when the clock began to run, of `performance.now()`
 * @returns when each was complete, in that order
 */
export async function storeTimes(outputs: LocalOutputs, started: number): Promise<StoreTime[]> {
  const times: StoreTime[] = [];
  const note = (store: string) => times.push({ store, seconds: (performance.now() - started) / 1000 });
  const warehouse = hasWarehouse(outputs) ? new WarehouseReader(outputs) : undefined;
  await Promise.all([consumersDone(outputs, note), warehouse?.caughtUp().then(() => note(WAREHOUSE))]);
  warehouse?.close();
  return times;
}

async function consumersDone(outputs: LocalOutputs, note: (store: string) => unknown): Promise<void> {
  const done = new Set<string>();
  for (;;) {
    const mappings = await consumers(outputs);
    for (const { functionName, waiting } of mappings) {
      if (waiting > 0 || done.has(functionName)) continue;
      done.add(functionName);
      note(STORES.find(([part]) => functionName.includes(part))?.[1] ?? functionName);
    }
    if (done.size === mappings.length) return;
    await pause(LOOK_AGAIN);
  }
}
