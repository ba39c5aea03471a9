import { isoTime, OWNER, quoted, xml } from './call.ts';
import type { S3Operation } from './call.ts';
import { s3Error } from './errors.ts';
import { checksumTypeOf } from './objects.ts';
import type { ObjectFacts, Objects } from './objects.ts';
import type { Upload } from './uploads.ts';
import { toXml } from './xml.ts';

/** @source S3 API, "ListObjectsV2", "ListObjectVersions", "ListMultipartUploads" */
const MAX_LISTED = 1000;

/** Where a listing goes on: behind a key, or behind everything that begins as a common prefix does. */
interface Place {
  readonly after: string;
  readonly isPrefix: boolean;
}

export const listObjectsV2: S3Operation = async ({ buckets, bucket, query }) => {
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
  const maxKeys = maxKeysOf(query, 'max-keys');
  const place = token === null ? { after: startAfter ?? '', isPrefix: false } : placeOf(token);
  const page = await pageOf(objects, { prefix, delimiter, place, maxKeys });

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
      CommonPrefixes: commonPrefixes(page.entries, encode),
    }),
  );
};

/** Where version 1 and the list of versions go on: behind a key, or behind a common prefix, which ends in the delimiter. */
function placeAfter(marker: string, prefix: string, delimiter: string): Place {
  const cut = delimiter === '' || !marker.startsWith(prefix) ? -1 : marker.indexOf(delimiter, prefix.length);
  return cut === -1 ? { after: marker, isPrefix: false } : { after: marker.slice(0, cut + delimiter.length), isPrefix: true };
}

const commonPrefixes = (entries: readonly (object | string)[], encode: (text: string) => string) =>
  entries.flatMap((entry) => (typeof entry === 'string' ? [{ Prefix: encode(entry) }] : []));

export const listObjects: S3Operation = async ({ buckets, bucket, query }) => {
  const { objects } = buckets.get(bucket);
  const [prefix, delimiter, marker] = [query.get('prefix') ?? '', query.get('delimiter') ?? '', query.get('marker') ?? ''];
  const maxKeys = maxKeysOf(query, 'max-keys');
  const page = await pageOf(objects, { prefix, delimiter, place: placeAfter(marker, prefix, delimiter), maxKeys });
  const encode = encoder(query.get('encoding-type'));
  return xml(
    toXml('ListBucketResult', {
      Name: bucket,
      Prefix: encode(prefix),
      Marker: encode(marker),
      // Without a delimiter a client goes on behind the last key that it got.
      NextMarker: page.next && delimiter !== '' ? encode(page.next.after) : undefined,
      MaxKeys: maxKeys,
      Delimiter: delimiter === '' ? undefined : encode(delimiter),
      EncodingType: query.get('encoding-type') ?? undefined,
      IsTruncated: page.next !== undefined,
      Contents: page.entries.flatMap((entry) => (typeof entry === 'string' ? [] : [contentOf(entry, encode, true)])),
      CommonPrefixes: commonPrefixes(page.entries, encode),
    }),
  );
};

/** Each object has one version, whose name is null: so S3 calls those that were put without versioning. */
export const listObjectVersions: S3Operation = async ({ buckets, bucket, query }) => {
  const { objects } = buckets.get(bucket);
  const [prefix, delimiter, marker] = [query.get('prefix') ?? '', query.get('delimiter') ?? '', query.get('key-marker') ?? ''];
  const versionMarker = query.get('version-id-marker');
  if (versionMarker !== null && marker === '')
    throw s3Error(
      'InvalidArgument',
      { ArgumentName: 'version-id-marker' },
      'A version-id marker cannot be specified without a key marker.',
    );
  const maxKeys = maxKeysOf(query, 'max-keys');
  const page = await pageOf(objects, { prefix, delimiter, place: placeAfter(marker, prefix, delimiter), maxKeys });
  const encode = encoder(query.get('encoding-type'));
  return xml(
    toXml('ListVersionsResult', {
      Name: bucket,
      Prefix: encode(prefix),
      KeyMarker: encode(marker),
      VersionIdMarker: versionMarker ?? '',
      NextKeyMarker: page.next && encode(page.next.after),
      NextVersionIdMarker: page.next && !page.next.isPrefix ? 'null' : undefined,
      MaxKeys: maxKeys,
      Delimiter: delimiter === '' ? undefined : encode(delimiter),
      EncodingType: query.get('encoding-type') ?? undefined,
      IsTruncated: page.next !== undefined,
      Version: page.entries.flatMap((entry) =>
        typeof entry === 'string' ? [] : [{ ...contentOf(entry, encode, true), VersionId: 'null', IsLatest: true }],
      ),
      CommonPrefixes: commonPrefixes(page.entries, encode),
    }),
  );
};

/** By their keys, and those of one key in the order in which they were begun. */
export const listMultipartUploads: S3Operation = async ({ buckets, bucket, query }) => {
  const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter') ?? ''];
  const [keyMarker, idMarker] = [query.get('key-marker') ?? '', query.get('upload-id-marker') ?? ''];
  const most = maxKeysOf(query, 'max-uploads');
  const all = (await buckets.get(bucket).uploads.list()).filter(({ key }) => key.startsWith(prefix));
  const marked = idMarker === '' ? -1 : all.findIndex(({ key, id }) => key === keyMarker && id === idMarker);
  const isBehind = ({ key }: Upload, index: number) =>
    keyMarker === '' || order(key, keyMarker) > 0 || (marked !== -1 && key === keyMarker && index > marked);
  const uploads: Upload[] = [];
  const prefixes: string[] = [];
  let next: Upload | undefined;
  let isTruncated = false;
  for (const [index, upload] of all.entries()) {
    if (!isBehind(upload, index)) continue;
    const cut = delimiter === '' ? -1 : upload.key.indexOf(delimiter, prefix.length);
    const common = cut === -1 ? undefined : upload.key.slice(0, cut + delimiter.length);
    if (common !== undefined && (prefixes.includes(common) || keyMarker.startsWith(common))) continue;
    isTruncated = uploads.length + prefixes.length === most;
    if (isTruncated) break;
    if (common === undefined) uploads.push(upload);
    else prefixes.push(common);
    next = common === undefined ? upload : { ...upload, key: common, id: '' };
  }
  const encode = encoder(query.get('encoding-type'));
  return xml(
    toXml('ListMultipartUploadsResult', {
      Bucket: bucket,
      KeyMarker: encode(keyMarker),
      UploadIdMarker: idMarker,
      NextKeyMarker: isTruncated ? encode(next?.key ?? '') : undefined,
      NextUploadIdMarker: isTruncated ? (next?.id ?? '') : undefined,
      Prefix: encode(prefix),
      Delimiter: delimiter === '' ? undefined : encode(delimiter),
      EncodingType: query.get('encoding-type') ?? undefined,
      MaxUploads: most,
      IsTruncated: isTruncated,
      Upload: uploads.map(({ key, id, initiated, checksum }) => ({
        Key: encode(key),
        UploadId: id,
        Initiator: OWNER,
        Owner: OWNER,
        StorageClass: 'STANDARD',
        Initiated: isoTime(initiated),
        ChecksumAlgorithm: checksum?.name.toUpperCase(),
        ChecksumType: checksum?.type,
      })),
      CommonPrefixes: prefixes.map((one) => ({ Prefix: encode(one) })),
    }),
  );
};

/** Objects, and common prefixes as strings, in the order of keys. */
async function pageOf(
  objects: Objects,
  {
    prefix,
    delimiter,
    place,
    maxKeys,
  }: { readonly prefix: string; readonly delimiter: string; readonly place: Place; readonly maxKeys: number },
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

function maxKeysOf(query: URLSearchParams, name: 'max-keys' | 'max-uploads'): number {
  const text = query.get(name);
  if (text === null) return MAX_LISTED;
  if (!/^\d{1,10}$/.test(text))
    throw s3Error(
      'InvalidArgument',
      { ArgumentName: name, ArgumentValue: text },
      `Provided ${name} not an integer or within integer range`,
    );
  return Math.min(Number(text), MAX_LISTED);
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
