import { createHash } from 'node:crypto';
import { ChunkSignatures } from '../../http/chunk-signatures.ts';
import type { SignatureSeed } from '../../http/chunk-signatures.ts';
import { notImplemented, s3Error } from './errors.ts';

/** Longest line between chunks, or in the trailers. */
const MAX_LINE_BYTES = 16 * 1024;
const MAX_TRAILERS = 16;
/**
 * Of every chunk but the last.
 *
 * @unit bytes
 * @source Amazon S3 API Reference, "Signature calculations for the authorization header: transferring payload in multiple chunks"
 */
const MIN_CHUNK_BYTES = 8_192;
const SIGNED = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD';
const TRAILER_SIGNATURE = 'x-amz-trailer-signature';

/** What comes behind the last chunk, names in lower case. */
export type Trailers = ReadonlyMap<string, string>;

/** Whether the chunks of a body are signed. @param payloadHash - as the signature of the request has it */
export function isSigned(payloadHash: string): boolean {
  return payloadHash.startsWith(SIGNED);
}

/** @throws ServiceError when S3 knows no such value of `x-amz-content-sha256`, or the stand-in does not */
export function checkPayloadHash(payloadHash: string): void {
  if (/^STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD(-TRAILER)?$/.test(payloadHash))
    throw notImplemented(`x-amz-content-sha256: ${payloadHash} (signatures of version 4A)`);
  const named = ['UNSIGNED-PAYLOAD', 'STREAMING-UNSIGNED-PAYLOAD-TRAILER', SIGNED, `${SIGNED}-TRAILER`];
  if (named.includes(payloadHash) || /^[0-9a-f]{64}$/.test(payloadHash)) return;
  throw s3Error(
    'InvalidArgument',
    { ArgumentName: 'x-amz-content-sha256', ArgumentValue: payloadHash },
    `x-amz-content-sha256 must be ${named.join(', ')}, or a valid sha256 value.`,
  );
}

/**
 * Take a body out of `aws-chunked`.
 *
 * @param seed - of the chunks' signatures, when they have some; they are checked at the end of each chunk
 * @param onTrailers - hears what comes behind the last chunk
 * @throws ServiceError when the body is not what was signed, ends too early or too late, or comes in chunks too small for S3
 */
export async function* unchunked(
  source: AsyncIterable<Buffer>,
  seed: SignatureSeed | undefined,
  onTrailers: (trailers: Trailers) => void,
): AsyncGenerator<Buffer, void, void> {
  const reader = new Reader(source);
  const signatures = seed && new ChunkSignatures(seed);
  let before: number | undefined;
  for (let number = 1; ; number += 1) {
    const [, size, extension = ''] = /^([0-9a-fA-F]{1,13})(?:;(.*))?$/.exec(await reader.line()) ?? [];
    if (size === undefined) throw s3Error('IncompleteBody', {}, 'The body is not aws-chunked as x-amz-content-sha256 says.');
    const length = Number.parseInt(size, 16);
    // That a chunk is not the last shows when the next one begins.
    if (length > 0 && before !== undefined && before < MIN_CHUNK_BYTES)
      throw s3Error('InvalidChunkSizeError', { Chunk: String(number), BadChunkSize: String(before) });
    before = length;
    const sha256 = createHash('sha256');
    for await (const piece of reader.bytes(length)) {
      if (signatures) sha256.update(piece);
      yield piece;
    }
    const signature = /^chunk-signature=(.*)$/.exec(extension)?.[1] ?? '';
    if (signatures && !signatures.isChunk(sha256.digest('hex'), signature)) throw s3Error('SignatureDoesNotMatch');
    if (length === 0) break;
    if ((await reader.line()) !== '') throw s3Error('IncompleteBody', {}, 'A chunk is longer than it says.');
  }
  const trailers = new Map<string, string>();
  for (let line = await reader.line(true); line !== ''; line = await reader.line(true)) {
    const colon = line.indexOf(':');
    if (trailers.size === MAX_TRAILERS) throw s3Error('IncompleteBody', {}, 'There are too many trailers.');
    trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  if (!(await reader.hasEnded())) throw s3Error('IncompleteBody', {}, 'There is something behind the last chunk.');
  if (signatures) checkTrailers(signatures, trailers);
  onTrailers(trailers);
}

function checkTrailers(signatures: ChunkSignatures, trailers: Map<string, string>): void {
  const signature = trailers.get(TRAILER_SIGNATURE) ?? '';
  trailers.delete(TRAILER_SIGNATURE);
  if (trailers.size === 0) return;
  const lines = [...trailers].sort(([one], [other]) => (one < other ? -1 : 1)).map(([name, value]) => `${name}:${value}\n`);
  const sha256 = createHash('sha256').update(lines.join(''), 'latin1').digest('hex');
  if (!signatures.isTrailer(sha256, signature)) throw s3Error('SignatureDoesNotMatch');
}

/** Lines and runs of bytes from a stream, never more in memory than a piece of it. */
class Reader {
  private readonly source: AsyncIterator<Buffer>;
  private rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.source = source[Symbol.asyncIterator]();
  }

  /** @param mayEnd - whether the end of the stream is an empty line */
  async line(mayEnd = false): Promise<string> {
    for (;;) {
      const end = this.rest.indexOf('\n');
      if (end !== -1) {
        const line = this.rest.toString('latin1', 0, end);
        this.rest = this.rest.subarray(end + 1);
        return line.endsWith('\r') ? line.slice(0, -1) : line;
      }
      if (this.rest.length > MAX_LINE_BYTES) throw s3Error('IncompleteBody', {}, 'The line before a chunk is too long.');
      const next = await this.source.next();
      if (next.done !== true) this.rest = Buffer.concat([this.rest, next.value]);
      else if (mayEnd && this.rest.length === 0) return '';
      else throw s3Error('IncompleteBody');
    }
  }

  async *bytes(length: number): AsyncGenerator<Buffer, void, void> {
    for (let left = length; left > 0;) {
      if (this.rest.length === 0) {
        const next = await this.source.next();
        if (next.done === true) throw s3Error('IncompleteBody');
        this.rest = next.value;
      }
      const piece = this.rest.subarray(0, left);
      this.rest = this.rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  /** Whether nothing is left. */
  async hasEnded(): Promise<boolean> {
    while (this.rest.length === 0) {
      const next = await this.source.next();
      if (next.done === true) return true;
      this.rest = next.value;
    }
    return false;
  }
}
