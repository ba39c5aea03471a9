import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { closeDefaultDatabase } from '../../ingest/warehouse/default-database.ts';
import { warehouseSession } from '../../ingest/warehouse/warehouse-session.ts';
import { retentionStatement } from '../../warehouse/statements/retention.ts';
import { customerSegmentsStatement } from '../../warehouse/statements/customer-segments.ts';
import { line, type LineChanges } from '../support/lines.ts';
import { givenShop, landingRow, type Shop } from './given-shop.ts';
import { sessionDataApi } from './session-data-api.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await givenShop();
  let ids = 0;
  const row = (changes: LineChanges = {}) => landingRow(line({ lineId: `line-${String((ids += 1))}`, ...changes }));
  await shop.land(
    row({ quantity: 2, unitPrice: '10.000' }),
    row({
      invoiceNo: '2',
      customerId: undefined,
      country: 'EIRE',
      stockCode: 'POST',
      description: '',
      quantity: 1,
      unitPrice: '5.000',
    }),
    row({ invoiceNo: 'C3', quantity: -1, unitPrice: '10.000', invoiceDate: '2010-12-02T09:00:00Z' }),
    row({
      invoiceNo: 'A4',
      stockCode: 'B',
      quantity: 1,
      unitPrice: '-11062.060',
      customerId: undefined,
      invoiceDate: '2011-08-12T14:51:00Z',
    }),
  );
  await shop.load();
  await shop.refresh();
});

describe('the star', () => {
  test('has every line once, with whole numbers for keys', async () => {
    const facts = await shop.rows(
      `SELECT fact.invoice_no, fact.date_key, fact.hour, fact.customer_key, product.stock_code, country.country, fact.quantity, fact.unit_price,
         fact.gross_amount, fact.net_amount, fact.cancelled, fact.adjustment, fact.service
       FROM bi.fact_sales AS fact
       JOIN bi.dim_product AS product ON product.product_key = fact.product_key
       JOIN bi.dim_country AS country ON country.country_key = fact.country_key
       JOIN bi.dim_date AS dates ON dates.date_key = fact.date_key
       JOIN bi.dim_customer AS customer ON customer.customer_key = fact.customer_key ORDER BY 1`,
    );

    expect(facts).toEqual([
      ['2', '20101201', '8', '0', 'POST', 'EIRE', '1', '5.000', '5.000', '5.000', 'f', 'f', 't'],
      ['536365', '20101201', '8', '1', '85123A', 'United Kingdom', '2', '10.000', '20.000', '20.000', 'f', 'f', 'f'],
      ['A4', '20110812', '14', '0', 'B', 'United Kingdom', '1', '-11062.060', '0.000', '-11062.060', 'f', 't', 't'],
      ['C3', '20101202', '9', '1', '85123A', 'United Kingdom', '-1', '10.000', '0.000', '-10.000', 't', 'f', 'f'],
    ]);
  });

  test('has a customer who is everybody without a number', async () => {
    expect(await shop.rows('SELECT customer_key, customer, guest FROM bi.dim_customer ORDER BY customer_key')).toEqual([
      ['0', '(guest)', 't'],
      ['1', '17850', 'f'],
    ]);
  });

  test('has every day of the years there are sales in', async () => {
    const [days] = await shop.rows('SELECT COUNT(*), MIN(day), MAX(day), MAX(day) - MIN(day) + 1 FROM bi.dim_date');

    expect(days).toEqual(['730', '2010-01-01', '2011-12-31', '730']);
  });

  test('has a day and a time in each line, so that a time filter needs no dimension', async () => {
    const columns = 'day, sold_at, hour_of_day, line_kind';

    expect(await shop.rows(`SELECT invoice_no, ${columns} FROM bi.fact_sales ORDER BY 1`)).toEqual([
      ['2', '2010-12-01', '2010-12-01 08:26:00', '8', 'sale'],
      ['536365', '2010-12-01', '2010-12-01 08:26:00', '8', 'sale'],
      ['A4', '2011-08-12', '2011-08-12 14:51:00', '14', 'adjustment'],
      ['C3', '2010-12-02', '2010-12-02 09:00:00', '9', 'cancellation'],
    ]);
  });

  test('knows of a customer where he buys, since when, and how well', async () => {
    expect(
      await shop.rows(
        `SELECT customer, customer_id, customer_country, first_purchase, last_purchase, cohort_month, segment
         FROM bi.dim_customer ORDER BY customer_key`,
      ),
    ).toEqual([
      ['(guest)', null, null, null, null, null, null],
      ['17850', '17850', 'United Kingdom', '2010-12-01', '2010-12-01', '2010-12', '111'],
    ]);
  });

  test('names days and products as people do', async () => {
    expect(
      await shop.rows(
        `SELECT calendar_date, year_month, month_name, weekday_name, is_weekend FROM bi.dim_date
         WHERE day IN ('2010-12-04', '2011-02-28') ORDER BY day`,
      ),
    ).toEqual([
      ['2010-12-04', '2010-12', 'December', 'Saturday', 't'],
      ['2011-02-28', '2011-02', 'February', 'Monday', 'f'],
    ]);
    expect(await shop.rows('SELECT product FROM bi.dim_product ORDER BY 1')).toEqual([
      ['85123A WHITE HANGING HEART T-LIGHT HOLDER'],
      ['B WHITE HANGING HEART T-LIGHT HOLDER'],
      ['POST (no description)'],
    ]);
  });

  test('says what is no article of the shop', async () => {
    expect(await shop.rows('SELECT stock_code, description, service, service_meaning FROM bi.dim_product ORDER BY 1')).toEqual([
      ['85123A', 'WHITE HANGING HEART T-LIGHT HOLDER', 'f', null],
      ['B', 'WHITE HANGING HEART T-LIGHT HOLDER', 't', 'Bad debt'],
      ['POST', '(no description)', 't', 'Postage'],
    ]);
  });
});

describe('the flat views', () => {
  const MEASURES = 'gross, net, service_net, net_without_services, units, lines, invoices, customers';

  test('sum sales by day', async () => {
    expect(await shop.rows(`SELECT day, ${MEASURES} FROM bi.sales_by_day ORDER BY day`)).toEqual([
      ['2010-12-01', '25.000', '25.000', '5.000', '20.000', '3', '2', '2', '1'],
      ['2010-12-02', '0.000', '-10.000', '0.000', '-10.000', '-1', '1', '1', '1'],
      ['2011-08-12', '0.000', '-11062.060', '-11062.060', '0.000', '1', '1', '1', '0'],
    ]);
  });

  test('sum sales by month, where a customer of two days is one', async () => {
    expect(await shop.rows(`SELECT month, month_start, ${MEASURES} FROM bi.sales_by_month ORDER BY 1`)).toEqual([
      ['2010-12', '2010-12-01', '25.000', '15.000', '5.000', '10.000', '2', '3', '3', '1'],
      ['2011-08', '2011-08-01', '0.000', '-11062.060', '-11062.060', '0.000', '1', '1', '1', '0'],
    ]);
  });

  test('have every attribute in a row of bi.sales, where counting customers leaves the guest out', async () => {
    const [all] = await shop.rows('SELECT COUNT(*), COUNT(DISTINCT customer_id), SUM(net_amount) FROM bi.sales');
    expect(all).toEqual(['4', '1', '-11047.060']);
    const columns = [
      ...['sold_at', 'sold_on', 'hour_of_day', 'calendar_year', 'year_quarter', 'year_month', 'month_start', 'year_week'],
      ...['weekday_name', 'is_weekend', 'line_kind', 'customer_id', 'guest', 'country', 'product', 'line_description', 'service'],
    ];
    expect(await shop.rows(`SELECT ${columns.join(', ')} FROM bi.sales WHERE invoice_no = '2'`)).toEqual([
      [
        ...['2010-12-01 08:26:00', '2010-12-01', '8', '2010', '2010-Q4', '2010-12', '2010-12-01', '2010-W48'],
        ...['Wednesday', 'f', 'sale', null, 't', 'EIRE', 'POST (no description)', null, 't'],
      ],
    ]);
  });

  test('say the same of segments and cohorts as the API', async () => {
    for (const [view, statement] of [
      [
        `SELECT recency, frequency, monetary, COUNT(*), SUM(purchases), SUM(net) FROM bi.rfm
         GROUP BY 1, 2, 3 ORDER BY 1 DESC, 2 DESC, 3 DESC`,
        customerSegmentsStatement({}),
      ],
      [
        `SELECT cohort_month, year_month, months_since, cohort_size, customers FROM bi.retention ORDER BY 1, 2`,
        retentionStatement({}),
      ],
    ] as const) {
      const held = await shop.rows(view);
      // The answer's last row says how fresh it is.
      const answered = (await shop.rows(`SELECT * FROM (${statement.sql}) AS answer`)).filter(([first]) => first !== null);
      expect(held.length).toBeGreaterThan(0);
      expect(held).toEqual(answered.map((row) => row.slice(0, held[0]?.length)));
    }
  });

  test('sum sales by month and country', async () => {
    expect(
      await shop.rows(`SELECT month, month_start, country, ${MEASURES} FROM bi.sales_by_month_and_country ORDER BY 1, 3`),
    ).toEqual([
      ['2010-12', '2010-12-01', 'EIRE', '5.000', '5.000', '5.000', '0.000', '1', '1', '1', '0'],
      ['2010-12', '2010-12-01', 'United Kingdom', '20.000', '10.000', '0.000', '10.000', '1', '2', '2', '1'],
      ['2011-08', '2011-08-01', 'United Kingdom', '0.000', '-11062.060', '-11062.060', '0.000', '1', '1', '1', '0'],
    ]);
  });
});

test('every relation of bi says what it is, and so does every measure', async () => {
  const silent = await shop.rows(
    `SELECT c.relname FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
     WHERE n.nspname = 'bi' AND obj_description(c.oid, 'pg_class') IS NULL`,
  );
  expect(silent).toEqual([]);
  const undescribed = await shop.rows(
    `SELECT c.relname, a.attname FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
     JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid
     WHERE n.nspname = 'bi' AND col_description(c.oid, a.attnum) IS NULL AND c.relname <> 'rejected_line'
       AND a.attname IN ('gross', 'net', 'gross_amount', 'net_amount', 'units', 'customers', 'customer_id', 'quantity', 'unit_price')`,
  );
  expect(undescribed).toEqual([]);
});

test('whoever reads sales also reads which lines no load took, and why', async () => {
  const session = await shop.session('bi_reader');
  await shop.land({ ...landingRow(line({ lineId: 'bad', invoiceNo: '9' })), quantity: 'six', source: 'bulk/day.csv' });
  await shop.load();

  const { rows } = await session.run('SELECT reason, source_object, invoice_no, quantity FROM bi.rejected_line');

  expect(rows).toEqual([[expect.stringMatching(/^quantity: write a whole number .*: got "six"$/), 'bulk/day.csv', '9', 'six']]);
});

describe('rights', () => {
  const DENIED = 'permission denied';
  const LANDING = "INSERT INTO intake.landing (lineid) VALUES ('x')";

  test.each<[string, string, 'may' | 'may not']>([
    ['landing_writer', LANDING, 'may'],
    ['landing_writer', 'SELECT lineid FROM intake.landing', 'may not'],
    ['landing_writer', 'DELETE FROM intake.landing', 'may not'],
    ['landing_writer', 'SELECT line_id FROM mart.sales_line', 'may not'],
    ['landing_writer', 'SELECT day FROM bi.dim_date', 'may not'],
    ['landing_writer', 'CREATE TEMP TABLE t (a INTEGER)', 'may not'],
    ['etl', 'SELECT lineid FROM intake.landing', 'may'],
    ['etl', 'CREATE TABLE mart.t (a INTEGER)', 'may not'],
    ['etl', 'DELETE FROM intake.load_audit', 'may not'],
    ['etl', 'DELETE FROM intake.reject', 'may not'],
    ['etl', 'DELETE FROM intake.import', 'may not'],
    ['etl', 'DELETE FROM mart.sales_line', 'may'],
    ['etl', 'DELETE FROM mart.dim_customer', 'may not'],
    ['etl', 'DROP TABLE mart.sales_line', 'may not'],
    ['etl', 'DELETE FROM rebuild.agg_sales', 'may'],
    ['api_reader', 'SELECT line_id FROM rebuild.sales_line', 'may not'],
    ['bi_reader', 'SELECT line_id FROM rebuild.sales_line', 'may not'],
    ['etl', 'UPDATE mart.service_code SET meaning = meaning', 'may not'],
    ['api_reader', 'SELECT line_id FROM mart.sales_line', 'may'],
    ['api_reader', 'DELETE FROM mart.agg_sales', 'may not'],
    ['api_reader', 'SELECT lineid FROM intake.landing', 'may not'],
    ['api_reader', 'SELECT day FROM bi.dim_date', 'may not'],
    ['api_reader', 'WITH a AS (SELECT line_id FROM mart.sales_line) SELECT line_id FROM a', 'may'],
    ['bi_reader', 'SELECT net_amount FROM bi.fact_sales', 'may'],
    ['bi_reader', 'SELECT net FROM bi.sales_by_day', 'may'],
    ['bi_reader', 'SELECT line_id FROM mart.sales_line', 'may not'],
    ['bi_reader', 'SELECT reason FROM intake.reject', 'may not'],
    ['bi_reader', 'SELECT reason, source_object, invoice_no FROM bi.rejected_line', 'may'],
    ['bi_reader', 'WITH a AS (SELECT net FROM bi.sales_by_day) SELECT net FROM a', 'may'],
    ['bi_reader', 'CREATE TABLE bi.t (a INTEGER)', 'may not'],
    ['bi_reader', 'CREATE TABLE public.t (a INTEGER)', 'may not'],
  ])('%s: %s: %s', async (role, sql, allowed) => {
    const session = await shop.session(role);
    await session.run('BEGIN');

    const outcome = await session.run(sql).then(
      () => 'done',
      (cause: unknown) => (cause as Error).message,
    );

    if (allowed === 'may') expect(outcome).toBe('done');
    else expect(outcome).toMatch(new RegExp(`${DENIED}|must be owner`));
  });
});

describe('what no document settles', () => {
  const refusal = (work: Promise<unknown>) =>
    work.then(
      () => 'done',
      (cause: unknown) => (cause as Error).message,
    );

  test('a table is locked by its owner alone: the loader is the owner of what loads lock', async () => {
    await shop.service.ensureUser('another_loader');
    await (await shop.session()).run('GRANT ROLE etl TO another_loader');
    const other = await shop.service.openSession({ database: 'tillgraph', user: { user: 'another_loader' } });
    onTestFinished(() => other.close());
    await other.run('BEGIN');

    expect(await refusal(other.run('LOCK TABLE intake.mutex'))).toBe('ERROR: must be owner of relation intake.mutex');
    await shop.load();
  });

  test('what the system tells is joined with no table', async () => {
    const session = await shop.session();

    expect(
      await refusal(
        session.run('SELECT h.query_id FROM sys_load_history h JOIN intake.reject r ON r.source_object = h.data_source'),
      ),
    ).toMatch(/^ERROR: sys_load_history together with reject is not supported/);
    expect(
      await refusal(
        session.run('SELECT e.query_id FROM sys_load_error_detail e JOIN sys_load_history h ON h.query_id = e.query_id'),
      ),
    ).toBe('done');
  });

  test('a question with parts is put by those who may make temporary tables', async () => {
    const writer = await shop.session('landing_writer');

    expect(await refusal(writer.run('WITH a AS (SELECT 1 AS b) SELECT b FROM a'))).toBe(
      'ERROR: permission denied to create temporary tables in database',
    );
  });
});

describe('the database that stands beside ours', () => {
  const TRIES = [
    'CREATE TABLE public.t (a INTEGER)',
    'CREATE TEMP TABLE t (a INTEGER)',
    'SELECT a FROM public.there',
    'CREATE SCHEMA s',
  ];

  /** How many of these a new user of the role may do there. */
  async function allowedThere(user: string): Promise<string[]> {
    const session = await shop.service.openSession({ database: 'dev', user: { user } });
    const allowed: string[] = [];
    for (const sql of TRIES)
      await session.run(sql).then(
        () => allowed.push(sql),
        () => undefined,
      );
    await session.close();
    return allowed;
  }

  test('lets nobody keep or read anything, once the migrator was there', async () => {
    const administrator = await shop.service.openSession({ database: 'dev', user: 'administrator' });
    onTestFinished(() => administrator.close());
    await administrator.run('CREATE TABLE public.there (a INTEGER)');
    const users = ['landing_writer', 'etl', 'api_reader', 'bi_reader'].map((role) => `${role}_beside`);
    const ours = await shop.session();
    for (const user of users) {
      await shop.service.ensureUser(user);
      await ours.run(`GRANT ROLE ${user.replace('_beside', '')} TO ${user}`);
    }
    const before = await allowedThere('bi_reader_beside');
    const dataApi = sessionDataApi(() => shop.service.openSession({ database: 'dev', user: 'administrator' }));
    const clock = { now: Date.now, sleep: () => Promise.resolve(), deadline: Infinity };

    await closeDefaultDatabase(warehouseSession(dataApi, clock, randomUUID));

    expect(before).toEqual([TRIES[0], TRIES[1]]);
    for (const user of users) expect(await allowedThere(user)).toEqual([]);
  });
});
