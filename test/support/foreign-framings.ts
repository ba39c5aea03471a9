import { createHash } from 'node:crypto';
import { deflateSync, gzipSync } from 'node:zlib';

/** A stream record that is no NDJSON, though there are lines in it. */
export interface ForeignFraming {
  readonly name: string;
  readonly bytes: Buffer;
}

/** How the Kinesis Producer Library begins a record of several. @source awslabs/amazon-kinesis-producer, aggregation-format.md */
const AGGREGATED = Buffer.from([0xf3, 0x89, 0x9a, 0xc2]);

/** @param good - a line that is accepted, with its line feed */
export function foreignFramings(good: Buffer): ForeignFraming[] {
  const text = good.toString('utf8').trimEnd();
  // Field 3 of the message, a record: field 1 its key, field 3 its data.
  const record = Buffer.concat([Buffer.from([0x08, 0x00, 0x1a]), sized(good)]);
  const message = Buffer.concat([Buffer.from([0x0a]), sized(Buffer.from('key')), Buffer.from([0x1a]), sized(record)]);
  return [
    { name: 'an aggregated record', bytes: Buffer.concat([AGGREGATED, message, createHash('md5').update(message).digest()]) },
    { name: 'a gzipped record', bytes: gzipSync(good) },
    { name: 'a deflated record', bytes: deflateSync(good) },
    { name: 'a record in base64', bytes: Buffer.from(good.toString('base64')) },
    { name: 'a record in UTF-16', bytes: Buffer.from(`\ufeff${text}\n`, 'utf16le') },
    { name: 'a record with a mark of byte order', bytes: Buffer.from(`\ufeff${text}\n`) },
    { name: 'lines between carriage returns', bytes: Buffer.from(`${text}\r${text}\r`) },
    {
      name: 'lines between separators of records (RFC 7464), without line feeds',
      bytes: Buffer.from(`\u001e${text}\u001e${text}`),
    },
    { name: 'an array over several lines', bytes: Buffer.from(`[${text},\n${text}]`) },
    { name: 'a line that is written over several', bytes: Buffer.from(JSON.stringify(JSON.parse(text), null, 2)) },
    { name: 'CSV', bytes: Buffer.from(Object.values(JSON.parse(text) as object).join(',')) },
    { name: 'a line after null bytes', bytes: Buffer.from(`\0\0${text}\n`) },
    { name: 'a line that is cut off', bytes: Buffer.from(text.slice(0, -1)) },
    { name: 'a brace that is never closed', bytes: Buffer.from('{"lineId":"') },
    { name: 'nothing', bytes: Buffer.alloc(0) },
    { name: 'line feeds', bytes: Buffer.from('\n\r\n\n') },
  ];
}

/** Below 16 KiB. @source Protocol Buffers, "Encoding": lengths are varints */
function sized(bytes: Buffer): Buffer {
  const { length } = bytes;
  return Buffer.concat([Buffer.from(length < 128 ? [length] : [(length & 0x7f) | 0x80, length >> 7]), bytes]);
}
