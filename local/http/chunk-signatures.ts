import { createHmac, hash, timingSafeEqual } from 'node:crypto';

/** The signature of a request, from which those of the chunks of its body follow. */
export interface SignatureSeed {
  /** For one day, region and service. */
  readonly key: Buffer;
  /** As `YYYYMMDDTHHMMSSZ`. */
  readonly date: string;
  /** Such as `20111209/us-east-1/s3/aws4_request`. */
  readonly scope: string;
  readonly signature: string;
}

const EMPTY = hash('sha256', '', 'hex');

/**
 * The signatures of a body that comes in chunks, each over the chunk and the signature before.
 *
 * @source Amazon S3 API Reference, "Signature calculations for the authorization header: transferring payload in multiple chunks"
 */
export class ChunkSignatures {
  private previous: string;

  constructor(private readonly seed: SignatureSeed) {
    this.previous = seed.signature;
  }

  /** Whether the next chunk is signed so. @param sha256 - of its bytes, in hex */
  isChunk(sha256: string, signature: string): boolean {
    return this.isNext('AWS4-HMAC-SHA256-PAYLOAD', `${EMPTY}\n${sha256}`, signature);
  }

  /** Whether the trailers behind the last chunk are signed so. @param sha256 - of their lines, in hex */
  isTrailer(sha256: string, signature: string): boolean {
    return this.isNext('AWS4-HMAC-SHA256-TRAILER', sha256, signature);
  }

  private isNext(algorithm: string, hashes: string, signature: string): boolean {
    const { key, date, scope } = this.seed;
    const text = `${algorithm}\n${date}\n${scope}\n${this.previous}\n${hashes}`;
    const right = createHmac('sha256', key).update(text).digest();
    const given = Buffer.from(signature, 'hex');
    this.previous = right.toString('hex');
    return given.length === right.length && timingSafeEqual(given, right);
  }
}
