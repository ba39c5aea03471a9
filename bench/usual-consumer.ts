import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { GetRecordsCommand, GetShardIteratorCommand, KinesisClient, ListShardsCommand } from '@aws-sdk/client-kinesis';
import type { TransactionInput } from '../sdk/index.ts';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { report, settings } from './child.ts';
import { CUSTOMERS, INVOICES, STREAM, type UsualSettings } from './usual-names.ts';

// The consumer of the usual way: what the loop of a Lambda function does, two UpdateItems for each record, one after the other.

/** How far it is. */
export interface ConsumerReport {
  readonly rows: number;
  readonly refused: number;
}

/** Lambda asks once a second; this one is not to be what is measured. @unit milliseconds */
const ASK_AGAIN = 10;

const { region, credentials, kinesis, dynamodb } = settings() as UsualSettings;
const stream = new KinesisClient({ region, credentials, endpoint: kinesis, requestHandler: new NodeHttpHandler() });
const tables = new DynamoDBClient({ region, credentials, endpoint: dynamodb });
let rows = 0;
let refused = 0;

/** A shard is read by one invocation at a time. */
async function consume(ShardId: string | undefined): Promise<never> {
  const start = new GetShardIteratorCommand({ StreamName: STREAM, ShardId, ShardIteratorType: 'TRIM_HORIZON' });
  let { ShardIterator } = await stream.send(start);
  for (;;) {
    const { Records = [], NextShardIterator } = await stream.send(new GetRecordsCommand({ ShardIterator, Limit: 100 }));
    for (const { Data } of Records) await store(JSON.parse(Buffer.from(Data ?? []).toString('utf8')) as TransactionInput);
    if (Records.length === 0) await pause(ASK_AGAIN);
    else report({ rows, refused });
    ShardIterator = NextShardIterator;
  }
}

async function store({ invoiceNo, stockCode, customerId, ...line }: TransactionInput): Promise<void> {
  await tables.send(
    new UpdateItemCommand({
      TableName: INVOICES,
      Key: { InvoiceNo: { S: invoiceNo } },
      UpdateExpression: 'SET #stock = :line',
      ExpressionAttributeNames: { '#stock': stockCode },
      ExpressionAttributeValues: { ':line': { S: JSON.stringify(line) } },
    }),
  );
  const customer = new UpdateItemCommand({
    TableName: CUSTOMERS,
    Key: { CustomerID: { S: customerId ?? '' } },
    UpdateExpression: 'SET #invoice = :date',
    ExpressionAttributeNames: { '#invoice': invoiceNo },
    ExpressionAttributeValues: { ':date': { S: line.invoiceDate } },
  });
  try {
    await tables.send(customer);
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ValidationException')) throw error;
    refused += 1;
  }
  rows += 1;
}

const { Shards = [] } = await stream.send(new ListShardsCommand({ StreamName: STREAM }));
report({ rows, refused });
await Promise.all(Shards.map(({ ShardId }) => consume(ShardId)));
