import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { toError } from '../../errors.ts';
import type { Sample } from './crawler-schema.ts';

/** How much of a file a crawler reads. @unit bytes @source https://repost.aws/knowledge-center/glue-crawler-detect-schema */
const MAX_SAMPLE_BYTES = 1024 * 1024;

/** A format that the stand-in has no reader for. */
export class UnreadableFormatError extends Error {
  override readonly name = 'UnreadableFormatError';
  readonly code = 'UNREADABLE_FORMAT';

  constructor(
    readonly key: string,
    readonly format: string,
  ) {
    super(`${key} is ${format}, which crawlers read on AWS but not locally: exclude it, or declare its table in the template`);
  }
}

/** What files of other formats begin with. */
const UNSUPPORTED_FORMATS: readonly (readonly [magic: string, format: string])[] = [
  ['PAR1', 'Parquet'],
  ['ORC', 'ORC'],
  ['Obj\u0001', 'Avro'],
  ['PK\u0003\u0004', 'ZIP'],
  ['BZh', 'BZIP2'],
];

/**
 * The beginning of an object, unpacked when it is gzip, whatever its name.
 *
 * @remarks Read as UTF-8, as Glue reads; what is no UTF-8 becomes U+FFFD. An archive that is cut off gives what can be unpacked of it.
 * @throws UnreadableFormatError
 */
export async function sampleOf(
  key: string,
  object: Readable,
): Promise<{ readonly sample: Sample; readonly compression: 'none' | 'gzip' }> {
  const chunks = object[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first = await chunks.next();
  const head = first.done === true ? Buffer.alloc(0) : first.value;
  const beginning = head.toString('latin1', 0, 8);
  const format = UNSUPPORTED_FORMATS.find(([magic]) => beginning.startsWith(magic))?.[1];
  try {
    if (format !== undefined) throw new UnreadableFormatError(key, format);
    const compression = beginning.startsWith('\u001F\u008B') ? 'gzip' : 'none';
    const rest = joined(head, chunks);
    return { sample: await firstBytes(compression === 'gzip' ? unpacked(rest) : rest), compression };
  } finally {
    object.destroy();
  }
}

async function* joined(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer, void, void> {
  yield head;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

async function* unpacked(packed: AsyncGenerator<Buffer, void, void>): AsyncGenerator<Buffer, void, void> {
  const gunzip = createGunzip();
  const feeding = feed(packed, gunzip);
  try {
    for await (const chunk of gunzip) yield chunk as Buffer;
  } catch {
    // Cut off, or damaged: what came so far is the sample.
  } finally {
    gunzip.destroy();
    await feeding;
  }
}

async function feed(packed: AsyncGenerator<Buffer, void, void>, gunzip: ReturnType<typeof createGunzip>): Promise<void> {
  try {
    for await (const chunk of packed) {
      if (gunzip.destroyed) return;
      await new Promise<void>((resolve) => {
        gunzip.once('close', resolve);
        gunzip.write(chunk, () => {
          gunzip.off('close', resolve);
          resolve();
        });
      });
    }
    gunzip.end();
  } catch (error) {
    gunzip.destroy(toError(error));
  }
}

async function firstBytes(chunks: AsyncIterable<Buffer>): Promise<Sample> {
  const read: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    read.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_SAMPLE_BYTES) break;
  }
  const isWhole = bytes <= MAX_SAMPLE_BYTES;
  const sample = Buffer.concat(read).subarray(0, MAX_SAMPLE_BYTES);
  return { text: sample.toString('utf8'), bytes: sample.length, isWhole };
}
