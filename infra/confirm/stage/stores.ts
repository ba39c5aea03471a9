import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { CURATED_PREFIX, RAW_PREFIX } from '../../../domain/bucket.ts';
import { redshiftDataApi } from '../../../ingest/handlers/redshift-data-api.ts';
import { warehouseSession } from '../../../ingest/warehouse/warehouse-session.ts';
import type { Aws } from '../aws.ts';
import { dataApiClient } from '../warehouse/place.ts';
import type { Outputs } from './cdk.ts';
import type { Holding } from './sent-lines.ts';

const NOTHING: Holding = { lines: 0, units: 0, mills: 0 };

const added = (one: Holding, other: Holding): Holding => ({
  lines: one.lines + other.lines,
  units: one.units + other.units,
  mills: one.mills + other.mills,
});

/** Pounds as a decimal, such as `2.55`, in mills. */
const millsOf = (pounds: string | number) => Math.round(Number(pounds) * 1_000);

/** The lines in the table of invoices, wherever an item has some. */
export async function tablesHolding(aws: Aws, outputs: Outputs): Promise<Holding> {
  let sum = NOTHING;
  let ExclusiveStartKey: Record<string, never> | undefined;
  do {
    const page = await aws('dynamodb:Scan', {
      TableName: outputs['InvoicesTableName'],
      ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }),
    });
    for (const { lines } of page.Items ?? []) {
      const stored = JSON.parse(lines?.S ?? '{"lines":[]}') as { readonly lines: readonly (readonly [string, ...never[]])[] };
      for (const [, , , quantity, mills] of stored.lines)
        sum = added(sum, { lines: 1, units: Number(quantity), mills: Number(quantity) * Number(mills) });
    }
    ExclusiveStartKey = page.LastEvaluatedKey as Record<string, never> | undefined;
  } while (ExclusiveStartKey !== undefined);
  return sum;
}

/** The keys below a prefix. */
async function keysBelow(aws: Aws, Bucket: string | undefined, Prefix: string): Promise<readonly string[]> {
  const keys: string[] = [];
  let ContinuationToken: string | undefined;
  do {
    const more = ContinuationToken === undefined ? {} : { ContinuationToken };
    const page = await aws('s3:ListObjectsV2', { Bucket, Prefix, ...more });
    keys.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []));
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  return keys;
}

async function bytesAt(aws: Aws, Bucket: string | undefined, Key: string): Promise<Uint8Array> {
  const { Body } = await aws('s3:GetObject', { Bucket, Key });
  return (await Body?.transformToByteArray()) ?? new Uint8Array();
}

/** The lines of the raw layer, each once. */
export async function rawHolding(aws: Aws, { BucketName }: Outputs): Promise<Holding> {
  const lines = new Map<string, Holding>();
  for (const key of await keysBelow(aws, BucketName, RAW_PREFIX))
    for (const text of gunzipSync(await bytesAt(aws, BucketName, key))
      .toString('utf8')
      .split('\n')
      .slice(0, -1)) {
      const { invoiceNo, lineId, quantity, unitPrice } = JSON.parse(text) as Record<string, string>;
      const units = Number(quantity);
      lines.set(`${invoiceNo ?? ''} ${lineId ?? ''}`, { lines: 1, units, mills: units * millsOf(unitPrice ?? '') });
    }
  return [...lines.values()].reduce(added, NOTHING);
}

const SALES = `SELECT CAST(COUNT(*) AS BIGINT), CAST(COALESCE(SUM(quantity), 0) AS BIGINT),
  CAST(COALESCE(SUM(net_amount), 0) AS VARCHAR(40)) FROM bi.fact_sales`;
/** Of one statement: the workgroup may be asleep. @unit milliseconds */
const PATIENCE = 300_000;

/** What whoever reads the warehouse sees of it. */
export async function warehouseHolding(aws: Aws, outputs: Outputs): Promise<Holding> {
  const { WarehouseWorkgroup: workgroup = '', WarehouseDatabase: database = '', BiSecretArn: secretArn = '' } = outputs;
  const clock = { now: Date.now, deadline: Date.now() + PATIENCE, sleep: (milliseconds: number) => pause(milliseconds) };
  const session = warehouseSession(redshiftDataApi(dataApiClient(aws), { workgroup, database, secretArn }), clock, randomUUID);
  const finished = await session.run({ name: 'count sales', statements: [SALES] });
  const [[lines, units, amount] = []] = await finished.rows(0);
  return {
    lines: lines?.longValue ?? 0,
    units: units?.longValue ?? 0,
    mills: millsOf(amount?.stringValue ?? 0),
  };
}

/** The lines in Parquet. */
export async function curatedHolding(aws: Aws, { BucketName }: Outputs): Promise<Holding> {
  const keys = (await keysBelow(aws, BucketName, CURATED_PREFIX)).filter((key) => key.endsWith('.parquet'));
  if (keys.length === 0) return NOTHING;
  const directory = await mkdtemp(join(tmpdir(), 'tillgraph-confirm-'));
  try {
    for (const [index, key] of keys.entries())
      await writeFile(join(directory, `${String(index)}.parquet`), await bytesAt(aws, BucketName, key));
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const connection = await instance.connect();
    const answer = await connection.runAndReadAll(
      `SELECT CAST(COUNT(*) AS VARCHAR), CAST(SUM(quantity) AS VARCHAR), CAST(SUM(amount) AS VARCHAR)
      FROM read_parquet('${directory}/*.parquet')`,
    );
    const [[lines, units, amount] = []] = answer.getRowsJson() as string[][];
    connection.closeSync();
    instance.closeSync();
    return { lines: Number(lines), units: Number(units), mills: millsOf(amount ?? 0) };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
