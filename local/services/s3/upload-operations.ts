import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { bodyOf, checksumMismatch, checksumName, headerOf, declaredChecksum } from './body.ts';
import { documentOf } from './bucket-operations.ts';
import { isoTime, quoted, xml } from './call.ts';
import type { S3Call, S3Operation } from './call.ts';
import { CHECKSUMS } from './checksums.ts';
import { s3Error } from './errors.ts';
import { encoder } from './listings.ts';
import { checksumHeaders, storedHeaders, openSource } from './object-operations.ts';
import type { ChecksumType, ObjectFacts, WrittenFacts } from './objects.ts';
import { readAll, writeCondition } from './reading.ts';
import { MAX_PARTS } from './uploads.ts';
import type { ClaimedPart, Upload } from './uploads.ts';
import { childrenOf, textOf, toXml } from './xml.ts';

/** @source S3 API, "ListParts" */
const MAX_LISTED_PARTS = 1000;

const uploadOf = ({ buckets, bucket, key, query }: S3Call): Promise<Upload> =>
  buckets.get(bucket).uploads.get(query.get('uploadId') ?? '', key);

export const createMultipartUpload: S3Operation = async ({ request, buckets, bucket, key }) => {
  const { uploads } = buckets.get(bucket);
  const name = checksumName(headerOf(request.headers, 'x-amz-checksum-algorithm'));
  const asked = headerOf(request.headers, 'x-amz-checksum-type')?.toUpperCase();
  const type: ChecksumType =
    asked === 'FULL_OBJECT' || (asked === undefined && name === 'crc64nvme') ? 'FULL_OBJECT' : 'COMPOSITE';
  if (name !== undefined && (type === 'FULL_OBJECT' ? !name.startsWith('crc') : name === 'crc64nvme')) {
    throw s3Error('InvalidRequest', {}, `The ${type} checksum type cannot be used with the ${name} checksum algorithm.`);
  }
  const upload = await uploads.begin({
    key,
    initiated: Date.now(),
    ...storedHeaders(request),
    ...(name !== undefined && { checksum: { name, type } }),
  });
  return xml(
    toXml('InitiateMultipartUploadResult', { Bucket: bucket, Key: key, UploadId: upload.id }),
    name === undefined ? {} : { 'x-amz-checksum-algorithm': name.toUpperCase(), 'x-amz-checksum-type': type },
  );
};

function partNumberOf({ query }: S3Call): number {
  const number = Number(query.get('partNumber'));
  if (Number.isInteger(number) && number >= 1 && number <= MAX_PARTS) return number;
  throw s3Error(
    'InvalidArgument',
    { ArgumentName: 'partNumber', ArgumentValue: query.get('partNumber') ?? '' },
    `Part number must be an integer between 1 and ${String(MAX_PARTS)}, inclusive`,
  );
}

export const uploadPart: S3Operation = async (call) => {
  const upload = await uploadOf(call);
  const body = bodyOf(call, upload.checksum?.name);
  const finish = (): WrittenFacts => {
    const { md5: etag, checksum } = body.finish();
    if (checksum && upload.checksum && checksum.name !== upload.checksum.name) {
      throw s3Error(
        'InvalidRequest',
        {},
        `Checksum Type mismatch occurred, expected checksum Type: ${upload.checksum.name}, actual checksum Type: ${checksum.name}`,
      );
    }
    return { etag, checksum, headers: {}, metadata: {} };
  };
  const { uploads } = call.buckets.get(call.bucket);
  const facts = await uploads.putPart(upload, partNumberOf(call), body.bytes, finish);
  const { 'x-amz-checksum-type': _, ...checksum } = checksumHeaders(facts);
  return { headers: { etag: quoted(facts.etag), ...checksum } };
};

export const uploadPartCopy: S3Operation = async (call) => {
  const upload = await uploadOf(call);
  const number = partNumberOf(call);
  const { file, facts: source } = await openSource(call);
  const asked = headerOf(call.request.headers, 'x-amz-copy-source-range');
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(asked ?? `bytes=0-${String(source.size - 1)}`) ?? [];
  const [start, end] = [Number(first), Number(last) + 1];
  if (!(start < end && end <= source.size)) {
    await file.close();
    throw s3Error(
      'InvalidArgument',
      { ArgumentName: 'x-amz-copy-source-range', ArgumentValue: asked ?? '' },
      'The range specified is not valid for the source object',
    );
  }
  const md5 = createHash('md5');
  const running = upload.checksum && CHECKSUMS[upload.checksum.name]();
  async function* bytes(): AsyncGenerator<Buffer, void, void> {
    for await (const piece of readAll(file, end, start)) {
      md5.update(piece);
      running?.update(piece);
      yield piece;
    }
  }
  const finish = (): WrittenFacts => ({
    etag: md5.digest('hex'),
    checksum: upload.checksum && running && { name: upload.checksum.name, value: running.digest().toString('base64') },
    headers: {},
    metadata: {},
  });
  const facts = await call.buckets.get(call.bucket).uploads.putPart(upload, number, bytes(), finish);
  return xml(
    toXml('CopyPartResult', { LastModified: isoTime(facts.lastModified), ETag: quoted(facts.etag), ...checksumMembers(facts) }),
  );
};

export const completeMultipartUpload: S3Operation = async (call) => {
  const { request, bucket, key } = call;
  const { objects, uploads } = call.buckets.get(bucket);
  const upload = await uploadOf(call);
  const document = await documentOf(call, 'CompleteMultipartUpload', withoutObjectChecksum(request.headers));
  const claimed = childrenOf(document, 'Part').map((part): ClaimedPart => ({
    number: Number(textOf(part, 'PartNumber')),
    etag: textOf(part, 'ETag'),
    checksum: part.children.find((child) => child.name.startsWith('Checksum'))?.text,
  }));
  if (claimed.length === 0) throw s3Error('MalformedXML');
  const { bytes, finish } = await uploads.join(upload, claimed);
  const expected = declaredChecksum(request.headers);
  const promisedSize = headerOf(request.headers, 'x-amz-mp-object-size');
  const checked = (size: number): WrittenFacts => {
    if (promisedSize !== undefined && Number(promisedSize) !== size)
      throw s3Error(
        'InvalidRequest',
        {},
        `The parts have ${String(size)} bytes together, and x-amz-mp-object-size is ${promisedSize}.`,
      );
    const facts = finish();
    const sum = facts.checksum?.value.replace(/-\d+$/, '');
    if (expected && (expected.name !== facts.checksum?.name || expected.value.replace(/-\d+$/, '') !== sum))
      throw checksumMismatch(expected.name);
    return facts;
  };
  const facts = await objects.put(key, bytes, checked, writeCondition(request, key));
  await uploads.end(upload);
  call.created('CompleteMultipartUpload', facts);
  return xml(
    toXml('CompleteMultipartUploadResult', {
      Location: `http://${headerOf(request.headers, 'host') ?? ''}/${bucket}/${encodeURI(key)}`,
      Bucket: bucket,
      Key: key,
      ETag: quoted(facts.etag),
      ...checksumMembers(facts),
      ChecksumType: facts.checksum && upload.checksum?.type,
    }),
  );
};

/** A checksum in the headers of a completion is that of the object to be, not of the XML document. */
const withoutObjectChecksum = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('x-amz-checksum-')));

export const abortMultipartUpload: S3Operation = async (call) => {
  await call.buckets.get(call.bucket).uploads.end(await uploadOf(call));
  return { status: 204 };
};

export const listParts: S3Operation = async (call) => {
  const { query, bucket, key } = call;
  const upload = await uploadOf(call);
  const most = Math.min(Number(query.get('max-parts') ?? MAX_LISTED_PARTS), MAX_LISTED_PARTS);
  const after = Number(query.get('part-number-marker') ?? 0);
  if (!Number.isInteger(most) || !Number.isInteger(after) || most < 0)
    throw s3Error('InvalidArgument', {}, 'max-parts and part-number-marker must be whole numbers');
  const found = await call.buckets.get(bucket).uploads.listParts(upload, after, most + 1);
  const page = found.slice(0, most);
  const encode = encoder(query.get('encoding-type'));
  return xml(
    toXml('ListPartsResult', {
      Bucket: bucket,
      Key: encode(key),
      UploadId: upload.id,
      PartNumberMarker: after,
      NextPartNumberMarker: page.at(-1)?.number ?? 0,
      MaxParts: most,
      IsTruncated: found.length > most,
      ChecksumAlgorithm: upload.checksum?.name.toUpperCase(),
      ChecksumType: upload.checksum?.type,
      StorageClass: 'STANDARD',
      Part: page.map(({ number, facts }) => ({
        PartNumber: number,
        LastModified: isoTime(facts.lastModified),
        ETag: quoted(facts.etag),
        Size: facts.size,
        ...checksumMembers(facts),
      })),
    }),
  );
};

function checksumMembers({ checksum }: ObjectFacts): Record<string, string> {
  return checksum ? { [`Checksum${checksum.name.toUpperCase()}`]: checksum.value } : {};
}
