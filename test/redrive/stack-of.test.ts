import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { newDirectory } from '@tillgraph/local-aws/testing/directories';
import { startKinesis, startS3 } from '@tillgraph/local-aws';
import { toNdjson } from '../../ingest/consumers/stream-judge.ts';
import { addressesIn } from '../../ingest/redrive/addresses.ts';
import { redrive } from '../../ingest/redrive/redriving.ts';
import { connectRedriveStack } from '../../ingest/redrive/redrive-stack.ts';
import { setFaults } from '../support/faults.ts';
import { line } from '../support/lines.ts';
import { givenUpBatch, unjudged } from './given-up-objects.ts';

const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local-secret' };
const options = { dryRun: false, signal: new AbortController().signal, onProgress: () => undefined };

/** A bucket and a stream with what was given up, and the outputs file that names them. */
async function givenStack(objects: readonly { readonly key: string; readonly body: string }[]) {
  const directory = newDirectory('redrive');
  const common = { port: 0, credentials: CREDENTIALS, region: 'us-east-1', accountId: '000000000000', log: () => undefined };
  const [kinesis, s3] = await Promise.all([
    startKinesis({ ...common, directory: join(directory, 'kinesis') }),
    startS3({ ...common, directory: join(directory, 's3') }),
  ]);
  let ending: Promise<unknown> | undefined;
  const end = () => (ending ??= Promise.all([kinesis.close(), s3.close()]));
  onTestFinished(async () => {
    await end();
  });
  await kinesis.createStream({ name: 'transactions', shardCount: 1, retentionHours: 24, mode: 'PROVISIONED' });
  await s3.createBucket('lake');
  const client = new S3Client({ region: 'us-east-1', credentials: CREDENTIALS, endpoint: s3.url });
  for (const { key, body } of objects) await client.send(new PutObjectCommand({ Bucket: 'lake', Key: key, Body: body }));
  client.destroy();
  const outputs = join(directory, 'outputs.json');
  const content = {
    graphqlUrl: 'http://127.0.0.1:1',
    region: 'us-east-1',
    credentials: CREDENTIALS,
    endpoints: { kinesis: kinesis.url, s3: s3.url },
    stack: { StreamName: 'transactions', BucketName: 'lake' },
  };
  writeFileSync(outputs, JSON.stringify(content));
  const stack = connectRedriveStack({ outputs, data: directory }, () => Promise.resolve());
  onTestFinished(() => {
    stack.close();
  });
  const records = () => kinesis.read('transactions', 'shardId-000000000000', null, { maxRecords: 10_000, maxBytes: 2 ** 26 });
  return { stack, kinesis, records, end };
}

describe('a stack by its clients', () => {
  test('gets back every record through throttles and partial failures, bytes and key as they were', async () => {
    const texts = Array.from({ length: 1_200 }, (_, place) => {
      const customerId = String(10_000 + (place % 50));
      return [toNdjson([line({ lineId: String(place), customerId })]), customerId] as const;
    });
    const { stack, kinesis, records } = await givenStack([givenUpBatch(texts), unjudged(['é\u0000 no line'])]);
    await setFaults(kinesis.url, [
      { operation: 'PutRecords', effect: 'throttle', every: 3, times: 2 },
      { operation: 'PutRecords', effect: 'partial', every: 2, times: 3 },
    ]);

    const report = await redrive(stack, options);

    expect(report).toEqual({ objects: 2, records: 1_201, lines: 1_200, left: [], isStopped: false });
    const held = (await records()).map(({ data, partitionKey }) => `${partitionKey} ${data.toString()}`);
    expect(held.sort()).toEqual([...texts.map(([text, key]) => `${key} ${text}`), 'refused é\u0000 no line'].sort());
    expect(await stack.keys('')).toEqual([
      expect.stringMatching(/^redriven\/aws\/lambda\//),
      expect.stringMatching(/^redriven\/firehose\/processing-failed\//),
    ]);
  });

  test('that takes nothing keeps the object, and names the reason', async () => {
    const { stack, kinesis } = await givenStack([unjudged(['a'])]);
    await setFaults(kinesis.url, [{ operation: 'PutRecords', effect: 'throttle' }]);

    const { left } = await redrive(stack, options);

    expect(left).toEqual([
      { key: unjudged([]).key, reason: expect.stringMatching(/^the stream did not take 1 of its records: /) as string },
    ]);
    expect(await stack.keys('')).toEqual([unjudged([]).key]);
  });

  test('that is gone is told by its name', async () => {
    const { stack, end } = await givenStack([]);
    await end();

    await expect(redrive(stack, options)).rejects.toThrow(/^the local stack on .* does not answer: start it with npm start/);
  });
});

describe('the outputs file', () => {
  const given = (content: string) => {
    const directory = newDirectory('outputs');
    mkdirSync(directory, { recursive: true });
    const file = join(directory, 'outputs.json');
    writeFileSync(file, content);
    return file;
  };
  const deployed = { StreamName: 'stream', BucketName: 'bucket', Region: 'eu-west-1' };

  test('of a deployment names stream, bucket and region; keys are those of the usual chain', () => {
    const file = given(JSON.stringify({ 'Tillgraph-dev': deployed, Other: { Url: 'x' } }));

    expect(addressesIn(file, undefined)).toEqual({
      name: 'Tillgraph-dev',
      streamName: 'stream',
      bucketName: 'bucket',
      client: { region: 'eu-west-1' },
    });
  });

  test.each([
    ['{', 'is no JSON: name a file of npm start'],
    ['7', 'holds no outputs: name a file of npm start'],
    ['{}', 'names no stack with a stream and a bucket'],
    [JSON.stringify({ a: deployed, b: deployed }), 'names several stacks (a, b): keep the one you mean'],
  ])('%s is answered with what to write', (content, advice) => {
    expect(() => addressesIn(given(content), undefined)).toThrow(advice);
  });

  test('that is not there is answered with how to make it', () => {
    expect(() => addressesIn('/nowhere/outputs.json', undefined)).toThrow(
      'no file "/nowhere/outputs.json": start the stack with npm start, or name a file with --outputs',
    );
  });
});
