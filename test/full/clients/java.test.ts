import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LOCAL } from '@tillgraph/local-aws/testing/remote';
import { startKinesis, startS3, type KinesisService, type S3Service } from '@tillgraph/local-aws';
import { javaProgramsIn } from '../../support/java-programs.ts';

// The AWS SDK for Java, as it comes from Maven: it speaks CBOR to Kinesis, and signs the chunks of what it puts into S3.

const programs = await javaProgramsIn(join(import.meta.dirname, 'java'));
const missing = 'missing' in programs ? programs.missing : undefined;
if (missing !== undefined)
  console.warn(`SKIPPED: no client in Java was tried, since Maven, Java or the SDK is missing: ${missing}`);
const print = 'print' in programs ? programs.print : () => Promise.resolve([]);

describe.skipIf(missing !== undefined)('a program in Java', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tillgraph-java-'));
  const lines: string[] = [];
  const options = { ...LOCAL, port: 0, log: (line: string) => void lines.push(line) };
  let kinesis: KinesisService;
  let s3: S3Service;
  beforeAll(async () => {
    kinesis = await startKinesis({ ...options, directory: join(directory, 'kinesis') });
    s3 = await startS3({ ...options, directory: join(directory, 's3') });
    await s3.createBucket('bucket');
  });
  afterAll(async () => {
    await kinesis.close();
    await s3.close();
    rmSync(directory, { recursive: true });
  });

  test('uses every operation of Kinesis, in CBOR, and reads what it wrote', async () => {
    expect(await print('KinesisClients', [kinesis.url])).toEqual([
      'retention: 48',
      'made lately: true',
      'described: ACTIVE',
      'tags: Größe 1',
      'streams: [java]',
      'shard: shardId-000000000000',
      'failed: 0',
      'keys: Größe a b c',
      'sizes: [256, 3, 0, 100000]',
      'bytes: true',
      'text: one',
      'first: true',
      'arrived lately: true',
      'behind now: 0',
      `not found: ResourceNotFoundException: Stream nothing under account ${LOCAL.accountId} not found.`,
      'not supported: UnknownOperationException',
      'left: []',
      'content types: application/x-amz-cbor-1.1',
    ]);
    expect(lines).toEqual([]);
  });

  test('puts objects in signed chunks with a signed checksum behind them', async () => {
    expect(await print('S3Clients', [s3.url, 'bucket'])).toEqual([
      'signed: STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
      'java/CRC32: true',
      'signed: STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
      'java/SHA256: true',
    ]);
    expect(lines).toEqual([]);
  });
});
