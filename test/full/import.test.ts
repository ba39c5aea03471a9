import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sparkIsMissing } from '@tillgraph/local-aws/testing/spark';
import { WarehouseReader } from '../../demo/warehouse.ts';
import { csvTruth } from '../support/csv-truth.ts';
import { writeCutCopies } from '../support/cut-copies.ts';
import { DatabaseWatch } from '../support/database-watch.ts';
import { runImport, runRebuild, printedCount, type Commanded } from '../support/import-command.ts';
import { sendFile } from '../support/pipeline.ts';
import { hasRealFile, REAL_FILE } from '../support/shop-truth.ts';
import { newDirectory, removeDirectory, startStack, type Stack } from '../support/stack.ts';
import { expectedState, loadsSince, warehouseState } from '../support/warehouse-state.ts';

const missing = hasRealFile ? await sparkIsMissing() : `the real data set is not there (${REAL_FILE})`;
if (missing !== undefined) console.warn(`NOT TESTED: imports of the real file, because of this: ${missing}`);

const ROWS = 541_909;
const MONEY = '9747747.934';
/** Of 25,900. */
const STREAMED_INVOICES = 12_950;
const DAYS = 305;
/** Day files that come twice, under another name. */
const REPEATED_DAYS = 20;

describe.runIf(missing === undefined)('the real file', () => {
  const directory = newDirectory();
  const file = join(directory, 'online_retail.csv.gz');
  const halves = join(directory, 'halves');
  const [first, second] = [join(halves, 'first.csv'), join(halves, 'second.csv')];
  let firstRows = 0;
  let expected: Awaited<ReturnType<typeof expectedState>>;

  beforeAll(async () => {
    copyFileSync(REAL_FILE, file);
    const invoices = new Set<string>();
    const cut = await writeCutCopies(file, halves, (invoiceNo) => {
      if (invoices.size < STREAMED_INVOICES) invoices.add(invoiceNo);
      return invoices.has(invoiceNo) ? 'first.csv' : 'second.csv';
    });
    firstRows = cut.get('first.csv') ?? 0;
    const truth = await csvTruth(file);
    expected = await expectedState(truth);
    truth.close();
  });

  afterAll(() => {
    removeDirectory(directory);
  });

  const expectAll = async (stack: Stack) => {
    expect(await warehouseState(stack)).toEqual(expected);
  };

  describe('streamed by half, imported whole, killed in the middle of everything', () => {
    const data = join(directory, 'stack');
    let stack: Stack;
    let database: DatabaseWatch;

    beforeAll(async () => {
      await start();
      const report = await sendFile(stack, first);
      expect(report).toMatchObject({ accepted: firstRows, rejected: 0 });
      await caughtUp(stack);
    });

    afterAll(async () => {
      await database.close();
      await stack.stop();
    });

    async function start(): Promise<void> {
      stack = await startStack(data);
      database = await DatabaseWatch.of(stack);
    }

    /** Begin to import, and kill everything when `moment` has come; what the command says of it. */
    async function killAt(moment: () => Promise<void>): Promise<Commanded> {
      const command = runImport(stack, [file]);
      const ended = command.then(({ shown, printed }) => {
        throw new Error(`the import ended before it could be killed:\n${shown}${printed}`);
      });
      await Promise.race([moment(), ended]);
      ended.catch(() => undefined);
      await stack.kill();
      await database.whenGone();
      await database.close();
      const outcome = await command;
      await start();
      return outcome;
    }

    const STOPPED = { exitCode: 1, shown: expect.stringContaining('does not answer') as unknown };

    test('ends with a kill while Spark is at work, and the command says what to do', async () => {
      expect(await killAt(() => whenThere(stack, 'import/staged/'))).toMatchObject(STOPPED);
    });

    test('ends with a kill in the middle of the COPY', async () => {
      expect(await killAt(() => database.whenCopying(5_000))).toMatchObject(STOPPED);
    });

    test('ends with a kill in the middle of the load', async () => {
      await database.hold('mart.fact_invoice');

      expect(await killAt(() => database.whenHeldBack())).toMatchObject(STOPPED);
    });

    test('is there whole when the same command is given again, and what was streamed is no news', async () => {
      const { exitCode, printed, shown } = await runImport(stack, [file]);

      expect(exitCode, shown + printed).toBe(0);
      expect(counts(printed)).toEqual({ read: ROWS, rejected: 0, new: ROWS - firstRows, unchanged: firstRows, changed: 0 });
      expect(printed).toContain(MONEY);
      await expectAll(stack);
    });

    test('changes no row when it is imported again', async () => {
      const { exitCode, printed, shown } = await runImport(stack, [file, '--again']);

      expect(exitCode, shown + printed).toBe(0);
      expect(counts(printed)).toEqual({ read: ROWS, rejected: 0, new: 0, unchanged: ROWS, changed: 0 });
      await expectAll(stack);
    });

    test('is no news when the other half is streamed', async () => {
      const before = await loadsSince(stack, 0);

      const report = await sendFile(stack, second);

      expect(report).toMatchObject({ accepted: ROWS - firstRows, rejected: 0 });
      await expectAll(stack);
      expect((await loadsSince(stack, before.loadId)).lines).toMatchObject({ new: 0, changed: 0, rejected: 0 });
    });

    test('makes the same warehouse when that is rebuilt, though everything is killed half-way', async () => {
      const command = runRebuild(stack);
      await database.whenCopying(5_000);
      await stack.kill();
      await database.whenGone();
      await database.close();
      expect(await command).toMatchObject(STOPPED);
      await start();

      const { exitCode, printed, shown } = await runRebuild(stack);

      expect(exitCode, shown + printed).toBe(0);
      expect(shown).toContain('goes on with the rebuild');
      expect(printed).toMatch(/money, GBP +9747747\.934 +9747747\.934\n/);
      await expectAll(stack);
    });
  });

  test('cut by day, imported in any order and some days twice, is whole', async () => {
    const days = join(directory, 'days');
    const cut = await writeCutCopies(file, days, (_, date) => `${date.replaceAll('/', '-')}.csv`);
    expect(cut.size).toBe(DAYS);
    const names = shuffled([...cut.keys()]);
    const repeated = names.slice(0, REPEATED_DAYS);
    for (const name of repeated) copyFileSync(join(days, name), join(days, `again-${name}`));
    const stack = await startStack(join(directory, 'by-day'));
    try {
      const all = shuffled([...names, ...repeated.map((name) => `again-${name}`)]).map((name) => join(days, name));

      const { exitCode, printed, shown } = await runImport(stack, all);

      const twice = repeated.reduce((rows, name) => rows + (cut.get(name) ?? 0), 0);
      expect(exitCode, shown + printed).toBe(0);
      expect(printedCount(printed, 'files')).toBe(DAYS + REPEATED_DAYS);
      expect(printedCount(printed, 'rows read')).toBe(ROWS + twice);
      expect(printedCount(printed, 'new')).toBe(ROWS);
      expect(printedCount(printed, 'unchanged') + printedCount(printed, 'repeated')).toBe(twice);
      await expectAll(stack);
    } finally {
      await stack.stop();
    }
  });
});

/** What became of all rows. */
const counts = (printed: string) => ({
  read: printedCount(printed, 'rows read'),
  rejected: printedCount(printed, 'rows rejected'),
  new: printedCount(printed, 'new'),
  unchanged: printedCount(printed, 'unchanged'),
  changed: printedCount(printed, 'changed'),
});

async function caughtUp(stack: Stack): Promise<void> {
  const warehouse = new WarehouseReader(stack.outputs);
  await warehouse.caughtUp();
  warehouse.close();
}

/** Resolves when there is any object below a prefix. */
async function whenThere({ outputs }: Stack, Prefix: string): Promise<void> {
  const { region, credentials, endpoints } = outputs;
  const client = new S3Client({ region, credentials, endpoint: endpoints.s3 });
  const list = new ListObjectsV2Command({ Bucket: outputs.stack['BucketName'], Prefix, MaxKeys: 1 });
  while (((await client.send(list)).KeyCount ?? 0) === 0) await pause(100);
  client.destroy();
}

/** In an order that is the same each time and that nobody would choose. */
function shuffled<T>(all: readonly T[]): T[] {
  let seed = 20_101_201;
  const keyed = all.map((one) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return { one, key: seed };
  });
  return keyed.sort((a, b) => a.key - b.key).map(({ one }) => one);
}
