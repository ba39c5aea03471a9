import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutObjectCommand, S3Client, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { STREAM_COLUMNS, STREAM_COPY_OPTIONS } from '../domain/landing.ts';
import type { LocalOutputs } from '../demo/local-stack.ts';
import { WarehouseReader } from '../demo/warehouse.ts';
import { batchOf } from '../ingest/warehouse/load-batch.ts';
import { stagedObject } from '../ingest/warehouse/staging-keys.ts';
import type { TransactionInput } from '../sdk/index.ts';
import { DataApi } from './data-api.ts';
import type { FreshStack } from './fresh-stack.ts';
import { processorSeconds } from './machine.ts';

/** A part of a load, and what it took. @unit seconds */
interface Step {
  readonly name: string;
  readonly seconds: number;
}

/** All rows at once, in one COPY and one load, with the rollups. */
interface OneLoad {
  readonly seconds: number;
  /** Of stack and database; absent where the system does not tell. @unit processor seconds */
  readonly work: number | undefined;
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
const COLUMNS = STREAM_COLUMNS.join(', ');
/** As the delivery stream has them. */
const OPTIONS = `MANIFEST ${STREAM_COPY_OPTIONS}`;

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

/**
 * Empty the warehouse, and load into it what Firehose had put for it, all in one.
 *
 * @remarks COPY and load are one transaction, so that the loader of the stack, whose schedule goes on, never sees rows to load.
 * @param later - lines that are not among those
 */
export async function wholeLoad({ outputs, pid }: FreshStack, later: readonly TransactionInput[]): Promise<WholeLoad> {
  const warehouse = new WarehouseReader(outputs);
  const dataApi = new DataApi(outputs);
  const bucket = new Bucket(outputs);
  try {
    const all = await bucket.putManifest('all', await bucket.deliveredObjects());
    const lines = later.map((line) => `${JSON.stringify({ ...line, sentAt: Date.now() })}\n`);
    const few = await bucket.putManifest('few', [await bucket.put('few.ndjson', lines.join(''))]);
    await dataApi.run('empty', EMPTIED);
    const first = await oneLoad(dataApi, pid, all);
    const again = await oneLoad(dataApi, pid, all);
    const { lines: rows } = await warehouse.count();
    const onTop = await oneLoad(dataApi, pid, few);
    return { rows, first, again, few: { ...onTop, rows: (await warehouse.count()).lines - rows } };
  } finally {
    for (const client of [dataApi, warehouse, bucket]) client.close();
  }
}

/** @param manifest - its address */
async function oneLoad(dataApi: DataApi, pid: number, manifest: string): Promise<OneLoad> {
  const copy = `COPY intake.landing (${COLUMNS}) FROM '${manifest}' IAM_ROLE default ${OPTIONS}`;
  const { load, refresh } = { load: filesOf('load'), refresh: filesOf('refresh') };
  const workBefore = processorSeconds(pid);
  const started = performance.now();
  const [copied, ...loaded] = await dataApi.run('all at once', [copy, ...load.map(({ sql }) => sql)]);
  const refreshed = await dataApi.run(
    'refresh',
    refresh.map(({ sql }) => sql),
  );
  const seconds = (performance.now() - started) / 1000;
  const workAfter = processorSeconds(pid);
  const total = (steps: readonly { readonly seconds: number }[]) => steps.reduce((sum, step) => sum + step.seconds, 0);
  const named = [
    ...loaded.map((step, place) => ({ name: load[place]?.name ?? '', seconds: step.seconds })),
    ...refreshed.map((step, place) => ({ name: refresh[place]?.name ?? '', seconds: step.seconds })),
  ];
  return {
    seconds,
    work: workBefore === undefined || workAfter === undefined ? undefined : workAfter - workBefore,
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

/** The bucket of the stack. */
class Bucket {
  private readonly client: S3Client;
  private readonly name: string;

  constructor({ region, credentials, endpoints, stack }: LocalOutputs) {
    this.client = new S3Client({ region, credentials, endpoint: endpoints.s3, requestHandler: new NodeHttpHandler() });
    this.name = stack['BucketName'] ?? '';
  }

  /** Keys of what Firehose has put until now. */
  async deliveredObjects(): Promise<string[]> {
    const keys: string[] = [];
    for await (const { Contents = [] } of paginateListObjectsV2({ client: this.client }, { Bucket: this.name, Prefix: PREFIX }))
      for (const { Key = '' } of Contents) if (stagedObject(PREFIX, Key) === 'lines') keys.push(Key);
    return keys;
  }

  /** @returns the key, under a prefix that nobody listens to */
  async put(name: string, Body: string): Promise<string> {
    const Key = `bench/${name}`;
    await this.client.send(new PutObjectCommand({ Bucket: this.name, Key, Body }));
    return Key;
  }

  /** @returns its address */
  async putManifest(name: string, keys: readonly string[]): Promise<string> {
    const entries = keys.map((key) => ({ url: `s3://${this.name}/${key}`, mandatory: true }));
    return `s3://${this.name}/${await this.put(`${name}.json`, JSON.stringify({ entries }))}`;
  }

  close(): void {
    this.client.destroy();
  }
}
