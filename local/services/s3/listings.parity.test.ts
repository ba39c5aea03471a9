import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { refusalOf } from '../../testing/remote.ts';
import { openS3 } from '../../testing/s3-endpoint.ts';
import type { S3Endpoint } from '../../testing/s3-endpoint.ts';

const KEYS = ['a', 'b/1', 'b/2', 'c/1', 'd', 'größe & <mehr>'];

let s3: S3Endpoint;
beforeAll(async () => {
  s3 = await openS3();
  for (const Key of KEYS) await s3.client.send(new PutObjectCommand({ Bucket: s3.bucket, Key, Body: Key }));
}, 60_000);
afterAll(() => s3.close(), 60_000);

test.each([1, 2, 3, 1000])('ListObjects goes on by a marker, %s at a time', async (MaxKeys) => {
  const found: (string | undefined)[] = [];
  let Marker: string | undefined;
  for (;;) {
    const page = await s3.client.send(new ListObjectsCommand({ Bucket: s3.bucket, MaxKeys, Marker }));
    found.push(...(page.Contents ?? []).map(({ Key }) => Key));
    // Only a listing with a delimiter says where it goes on.
    expect(page.NextMarker).toBeUndefined();
    if (page.IsTruncated !== true) break;
    Marker = page.Contents?.at(-1)?.Key;
  }

  expect(found).toEqual(KEYS);
});

test.each([1, 2, 1000])('ListObjects with a delimiter goes on behind what it gave, %s at a time', async (MaxKeys) => {
  const found: (string | undefined)[] = [];
  let Marker: string | undefined;
  for (;;) {
    const page = await s3.client.send(new ListObjectsCommand({ Bucket: s3.bucket, MaxKeys, Marker, Delimiter: '/' }));
    found.push(...(page.Contents ?? []).map(({ Key }) => Key), ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix));
    if (page.IsTruncated !== true) break;
    Marker = page.NextMarker;
  }

  expect(found.sort()).toEqual(['a', 'b/', 'c/', 'd', 'größe & <mehr>'].sort());
});

test('ListObjects of a prefix that has nothing is empty, and encodes keys when asked', async () => {
  const none = await s3.client.send(new ListObjectsCommand({ Bucket: s3.bucket, Prefix: 'x' }));
  const encoded = await s3.client.send(new ListObjectsCommand({ Bucket: s3.bucket, Prefix: 'g', EncodingType: 'url' }));

  expect([none.Contents, none.IsTruncated, none.Prefix]).toEqual([undefined, false, 'x']);
  expect(encoded.Contents?.[0]?.Key).toBe('gr%C3%B6%C3%9Fe+%26+%3Cmehr%3E');
});

test('ListObjectVersions has one version of each object, whose name is null', async () => {
  const found: unknown[] = [];
  let at: { readonly KeyMarker?: string | undefined; readonly VersionIdMarker?: string | undefined } = {};
  for (;;) {
    const page = await s3.client.send(new ListObjectVersionsCommand({ Bucket: s3.bucket, MaxKeys: 2, Delimiter: '/', ...at }));
    found.push(
      ...(page.Versions ?? []).map(({ Key, VersionId, IsLatest }) => [Key, VersionId, IsLatest]),
      ...(page.CommonPrefixes ?? []).map(({ Prefix }) => [Prefix]),
    );
    if (page.IsTruncated !== true) break;
    at = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
  }

  expect(found.map(String).sort()).toEqual(['a,null,true', 'b/', 'c/', 'd,null,true', 'größe & <mehr>,null,true']);
});

test('the version null of an object is the object', async () => {
  const at = { Bucket: s3.bucket, Key: 'versioned' };
  await s3.client.send(new PutObjectCommand({ ...at, Body: 'body' }));

  const got = await s3.client.send(new GetObjectCommand({ ...at, VersionId: 'null' }));
  await s3.client.send(new DeleteObjectCommand({ ...at, VersionId: 'null' }));

  expect(await got.Body?.transformToString()).toBe('body');
  expect(await refusalOf(s3.client.send(new HeadObjectCommand(at)))).toMatchObject({ name: 'NotFound' });
});

test('ListMultipartUploads has what was begun and not ended, by key, page by page', async () => {
  const begin = async (Key: string) => {
    const { UploadId } = await s3.client.send(new CreateMultipartUploadCommand({ Bucket: s3.bucket, Key }));
    return { Key, UploadId };
  };
  const begun = [await begin('up/b'), await begin('up/a'), await begin('up/a'), await begin('up/c/1'), await begin('up/c/2')];
  const uploads = async (MaxUploads: number, Delimiter?: string) => {
    const found: unknown[] = [];
    let at: { readonly KeyMarker?: string | undefined; readonly UploadIdMarker?: string | undefined } = {};
    for (;;) {
      const asked = { Bucket: s3.bucket, Prefix: 'up/', MaxUploads, Delimiter, ...at };
      const page = await s3.client.send(new ListMultipartUploadsCommand(asked));
      found.push(
        ...(page.Uploads ?? []).map(({ Key, UploadId }) => `${Key ?? ''} ${UploadId ?? ''}`),
        ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix),
      );
      if (page.IsTruncated !== true) return found;
      at = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
    }
  };
  const all = begun.map(({ Key, UploadId }) => `${Key} ${UploadId ?? ''}`).sort();

  for (const most of [1, 2, 1000]) {
    expect((await uploads(most)).sort()).toEqual(all);
    expect((await uploads(most, '/')).sort()).toEqual([...all.filter((one) => !one.startsWith('up/c/')), 'up/c/'].sort());
  }
  for (const upload of begun) await s3.client.send(new AbortMultipartUploadCommand({ Bucket: s3.bucket, ...upload }));
  expect(await uploads(1000)).toEqual([]);
});

test('the one part of an object that was put at once is all of it', async () => {
  const at = { Bucket: s3.bucket, Key: 'd' };

  const part = await s3.client.send(new GetObjectCommand({ ...at, PartNumber: 1 }));
  const second = await refusalOf(s3.client.send(new GetObjectCommand({ ...at, PartNumber: 2 })));

  expect([await part.Body?.transformToString(), part.ContentRange, part.$metadata.httpStatusCode]).toEqual([
    'd',
    'bytes 0-0/1',
    206,
  ]);
  expect(second).toMatchObject({ name: 'InvalidPartNumber', $metadata: { httpStatusCode: 416 } });
});

test('the attributes that are asked for are told, and no others', async () => {
  const at = { Bucket: s3.bucket, Key: 'd' };
  const { ObjectSize, StorageClass, ETag, Checksum } = await s3.client.send(
    new GetObjectAttributesCommand({ ...at, ObjectAttributes: ['ObjectSize', 'StorageClass'] }),
  );

  expect([ObjectSize, StorageClass, ETag, Checksum]).toEqual([1, 'STANDARD', undefined, undefined]);
});
