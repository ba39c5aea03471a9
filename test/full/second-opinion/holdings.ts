import { gunzipSync } from 'node:zlib';
import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient, paginateScan, type AttributeValue } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import type { StoredLines } from '../../../domain/stored-line.ts';
import type { Deployed } from './doors.ts';

type Item = Readonly<Record<string, AttributeValue>>;

/** Everything that the stores of a stack hold, in an order of its own. */
export interface Holdings {
  /** Items by their keys, without what is each stack's own: times of sending, random ends of keys, how often they were written. */
  readonly customers: Readonly<Record<string, Item>>;
  readonly invoices: Readonly<Record<string, Item>>;
  /** The lines of the raw layer, as bytes in Latin-1. */
  readonly raw: readonly string[];
  /** The names of its objects, by pattern. */
  readonly rawNames: readonly string[];
  /** What could not be stored, entry by entry, with the pattern of its object's name. */
  readonly rejected: readonly string[];
}

/** @param since - what was sent since then has a time of its own in each stack. @unit milliseconds since 1970 */
async function holdingsOf(stack: Deployed, since: number): Promise<Holdings> {
  const { region, credentials, endpoints } = stack;
  const tables = new DynamoDBClient({ region, credentials, endpoint: endpoints.dynamodb });
  const bucket = new S3Client({ region, credentials, endpoint: endpoints.s3, forcePathStyle: true });
  const timeless = (text: string) => text.replace(/\b1\d{12}\b/g, (digits) => (Number(digits) >= since ? '0' : digits));
  try {
    const raw: string[] = [];
    const rawNames = new Set<string>();
    for (const [name, body] of await objects(bucket, stack, 'raw/')) {
      rawNames.add(namePattern(name));
      const text = gunzipSync(body).toString('latin1');
      raw.push(...text.split('\n').slice(0, -1).map(timeless));
      if (!text.endsWith('\n')) raw.push(`${name} does not end with a line feed`);
    }
    const rejected = (await objects(bucket, stack, 'rejected/')).flatMap(([name, body]) =>
      body
        .toString('utf8')
        .split('\n')
        .slice(0, -1)
        .map((entry) => `${namePattern(name)} ${timeless(entry.replace(/("sequenceNumber":)"\d{20,}"/, '$1"SEQUENCE"'))}`),
    );
    return {
      customers: await items(tables, stack.stack['CustomersTableName'] ?? '', 'customerId', since),
      invoices: await items(tables, stack.stack['InvoicesTableName'] ?? '', 'invoiceNo', since),
      raw: raw.sort(),
      rawNames: [...rawNames].sort(),
      rejected: rejected.sort(),
    };
  } finally {
    tables.destroy();
    bucket.destroy();
  }
}

async function items(client: DynamoDBClient, TableName: string, key: string, since: number) {
  const found: [string, Item][] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName, ConsistentRead: true }))
    for (const { version: _version, lines, ...item } of Items) {
      const text = JSON.stringify({ ...item, ...(lines === undefined ? {} : { lines: { S: linesOf(lines.S ?? '', since) } }) });
      const plain = JSON.parse(text.replaceAll(/(LINES#\d{4}#)[0-9a-f]{8}/g, '$1RANDOM')) as Item;
      found.push([`${plain[key]?.S ?? ''} ${plain['sk']?.S ?? ''}`, plain]);
    }
  return Object.fromEntries(found.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** The lines of an item. Those that went through a door got the time there, line by line. */
function linesOf(text: string, since: number): string {
  const stored = JSON.parse(text) as StoredLines;
  if (stored.since < since) return text;
  const timed = stored.lines.map(([lineId, stockCode, description, quantity, mills, , setting = 0]) => [
    ...[lineId, stockCode, description, quantity, mills, 'NOW', setting],
  ]);
  return JSON.stringify({ ...stored, since: 'NOW', lines: timed });
}

async function objects(client: S3Client, { stack }: Deployed, Prefix: string): Promise<[string, Buffer][]> {
  const Bucket = stack['BucketName'];
  const found: [string, Buffer][] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix }))
    for (const { Key = '' } of Contents) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
      found.push([Key, Buffer.from((await Body?.transformToByteArray()) ?? [])]);
    }
  return found;
}

/** Sequence numbers have 56 digits on AWS and here, fewer elsewhere. */
const namePattern = (name: string) =>
  name
    .replaceAll(/\d{20,}(?=[-.])/g, 'SEQUENCE')
    .replace(/dt=\d{4}-\d\d-\d\d/, 'dt=DAY')
    .replace(/hour=\d\d/, 'hour=HH');

/** @unit milliseconds */
const LOOK_AGAIN = 100;
const PATIENCE = 30_000;

/** How much there must be before a stack is compared. */
export interface Amounts {
  /** In the headers of invoices. */
  readonly lines: number;
  /** In the raw layer, which keeps what comes twice. */
  readonly writings: number;
  readonly rejected: number;
}

/** What the stores hold as soon as they have so much, or when patience has ended. */
export async function holdingsWith(stack: Deployed, since: number, { lines, writings, rejected }: Amounts): Promise<Holdings> {
  const start = Date.now();
  for (;;) {
    const holdings = await holdingsOf(stack, since);
    const headers = Object.values(holdings.invoices).reduce((sum, item) => sum + Number(item['lineCount']?.N ?? 0), 0);
    const isWhole = headers === lines && holdings.raw.length === writings && holdings.rejected.length === rejected;
    if (isWhole || Date.now() - start > PATIENCE) return holdings;
    await pause(LOOK_AGAIN);
  }
}
