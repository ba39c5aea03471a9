import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deliveries } from '@tillgraph/local-aws';
import { WarehouseReader } from '../../demo/warehouse.ts';
import { clearAllFaults, setAllFaults, WAREHOUSE_FAULTS } from '../support/all-faults.ts';
import { csvTruth } from '../support/csv-truth.ts';
import { DatabaseWatch } from '../support/database-watch.ts';
import { LOAD, runBatch } from '../support/load-batch.ts';
import { runReplay } from '../support/replay-command.ts';
import { hasRealFile, REAL_FILE } from '../support/shop-truth.ts';
import { writeShuffledCopy } from '../support/shuffled-copy.ts';
import { newDirectory, removeDirectory, startStack, type Stack } from '../support/stack.ts';
import { expectedState, warehouseState } from '../support/warehouse-state.ts';

if (!hasRealFile) console.warn(`NOT TESTED: a warehouse with a hard life, because the real data set is not there (${REAL_FILE})`);

const ROWS = 100_000;
const ROWS_WITH_FAULTS = 30_000;

describe.runIf(hasRealFile)('a warehouse with a hard life', () => {
  const directory = newDirectory();
  const file = join(directory, 'shuffled.csv');
  const data = join(directory, 'stack');
  let stack: Stack;
  let database: DatabaseWatch;

  beforeAll(async () => {
    const original = join(directory, 'online_retail.csv.gz');
    copyFileSync(REAL_FILE, original);
    await writeShuffledCopy(original, file, 20_101_201);
    await start();
  });

  afterAll(async () => {
    await database.close();
    await stack.stop();
    await database.whenGone();
    removeDirectory(directory);
  });

  async function start(): Promise<void> {
    stack = await startStack(data);
    database = await DatabaseWatch.of(stack);
  }

  /** kill -9, and nobody cleans up but what is left of it. */
  async function kill(): Promise<void> {
    await stack.kill();
    await database.whenGone();
    await database.close();
  }

  const replay = (rows: number, ...flags: string[]) =>
    runReplay(file, stack, ['--rows', String(rows), '--batch', '211', ...flags]);

  /** What the warehouse must hold of so many rows. */
  async function expected(rows: number) {
    const truth = await csvTruth(file, rows);
    const state = await expectedState(truth);
    truth.close();
    return state;
  }

  test('has everything once although every step fails, and the loader dies after each of its calls', async () => {
    const loader = loaderOf(stack);
    const faults = {
      ...WAREHOUSE_FAULTS,
      lambda: [
        { operation: loader, effect: 'crash-after', every: 7, times: 3 },
        { operation: loader, effect: 'crash-during', times: 30 },
      ],
    };
    await setAllFaults(stack, faults);
    const sending = replay(ROWS_WITH_FAULTS, '--rate', '3000');
    expect(await sending.ended, sending.printed()).toBe(0);

    const failing = await warehouseState(stack);
    const idle = await clearAllFaults(stack, faults);
    const calm = await warehouseState(stack);

    expect(idle).toEqual([]);
    expect(failing).toEqual(await expected(ROWS_WITH_FAULTS));
    expect(calm).toEqual(failing);
  });

  /** Send on up to a share of the rows, slowly enough that no machine is done with all of them before it is stopped. */
  async function sendUpTo(share: number): Promise<void> {
    const sending = replay(ROWS, '--resume', '--rate', '4000');
    await sending.reached(ROWS * share);
    await sending.kill();
  }

  /** Send on, and kill everything when somebody waits to write to a table. */
  async function killAtWriting(table: string, share: number): Promise<void> {
    await database.hold(table);
    await sendUpTo(share);

    await database.whenHeldBack();
    await kill();

    await start();
  }

  // First, because a loader that has waited long for a COPY waits as long again before it refreshes.
  test('ends with a kill in the middle of a refresh, and leaves no process behind', async () => {
    await killAtWriting('mart.agg_product_pair', 0.45);
  });

  test('ends with a kill in the middle of a COPY', async () => {
    const firehose = { firehose: [{ operation: 'Copy', effect: 'fail' }] };
    await setAllFaults(stack, firehose);
    await sendUpTo(0.65);
    await whenStored(stack);
    await clearAllFaults(stack, firehose);

    await database.whenCopying(5_000);
    await kill();

    await start();
  });

  test('ends with a kill in the middle of a load', async () => {
    await killAtWriting('mart.fact_invoice', 0.8);
  });

  test('has everything once after all of that', async () => {
    const sending = replay(ROWS, '--resume');
    expect(await sending.ended, sending.printed()).toBe(0);

    const state = await warehouseState(stack);

    expect(state).toEqual(await expected(ROWS));
  });

  test('knows nothing of a load that loses its connection behind any of its statements', async () => {
    const before = await warehouseState(stack);
    await setAllFaults(stack, { lambda: [{ operation: loaderOf(stack), effect: 'throw' }] });
    await runBatch(stack, [CORRECTIONS]);

    const ends: unknown[] = [];
    for (const place of LOAD.keys()) {
      const fault = { operation: 'BatchExecuteStatement', effect: 'crash-between', statement: place + 1, times: 1 };
      await setAllFaults(stack, { 'redshift-data': [fault] });
      ends.push(await runBatch(stack, LOAD));
    }

    const lost = { status: 'FAILED', error: expect.stringContaining('terminating connection') as unknown };
    expect(ends).toEqual(LOAD.map(() => lost));
    expect(await landed(stack)).toBe('1000');
    await runBatch(stack, ['DELETE FROM intake.landing']);
    expect(await warehouseState(stack)).toEqual(before);
  });
});

/** A thousand lines of other quantities, customers and days, sent later than all others. */
const CORRECTIONS = `INSERT INTO intake.landing
  (lineid, invoiceno, stockcode, description, quantity, invoicedate, unitprice, customerid, country, sentat)
SELECT line_id, invoice_no, stock_code, description, CAST(quantity + 1 AS VARCHAR(12)), '2011-06-01T10:00:00Z',
  CAST(unit_price AS VARCHAR(20)), '99999', country, CAST(sent_at + 1 AS VARCHAR(20))
FROM mart.sales_line ORDER BY line_id LIMIT 1000`;

async function landed(stack: Stack): Promise<string | null | undefined> {
  const warehouse = new WarehouseReader(stack.outputs);
  const [row] = await warehouse.ask('SELECT COUNT(*) FROM intake.landing');
  warehouse.close();
  return row?.[0];
}

/** The loader has a name of CloudFormation's. */
const loaderOf = ({ outputs }: Stack): string => outputs.stack['WarehouseLoaderName'] ?? '';

/** Resolves when everything that was sent lies in the bucket. */
async function whenStored({ outputs }: Stack): Promise<void> {
  for (;;) {
    if ((await deliveries(outputs)).every(({ unread, buffered }) => unread.records + buffered.records === 0)) return;
    await pause(20);
  }
}
