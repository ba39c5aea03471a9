import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { LOCAL } from '@tillgraph/local-aws/testing/remote';
import { startKinesis, startRedshift, startS3, type KinesisService, type S3Service } from '@tillgraph/local-aws';
import { javaProgramsIn } from '../../support/java-programs.ts';

// The AWS SDK for Java and Redshift's driver, as they come from Maven: the SDK speaks CBOR to Kinesis, and signs the chunks of what it puts
// into S3.

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

  test('asks Redshift for its catalog, writes in batches, reads by a cursor, and is cancelled', async () => {
    const objects = s3.objects;
    const password = 'Secret-of-java-1';
    const redshift = await startRedshift({
      ...{ directory: join(directory, 'redshift'), port: 0, adminPassword: password, objects, log: () => undefined },
    });
    onTestFinished(() => redshift.close());
    await redshift.ensureDatabase('shop');

    expect(await print('RedshiftClients', [String(redshift.port), 'shop', password])).toEqual([
      'product: Redshift',
      'schemas: [information_schema, pg_catalog, public]',
      'tables: [sale TABLE, shop TABLE, big_sale VIEW]',
      'columns: [id int8 19 0 NO, country varchar 40 0 NO, amount numeric 12 3 YES, at timestamp 29 6 YES, day date 13 0 YES, ' +
        'ok bool 1 0 YES, ratio float8 17 17 YES, zoned timestamptz 35 0 YES, code bpchar 3 0 YES, number int2 5 0 YES]',
      'primary key: [id 1 sale_pkey, country 2 sale_pkey]',
      'imported keys: [shop country sale country sale_country_fkey shop_pkey]',
      'exported keys: [shop country sale country]',
      'types: [bool, int8, super, bpchar, char, numeric, int4, int2, float4, float8, varchar, date, time, timestamp, refcursor, ' +
        'timestamptz]',
      'batch: 300 of [1]',
      'nulls: 1',
      'sums: [301 48553.500 161.845 149 2011-12-09 12:50:00.123456 2011-12-09]',
      'objects: [int8 Long 1, varchar String Malta, numeric BigDecimal 12.345, timestamp Timestamp 2011-12-09 12:50:00.123456, ' +
        'date Date 2011-12-09, bool Boolean true, float8 Double 0.0, timestamptz RedshiftTimestamp 2011-12-09 12:50:00+00, ' +
        'bpchar String ab , int2 Short 0]',
      'parameters: 4 [5 2011-12-10 00:00:00 none]',
      'by cursor: 150 24201.750',
      'of the cursor: [success 150]',
      'cancelled: 57014',
      'afterwards: [1]',
      'error: 42703',
      'rolled back: [301]',
      'read-only: 25006',
    ]);
  }, 60_000);
});
