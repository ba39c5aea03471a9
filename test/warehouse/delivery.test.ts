import * as fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RedshiftSession } from '@tillgraph/local-aws';
import { compareVersions, contentOf } from '../../domain/line-version.ts';
import type { TransactionLine } from '../../domain/transaction-line.ts';
import { line } from '../support/lines.ts';
import { givenShop, landingRow, type Shop } from './given-shop.ts';
import { allRollupsAndTruth, invoicesAndTruth, rollupAndTruth } from './rollup-truth.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await givenShop();
});
beforeEach(() => shop.empty());

describe('what COPY brings', () => {
  const COLUMNS = 'lineid,invoiceno,stockcode,description,quantity,invoicedate,unitprice,customerid,country,sentat';

  /** Copy one object through a manifest, as Firehose does. */
  async function copy(session: RedshiftSession, name: string, body: string): Promise<void> {
    shop.objects.put(`firehose/${name}`, body);
    shop.objects.put(
      `manifests/${name}`,
      JSON.stringify({ entries: [{ url: `s3://bucket/firehose/${name}`, mandatory: true }] }),
    );
    await session.run(
      `COPY intake.landing (${COLUMNS}) FROM 's3://bucket/manifests/${name}' CREDENTIALS 'aws_iam_role=arn:aws:iam::000000000000:role/x'
       MANIFEST JSON 'auto ignorecase' TIMEFORMAT 'auto' ACCEPTINVCHARS TRUNCATECOLUMNS MAXERROR 100000`,
    );
  }

  const json = (one: TransactionLine) => `${JSON.stringify(one)}\n`;

  test('is loaded, and a line that fits no rule is traced to its manifest', async () => {
    const loader = await shop.session('landing_writer');
    await copy(loader, 'one', json(line()) + json(line({ lineId: 'b', country: 'a\u0001' })));

    await shop.load();

    expect(await shop.rows('SELECT COUNT(*) FROM mart.sales_line')).toEqual([['1']]);
    expect(await shop.rows('SELECT source_object, lineid FROM intake.reject')).toEqual([['s3://bucket/manifests/one', 'b']]);
  });

  test('and what it cannot land is traced to line and file once, however often it is copied', async () => {
    const loader = await shop.session('landing_writer');
    const body = `${json(line())}{"lineId": \n${json(line({ lineId: 'b' }))}`;
    await copy(loader, 'two', body);
    await shop.load();
    await copy(loader, 'two', body);

    await shop.load();

    const rejects = await shop.rows('SELECT source_object, line_number, reason FROM intake.reject');
    expect(rejects.map(([object, number]) => [object, number])).toEqual([['s3://bucket/firehose/two', '2']]);
    expect(rejects[0]?.[2]).toMatch(/\S/);
    expect(await shop.rows('SELECT COUNT(*) FROM mart.sales_line')).toEqual([['2']]);
  });
});

/** What is left of versions of lines that came in any order: of each line of an invoice the greatest. */
function winners(versions: readonly TransactionLine[]): string[] {
  const won = new Map<string, TransactionLine>();
  for (const version of versions) {
    const identity = `${version.invoiceNo}/${version.lineId}`;
    const other = won.get(identity);
    if (other === undefined || compareVersions(version, other) > 0) won.set(identity, version);
  }
  return [...won].map(([identity, one]) => [identity, contentOf(one), one.sentAt].join('|')).sort();
}

const version: fc.Arbitrary<TransactionLine> = fc
  .record({
    lineId: fc.constantFrom('1', '2'),
    invoiceNo: fc.constantFrom('1', '2', 'C3', 'A4'),
    stockCode: fc.constantFrom('X', 'x', 'POST'),
    // Empty is absent.
    description: fc.constantFrom('', 'CUP', 'CUPS'),
    quantity: fc.constantFrom(1, 9, 10, -3),
    invoiceDate: fc.constantFrom('2010-12-31T23:59:59Z', '2011-01-01T00:00:00Z', '2011-01-03T10:00:00Z'),
    unitPrice: fc.constantFrom('0.001', '2.550', '-11062.060'),
    customerId: fc.constantFrom(undefined, '17850', '5'),
    country: fc.constantFrom('EIRE', 'France'),
    sentAt: fc.integer({ min: 1, max: 3 }),
  })
  .map((changes) => line(changes));

/** Versions, and how they are cut into loads: some come again later. */
const deliveries = fc.array(fc.array(version, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 4 }).chain((loads) =>
  fc.record({
    loads: fc.constant(loads),
    again: fc.subarray(loads.flat()),
  }),
);

test('however lines are delivered, the same ones are true, and every sum is what they come to', async () => {
  await fc.assert(
    fc.asyncProperty(deliveries, async ({ loads, again }) => {
      await shop.empty();

      for (const load of [...loads, again]) {
        await shop.land(...load.map(landingRow));
        await shop.load();
      }
      await shop.refresh();

      const held = await shop.rows(
        `SELECT invoice_no || '/' || line_id, stock_code, COALESCE(description, ''), quantity, TO_CHAR(invoice_ts, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
           unit_price, COALESCE(customer_id, ''), country, sent_at FROM mart.sales_line`,
      );
      const lines = held.map(([id, ...rest]) => [id, rest.slice(0, -1).join('\u001f'), rest.at(-1)].join('|')).sort();
      expect(lines).toEqual(winners(loads.flat()));
      const invoices = await invoicesAndTruth(shop);
      expect(invoices.held).toEqual(invoices.truth);
      const rollups = await allRollupsAndTruth(shop);
      expect(rollups.held).toEqual(rollups.truth);
      const products = await rollupAndTruth(shop, 'PRODUCT');
      expect(products.held).toEqual(products.truth);
    }),
    { numRuns: 30, seed: 541_909 },
  );
});
