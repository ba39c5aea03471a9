import * as fc from 'fast-check';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { EXPECTED } from '../../domain/line-rules.ts';
import { line } from '../support/lines.ts';
import { givenShop, landingRow, type LandingRow, type Shop } from './given-shop.ts';
import { allRollupsAndTruth, invoicesAndTruth, rollupAndTruth } from './rollup-truth.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await givenShop();
});
beforeEach(() => shop.empty());

const COLUMNS = [
  ...(['lineid', 'invoiceno', 'stockcode', 'description', 'quantity'] as const),
  ...(['invoicedate', 'unitprice', 'customerid', 'country', 'sentat'] as const),
];
type Column = (typeof COLUMNS)[number];

const good = landingRow(line());

/** What is right, but at an edge; with what is right these make lines whose every combination must be taken. */
const EDGES: Readonly<Record<Column, readonly string[]>> = {
  lineid: ['1', '2', ' 3 ', 'a'.repeat(64)],
  invoiceno: ['1', 'C1', 'A1', ' 5 ', '9'.repeat(32)],
  stockcode: ['😀'.repeat(40), 'POST', "O'NEIL", '%', '\\'],
  description: ['😀'.repeat(200), ' ', "';--", '日'],
  quantity: ['1000000', '-1000000', '0', '-0', '000006', ' 7'],
  invoicedate: ['1900-01-01T00:00:00Z', '2199-12-31T23:59:59.000000000Z', '2012-02-29T00:00:00Z', ' 2011-01-01T00:00:00Z'],
  unitprice: ['999999.999', '-999999.999', '9', '-9.000', '9.001', '0', '-0', '-0.000', '0.001', ' 1'],
  customerid: ['x'.repeat(32), '', ' ', '1'],
  country: ['😀'.repeat(60), 'EIRE', 'null', '-'],
  sentat: ['0', '253402300799999', ' 1', '000000000000001'],
};

const WRONG = [
  ...['', ' ', '\u00a0', '\t', '\n1', '1\n', '\u0001', '\u007f', '\ufeff', '\u2028'],
  ...['NaN', 'Infinity', '-Infinity', 'null', 'undefined', 'true', '1e2', '1E-9', '0x10', '1.0', '--1', '+1', '1,000', '٣', '１'],
  ...['1000001', '-1000001', '2147483648', '-2147483649', '9223372036854775808', '9'.repeat(40), `0.${'0'.repeat(40)}1`],
  ...['9999-99-99T99:99:99Z', '0000-00-00T00:00:00Z', '2011-02-30T00:00:00Z', '294277-01-01T00:00:00Z', 'epoch', 'infinity'],
  ...["'", '"', '\\', '%', '_', ';', '$1', ':name', '{}', '[]', '{"a":1}', 'x'.repeat(1024), '😀'.repeat(256)],
];

/** A text that a column of the landing table can hold. */
const anyText = fc
  .string({ unit: 'grapheme', maxLength: 60 })
  .map((text) => text.replaceAll('\u0000', ''))
  .filter((text) => Buffer.byteLength(text) <= 1024);

const cell = (column: Column) =>
  fc.oneof(
    { weight: 40, arbitrary: column === 'lineid' ? fc.nat({ max: 40 }).map(String) : fc.constant(good[column]) },
    { weight: 12, arbitrary: fc.constantFrom(...EDGES[column]) },
    { weight: 1, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom(...WRONG) },
    { weight: 1, arbitrary: anyText },
  );

const anyRow: fc.Arbitrary<LandingRow> = fc.record({
  ...(Object.fromEntries(COLUMNS.map((column) => [column, cell(column)])) as Record<Column, fc.Arbitrary<string | undefined>>),
  source: fc.constantFrom(undefined, 'import/manifests/1', 'import/manifests/2'),
});

/** Blanks at the end make no difference to Redshift, so rows that differ in them alone are one reject. */
const contentOf = (row: LandingRow) => textOf(COLUMNS.map((column) => row[column]));
const textOf = (values: readonly (string | null | undefined)[]) =>
  JSON.stringify(values.map((value) => (value ?? '').replace(/ +$/, '')));
const identityOf = ({ invoiceno = '', lineid = '' }: LandingRow) => `${invoiceno.trim()}/${lineid.trim()}`;

/** Every row of the loads is a line or a reject, and all sums are what the lines come to. */
async function expectAllThere(rows: readonly LandingRow[]): Promise<number> {
  const rejected = await shop.rows(`SELECT reason, ${COLUMNS.join(', ')} FROM intake.reject`);
  const refused = new Set(rejected.map(([, ...content]) => textOf(content)));
  const held = new Set((await shop.rows("SELECT invoice_no || '/' || line_id FROM mart.sales_line")).map(([one]) => one));
  expect(rows.filter((row) => !refused.has(contentOf(row)) && !held.has(identityOf(row)))).toEqual([]);
  expect(held).toEqual(new Set(rows.filter((row) => !refused.has(contentOf(row))).map(identityOf)));
  for (const [reason = ''] of rejected) {
    const [field = ''] = (reason ?? '').split(':');
    expect(reason).toContain(`${field}: write ${EXPECTED[field as keyof typeof EXPECTED]}: got "`);
  }
  const [[waiting, read, accounted] = []] = await shop.rows(`SELECT (SELECT COUNT(*) FROM intake.landing), SUM(lines_in),
    SUM(lines_rejected + lines_repeated + lines_new + lines_changed + lines_unchanged) FROM intake.load_audit`);
  expect([waiting, read, accounted]).toEqual(['0', String(rows.length), String(rows.length)]);
  const invoices = await invoicesAndTruth(shop);
  expect(invoices.held).toEqual(invoices.truth);
  const rollups = await allRollupsAndTruth(shop);
  expect(rollups.held).toEqual(rollups.truth);
  const products = await rollupAndTruth(shop, 'PRODUCT');
  expect(products.held).toEqual(products.truth);
  return held.size;
}

test('each row ends as a line or as a reject, whatever it holds, and no load stops', async () => {
  let lines = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(anyRow, { minLength: 40, maxLength: 150 }), async (rows) => {
      await shop.empty();
      const half = Math.floor(rows.length / 2);
      for (const part of [rows.slice(0, half), rows.slice(half)]) {
        await shop.land(...part);
        await shop.load();
      }
      await shop.refresh();

      lines += await expectAllThere(rows);
    }),
    { numRuns: 12, seed: 20_111_209 },
  );
  expect(lines).toBeGreaterThan(300);
}, 120_000);

test('each column that is NULL or wrong is the reason for a reject, or no reason at all, alone', async () => {
  const rows = COLUMNS.flatMap((column) => [undefined, ...WRONG].map((value) => ({ ...good, [column]: value })));
  await shop.land(...rows);

  await shop.load();
  await shop.refresh();

  await expectAllThere(rows);
  const withoutIt = await shop.rows(`SELECT SPLIT_PART(reason, ':', 1) FROM intake.reject
    WHERE lineid IS NULL OR invoiceno IS NULL OR stockcode IS NULL OR quantity IS NULL OR invoicedate IS NULL OR unitprice IS NULL
      OR country IS NULL OR sentat IS NULL ORDER BY 1`);
  expect(withoutIt.flat()).toEqual([
    ...['country', 'invoiceDate', 'invoiceNo', 'lineId', 'quantity', 'sentAt', 'stockCode', 'unitPrice'],
  ]);
});
