import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { KinesisClient, PutRecordCommand } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { report, settings } from './child.ts';
import { STREAM, type UsualSettings } from './usual-names.ts';

// The door of the usual way: what a Lambda function behind a REST API does, one PutRecord for each POST.

const { region, credentials, kinesis } = settings() as UsualSettings;
const client = new KinesisClient({ region, credentials, endpoint: kinesis, requestHandler: new NodeHttpHandler() });

const server = http.createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    void answer(Buffer.concat(chunks)).then((status) => response.writeHead(status).end());
  });
});

async function answer(body: Buffer): Promise<number> {
  try {
    const { invoiceNo } = JSON.parse(body.toString('utf8')) as { invoiceNo: string };
    await client.send(new PutRecordCommand({ StreamName: STREAM, PartitionKey: invoiceNo, Data: body }));
    return 200;
  } catch (error) {
    console.error(error);
    return 500;
  }
}

server.listen(0, '127.0.0.1', () => {
  report({ url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/` });
});
