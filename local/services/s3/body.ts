import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { SignatureSeed } from '../../http/chunk-signatures.ts';
import { CHECKSUM_BYTES, CHECKSUM_NAMES, CHECKSUMS } from './checksums.ts';
import type { ChecksumName, RunningChecksum } from './checksums.ts';
import { isSigned, unchunked } from './chunks.ts';
import type { Trailers } from './chunks.ts';
import { notImplemented, s3Error } from './errors.ts';
import type { Checksum } from './objects.ts';

/** Largest object in one PUT, largest part. @unit bytes @source Amazon S3 User Guide, "Uploading objects": 5 GiB */
const MAX_PUT_BYTES = 5 * 1024 ** 3;

/** What the signature of a request says of its body. */
export interface SignedPayload {
  /** Hex digits, `UNSIGNED-PAYLOAD` or a `STREAMING-…` name. */
  readonly hash: string;
  readonly seed: SignatureSeed;
}

/** A request with a body, and what was signed of it. */
export interface BodySource {
  readonly request: IncomingMessage;
  readonly payload: SignedPayload;
}

/** The bytes of a request, checked while they pass. */
export interface Body {
  readonly bytes: AsyncIterable<Buffer>;
  /** To be called when all bytes went by. @throws ServiceError when they are not what the client promised */
  finish(): { readonly md5: string; readonly checksum: Checksum | undefined };
}

/**
 * The body of a PUT, out of its `aws-chunked` wrapping, with every promise about it held: length, Content-MD5, SHA-256 of the signature,
 * signatures of chunks and trailers, checksum in a header or trailer.
 *
 * @param wanted - a checksum to compute when the client sends none
 * @param headers - the promises to hold, when they are not all that the request makes
 */
export function bodyOf(
  { request, payload }: BodySource,
  wanted?: ChecksumName,
  headers: IncomingHttpHeaders = request.headers,
): Body {
  const declared = payload.hash;
  const isChunked = declared.startsWith('STREAMING-');
  const length = lengthOf(headers, isChunked);
  const trailer = isChunked ? checksumTrailer(headers) : undefined;
  const promised = declaredChecksum(headers);
  const contentMd5 = digestHeader(headers, 'content-md5');

  const md5 = createHash('md5');
  const sha256 = /^[0-9a-f]{64}$/.test(declared) ? createHash('sha256') : undefined;
  const name = promised?.name ?? trailer ?? wanted;
  const checksum: RunningChecksum | undefined = name === undefined ? undefined : CHECKSUMS[name]();
  let size = 0;
  let trailers: Trailers = new Map();

  async function* passing(): AsyncGenerator<Buffer, void, void> {
    const source = request as AsyncIterable<Buffer>;
    const seed = isSigned(declared) ? payload.seed : undefined;
    const pieces = isChunked ? unchunked(source, seed, (found) => (trailers = found)) : source;
    for await (const piece of pieces) {
      size += piece.length;
      if (size > length) throw s3Error('IncompleteBody');
      md5.update(piece);
      sha256?.update(piece);
      checksum?.update(piece);
      yield piece;
    }
    if (size !== length) throw s3Error('IncompleteBody');
  }

  return {
    bytes: passing(),
    finish() {
      const [digest, sum] = [md5.digest(), checksum?.digest().toString('base64')];
      if (sha256 && sha256.digest('hex') !== declared) throw s3Error('XAmzContentSHA256Mismatch');
      if (contentMd5 && !contentMd5.equals(digest))
        throw s3Error('BadDigest', {}, 'The Content-MD5 you specified did not match what we received.');
      const expected = promised?.value ?? (trailer === undefined ? undefined : trailers.get(`x-amz-checksum-${trailer}`));
      if (trailer !== undefined && expected === undefined)
        throw s3Error(
          'InvalidRequest',
          {},
          `The trailer x-amz-checksum-${trailer} that the header x-amz-trailer promises is missing.`,
        );
      if (name !== undefined && expected !== undefined && expected !== sum) throw checksumMismatch(name);
      return {
        md5: digest.toString('hex'),
        checksum: name !== undefined && sum !== undefined ? { name, value: sum } : undefined,
      };
    },
  };
}

export function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

export function checksumMismatch(name: ChecksumName): Error {
  return s3Error('BadDigest', {}, `The ${name.toUpperCase()} you specified did not match the calculated checksum.`);
}

/** The checksum that the headers promise. */
export function declaredChecksum(headers: IncomingHttpHeaders): Checksum | undefined {
  const found = CHECKSUM_NAMES.flatMap((name): Checksum[] => {
    const value = headerOf(headers, `x-amz-checksum-${name}`);
    return value === undefined ? [] : [{ name, value }];
  });
  const [checksum] = found;
  if (found.length > 1)
    throw s3Error('InvalidRequest', {}, 'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.');
  if (
    checksum &&
    Buffer.from(checksum.value, 'base64').length !== CHECKSUM_BYTES[checksum.name] &&
    !checksum.value.includes('-')
  ) {
    throw s3Error('InvalidRequest', {}, `Value for x-amz-checksum-${checksum.name} header is invalid.`);
  }
  return checksum;
}

/** A checksum's name in a header such as `x-amz-checksum-algorithm`: `CRC32`, `SHA256`, … */
export function checksumName(text: string | undefined): ChecksumName | undefined {
  if (text === undefined) return undefined;
  const name = CHECKSUM_NAMES.find((one) => one === text.toLowerCase());
  if (/^xxhash/i.test(text)) throw notImplemented(`the checksum algorithm ${text}`);
  if (name === undefined)
    throw s3Error(
      'InvalidRequest',
      {},
      `Checksum algorithm provided is unsupported. Please try again with any of the valid types: [${CHECKSUM_NAMES.map((one) => one.toUpperCase()).join(', ')}]`,
    );
  return name;
}

function lengthOf(headers: IncomingHttpHeaders, isChunked: boolean): number {
  const text = headerOf(headers, isChunked ? 'x-amz-decoded-content-length' : 'content-length');
  if (text === undefined) throw s3Error('MissingContentLength');
  const length = Number(text);
  if (!Number.isInteger(length) || length < 0)
    throw s3Error('InvalidArgument', {}, `a length must be a whole number, got "${text}"`);
  if (length > MAX_PUT_BYTES) throw s3Error('EntityTooLarge', { MaxSizeAllowed: String(MAX_PUT_BYTES) });
  return length;
}

function checksumTrailer(headers: IncomingHttpHeaders): ChecksumName | undefined {
  const trailer = headerOf(headers, 'x-amz-trailer')?.trim().toLowerCase();
  if (trailer === undefined) return undefined;
  const name = CHECKSUM_NAMES.find((one) => trailer === `x-amz-checksum-${one}`);
  if (name === undefined)
    throw s3Error('InvalidRequest', {}, `The value specified in the x-amz-trailer header is not supported: ${trailer}`);
  return name;
}

function digestHeader(headers: IncomingHttpHeaders, name: string): Buffer | undefined {
  const text = headerOf(headers, name);
  if (text === undefined) return undefined;
  const digest = Buffer.from(text, 'base64');
  if (digest.length !== 16) throw s3Error('InvalidDigest');
  return digest;
}
