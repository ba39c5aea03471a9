import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { consumersCaughtUp, deliveries } from '@tillgraph/local-aws';
import { WarehouseReader } from '../../demo/warehouse.ts';
import type { TransactionLine } from '../../domain/transaction-line.ts';
import { setFaults } from '../support/faults.ts';
import { linesOf } from '../support/lines.ts';
import { clientOf } from '../support/pipeline.ts';
import { newDirectory, removeDirectory, startStack, type Stack } from '../support/stack.ts';
import { sent } from '../support/stream-answers.ts';

/** The daily comparison comes every half minute. */
const FAST = ['--time-factor', '3000'];
/** @unit ms */
const PATIENCE = 120_000;

const directory = newDirectory();
let stack: Stack | undefined;

afterAll(async () => {
  await stack?.stop();
  removeDirectory(directory);
});

/** Send lines, and wait until the raw layer and the tables have them. */
async function send({ outputs }: Stack, lines: readonly TransactionLine[]): Promise<void> {
  const client = clientOf({ outputs } as Stack);
  await client.sendTransactions(lines.map(sent));
  client.close();
  await consumersCaughtUp(outputs);
}

/** The invoices that the warehouse has, each with its lines. */
async function invoices({ outputs }: Stack): Promise<Record<string, number>> {
  const warehouse = new WarehouseReader(outputs);
  const rows = await warehouse.ask('SELECT invoice_no, COUNT(*) FROM mart.sales_line GROUP BY invoice_no ORDER BY invoice_no');
  warehouse.close();
  return Object.fromEntries(rows.map(([invoice, lines]) => [invoice, Number(lines)]));
}

/** How many records Firehose has copied, by the word of this delivery stream. */
async function copied({ outputs }: Stack): Promise<number> {
  const [delivery] = await deliveries(outputs);
  return delivery?.copied.records ?? Number.NaN;
}

/** Firehose puts nothing any more; then another delivery stream takes its place, which begins at LATEST. */
async function replaceDeliveryStream(running: Stack, meanwhile: readonly TransactionLine[]): Promise<Stack> {
  await setFaults(running.outputs.endpoints['firehose'] ?? '', [{ operation: 'PutObject', effect: 'fail' }]);
  await send(running, meanwhile);
  await running.stop();
  rmSync(join(directory, 'firehose'), { recursive: true });
  return startStack(directory, FAST);
}

test(
  'lines sent before or between two delivery streams are loaded from raw/',
  async () => {
    stack = await startStack(directory, FAST);

    stack = await replaceDeliveryStream(stack, linesOf('700001', 4));
    const early = stack;
    await vi.waitUntil(async () => (await invoices(early))['700001'] === 4, { timeout: PATIENCE, interval: 200 });
    expect(await copied(stack)).toBe(0);

    await send(stack, linesOf('700002', 3));
    await vi.waitUntil(async () => (await copied(early)) === 1, { timeout: PATIENCE, interval: 200 });
    stack = await replaceDeliveryStream(stack, linesOf('700003', 2));
    const replaced = stack;
    await send(stack, linesOf('700004', 1));

    const all = { '700001': 4, '700002': 3, '700003': 2, '700004': 1 };
    await vi.waitUntil(async () => Object.keys(await invoices(replaced)).length === 4, { timeout: PATIENCE, interval: 200 });
    expect(await invoices(stack)).toEqual(all);
    expect(await copied(stack)).toBe(1);
  },
  4 * PATIENCE,
);
