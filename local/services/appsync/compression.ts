import type http from 'node:http';
import { constants, gzip } from 'node:zlib';

/** Sizes that AppSync compresses. @unit bytes @source AppSync developer guide, "Compressing API responses" */
const MIN_COMPRESSED_BYTES = 1000;
const MAX_COMPRESSED_BYTES = 10_000_000;

/** Whether a client asks for gzip, with any weight but 0. */
function acceptsGzip({ 'accept-encoding': accepted = '' }: http.IncomingHttpHeaders): boolean {
  return accepted
    .toLowerCase()
    .split(',')
    .some((entry) => /^\s*(?:gzip|\*)\s*(?:;\s*q=(?!0(?:\.0*)?\s*$).*)?$/.test(entry));
}

/** Gives a body as it goes over the wire: compressed where the client asks for it and the size is one that AppSync compresses. */
export function compress(
  headers: http.IncomingHttpHeaders,
  body: string,
  done: (body: string | Buffer, added: Readonly<Record<string, string>>) => void,
): void {
  const bytes = Buffer.byteLength(body);
  if (bytes < MIN_COMPRESSED_BYTES || bytes > MAX_COMPRESSED_BYTES || !acceptsGzip(headers)) {
    done(body, {});
    return;
  }
  gzip(body, { level: constants.Z_BEST_SPEED }, (error, compressed) => {
    if (error === null) done(compressed, { 'content-encoding': 'gzip', vary: 'accept-encoding' });
    else done(body, {});
  });
}

/** What one token pays for. @unit KB-seconds @source AppSync developer guide, "Using token counts to optimize your requests" */
const KB_SECONDS = 1500;

/**
 * The tokens of a request, for the header `x-amzn-appsync-TokensConsumed`: 1 for nearly every one.
 *
 * @remarks AWS counts memory and processor time, which cannot be known here; the bytes of request and answer, for as long as it
 * took, are the part of it that a client has in hand.
 */
export function tokensConsumed(bytes: number, milliseconds: number): number {
  return Math.max(1, Math.ceil(((bytes / 1024) * (milliseconds / 1000)) / KB_SECONDS));
}
