import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { IncomingMessage } from 'node:http';
import { Sha256 } from '@aws-crypto/sha256-js';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListBucketInventoryConfigurationsCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sign } from '../../http/signature-v4.ts';
import { startS3 } from './service.ts';
import type { S3Service } from './service.ts';
import { LOCAL, refusalOf, temporaryDirectory } from '../../testing/remote.ts';
import { localS3Client } from '../../testing/s3-endpoint.ts';
import { checksumOf, putInChunks } from '../../testing/signed-chunks.ts';

const Bucket = 'bucket';
let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let service: S3Service;
let client: S3Client;
let created: unknown[];

async function open(): Promise<void> {
  created = [];
  const onObjectCreated = (event: unknown) => created.push(event);
  service = await startS3({ ...LOCAL, directory: directory.path, port: 0, log: console.error, onObjectCreated });
  await service.createBucket(Bucket);
  client = localS3Client(service.url);
}
async function close(): Promise<void> {
  client.destroy();
  await service.close();
}
beforeEach(async () => {
  directory = await temporaryDirectory();
  await open();
});
afterEach(async () => {
  await close();
  await directory[Symbol.asyncDispose]();
});

const put = (Key: string, Body: string) => client.send(new PutObjectCommand({ Bucket, Key, Body }));
const get = async (Key: string) => (await client.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();
const keys = async () => (await client.send(new ListObjectsV2Command({ Bucket }))).Contents?.map((one) => one.Key) ?? [];
const setFaults = (rules: unknown) => fetch(`${service.url}/_faults`, { method: 'PUT', body: JSON.stringify(rules) });
async function filesOf(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** A request that no SDK makes, signed. */
async function send(options: { method: string; path: string; host?: string; headers?: Record<string, string>; body?: string }) {
  const { method, path, host = new URL(service.url).host, headers = {}, body = '' } = options;
  const added = sign({ method, url: `http://${host}${path}`, headers, body, ...LOCAL, service: 's3' });
  const { port } = new URL(service.url);
  const call = request({
    host: '127.0.0.1',
    port,
    method,
    path,
    headers: { ...headers, ...added, 'content-length': Buffer.byteLength(body) },
  });
  call.end(body);
  const [answer] = (await once(call, 'response')) as [IncomingMessage];
  return { status: answer.statusCode, headers: answer.headers, text: await text(answer) };
}

test('objects and buckets are there after a restart', async () => {
  await put('a/b', 'body');

  await close();
  await open();

  expect(await get('a/b')).toBe('body');
});

test('an upload is completed by a document that arrives after its headers', async () => {
  const uploaded = { Bucket, Key: 'late' };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(uploaded));
  const part = await client.send(new UploadPartCommand({ ...uploaded, UploadId, PartNumber: 1, Body: 'body' }));
  const Parts = [{ PartNumber: 1, ETag: part.ETag }];
  const [{ PartNumber, ETag = '' } = {}] = Parts;
  const body = `<CompleteMultipartUpload><Part><PartNumber>${String(PartNumber)}</PartNumber><ETag>${ETag}</ETag></Part></CompleteMultipartUpload>`;
  const path = `/${Bucket}/late?uploadId=${encodeURIComponent(UploadId ?? '')}`;
  const added = sign({ method: 'POST', url: service.url + path, headers: {}, body, ...LOCAL, service: 's3' });
  const { port } = new URL(service.url);
  const headers = { ...added, 'content-length': Buffer.byteLength(body) };
  const call = request({ host: '127.0.0.1', port, method: 'POST', path, headers });

  call.flushHeaders();
  // Nothing tells that the server has read the headers and waits for the rest.
  await new Promise((resolve) => setTimeout(resolve, 100));
  call.end(body);
  const [answer] = (await once(call, 'response')) as [IncomingMessage];

  expect([answer.statusCode, await text(answer)]).toEqual([200, expect.stringContaining('CompleteMultipartUploadResult')]);
  expect(await get('late')).toBe('body');
});

test('the listener is called for each created object, with the reason', async () => {
  const uploaded = { Bucket, Key: 'uploaded' };
  const { ETag = '' } = await put('a b', 'body');
  await client.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/a%20b` }));
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(uploaded));
  const part = await client.send(new UploadPartCommand({ ...uploaded, UploadId, PartNumber: 1, Body: 'body' }));
  const Parts = [{ PartNumber: 1, ETag: part.ETag }];
  await client.send(new CompleteMultipartUploadCommand({ ...uploaded, UploadId, MultipartUpload: { Parts } }));
  await service.objects.write(Bucket, 'written', Buffer.from('body'));

  const etag = ETag.replaceAll('"', '');
  const common = { bucket: Bucket, size: 4, etag, sourceAddress: '127.0.0.1', time: expect.any(Number) as number };
  const requestId = expect.stringMatching(/^[0-9A-F]{16}$/) as string;
  expect(created).toEqual([
    { ...common, key: 'a b', reason: 'PutObject', requestId },
    { ...common, key: 'copy', reason: 'CopyObject', requestId },
    { ...common, key: 'uploaded', reason: 'CompleteMultipartUpload', requestId, etag: expect.stringMatching(/-1$/) as string },
    { ...common, key: 'written', reason: 'PutObject', requestId },
  ]);
});

test('a listener that fails does not make the PUT fail', async () => {
  const lines: string[] = [];
  const other = await temporaryDirectory();
  const onObjectCreated = () => {
    throw new Error('no');
  };
  const deaf = await startS3({ ...LOCAL, directory: other.path, port: 0, log: (line) => lines.push(line), onObjectCreated });
  await deaf.createBucket(Bucket);

  await deaf.objects.write(Bucket, 'a', Buffer.from('body'));

  expect(await text(await deaf.objects.read(Bucket, 'a'))).toBe('body');
  expect(lines).toEqual([expect.stringContaining(`${Bucket}/a`)]);
  await deaf.close();
  await other[Symbol.asyncDispose]();
});

test('services of the process see the objects of HTTP, and HTTP theirs', async () => {
  await put('by/http', 'one');
  await service.objects.write(Bucket, 'by/process', Buffer.from('three'));
  await service.objects.write(Bucket, 'empty', Buffer.alloc(0));

  expect(await get('by/process')).toBe('three');
  expect(await text(await service.objects.read(Bucket, 'by/http'))).toBe('one');
  expect(await text(await service.objects.read(Bucket, 'empty'))).toBe('');
  expect(await service.objects.list(Bucket, 'by/')).toEqual([
    { key: 'by/http', size: 3 },
    { key: 'by/process', size: 5 },
  ]);
  await expect(service.objects.read(Bucket, 'none')).rejects.toMatchObject({ code: 'NoSuchKey' });
  await expect(service.objects.write('none', 'a', Buffer.from('x'))).rejects.toMatchObject({ code: 'NoSuchBucket' });
});

test('a key cannot leave the directory', async () => {
  for (const key of ['../../../escaped', 'a/../../../../escaped', '\\..\\escaped', '\0escaped']) {
    await send({ method: 'PUT', path: `/${Bucket}/${encodeURIComponent(key)}`, body: 'x' });
  }

  const inside = join(directory.path, 'buckets', Bucket);
  const files = await filesOf(directory.path);
  expect(files.filter((file) => !file.startsWith(inside))).toEqual([]);
  expect(files.filter((file) => file.endsWith('%object'))).toHaveLength(4);
});

test('a kill -9 in the midst of writes leaves whole objects only, and what was answered', async () => {
  const other = await temporaryDirectory();
  const child = fork(new URL('../../testing/s3-child.ts', import.meta.url), [other.path], { execArgv: ['--import', 'tsx'] });
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  const victim = localS3Client(url);
  const bodyOf = (n: number) => `${String(n)} `.repeat(60_000);
  const answered: string[] = [];
  const writers = Array.from({ length: 4 }, async (_, writer) => {
    for (let n = writer; ; n += 4) {
      await victim.send(new PutObjectCommand({ Bucket, Key: `key/${String(n)}`, Body: bodyOf(n) }));
      if (answered.push(`key/${String(n)}`) === 40) child.kill('SIGKILL');
    }
  });

  await Promise.allSettled([...writers, once(child, 'exit')]);
  victim.destroy();
  await close();
  service = await startS3({ ...LOCAL, directory: other.path, port: 0, log: console.error });
  client = localS3Client(service.url);

  const found = await keys();
  expect(answered.filter((key) => !found.includes(key))).toEqual([]);
  for (const key of found) expect(await get(key ?? '')).toBe(bodyOf(Number(key?.slice(4))));
  expect(await readdir(join(other.path, 'temporary'))).toEqual([]);
  await other[Symbol.asyncDispose]();
});

test('an object larger than the memory it may take is written and read', async () => {
  const other = await temporaryDirectory();
  const child = fork(new URL('../../testing/s3-child.ts', import.meta.url), [other.path], { execArgv: ['--import', 'tsx'] });
  const [{ url, memory: before }] = (await once(child, 'message')) as [{ url: string; memory: number }];
  const writer = localS3Client(url, { requestChecksumCalculation: 'WHEN_REQUIRED' });
  const piece = Buffer.alloc(1024 * 1024, 'x');
  const ContentLength = 400 * piece.length;

  const Body = Readable.from(Array.from({ length: 400 }, () => piece));
  await writer.send(new PutObjectCommand({ Bucket, Key: 'large', Body, ContentLength }));
  const answer = await writer.send(new GetObjectCommand({ Bucket, Key: 'large' }));
  let read = 0;
  for await (const one of answer.Body as Readable) read += (one as Buffer).length;
  child.send('memory');
  const [{ memory: after }] = (await once(child, 'message')) as [{ memory: number }];

  expect(read).toBe(ContentLength);
  expect(after - before).toBeLessThan(ContentLength / 2);
  child.kill();
  writer.destroy();
  await other[Symbol.asyncDispose]();
});

test('a body that ends too early is no object', async () => {
  const path = `/${Bucket}/short`;
  const headers = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
  const { port } = new URL(service.url);
  const added = sign({ method: 'PUT', url: service.url + path, headers, body: '', ...LOCAL, service: 's3' });
  const call = request({
    host: '127.0.0.1',
    port,
    method: 'PUT',
    path,
    headers: { ...headers, ...added, 'content-length': 1000 },
  });

  call.on('error', () => undefined).write('only this');
  setImmediate(() => call.destroy());
  await new Promise((resolve) => call.once('close', resolve));

  await expect(client.send(new HeadObjectCommand({ Bucket, Key: 'short' }))).rejects.toMatchObject({ name: 'NotFound' });
});

test('chunks with signatures and a trailer are taken apart, and the trailer is held', async () => {
  const first = 'hello'.padEnd(8_192, '.');
  const putChunks = async (Key: string, sum: string) => {
    const url = `${service.url}/${Bucket}/${Key}`;
    const sent = putInChunks(url, [first, ' world'], `x-amz-checksum-crc32:${sum}`, { 'content-encoding': 'aws-chunked,gzip' });
    const { host: _, ...headers } = sent.headers;
    const answer = await fetch(url, { method: 'PUT', headers, body: sent.body });
    return { status: answer.status, text: await answer.text() };
  };

  const right = await putChunks('chunks', checksumOf(`${first} world`));
  const wrong = await putChunks('wrong', 'AAAAAA==');

  expect(right.status).toBe(200);
  expect(wrong).toMatchObject({ status: 400, text: expect.stringContaining('<Code>BadDigest</Code>') as string });
  expect(await client.send(new HeadObjectCommand({ Bucket, Key: 'chunks' }))).toMatchObject({
    ContentLength: 8_198,
    ContentEncoding: 'gzip',
  });
  expect(await keys()).toEqual(['chunks']);
});

test('a bucket can be named in the host', async () => {
  const host = `${Bucket}.localhost:${new URL(service.url).port}`;

  const written = await send({ method: 'PUT', path: '/a/b', host, body: 'body' });
  const listed = await send({ method: 'GET', path: '/?list-type=2', host: `${Bucket}.s3.localhost` });

  expect(written.status).toBe(200);
  expect(listed.text).toContain('<Key>a/b</Key>');
  expect(await get('a/b')).toBe('body');
});

test('a presigned address opens the object and nothing else', async () => {
  await put('presigned', 'body');
  const { host, hostname, port } = new URL(service.url);
  const signer = new SignatureV4({ ...LOCAL, service: 's3', sha256: Sha256, uriEscapePath: false, applyChecksum: false });
  const path = `/${Bucket}/presigned`;
  const signed = await signer.presign(
    {
      method: 'GET',
      protocol: 'http:',
      hostname,
      port: Number(port),
      path,
      query: {},
      headers: { host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
    },
    { expiresIn: 60, unhoistableHeaders: new Set(['x-amz-content-sha256']) },
  );
  const query = new URLSearchParams(signed.query as Record<string, string>).toString();

  const opened = await fetch(`${service.url}${path}?${query}`, { headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } });
  const other = await fetch(`${service.url}/${Bucket}/other?${query}`);
  const unsigned = await fetch(service.url + path);

  expect(await opened.text()).toBe('body');
  expect([other.status, unsigned.status]).toEqual([403, 403]);
});

test('the body must be what was signed', async () => {
  const headers = { 'x-amz-content-sha256': createHash('sha256').update('other').digest('hex') };

  const answer = await send({ method: 'PUT', path: `/${Bucket}/x`, headers, body: 'body' });

  expect(answer).toMatchObject({
    status: 400,
    text: expect.stringContaining('<Code>XAmzContentSHA256Mismatch</Code>') as string,
  });
  expect(await keys()).toEqual([]);
});

test('what is not there is refused by name', async () => {
  const calls = {
    'PUT of Acl': client.send(new PutObjectAclCommand({ Bucket, Key: 'x', ACL: 'private' })),
    'PUT of Tagging': client.send(new PutObjectTaggingCommand({ Bucket, Key: 'x', Tagging: { TagSet: [] } })),
    'PUT of Versioning': client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } })),
    'GET of InventoryConfiguration': client.send(new ListBucketInventoryConfigurationsCommand({ Bucket })),
    'x-amz-storage-class: GLACIER': client.send(new PutObjectCommand({ Bucket, Key: 'x', Body: '', StorageClass: 'GLACIER' })),
  };

  for (const [what, refused] of Object.entries(calls).map(([name, call]) => [name, refusalOf(call)] as const)) {
    const error = await refused;
    expect(error).toMatchObject({ name: 'NotImplemented', $metadata: { httpStatusCode: 501 } });
    expect(String(error)).toContain(what);
  }
});

test('errors look as those of S3', async () => {
  const answer = await send({ method: 'GET', path: `/${Bucket}/no%20%26%20where` });

  const requestId = String(answer.headers['x-amz-request-id']);
  const hostId = String(answer.headers['x-amz-id-2']);
  expect(answer).toMatchObject({ status: 404, headers: { 'content-type': 'application/xml', server: 'AmazonS3' } });
  expect(answer.text).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message>' +
      `<Key>no &amp; where</Key><RequestId>${requestId}</RequestId><HostId>${hostId}</HostId></Error>`,
  );
});

test('faults: an unavailable and a throttled service have the errors of S3', async () => {
  await setFaults([
    { operation: 'PutObject', effect: 'throttle', times: 1 },
    { operation: 'PutObject', effect: 'unavailable', after: 1, times: 1 },
    { operation: 'PutObject', effect: 'unavailable-after', after: 2, times: 1 },
  ]);

  const throttled = await refusalOf(put('1', 'x'));
  const unavailable = await refusalOf(put('2', 'x'));
  const afterwards = await refusalOf(put('3', 'x'));

  expect(throttled).toMatchObject({ name: 'SlowDown', $metadata: { httpStatusCode: 503 } });
  expect(unavailable).toMatchObject({ name: 'InternalError', $metadata: { httpStatusCode: 500 } });
  expect(afterwards).toMatchObject({ name: 'InternalError' });
  expect(await keys()).toEqual(['3']);
});
