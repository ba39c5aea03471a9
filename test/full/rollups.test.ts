import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasRealFile, REAL_FILE } from '../support/shop-truth.ts';
import { givenShop, type Shop } from '../warehouse/given-shop.ts';

if (!hasRealFile)
  console.warn(`NOT TESTED: the warehouse against DuckDB over the real data set, which is not there (${REAL_FILE})`);

const ROWS = '541909';

/** The file as DuckDB reads it, with nothing of ours: typed rows, and days by DuckDB's own calendar. */
const FACTS = `CREATE TABLE fact AS
  SELECT *, CAST(units AS BIGINT) * mills AS amount, CAST(sold AS DATE) AS day, year(sold) AS year, strftime(sold, '%Y-%m') AS month,
    year(sold) || '-Q' || quarter(sold) AS quarter, strftime(sold, '%G-W%V') AS week, isodow(sold) AS weekday, hour(sold) AS hour,
    starts_with(invoice, 'C') AS cancelled
  FROM (
    SELECT trim(InvoiceNo) AS invoice, trim(StockCode) AS stock, nullif(trim(Description), '') AS description,
      CAST(Quantity AS INTEGER) AS units, strptime(InvoiceDate, '%-m/%-d/%Y %-H:%M') AS sold,
      CAST(CAST(UnitPrice AS DECIMAL(12, 3)) * 1000 AS BIGINT) AS mills, nullif(trim(CustomerID), '') AS customer,
      trim(Country) AS country, lpad(CAST(row_number() OVER () AS VARCHAR), 7, '0') AS line
    FROM read_csv('rows.csv', all_varchar = true)
  )`;

/** What a line is in the bucket; ids of another kind than ours, because the warehouse must not care. */
const LINES = `COPY (
    SELECT 'row-' || line, invoice, stock, description, units, strftime(sold, '%Y-%m-%dT%H:%M:%SZ'),
      CAST(CAST(mills AS DECIMAL(18, 0)) * 0.001 AS DECIMAL(18, 3)), customer, country, 1291191960000
    FROM fact ORDER BY hash(line)
  ) TO 'lines.csv' (HEADER false)`;

const COPY = `COPY intake.landing (lineid, invoiceno, stockcode, description, quantity, invoicedate, unitprice, customerid, country, sentat)
  FROM 's3://bucket/lines.csv' IAM_ROLE default CSV`;

/** In whole numbers alone: mills, and a division that rounds halves away from zero. */
const MEASURES = `SUM(amount) AS mills, SUM(units) AS units, COUNT(*) AS lines, COUNT(DISTINCT invoice) AS invoices,
  COUNT(DISTINCT customer) AS customers,
  CAST(sign(SUM(amount)) * ((2 * abs(SUM(amount)) + COUNT(DISTINCT invoice)) // (2 * COUNT(DISTINCT invoice))) AS BIGINT) AS average`;

const HELD = `CAST(revenue * 1000 AS BIGINT), units, lines, invoices, customers, CAST(average_invoice * 1000 AS BIGINT)`;

/** Of each grouping: the warehouse's columns and DuckDB's. */
const GROUPINGS: [name: string, held: string, truth: string][] = [
  ['TOTAL', `'all'`, `'all'`],
  ['YEAR', 'year', 'year'],
  ['QUARTER', 'quarter', 'quarter'],
  ['MONTH', 'month', 'month'],
  ['WEEK', 'week', 'week'],
  ['DAY', 'day', 'day'],
  ['WEEKDAY', 'weekday', 'weekday'],
  ['HOUR', 'hour', 'hour'],
  ['COUNTRY', 'country', 'country'],
  ['CUSTOMER', 'customer_id', 'customer'],
  ['CANCELLED', `CASE WHEN cancelled THEN 'yes' ELSE 'no' END`, `CASE WHEN cancelled THEN 'yes' ELSE 'no' END`],
  ['MONTH_COUNTRY', `month || country`, `month || country`],
  ['PRODUCT', 'stock_code', 'stock'],
];

describe.runIf(hasRealFile)('the real data set in the warehouse', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tillgraph-rollups-'));
  let shop: Shop;
  let duckdb: DuckDBConnection;

  const truth = async (sql: string) =>
    (await duckdb.runAndReadAll(sql))
      .getRowsJson()
      .map((row) =>
        row.map((value) => (value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value))).join('|'),
      )
      .sort();
  const held = async (sql: string) => (await shop.rows(sql)).map((row) => row.map((value) => value ?? '').join('|')).sort();

  beforeAll(async () => {
    shop = await givenShop();
    const rows = createReadStream(REAL_FILE).pipe(createGunzip()).setEncoding('latin1');
    await pipeline(rows, createWriteStream(join(directory, 'rows.csv')));
    duckdb = await (await DuckDBInstance.create(':memory:')).connect();
    await duckdb.run(`SET file_search_path = '${directory}'`);
    await duckdb.run(FACTS);
    await duckdb.run(LINES.replace(`'lines.csv'`, `'${join(directory, 'lines.csv')}'`));
    shop.objects.put('lines.csv', () => createReadStream(join(directory, 'lines.csv')));
    await shop.rows(COPY);
    await shop.load();
    await shop.refresh();
  });

  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  async function expectAudit(...counts: string[]): Promise<void> {
    const COUNTS = 'lines_in, lines_rejected, lines_repeated, lines_new, lines_changed, lines_unchanged';
    expect(await shop.rows(`SELECT ${COUNTS} FROM intake.load_audit ORDER BY load_id DESC LIMIT 1`)).toEqual([counts]);
  }

  test('is there, every row of it', async () => {
    await expectAudit(ROWS, '0', '0', ROWS, '0', '0');
    expect(await shop.rows('SELECT COUNT(*), COUNT(DISTINCT line_id), SUM(amount) FROM mart.sales_line')).toEqual([
      [ROWS, ROWS, '9747747.934'],
    ]);
    expect(await shop.rows('SELECT COUNT(*), COUNT(DISTINCT invoice_no), SUM(revenue) FROM mart.fact_invoice')).toEqual([
      ['25901', '25900', '9747747.934'],
    ]);
  });

  test.each(GROUPINGS)('comes by %s to what DuckDB counts in the file', async (grouping, columns, group) => {
    const expected = await truth(`SELECT ${group} AS one, ${MEASURES} FROM fact GROUP BY ALL`);

    const rows = await held(`SELECT ${columns}, ${HELD} FROM mart.agg_sales WHERE grouping_name = '${grouping}'`);

    expect(rows).toEqual(expected);
  });

  test('calls every product what its latest line calls it', async () => {
    const expected = await truth(
      `SELECT stock, arg_max(description, (sold, line)) FILTER (WHERE description IS NOT NULL) FROM fact GROUP BY stock`,
    );

    expect(await held('SELECT stock_code, description FROM mart.dim_product')).toEqual(expected);
    expect(await held(`SELECT stock_code, description FROM mart.agg_sales WHERE grouping_name = 'PRODUCT'`)).toEqual(expected);
  });

  test('has all service codes of the file, and DuckDB finds the same pairs among the goods', async () => {
    const services = (await shop.rows('SELECT stock_code FROM mart.service_code'))
      .map(([code]) => `'${String(code)}'`)
      .join(', ');
    expect(await truth(`SELECT DISTINCT stock FROM fact WHERE stock IN (${services})`)).toHaveLength(18);
    const expected = await truth(
      `WITH basket AS (SELECT DISTINCT invoice FROM fact WHERE NOT regexp_matches(invoice, '^[CA]')),
       item AS (SELECT DISTINCT invoice, stock FROM fact WHERE units > 0 AND stock NOT IN (${services}) AND invoice IN (FROM basket)),
       bought AS (SELECT stock, COUNT(*) AS times FROM item GROUP BY stock),
       pair AS (SELECT a.stock, b.stock AS other, COUNT(*) AS times FROM item a JOIN item b ON a.invoice = b.invoice AND a.stock <> b.stock
         GROUP BY ALL HAVING COUNT(*) * 100 >= (SELECT COUNT(*) FROM basket))
       SELECT pair.stock, other, pair.times, (2000000 * pair.times + n) // (2 * n), (2000000 * pair.times + a.times) // (2 * a.times),
         (2000000 * pair.times * n + a.times * b.times) // (2 * a.times * b.times)
       FROM pair JOIN bought a ON a.stock = pair.stock JOIN bought b ON b.stock = other, (SELECT COUNT(*) AS n FROM basket)`,
    );

    const pairs = await held(
      `SELECT stock_code, other_stock_code, invoices, CAST(support * 1000000 AS BIGINT), CAST(confidence * 1000000 AS BIGINT),
         CAST(lift * 1000000 AS BIGINT) FROM mart.agg_product_pair`,
    );

    expect(pairs).toEqual(expected);
    expect(pairs.length).toBeGreaterThan(1000);
  });

  test('reads the same in the views for people', async () => {
    const SUMS = `SUM(CASE WHEN regexp_matches(invoice, '^[CA]') THEN 0 ELSE amount END), SUM(amount), SUM(units), COUNT(*), COUNT(DISTINCT invoice)`;
    const COLUMNS = 'CAST(gross * 1000 AS BIGINT), CAST(net * 1000 AS BIGINT), units, lines, invoices';

    expect(await held(`SELECT day, ${COLUMNS} FROM bi.sales_by_day`)).toEqual(
      await truth(`SELECT day, ${SUMS} FROM fact GROUP BY day`),
    );
    expect(await held(`SELECT month, country, ${COLUMNS} FROM bi.sales_by_month_and_country`)).toEqual(
      await truth(`SELECT month, country, ${SUMS} FROM fact GROUP BY month, country`),
    );
    expect(await held('SELECT COUNT(*), SUM(quantity), SUM(net_amount) FROM bi.fact_sales')).toEqual([
      `${ROWS}|5176450|9747747.934`,
    ]);
  });

  test('is no different after it has come once more', async () => {
    const before = await held('SELECT * FROM mart.agg_sales');
    await shop.rows(COPY);

    await shop.load();

    await expectAudit(ROWS, '0', '0', '0', '0', ROWS);
    expect(await held('SELECT * FROM mart.agg_sales')).toEqual(before);
  });
});
