import { bodyOf, headerOf, declaredChecksum } from './body.ts';
import type { BodySource } from './body.ts';
import { isoTime, OWNER, xml } from './call.ts';
import type { S3Operation } from './call.ts';
import { notImplemented, s3Error } from './errors.ts';
import { childrenOf, parseXml, textOf, toXml } from './xml.ts';
import type { Element } from './xml.ts';

/** Longest XML document that is read. @unit bytes */
const MAX_DOCUMENT_BYTES = 4 * 1024 * 1024;
/** @source S3 API, "DeleteObjects" */
const MAX_DELETES = 1000;
/** @source S3 API, "ListBuckets" */
const MAX_BUCKETS = 10_000;

/** The XML document of a request. @param headers - what it promises of the document @throws ServiceError MalformedXML */
export async function documentOf(source: BodySource, root: string, headers = source.request.headers): Promise<Element> {
  const body = bodyOf(source, undefined, headers);
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

export const listBuckets: S3Operation = ({ buckets, query, region }) => {
  const [prefix, token, asked] = [query.get('prefix') ?? '', query.get('continuation-token'), query.get('max-buckets')];
  const most = asked === null ? Infinity : /^\d{1,5}$/.test(asked) ? Number(asked) : 0;
  if (most < 1 || (asked !== null && most > MAX_BUCKETS))
    throw s3Error(
      'InvalidArgument',
      { ArgumentName: 'max-buckets', ArgumentValue: asked ?? '' },
      `Argument max-buckets must be an integer between 1 and ${String(MAX_BUCKETS)}`,
    );
  const isHere = query.get('bucket-region') === null || query.get('bucket-region') === region;
  const after = token === null ? '' : Buffer.from(token, 'base64url').toString();
  const found = buckets.list().filter(({ name }) => isHere && name.startsWith(prefix) && name > after);
  const page = found.slice(0, most);
  const next = found.length > page.length ? Buffer.from(page.at(-1)?.name ?? '').toString('base64url') : undefined;
  return Promise.resolve(
    xml(
      toXml('ListAllMyBucketsResult', {
        Owner: OWNER,
        Buckets: {
          Bucket: page.map(({ name, created }) => ({ Name: name, CreationDate: isoTime(created), BucketRegion: region })),
        },
        ContinuationToken: next,
        Prefix: prefix === '' ? undefined : prefix,
      }),
    ),
  );
};

export const createBucket: S3Operation = async (call) => {
  const { request, buckets, bucket, region } = call;
  const hasBody = Number(headerOf(request.headers, 'content-length') ?? 0) > 0;
  const document = hasBody ? await documentOf(call, 'CreateBucketConfiguration') : undefined;
  const stranger = document?.children.find(({ name }) => name !== 'LocationConstraint');
  if (stranger !== undefined) throw notImplemented(`${stranger.name} in CreateBucket`);
  const wanted = document && textOf(document, 'LocationConstraint');
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

export const deleteObjects: S3Operation = async (call) => {
  const { request, buckets, bucket } = call;
  const { objects } = buckets.get(bucket);
  if (headerOf(request.headers, 'content-md5') === undefined && !declaredChecksum(request.headers)) {
    throw s3Error('InvalidRequest', {}, 'Missing required header for this request: Content-MD5 OR x-amz-checksum-*');
  }
  const document = await documentOf(call, 'Delete');
  const entries = childrenOf(document, 'Object');
  if (entries.length === 0 || entries.length > MAX_DELETES) throw s3Error('MalformedXML');
  const deleted: { Key: string; VersionId: string | undefined }[] = [];
  const errors: { Key: string; Code: string; Message: string }[] = [];
  for (const entry of entries) {
    const key = textOf(entry, 'Key') ?? '';
    const version = textOf(entry, 'VersionId');
    // Without versioning, S3 knows the one version of each object by the name null.
    const stranger = entry.children.find(({ name }) => name !== 'Key' && (name !== 'VersionId' || version !== 'null'))?.name;
    if (stranger !== undefined) {
      errors.push({ Key: key, Code: 'NotImplemented', Message: `${stranger} in DeleteObjects is not supported locally` });
      continue;
    }
    await objects.delete(key);
    deleted.push({ Key: key, VersionId: version });
  }
  const isQuiet = textOf(document, 'Quiet') === 'true';
  return xml(toXml('DeleteResult', { ...(isQuiet ? {} : { Deleted: deleted }), Error: errors }));
};
