import type { IncomingMessage } from 'node:http';
import { notImplemented, s3Error } from './errors.ts';

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
  ['GET', 'bucket', 'GetBucketAccelerateConfiguration', 'accelerate'],
  ['GET', 'bucket', 'GetBucketAcl', 'acl'],
  ['GET', 'bucket', 'GetBucketCors', 'cors'],
  ['GET', 'bucket', 'GetBucketEncryption', 'encryption'],
  ['GET', 'bucket', 'GetBucketLifecycleConfiguration', 'lifecycle'],
  ['GET', 'bucket', 'GetBucketLogging', 'logging'],
  ['GET', 'bucket', 'GetBucketMetricsConfiguration', 'metrics', 'id'],
  ['GET', 'bucket', 'ListBucketMetricsConfigurations', 'metrics'],
  ['GET', 'bucket', 'GetBucketNotificationConfiguration', 'notification'],
  ['GET', 'bucket', 'GetObjectLockConfiguration', 'object-lock'],
  ['GET', 'bucket', 'GetBucketOwnershipControls', 'ownershipControls'],
  ['GET', 'bucket', 'GetBucketPolicy', 'policy'],
  ['GET', 'bucket', 'GetBucketPolicyStatus', 'policyStatus'],
  ['GET', 'bucket', 'GetPublicAccessBlock', 'publicAccessBlock'],
  ['GET', 'bucket', 'GetBucketReplication', 'replication'],
  ['GET', 'bucket', 'GetBucketRequestPayment', 'requestPayment'],
  ['GET', 'bucket', 'GetBucketTagging', 'tagging'],
  ['GET', 'bucket', 'GetBucketVersioning', 'versioning'],
  ['GET', 'bucket', 'GetBucketWebsite', 'website'],
  ['GET', 'bucket', 'ListMultipartUploads', 'uploads'],
  ['GET', 'bucket', 'ListObjectVersions', 'versions'],
  ['GET', 'bucket', 'ListObjectsV2', 'list-type'],
  ['GET', 'bucket', 'ListObjects'],
  ['POST', 'bucket', 'DeleteObjects', 'delete'],
  ['GET', 'object', 'ListParts', 'uploadId'],
  ['GET', 'object', 'GetObjectAcl', 'acl'],
  ['GET', 'object', 'GetObjectAttributes', 'attributes'],
  ['GET', 'object', 'GetObjectTagging', 'tagging'],
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

/** Parameters that some operations obey beside those of their route, when their value is one that can be obeyed. */
const SUPPORTED: readonly { readonly name: string; readonly operations: readonly OperationName[]; readonly value?: string }[] = [
  { name: 'partNumber', operations: ['GetObject', 'HeadObject'] },
  // Without versioning, S3 knows the one version of each object by this name.
  {
    name: 'versionId',
    operations: ['GetObject', 'HeadObject', 'DeleteObject', 'GetObjectAcl', 'GetObjectTagging', 'GetObjectAttributes'],
    value: 'null',
  },
];

/** Query parameters that stand for something of their own in S3, and what it is called there. */
const SUBRESOURCES: Readonly<Record<string, string>> = {
  abac: 'Abac',
  accelerate: 'AccelerateConfiguration',
  acl: 'Acl',
  analytics: 'AnalyticsConfiguration',
  annotation: 'Annotation',
  attributes: 'Attributes',
  cors: 'Cors',
  delete: 'Objects',
  encryption: 'Encryption',
  'intelligent-tiering': 'IntelligentTieringConfiguration',
  inventory: 'InventoryConfiguration',
  'legal-hold': 'LegalHold',
  lifecycle: 'LifecycleConfiguration',
  location: 'Location',
  logging: 'Logging',
  metadataAnnotationTable: 'MetadataAnnotationTable',
  metadataConfiguration: 'MetadataConfiguration',
  metadataInventoryTable: 'MetadataInventoryTable',
  metadataJournalTable: 'MetadataJournalTable',
  metadataTable: 'MetadataTableConfiguration',
  metrics: 'MetricsConfiguration',
  notification: 'NotificationConfiguration',
  'object-lock': 'ObjectLockConfiguration',
  ownershipControls: 'OwnershipControls',
  partNumber: 'Part',
  policy: 'Policy',
  policyStatus: 'PolicyStatus',
  publicAccessBlock: 'PublicAccessBlock',
  renameObject: 'Rename',
  replication: 'Replication',
  requestPayment: 'RequestPayment',
  restore: 'Restore',
  retention: 'Retention',
  select: 'SelectContent',
  session: 'Session',
  tagging: 'Tagging',
  torrent: 'Torrent',
  uploadId: 'MultipartUpload',
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
  const isSupported = (name: string) =>
    SUPPORTED.some(
      (one) =>
        one.name === name &&
        one.operations.some((operation) => operation === route?.[2]) &&
        (one.value ?? query.get(name)) === query.get(name),
    );
  const stranger = Object.keys(SUBRESOURCES).find((name) => query.has(name) && !consumed.includes(name) && !isSupported(name));
  if (stranger !== undefined) {
    throw notImplemented(`${method} of ${SUBRESOURCES[stranger] ?? stranger} (?${stranger}) of a ${level}`);
  }
  if (!route) throw s3Error('MethodNotAllowed', { Method: method, ResourceType: level.toUpperCase() });
  const isCopy = request.headers['x-amz-copy-source'] !== undefined;
  if (isCopy && route[2] === 'UploadPart') return 'UploadPartCopy';
  return isCopy && route[2] === 'PutObject' ? 'CopyObject' : route[2];
}
