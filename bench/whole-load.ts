import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutObjectCommand, S3Client, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { LocalOutputs } from '../demo/local-stack.ts';
import { WarehouseReader } from '../demo/warehouse.ts';
import { batchOf } from '../ingest/warehouse/landing.ts';
import { stagedObject } from '../ingest/warehouse/staging-keys.ts';
import { DataApi } from './data-api.ts';

/** A part of a load, and what it took. @unit seconds */
interface Step {
  readonly name: string;
  readonly seconds: number;
}

/** All rows at once, in one COPY and one load, with the rollups. */
interface OneLoad {
  readonly seconds: number;
  /** The whole in three parts: COPY, load, refresh. */
  readonly parts: readonly Step[];
  /** Statements by their files, the longest first. */
  readonly longest: readonly Step[];
}

export interface WholeLoad {
  readonly rows: number;
  /** Into an empty warehouse. */
  readonly first: OneLoad;
  /** The same once more: no row changes. */
  readonly again: OneLoad;
  /** Few rows on top, as they come every day. */
  readonly few: OneLoad & { readonly rows: number };
}

const PREFIX = 'firehose/';
const WAREHOUSE = join(import.meta.dirname, '..', 'warehouse');
const COLUMNS = 'lineid, invoiceno, stockcode, description, quantity, invoicedate, unitprice, customerid, country, sentat';
/** As the delivery stream has them. */
const OPTIONS = "MANIFEST JSON 'auto ignorecase' TIMEFORMAT 'auto' ACCEPTINVCHARS TRUNCATECOLUMNS MAXERROR 100000";

/** Everything that loads fill. */
const EMPTIED = [
  'TRUNCATE intake.landing',
  'TRUNCATE mart.sales_line',
  'TRUNCATE mart.fact_invoice',
  'TRUNCATE mart.agg_sales',
  'TRUNCATE mart.agg_product_pair',
  'TRUNCATE mart.dim_product',
  'TRUNCATE mart.dim_country',
  'DELETE FROM mart.dim_customer WHERE customer_key <> 0',
];

/** The objects that Firehose has put until now. */
export async function deliveredObjects(outputs: LocalOutputs): Promise<string[]> {
  const client = s3(outputs);
  const keys: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2(
    { client },
    { Bucket: outputs.stack['BucketName'], Prefix: PREFIX },
  ))
    for (const { Key = '' } of Contents) if (stagedObject(PREFIX, Key) === 'lines') keys.push(Key);
  client.destroy();
  return keys;
}

/**
 * Empty the warehouse and load objects into it, all in one.
 *
 * @remarks COPY and load are one transaction, so that the loader of the stack, whose schedule goes on, never sees rows to load.
 * @param objects - keys of Firehose's objects
 * @param later - key of one with rows that are not in those
 */
export async function wholeLoad(outputs: LocalOutputs, objects: readonly string[], later: string): Promise<WholeLoad> {
  const copyOf = async (name: string, keys: readonly string[]) =>
    `COPY intake.landing (${COLUMNS}) FROM 's3://${await putManifest(outputs, name, keys)}' IAM_ROLE default ${OPTIONS}`;
  const copy = await copyOf('all', objects);
  const warehouse = new WarehouseReader(outputs);
  const dataApi = new DataApi(outputs);
  try {
    await dataApi.run('empty', EMPTIED);
    const first = await oneLoad(dataApi, copy);
    const again = await oneLoad(dataApi, copy);
    const { lines: rows } = await warehouse.count();
    const few = await oneLoad(dataApi, await copyOf('few', [later]));
    return { rows, first, again, few: { ...few, rows: (await warehouse.count()).lines - rows } };
  } finally {
    dataApi.close();
    warehouse.close();
  }
}

async function oneLoad(dataApi: DataApi, copy: string): Promise<OneLoad> {
  const { load, refresh } = { load: filesOf('load'), refresh: filesOf('refresh') };
  const started = performance.now();
  const [copied, ...loaded] = await dataApi.run('all at once', [copy, ...load.map(({ sql }) => sql)]);
  const refreshed = await dataApi.run(
    'refresh',
    refresh.map(({ sql }) => sql),
  );
  const seconds = (performance.now() - started) / 1000;
  const total = (steps: readonly { readonly seconds: number }[]) => steps.reduce((sum, step) => sum + step.seconds, 0);
  const named = [
    ...loaded.map((step, place) => ({ name: load[place]?.name ?? '', seconds: step.seconds })),
    ...refreshed.map((step, place) => ({ name: refresh[place]?.name ?? '', seconds: step.seconds })),
  ];
  return {
    seconds,
    parts: [
      { name: 'COPY', seconds: copied?.seconds ?? 0 },
      { name: 'load', seconds: total(loaded) },
      { name: 'refresh', seconds: total(refreshed) },
    ],
    longest: named.sort((one, other) => other.seconds - one.seconds),
  };
}

/** Statements of a folder of the warehouse, each with the name of its file. */
function filesOf(folder: 'load' | 'refresh'): { readonly name: string; readonly sql: string }[] {
  return readdirSync(join(WAREHOUSE, folder))
    .sort()
    .flatMap((name) => {
      const text = readFileSync(join(WAREHOUSE, folder, name), 'utf8');
      const { statements } = batchOf(folder, [{ name, text }]);
      return statements.map((sql) => ({ name: `${folder}/${name.replace('.sql', '')}`, sql }));
    });
}

/** @returns bucket and key */
async function putManifest(outputs: LocalOutputs, name: string, objects: readonly string[]): Promise<string> {
  const Bucket = outputs.stack['BucketName'] ?? '';
  const Key = `bench/${name}.json`;
  const entries = objects.map((key) => ({ url: `s3://${Bucket}/${key}`, mandatory: true }));
  const client = s3(outputs);
  await client.send(new PutObjectCommand({ Bucket, Key, Body: JSON.stringify({ entries }) }));
  client.destroy();
  return `${Bucket}/${Key}`;
}

const s3 = ({ region, credentials, endpoints }: LocalOutputs) =>
  new S3Client({ region, credentials, endpoint: endpoints.s3, requestHandler: new NodeHttpHandler() });
