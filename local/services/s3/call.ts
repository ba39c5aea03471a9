import type { BodySource } from './body.ts';
import type { Buckets } from './buckets.ts';
import type { ObjectFacts } from './objects.ts';

/** The operation that made an object, as EventBridge names it. */
export type CreationReason = 'PutObject' | 'CopyObject' | 'CompleteMultipartUpload';

/** An object that has come to be. */
export interface ObjectCreated {
  readonly bucket: string;
  readonly key: string;
  /** @unit bytes */
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  readonly reason: CreationReason;
  readonly requestId: string;
  /** Address that the request came from. */
  readonly sourceAddress: string;
  /** @unit milliseconds since 1970 */
  readonly time: number;
}

/** One request, and the world it happens in. */
export interface S3Call extends BodySource {
  /** Empty when the operation needs none. */
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly buckets: Buckets;
  readonly region: string;
  created(reason: CreationReason, facts: ObjectFacts): void;
}

export interface S3Response {
  /** Default: 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | number>>;
  /** A whole body, or one that is read as it is sent. */
  readonly body?: string | Buffer | AsyncIterable<Buffer>;
}

export type S3Operation = (call: S3Call) => Promise<S3Response>;

export const xml = (body: string, headers: Readonly<Record<string, string>> = {}): S3Response => ({
  headers: { 'content-type': 'application/xml', ...headers },
  body,
});

/** Whose everything is. */
export const OWNER = { ID: '0'.repeat(64), DisplayName: 'local' };

export const quoted = (etag: string) => `"${etag}"`;
export const isoTime = (time: number) => new Date(Math.floor(time / 1000) * 1000).toISOString();
