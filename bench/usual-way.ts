import { once } from 'node:events';
import http from 'node:http';
import { CreateTableCommand, DynamoDBClient, paginateScan, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { CreateStreamCommand, KinesisClient, ListShardsCommand, waitUntilStreamExists } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { mapConcurrently } from '../ingest/consumers/in-parallel.ts';
import type { TransactionInput } from '../sdk/index.ts';
import { startChild } from './child.ts';
import { withFreshStack, type FreshStack } from './fresh-stack.ts';
import { eachLines, type RowsFile } from './rows.ts';
import type { ConsumerReport } from './usual-consumer.ts';
import { CUSTOMERS, INVOICES, STREAM, type UsualSettings } from './usual-names.ts';

/** What the usual way makes of rows: one POST, one PutRecord, two UpdateItems each. */
export interface UsualWay {
  readonly rows: number;
  readonly rowsPerSecond: number;
  /** Rows that no table holds at the end: a later row of the same invoice had the same stock code. */
  readonly lost: number;
  /** Rows of guests, whose second UpdateItem DynamoDB refuses: its key is empty. */
  readonly refused: number;
  /** The first of them, from 1: where a consumer that does not step over it would stand still. */
  readonly firstRefused: number | undefined;
}

/** Connections of the client that posts. The usual client has one; this one is not to be what is measured. */
const CONNECTIONS = 20;
/** Rows that go first and are not counted, so that no process is measured cold. */
const WARM_UP = 500;

/** @param rows - how many rows are measured, the first of the file after those that warm up */
export function usualWay(directory: string, file: RowsFile, rows: number): Promise<UsualWay> {
  return withFreshStack(directory, async (stack) => {
    const { region, credentials, endpoints } = stack.outputs;
    const given: UsualSettings = { region, credentials, kinesis: endpoints.kinesis, dynamodb: endpoints.dynamodb };
    await createStores(given, stack);
    const door = await startChild<{ readonly url: string }>('usual-door.ts', given);
    const consumer = await startChild<ConsumerReport>('usual-consumer.ts', given);
    try {
      const done = { rows: 0, refused: 0 };
      consumer.onReport((report) => Object.assign(done, report));
      const lines = (await firstLines(file, WARM_UP + rows)).map(asRow);
      const warm = Math.min(WARM_UP, Math.floor(lines.length / 2));
      const send = async (from: number, to: number) => {
        await post(door.ready.url, lines.slice(from, to));
        while (done.rows < to) await new Promise((resolve) => setTimeout(resolve, 10));
      };
      await send(0, warm);
      const started = performance.now();
      await send(warm, lines.length);
      const seconds = (performance.now() - started) / 1000;
      const guest = lines.findIndex((line) => !line.includes('"customerId"'));
      return {
        rows: lines.length - warm,
        rowsPerSecond: (lines.length - warm) / seconds,
        lost: lines.length - (await storedRows(given)),
        refused: done.refused,
        firstRefused: guest === -1 ? undefined : guest + 1,
      };
    } finally {
      await Promise.all([door.stop(), consumer.stop()]);
    }
  });
}

async function firstLines(file: RowsFile, count: number): Promise<TransactionInput[]> {
  const lines: TransactionInput[] = [];
  await eachLines(file, count, (more) => lines.push(...more));
  return lines;
}

/** A stream with as many shards as the stack's own, and two tables. */
async function createStores({ region, credentials, kinesis, dynamodb }: UsualSettings, { outputs }: FreshStack): Promise<void> {
  const stream = new KinesisClient({ region, credentials, endpoint: kinesis, requestHandler: new NodeHttpHandler() });
  const { Shards = [] } = await stream.send(new ListShardsCommand({ StreamName: outputs.stack['StreamName'] }));
  await stream.send(new CreateStreamCommand({ StreamName: STREAM, ShardCount: Shards.length }));
  await waitUntilStreamExists({ client: stream, maxWaitTime: 60, minDelay: 1 }, { StreamName: STREAM });
  stream.destroy();

  const tables = new DynamoDBClient({ region, credentials, endpoint: dynamodb });
  for (const [TableName, key] of [
    [INVOICES, 'InvoiceNo'],
    [CUSTOMERS, 'CustomerID'],
  ] as const) {
    const AttributeDefinitions = [{ AttributeName: key, AttributeType: 'S' as const }];
    const KeySchema = [{ AttributeName: key, KeyType: 'HASH' as const }];
    await tables.send(new CreateTableCommand({ TableName, AttributeDefinitions, KeySchema, BillingMode: 'PAY_PER_REQUEST' }));
    await waitUntilTableExists({ client: tables, maxWaitTime: 60, minDelay: 1 }, { TableName });
  }
  tables.destroy();
}

/** One POST for each body, until each is answered. */
async function post(url: string, bodies: readonly string[]): Promise<void> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  await mapConcurrently(bodies, CONNECTIONS, async (body) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const request = http.request(url, { method: 'POST', agent, headers });
    request.end(body);
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    response.resume();
    await once(response, 'end');
    if (response.statusCode !== 200) throw new Error(`the usual door answered ${String(response.statusCode)}`);
  });
  agent.destroy();
}

/** Rows that the table of invoices holds: every attribute but the key is one. */
async function storedRows({ region, credentials, dynamodb }: UsualSettings): Promise<number> {
  const client = new DynamoDBClient({ region, credentials, endpoint: dynamodb });
  let rows = 0;
  for await (const { Items = [] } of paginateScan({ client }, { TableName: INVOICES }))
    for (const item of Items) rows += Object.keys(item).length - 1;
  client.destroy();
  return rows;
}

/** A row has no identity of its own. */
const asRow = ({ lineId: _lineId, ...row }: TransactionInput): string => JSON.stringify(row);
