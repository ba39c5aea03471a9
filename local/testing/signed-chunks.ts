import { createHash, createHmac } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { sign } from '../http/signature-v4.ts';
import { LOCAL } from './remote.ts';

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** The key of a day, as AWS derives it. */
export const signingKeyOf = (secret: string, day: string, region: string) =>
  hmac(hmac(hmac(hmac(`AWS4${secret}`, day), region), 's3'), 'aws4_request');

/** As a header or trailer `x-amz-checksum-crc32` has it. */
export function checksumOf(text: string): string {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(text));
  return sum.toString('base64');
}

/** A PUT whose body comes in signed chunks, as SDKs write it. @param trailer - a line behind the last chunk, such as `x-amz-checksum-crc32:…` */
export function putInChunks(
  url: string,
  chunks: readonly string[],
  trailer?: string,
  more: Readonly<Record<string, string>> = {},
): { readonly headers: Record<string, string>; readonly body: string } {
  const length = chunks.join('').length;
  const headers = {
    'x-amz-content-sha256': `STREAMING-AWS4-HMAC-SHA256-PAYLOAD${trailer === undefined ? '' : '-TRAILER'}`,
    'x-amz-decoded-content-length': String(length),
    ...(trailer !== undefined && { 'x-amz-trailer': trailer.split(':')[0] ?? '' }),
    ...more,
  };
  const added = sign({ method: 'PUT', url, headers, body: '', ...LOCAL, service: 's3' });
  const [, scope = '', signature = ''] = /Credential=local\/([^,]+),.*Signature=(\w+)/.exec(added['authorization'] ?? '') ?? [];
  const [day = '', region = ''] = scope.split('/');
  const key = signingKeyOf(LOCAL.credentials.secretAccessKey, day, region);
  let previous = signature;
  const next = (algorithm: string, hashes: string) =>
    (previous = hmac(key, `${algorithm}\n${added['x-amz-date'] ?? ''}\n${scope}\n${previous}\n${hashes}`).toString('hex'));
  const body = [...chunks, '']
    .map((chunk) => {
      const chunkSignature = next('AWS4-HMAC-SHA256-PAYLOAD', `${sha256('')}\n${sha256(chunk)}`);
      const line = `${chunk.length.toString(16)};chunk-signature=${chunkSignature}\r\n`;
      return chunk === '' ? line : `${line}${chunk}\r\n`;
    })
    .join('');
  const end =
    trailer === undefined
      ? '\r\n'
      : `${trailer}\r\nx-amz-trailer-signature:${next('AWS4-HMAC-SHA256-TRAILER', sha256(`${trailer}\n`))}\r\n\r\n`;
  return { headers: { ...headers, ...added }, body: body + end };
}
