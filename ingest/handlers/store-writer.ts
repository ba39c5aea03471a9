import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import type { KinesisStreamHandler } from 'aws-lambda';
import { storeWriter } from '../consumers/store-writer.ts';
import { deadlineOf } from './deadline.ts';
import { dynamoDbLedger } from './dynamodb-ledger.ts';
import { requireVariable } from './environment.ts';
import { s3ObjectStore } from './s3-object-store.ts';

const client = new DynamoDBClient({});
// It copies whatever goes out and comes in for a logger that is not there: a twentieth of the function's time.
client.middlewareStack.remove('loggerMiddleware');
const tables = { customers: requireVariable('CUSTOMERS_TABLE'), invoices: requireVariable('INVOICES_TABLE') };

const store = storeWriter({
  ledger: (deadline) => dynamoDbLedger(client, tables, deadline),
  rejects: s3ObjectStore(new S3Client({}), requireVariable('BUCKET_NAME')),
  log(message, cause) {
    console.error(message, cause);
  },
});

export const handler: KinesisStreamHandler = (event, context) => store(event, deadlineOf(context));
