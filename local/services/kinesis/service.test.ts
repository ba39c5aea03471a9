import {
  CreateStreamCommand,
  DeleteStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisServiceException,
  MergeShardsCommand,
  PutRecordCommand,
  PutRecordsCommand,
} from '@aws-sdk/client-kinesis';
import { expect, test } from 'vitest';
import type { KinesisService } from './service.ts';
import {
  FIRST_SHARD,
  SECOND_SHARD,
  STREAM,
  entries,
  givenClient,
  givenDirectory,
  givenKinesis,
} from '../../testing/given-kinesis.ts';

const [SHARD_0, SHARD_1] = ['shardId-000000000000', 'shardId-000000000001'];
const ALL = { maxRecords: 1000, maxBytes: 1e8 };

const putRecords = (texts: readonly string[], hashKey = FIRST_SHARD) =>
  new PutRecordsCommand({ StreamName: STREAM, Records: entries(texts, hashKey) });

async function storedIn(service: KinesisService, shardId = SHARD_0): Promise<string[]> {
  return (await service.read(STREAM, shardId, null, ALL)).map(({ data }) => data.toString());
}

const setFaults = (service: KinesisService, rules: readonly object[]) =>
  fetch(`${service.url}/_faults`, { method: 'PUT', body: JSON.stringify(rules) });

test('a consumer in the process waits, is called, reads what is new and goes on behind it', async () => {
  const service = await givenKinesis();
  const client = givenClient(service.url);
  const { signal } = new AbortController();
  const waiting = service.whenWritten(STREAM, SHARD_0, null, signal);

  await client.send(putRecords(['a', 'b']));
  await waiting;
  const first = await service.read(STREAM, SHARD_0, null, { maxRecords: 1, maxBytes: 1e6 });
  const second = await service.read(STREAM, SHARD_0, first[0]?.sequenceNumber ?? '', ALL);

  expect(first).toMatchObject([{ partitionKey: '17850', data: Buffer.from('a') }]);
  expect(second).toMatchObject([{ partitionKey: '17850', data: Buffer.from('b') }]);
  expect(await service.read(STREAM, SHARD_0, second[0]?.sequenceNumber ?? '', ALL)).toEqual([]);
});

test('a consumer that waits ends with the signal, and with the stream', async () => {
  const service = await givenKinesis();
  const client = givenClient(service.url);
  const controller = new AbortController();
  const aborted = expect(service.whenWritten(STREAM, SHARD_0, null, controller.signal)).rejects.toThrow('enough');
  const deleted = expect(service.whenWritten(STREAM, SHARD_1, null, new AbortController().signal)).rejects.toThrow('not found');

  controller.abort(new Error('enough'));
  await client.send(new DeleteStreamCommand({ StreamName: STREAM }));

  await Promise.all([aborted, deleted]);
});

test('a number of another shard or stream is refused instead of read as a place', async () => {
  const service = await givenKinesis();
  const { SequenceNumber: other = '' } = await givenClient(service.url).send(
    new PutRecordCommand({ StreamName: STREAM, Data: Buffer.from('a'), PartitionKey: '1', ExplicitHashKey: SECOND_SHARD }),
  );

  await expect(service.read(STREAM, SHARD_0, other, ALL)).rejects.toThrow(`sequence number ${other} was not given by ${SHARD_0}`);
  await expect(service.read(STREAM, SHARD_0, '17', ALL)).rejects.toThrow('sequence number 17 was not given');
  await expect(service.read(STREAM, 'shardId-000000000009', null, ALL)).rejects.toThrow('has no shard shardId-000000000009');
  await expect(service.read('nowhere', SHARD_0, null, ALL)).rejects.toThrow(
    'Stream nowhere under account 000000000000 not found.',
  );
});

test('to make a stream again keeps its records and takes the new retention', async () => {
  const service = await givenKinesis();
  const client = givenClient(service.url);
  await client.send(putRecords(['a']));

  await service.createStream({ name: STREAM, shardCount: 2, retentionHours: 168, mode: 'ON_DEMAND' });
  const { StreamDescriptionSummary: summary } = await client.send(new DescribeStreamSummaryCommand({ StreamName: STREAM }));

  expect(await storedIn(service)).toEqual(['a']);
  expect(summary).toMatchObject({ RetentionPeriodHours: 168, StreamModeDetails: { StreamMode: 'ON_DEMAND' }, OpenShardCount: 2 });
});

test('another number of shards is refused with what to do', async () => {
  const service = await givenKinesis();

  const reshard = service.createStream({ name: STREAM, shardCount: 3, retentionHours: 24, mode: 'PROVISIONED' });

  await expect(reshard).rejects.toThrow(/exists with 2 shards and the template wants 3.*start with a fresh data directory/);
});

test('a stream that was deleted and made again is empty, and old iterators do not lead into it', async () => {
  const service = await givenKinesis();
  const client = givenClient(service.url);
  await client.send(putRecords(['a']));
  const { ShardIterator } = await client.send(
    new GetShardIteratorCommand({ StreamName: STREAM, ShardId: SHARD_0, ShardIteratorType: 'LATEST' }),
  );

  await client.send(new DeleteStreamCommand({ StreamName: STREAM }));
  await client.send(new CreateStreamCommand({ StreamName: STREAM, ShardCount: 2 }));

  expect(await storedIn(service)).toEqual([]);
  await expect(client.send(new GetRecordsCommand({ ShardIterator }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

test('an iterator is good for five minutes, also after a restart', async () => {
  let now = Date.now();
  const directory = await givenDirectory();
  const before = await givenKinesis({ directory, now: () => now });
  const { ShardIterator } = await givenClient(before.url).send(
    new GetShardIteratorCommand({ StreamName: STREAM, ShardId: SHARD_0, ShardIteratorType: 'TRIM_HORIZON' }),
  );
  await before.close();
  const client = givenClient((await givenKinesis({ directory, now: () => now })).url);

  now += 300_000;
  const inTime = client.send(new GetRecordsCommand({ ShardIterator }));
  await expect(inTime).resolves.toMatchObject({ Records: [], MillisBehindLatest: 0 });
  now += 1;
  const late = client.send(new GetRecordsCommand({ ShardIterator }));

  await expect(late).rejects.toMatchObject({
    name: 'ExpiredIteratorException',
    message: expect.stringContaining('tolerated delay of 300000'),
  });
});

test('arrival times never run backwards, whatever the clock does, also after a restart', async () => {
  let now = 1_790_000_000_000;
  const directory = await givenDirectory();
  const before = await givenKinesis({
    directory,
    now: () => now,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local-secret' },
  });
  // The clock of the service is not the one that signatures are checked against.
  await givenClient(before.url).send(putRecords(['a']));
  await before.close();
  now -= 60_000;

  const after = await givenKinesis({ directory, now: () => now });
  await givenClient(after.url).send(putRecords(['b']));

  expect((await after.read(STREAM, SHARD_0, null, ALL)).map(({ arrivedAt }) => arrivedAt)).toEqual([
    1_790_000_000_000, 1_790_000_000_000,
  ]);
});

test('what is not supported is refused by its name', async () => {
  const client = givenClient((await givenKinesis()).url);

  const merge = client.send(new MergeShardsCommand({ StreamName: STREAM, ShardToMerge: SHARD_0, AdjacentShardToMerge: SHARD_1 }));
  const dryRun = client.send(new PutRecordsCommand({ ...putRecords(['a']).input, DryRun: true }));

  await expect(merge).rejects.toMatchObject({
    name: 'UnknownOperationException',
    message: expect.stringContaining('MergeShards is not supported locally'),
  });
  await expect(dryRun).rejects.toMatchObject({ message: 'DryRun is not supported locally: leave it out' });
});

test('a throttled PutRecords answers 200 with every record failed, and writes none', async () => {
  const service = await givenKinesis();
  const client = givenClient(service.url);
  await setFaults(service, [{ operation: 'PutRecords', effect: 'throttle', times: 1 }]);

  const throttled = await client.send(putRecords(['a', 'b']));
  const next = await client.send(putRecords(['c']));

  const failure = {
    ErrorCode: 'ProvisionedThroughputExceededException',
    ErrorMessage: `Rate exceeded for shard ${SHARD_0} in stream ${STREAM} under account 000000000000.`,
  };
  expect(throttled).toMatchObject({ FailedRecordCount: 2, Records: [failure, failure] });
  expect(next.FailedRecordCount).toBe(0);
  expect(await storedIn(service)).toEqual(['c']);
});

test('a throttled PutRecord or GetRecords is an exception', async () => {
  const service = await givenKinesis();
  const client = givenClient(service.url);
  const { ShardIterator } = await client.send(
    new GetShardIteratorCommand({ StreamName: STREAM, ShardId: SHARD_0, ShardIteratorType: 'LATEST' }),
  );
  await setFaults(service, [{ operation: '*', effect: 'throttle', times: 2 }]);

  const put = client.send(
    new PutRecordCommand({ StreamName: STREAM, Data: Buffer.from('a'), PartitionKey: '1', ExplicitHashKey: '0' }),
  );
  await expect(put).rejects.toMatchObject({ name: 'ProvisionedThroughputExceededException', $metadata: { httpStatusCode: 400 } });
  const get = client.send(new GetRecordsCommand({ ShardIterator }));
  await expect(get).rejects.toMatchObject({ name: 'ProvisionedThroughputExceededException' });

  expect(await storedIn(service)).toEqual([]);
});

test('of a partly failed PutRecords every third record fails, and the rest keeps its order', async () => {
  const service = await givenKinesis();
  const client = givenClient(service.url);
  await setFaults(service, [{ operation: 'PutRecords', effect: 'partial' }]);

  const first = await client.send(putRecords(['a', 'b', 'c', 'd']));
  const second = await client.send(putRecords(['a', 'd']));

  const failed = (answer: typeof first) => answer.Records?.map(({ ErrorCode }) => ErrorCode !== undefined);
  expect([first.FailedRecordCount, failed(first)]).toEqual([2, [true, false, false, true]]);
  expect([second.FailedRecordCount, failed(second)]).toEqual([0, [false, false]]);
  expect(await storedIn(service)).toEqual(['b', 'c', 'a', 'd']);
});

test('a duplicated call writes its records twice and answers once', async () => {
  const service = await givenKinesis();
  const client = givenClient(service.url);
  await setFaults(service, [{ operation: 'PutRecords', effect: 'duplicate', times: 1 }]);

  const { Records } = await client.send(putRecords(['a', 'b']));

  expect(Records).toHaveLength(2);
  expect(await storedIn(service)).toEqual(['a', 'b', 'a', 'b']);
});

test.each([
  ['unavailable', []],
  ['unavailable-after', ['a']],
])('a call that is %s answers 500; written is %j', async (effect, written) => {
  const service = await givenKinesis();
  const client = givenClient(service.url);
  await setFaults(service, [{ operation: 'PutRecords', effect }]);

  const put = client.send(putRecords(['a']));

  await expect(put).rejects.toMatchObject({ name: 'InternalFailure', $fault: 'server', $metadata: { httpStatusCode: 500 } });
  expect(await storedIn(service)).toEqual(written);
});

test('only a right signature is let in', async () => {
  const { url } = await givenKinesis();
  const wrongSecret = givenClient(url, { accessKeyId: 'local', secretAccessKey: 'guess' });
  const unknownKey = givenClient(url, { accessKeyId: 'nobody', secretAccessKey: 'guess' });

  const unsigned = await fetch(url, { method: 'POST', headers: { 'x-amz-target': 'Kinesis_20131202.ListStreams' }, body: '{}' });

  const date = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  // 64 characters, of which one has two bytes.
  const odd = await fetch(url, {
    method: 'POST',
    headers: {
      'x-amz-target': 'Kinesis_20131202.ListStreams',
      'x-amz-date': date,
      authorization: `AWS4-HMAC-SHA256 Credential=local/${date.slice(0, 8)}/us-east-1/kinesis/aws4_request, SignedHeaders=host;x-amz-date, Signature=${'a'.repeat(63)}\u00e9`,
    },
    body: '{}',
  });

  expect(((await odd.json()) as { __type: string }).__type).toMatch(/Signature/);
  await expect(wrongSecret.send(putRecords(['a']))).rejects.toMatchObject({ name: 'InvalidSignatureException' });
  await expect(unknownKey.send(putRecords(['a']))).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
  expect([unsigned.status, await unsigned.json()]).toEqual([
    400,
    { __type: 'MissingAuthenticationTokenException', message: 'Missing Authentication Token' },
  ]);
});

test('records that do not fit in memory are served from the disk, whole pages of them', async () => {
  const service = await givenKinesis({ tailBytes: 10_000, segmentBytes: 500_000 });
  const client = givenClient(service.url);
  const texts = Array.from({ length: 400 }, (_, index) => `${String(index)}:${'x'.repeat(5000)}`);
  for (let start = 0; start < texts.length; start += 100) await client.send(putRecords(texts.slice(start, start + 100)));

  let iterator = (
    await client.send(new GetShardIteratorCommand({ StreamName: STREAM, ShardId: SHARD_0, ShardIteratorType: 'TRIM_HORIZON' }))
  ).ShardIterator;
  const received: string[] = [];
  for (let behind = 1; behind > 0;) {
    const page = await client.send(new GetRecordsCommand({ ShardIterator: iterator }));
    received.push(...(page.Records ?? []).map(({ Data = new Uint8Array() }) => Buffer.from(Data).toString()));
    [iterator, behind] = [page.NextShardIterator, page.MillisBehindLatest ?? 0];
  }

  expect(received).toEqual(texts);
});

test('an error of the endpoint itself is logged, and answered without its details', async () => {
  let broken = false;
  const now = () => {
    if (broken) throw new Error('no clock');
    return Date.now();
  };
  const service = await givenKinesis({ now });
  broken = true;

  const error: unknown = await givenClient(service.url)
    .send(putRecords(['a']))
    .catch((reason: unknown) => reason);

  broken = false;
  expect(error).toBeInstanceOf(KinesisServiceException);
  expect(error).toMatchObject({ name: 'InternalFailure', message: expect.not.stringContaining('clock') });
  expect(service.lines).toEqual([expect.stringContaining('no clock')]);
});
