import type { IncomingMessage } from 'node:http';
import { bodyOf, headerOf, promisedChecksum } from './s3-body.ts';
import { isoTime, quoted, xml } from './s3-call.ts';
import type { S3Operation } from './s3-call.ts';
import { s3Error } from './s3-errors.ts';
import type { ObjectFacts, Objects } from './s3-objects.ts';
import { childrenOf, parseXml, textOf, toXml } from './s3-xml.ts';
import type { Element } from './s3-xml.ts';

/** Longest XML document that is read. @unit bytes */
const MAX_DOCUMENT_BYTES = 4 * 1024 * 1024;
/** @source S3 API, "DeleteObjects", "ListObjectsV2" */
const MAX_DELETES = 1000;
const MAX_KEYS = 1000;
const OWNER = { ID: '0'.repeat(64), DisplayName: 'local' };

/** The XML document of a request. @param headers - what it promises of the document @throws ServiceError MalformedXML */
export async function documentOf(request: IncomingMessage, root: string, headers = request.headers): Promise<Element> {
  const body = bodyOf(request, undefined, headers);
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of body.bytes) {
    size += piece.length;
    if (size > MAX_DOCUMENT_BYTES) throw s3Error('MalformedXML');
    pieces.push(piece);
  }
  body.finish();
  const document = parseXml(Buffer.concat(pieces).toString('utf8'));
  if (document?.name !== root) throw s3Error('MalformedXML');
  return document;
}

export const listBuckets: S3Operation = ({ buckets }) => {
  const list = buckets.list().map(({ name, created }) => ({ Name: name, CreationDate: isoTime(created) }));
  return Promise.resolve(xml(toXml('ListAllMyBucketsResult', { Owner: OWNER, Buckets: { Bucket: list } })));
};

export const createBucket: S3Operation = async ({ request, buckets, bucket, region }) => {
  const hasBody = Number(headerOf(request.headers, 'content-length') ?? 0) > 0;
  const wanted = hasBody ? textOf(await documentOf(request, 'CreateBucketConfiguration'), 'LocationConstraint') : undefined;
  if ((wanted ?? 'us-east-1') !== region) throw s3Error('IllegalLocationConstraintException');
  if (!buckets.has(bucket)) await buckets.create(bucket);
  else if (region !== 'us-east-1') throw s3Error('BucketAlreadyOwnedByYou', { BucketName: bucket }); // there, it is as if it was made
  return { headers: { location: `/${bucket}` } };
};

export const headBucket: S3Operation = ({ buckets, bucket, region }) => {
  buckets.get(bucket);
  return Promise.resolve({ headers: { 'x-amz-bucket-region': region } });
};

export const deleteBucket: S3Operation = async ({ buckets, bucket }) => {
  await buckets.delete(bucket);
  return { status: 204 };
};

export const getBucketLocation: S3Operation = ({ buckets, bucket, region }) => {
  buckets.get(bucket);
  return Promise.resolve(xml(toXml('LocationConstraint', region === 'us-east-1' ? '' : region)));
};

export const deleteObjects: S3Operation = async ({ request, buckets, bucket }) => {
  const { objects } = buckets.get(bucket);
  if (headerOf(request.headers, 'content-md5') === undefined && !promisedChecksum(request.headers)) {
    throw s3Error('InvalidRequest', {}, 'Missing required header for this request: Content-MD5 OR x-amz-checksum-*');
  }
  const document = await documentOf(request, 'Delete');
  const entries = childrenOf(document, 'Object');
  if (entries.length === 0 || entries.length > MAX_DELETES) throw s3Error('MalformedXML');
  const deleted: { Key: string }[] = [];
  const errors: { Key: string; Code: string; Message: string }[] = [];
  for (const entry of entries) {
    const key = textOf(entry, 'Key') ?? '';
    const stranger = entry.children.find((child) => child.name !== 'Key')?.name;
    if (stranger !== undefined) {
      errors.push({ Key: key, Code: 'NotImplemented', Message: `${stranger} in DeleteObjects is not supported locally` });
      continue;
    }
    await objects.delete(key);
    deleted.push({ Key: key });
  }
  const isQuiet = textOf(document, 'Quiet') === 'true';
  return xml(toXml('DeleteResult', { ...(isQuiet ? {} : { Deleted: deleted }), Error: errors }));
};

/** Where a listing goes on: behind a key, or behind everything that begins as a common prefix does. */
interface Place {
  readonly after: string;
  readonly isPrefix: boolean;
}

export const listObjects: S3Operation = async ({ buckets, bucket, query }) => {
  const { objects } = buckets.get(bucket);
  if (query.get('list-type') !== '2')
    throw s3Error(
      'InvalidArgument',
      { ArgumentName: 'list-type', ArgumentValue: query.get('list-type') ?? '' },
      'Invalid List Type specified in Query Parameter',
    );
  const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter') ?? ''];
  const token = query.get('continuation-token');
  const startAfter = query.get('start-after');
  const maxKeys = maxKeysOf(query.get('max-keys'));
  const place = token === null ? { after: startAfter ?? '', isPrefix: false } : placeOf(token);
  const page = await pageOf(objects, prefix, delimiter, place, maxKeys);

  const encode = encoder(query.get('encoding-type'));
  return xml(
    toXml('ListBucketResult', {
      Name: bucket,
      Prefix: encode(prefix),
      StartAfter: startAfter === null ? undefined : encode(startAfter),
      ContinuationToken: token ?? undefined,
      NextContinuationToken: page.next && Buffer.from(JSON.stringify(page.next)).toString('base64url'),
      KeyCount: page.entries.length,
      MaxKeys: maxKeys,
      Delimiter: delimiter === '' ? undefined : encode(delimiter),
      EncodingType: query.get('encoding-type') ?? undefined,
      IsTruncated: page.next !== undefined,
      Contents: page.entries.flatMap((entry) =>
        typeof entry === 'string' ? [] : [contentOf(entry, encode, query.get('fetch-owner') === 'true')],
      ),
      CommonPrefixes: page.entries.flatMap((entry) => (typeof entry === 'string' ? [{ Prefix: encode(entry) }] : [])),
    }),
  );
};

/** Objects, and common prefixes as strings, in the order of keys. */
async function pageOf(
  objects: Objects,
  prefix: string,
  delimiter: string,
  place: Place,
  maxKeys: number,
): Promise<{ entries: (ObjectFacts | string)[]; next?: Place }> {
  const entries: (ObjectFacts | string)[] = [];
  let last = place;
  const isBehind = (key: string) => order(key, last.after) <= 0 || (last.isPrefix && key.startsWith(last.after));
  // A directory is behind when even its last key is: that is so when it is smaller and not the beginning of where we are.
  const skips = (directory: string) =>
    last.isPrefix && directory.startsWith(last.after)
      ? true
      : order(directory, last.after) < 0 && !last.after.startsWith(directory);
  if (maxKeys === 0) return { entries };
  for await (const key of objects.keys(prefix, skips)) {
    if (isBehind(key)) continue;
    if (entries.length === maxKeys) return { entries, next: last };
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const common = cut === -1 ? undefined : key.slice(0, cut + delimiter.length);
    if (common !== undefined) {
      entries.push(common);
      last = { after: common, isPrefix: true };
      continue;
    }
    const facts = await objects.facts(key);
    if (!facts) continue; // deleted meanwhile
    entries.push(facts);
    last = { after: key, isPrefix: false };
  }
  return { entries };
}

/** By the bytes of UTF-8, which is not how JavaScript compares. */
function order(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

function contentOf(facts: ObjectFacts, encode: (text: string) => string, withOwner: boolean) {
  return {
    Key: encode(facts.key),
    LastModified: isoTime(facts.lastModified),
    ETag: quoted(facts.etag),
    ChecksumAlgorithm: facts.checksum?.name.toUpperCase(),
    ChecksumType: facts.checksum && checksumTypeOf(facts),
    Size: facts.size,
    Owner: withOwner ? OWNER : undefined,
    StorageClass: 'STANDARD',
  };
}

export function checksumTypeOf(facts: ObjectFacts): 'COMPOSITE' | 'FULL_OBJECT' {
  return facts.checksum?.value.includes('-') === true ? 'COMPOSITE' : 'FULL_OBJECT';
}

export function encoder(encodingType: string | null): (text: string) => string {
  if (encodingType === null) return (text) => text;
  if (encodingType !== 'url')
    throw s3Error('InvalidArgument', { ArgumentName: 'encoding-type' }, 'Invalid Encoding Method specified in Request');
  return (text) =>
    encodeURIComponent(text)
      .replaceAll('%2F', '/')
      .replaceAll('%20', '+')
      .replace(/[!'()]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function maxKeysOf(text: string | null): number {
  if (text === null) return MAX_KEYS;
  if (!/^\d{1,10}$/.test(text))
    throw s3Error(
      'InvalidArgument',
      { ArgumentName: 'max-keys', ArgumentValue: text },
      'Provided max-keys not an integer or within integer range',
    );
  return Math.min(Number(text), MAX_KEYS);
}

function placeOf(token: string): Place {
  try {
    const { after, isPrefix } = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as Partial<Place>;
    if (typeof after === 'string' && typeof isPrefix === 'boolean') return { after, isPrefix };
  } catch {
    // said below
  }
  throw s3Error('InvalidArgument', { ArgumentName: 'continuation-token' }, 'The continuation token provided is incorrect');
}
