import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { consumersCaughtUp } from '@tillgraph/local-aws';
import { writeGeneratedCsv } from '../../ingest/replay/generator.ts';
import { setFaults } from '../support/faults.ts';
import { apiAgainst, clientOf, sendFile, storesAgainst } from '../support/pipeline.ts';
import { runReplay } from '../support/replay-command.ts';
import { shopTruth, type ShopTruth } from '../support/shop-truth.ts';
import { newDirectory, removeDirectory, startStack, type Stack } from '../support/stack.ts';

const ROWS = 6_000;

describe('a CSV through the whole pipeline', () => {
  const directory = newDirectory();
  const file = join(directory, 'made-up.csv');
  let stack: Stack;
  let truth: ShopTruth;

  beforeAll(async () => {
    await writeGeneratedCsv(file, { rows: ROWS, seed: 7 });
    truth = await shopTruth(file);
    stack = await startStack(join(directory, 'stack'));
    await sendFile(stack, file);
  });

  afterAll(async () => {
    await stack.stop();
    removeDirectory(directory);
  });

  const expectAllRight = async () => {
    const stores = await storesAgainst(stack, truth);
    expect(stores.held).toEqual(stores.expected);
    const api = await apiAgainst(stack, truth);
    expect(api.held).toEqual(api.expected);
  };

  test('every store holds every line, and the API lists all invoices and customers with right sums', async () => {
    await expectAllRight();
  });

  test('invoices are listed newest first', async () => {
    const { inOrder } = await apiAgainst(stack, truth);

    expect(inOrder).toEqual([...inOrder].sort().reverse());
  });

  test('pages of any size yield each line of the longest invoice once, in one order', async () => {
    const [invoiceNo, longest] = [...truth.invoices].reduce((a, b) => (b[1].lines > a[1].lines ? b : a));
    const client = clientOf(stack);

    const walks: string[][] = [];
    for (const pageSize of [7, 50, 500]) {
      const walk: string[] = [];
      for await (const line of client.invoiceLines(invoiceNo, { pageSize })) walk.push(line.lineId);
      walks.push(walk);
    }
    client.close();

    expect(new Set(walks[0]).size).toBe(longest.lines);
    expect(walks[1]).toEqual(walks[0]);
    expect(walks[2]).toEqual(walks[0]);
  });

  test('the same file again changes nothing, whatever its pieces, duplicates and failures', async () => {
    const { endpoints } = stack.outputs;
    await setFaults(endpoints.kinesis, [
      { operation: 'PutRecords', effect: 'throttle', every: 5 },
      { operation: 'PutRecords', effect: 'partial', every: 3 },
      { operation: 'PutRecords', effect: 'duplicate', every: 4 },
    ]);
    await setFaults(endpoints.dynamodb, [{ operation: 'BatchWriteItem', effect: 'throttle', every: 7, times: 3 }]);
    await setFaults(endpoints.s3, [{ operation: 'PutObject', effect: 'unavailable', times: 2 }]);

    await sendFile(stack, file, { batch: 37, concurrency: 3 });
    for (const service of ['kinesis', 'dynamodb', 's3'] as const) await setFaults(endpoints[service], []);
    await consumersCaughtUp(stack.outputs);

    await expectAllRight();
  });
});

test('a stack that is killed in the middle of it and started again has lost nothing it took', async () => {
  const directory = newDirectory();
  const file = join(directory, 'made-up.csv');
  await writeGeneratedCsv(file, { rows: ROWS, seed: 9 });
  const truth = await shopTruth(file);
  let stack = await startStack(join(directory, 'stack'));
  onTestFinished(async () => {
    await stack.kill();
    removeDirectory(directory);
  });
  const client = runReplay(file, stack, ['--rate', '1200', '--concurrency', '2']);
  await client.reached(1);
  await Promise.all([client.kill(), stack.kill()]);
  stack = await startStack(join(directory, 'stack'));
  const again = runReplay(file, stack, ['--resume']);
  expect(await again.ended, again.printed()).toBe(0);
  await consumersCaughtUp(stack.outputs);

  const stores = await storesAgainst(stack, truth);
  expect(stores.held).toEqual(stores.expected);
  const api = await apiAgainst(stack, truth);
  expect(api.held).toEqual(api.expected);
});
