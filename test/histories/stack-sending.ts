import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
  PutRecordCommand,
} from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { sign } from '@tillgraph/local-aws';
import { LineIdentifier } from '../../domain/line-id.ts';
import type { TransactionLine } from '../../domain/transaction-line.ts';
import { clientOf } from '../support/pipeline.ts';
import type { JudgedText } from '../support/records-judged.ts';
import type { Stack } from '../support/stack.ts';
import { sent } from '../support/stream-answers.ts';
import type { StreamRecord } from './history.ts';
import { ofShop, type Life } from './warehouse-life.ts';

/** One request or record, in its turn among those of its shop. */
export type Parcel =
  | { readonly door: 'GraphQL' | 'REST'; readonly lines: readonly TransactionLine[] }
  | { readonly door: 'Kinesis'; readonly partitionKey: string; readonly text: JudgedText };

/** What a shop sends, and which rows of a file are its own. */
export interface Parcels {
  readonly parcels: readonly Parcel[];
  readonly rows: readonly TransactionLine[];
}

const KEYS = ['a', 'b', 'c', 'd'];

const sha256Hex = (text: string) => createHash('sha256').update(text).digest('hex');

/**
 * What a life comes to on a whole stack. What arrives together goes in one request, through one door or the other; what is written
 * strangely, or twice, a foreign producer puts on the stream, under any key. A row of a file has the id that its content gives it, and
 * what would come again comes as a correction of it.
 */
export function parcelsOf({ arrivals }: Life, shop: number): Parcels {
  const identifier = new LineIdentifier(sha256Hex);
  const parcels: Parcel[] = [];
  const rows: TransactionLine[] = [];
  const requests = new Map<number, TransactionLine[]>();
  arrivals.forEach(({ door, writing, load, again }, place) => {
    const text = ofShop(writing, shop);
    const partitionKey = KEYS[(place + shop) % KEYS.length]!;
    if (door === 'import' && 'accepted' in text.ruling) {
      const row = { ...text.ruling.accepted, lineId: identifier.identify(text.ruling.accepted) };
      rows.push(row);
      const correction = { ...row, quantity: row.quantity === 1 ? 2 : 1, sentAt: 1 + place };
      if (again) parcels.push({ door: 'Kinesis', partitionKey, text: canonical(correction) });
      return;
    }
    if (writing.way !== undefined || again || !('accepted' in text.ruling)) {
      parcels.push({ door: 'Kinesis', partitionKey, text });
      return;
    }
    const request = requests.get(load);
    if (request !== undefined) {
      request.push(text.ruling.accepted);
      return;
    }
    const lines = [text.ruling.accepted];
    requests.set(load, lines);
    parcels.push({ door: load === 0 ? 'GraphQL' : 'REST', lines });
  });
  return { parcels, rows };
}

const canonical = (line: TransactionLine): JudgedText => ({
  name: 'a correction',
  bytes: Buffer.from(JSON.stringify(line)),
  ruling: { accepted: line },
});

/** A CSV of these rows, in UTF-8 with its mark, because the shops write in all letters. */
export function fileOf(rows: readonly TransactionLine[]): Buffer {
  const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;
  const lines = rows.map((row) => {
    const { invoiceNo, stockCode, description = '', quantity, invoiceDate, unitPrice, customerId = '', country } = row;
    const date = invoiceDate.replace('T', ' ').replace('Z', '');
    return [invoiceNo, stockCode, description, String(quantity), date, unitPrice, customerId, country].map(quoted).join(',');
  });
  const header = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';
  return Buffer.from(`\uFEFF${[header, ...lines].join('\r\n')}\r\n`);
}

const kinesisOf = ({ outputs: { region, credentials, endpoints } }: Stack) =>
  new KinesisClient({ region, credentials, endpoint: endpoints.kinesis, requestHandler: new NodeHttpHandler() });

/** A stack that restarts is away for some seconds; what is not taken for a minute, no door takes. */
const ATTEMPTS = 600;
/** @unit milliseconds */
const PAUSE = 100;

/** Send one parcel until it is taken, whatever fails and whoever is restarted meanwhile. @param current - the stack that runs now */
export async function sendParcel(current: () => Stack, parcel: Parcel): Promise<void> {
  let cause: unknown;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      await put(current(), parcel);
      return;
    } catch (error) {
      cause = error;
    }
    await pause(PAUSE);
  }
  const what = parcel.door === 'Kinesis' ? parcel.text.name : JSON.stringify(parcel.lines);
  throw new Error(`the ${parcel.door} door does not take ${what}: ${String(cause)}`, { cause });
}

/** @throws Error when any of it was not taken */
async function put(stack: Stack, parcel: Parcel): Promise<void> {
  if (parcel.door === 'Kinesis') {
    const { partitionKey: PartitionKey, text } = parcel;
    const client = kinesisOf(stack);
    try {
      const StreamName = stack.outputs.stack['StreamName'];
      await client.send(new PutRecordCommand({ StreamName, PartitionKey, Data: text.bytes }));
    } finally {
      client.destroy();
    }
    return;
  }
  const lines = parcel.lines.map(sent);
  const receipt = await (parcel.door === 'GraphQL' ? byGraphQl(stack, lines) : byRest(stack, lines));
  if (receipt.accepted !== lines.length) throw new Error(`of ${lines.length} lines: ${JSON.stringify(receipt)}`);
}

interface Receipt {
  readonly accepted: number;
  readonly failed: readonly { readonly code: string; readonly message: string }[];
}

async function byGraphQl(stack: Stack, lines: readonly Omit<TransactionLine, 'sentAt'>[]): Promise<Receipt> {
  const client = clientOf(stack);
  try {
    return await client.sendTransactions(lines);
  } finally {
    client.close();
  }
}

async function byRest({ outputs }: Stack, lines: readonly object[]): Promise<Receipt> {
  const { region, credentials, restUrl } = outputs;
  const url = `${restUrl.replace(/\/$/, '')}/transactions`;
  const body = JSON.stringify(lines);
  const headers = { 'content-type': 'application/json' };
  const { host: _host, ...signed } = sign({ method: 'POST', url, headers, body, credentials, region, service: 'execute-api' });
  const answer = await fetch(url, { method: 'POST', headers: { ...headers, ...signed }, body });
  return (await answer.json()) as Receipt;
}

/** A record as it stands on the stream. */
export interface StandingRecord extends StreamRecord {
  readonly sequenceNumber: string;
}

/**
 * The whole stream, with what is right to make of each record: it alone knows when a door took a line.
 *
 * @param foreign - what foreign producers put there; whatever else is there, the doors wrote
 */
export async function standingRecords(stack: Stack, foreign: readonly JudgedText[]): Promise<StandingRecord[]> {
  const judged = new Map(foreign.map((text) => [text.bytes.toString('base64'), text]));
  const client = kinesisOf(stack);
  const StreamName = stack.outputs.stack['StreamName'];
  const records: StandingRecord[] = [];
  for (const { ShardId } of (await client.send(new ListShardsCommand({ StreamName }))).Shards ?? []) {
    const start = new GetShardIteratorCommand({ StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' });
    let iterator = (await client.send(start)).ShardIterator;
    while (iterator !== undefined) {
      const page = await client.send(new GetRecordsCommand({ ShardIterator: iterator, Limit: 10_000 }));
      for (const { Data, PartitionKey = '', SequenceNumber = '' } of page.Records ?? []) {
        const bytes = Buffer.from(Data ?? []);
        const text = judged.get(bytes.toString('base64'));
        const ruling = text === undefined ? { accepted: linesOf(bytes), refused: [] } : rulingOf(text);
        records.push({ partitionKey: PartitionKey, bytes, sequenceNumber: SequenceNumber, ...ruling });
      }
      iterator = (page.Records ?? []).length === 0 && page.MillisBehindLatest === 0 ? undefined : page.NextShardIterator;
    }
  }
  client.destroy();
  return records;
}

const rulingOf = (text: JudgedText) =>
  'accepted' in text.ruling ? { accepted: [text.ruling.accepted], refused: [] } : { accepted: [], refused: [text] };

const linesOf = (bytes: Buffer) =>
  bytes
    .toString('utf8')
    .split('\n')
    .slice(0, -1)
    .map((text) => JSON.parse(text) as TransactionLine);
