import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { line, type LineChanges } from '../support/lines.ts';
import { givenShop, land, landingRow, statementsOf, type Shop } from './given-shop.ts';
import { allRollupsAndTruth, invoicesAndTruth } from './rollup-truth.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await givenShop();
});
beforeEach(() => shop.empty());

const row = (changes: LineChanges = {}) => landingRow(line(changes));

const COUNTS = 'lines_in, lines_rejected, lines_repeated, lines_new, lines_changed, lines_unchanged';
/** What the last load says of itself, in the order of COUNTS. */
const lastCounts = async () =>
  (await shop.rows(`SELECT ${COUNTS} FROM intake.load_audit ORDER BY load_id DESC LIMIT 1`))[0]?.map(Number);

const lines = () => shop.rows('SELECT line_id, quantity, sent_at FROM mart.sales_line ORDER BY line_id');

async function expectRollupsRight(): Promise<void> {
  const invoices = await invoicesAndTruth(shop);
  expect(invoices.held).toEqual(invoices.truth);
  const rollups = await allRollupsAndTruth(shop);
  expect(rollups.held).toEqual(rollups.truth);
}

describe('a line', () => {
  test('is typed, and told from a cancellation and from a guest', async () => {
    await shop.land(
      row(),
      row({
        lineId: 'b',
        invoiceNo: 'C7',
        quantity: -3,
        unitPrice: '0.001',
        customerId: undefined,
        invoiceDate: '2011-02-14T23:59:59.000Z',
      }),
    );

    await shop.load();

    expect(await shop.rows('SELECT * FROM mart.sales_line ORDER BY line_id')).toEqual([
      [
        ...['536365', '536365-b554dfdb0730-1', '85123A', 'WHITE HANGING HEART T-LIGHT HOLDER', '6', '2.550', '15.300'],
        ...['2010-12-01 08:26:00', '2010-12-01', '8', '17850', 'United Kingdom', 'f', '1700000000000'],
      ],
      [
        ...['C7', 'b', '85123A', 'WHITE HANGING HEART T-LIGHT HOLDER', '-3', '0.001', '-0.003'],
        ...['2011-02-14 23:59:59', '2011-02-14', '23', null, 'United Kingdom', 't', '1700000000000'],
      ],
    ]);
    expect(await shop.rows('SELECT COUNT(*) FROM intake.landing')).toEqual([['0']]);
    await expectRollupsRight();
  });

  test('keeps inner blanks and case, and loses outer blanks', async () => {
    await shop.land({ ...row(), stockcode: ' 85123a ', description: '\ta  Heart ', customerid: '   ', country: ' EIRE' });
    await shop.land({
      ...row({ lineId: 'b' }),
      stockcode: ' 85123a ',
      description: '  a  Heart ',
      customerid: '   ',
      country: ' EIRE',
    });

    await shop.load();

    expect(await shop.rows('SELECT stock_code, description, customer_id, country FROM mart.sales_line')).toEqual([
      ['85123a', 'a  Heart', null, 'EIRE'],
    ]);
    expect(await shop.rows('SELECT COUNT(*) FROM intake.reject')).toEqual([['1']]);
  });

  test('counts once, however often it arrives in one load', async () => {
    await shop.land(row(), row(), row({ lineId: 'b' }), row());

    await shop.load();

    expect(await lines()).toHaveLength(2);
    expect(await lastCounts()).toEqual([4, 0, 2, 2, 0, 0]);
    await expectRollupsRight();
  });

  test('counts once, in however many loads it arrives', async () => {
    await shop.land(row());
    await shop.load();
    await shop.land(row(), row());

    await shop.load();

    expect(await lines()).toHaveLength(1);
    expect(await lastCounts()).toEqual([2, 0, 1, 0, 0, 1]);
  });

  test('is not changed by the same content in another spelling', async () => {
    await shop.land(row());
    await shop.load();
    await shop.land({ ...row({ unitPrice: '2.55', invoiceDate: '2010-12-01T08:26:00.00Z' }), quantity: '06' });

    await shop.load();

    expect(await lastCounts()).toEqual([1, 0, 0, 0, 0, 1]);
  });
});

describe('a line is known by its invoice and its id', () => {
  const IDS = ['1', '2', '3'];

  test('so invoices whose lines are numbered alike keep all of them', async () => {
    const rows = ['7', '8', '9', 'C7', 'A8'].flatMap((invoiceNo) => IDS.map((lineId) => row({ invoiceNo, lineId })));
    await shop.land(...rows, ...rows.slice(0, 4));
    await shop.load();
    await shop.land(...rows);

    await shop.load();

    expect(await lines()).toHaveLength(15);
    expect(await lastCounts()).toEqual([15, 0, 0, 0, 0, 15]);
    expect(await shop.rows('SELECT invoice_no, lines FROM mart.fact_invoice ORDER BY 1')).toEqual([
      ...['7', '8', '9', 'A8', 'C7'].map((invoiceNo) => [invoiceNo, '3']),
    ]);
    await expectRollupsRight();
  });

  test('so nobody takes a line out of another invoice by sending its id later', async () => {
    await shop.land(row({ invoiceNo: '7', lineId: '1', sentAt: 1 }));
    await shop.load();
    await shop.land(row({ invoiceNo: '8', lineId: '1', sentAt: 2, quantity: 100 }));

    await shop.load();

    expect(await shop.rows('SELECT invoice_no, quantity FROM mart.sales_line ORDER BY 1')).toEqual([
      ['7', '6'],
      ['8', '100'],
    ]);
    await expectRollupsRight();
  });

  test('so a file that is imported again changes no line of another invoice', async () => {
    const imported = ['7', '8'].map((invoiceNo) => ({ ...row({ invoiceNo, lineId: '1', sentAt: 0 }), source: 'a file' }));
    await shop.land(...imported);
    await shop.load();
    await shop.land(...imported);

    await shop.load();

    expect(await lines()).toHaveLength(2);
    expect(await lastCounts()).toEqual([2, 0, 0, 0, 0, 2]);
  });
});

describe('of two versions of a line', () => {
  test.each([
    ['the one that was sent later', { quantity: 1, sentAt: 2 }, { quantity: 9, sentAt: 1 }, '1'],
    ['of two sent at the same time the greater in text', { quantity: 9, sentAt: 1 }, { quantity: 10, sentAt: 1 }, '9'],
  ])('%s wins, in one load and in two, in either order', async (_name, one, other, quantity) => {
    for (const deliveries of [[[one, other]], [[other, one]], [[one], [other]], [[other], [one]]]) {
      await shop.empty();

      for (const delivery of deliveries) {
        await shop.land(...delivery.map(row));
        await shop.load();
      }

      expect(await shop.rows('SELECT quantity FROM mart.sales_line')).toEqual([[quantity]]);
      await expectRollupsRight();
    }
  });

  test('the later with the same content keeps its time, so that one sent in between does not win', async () => {
    await shop.land(row({ quantity: 6, sentAt: 1 }));
    await shop.load();
    await shop.land(row({ quantity: 6, sentAt: 5 }));
    await shop.load();
    const counts = await lastCounts();
    await shop.land(row({ quantity: 9, sentAt: 3 }));

    await shop.load();

    expect(counts).toEqual([1, 0, 0, 0, 0, 1]);
    expect(await lines()).toEqual([['536365-b554dfdb0730-1', '6', '5']]);
  });

  test('both the old and the new day, country and customer are summed anew', async () => {
    await shop.land(row(), row({ lineId: 'b' }), row({ lineId: 'c', invoiceNo: '9', country: 'EIRE', customerId: '3' }));
    await shop.load();
    await shop.land(
      row({
        ...{ sentAt: 1_800_000_000_000, invoiceDate: '2011-03-05T17:00:00Z', country: 'France' },
        ...{ customerId: undefined, stockCode: 'POST', quantity: 2 },
      }),
    );

    await shop.load();

    expect(await lastCounts()).toEqual([1, 0, 0, 0, 1, 0]);
    await expectRollupsRight();
  });

  test('a group that nothing is left of is gone', async () => {
    await shop.land(row({ country: 'France' }));
    await shop.load();
    await shop.land(row({ country: 'EIRE', sentAt: 1_800_000_000_000 }));

    await shop.load();

    expect(await shop.rows("SELECT country FROM mart.agg_sales WHERE grouping_name = 'COUNTRY'")).toEqual([['EIRE']]);
    await expectRollupsRight();
  });
});

describe('counts are exact', () => {
  test('when an invoice stands on two days, in two countries and under two customers', async () => {
    await shop.land(
      row({ lineId: 'a' }),
      row({ lineId: 'b', invoiceDate: '2010-12-02T08:27:00Z' }),
      row({ lineId: 'c', invoiceDate: '2011-01-01T09:27:00Z', country: 'France' }),
      row({ lineId: 'd', customerId: '1' }),
      row({ lineId: 'e', customerId: undefined }),
      row({ lineId: 'f', invoiceNo: '2' }),
    );

    await shop.load();

    const [total] = await shop.rows("SELECT invoices, customers FROM mart.agg_sales WHERE grouping_name = 'TOTAL'");
    expect(total).toEqual(['2', '2']);
    await expectRollupsRight();
  });

  test('and averages are rounded to the nearest mill, halves away from zero', async () => {
    const invoice = (invoiceNo: string, unitPrice: string) =>
      row({ lineId: invoiceNo, invoiceNo, unitPrice, quantity: 1, country: 'EIRE' });
    await shop.land(invoice('1', '0.001'), invoice('2', '0.000'));
    await shop.land({ ...invoice('C3', '-0.001'), country: 'France' }, { ...invoice('C4', '0.000'), country: 'France' });

    await shop.load();

    expect(
      await shop.rows("SELECT country, average_invoice FROM mart.agg_sales WHERE grouping_name = 'COUNTRY' ORDER BY 1"),
    ).toEqual([
      ['EIRE', '0.001'],
      ['France', '-0.001'],
    ]);
  });
});

describe('a load', () => {
  test('of nothing leaves no trace', async () => {
    await shop.load();

    expect(await shop.rows('SELECT COUNT(*) FROM intake.load_audit')).toEqual([['0']]);
    expect(await shop.rows('SELECT as_of, load_id FROM mart.freshness')).toEqual([[null, null]]);
  });

  test('says when it was and counts up', async () => {
    await shop.land(row());
    await shop.load();
    await shop.land(row({ lineId: 'b' }));

    await shop.load();

    const [[asOf, loadId] = []] = await shop.rows('SELECT as_of, load_id FROM mart.freshness');
    const audit = await shop.rows('SELECT load_id, finished_at FROM intake.load_audit ORDER BY load_id');
    expect(audit.map(([id]) => id)).toEqual(['1', '2']);
    expect([loadId, asOf]).toEqual(audit[1]);
  });

  const statements = statementsOf('load');

  test.each(['READ COMMITTED', 'REPEATABLE READ'])('leaves what lands while it runs to the next, under %s', async (isolation) => {
    const [loading, copying] = [await shop.session('etl'), await shop.session('landing_writer')];
    await shop.land(row());
    await loading.run(`BEGIN ISOLATION LEVEL ${isolation}`);

    for (const [place, statement] of statements.entries()) {
      await loading.run(statement);
      await land(copying, [row({ lineId: `late-${String(place).padStart(2, '0')}` })]);
    }
    await loading.run('COMMIT');

    // What lands before the lines are judged may be part of it.
    const judged = statements.findIndex((statement) => statement.includes('TEMP TABLE judged'));
    const [waiting] = (await shop.rows('SELECT COUNT(*) FROM intake.landing')).map(([count]) => Number(count));
    const loaded = (await lines()).length;
    expect(waiting).toBeGreaterThanOrEqual(statements.length - judged);
    expect(Number(waiting) + loaded).toBe(statements.length + 1);
    await loading.close();
    await shop.load();
    expect(await lines()).toHaveLength(statements.length + 1);
    await expectRollupsRight();
  });

  test('waits for another, and then finds what that one left', async () => {
    const [first, second] = [await shop.session('etl'), await shop.session('etl')];
    await shop.land(row(), row({ lineId: 'b' }));
    await first.run('BEGIN');
    for (const statement of statements.slice(0, 5)) await first.run(statement);
    await second.run('BEGIN');
    const ended: string[] = [];
    const other = (async () => {
      for (const statement of statements) await second.run(statement);
      await second.run('COMMIT');
      ended.push('second');
    })();

    for (const statement of statements.slice(5)) await first.run(statement);
    ended.push('first');
    await first.run('COMMIT');
    await other;

    expect(ended).toEqual(['first', 'second']);
    expect(await shop.rows(`SELECT ${COUNTS} FROM intake.load_audit`)).toEqual([['2', '0', '0', '2', '0', '0']]);
    expect(await lines()).toHaveLength(2);
  });

  test('that ends between any two statements has not happened', async () => {
    await shop.land(row(), row({ lineId: 'b' }), row({ lineId: 'c', country: '' }));

    for (let end = 1; end <= statements.length; end += 1) {
      const session = await shop.session('etl');
      await session.run('BEGIN');
      for (const statement of statements.slice(0, end)) await session.run(statement);
      await session.close();
    }

    expect(await shop.rows('SELECT COUNT(*) FROM intake.landing')).toEqual([['3']]);
    expect(await lines()).toEqual([]);
    await shop.load();
    expect(await lastCounts()).toEqual([3, 1, 0, 2, 0, 0]);
    await expectRollupsRight();
  });
});

test('products, customers and countries get one number each, for good', async () => {
  await shop.land(
    row({ lineId: 'a', country: 'EIRE', stockCode: 'B' }),
    row({ lineId: 'b', customerId: '5', stockCode: 'POST' }),
  );
  await shop.load();
  await shop.land(
    row({ lineId: 'c', country: 'France', stockCode: 'A', customerId: '1' }),
    row({ lineId: 'd', customerId: undefined }),
  );

  await shop.load();

  expect(await shop.rows('SELECT product_key, stock_code, service FROM mart.dim_product ORDER BY 1')).toEqual([
    ['1', 'B', 't'],
    ['2', 'POST', 't'],
    ['3', '85123A', 'f'],
    ['4', 'A', 'f'],
  ]);
  expect(await shop.rows('SELECT customer_key, customer_id FROM mart.dim_customer ORDER BY 1')).toEqual([
    ['0', null],
    ['1', '17850'],
    ['2', '5'],
    ['3', '1'],
  ]);
  expect(await shop.rows('SELECT country_key, country FROM mart.dim_country ORDER BY 1')).toEqual([
    ['1', 'EIRE'],
    ['2', 'United Kingdom'],
    ['3', 'France'],
  ]);
});
