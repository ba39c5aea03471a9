import type { IncomingMessage } from 'node:http';
import { notImplemented, s3Error } from './s3-errors.ts';

/** Where a request goes: to the service, a bucket or an object. */
export interface Target {
  readonly bucket: string | undefined;
  readonly key: string | undefined;
  readonly query: URLSearchParams;
}

/** @unit bytes @source Amazon S3 User Guide, "Naming Amazon S3 objects" */
const MAX_KEY_BYTES = 1024;
const BUCKET_NAME = /^(?!xn--|sthree-)(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** Both `http://host/bucket/key` and `http://bucket.localhost/key`. */
export function targetOf(request: IncomingMessage): Target {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  const path = mark === -1 ? url : url.slice(0, mark);
  const query = new URLSearchParams(mark === -1 ? '' : url.slice(mark + 1));
  const hosted = /^(.+?)(?:\.s3)?\.localhost(?::\d+)?$/.exec(request.headers.host ?? '')?.[1];
  const virtual = hosted === 's3' ? undefined : hosted;
  const rest = path.startsWith('/') ? path.slice(1) : path;
  const slash = rest.indexOf('/');
  const bucket = virtual ?? (slash === -1 ? rest : rest.slice(0, slash));
  const key = virtual !== undefined ? rest : slash === -1 ? '' : rest.slice(slash + 1);
  return { bucket: bucket === '' ? undefined : decode(bucket), key: key === '' ? undefined : keyOf(decode(key)), query };
}

export function keyOf(key: string): string {
  const bytes = Buffer.byteLength(key);
  if (bytes > MAX_KEY_BYTES) throw s3Error('KeyTooLongError', { Size: String(bytes), MaxSizeAllowed: String(MAX_KEY_BYTES) });
  return key;
}

/** @throws ServiceError InvalidBucketName */
export function checkBucketName(name: string): void {
  if (!BUCKET_NAME.test(name)) throw s3Error('InvalidBucketName', { BucketName: name });
}

export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw s3Error('InvalidURI', { URI: text });
  }
}

/** A route: what must be in the query, and which operation that makes. `x-id` only repeats the operation's name. */
type Route = readonly [method: string, level: 'service' | 'bucket' | 'object', operation: string, ...required: string[]];

const ROUTES = [
  ['GET', 'service', 'ListBuckets'],
  ['PUT', 'bucket', 'CreateBucket'],
  ['HEAD', 'bucket', 'HeadBucket'],
  ['DELETE', 'bucket', 'DeleteBucket'],
  ['GET', 'bucket', 'GetBucketLocation', 'location'],
  ['GET', 'bucket', 'ListObjectsV2', 'list-type'],
  ['POST', 'bucket', 'DeleteObjects', 'delete'],
  ['GET', 'object', 'ListParts', 'uploadId'],
  ['GET', 'object', 'GetObject'],
  ['HEAD', 'object', 'HeadObject'],
  ['PUT', 'object', 'UploadPart', 'partNumber', 'uploadId'],
  ['PUT', 'object', 'PutObject'],
  ['POST', 'object', 'CreateMultipartUpload', 'uploads'],
  ['POST', 'object', 'CompleteMultipartUpload', 'uploadId'],
  ['DELETE', 'object', 'AbortMultipartUpload', 'uploadId'],
  ['DELETE', 'object', 'DeleteObject'],
] as const satisfies readonly Route[];

export type OperationName = (typeof ROUTES)[number][2] | 'CopyObject' | 'UploadPartCopy';
export const OPERATION_NAMES: readonly OperationName[] = [...ROUTES.map((route) => route[2]), 'CopyObject', 'UploadPartCopy'];

/** Query parameters that stand for something of their own in S3, and what it is called there. */
const SUBRESOURCES: Readonly<Record<string, string>> = {
  accelerate: 'AccelerateConfiguration',
  acl: 'Acl',
  analytics: 'AnalyticsConfiguration',
  attributes: 'Attributes',
  cors: 'Cors',
  encryption: 'Encryption',
  'intelligent-tiering': 'IntelligentTieringConfiguration',
  inventory: 'InventoryConfiguration',
  'legal-hold': 'LegalHold',
  lifecycle: 'LifecycleConfiguration',
  logging: 'Logging',
  metadataTable: 'MetadataTableConfiguration',
  metrics: 'MetricsConfiguration',
  notification: 'NotificationConfiguration',
  'object-lock': 'ObjectLockConfiguration',
  ownershipControls: 'OwnershipControls',
  partNumber: 'Part',
  policy: 'Policy',
  policyStatus: 'PolicyStatus',
  publicAccessBlock: 'PublicAccessBlock',
  replication: 'Replication',
  requestPayment: 'RequestPayment',
  restore: 'Restore',
  retention: 'Retention',
  select: 'SelectContent',
  session: 'Session',
  tagging: 'Tagging',
  torrent: 'Torrent',
  uploads: 'MultipartUploads',
  versionId: 'Version',
  versioning: 'Versioning',
  versions: 'Versions',
  website: 'Website',
};

/** @throws ServiceError NotImplemented, with the name of what was asked for */
export function operationOf(request: IncomingMessage, { bucket, key, query }: Target): OperationName {
  const { method = '' } = request;
  const level = key !== undefined ? 'object' : bucket !== undefined ? 'bucket' : 'service';
  const route = ROUTES.find(([m, l, , ...required]) => m === method && l === level && required.every((name) => query.has(name)));
  const consumed: readonly string[] = route?.slice(3) ?? [];
  const stranger = Object.keys(SUBRESOURCES).find((name) => query.has(name) && !consumed.includes(name));
  if (stranger !== undefined) {
    throw notImplemented(`${method} of ${SUBRESOURCES[stranger] ?? stranger} (?${stranger}) of a ${level}`);
  }
  if (!route) {
    if (method === 'GET' && level === 'bucket') throw notImplemented('ListObjects, version 1 (use ListObjectsV2)');
    throw s3Error('MethodNotAllowed', { Method: method, ResourceType: level.toUpperCase() });
  }
  const isCopy = request.headers['x-amz-copy-source'] !== undefined;
  if (isCopy && route[2] === 'UploadPart') return 'UploadPartCopy';
  return isCopy && route[2] === 'PutObject' ? 'CopyObject' : route[2];
}

/** Headers of S3 that are understood, or that change nothing that can be seen from outside. */
const KNOWN_HEADERS =
  /^x-amz-(?:date|content-sha256|user-agent|security-token|decoded-content-length|trailer|meta-.*|checksum-.*|sdk-checksum-algorithm|copy-source(?:-if-.*|-range)?|metadata-directive|mp-object-size)$/;
/** Headers of which only the value that S3 has by itself is understood. */
const DEFAULTS: Readonly<Record<string, readonly string[]>> = {
  'x-amz-acl': ['private', 'bucket-owner-full-control'],
  'x-amz-storage-class': ['STANDARD'],
  'x-amz-server-side-encryption': ['AES256'],
  'x-amz-object-ownership': ['BucketOwnerEnforced'],
  'x-amz-tagging-directive': ['COPY'],
};

/** @throws ServiceError NotImplemented, with the name of the header */
export function checkHeaders(request: IncomingMessage): void {
  for (const name in request.headers) {
    if (!name.startsWith('x-amz-') || KNOWN_HEADERS.test(name)) continue;
    const value = String(request.headers[name]);
    if (DEFAULTS[name]?.includes(value) !== true) throw notImplemented(`the header ${name}: ${value}`);
  }
}
