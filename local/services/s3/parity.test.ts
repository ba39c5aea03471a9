import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  paginateListObjectsV2,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import type { GetObjectCommandInput, ListObjectsV2CommandInput, PutObjectCommandInput } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { refusalOf } from '../../testing/remote.ts';
import { openS3 } from '../../testing/s3-endpoint.ts';
import type { S3Endpoint } from '../../testing/s3-endpoint.ts';

let s3: S3Endpoint;
beforeAll(async () => {
  s3 = await openS3();
}, 60_000);
afterAll(() => s3.close(), 60_000);

const put = (Key: string, Body: PutObjectCommandInput['Body'] = 'x', more: Partial<PutObjectCommandInput> = {}) =>
  s3.client.send(new PutObjectCommand({ Bucket: s3.bucket, Key, Body, ...more }));
const get = async (Key: string, more: Partial<GetObjectCommandInput> = {}) => {
  const answer = await s3.client.send(new GetObjectCommand({ Bucket: s3.bucket, Key, ...more }));
  return { ...answer, text: (await answer.Body?.transformToString()) ?? '' };
};
async function list(more: Partial<ListObjectsV2CommandInput> = {}) {
  const keys: string[] = [];
  const prefixes: string[] = [];
  for await (const page of paginateListObjectsV2({ client: s3.client }, { Bucket: s3.bucket, ...more })) {
    keys.push(...(page.Contents ?? []).map((one) => one.Key ?? ''));
    prefixes.push(...(page.CommonPrefixes ?? []).map((one) => one.Prefix ?? ''));
  }
  return { keys, prefixes };
}
const md5 = (text: string) => createHash('md5').update(text).digest('hex');

describe('an object', () => {
  test.each([
    'raw/v=1/dt=2011-12-09/hour=12/shard-1.ndjson.gz',
    'a+b c=d&e;f,g:h@i!$~*(x)\'"<y>',
    'größe/£/🎄',
    '%2F%41+%20',
    'dots/../../../../etc/passwd',
    '..',
    '.',
    './here',
    'empty//segment',
    'folder/',
    'con.txt',
    'long/' + 'é'.repeat(500),
    'UPPER and upper',
    'upper and upper',
    'tree',
    'tree/leaf',
    'tree%object',
    'line\nbreak\r',
  ])('keeps its key %j', async (key) => {
    await put(key, `body of ${key}`);

    expect((await get(key)).text).toBe(`body of ${key}`);
    expect((await list({ Prefix: key })).keys).toContain(key);
  });

  test('brings back its headers, its metadata and its entity tag', async () => {
    const kept = {
      ContentType: 'application/x-ndjson',
      ContentEncoding: 'gzip',
      CacheControl: 'no-store',
      Metadata: { shard: 'shardId-000000000000', 'first-line': '7' },
    };

    const { ETag } = await put('kept', 'body', kept);

    expect(ETag).toBe(`"${md5('body')}"`);
    expect(await get('kept')).toMatchObject({ ...kept, ETag, ContentLength: 4, AcceptRanges: 'bytes' });
    expect(await s3.client.send(new HeadObjectCommand({ Bucket: s3.bucket, Key: 'kept' }))).toMatchObject({ ...kept, ETag });
  });

  test('is what was streamed, without the chunks it travelled in', async () => {
    const pieces = Array.from({ length: 100 }, (_, n) => Buffer.alloc(20_011, n));
    const whole = Buffer.concat(pieces);

    await put('streamed', Readable.from(pieces), { ContentLength: whole.length });

    const { Body, ContentLength, ContentEncoding } = await s3.client.send(
      new GetObjectCommand({ Bucket: s3.bucket, Key: 'streamed' }),
    );
    expect(ContentLength).toBe(whole.length);
    expect(ContentEncoding).toBeUndefined();
    expect(whole.equals((await Body?.transformToByteArray()) ?? Buffer.alloc(0))).toBe(true);
  });

  test('may be empty', async () => {
    await put('empty', '');

    expect(await get('empty')).toMatchObject({ text: '', ContentLength: 0, ETag: `"${md5('')}"` });
  });

  test('that is not there is named, in a HEAD by its status', async () => {
    const [read, head] = await Promise.allSettled([
      get('nowhere'),
      s3.client.send(new HeadObjectCommand({ Bucket: s3.bucket, Key: 'nowhere' })),
    ]);

    expect(read).toMatchObject({
      reason: {
        name: 'NoSuchKey',
        message: 'The specified key does not exist.',
        Key: 'nowhere',
        $metadata: { httpStatusCode: 404 },
      },
    });
    expect(head).toMatchObject({ reason: { name: 'NotFound' } });
  });

  test('goes, and going twice is no error', async () => {
    await put('a/b/c');

    for (let time = 0; time < 2; time += 1) await s3.client.send(new DeleteObjectCommand({ Bucket: s3.bucket, Key: 'a/b/c' }));

    expect((await list({ Prefix: 'a/b/' })).keys).toEqual([]);
  });
});

describe('a checksum', () => {
  test.each([
    ['CRC32', 'ChecksumCRC32', 'DUoRhQ=='],
    ['CRC32C', 'ChecksumCRC32C', 'yZRlqg=='],
    ['CRC64NVME', 'ChecksumCRC64NVME', 'jSnVw/bqjr4='],
    ['SHA1', 'ChecksumSHA1', 'Kq5sNclPz7QV2+lfQIuc6R7oRu0='],
    ['SHA256', 'ChecksumSHA256', 'uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek='],
  ] as const)('%s of "hello world" is held and given back; another one is refused', async (_name, field, right) => {
    await put(`sum/${field}`, 'hello world', { [field]: right });
    const wrong = await refusalOf(put(`wrong/${field}`, 'hello world!', { [field]: right }));

    expect(wrong).toMatchObject({ name: 'BadDigest' });
    const head = await s3.client.send(new HeadObjectCommand({ Bucket: s3.bucket, Key: `sum/${field}`, ChecksumMode: 'ENABLED' }));
    expect(head).toMatchObject({ [field]: right, ChecksumType: 'FULL_OBJECT' });
    expect((await list({ Prefix: 'wrong/' })).keys).toEqual([]);
  });

  test('in Content-MD5 is held as well', async () => {
    const wrong = await refusalOf(put('wrong/md5', 'body', { ContentMD5: createHash('md5').update('other').digest('base64') }));
    const noDigest = await refusalOf(put('wrong/md5', 'body', { ContentMD5: 'x' }));

    expect(wrong).toMatchObject({ name: 'BadDigest' });
    expect(noDigest).toMatchObject({ name: 'InvalidDigest' });
  });
});

describe('a range', () => {
  beforeAll(() => put('range', '0123456789'));

  test.each([
    ['bytes=2-4', '234', 'bytes 2-4/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-2', '89', 'bytes 8-9/10'],
    ['bytes=8-99', '89', 'bytes 8-9/10'],
    ['bytes=-99', '0123456789', 'bytes 0-9/10'],
  ])('%s is that part', async (Range, text, ContentRange) => {
    const answer = await get('range', { Range });

    expect(answer).toMatchObject({ text, ContentRange, ContentLength: text.length, $metadata: { httpStatusCode: 206 } });
  });

  test('behind the end is refused', async () => {
    await expect(get('range', { Range: 'bytes=10-' })).rejects.toMatchObject({ name: 'InvalidRange' });
  });
});

describe('a condition', () => {
  test('lets one of many writers create an object', async () => {
    const writers = Array.from({ length: 10 }, (_, n) => put('first', `writer ${String(n)}`, { IfNoneMatch: '*' }));

    const outcomes = await Promise.allSettled(writers);

    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') {
        expect(outcome.reason).toMatchObject({
          name: expect.stringMatching(/PreconditionFailed|ConditionalRequestConflict/) as string,
        });
      }
    }
  });

  test('replaces only what it names', async () => {
    const { ETag = '' } = await put('replace', 'one');

    await put('replace', 'two', { IfMatch: ETag });
    const [stale, absent] = await Promise.allSettled([
      put('replace', 'three', { IfMatch: ETag }),
      put('absent', 'x', { IfMatch: ETag }),
    ]);

    expect(stale).toMatchObject({ reason: { name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } } });
    expect(absent).toMatchObject({ reason: { name: 'NoSuchKey' } });
    expect((await get('replace')).text).toBe('two');
  });

  test('of a read answers 304 or 412', async () => {
    const { ETag = '' } = await put('read', 'one');

    const [same, other] = await Promise.allSettled([get('read', { IfNoneMatch: ETag }), get('read', { IfMatch: '"other"' })]);

    expect(same).toMatchObject({ reason: { $metadata: { httpStatusCode: 304 } } });
    expect(other).toMatchObject({ reason: { name: 'PreconditionFailed' } });
  });
});

describe('a listing', () => {
  const keys = [
    'list/a',
    'list/a!',
    'list/a/1',
    'list/a/2',
    'list/a0',
    'list/b/c/d',
    'list/b/e',
    'list/z',
    'list/é',
    'list/\uffee',
    'list/🎄',
  ];
  beforeAll(async () => {
    for (const key of keys) await put(key, key);
  });

  test('is in the order of UTF-8 bytes, whatever the size of its pages', async () => {
    const byBytes = [...keys].sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));

    for (const MaxKeys of [1, 3, 1000]) expect((await list({ Prefix: 'list/', MaxKeys })).keys).toEqual(byBytes);
  });

  test('folds keys at the delimiter, also across pages', async () => {
    for (const MaxKeys of [1, 2, 1000]) {
      const found = await list({ Prefix: 'list/', Delimiter: '/', MaxKeys });

      expect(found.prefixes).toEqual(['list/a/', 'list/b/']);
      expect(found.keys).toEqual(keys.filter((key) => key.split('/').length === 2));
    }
  });

  test('begins after a key, inside a folder too', async () => {
    expect((await list({ Prefix: 'list/', StartAfter: 'list/a/1' })).keys).toEqual(keys.slice(3));
    expect((await list({ Prefix: 'list/b', Delimiter: 'c', StartAfter: 'list/a' })).prefixes).toEqual(['list/b/c']);
  });

  test('tells size, tag and whether there is more', async () => {
    const page = await s3.client.send(new ListObjectsV2Command({ Bucket: s3.bucket, Prefix: 'list/', MaxKeys: 1 }));

    expect(page).toMatchObject({ IsTruncated: true, KeyCount: 1, MaxKeys: 1, Prefix: 'list/', Name: s3.bucket });
    expect(page.Contents).toMatchObject([{ Key: 'list/a', Size: 6, ETag: `"${md5('list/a')}"`, StorageClass: 'STANDARD' }]);
  });

  test('refuses a token that is none', async () => {
    const answer = s3.client.send(new ListObjectsV2Command({ Bucket: s3.bucket, ContinuationToken: 'x' }));

    await expect(answer).rejects.toMatchObject({ name: 'InvalidArgument' });
  });
});

describe('a copy', () => {
  test('has the bytes and the metadata, or new metadata', async () => {
    await put('copy/from ä+', 'body', { ContentType: 'text/plain', Metadata: { old: '1' } });
    const CopySource = `${s3.bucket}/${encodeURIComponent('copy/from ä+')}`;

    await s3.client.send(new CopyObjectCommand({ Bucket: s3.bucket, Key: 'copy/same', CopySource }));
    await s3.client.send(
      new CopyObjectCommand({
        Bucket: s3.bucket,
        Key: 'copy/new',
        CopySource,
        MetadataDirective: 'REPLACE',
        Metadata: { new: '2' },
      }),
    );

    expect(await get('copy/same')).toMatchObject({ text: 'body', ContentType: 'text/plain', Metadata: { old: '1' } });
    expect(await get('copy/new')).toMatchObject({ text: 'body', Metadata: { new: '2' }, ETag: `"${md5('body')}"` });
  });

  test('of nothing is refused', async () => {
    const answer = s3.client.send(new CopyObjectCommand({ Bucket: s3.bucket, Key: 'x', CopySource: `${s3.bucket}/nothing` }));

    await expect(answer).rejects.toMatchObject({ name: 'NoSuchKey' });
  });
});

describe('a bucket', () => {
  test('is listed, has a place and answers HEAD', async () => {
    const { Buckets = [] } = await s3.client.send(new ListBucketsCommand({}));
    const { LocationConstraint } = await s3.client.send(new GetBucketLocationCommand({ Bucket: s3.bucket }));

    expect(Buckets.map((bucket) => bucket.Name)).toContain(s3.bucket);
    expect(LocationConstraint ?? '').toBe('');
    await expect(s3.client.send(new HeadBucketCommand({ Bucket: s3.bucket }))).resolves.toMatchObject({
      BucketRegion: 'us-east-1',
    });
  });

  test('that holds something does not go', async () => {
    await put('something');

    await expect(s3.client.send(new DeleteBucketCommand({ Bucket: s3.bucket }))).rejects.toMatchObject({
      name: 'BucketNotEmpty',
    });
  });

  test('loses many objects in one call', async () => {
    const keys = ['many/<1>', 'many/&2', 'many/ 3 '];
    for (const key of keys) await put(key);

    const answer = await s3.client.send(
      new DeleteObjectsCommand({ Bucket: s3.bucket, Delete: { Objects: [...keys, 'many/absent'].map((Key) => ({ Key })) } }),
    );

    expect(answer.Deleted?.map((one) => one.Key).sort()).toEqual([...keys, 'many/absent'].sort());
    expect((await list({ Prefix: 'many/' })).keys).toEqual([]);
  });

  test('that is not there is named', async () => {
    const answer = s3.client.send(new GetObjectCommand({ Bucket: `${s3.bucket}-absent`, Key: 'x' }));

    await expect(answer).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });
});
