import { createGunzip } from 'node:zlib';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { DynamoDBClient, paginateScan, type AttributeValue } from '@aws-sdk/client-dynamodb';
import { GetRecordsCommand, GetShardIteratorCommand, KinesisClient, ListShardsCommand } from '@aws-sdk/client-kinesis';
import { GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { RAW_PREFIX } from '../domain/bucket.ts';
import { HEADER, PROFILE } from '../domain/keys.ts';
import { compareVersions } from '../domain/line-version.ts';
import { toMills } from '../domain/money.ts';
import type { StoredLines } from '../domain/stored-line.ts';
import type { TransactionLine } from '../domain/transaction-line.ts';

/** Where the stores are: a running local stack's `outputs.json`, as far as an inventory needs it. */
export interface StoreAddresses {
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly endpoints: Readonly<Record<'kinesis' | 'dynamodb' | 's3', string>> & Readonly<Partial<Record<string, string>>>;
  readonly stack: Readonly<Record<string, string>>;
}

/** What a store holds, in terms that can be compared with what was sent. Money in mills. */
export interface StoreCounts {
  readonly lines: number;
  readonly units: number;
  readonly mills: bigint;
}

/** A table that contradicts itself. */
export class InconsistentTableError extends Error {
  override readonly name = 'InconsistentTableError';
  readonly code = 'INCONSISTENT_TABLE';

  constructor(
    readonly invoiceNo: string,
    fault: string,
  ) {
    super(`table Invoices, invoice ${invoiceNo}: ${fault}; let the consumers finish, then count again`);
  }
}

/** What every store holds, counted line by line from the stores themselves, not from their own totals. */
export interface Inventory {
  readonly stream: { readonly records: number; readonly bytes: number };
  /** `lines` are lines of the latest version each: what was written twice into the raw layer counts once. */
  readonly raw: StoreCounts & { readonly objects: number; readonly bytes: number };
  readonly invoices: StoreCounts & { readonly invoices: number; readonly items: number };
  /** Sums over the profiles, and over the customers' lists of invoices. */
  readonly customers: StoreCounts & { readonly customers: number; readonly listed: StoreCounts & { readonly invoices: number } };
}

type Item = Record<string, AttributeValue>;

/** Count everything. Reads all stores whole: about 20 s for 541,909 lines, memory for the text of each. */
export async function takeInventory(addresses: StoreAddresses): Promise<Inventory> {
  const [stream, raw, invoices, customers] = await Promise.all([
    countStream(addresses),
    countRaw(addresses),
    countInvoices(addresses),
    countCustomers(addresses),
  ]);
  return { stream, raw, invoices, customers };
}

const clientOptions = ({ region, credentials, endpoints }: StoreAddresses, service: 'kinesis' | 'dynamodb' | 's3') => ({
  region,
  credentials,
  endpoint: endpoints[service],
  requestHandler: new NodeHttpHandler(),
});

/** How many records the stream still holds. */
async function countStream(addresses: StoreAddresses): Promise<Inventory['stream']> {
  const client = new KinesisClient(clientOptions(addresses, 'kinesis'));
  const StreamName = addresses.stack['StreamName'];
  let records = 0;
  let bytes = 0;
  for (const { ShardId } of (await client.send(new ListShardsCommand({ StreamName }))).Shards ?? []) {
    const start = new GetShardIteratorCommand({ StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' });
    let iterator = (await client.send(start)).ShardIterator;
    while (iterator !== undefined) {
      const page = await client.send(new GetRecordsCommand({ ShardIterator: iterator, Limit: 10_000 }));
      records += page.Records?.length ?? 0;
      for (const record of page.Records ?? []) bytes += record.Data?.length ?? 0;
      iterator = (page.Records?.length ?? 0) === 0 && page.MillisBehindLatest === 0 ? undefined : page.NextShardIterator;
    }
  }
  client.destroy();
  return { records, bytes };
}

/** What the raw layer holds, read as a set: of each line the latest version. */
async function countRaw(addresses: StoreAddresses): Promise<Inventory['raw']> {
  const client = new S3Client(clientOptions(addresses, 's3'));
  const Bucket = addresses.stack['BucketName'];
  /** By their identity. */
  const latest = new Map<string, string>();
  const sum = { objects: 0, bytes: 0, units: 0, mills: 0n };
  const add = ({ quantity, unitPrice }: TransactionLine, sign: 1 | -1) => {
    sum.units += sign * quantity;
    sum.mills += BigInt(sign * quantity) * BigInt(toMills(unitPrice));
  };
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix: RAW_PREFIX })) {
    for (const { Key, Size = 0 } of Contents) {
      sum.objects++;
      sum.bytes += Size;
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
      for await (const text of createInterface({ input: (Body as Readable).pipe(createGunzip()), crlfDelay: Infinity })) {
        const line = JSON.parse(text) as TransactionLine;
        const identity = `${line.invoiceNo} ${line.lineId}`;
        const known = latest.get(identity);
        if (known !== undefined) {
          const before = JSON.parse(known) as TransactionLine;
          if (known === text || compareVersions(before, line) >= 0) continue;
          add(before, -1);
        }
        latest.set(identity, text);
        add(line, 1);
      }
    }
  }
  client.destroy();
  return { lines: latest.size, ...sum };
}

/**
 * What the table `Invoices` holds: its headers, and the lines in them and in the chunks that they name.
 *
 * @remarks A scan gives the items of one invoice together, in the order of their keys: the header comes first.
 * @throws InconsistentTableError
 */
async function countInvoices(addresses: StoreAddresses): Promise<Inventory['invoices']> {
  const sum = { invoices: 0, items: 0, lines: 0, units: 0, mills: 0n };
  let invoiceNo = '';
  let named = new Set<string>();
  let lineIds = new Set<string>();
  const end = () => {
    const [missing] = named;
    if (missing !== undefined)
      throw new InconsistentTableError(invoiceNo, `the chunk ${missing} that its header names is not there`);
  };
  for await (const item of itemsOf(addresses, 'InvoicesTableName')) {
    sum.items++;
    const key = item['sk']?.S ?? '';
    if (key === HEADER) {
      end();
      sum.invoices++;
      invoiceNo = item['invoiceNo']?.S ?? '';
      named = new Set((JSON.parse(item['chunks']?.S ?? '[]') as [string, number][]).map(([chunk]) => chunk));
      lineIds = new Set();
    } else if (item['invoiceNo']?.S !== invoiceNo || !named.delete(key)) continue; // another writer has given up on it
    for (const [lineId, , , quantity, mills] of (JSON.parse(item['lines']?.S ?? '') as StoredLines).lines) {
      if (lineIds.has(lineId)) throw new InconsistentTableError(invoiceNo, `line ${lineId} is there twice`);
      lineIds.add(lineId);
      sum.lines++;
      sum.units += quantity;
      sum.mills += BigInt(quantity) * BigInt(mills);
    }
  }
  end();
  return sum;
}

/** What the table `Customers` says: the profiles, and the lists that the profiles sum up. */
async function countCustomers(addresses: StoreAddresses): Promise<Inventory['customers']> {
  const profiles = { customers: 0, lines: 0, units: 0, mills: 0n };
  const listed = { invoices: 0, lines: 0, units: 0, mills: 0n };
  for await (const item of itemsOf(addresses, 'CustomersTableName')) {
    const number = (name: string) => Number(item[name]?.N ?? 0);
    const isProfile = item['sk']?.S === PROFILE;
    const sum = isProfile ? profiles : listed;
    sum.lines += number('lineCount');
    sum.units += number('units');
    sum.mills += millsOf(item[isProfile ? 'revenue' : 'total']?.S ?? '');
    if (!isProfile) listed.invoices++;
    else if (number('invoiceCount') > 0) profiles.customers++; // one with none has lost every line by corrections
  }
  return { ...profiles, listed };
}

/** Pounds with three places, as the tables keep sums of any size. */
const millsOf = (pounds: string): bigint => BigInt(pounds.replace('.', ''));

async function* itemsOf(addresses: StoreAddresses, output: string): AsyncGenerator<Item> {
  const client = new DynamoDBClient(clientOptions(addresses, 'dynamodb'));
  for await (const { Items = [] } of paginateScan({ client }, { TableName: addresses.stack[output] })) yield* Items;
  client.destroy();
}
