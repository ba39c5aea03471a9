import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import type { CompletedPart, CreateMultipartUploadCommandInput } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { refusalOf } from '../../testing/remote.ts';
import { openS3 } from '../../testing/s3-endpoint.ts';
import type { S3Endpoint } from '../../testing/s3-endpoint.ts';

let s3: S3Endpoint;
beforeAll(async () => {
  s3 = await openS3();
}, 60_000);
afterAll(() => s3.close(), 60_000);

const FIRST = Buffer.alloc(5 * 1024 * 1024, 'first ');
const LAST = Buffer.from('last');
const base64 = (sum: number) => Buffer.from(sum.toString(16).padStart(8, '0'), 'hex').toString('base64');

async function begin(Key: string, more: Partial<CreateMultipartUploadCommandInput> = {}) {
  const { UploadId } = await s3.client.send(new CreateMultipartUploadCommand({ Bucket: s3.bucket, Key, ...more }));
  const at = { Bucket: s3.bucket, Key, UploadId };
  return {
    at,
    put: (PartNumber: number, Body: Buffer) => s3.client.send(new UploadPartCommand({ ...at, PartNumber, Body })),
    complete: (Parts: CompletedPart[]) =>
      s3.client.send(new CompleteMultipartUploadCommand({ ...at, MultipartUpload: { Parts } })),
  };
}

test('parts become one object, in the order of their numbers, with a tag that tells how many', async () => {
  const upload = await begin('parts', { ContentType: 'text/plain', ChecksumAlgorithm: 'CRC32', Metadata: { a: 'b' } });
  const [last, first] = [await upload.put(7, LAST), await upload.put(2, FIRST)];

  const completed = await upload.complete([
    { PartNumber: 2, ...first },
    { PartNumber: 7, ...last },
  ]);

  const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest();
  const ETag = `"${md5(Buffer.concat([md5(FIRST), md5(LAST)])).toString('hex')}-2"`;
  const sums = Buffer.concat([FIRST, LAST].map((part) => Buffer.from(base64(crc32(part)), 'base64')));
  const ChecksumCRC32 = `${base64(crc32(sums))}-2`;
  expect(completed).toMatchObject({ ETag, ChecksumCRC32, ChecksumType: 'COMPOSITE' });
  const head = new HeadObjectCommand({ ...upload.at, ChecksumMode: 'ENABLED' });
  expect(await s3.client.send(head)).toMatchObject({
    ETag,
    ChecksumCRC32,
    ContentLength: FIRST.length + LAST.length,
    ContentType: 'text/plain',
    Metadata: { a: 'b' },
  });
  const { Body } = await s3.client.send(new GetObjectCommand({ ...upload.at, Range: `bytes=${String(FIRST.length - 2)}-` }));
  expect(await Body?.transformToString()).toBe(`${FIRST.subarray(-2).toString()}last`);
});

test('a checksum can be of the whole object', async () => {
  const upload = await begin('whole', { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' });
  const [first, last] = [await upload.put(1, FIRST), await upload.put(2, LAST)];

  const completed = await upload.complete([
    { PartNumber: 1, ...first },
    { PartNumber: 2, ...last },
  ]);

  expect(completed).toMatchObject({ ChecksumCRC32: base64(crc32(Buffer.concat([FIRST, LAST]))), ChecksumType: 'FULL_OBJECT' });
});

test('a part can be a piece of another object', async () => {
  await s3.client.send(new PutObjectCommand({ Bucket: s3.bucket, Key: 'source ä', Body: '0123456789' }));
  const CopySource = `${s3.bucket}/${encodeURIComponent('source ä')}`;
  const upload = await begin('copied');
  const copyPart = (CopySourceRange?: string) =>
    s3.client.send(new UploadPartCopyCommand({ ...upload.at, PartNumber: 1, CopySource, CopySourceRange }));

  const { CopyPartResult } = await copyPart('bytes=2-4');
  const outside = await refusalOf(copyPart('bytes=2-10'));
  await upload.complete([{ PartNumber: 1, ...CopyPartResult }]);

  const { Body } = await s3.client.send(new GetObjectCommand(upload.at));
  expect(await Body?.transformToString()).toBe('234');
  expect(outside).toMatchObject({ name: expect.stringMatching(/InvalidArgument|InvalidRange/) as string });
});

test('parts are listed page by page, and a part put again replaces the first', async () => {
  const upload = await begin('listed');
  for (const [number, body] of [
    [1, LAST],
    [2, LAST],
    [2, FIRST],
    [9, LAST],
  ] as const)
    await upload.put(number, body);

  const one = await s3.client.send(new ListPartsCommand({ ...upload.at, MaxParts: 2 }));
  const two = await s3.client.send(new ListPartsCommand({ ...upload.at, PartNumberMarker: one.NextPartNumberMarker }));

  expect(one.IsTruncated).toBe(true);
  expect([...(one.Parts ?? []), ...(two.Parts ?? [])].map((part) => [part.PartNumber, part.Size])).toEqual([
    [1, LAST.length],
    [2, FIRST.length],
    [9, LAST.length],
  ]);
  await s3.client.send(new AbortMultipartUploadCommand(upload.at));
});

test('what is not complete is not there, and an aborted upload is forgotten', async () => {
  const upload = await begin('aborted');
  await upload.put(1, LAST);

  const { KeyCount } = await s3.client.send(new ListObjectsV2Command({ Bucket: s3.bucket, Prefix: 'aborted' }));
  await s3.client.send(new AbortMultipartUploadCommand(upload.at));

  expect(KeyCount).toBe(0);
  await expect(upload.put(2, LAST)).rejects.toMatchObject({ name: 'NoSuchUpload' });
});

test('parts that are small, out of order, unknown or changed do not become an object', async () => {
  const upload = await begin('wrong');
  const [small, last] = [await upload.put(1, LAST), await upload.put(2, LAST)];
  const [one, two] = [
    { PartNumber: 1, ETag: small.ETag },
    { PartNumber: 2, ETag: last.ETag },
  ];

  const outcomes = await Promise.allSettled([
    upload.complete([one, two]),
    upload.complete([two, one]),
    upload.complete([one, { PartNumber: 3, ETag: last.ETag }]),
    upload.complete([{ PartNumber: 1, ETag: '"00000000000000000000000000000000"' }]),
  ]);

  expect(outcomes.map((outcome) => (outcome.status === 'rejected' ? (outcome.reason as Error).name : 'made'))).toEqual([
    'EntityTooSmall',
    'InvalidPartOrder',
    'InvalidPart',
    'InvalidPart',
  ]);
  await s3.client.send(new AbortMultipartUploadCommand(upload.at));
});
