import * as fc from 'fast-check';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { compareVersions } from '../../domain/line-version.ts';
import type { TransactionLine } from '../../domain/transaction-line.ts';
import { line } from '../support/lines.ts';
import { givenShop, landingRow, type Shop } from './given-shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await givenShop();
});
beforeEach(() => shop.empty());

/** Texts whose order differs between bytes, UTF-16 units and alphabets. */
const TEXTS = ['\ufb01', '😀', '😀a', 'é', 'e\u0301', 'Z', 'a', 'A', 'a b', 'a!', '~', '\ue000', '日', "O'NEIL", 'back\\slash'];

/** A version of a line: few values, so that many versions differ in one field alone. */
const version = fc
  .record({
    sentAt: fc.constantFrom(0, 1, 253_402_300_799_999),
    stockCode: fc.constantFrom(...TEXTS),
    description: fc.option(fc.constantFrom(...TEXTS), { nil: undefined }),
    quantity: fc.constantFrom(0, 1, -1, 9, 10, -10, 1_000_000, -1_000_000),
    invoiceDate: fc.constantFrom('2010-12-01T08:26:00Z', '2010-12-01T08:26:01Z', '1900-01-01T00:00:00Z', '2199-12-31T23:59:59Z'),
    unitPrice: fc.constantFrom('0.000', '-0.500', '-0.001', '0.500', '2.550', '9.000', '-9.000'),
    customerId: fc.option(fc.constantFrom('1', 'a', 'A', '1_', '1-'), { nil: undefined }),
    country: fc.constantFrom(...TEXTS),
  })
  .map(({ description, ...rest }): TransactionLine => {
    const { description: _, ...whole } = line(rest);
    return description === undefined ? whole : { ...whole, description };
  });

const held = `SELECT invoice_no || '/' || line_id, stock_code, description, quantity, TO_CHAR(invoice_ts, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    unit_price, customer_id, country, sent_at
  FROM mart.sales_line ORDER BY 1`;

const written = (one: TransactionLine) => [
  ...[`${one.invoiceNo}/${one.lineId}`, one.stockCode, one.description ?? null, String(one.quantity), one.invoiceDate],
  ...[one.unitPrice, one.customerId ?? null, one.country, String(one.sentAt)],
];

test('the version that counts is the greatest by line-version.ts, in one load and in several', async () => {
  const histories = fc.sample(fc.array(version, { minLength: 2, maxLength: 5 }), { numRuns: 400, seed: 20_111_209 });
  const versions = histories.map((history, place) =>
    history.map((one): TransactionLine => ({ ...one, invoiceNo: String(1000 + (place % 7)), lineId: `line-${String(place)}` })),
  );
  const truth = versions.map((history) => history.reduce((one, other) => (compareVersions(one, other) < 0 ? other : one)));

  await shop.land(...versions.flat().map(landingRow));
  await shop.load();
  const inOneLoad = await shop.rows(held);
  await shop.empty();
  for (let place = 4; place >= 0; place--) {
    await shop.land(...versions.flatMap((history) => history.slice(place, place + 1)).map(landingRow));
    await shop.load();
  }

  const expected = truth.map(written).sort(([one = ''], [other = '']) => (String(one) < String(other) ? -1 : 1));
  expect(new Set(truth.map(({ stockCode }) => stockCode)).size).toBeGreaterThan(5);
  expect(inOneLoad).toEqual(expected);
  expect(await shop.rows(held)).toEqual(expected);
});

test.each<[string, Partial<TransactionLine>, Partial<TransactionLine>]>([
  ['an emoji after U+FB01, as in bytes', { country: '😀' }, { country: '\ufb01' }],
  ['-0.500 before 0.500, as texts', { unitPrice: '0.500' }, { unitPrice: '-0.500' }],
  ['9 after 10, as texts', { quantity: 9 }, { quantity: 10 }],
  ['a guest before a customer', { customerId: '1' }, {}],
])('puts %s', async (_name, greater, smaller) => {
  const [great, small] = [greater, smaller].map((one) => line({ customerId: undefined, ...one }));
  for (const order of [
    [great!, small!],
    [small!, great!],
  ]) {
    await shop.empty();
    await shop.land(...order.map(landingRow));

    await shop.load();

    expect(compareVersions(great!, small!)).toBeGreaterThan(0);
    expect(await shop.rows(held)).toEqual([written(great!)]);
  }
});
