import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { GlueClient, paginateGetPartitions } from '@aws-sdk/client-glue';
import { GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { WarehouseReader } from '../../demo/warehouse.ts';
import { duckdbDigest, flag, redshiftDigest, text } from './digests.ts';
import type { Stack } from './stack.ts';

const COLUMNS = ['line_id', 'invoice_no', 'stock_code', 'description', 'quantity', 'unit_price', 'amount', 'customer_id'].map(
  text,
);
const BOTH = [...COLUMNS, text('country'), flag('cancelled')];

/**
 * The lines in Parquet, of the months that the catalog has, as DuckDB reads them, and the lines that the warehouse has of the same ids: how many of each month, and a digest.
 *
 * @param directory - to put the objects into
 */
export async function curatedAgainstWarehouse(stack: Stack, directory: string) {
  const prefixes = await registeredMonths(stack);
  for (const prefix of prefixes) await download(stack, prefix, directory);
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const duckdb = await instance.connect();
  const lines = `read_parquet('${directory}/curated/lines/*/*.parquet', hive_partitioning = true)`;
  const rows = async (sql: string) =>
    (await duckdb.runAndReadAll(`SELECT CAST(COLUMNS(*) AS VARCHAR) FROM (${sql})`)).getRowsJson() as (string | null)[][];
  const timed = (format: string) => [...BOTH, format];
  const held = await rows(
    `SELECT CAST(month AS VARCHAR) AS month, COUNT(*), ${duckdbDigest(timed(`strftime(invoice_ts, '%Y-%m-%d %H:%M:%S')`))}
    FROM ${lines} GROUP BY ALL ORDER BY 1`,
  );
  const types = Object.fromEntries(
    (await rows(`SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM ${lines})`)).map(([name, type]) => [name, type]),
  );
  const sources = (await rows(`SELECT DISTINCT source_object FROM ${lines} ORDER BY 1`)).map(([source]) => source);
  duckdb.closeSync();
  instance.closeSync();

  const warehouse = new WarehouseReader(stack.outputs);
  const expected = await warehouse.ask(
    `SELECT LEFT(CAST(day AS VARCHAR(10)), 7) AS month, COUNT(*), ${redshiftDigest(timed(`TO_CHAR(invoice_ts, 'YYYY-MM-DD HH24:MI:SS')`))}
    FROM mart.sales_line GROUP BY 1 ORDER BY 1`,
  );
  warehouse.close();
  return { held, expected, types, sources };
}

/** Where the months of the imported lines are that the catalog has: of no others does a reader know. */
async function registeredMonths({ outputs }: Stack): Promise<string[]> {
  const { region, credentials, endpoints } = outputs;
  const client = new GlueClient({ region, credentials, endpoint: endpoints['glue'] ?? '' });
  const table = { DatabaseName: outputs.stack['CatalogDatabaseName'], TableName: 'lines' };
  const bucket = `s3://${outputs.stack['BucketName'] ?? ''}/`;
  const prefixes: string[] = [];
  for await (const { Partitions = [] } of paginateGetPartitions({ client }, table))
    prefixes.push(...Partitions.map(({ StorageDescriptor }) => (StorageDescriptor?.Location ?? '').slice(bucket.length)));
  client.destroy();
  return prefixes;
}

async function download({ outputs }: Stack, prefix: string, directory: string): Promise<void> {
  const { region, credentials, endpoints } = outputs;
  const Bucket = outputs.stack['BucketName'];
  const client = new S3Client({ region, credentials, endpoint: endpoints.s3 });
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix: prefix }))
    for (const { Key = '' } of Contents) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
      mkdirSync(dirname(join(directory, Key)), { recursive: true });
      await writeFile(join(directory, Key), (await Body?.transformToByteArray()) ?? '');
    }
  client.destroy();
}
