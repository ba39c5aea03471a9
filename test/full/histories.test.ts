import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sparkIsMissing } from '@tillgraph/local-aws/testing/spark';
import { consumersCaughtUp } from '@tillgraph/local-aws';
import { WarehouseReader } from '../../demo/warehouse.ts';
import type { TransactionLine } from '../../domain/transaction-line.ts';
import { differences } from '../histories/differences.ts';
import { heldRejects } from '../histories/held-ledger.ts';
import { runs } from '../histories/runs.ts';
import {
  apiAnswers,
  apiSales,
  expectedApiAnswers,
  expectedRaw,
  expectedSales,
  objectsBelow,
  rawTexts,
} from '../histories/stack-answers.ts';
import { fileOf, parcelsOf, sendParcel, standingRecords, type StandingRecord } from '../histories/stack-sending.ts';
import { expectedLines, heldLines } from '../histories/warehouse-lines.ts';
import { lives } from '../histories/warehouse-life.ts';
import { clearAllFaults, FUNCTION_FAULTS, setAllFaults, STORE_FAULTS, WAREHOUSE_FAULTS } from '../support/all-faults.ts';
import { runImport, printedCount } from '../support/import-command.ts';
import { linesOf } from '../support/lines.ts';
import { clientOf } from '../support/pipeline.ts';
import { newDirectory, removeDirectory, startStack, type Stack } from '../support/stack.ts';

const noSpark = await sparkIsMissing();
if (noSpark !== undefined) console.warn(`NOT TESTED: imports among the histories, because of this: ${noSpark}`);

/** `HISTORIES=1000 FAST_CHECK_SEED=7 npm run test:full -- test/full/histories.test.ts` */
const HISTORIES = runs(300);
const SEED = Number(process.env['FAST_CHECK_SEED'] ?? 541_909);
const FAULTS = { ...STORE_FAULTS, ...FUNCTION_FAULTS, ...WAREHOUSE_FAULTS };
/** Stores that the consumers write to are away, for longer than ten attempts take. */
const OUTAGE = {
  dynamodb: [{ operation: '*', effect: 'unavailable' }],
  s3: [{ operation: 'PutObject', effect: 'unavailable' }],
};
/** @unit milliseconds */
const OUTAGE_LASTS = 20_000;
/** Shops that send at the same time. */
const AT_ONCE = 6;
/** How long a store may take to hold what it was sent, once nothing fails any more. @unit milliseconds */
const PATIENCE = 180_000;

const within = async (what: Promise<unknown>): Promise<string> =>
  Promise.race([what.then(() => 'done'), pause(PATIENCE, 'not done in time', { ref: false })]);

describe(`${HISTORIES} shops with histories of seed ${SEED}, while everything fails, is away for a time, and is killed`, () => {
  const directory = newDirectory();
  const shops = fc
    .sample(lives({ shared: true, corrected: true, foreign: 'anything' }), { numRuns: HISTORIES, seed: SEED })
    .map(parcelsOf);
  const foreign = shops.flatMap(({ parcels }) => parcels.flatMap((parcel) => (parcel.door === 'Kinesis' ? [parcel.text] : [])));
  const rows = noSpark === undefined ? shops.flatMap((shop) => shop.rows) : [];
  const third = Math.ceil(shops.length / 3);
  let stack: Stack;
  let warehouse: WarehouseReader;
  let records: StandingRecord[];
  /** Of the stream; the warehouse has the rows of the file besides. */
  let accepted: TransactionLine[];

  async function start(): Promise<void> {
    stack = await startStack(join(directory, 'stack'));
    warehouse = new WarehouseReader(stack.outputs);
  }

  async function sendAll(some: typeof shops): Promise<void> {
    const waiting = [...some];
    const sender = async () => {
      for (let shop = waiting.shift(); shop !== undefined; shop = waiting.shift())
        for (const parcel of shop.parcels) await sendParcel(() => stack, parcel);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, sender));
  }

  beforeAll(async () => {
    await start();
    await setAllFaults(stack, FAULTS);
    await sendAll(shops.slice(0, third));
    await setAllFaults(stack, OUTAGE);
    await Promise.all([sendAll(shops.slice(third, 2 * third)), pause(OUTAGE_LASTS)]);
    await setAllFaults(stack, FAULTS);
    const others = sendAll(shops.slice(2 * third));
    await pause(500);
    await stack.kill();
    warehouse.close();
    await start();
    await setAllFaults(stack, FAULTS);
    await others;
    await clearAllFaults(stack, FAULTS);
    if (rows.length > 0) {
      const file = join(directory, 'shops.csv');
      writeFileSync(file, fileOf(rows));
      const { exitCode, shown, printed } = await runImport(stack, [file]);
      expect(exitCode, shown + printed).toBe(0);
      expect(printedCount(printed, 'rows rejected')).toBe(0);
    }
    records = await standingRecords(stack, foreign);
    accepted = records.flatMap((record) => record.accepted);
  }, 800_000);

  afterAll(async () => {
    warehouse.close();
    await stack.stop();
    removeDirectory(directory);
  });

  test('every line that a door took is on the stream', () => {
    const content = ({ sentAt: _sentAt, ...line }: TransactionLine) => JSON.stringify(line);
    const standing = new Set(accepted.map(content));
    const taken = shops.flatMap(({ parcels }) => parcels.flatMap((parcel) => (parcel.door === 'Kinesis' ? [] : parcel.lines)));

    expect(taken.map(content).filter((line) => !standing.has(line))).toEqual([]);
  });

  test('the consumers come to the end of the stream, and give nothing up', async () => {
    expect(await within(consumersCaughtUp(stack.outputs))).toBe('done');
    expect([...(await objectsBelow(stack, 'aws/lambda/')).keys()]).toEqual([]);
  });

  test('the API knows every invoice and every customer as the model does', async () => {
    // Whoever had a line in any version, though it may have none now; a file is the warehouse's alone.
    const invoiceNos = new Set([...accepted, ...rows].map(({ invoiceNo }) => invoiceNo));
    const customerIds = new Set([...accepted, ...rows].flatMap(({ customerId }) => customerId ?? []));

    const answers = await apiAnswers(stack, [...invoiceNos], [...customerIds]);

    expect(differences(answers, expectedApiAnswers(accepted))).toEqual([]);
  });

  test('the raw layer, read as a set, holds every accepted version and nothing else', async () => {
    expect(differences(await rawTexts(stack), expectedRaw(accepted))).toEqual([]);
  });

  test('every text that is stored nowhere is in a reject', async () => {
    const expected = records.flatMap(({ sequenceNumber, refused }): [string, number][] =>
      refused.length === 0 ? [] : [[sequenceNumber, new Set(refused.map(({ bytes }) => bytes.toString('base64'))).size]],
    );

    const rejects = heldRejects(await objectsBelow(stack, 'rejected/store-writer/'));

    expect(differences({ rejects }, { rejects: Object.fromEntries(expected) })).toEqual([]);
  });

  test('the warehouse holds the same lines, and those of the file', async () => {
    expect(await within(warehouse.caughtUp(true))).toBe('done');

    const held = await heldLines((sql) => warehouse.ask(sql));

    expect(differences(held, expectedLines([...accepted, ...rows]))).toEqual([]);
  });

  test('sales through the API are what these lines come to', async () => {
    const client = clientOf(stack);

    const answered = await apiSales(client);
    client.close();

    expect(differences(answered, expectedSales([...accepted, ...rows]))).toEqual([]);
  });

  test('a customer who bought more pieces than 2^31 is answered to the piece, and so are sales', async () => {
    const lines = linesOf('large', 2_200, { customerId: 'large', country: 'Malta', quantity: 1_000_000, unitPrice: '0.999' });
    for (let from = 0; from < lines.length; from += 250)
      await sendParcel(() => stack, { door: 'GraphQL', lines: lines.slice(from, from + 250) });
    expect(await within(consumersCaughtUp(stack.outputs))).toBe('done');
    expect(await within(warehouse.caughtUp())).toBe('done');
    const client = clientOf(stack);

    const [customer, invoice, sales] = await Promise.all([
      client.customer('large'),
      client.invoice('large'),
      client.sales({ groupBy: ['COUNTRY'], where: { countries: ['Malta'] } }),
    ]);
    client.close();

    const sums = { units: 2_200_000_000, lines: 2_200, money: '2197800000.000' };
    const toldOf = (one: { units: unknown } | null | undefined, count: unknown, money: unknown) => ({
      units: Number(one?.units),
      lines: count,
      money,
    });
    expect(toldOf(customer, customer?.lineCount, customer?.revenue)).toEqual(sums);
    expect(toldOf(invoice, invoice?.lineCount, invoice?.total)).toEqual(sums);
    expect(toldOf(sales.rows[0], sales.rows[0]?.lines, sales.rows[0]?.revenue)).toEqual(sums);
  });
});
