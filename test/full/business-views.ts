import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { IS_SERVICE } from '../support/customer-sql.ts';
import type { Given } from './sales-answers.ts';

/** As DuckDB prints it: the driver's own types would make dates of days and floats of nothing. */
const AS_TEXT = { getTypeParser: () => (value: string) => value } as unknown as pg.CustomTypesConfig;

const GROSS = 'CAST(coalesce(SUM(amount) FILTER (sale), 0) AS DECIMAL(18, 3))';
const NET = 'CAST(SUM(amount) AS DECIMAL(18, 3))';
const FLAT = `${GROSS} AS gross, ${NET} AS net, CAST(coalesce(SUM(amount) FILTER (${IS_SERVICE}), 0) AS DECIMAL(18, 3)),
  CAST(coalesce(SUM(amount) FILTER (NOT (${IS_SERVICE})), 0) AS DECIMAL(18, 3)), SUM(quantity), COUNT(*),
  COUNT(DISTINCT invoice_no), COUNT(DISTINCT customer_id)`;
const STAR = 'SUM(f.gross_amount), SUM(f.net_amount), SUM(f.quantity), COUNT(*), COUNT(DISTINCT f.invoice_no)';
const LINES = `${GROSS}, ${NET}, SUM(quantity), COUNT(*), COUNT(DISTINCT invoice_no)`;

/** Of each dimension of the star: what it is called there and in the CSV. */
const DIMENSIONS: readonly (readonly [name: string, held: string, truth: string])[] = [
  ['day', 'dim_date d USING (date_key) GROUP BY d.day', 'day'],
  ['ISO week', 'dim_date d USING (date_key) GROUP BY d.week', 'week'],
  ['customer', 'dim_customer d USING (customer_key) GROUP BY d.customer', `coalesce(customer_id, '(guest)')`],
  ['guest', 'dim_customer d USING (customer_key) GROUP BY d.guest', 'customer_id IS NULL'],
  ['product', 'dim_product d USING (product_key) GROUP BY d.stock_code', 'stock_code'],
  ['service', 'dim_product d USING (product_key) GROUP BY d.service', IS_SERVICE],
  ['country', 'dim_country d USING (country_key) GROUP BY d.country', 'country'],
];

/** Schema `bi`, read over the address that people get, against DuckDB over the CSV. */
export function describeViews(given: () => Given): void {
  let client: pg.Client;

  beforeAll(async () => {
    client = new pg.Client({ connectionString: given().stack.outputs.warehouseUrl ?? '', types: AS_TEXT });
    await client.connect();
  });

  afterAll(() => client.end());

  const sorted = (rows: readonly (readonly unknown[])[]) =>
    rows.map((row) => row.map((value) => BOOLEANS[String(value)] ?? String(value)).join(' | ')).sort();
  const truth = async (sql: string) => sorted(await given().truth.rows(sql));
  const held = async (sql: string) =>
    sorted((await client.query({ text: sql, rowMode: 'array' })).rows as (readonly unknown[])[]);

  describe('what SQL tools read is what DuckDB counts in the CSV', () => {
    test('in every line and every sum of facts', async () => {
      expect(await held(`SELECT COUNT(DISTINCT line_id), ${STAR} FROM bi.fact_sales f`)).toEqual(
        await truth(`SELECT COUNT(*), ${LINES} FROM line`),
      );
    });

    test.each(DIMENSIONS)('by %s', async (_, dimension, column) => {
      const [join = '', key = ''] = dimension.split(' GROUP BY ');

      const rows = await held(`SELECT ${key}, ${STAR} FROM bi.fact_sales f JOIN bi.${join} GROUP BY 1`);

      expect(rows).toEqual(await truth(`SELECT ${column}, ${LINES} FROM line GROUP BY 1`));
    });

    test('by hour, and with every flag', async () => {
      const flags = `SELECT hour, cancelled, adjustment, ${STAR} FROM bi.fact_sales f GROUP BY 1, 2, 3`;

      expect(await held(flags)).toEqual(
        await truth(`SELECT hour, cancelled, starts_with(invoice_no, 'A'), ${LINES} FROM line GROUP BY 1, 2, 3`),
      );
    });

    test('in the flat views', async () => {
      expect(await held('SELECT * FROM bi.sales_by_day')).toEqual(await truth(`SELECT day, ${FLAT} FROM line GROUP BY day`));
      expect(await held('SELECT * FROM bi.sales_by_month')).toEqual(
        await truth(`SELECT month, CAST(date_trunc('month', day) AS DATE), ${FLAT} FROM line GROUP BY 1, 2`),
      );
      expect(await held('SELECT * FROM bi.sales_by_month_and_country')).toEqual(
        await truth(`SELECT month, CAST(date_trunc('month', day) AS DATE), country, ${FLAT} FROM line GROUP BY 1, 2, 3`),
      );
    });

    test('in whole lines, filtered by a day that each of them has', async () => {
      const sums = `COUNT(DISTINCT customer_id), COUNT(DISTINCT invoice_no)`;
      const autumn = `BETWEEN '2011-09-01' AND '2011-11-30'`;
      const lines = `SELECT line_kind, guest, service, SUM(gross_amount), SUM(net_amount), SUM(quantity), ${sums}
        FROM bi.sales WHERE sold_on ${autumn} GROUP BY 1, 2, 3`;
      const kind = `CASE WHEN starts_with(invoice_no, 'C') THEN 'cancellation' WHEN starts_with(invoice_no, 'A') THEN 'adjustment'
        ELSE 'sale' END`;

      expect(await held(lines)).toEqual(
        await truth(
          `SELECT ${kind}, customer_id IS NULL, ${IS_SERVICE}, ${GROSS}, ${NET}, SUM(quantity), ${sums} FROM line
           WHERE day ${autumn} GROUP BY 1, 2, 3`,
        ),
      );
      expect(await held(`SELECT SUM(net_amount) FROM bi.fact_sales WHERE day ${autumn}`)).toEqual(
        await truth(`SELECT ${NET} FROM line WHERE day ${autumn}`),
      );
    });

    test('in dimensions that know everything once, with days that have no gap', async () => {
      expect(await held('SELECT stock_code, description, service FROM bi.dim_product')).toEqual(
        await truth(`SELECT stock_code, coalesce(description, '(no description)'), ${IS_SERVICE} FROM product`),
      );
      const counts = `SELECT (SELECT COUNT(*) FROM bi.dim_customer), (SELECT COUNT(*) FROM bi.dim_country),
        (SELECT COUNT(*) FROM bi.dim_date), (SELECT MIN(day) FROM bi.dim_date), (SELECT MAX(day) FROM bi.dim_date)`;
      expect(await held(counts)).toEqual(['4373 | 38 | 730 | 2010-01-01 | 2011-12-31']);
    });

    test('by keys of which none is missing', async () => {
      const keys = ['date_key', 'customer_key', 'product_key', 'country_key'];
      const absent = `SELECT COUNT(*) FROM bi.fact_sales WHERE ${keys.map((key) => `${key} IS NULL`).join(' OR ')}`;

      expect(await held(absent)).toEqual(['0']);
    });
  });
}

/** PostgreSQL's letters for what DuckDB writes out. */
const BOOLEANS: Readonly<Record<string, string>> = { t: 'true', f: 'false' };
