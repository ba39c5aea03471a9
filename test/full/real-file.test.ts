import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { consumersCaughtUp } from '@tillgraph/local-aws';
import { clearAllFaults, FUNCTION_FAULTS, setAllFaults, STORE_FAULTS } from '../support/all-faults.ts';
import { apiAgainst, sendFile, storesAgainst } from '../support/pipeline.ts';
import { runReplay } from '../support/replay-command.ts';
import { hasRealFile, printed, REAL_FILE, shopTruth, type ShopTruth } from '../support/shop-truth.ts';
import { writeShuffledCopy } from '../support/shuffled-copy.ts';
import { newDirectory, removeDirectory, startStack, type Stack } from '../support/stack.ts';
import { csvTruth, type CsvTruth } from '../support/csv-truth.ts';
import { expectedState, loadsSince, warehouseState } from '../support/warehouse-state.ts';
import { describeViews } from './business-views.ts';
import { describeCustomers } from './customer-answers.ts';
import { describeSales } from './sales-answers.ts';

if (!hasRealFile) console.warn(`NOT TESTED: the real data set is not there (${REAL_FILE})`);

const ROWS = 541_909;

describe.runIf(hasRealFile)('the real data set', () => {
  const directory = newDirectory();
  const file = join(directory, 'online_retail.csv.gz');
  const shuffled = join(directory, 'shuffled.csv');
  let truth: ShopTruth;
  let counted: CsvTruth;

  beforeAll(async () => {
    copyFileSync(REAL_FILE, file);
    await writeShuffledCopy(file, shuffled, 20_111_209);
    truth = await shopTruth(file);
    counted = await csvTruth(file);
  });

  afterAll(() => {
    counted.close();
    removeDirectory(directory);
  });

  /** Every store and the API, line by line and sum by sum. */
  async function expectAllRight(stack: Stack): Promise<void> {
    const stores = await storesAgainst(stack, truth);
    expect(stores.held).toEqual(stores.expected);
    const api = await apiAgainst(stack, truth);
    expect(differences(api.held.invoices, api.expected.invoices)).toEqual([]);
    expect(differences(api.held.customers, api.expected.customers)).toEqual([]);
    expect(api.inOrder.findIndex((dated, place) => dated >= (api.inOrder[place - 1] ?? '~'))).toBe(-1);
    expect(await keysBesideRaw(stack)).toEqual([]);
    expect(await warehouseState(stack)).toEqual(await expectedState(counted));
  }

  test('comes to what everybody knows of it', () => {
    expect([truth.lines, truth.invoices.size, truth.customers.size]).toEqual([ROWS, 25_900, 4_372]);
    expect(printed(truth.mills)).toBe('9747747.934');
  });

  describe('on a stack without faults', () => {
    let stack: Stack;

    beforeAll(async () => {
      stack = await startStack(join(directory, 'stack'));
    });

    afterAll(async () => {
      await stack.stop();
    });

    test('is in every store after one replay, and the API answers with its sums', async () => {
      const report = await sendFile(stack, file);

      expect(report).toMatchObject({ accepted: ROWS, rejected: 0, money: '9747747.934', invoices: 25_900, customers: 4_372 });
      await expectAllRight(stack);
    });

    const given = () => ({ stack, truth: counted });
    describeSales(given);
    describeCustomers(given);
    describeViews(given);

    test('is no different after a second replay', async () => {
      const before = await loadsSince(stack, 0);

      const report = await sendFile(stack, file);

      expect(report).toMatchObject({ accepted: ROWS, rejected: 0 });
      await expectAllRight(stack);
      expect((await loadsSince(stack, before.loadId)).lines).toMatchObject({ new: 0, rejected: 0 });
    });

    test('is no different after a third, of all rows in any order and in other pieces', async () => {
      const report = await sendFile(stack, shuffled, { batch: 97, concurrency: 3 });

      expect(report).toMatchObject({ accepted: ROWS, rejected: 0, money: '9747747.934' });
      await expectAllRight(stack);
    });
  });

  test('in any order is whole although everything fails and is killed half-way', async () => {
    const data = join(directory, 'hard-life');
    const faults = { ...STORE_FAULTS, ...FUNCTION_FAULTS };
    let stack = await startStack(data);
    onTestFinished(() => stack.kill());
    await setAllFaults(stack, faults);
    const first = runReplay(shuffled, stack, ['--batch', '211']);
    await first.reached(ROWS / 2);
    await Promise.all([first.kill(), stack.kill()]);

    stack = await startStack(data);
    await setAllFaults(stack, faults);
    const second = runReplay(shuffled, stack, ['--batch', '131', '--resume']);
    expect(await second.ended, second.printed()).toBe(0);
    await consumersCaughtUp(stack.outputs);
    expect(await clearAllFaults(stack, faults)).toEqual([]);

    await expectAllRight(stack);
  });
});

/** A few of the lines that only one of two sorted lists has: a difference of 25,900 lines cannot be read. */
function differences(held: readonly string[], expected: readonly string[]): string[] {
  const [isHeld, isExpected] = [new Set(held), new Set(expected)];
  const missing = expected.filter((one) => !isHeld.has(one)).map((one) => `missing: ${one}`);
  const surplus = held.filter((one) => !isExpected.has(one)).map((one) => `surplus: ${one}`);
  const twice = held.length === isHeld.size ? [] : [`${String(held.length - isHeld.size)} are there twice`];
  return [...missing.slice(0, 10), ...surplus.slice(0, 10), ...twice];
}

/** What was set aside or given up: nothing in this file deserves it. */
async function keysBesideRaw({ outputs }: Stack): Promise<string[]> {
  const { region, credentials, endpoints } = outputs;
  const client = new S3Client({ region, credentials, endpoint: endpoints.s3 });
  const keys: string[] = [];
  for (const Prefix of ['rejected/', 'aws/lambda/', 'firehose/processing-failed/']) {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: outputs.stack['BucketName'], Prefix }));
    keys.push(...Contents.map(({ Key = '' }) => Key));
  }
  client.destroy();
  return keys;
}
