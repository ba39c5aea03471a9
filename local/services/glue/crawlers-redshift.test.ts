import { beforeAll, expect, test } from 'vitest';
import { queryWarehouse } from './warehouse-query.ts';
import type { RedshiftService } from '../redshift/service.ts';
import { crawl, crawler, givenCatalog, tablesIn } from '../../testing/given-catalog.ts';
import { DATABASE as WAREHOUSE, PASSWORD, givenWarehouse } from '../../testing/given-redshift.ts';

const CONNECTION = {
  name: 'warehouse',
  properties: { JDBC_CONNECTION_URL: `jdbc:redshift://shop.example:5439/${WAREHOUSE}`, SECRET_ID: 'reader' },
};

let service: RedshiftService;

beforeAll(async () => {
  ({ service } = await givenWarehouse());
  const session = await service.openSession({ database: WAREHOUSE, user: 'administrator' });
  try {
    for (const statement of [
      'CREATE SCHEMA mart',
      'CREATE SCHEMA bi',
      'CREATE SCHEMA other',
      `CREATE TABLE mart.line (line_id VARCHAR(64) NOT NULL, quantity INTEGER, hour SMALLINT, sent_at BIGINT, unit_price DECIMAL(12, 3),
         ratio DOUBLE PRECISION, cancelled BOOLEAN, day DATE, invoice_ts TIMESTAMP, code CHAR(3)) DISTKEY (line_id) SORTKEY (day)`,
      'CREATE TABLE mart.line_old (line_id VARCHAR(64))',
      'CREATE VIEW bi.sales AS SELECT day, CAST(SUM(unit_price) AS DECIMAL(18, 3)) AS revenue FROM mart.line GROUP BY day',
      'CREATE TABLE other.secret (value VARCHAR(10))',
      `CREATE USER reader PASSWORD '${PASSWORD}'`,
      'GRANT USAGE ON SCHEMA mart TO reader',
      'GRANT USAGE ON SCHEMA bi TO reader',
      'GRANT SELECT ON ALL TABLES IN SCHEMA mart TO reader',
      'GRANT SELECT ON ALL TABLES IN SCHEMA bi TO reader',
    ]) {
      await session.run(statement);
    }
  } finally {
    await session.close();
  }
});

/** What one crawl as the user `reader` makes of the warehouse. */
async function crawled(path: string, exclusions: readonly string[] = [], password = PASSWORD) {
  const secrets = { login: () => ({ username: 'reader', password }) };
  const warehouse = crawler('warehouse', { jdbcTargets: [{ connectionName: 'warehouse', path, exclusions }] });
  const { client } = await givenCatalog({
    query: queryWarehouse(service, secrets),
    definition: { crawlers: [warehouse], connections: [CONNECTION] },
  });
  const end = await crawl(client, 'warehouse');
  return { end, tables: await tablesIn(client) };
}

test('a table of Redshift is named by its database and schema, and has Glue’s types', async () => {
  const { tables, end } = await crawled(`${WAREHOUSE}/mart/line`);

  expect(end.LastCrawl).toMatchObject({ Status: 'SUCCEEDED' });
  expect(tables).toMatchObject([
    {
      name: 'shop_mart_line',
      columns: {
        line_id: 'string',
        quantity: 'int',
        hour: 'smallint',
        sent_at: 'bigint',
        unit_price: 'decimal(12,3)',
        ratio: 'double',
        cancelled: 'boolean',
        day: 'date',
        invoice_ts: 'timestamp',
        code: 'string',
      },
      storage: { Location: 'shop.mart.line' },
      parameters: {
        classification: 'redshift',
        connectionName: 'warehouse',
        typeOfData: 'table',
        UPDATED_BY_CRAWLER: 'warehouse',
      },
    },
  ]);
});

test('views are tables too, and say so', async () => {
  const { tables } = await crawled(`${WAREHOUSE}/bi/%`);

  expect(tables).toMatchObject([
    { name: 'shop_bi_sales', columns: { day: 'date', revenue: 'decimal(18,3)' }, parameters: { typeOfData: 'view' } },
  ]);
});

test.each([
  ['every schema', `${WAREHOUSE}/%`, [], ['shop_bi_sales', 'shop_mart_line', 'shop_mart_line_old']],
  ['a schema', `${WAREHOUSE}/mart/%`, [], ['shop_mart_line', 'shop_mart_line_old']],
  ['a name that is no pattern', `${WAREHOUSE}/mart/line_ol_`, [], []],
  ['a schema without a table', `${WAREHOUSE}/mart/%`, ['line_*'], ['shop_mart_line']],
  ['every schema but one', `${WAREHOUSE}/%`, ['mart/**'], ['shop_bi_sales']],
])('%s is what the user of the connection may see of it', async (_, path, exclusions, expected) => {
  const { tables } = await crawled(path, exclusions);

  expect(tables.map(({ name }) => name)).toEqual(expected);
});

test('a password that is wrong fails the crawl', async () => {
  const { end, tables } = await crawled(`${WAREHOUSE}/mart/%`, [], 'Wrong-1234');

  expect(end.LastCrawl).toMatchObject({
    Status: 'FAILED',
    ErrorMessage: expect.stringContaining('password authentication failed') as string,
  });
  expect(tables).toEqual([]);
});

test.each([
  ['another database', 'dev/mart/%', CONNECTION.properties, /write shop\/<schema>\/% or shop\/%: got dev\/mart\/%/],
  ['no schema', WAREHOUSE, CONNECTION.properties, /write shop\/<schema>\/%/],
  [
    'another engine',
    'shop/%',
    { ...CONNECTION.properties, JDBC_CONNECTION_URL: 'jdbc:mysql://x:1/shop' },
    /write jdbc:redshift:/,
  ],
  ['a password in the template', 'shop/%', { ...CONNECTION.properties, SECRET_ID: undefined }, /write SECRET_ID/],
])('a target with %s is refused at the start', async (_, path, properties, message) => {
  const warehouse = crawler('warehouse', { jdbcTargets: [{ connectionName: 'warehouse', path, exclusions: [] }] });
  const connections = [{ ...CONNECTION, properties: properties as Record<string, string> }];

  await expect(givenCatalog({ definition: { crawlers: [warehouse], connections } })).rejects.toThrow(message);
});
