import { expect, test } from 'vitest';
import { sign } from '../../http/signature-v4.ts';
import { ManualClock } from '../../testing/manual-clock.ts';
import { CREDENTIALS, deliveryStream, STREAM } from '../../testing/delivery-stream.ts';
import { Destination, FIRST, givenFirehose, look, MemoryShards, SECOND, setFaults } from '../../testing/given-delivery.ts';

/** A call as an SDK makes it. */
async function call(url: string, operation: string, input: unknown) {
  const body = JSON.stringify(input);
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `Firehose_20150804.${operation}` };
  const signed = sign({ method: 'POST', url, headers, body, credentials: CREDENTIALS, region: 'us-east-1', service: 'firehose' });
  const response = await fetch(url, { method: 'POST', headers: { ...headers, ...signed }, body });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

test('a delivery stream is described as AWS does it', async () => {
  const [source, destination, clock] = [new MemoryShards(), new Destination(), new ManualClock()];
  const { url } = await givenFirehose({ source, destination, clock });

  const { status, body } = await call(url, 'DescribeDeliveryStream', { DeliveryStreamName: STREAM });

  const { roleArn: RoleARN, arn, secretArn } = deliveryStream();
  const createdAt = clock.now() / 1000;
  expect([status, body]).toEqual([
    200,
    {
      DeliveryStreamDescription: {
        DeliveryStreamName: STREAM,
        DeliveryStreamARN: arn,
        DeliveryStreamStatus: 'ACTIVE',
        DeliveryStreamEncryptionConfiguration: { Status: 'DISABLED' },
        DeliveryStreamType: 'KinesisStreamAsSource',
        VersionId: '1',
        CreateTimestamp: createdAt,
        LastUpdateTimestamp: createdAt,
        Source: {
          KinesisStreamSourceDescription: {
            KinesisStreamARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/transactions',
            DeliveryStartTimestamp: createdAt,
          },
        },
        Destinations: [
          {
            DestinationId: 'destinationId-000000000001',
            RedshiftDestinationDescription: {
              RoleARN,
              CopyCommand: {
                DataTableName: 'intake.landing',
                DataTableColumns: 'lineid,invoiceno',
                CopyOptions: "JSON 'auto ignorecase'",
              },
              RetryOptions: { DurationInSeconds: 3600 },
              S3DestinationDescription: {
                RoleARN,
                BucketARN: 'arn:aws:s3:::lake',
                Prefix: 'firehose/',
                BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 60 },
                CompressionFormat: 'UNCOMPRESSED',
                EncryptionConfiguration: { NoEncryptionConfig: 'NoEncryption' },
                CloudWatchLoggingOptions: { Enabled: false },
              },
              S3BackupMode: 'Disabled',
              SecretsManagerConfiguration: { Enabled: true, SecretARN: secretArn },
            },
          },
        ],
        HasMoreDestinations: false,
      },
    },
  ]);
});

test('a change of the configuration is a new version, also in the names of objects', async () => {
  const [source, destination] = [new MemoryShards(), new Destination()];
  const first = await givenFirehose({ source, destination });
  await first.close();
  const stream = { bufferSeconds: 0 };
  const second = await givenFirehose({ source, destination, directory: first.directory, stream });
  await second.close();
  const third = await givenFirehose({ source, destination, directory: first.directory, stream });

  await third.whenDelivered(STREAM, { [FIRST]: source.append('a\n') });

  const { body } = await call(third.url, 'DescribeDeliveryStream', { DeliveryStreamName: STREAM });
  expect(body['DeliveryStreamDescription']).toMatchObject({ VersionId: '2' });
  expect(destination.recordKeys).toEqual([expect.stringContaining(`/${STREAM}-2-`)]);
});

test('delivery streams are listed by name, in pages', async () => {
  const [source, destination] = [new MemoryShards(), new Destination()];
  const streams = ['b', 'a', 'c'].map((name) => deliveryStream({ name }));
  const { url } = await givenFirehose({ source, destination, streams });

  const all = await call(url, 'ListDeliveryStreams', {});
  const page = await call(url, 'ListDeliveryStreams', { Limit: 1, ExclusiveStartDeliveryStreamName: 'a' });
  const direct = await call(url, 'ListDeliveryStreams', { DeliveryStreamType: 'DirectPut' });

  expect(all.body).toEqual({ DeliveryStreamNames: ['a', 'b', 'c'], HasMoreDeliveryStreams: false });
  expect(page.body).toEqual({ DeliveryStreamNames: ['b'], HasMoreDeliveryStreams: true });
  expect(direct.body).toEqual({ DeliveryStreamNames: [], HasMoreDeliveryStreams: false });
});

test.each([
  [
    'PutRecord',
    { DeliveryStreamName: STREAM, Record: { Data: 'YQ==' } },
    'InvalidArgumentException',
    'not permitted on KinesisStreamAsSource',
  ],
  ['PutRecordBatch', {}, 'InvalidArgumentException', 'not permitted on KinesisStreamAsSource'],
  [
    'DescribeDeliveryStream',
    { DeliveryStreamName: 'none' },
    'ResourceNotFoundException',
    'Firehose none under account 000000000000 not found.',
  ],
  ['ListDeliveryStreams', { Limit: 0 }, 'ValidationException', 'from 1 to 10000: got 0'],
  ['CreateDeliveryStream', {}, 'UnknownOperationException', 'Firehose_20150804.CreateDeliveryStream is not supported locally'],
])('%s %j is refused with %s', async (operation, input, type, message) => {
  const { url } = await givenFirehose({ source: new MemoryShards(), destination: new Destination() });

  const { status, body } = await call(url, operation, input);

  expect([status, body]).toEqual([400, { __type: type, message: expect.stringContaining(message) as string }]);
});

test('the status page says where every record is', async () => {
  const [source, destination] = [new MemoryShards(), new Destination()];
  const firehose = await givenFirehose({ source, destination, timeFactor: 60_000 });
  await setFaults(firehose.url, [{ operation: 'Copy', effect: 'fail', after: 1 }]);
  const first = source.append('delivered\n');
  await firehose.whenDelivered(STREAM, { [FIRST]: first });
  await firehose.whenDelivered(STREAM, { [SECOND]: source.append('given up\n', SECOND) });

  const seen = await look(firehose.url);

  expect(seen).toMatchObject({
    name: STREAM,
    source: 'transactions',
    waiting: { records: 0, bytes: 0 },
    copied: { records: 1, bytes: 10, objects: 1, manifests: 1, rows: 1 },
    failed: { records: 1, bytes: 9, objects: 1, manifests: 1, lastManifest: expect.stringContaining('errors/') as string },
    deliveredThrough: { [FIRST]: first },
  });
});

test('a prefix that AWS would evaluate is refused at the start', async () => {
  const stream = { prefix: 'firehose/!{timestamp:yyyy}/' };

  await expect(givenFirehose({ source: new MemoryShards(), destination: new Destination(), stream })).rejects.toMatchObject({
    code: 'UNSUPPORTED_PREFIX',
    message: expect.stringContaining('"firehose/!{timestamp:yyyy}/"') as string,
  });
});
