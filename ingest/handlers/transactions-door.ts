import { KinesisClient } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { APIGatewayProxyHandlerV2 } from 'aws-lambda';
import { takeTransactions } from '../doors/transactions.ts';
import { requireVariable } from './environment.ts';
import { kinesisTransactionStream } from './kinesis-transaction-stream.ts';

// HTTP/1.1: one small request at a time gains nothing from the client's default HTTP/2, and stand-ins do not speak it.
const client = new KinesisClient({ requestHandler: new NodeHttpHandler() });
const stream = kinesisTransactionStream(client, requireVariable('STREAM_NAME'));

export const handler: APIGatewayProxyHandlerV2 = (event) => takeTransactions(event, stream, Date.now);
