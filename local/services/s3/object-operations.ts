import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { bodyOf, checksumName, headerOf } from './body.ts';
import { ACCESS_CONTROL_POLICY } from './bucket-descriptions.ts';
import { isoTime, quoted, xml } from './call.ts';
import type { S3Response, S3Call, S3Operation } from './call.ts';
import { CHECKSUMS } from './checksums.ts';
import { notImplemented, s3Error } from './errors.ts';
import { checksumTypeOf, KEPT_HEADERS } from './objects.ts';
import type { ObjectFacts } from './objects.ts';
import { checkReadConditions, rangeOf, readAll, writeCondition } from './reading.ts';
import type { Range } from './reading.ts';
import { decode, keyOf } from './request.ts';
import { toXml } from './xml.ts';

/** @unit bytes @source Amazon S3 User Guide, "User-defined object metadata" */
const MAX_METADATA_BYTES = 2048;
const META = 'x-amz-meta-';
/** A body this long or shorter is sent in one piece. @unit bytes */
const WHOLE_BYTES = 256 * 1024;

/** Headers and metadata of an object that a request brings. */
export function storedHeaders(request: IncomingMessage): Pick<ObjectFacts, 'headers' | 'metadata'> {
  const headers: Record<string, string> = {};
  const metadata: Record<string, string> = {};
  for (const name of KEPT_HEADERS) {
    const value = headerOf(request.headers, name);
    if (value !== undefined) headers[name] = value;
  }
  const encodings = headers['content-encoding']?.split(',').map((one) => one.trim());
  const encoding = encodings?.filter((one) => one !== 'aws-chunked').join(', ');
  if (encoding === '') delete headers['content-encoding'];
  else if (encoding !== undefined) headers['content-encoding'] = encoding;
  let bytes = 0;
  for (const [name, value] of Object.entries(request.headers)) {
    if (!name.startsWith(META)) continue;
    const text = String(value);
    metadata[name.slice(META.length)] = text;
    bytes += name.length - META.length + text.length;
  }
  if (bytes > MAX_METADATA_BYTES) {
    throw s3Error('MetadataTooLarge', { Size: String(bytes), MaxSizeAllowed: String(MAX_METADATA_BYTES) });
  }
  return { headers, metadata };
}

export const putObject: S3Operation = async (call) => {
  const { request, key } = call;
  const { objects } = call.buckets.get(call.bucket);
  const kept = storedHeaders(request);
  const body = bodyOf(call, checksumName(headerOf(request.headers, 'x-amz-sdk-checksum-algorithm')));
  const finish = () => {
    const { md5: etag, checksum } = body.finish();
    return { ...kept, etag, checksum };
  };
  const facts = await objects.put(key, body.bytes, finish, writeCondition(request, key));
  call.created('PutObject', facts);
  return { headers: { etag: quoted(facts.etag), ...checksumHeaders(facts) } };
};

/** The checksum of an object as headers. */
export function checksumHeaders(facts: Pick<ObjectFacts, 'checksum'>): Record<string, string> {
  const { checksum } = facts;
  if (!checksum) return {};
  return { [`x-amz-checksum-${checksum.name}`]: checksum.value, 'x-amz-checksum-type': checksumTypeOf(facts) };
}

export const headObject: S3Operation = async ({ request, buckets, bucket, key, query }) => {
  const facts = await buckets.get(bucket).objects.facts(key);
  if (!facts) throw s3Error('NoSuchKey', { Key: key });
  checkReadConditions(request, facts);
  const range = partOf(request, query, facts);
  return { status: range ? 206 : 200, headers: headersOf(request, query, facts, range) };
};

export const getObject: S3Operation = async ({ request, buckets, bucket, key, query }) => {
  const opened = await buckets.get(bucket).objects.open(key);
  if (!opened) throw s3Error('NoSuchKey', { Key: key });
  const { file, facts } = opened;
  let answer: S3Response & { start: number; end: number };
  try {
    checkReadConditions(request, facts);
    const range = partOf(request, query, facts);
    const { start, end } = range ?? { start: 0, end: facts.size };
    answer = { status: range ? 206 : 200, headers: headersOf(request, query, facts, range), start, end };
  } catch (error) {
    await file.close();
    throw error;
  }
  const { start, end, ...head } = answer;
  const pieces = readAll(file, end, start);
  if (end - start > WHOLE_BYTES) return { ...head, body: pieces };
  const whole: Buffer[] = [];
  for await (const piece of pieces) whole.push(piece);
  return { ...head, body: Buffer.concat(whole) };
};

/** The range of bytes that is asked for, by its header or as a part; undefined means all. */
function partOf(request: IncomingMessage, query: URLSearchParams, { size, etag }: ObjectFacts): Range | undefined {
  const [header, number] = [headerOf(request.headers, 'range'), query.get('partNumber')];
  if (number === null) return rangeOf(header, size);
  if (header !== undefined)
    throw s3Error('InvalidRequest', {}, 'Cannot specify both Range header and partNumber query parameter');
  if (!/^[1-9]\d{0,4}$/.test(number))
    throw s3Error(
      'InvalidArgument',
      { ArgumentName: 'partNumber', ArgumentValue: number },
      'Part number must be an integer between 1 and 10000, inclusive',
    );
  // Where the parts of an object began is not kept.
  if (etag.includes('-')) throw notImplemented('?partNumber of an object that was uploaded in parts');
  if (number !== '1') throw s3Error('InvalidPartNumber', { ActualPartCount: '1', PartNumberRequested: number });
  return size === 0 ? undefined : { start: 0, end: size };
}

/** A header that the query asks for instead of the object's own. @throws ServiceError when no header can hold it */
function responseHeaderOverride(name: string, query: URLSearchParams): string | undefined {
  const value = query.get(`response-${name}`);
  if (value === null) return undefined;
  const refused = { ArgumentName: `response-${name}`, ArgumentValue: value };
  if (/[\u0100-\uffff]/.test(value))
    throw s3Error('InvalidArgument', refused, 'Header value cannot be represented using ISO-8859-1.');
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value))
    throw s3Error('InvalidArgument', refused, 'Header value must not contain control characters.');
  return value;
}

function headersOf(
  request: IncomingMessage,
  query: URLSearchParams,
  facts: ObjectFacts,
  range: { start: number; end: number } | undefined,
): Record<string, string | number> {
  const headers: Record<string, string | number> = {
    'content-type': 'binary/octet-stream',
    ...facts.headers,
    'last-modified': new Date(facts.lastModified).toUTCString(),
    etag: quoted(facts.etag),
    'accept-ranges': 'bytes',
    'content-length': range ? range.end - range.start : facts.size,
    'x-amz-server-side-encryption': 'AES256',
  };
  for (const name of KEPT_HEADERS) {
    const instead = responseHeaderOverride(name, query);
    if (instead !== undefined) headers[name] = instead;
  }
  for (const [name, value] of Object.entries(facts.metadata)) headers[META + name] = value;
  if (range) headers['content-range'] = `bytes ${String(range.start)}-${String(range.end - 1)}/${String(facts.size)}`;
  else if (headerOf(request.headers, 'x-amz-checksum-mode')?.toUpperCase() === 'ENABLED')
    Object.assign(headers, checksumHeaders(facts));
  return headers;
}

async function factsOf({ buckets, bucket, key }: S3Call): Promise<ObjectFacts> {
  const facts = await buckets.get(bucket).objects.facts(key);
  if (!facts) throw s3Error('NoSuchKey', { Key: key });
  return facts;
}

export const getObjectAcl: S3Operation = async (call) => {
  await factsOf(call);
  return xml(toXml('AccessControlPolicy', ACCESS_CONTROL_POLICY));
};

/** No object has tags: a request that would give it some is refused. */
export const getObjectTagging: S3Operation = async (call) => {
  await factsOf(call);
  return xml(toXml('Tagging', { TagSet: '' }));
};

const ATTRIBUTES = ['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize'];

export const getObjectAttributes: S3Operation = async (call) => {
  const asked = (headerOf(call.request.headers, 'x-amz-object-attributes') ?? '').split(',').map((one) => one.trim());
  const unknown = asked.find((one) => !ATTRIBUTES.includes(one));
  if (unknown !== undefined)
    throw s3Error(
      'InvalidArgument',
      { ArgumentName: 'x-amz-object-attributes', ArgumentValue: unknown },
      'Invalid attribute name specified.',
    );
  const facts = await factsOf(call);
  const { size, etag, checksum, lastModified } = facts;
  const parts = etag.split('-')[1];
  const wants = (name: string) => asked.includes(name);
  if (wants('ObjectParts') && checksum && checksumTypeOf(facts) === 'COMPOSITE')
    throw notImplemented('ObjectParts in GetObjectAttributes of an object whose parts have checksums');
  const body = toXml('GetObjectAttributesResponse', {
    ETag: wants('ETag') ? etag : undefined,
    Checksum:
      wants('Checksum') && checksum
        ? { [`Checksum${checksum.name.toUpperCase()}`]: checksum.value, ChecksumType: checksumTypeOf(facts) }
        : undefined,
    ObjectParts: wants('ObjectParts') && parts !== undefined ? { PartsCount: parts } : undefined,
    StorageClass: wants('StorageClass') ? 'STANDARD' : undefined,
    ObjectSize: wants('ObjectSize') ? size : undefined,
  });
  return xml(body, { 'last-modified': new Date(lastModified).toUTCString() });
};

export const deleteObject: S3Operation = async ({ request, buckets, bucket, key }) => {
  const { objects } = buckets.get(bucket);
  if (request.headers['if-match'] !== undefined)
    throw s3Error('NotImplemented', { Header: 'If-Match' }, 'If-Match of DeleteObject is not supported locally');
  await objects.delete(key);
  return { status: 204 };
};

/** The object that a copy is made of, open. The caller reads it to its end or closes it. */
export async function openSource({ request, buckets }: S3Call) {
  const source = sourceOf(request);
  const opened = await buckets.get(source.bucket).objects.open(source.key);
  if (!opened) throw s3Error('NoSuchKey', { Key: source.key });
  try {
    checkReadConditions(request, opened.facts, 'x-amz-copy-source-');
  } catch (error) {
    await opened.file.close();
    throw error;
  }
  return { ...opened, source };
}

export const copyObject: S3Operation = async (call) => {
  const { request, key } = call;
  const target = call.buckets.get(call.bucket).objects;
  const { file, facts: old, source } = await openSource(call);
  const directive = (headerOf(request.headers, 'x-amz-metadata-directive') ?? 'COPY').toUpperCase();
  const name = checksumName(headerOf(request.headers, 'x-amz-checksum-algorithm')) ?? old.checksum?.name;
  const running = name === undefined ? undefined : CHECKSUMS[name]();
  const md5 = createHash('md5');
  let kept: Pick<ObjectFacts, 'headers' | 'metadata'>;
  try {
    kept = directive === 'REPLACE' ? storedHeaders(request) : { headers: old.headers, metadata: old.metadata };
    if (directive !== 'REPLACE' && source.bucket === call.bucket && source.key === key) {
      throw s3Error(
        'InvalidRequest',
        {},
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
      );
    }
  } catch (error) {
    await file.close();
    throw error;
  }
  async function* bytes(): AsyncGenerator<Buffer, void, void> {
    for await (const piece of readAll(file, old.size)) {
      md5.update(piece);
      running?.update(piece);
      yield piece;
    }
  }
  const finish = () => ({
    ...kept,
    etag: md5.digest('hex'),
    checksum: name !== undefined && running ? { name, value: running.digest().toString('base64') } : undefined,
  });
  const facts = await target.put(key, bytes(), finish, writeCondition(request, key));
  call.created('CopyObject', facts);
  const result: Record<string, string> = { LastModified: isoTime(facts.lastModified), ETag: quoted(facts.etag) };
  if (facts.checksum) result[`Checksum${facts.checksum.name.toUpperCase()}`] = facts.checksum.value;
  return xml(toXml('CopyObjectResult', result));
};

function sourceOf(request: IncomingMessage): { bucket: string; key: string } {
  const text = headerOf(request.headers, 'x-amz-copy-source') ?? '';
  const [path = '', version] = text.replace(/^\//, '').split('?');
  if (version !== undefined) throw s3Error('NotImplemented', {}, 'x-amz-copy-source with a versionId is not supported locally');
  const whole = decode(path);
  const cut = whole.indexOf('/');
  if (cut < 1 || cut === whole.length - 1)
    throw s3Error(
      'InvalidArgument',
      { ArgumentName: 'x-amz-copy-source', ArgumentValue: text },
      'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
    );
  return { bucket: whole.slice(0, cut), key: keyOf(whole.slice(cut + 1)) };
}
