import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DeleteItemCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { PutRecordCommand, KinesisClient } from '@aws-sdk/client-kinesis';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { objectWriter } from '@tillgraph/local-aws/testing/stack';
import { consumersCaughtUp } from '@tillgraph/local-aws';
import { takeInventory } from '../../demo/inventory.ts';
import { HEADER } from '../../domain/keys.ts';
import { openStores } from '../../ingest/arrival/open-stores.ts';
import { redriveCommand } from '../../ingest/redrive/command.ts';
import { connectRedriveStack } from '../../ingest/redrive/redrive-stack.ts';
import { replayCommand } from '../../ingest/replay/command.ts';
import { sendThrough } from '../../ingest/replay/destination.ts';
import { systemClock } from '../../ingest/replay/system-clock.ts';
import { toNdjson } from '../../ingest/consumers/stream-judge.ts';
import { csv, row } from '../replay/fixtures.ts';
import { setFaults } from '../support/faults.ts';
import { line, linesOf } from '../support/lines.ts';
import { clientOf } from '../support/pipeline.ts';
import { newDirectory, removeDirectory, startStack, type Stack } from '../support/stack.ts';
import { sent } from '../support/stream-answers.ts';
import { givenUpBatch } from '../redrive/given-up-objects.ts';

const directory = newDirectory();
let stack: Stack;

beforeAll(async () => {
  stack = await startStack(directory);
});

afterAll(async () => {
  await stack.stop();
  removeDirectory(directory);
});

/** Keys below a prefix of the stack's bucket. */
async function keysBelow(Prefix: string): Promise<string[]> {
  const { region, credentials, endpoints } = stack.outputs;
  const client = new S3Client({ region, credentials, endpoint: endpoints.s3, requestHandler: new NodeHttpHandler() });
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: stack.outputs.stack['BucketName'], Prefix }));
  client.destroy();
  return Contents.flatMap(({ Key }) => Key ?? []);
}

async function countedLines(): Promise<{ invoices: number; raw: number }> {
  const { invoices, raw } = await takeInventory(stack.outputs);
  return { invoices: invoices.lines, raw: raw.lines };
}

describe('an outage', () => {
  // With ten retries, the second outage ended in the failure destination; on AWS, one of 7.5 minutes would.
  test.each([
    ['DynamoDB', 'dynamodb', 1_500],
    ['DynamoDB', 'dynamodb', 6_000],
    ['S3', 's3', 6_000],
  ] as const)('of %s delays lines, and gives none up (%s, %i ms)', async (_, service, milliseconds) => {
    const before = await countedLines();
    const client = clientOf(stack);
    const invoices = Array.from({ length: 7 }, (_, place) => linesOf(`${service}${String(milliseconds)}-${String(place)}`, 10));
    await setFaults(stack.outputs.endpoints[service], [{ operation: '*', effect: 'unavailable' }]);
    for (const lines of invoices) await client.sendTransactions(lines.map(sent));
    client.close();
    await pause(milliseconds);
    await setFaults(stack.outputs.endpoints[service], []);
    await consumersCaughtUp(stack.outputs);

    const after = await countedLines();

    expect(after).toEqual({ invoices: before.invoices + 70, raw: before.raw + 70 });
    expect(await keysBelow('aws/lambda/')).toEqual([]);
  });
});

test('a batch that was given up comes back by one command, and counts once', async () => {
  const before = await countedLines();
  const [known, lost] = [line({ lineId: 'known', invoiceNo: 'redriven' }), line({ lineId: 'lost', invoiceNo: 'redriven' })];
  const { region, credentials, endpoints } = stack.outputs;
  const kinesis = new KinesisClient({
    region,
    credentials,
    endpoint: endpoints.kinesis,
    requestHandler: new NodeHttpHandler(),
  });
  const Data = Buffer.from(toNdjson([known]));
  await kinesis.send(new PutRecordCommand({ StreamName: stack.outputs.stack['StreamName'], PartitionKey: '17850', Data }));
  kinesis.destroy();
  const batch = givenUpBatch([[toNdjson([known, lost]), '17850']]);
  await objectWriter(endpoints.s3, { bucket: stack.outputs.stack['BucketName'] ?? '', ...batch }, credentials, region);
  let printed = '';

  const exitCode = await redriveCommand(['--data', directory], {
    print: (text) => void (printed += text),
    screen: { isTTY: false, columns: 80, write: (text) => void (printed += text) },
    interrupt: new AbortController().signal,
    clock: systemClock,
    behind: (outputs) => Promise.resolve(openStores(outputs)),
    stack: connectRedriveStack,
  });

  expect([exitCode, printed]).toEqual([0, expect.stringContaining('put back 1 object: 1 record, 2 lines\nbehind the door')]);
  expect(printed).toMatch(/^S3 raw\/ +2 +0$/m);
  expect(printed).toMatch(/^DynamoDB +2 +0$/m);
  expect(await countedLines()).toEqual({ invoices: before.invoices + 2, raw: before.raw + 2 });
  expect([await keysBelow('aws/lambda/'), await keysBelow('redriven/')]).toEqual([[], [`redriven/${batch.key}`]]);
});

test('a line that no table takes ends a replay with 2, and comes back by a redrive', async () => {
  const { region, credentials, endpoints, stack: names } = stack.outputs;
  const tables = new DynamoDBClient({ region, credentials, endpoint: endpoints.dynamodb });
  const TableName = names['InvoicesTableName'];
  const Key = { invoiceNo: { S: '990001' }, sk: { S: HEADER } };
  await tables.send(new PutItemCommand({ TableName, Item: { ...Key, lines: { S: 'of another release' } } }));
  const file = join(directory, 'rows.csv');
  writeFileSync(file, csv(row({ InvoiceNo: '990001' }), row({ InvoiceNo: '990002' })));
  const run = async (command: 'replay' | 'redrive') => {
    let printed = '';
    const ports = {
      print: (text: string) => void (printed += text),
      screen: { isTTY: false, columns: 80, write: (text: string) => void (printed += text) },
      interrupt: new AbortController().signal,
      clock: systemClock,
      behind: (outputs: string) => Promise.resolve(openStores(outputs)),
    };
    const destination = () => Promise.resolve(sendThrough(clientOf(stack), 'the stack'));
    const args = ['--data', directory];
    const exitCode =
      command === 'replay'
        ? await replayCommand([file, ...args], { ...ports, destination })
        : await redriveCommand(args, { ...ports, stack: connectRedriveStack });
    return { exitCode, printed: printed.replaceAll(/\n {2}/g, ' ') };
  };

  const sentOnce = await run('replay');
  await tables.send(new DeleteItemCommand({ TableName, Key }));
  const stored = await run('redrive');
  tables.destroy();

  expect(sentOnce.exitCode, sentOnce.printed).toBe(2);
  expect(sentOnce.printed).toMatch(/^S3 raw\/ +2 +0$/m);
  expect(sentOnce.printed).toMatch(/^DynamoDB +1 +1$/m);
  expect(sentOnce.printed).toMatch(/PUT ASIDE: 1 line not in DynamoDB: CannotBeStored: .*Where: rejected\/unstored\//);
  expect(stored.exitCode, stored.printed).toBe(0);
  expect(stored.printed).toMatch(/^DynamoDB +1 +0$/m);
});
