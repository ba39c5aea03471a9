import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AddTagsToStreamCommand,
  CreateStreamCommand,
  DeleteStreamCommand,
  DescribeStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  IncreaseStreamRetentionPeriodCommand,
  KinesisClient,
  ListShardsCommand,
  ListStreamsCommand,
  ListTagsForStreamCommand,
  PutRecordCommand,
  PutRecordsCommand,
  waitUntilStreamExists,
} from '@aws-sdk/client-kinesis';
import type { GetShardIteratorCommandInput, _Record } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startKinesis } from './service.ts';
import type { KinesisService } from './service.ts';

/**
 * The same cases against our endpoint and, with PARITY_REMOTE=aws and ordinary AWS credentials, against Kinesis itself: a stream of two shards for
 * about two minutes. On AWS a record may take a moment to be readable, so reads are repeated until they give what was written.
 */
const REMOTE = process.env['PARITY_REMOTE'] === 'aws';
const StreamName = `parity-${randomUUID()}`;
const [SHARD_0, SHARD_1] = ['shardId-000000000000', 'shardId-000000000001'];
const MIDDLE = 2n ** 127n;
const LAST = 2n ** 128n - 1n;

let client: KinesisClient;
let local: KinesisService | undefined;
let directory: string | undefined;

beforeAll(async () => {
  if (REMOTE) {
    client = new KinesisClient({ maxAttempts: 5 });
  } else {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local-secret' };
    directory = await mkdtemp(join(tmpdir(), 'kinesis-parity-'));
    local = await startKinesis({
      directory,
      port: 0,
      credentials,
      region: 'us-east-1',
      accountId: '000000000000',
      log: console.error,
    });
    client = new KinesisClient({
      endpoint: local.url,
      region: 'us-east-1',
      credentials,
      requestHandler: new NodeHttpHandler(),
      maxAttempts: 1,
    });
  }
  await client.send(new CreateStreamCommand({ StreamName, ShardCount: 2 }));
  await waitUntilStreamExists({ client, maxWaitTime: 120, minDelay: 1 }, { StreamName });
}, 150_000);

afterAll(async () => {
  await client.send(new DeleteStreamCommand({ StreamName }));
  client.destroy();
  await local?.close();
  if (directory !== undefined) await rm(directory, { recursive: true });
});

const iteratorOf = async (input: Partial<GetShardIteratorCommandInput>) => {
  const { ShardIterator } = await client.send(
    new GetShardIteratorCommand({ StreamName, ShardId: SHARD_0, ShardIteratorType: 'TRIM_HORIZON', ...input }),
  );
  return ShardIterator;
};

/** Read on from an iterator until so many records came. */
async function records(iterator: string | undefined, count: number): Promise<_Record[]> {
  const found: _Record[] = [];
  for (let next = iterator; found.length < count;) {
    const page = await client.send(new GetRecordsCommand({ ShardIterator: next }));
    found.push(...(page.Records ?? []));
    next = page.NextShardIterator;
    // Five reads a second are allowed.
    if (REMOTE) await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return found;
}

const put = (text: string, more: { ExplicitHashKey?: string; PartitionKey?: string } = { ExplicitHashKey: '0' }) =>
  client.send(new PutRecordCommand({ StreamName, Data: Buffer.from(text), PartitionKey: 'key', ...more }));

const texts = (found: readonly _Record[]) => found.map(({ Data = new Uint8Array() }) => Buffer.from(Data).toString());

/** The refusal of a call, as far as it must agree. */
async function refusal(call: Promise<unknown>): Promise<{ name: string; message: string }> {
  const error: unknown = await call.then(
    () => new Error('was not refused'),
    (reason: unknown) => reason,
  );
  const { name, message } = error as Error;
  return { name, message };
}

describe('streams', () => {
  test('a stream describes itself with its shards, whose hash keys cover everything', async () => {
    const { StreamDescription: description } = await client.send(new DescribeStreamCommand({ StreamName }));

    expect(description).toMatchObject({
      StreamName,
      StreamARN: expect.stringMatching(new RegExp(`^arn:aws:kinesis:[a-z0-9-]+:\\d{12}:stream/${StreamName}$`)),
      StreamStatus: 'ACTIVE',
      StreamModeDetails: { StreamMode: 'PROVISIONED' },
      HasMoreShards: false,
      RetentionPeriodHours: 24,
      EncryptionType: 'NONE',
      EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
      StreamCreationTimestamp: expect.any(Date),
      Shards: [
        { ShardId: SHARD_0, HashKeyRange: { StartingHashKey: '0', EndingHashKey: String(MIDDLE - 1n) } },
        { ShardId: SHARD_1, HashKeyRange: { StartingHashKey: String(MIDDLE), EndingHashKey: String(LAST) } },
      ],
    });
    for (const shard of description?.Shards ?? []) {
      expect(shard.SequenceNumberRange).toEqual({ StartingSequenceNumber: expect.stringMatching(/^\d{56}$/) });
    }
  });

  test('the summary counts the open shards', async () => {
    const { StreamDescriptionSummary: summary } = await client.send(new DescribeStreamSummaryCommand({ StreamName }));

    expect(summary).toMatchObject({
      StreamName,
      StreamStatus: 'ACTIVE',
      OpenShardCount: 2,
      ConsumerCount: 0,
      RetentionPeriodHours: 24,
    });
  });

  test('shards are listed page by page', async () => {
    const first = await client.send(new ListShardsCommand({ StreamName, MaxResults: 1 }));
    const second = await client.send(new ListShardsCommand({ NextToken: first.NextToken, MaxResults: 1 }));

    expect([first.Shards, second.Shards].flat().map((shard) => shard?.ShardId)).toEqual([SHARD_0, SHARD_1]);
    expect(second.NextToken).toBeUndefined();
  });

  test('streams are listed after a name', async () => {
    const { StreamNames } = await client.send(
      new ListStreamsCommand({ ExclusiveStartStreamName: StreamName.slice(0, -1), Limit: 1 }),
    );

    expect(StreamNames).toEqual([StreamName]);
  });

  test('tags are added and listed', async () => {
    await client.send(new AddTagsToStreamCommand({ StreamName, Tags: { room: 'local', owner: 'shop' } }));

    const { Tags, HasMoreTags } = await client.send(new ListTagsForStreamCommand({ StreamName }));

    expect([Tags, HasMoreTags]).toEqual([
      [
        { Key: 'owner', Value: 'shop' },
        { Key: 'room', Value: 'local' },
      ],
      false,
    ]);
  });

  test('an existing stream is not created, a missing one not read, a retention not shrunk', async () => {
    const again = await refusal(client.send(new CreateStreamCommand({ StreamName, ShardCount: 2 })));
    const missing = await refusal(client.send(new DescribeStreamCommand({ StreamName: `${StreamName}-not` })));
    const short = await refusal(client.send(new IncreaseStreamRetentionPeriodCommand({ StreamName, RetentionPeriodHours: 23 })));
    const badName = await refusal(client.send(new CreateStreamCommand({ StreamName: 'no spaces', ShardCount: 1 })));

    expect(again).toEqual({
      name: 'ResourceInUseException',
      message: expect.stringMatching(/^Stream parity-.* under account \d+ already exists\.$/),
    });
    expect(missing).toEqual({
      name: 'ResourceNotFoundException',
      message: expect.stringMatching(/^Stream parity-.*-not under account \d+ not found\.$/),
    });
    expect(short).toEqual({
      name: 'InvalidArgumentException',
      message: 'Minimum allowed retention period is 24 hours. Requested retention period (23 hours) is too short.',
    });
    expect(badName).toEqual({
      name: 'ValidationException',
      message:
        "1 validation error detected: Value 'no spaces' at 'streamName' failed to satisfy constraint: Member must satisfy regular expression " +
        'pattern: [a-zA-Z0-9_.-]+',
    });
  });
});

describe('records', () => {
  test('a partition key goes to the shard of its MD5, unless a hash key says another', async () => {
    const answers = await Promise.all([
      put('md5', { PartitionKey: '17850' }),
      put('md5', { PartitionKey: 'France' }),
      put('explicit', { ExplicitHashKey: String(MIDDLE - 1n) }),
      put('explicit', { ExplicitHashKey: String(MIDDLE) }),
    ]);

    expect(answers.map(({ ShardId }) => ShardId)).toEqual([SHARD_1, SHARD_0, SHARD_0, SHARD_1]);
  });

  test('records come back byte for byte, in order, with growing numbers and their arrival', async () => {
    const iterator = await iteratorOf({ ShardIteratorType: 'LATEST' });
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    const Records = [bytes, Buffer.from('£ 2.55'), Buffer.from('x')].map((Data) => ({
      Data,
      PartitionKey: 'é',
      ExplicitHashKey: '0',
    }));
    const before = Date.now();

    const answer = await client.send(new PutRecordsCommand({ StreamName, Records }));
    const found = await records(iterator, 3);

    expect(answer.FailedRecordCount).toBe(0);
    expect(found.map(({ SequenceNumber }) => SequenceNumber)).toEqual(
      answer.Records?.map(({ SequenceNumber }) => SequenceNumber),
    );
    expect(found.map(({ Data }) => Buffer.from(Data ?? []))).toEqual(Records.map(({ Data }) => Data));
    expect(found.map(({ PartitionKey }) => PartitionKey)).toEqual(['é', 'é', 'é']);
    const sequence = found.map(({ SequenceNumber = '' }) => SequenceNumber);
    expect(sequence).toEqual([...sequence].sort());
    for (const { ApproximateArrivalTimestamp: arrived } of found)
      expect(Math.abs((arrived?.getTime() ?? 0) - before)).toBeLessThan(60_000);
  });

  test('a reader starts at a number, behind it, at a time, at the oldest or at the next', async () => {
    const latest = await iteratorOf({ ShardIteratorType: 'LATEST' });
    const first = await put('first');
    const second = await put('second');
    const found = await records(latest, 2);
    const StartingSequenceNumber = first.SequenceNumber;
    const Timestamp = found[0]?.ApproximateArrivalTimestamp;

    const at = await records(await iteratorOf({ ShardIteratorType: 'AT_SEQUENCE_NUMBER', StartingSequenceNumber }), 2);
    const behind = await records(await iteratorOf({ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber }), 1);
    const since = await records(await iteratorOf({ ShardIteratorType: 'AT_TIMESTAMP', Timestamp }), 2);
    const oldest = await records(await iteratorOf({}), 2);
    const ofShard = await records(await iteratorOf({ ShardIteratorType: 'AT_TIMESTAMP', Timestamp: new Date(0) }), 2);

    expect(texts(found)).toEqual(['first', 'second']);
    expect(texts(at)).toEqual(['first', 'second']);
    expect(texts(behind)).toEqual(['second']);
    expect(texts(since).slice(-2)).toEqual(['first', 'second']);
    expect(oldest[0]).toEqual(ofShard[0]);
    expect([second.SequenceNumber, StartingSequenceNumber].sort()).toEqual([StartingSequenceNumber, second.SequenceNumber]);
  });

  test('a reader who has not read all is told how far behind, and one who has is at zero', async () => {
    const iterator = await iteratorOf({ ShardIteratorType: 'LATEST' });
    await put('one');
    const { SequenceNumber } = await put('two');
    await records(await iteratorOf({ ShardIteratorType: 'AT_SEQUENCE_NUMBER', StartingSequenceNumber: SequenceNumber }), 1);

    const one = await client.send(new GetRecordsCommand({ ShardIterator: iterator, Limit: 1 }));
    const two = await client.send(new GetRecordsCommand({ ShardIterator: one.NextShardIterator, Limit: 1 }));

    expect([texts(one.Records ?? []), texts(two.Records ?? [])]).toEqual([['one'], ['two']]);
    expect(one.MillisBehindLatest).toBeGreaterThan(0);
    expect(two.MillisBehindLatest).toBe(0);
  });

  test('an empty record is a record, and so is one of exactly one mebibyte', async () => {
    const iterator = await iteratorOf({ ShardIteratorType: 'LATEST' });

    await put('');
    await put('x'.repeat(2 ** 20), { ExplicitHashKey: '0', PartitionKey: 'k' });
    const found = await records(iterator, 2);

    expect(found.map(({ Data }) => Data?.length)).toEqual([0, 2 ** 20]);
  });
});

describe('refusals of records', () => {
  const entry = { Data: Buffer.from('x'), PartitionKey: 'key' };
  const putMany = (Records: { Data: Uint8Array; PartitionKey: string; ExplicitHashKey?: string }[]) =>
    refusal(client.send(new PutRecordsCommand({ StreamName, Records })));

  test('at least one record and at most 500', async () => {
    const [none, many] = [await putMany([]), await putMany(Array.from({ length: 501 }, () => entry))];

    expect(none).toEqual({
      name: 'ValidationException',
      message: expect.stringMatching(/at 'records' .*: Member must have length greater than or equal to 1$/),
    });
    expect(many).toEqual({
      name: 'ValidationException',
      message: expect.stringMatching(/at 'records' .*: Member must have length less than or equal to 500$/),
    });
  });

  test('a record larger than the stream takes', async () => {
    const large = await putMany([entry, { Data: Buffer.alloc(2 ** 20 + 1), PartitionKey: 'key' }]);

    expect(large.name).toMatch(/^(ValidationException|InvalidArgumentException)$/);
  });

  test('more than ten mebibytes in one request', async () => {
    const large = await putMany(Array.from({ length: 11 }, () => ({ Data: Buffer.alloc(1_000_000), PartitionKey: 'key' })));

    expect(large).toEqual({ name: 'InvalidArgumentException', message: expect.stringContaining('10 MB') });
  });

  test('partition keys without or with too many characters, and hash keys that are none', async () => {
    const empty = await putMany([{ ...entry, PartitionKey: '' }]);
    const long = await putMany([entry, { ...entry, PartitionKey: 'k'.repeat(257) }]);
    const outside = await putMany([{ ...entry, ExplicitHashKey: String(LAST + 1n) }]);
    const word = await putMany([{ ...entry, ExplicitHashKey: 'abc' }]);

    expect(empty).toEqual({
      name: 'ValidationException',
      message: expect.stringMatching(
        /'records\.1\.member\.partitionKey' failed to satisfy constraint: Member must have length greater than or equal to 1$/,
      ),
    });
    expect(long).toEqual({
      name: 'ValidationException',
      message: expect.stringMatching(
        /'records\.2\.member\.partitionKey' failed to satisfy constraint: Member must have length less than or equal to 256$/,
      ),
    });
    expect(outside).toEqual({
      name: 'InvalidArgumentException',
      message: `Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was ${String(LAST + 1n)}`,
    });
    expect(word.name).toBe('ValidationException');
  });

  test('starting points that do not fit', async () => {
    const { SequenceNumber } = await put('second shard', { ExplicitHashKey: String(LAST) });

    const noNumber = await refusal(iteratorOf({ ShardIteratorType: 'AT_SEQUENCE_NUMBER' }));
    const needless = await refusal(iteratorOf({ ShardIteratorType: 'LATEST', StartingSequenceNumber: SequenceNumber }));
    const otherShard = await refusal(
      iteratorOf({ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: SequenceNumber }),
    );
    const future = await refusal(iteratorOf({ ShardIteratorType: 'AT_TIMESTAMP', Timestamp: new Date(Date.now() + 3_600_000) }));
    const noShard = await refusal(iteratorOf({ ShardId: 'shardId-000000000099' }));
    const noIterator = await refusal(client.send(new GetRecordsCommand({ ShardIterator: 'nonsense' })));

    expect(noNumber).toEqual({
      name: 'InvalidArgumentException',
      message: expect.stringContaining('Request specified AT_SEQUENCE_NUMBER and no'),
    });
    expect(needless).toEqual({
      name: 'InvalidArgumentException',
      message: expect.stringContaining('Request specified LATEST and also a'),
    });
    expect(otherShard).toEqual({
      name: 'InvalidArgumentException',
      message: `Invalid StartingSequenceNumber. It encodes ${SHARD_1}, while it was used in a call to a shard with ${SHARD_0}`,
    });
    expect(future).toEqual({
      name: 'InvalidArgumentException',
      message: expect.stringContaining('cannot be greater than the currentTimestampInMillis'),
    });
    expect(noShard).toEqual({
      name: 'ResourceNotFoundException',
      message: expect.stringMatching(/^Shard shardId-000000000099 in stream .* does not exist$/),
    });
    expect(noIterator).toEqual({ name: 'InvalidArgumentException', message: expect.stringContaining('Invalid ShardIterator') });
  });
});
