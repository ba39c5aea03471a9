import * as fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { acceptSentLine, isRefusal } from '../../domain/accepted-line.ts';
import { EXPECTED, type SentLine } from '../../domain/line-rules.ts';
import { JUDGED_LINES } from '../support/judged-lines.ts';
import { line } from '../support/lines.ts';
import { TEXTS_AT_LIMITS } from '../support/texts-at-limits.ts';
import { givenShop, landingRow, statementsOf, type LandingRow, type Shop } from './given-shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await givenShop();
});
beforeEach(() => shop.empty());

const good = landingRow(line());

test('what to write instead is said in the words of the doors', async () => {
  const rules = await shop.rows('SELECT field, expected FROM intake.line_rule');

  expect(Object.fromEntries(rules)).toEqual(EXPECTED);
});

describe('a line is rejected with its reason', () => {
  const long = 'x'.repeat(81);

  test.each<[string, LandingRow, string]>([
    ['without an id', { lineid: '' }, `lineId: write ${EXPECTED.lineId}: got ""`],
    ['with a blank in its id', { lineid: 'a b' }, `lineId: write ${EXPECTED.lineId}: got "a b"`],
    ['with too long an id', { lineid: long }, `lineId: write ${EXPECTED.lineId}: got "${'x'.repeat(80)}…"`],
    [
      'with too long an invoice number',
      { invoiceno: '1'.repeat(33) },
      `invoiceNo: write ${EXPECTED.invoiceNo}: got "${'1'.repeat(33)}"`,
    ],
    ['without a stock code', { stockcode: '  ' }, `stockCode: write ${EXPECTED.stockCode}: got ""`],
    ['with a line end in its description', { description: 'a\nb' }, `description: write ${EXPECTED.description}: got "a\nb"`],
    ['with DEL in its country', { country: 'a\u007fb' }, `country: write ${EXPECTED.country}: got "a\u007fb"`],
    ['with half a piece', { quantity: '1.5' }, `quantity: write ${EXPECTED.quantity}: got "1.5"`],
    ['with a quantity in words', { quantity: 'six' }, `quantity: write ${EXPECTED.quantity}: got "six"`],
    ['with too large a quantity', { quantity: '-1000001' }, `quantity: write ${EXPECTED.quantity}: got "-1000001"`],
    [
      'of a day that never was',
      { invoicedate: '2011-02-29T08:26:00Z' },
      `invoiceDate: write ${EXPECTED.invoiceDate}: got "2011-02-29T08:26:00Z"`,
    ],
    ['of local time', { invoicedate: '2011-02-28 08:26' }, `invoiceDate: write ${EXPECTED.invoiceDate}: got "2011-02-28 08:26"`],
    [
      'of the year 2200',
      { invoicedate: '2200-01-01T00:00:00Z' },
      `invoiceDate: write ${EXPECTED.invoiceDate}: got "2200-01-01T00:00:00Z"`,
    ],
    ['with a price of four places', { unitprice: '1.0005' }, `unitPrice: write ${EXPECTED.unitPrice}: got "1.0005"`],
    ['with a price in another notation', { unitprice: '1e3' }, `unitPrice: write ${EXPECTED.unitPrice}: got "1e3"`],
    ['with a dot in its customer', { customerid: '17850.0' }, `customerId: write ${EXPECTED.customerId}: got "17850.0"`],
    ['with too long a country', { country: 'é'.repeat(61) }, `country: write ${EXPECTED.country}: got "${'é'.repeat(61)}"`],
    ['with a time it was sent that is none', { sentat: '2010-12-01' }, `sentAt: write ${EXPECTED.sentAt}: got "2010-12-01"`],
    ['without a quantity', { quantity: undefined }, `quantity: write ${EXPECTED.quantity}: got ""`],
    ['without a time it was sent', { sentat: undefined }, `sentAt: write ${EXPECTED.sentAt}: got "nothing"`],
    [
      'of more pounds than can be summed',
      { quantity: '1000000', unitprice: '9.001' },
      `amount: write ${EXPECTED.amount}: got "1000000 x 9.001"`,
    ],
    [
      'of more pounds than can be taken back',
      { quantity: '10', unitprice: '-900000.001' },
      `amount: write ${EXPECTED.amount}: got "10 x -900000.001"`,
    ],
    ['by its first field that is wrong', { quantity: 'six', country: '' }, `quantity: write ${EXPECTED.quantity}: got "six"`],
  ])('%s, and kept as it came', async (_name, wrong, reason) => {
    const row = { ...good, ...wrong, source: 's3://bucket/bulk/part-0' };
    await shop.land(row, good);

    await shop.load();

    const [held, ...others] = await shop.rows(
      `SELECT reason, source_object, lineid, invoiceno, stockcode, description, quantity, invoicedate, unitprice, customerid, country, sentat
       FROM intake.reject`,
    );
    expect(others).toEqual([]);
    const kept = [
      ...[reason, row.source, row.lineid, row.invoiceno, row.stockcode, row.description],
      ...[row.quantity, row.invoicedate, row.unitprice, row.customerid, row.country, row.sentat],
    ];
    expect(held).toEqual(kept.map((value) => value ?? null));
    expect(await shop.rows('SELECT lines_in, lines_rejected, lines_new FROM intake.load_audit')).toEqual([['2', '1', '1']]);
  });

  test.each<[string, LandingRow]>([
    ['40 characters of four bytes', { stockcode: '😀'.repeat(40) }],
    ['200 characters of four bytes', { description: '😀'.repeat(200) }],
    ['60 characters of four bytes', { country: '😀'.repeat(60) }],
    ['the first and the last day', { invoicedate: '1900-01-01T00:00:00Z' }],
    ['the largest quantity and amount', { quantity: '-1000000', unitprice: '-9.000' }],
    ['the largest price', { quantity: '-9', unitprice: '999999.999' }],
    ['the largest amount of few pieces', { quantity: '12', unitprice: '750000' }],
    ['a leap day, to the nanosecond', { invoicedate: '2012-02-29T23:59:59.000000000Z' }],
  ])('but not for %s', async (_name, right) => {
    await shop.land({ ...good, ...right });

    await shop.load();

    expect(await shop.rows('SELECT COUNT(*) FROM mart.sales_line')).toEqual([['1']]);
    expect(await shop.rows('SELECT reason FROM intake.reject')).toEqual([]);
  });
});

test('a row is put aside also where no words for its field are known', async () => {
  const words = EXPECTED.country.replaceAll("'", "''");
  await shop.rows("DELETE FROM intake.line_rule WHERE field = 'country'");
  await shop.land({ ...good, country: '' });

  await shop.load();

  await shop.rows(`INSERT INTO intake.line_rule (field, expected) VALUES ('country', '${words}')`);
  expect(await shop.rows('SELECT reason FROM intake.reject')).toEqual([
    ['country: write what the rules of a line allow: got ""'],
  ]);
  expect(await shop.rows('SELECT COUNT(*) FROM intake.landing')).toEqual([['0']]);
});

test('what COPY could not land is put aside once, though the system tells nothing of it', async () => {
  const [, refused = '', reject = ''] = statementsOf('load-errors');
  const session = await shop.session();
  for (const sql of [
    'CREATE TEMP TABLE sys_load_history (query_id BIGINT, table_name VARCHAR(128), data_source VARCHAR(1024))',
    `CREATE TEMP TABLE sys_load_error_detail (query_id BIGINT, file_name VARCHAR(256), line_number BIGINT, column_name VARCHAR(127),
      column_type VARCHAR(10), column_length VARCHAR(10), error_message VARCHAR(512), start_time TIMESTAMP)`,
    "INSERT INTO sys_load_history VALUES (1, 'landing', NULL)",
    'INSERT INTO sys_load_error_detail (query_id) VALUES (1)',
  ])
    await session.run(sql);

  for (const statement of [refused, reject, 'DROP TABLE refused', refused, reject]) await session.run(statement);

  expect(await shop.rows('SELECT reason, source_object, line_number FROM intake.reject')).toEqual([
    [': write what COPY takes for (): ', '', '0'],
  ]);
});

test('a line that was rejected before is no news, wherever it comes from, and counts all the same', async () => {
  const wrong = { ...good, quantity: 'six' };
  await shop.land({ ...wrong, source: 'import/manifests/1' }, wrong, { ...wrong, sentat: '1700000000001' });
  await shop.load();
  await shop.land({ ...wrong, source: 'import/manifests/2' }, wrong, { ...wrong, lineid: '' });

  await shop.load();

  expect(await shop.rows('SELECT lineid, sentat FROM intake.reject ORDER BY landing_id')).toEqual([
    [good.lineid, good.sentat],
    [good.lineid, '1700000000001'],
    ['', good.sentat],
  ]);
  expect(await shop.rows('SELECT lines_in, lines_rejected FROM intake.load_audit')).toEqual([
    ['3', '3'],
    ['3', '3'],
  ]);
});

test('the lines that every judge is shown are taken and refused in the words of the table', async () => {
  await shop.land(
    ...JUDGED_LINES.map(({ sent }, place) => ({ ...landingRow({ ...sent, sentAt: 1 }), source: String(place).padStart(4, '0') })),
  );

  await shop.load();

  const rejected = await shop.rows('SELECT source_object, reason FROM intake.reject ORDER BY 1');
  const refused = JUDGED_LINES.flatMap(({ reason }, place) =>
    reason === undefined ? [] : [[String(place).padStart(4, '0'), reason]],
  );
  expect(rejected).toEqual(refused);
  expect(await shop.rows('SELECT lines_in FROM intake.load_audit')).toEqual([[String(JUDGED_LINES.length)]]);
});

test('what the doors refuse, and nothing else, is rejected for the same field in the same words', async () => {
  const atLimits = TEXTS_AT_LIMITS.map(({ field, text }) => ({ ...line(), [field]: text }));
  const lines = [...fc.sample(sentLine, { numRuns: 1500, seed: 20_111_209 }), ...atLimits].map((sent, place) => ({
    ...sent,
    place,
  }));
  await shop.land(
    ...lines.map(({ place, ...sent }) => ({ ...landingRow({ ...sent, sentAt: 1 } as never), source: String(place) })),
  );

  await shop.load();

  const rejected = new Map(
    (await shop.rows('SELECT source_object, reason FROM intake.reject')).map(([source, reason]) => [source, reason]),
  );
  const refused = lines.flatMap(({ place, ...sent }) => {
    const refusal = doorRefusal(sent);
    return refusal === undefined ? [] : [[String(place), refusal] as const];
  });
  expect(refused.length).toBeGreaterThan(300);
  expect(lines.length - refused.length).toBeGreaterThan(300);
  expect([...rejected].sort()).toEqual(refused.map(([place, reason]) => [place, reason]).sort());
});

/** Texts at the edges of the rules: mostly right ones, so that each rule is the first that fails now and then. */
function mostly(right: fc.Arbitrary<string>, ...wrong: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof({ weight: 40, arbitrary: right }, { weight: 3, arbitrary: fc.constantFrom(...wrong) });
}

const sentLine: fc.Arbitrary<SentLine> = fc.record(
  {
    lineId: mostly(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/), '', '-a', 'a/b', 'a'.repeat(65)),
    invoiceNo: mostly(fc.stringMatching(/^[AC]?[0-9]{1,31}$/), ' ', 'C:1', '1'.repeat(33)),
    stockCode: mostly(
      fc
        .string({ unit: fc.constantFrom('a', 'A', '1', ' ', 'é', '日', "'", '\\'), minLength: 1, maxLength: 40 })
        .filter((text) => text.trim() !== ''),
      '',
      'a\tb',
      'x'.repeat(41),
    ),
    description: mostly(fc.string({ unit: 'grapheme-ascii', maxLength: 200 }), 'a\u0001b', '日'.repeat(201), 'x'.repeat(201)),
    // Not all of them with a price of a line that can be summed.
    quantity: fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: -20, max: 20 }) },
      { weight: 2, arbitrary: fc.integer({ min: -1_000_000, max: 1_000_000 }) },
      { weight: 1, arbitrary: fc.constantFrom(1_000_001, -1_000_001, 0.5) },
    ),
    invoiceDate: mostly(
      fc
        .date({ min: new Date('1900-01-01T00:00:00Z'), max: new Date('2199-12-31T23:59:59Z'), noInvalidDate: true })
        .map((date) => `${date.toISOString().slice(0, 19)}Z`),
      ...['2100-02-29T00:00:00Z', '2011-04-31T00:00:00Z', '1899-12-31T00:00:00Z', '2011-01-01T24:00:00Z', '2011-01-01T00:00:60Z'],
      ...['2011-01-01T00:00:00', '2011-01-01T00:00:00.5Z', '2011-01-01T00:00:00.0000000000Z', '2011-1-1T00:00:00Z', ''],
    ),
    unitPrice: mostly(
      fc.integer({ min: -999_999_999, max: 999_999_999 }).map((mills) => (mills / 1000).toFixed(3)),
      ...['1000000', '01.5', '.5', '5.', '+1', '1.2345', '1,5', '', 'NaN'],
    ),
    customerId: mostly(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/), '-1', '1.0', 'x'.repeat(33)),
    country: mostly(fc.constantFrom('EIRE', "Cote d'Ivoire", 'Réunion', '  France  '), '', 'a\u001fb', 'x'.repeat(61)),
  },
  { requiredKeys: ['lineId', 'invoiceNo', 'stockCode', 'quantity', 'invoiceDate', 'unitPrice', 'country'] },
);

/** The message of a door. */
function doorRefusal(sent: SentLine): string | undefined {
  const outcome = acceptSentLine(sent, 1);
  return isRefusal(outcome) ? outcome.message : undefined;
}
