import type { IncomingMessage } from 'node:http';
import type { FileHandle } from 'node:fs/promises';
import { s3Error } from './errors.ts';
import type { ObjectFacts } from './objects.ts';

/** Bytes that are read at a time. */
const PIECE_BYTES = 256 * 1024;

/** The first `size` bytes of a file, from `start` on; the file is closed afterwards. */
export async function* readAll(file: FileHandle, size: number, start = 0): AsyncGenerator<Buffer, void, void> {
  try {
    for (let position = start; position < size;) {
      const length = Math.min(PIECE_BYTES, size - position);
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, position);
      if (bytesRead === 0) throw new Error('the file of an object is shorter than the object');
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** From the first byte to the one behind the last. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** The range that a header asks for; undefined means all. Several ranges at once S3 does not know either. */
export function rangeOf(header: string | undefined, size: number): Range | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined;
  const range =
    first === ''
      ? { start: Math.max(0, size - Number(last)), end: size }
      : { start: Number(first), end: last === '' ? size : Math.min(size, Number(last) + 1) };
  if (last !== '' && first !== '' && Number(last) < Number(first)) return undefined;
  if (range.start >= size) throw s3Error('InvalidRange', { RangeRequested: header ?? '', ActualObjectSize: String(size) });
  return range;
}

const dateOf = (text: string | undefined) => (text === undefined ? Number.NaN : Date.parse(text));
const etags = (text: string) => text.split(',').map((one) => one.trim().replace(/^W\//, '').replaceAll('"', ''));

/**
 * Hold the conditions of a read.
 *
 * @param prefix - `x-amz-copy-source-` for those on the source of a copy
 * @throws ServiceError PreconditionFailed, or NotModified
 */
export function checkReadConditions(request: IncomingMessage, facts: ObjectFacts, prefix = ''): void {
  const header = (name: string) => {
    const value = request.headers[prefix + name];
    return typeof value === 'string' ? value : undefined;
  };
  const [match, noneMatch] = [header('if-match'), header('if-none-match')];
  const seconds = Math.floor(facts.lastModified / 1000) * 1000;
  const has = (text: string) => text.trim() === '*' || etags(text).includes(facts.etag);
  if (match !== undefined ? !has(match) : seconds > dateOf(header('if-unmodified-since'))) {
    throw s3Error('PreconditionFailed', { Condition: match !== undefined ? 'If-Match' : 'If-Unmodified-Since' });
  }
  if (noneMatch !== undefined ? has(noneMatch) : seconds <= dateOf(header('if-modified-since'))) {
    throw prefix === '' ? s3Error('NotModified') : s3Error('PreconditionFailed', { Condition: `${prefix}if-none-match` });
  }
}

/** The condition of a write, if there is one. */
export function writeCondition(request: IncomingMessage, key: string): ((present: ObjectFacts | undefined) => void) | undefined {
  const { 'if-match': match, 'if-none-match': noneMatch } = request.headers;
  if (match === undefined && noneMatch === undefined) return undefined;
  if (noneMatch !== undefined && (noneMatch.trim() !== '*' || match !== undefined)) {
    throw s3Error(
      'NotImplemented',
      { Header: 'If-None-Match' },
      'If-None-Match of a write is * or absent, and not together with If-Match',
    );
  }
  return (present) => {
    if (noneMatch !== undefined && present) throw s3Error('PreconditionFailed', { Condition: 'If-None-Match' });
    if (match === undefined) return;
    if (!present) throw s3Error('NoSuchKey', { Key: key });
    if (!etags(match).includes(present.etag)) throw s3Error('PreconditionFailed', { Condition: 'If-Match' });
  };
}
