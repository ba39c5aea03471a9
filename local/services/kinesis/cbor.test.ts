import { decode } from 'cborg';
import type { StreamRecord } from './service.ts';
import { beforeAll, afterAll, describe, expect, test } from 'vitest';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKinesis } from './service.ts';
import type { KinesisService } from './service.ts';
import { sign } from '../../http/signature-v4.ts';
import { LOCAL } from '../../testing/remote.ts';

/** Bodies as the AWS SDK for Java 2.57.8 sent them, for a stream named `java`: maps of no given length, times in milliseconds under a tag. */
const JAVA = {
  summary: 'bf6a53747265616d4e616d65646a617661ff',
  nothing: 'bf6a53747265616d4e616d65676e6f7468696e67ff',
  tags: 'bf6a53747265616d4e616d65646a6176616454616773bf6473686f70694772c3b6c39f652031ffff',
  listTags: 'bf6a53747265616d4e616d65646a617661ff',
  empty: 'bfff',
  /** Data `one` and none at all; partition keys `a` and `b`. */
  putRecords:
    'bf675265636f7264739fbf6444617461436f6e656c506172746974696f6e4b65796161ffbf6444617461406c506172746974696f6e4b65796162ffff' +
    '6a53747265616d4e616d65646a617661ff',
  /** At 1796045386710, in the year 2026. */
  iteratorAtTime:
    'bf6a53747265616d4e616d65646a617661675368617264496474736861726449642d3030303030303030303030307153686172644974657261746f725479' +
    '70656c41545f54494d455354414d506954696d657374616d70c11b000001a22ca5b3d6ff',
};
const AT = 0x1a22ca5b3d6;

let directory: string;
let service: KinesisService;
let now = AT;
const lines: string[] = [];
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kinesis-cbor-'));
  service = await startKinesis({ ...LOCAL, directory, port: 0, now: () => now, log: (line) => void lines.push(line) });
  await service.createStream({ name: 'java', shardCount: 1, retentionHours: 24, mode: 'PROVISIONED' });
});
afterAll(async () => {
  await service.close();
  await rm(directory, { recursive: true });
});

/** A time of an answer. */
class Time {
  constructor(readonly milliseconds: unknown) {}
}

async function call(operation: string, body: string | Uint8Array, contentType = 'application/x-amz-cbor-1.1') {
  const bytes = typeof body === 'string' ? Buffer.from(body, 'hex') : Buffer.from(body);
  const headers = { 'content-type': contentType, 'x-amz-target': `Kinesis_20131202.${operation}` };
  const signed = sign({ method: 'POST', url: service.url, headers, body: bytes, ...LOCAL, service: 'kinesis' });
  const answer = await fetch(service.url, { method: 'POST', headers: { ...headers, ...signed }, body: bytes });
  const got = Buffer.from(await answer.arrayBuffer());
  const value: unknown = got.length === 0 ? undefined : decode(got, { tags: { 1: (content) => new Time(content()) } });
  return { status: answer.status, type: answer.headers.get('content-type'), value, hex: got.toString('hex') };
}

const text = (value: string) => {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([0x78, bytes.length]), bytes]);
};

describe('a client in Java', () => {
  test('is answered in CBOR, with times in milliseconds under a tag', async () => {
    const { status, type, value, hex } = await call('DescribeStreamSummary', JAVA.summary);

    expect([status, type]).toEqual([200, 'application/x-amz-cbor-1.1']);
    expect(value).toMatchObject({
      StreamDescriptionSummary: {
        StreamName: 'java',
        RetentionPeriodHours: 24,
        StreamCreationTimestamp: new Time(Math.floor(AT / 1000) * 1000),
      },
    });
    expect(hex).toContain(`c11b${(Math.floor(AT / 1000) * 1000).toString(16).padStart(16, '0')}`);
  });

  test('writes bytes and reads the same bytes, from a time on', async () => {
    const put = await call('PutRecords', JAVA.putRecords);
    const iterator = await call('GetShardIterator', JAVA.iteratorAtTime);
    const { ShardIterator } = iterator.value as { readonly ShardIterator: string };
    const read = await call(
      'GetRecords',
      Buffer.concat([Buffer.from([0xbf]), text('ShardIterator'), text(ShardIterator), Buffer.from([0xff])]),
    );

    expect(put.value).toMatchObject({ FailedRecordCount: 0, Records: [{ ShardId: 'shardId-000000000000' }, {}] });
    expect(read.value).toMatchObject({
      MillisBehindLatest: 0,
      Records: [
        { PartitionKey: 'a', Data: Uint8Array.from(Buffer.from('one')), ApproximateArrivalTimestamp: new Time(AT) },
        { PartitionKey: 'b', Data: new Uint8Array(0) },
      ],
    });
    const kept: readonly StreamRecord[] = await service.read('java', 'shardId-000000000000', null, {
      maxRecords: 10,
      maxBytes: 1000,
    });
    expect(kept.map(({ data }) => data.toString())).toEqual(['one', '']);
  });

  test('that asks from a time on gets what came then, and nothing of before', async () => {
    now = AT + 1;
    const before = await call('GetShardIterator', JAVA.iteratorAtTime);
    now = AT - 60_000;
    const future = await call('GetShardIterator', JAVA.iteratorAtTime);
    now = AT;

    expect(before.status).toBe(200);
    expect([future.status, future.value]).toEqual([
      400,
      { __type: 'InvalidArgumentException', message: expect.stringContaining(`timestampInMillis: ${String(AT)}`) as string },
    ]);
  });

  test('gets no body where there is nothing to say, and text as it was', async () => {
    const added = await call('AddTagsToStream', JAVA.tags);
    const listed = await call('ListTagsForStream', JAVA.listTags);

    expect([added.status, added.type, added.hex]).toEqual([200, 'application/x-amz-cbor-1.1', '']);
    expect(listed.value).toEqual({ HasMoreTags: false, Tags: [{ Key: 'shop', Value: 'Größe 1' }] });
  });

  test.each<[string, string, string, number, string]>([
    ['what is not there', 'DescribeStreamSummary', JAVA.nothing, 400, 'ResourceNotFoundException'],
    ['an operation that is not supported', 'DescribeLimits', JAVA.empty, 400, 'UnknownOperationException'],
    ['a member that is missing', 'DescribeStreamSummary', JAVA.empty, 400, 'ValidationException'],
    // {"StreamName": h'00'}, {"StreamName": 1(0)}, {"Limit": 1.5} is fine, {"Limit": "x"}
    ['bytes where a text should be', 'DescribeStreamSummary', 'bf6a53747265616d4e616d654100ff', 400, 'SerializationException'],
    ['a time where a text should be', 'DescribeStreamSummary', 'bf6a53747265616d4e616d65c100ff', 400, 'SerializationException'],
    ['a text where a number should be', 'ListStreams', 'bf654c696d69746178ff', 400, 'SerializationException'],
  ])('hears of %s in CBOR', async (_, operation, body, status, code) => {
    const answer = await call(operation, body);

    expect([answer.status, answer.type, (answer.value as { readonly __type: string }).__type]).toEqual([
      status,
      'application/x-amz-cbor-1.1',
      code,
    ]);
  });
});

const repeat = (hex: string, times: number) => Buffer.from(hex.repeat(times), 'hex');

test.each<[string, string | Uint8Array]>([
  ['a body that is cut off', 'bf6a53747265616d4e616d'],
  ['a map without an end', 'bf6a53747265616d4e616d65646a617661'],
  ['something behind the end', `${JAVA.summary}00`],
  ['a text longer than the body', '7bffffffffffffffff61'],
  ['bytes longer than the body', '5a7fffffff00'],
  ['a list longer than the body', '9a7fffffff00'],
  ['a map larger than the body', 'bb001fffffffffffff'],
  ['lists a hundred thousand deep', repeat('81', 99_000)],
  ['maps ten thousand deep', repeat('a16161', 10_000)],
  ['tags a hundred thousand deep', repeat('c1', 99_000)],
  ['a million values', Buffer.concat([Buffer.from('9a000f4240', 'hex'), repeat('80', 1_000_000)])],
  ['a hundred lists deep', Buffer.concat([Buffer.from('a16161', 'hex'), repeat('81', 100), Buffer.from('00', 'hex')])],
  ['a text in pieces', 'bf6a53747265616d4e616d657f61616162ffff'],
  ['bytes in pieces', 'bf64446174615f41004101ffff'],
  ['a break for a value', 'bf6161ff'],
  ['a break for a whole', 'ff'],
  ['a text that is not UTF-8', 'bf6a53747265616d4e616d6561ffff'],
  ['a surrogate', 'bf6a53747265616d4e616d6563eda080ff'],
  ['a tag that nobody asked for', 'bf6a53747265616d4e616d65d81863616263ff'],
  ['a time that is a text', 'bf6954696d657374616d70c1613aff'],
  ['no number', 'bf654c696d6974f97e00ff'],
  ['infinity', 'bf654c696d6974f97c00ff'],
  ['a number that JavaScript has not', 'bf654c696d69741bffffffffffffffffff'],
  ['a name that is a number', 'a10001'],
  ['one name twice', 'a2616101616102'],
  ['a list', '80'],
  ['a number', '01'],
  ['nothing', 'f6'],
  ['reserved bytes', '1c'],
  ['JSON', Buffer.from('{"StreamName":"java"}')],
])('%s is no CBOR that can be read, and harms nobody', async (_, body) => {
  const answer = await call('DescribeStreamSummary', body);

  expect([answer.status, answer.type]).toEqual([400, 'application/x-amz-cbor-1.1']);
  expect(answer.value).toMatchObject({ __type: 'SerializationException' });
  expect((await call('DescribeStreamSummary', JAVA.summary)).status).toBe(200);
});

test('a name from a prototype is a name like another', async () => {
  // {"__proto__": {"StreamName": "java"}}
  const answer = await call('DescribeStreamSummary', 'a1695f5f70726f746f5f5fa16a53747265616d4e616d65646a617661');

  expect(answer.value).toMatchObject({ __type: 'ValidationException' });
});

test('nothing of all this was taken for a fault of the service itself', () => {
  expect(lines).toEqual([]);
});
