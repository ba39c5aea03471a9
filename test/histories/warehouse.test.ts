import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { TransactionLine } from '../../domain/transaction-line.ts';
import { line, linesOf } from '../support/lines.ts';
import { givenShop, landingRow, type LandingRow, type Shop } from '../warehouse/given-shop.ts';
import { allRollupsAndTruth, invoicesAndTruth, rollupAndTruth } from '../warehouse/rollup-truth.ts';
import type { Kinds } from './arbitrary.ts';
import { differences } from './differences.ts';
import { passedByFirehose } from './firehose-passes.ts';
import { runs } from './runs.ts';
import { expectedLines, heldLines } from './warehouse-lines.ts';
import { lives, LOADS, ofShop, type Life } from './warehouse-life.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await givenShop();
});

const COLUMNS = 'lineid, invoiceno, stockcode, description, quantity, invoicedate, unitprice, customerid, country, sentat';

/** Firehose stages records in one object and copies it, as the delivery stream of the stack does. */
async function deliver(name: string, records: readonly Buffer[]): Promise<void> {
  if (records.length === 0) return;
  shop.objects.put(`firehose/${name}`, passedByFirehose(records));
  shop.objects.put(`manifests/${name}`, JSON.stringify({ entries: [{ url: `s3://bucket/firehose/${name}`, mandatory: true }] }));
  await shop.rows(
    `COPY intake.landing (${COLUMNS}) FROM 's3://bucket/manifests/${name}' CREDENTIALS 'aws_iam_role=arn:aws:iam::000000000000:role/x'
     MANIFEST JSON 'auto ignorecase' TIMEFORMAT 'auto' ACCEPTINVCHARS TRUNCATECOLUMNS MAXERROR 100000`,
  );
}

/** Bring all of it, every shop's in the same loads. @returns the lines that were accepted */
async function bring(all: readonly Life[]): Promise<TransactionLine[]> {
  const accepted: TransactionLine[] = [];
  for (let load = 0; load <= LOADS; load++) {
    const records: Buffer[] = [];
    const rows: LandingRow[] = [];
    all.forEach(({ arrivals }, number) => {
      for (const { door, writing, ...when } of arrivals) {
        if (when.load !== load && !(when.again && when.load + 1 === load)) continue;
        const { bytes, ruling } = ofShop(writing, number);
        if ('accepted' in ruling) accepted.push(ruling.accepted);
        if (door === 'stream') records.push(bytes);
        else if ('accepted' in ruling) rows.push({ ...landingRow(ruling.accepted), source: 'import/manifests/file.json' });
      }
    });
    await deliver(`load-${load}`, records);
    await shop.land(...rows);
    await shop.load();
  }
  await shop.refresh();
  return accepted;
}

/** So many shops at once, at most: each of them is a history of its own. On average it is half of them. */
const SHOPS = 200;
const SHOPS_OF_A_RUN = SHOPS / 2;

async function expectRight(kinds: Kinds, usualShops: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(lives(kinds), { minLength: 1, maxLength: SHOPS, size: 'max' }), async (all) => {
      await shop.empty();
      const accepted = await bring(all);

      expect(differences(await heldLines((sql) => shop.rows(sql)), expectedLines(accepted))).toEqual([]);
      for (const { held, truth } of [
        await invoicesAndTruth(shop),
        await allRollupsAndTruth(shop),
        await rollupAndTruth(shop, 'PRODUCT'),
      ])
        expect(held).toEqual(truth);
    }),
    { numRuns: Math.ceil(runs(usualShops) / SHOPS_OF_A_RUN) },
  );
}

/** A failure is shrunk, by a load of the warehouse at each step. */
const TIME_TO_SHRINK = 900_000;

describe(
  'the warehouse holds the latest version of each accepted line, and every sum of them, when',
  { timeout: TIME_TO_SHRINK },
  () => {
    test('lines are streamed and imported, in any order and again', async () => {
      await expectRight({}, 200);
    });

    test('lines are corrected, and given to other customers', async () => {
      await expectRight({ shared: true, corrected: true }, 400);
    });

    test('foreign producers write whatever comes to mind', async () => {
      await expectRight({ shared: true, corrected: true, foreign: 'anything' }, 400);
    });
  },
);

/** What no rule lets pass, by column: nothing at all first. */
const WRONG: Readonly<Record<keyof LandingRow, readonly (string | undefined)[]>> = {
  lineid: [undefined, '', ' ', '-1', 'a b', 'a\tb', 'a\nb', 'x'.repeat(65)],
  invoiceno: [undefined, '', 'A 1', '\u00c9', 'x'.repeat(33)],
  stockcode: [undefined, '', '  ', 'a\u0001', 'x'.repeat(41)],
  description: ['a\tb', 'x'.repeat(201)],
  quantity: [undefined, '', 'null', '1.0', '1e2', '+1', '--1', '1000001', '99999999999999999999', 'NaN', 'true'],
  invoicedate: [undefined, '', '2011-02-29T00:00:00Z', '2011-01-01', '2011-01-01T24:00:00Z', 'yesterday'],
  unitprice: [undefined, '', '2,50', '1e3', '2.5000', '1000000', '.5', 'NaN'],
  customerid: ['-', 'a.b', 'a b', 'x'.repeat(33)],
  country: [undefined, '', 'a\u007f', 'x'.repeat(61)],
  sentat: [undefined, '', '-1', '1.5', '1e3', '1700000000000000', 'now'],
  source: [],
};

const WRONG_ROWS = Object.entries(WRONG).flatMap(([column, values], place) =>
  values.map((value, among): LandingRow => {
    const right = landingRow(line({ lineId: `wrong-${place}-${among}`, invoiceNo: '536366' }));
    const others = Object.fromEntries(Object.entries(right).filter(([name]) => name !== column));
    return value === undefined ? others : { ...others, [column]: value };
  }),
);

test('no row of the landing table stops a load: what fits no rule is set aside alone', { timeout: TIME_TO_SHRINK }, async () => {
  const right = linesOf('536365', 3);
  await fc.assert(
    fc.asyncProperty(fc.subarray(WRONG_ROWS, { minLength: 1 }), async (wrong) => {
      await shop.empty();

      await shop.land(...wrong, ...right.map(landingRow));
      await shop.load();

      expect(differences(await heldLines((sql) => shop.rows(sql)), expectedLines(right))).toEqual([]);
      // Rows that differ in blanks at the end alone are one to Redshift.
      const rejects = new Set(wrong.map((row) => JSON.stringify(row).replaceAll(/ +"/g, '"')));
      expect(await shop.rows('SELECT COUNT(*) FROM intake.reject WHERE line_number IS NULL')).toEqual([[String(rejects.size)]]);
      expect(await shop.rows('SELECT COUNT(*) FROM intake.landing')).toEqual([['0']]);
    }),
    { numRuns: 8 },
  );
});

test('amounts as large as a line may have do not stop a load, however many there are', async () => {
  await shop.empty();
  const lines = linesOf('536365', 1_001, { quantity: 1_000_000, unitPrice: '0.999' });

  await shop.land(...lines.map(landingRow));
  await shop.load();

  expect(await shop.rows(`SELECT revenue, units FROM mart.agg_sales WHERE grouping_name = 'TOTAL'`)).toEqual([
    ['999999000.000', '1001000000'],
  ]);
});

test('an amount that is larger than a line may have is set aside alone', async () => {
  await shop.empty();
  const right = linesOf('536365', 2);
  const tooLarge = linesOf('536366', 1_001, { quantity: 1_000_000, unitPrice: '999999.999' });

  await shop.land(...[...right, ...tooLarge].map(landingRow));
  await shop.load();

  expect(differences(await heldLines((sql) => shop.rows(sql)), expectedLines(right))).toEqual([]);
  expect(await shop.rows('SELECT COUNT(*) FROM intake.reject WHERE line_number IS NULL')).toEqual([['1001']]);
});
