import { createGunzip } from 'node:zlib';
import type { Readable } from 'node:stream';
import { addAbortSignal, pipeline } from 'node:stream';
import type { CopyCommand } from './copy-command.ts';
import { StatementError } from './errors.ts';
import type { WarehouseObjects } from './objects.ts';
import type { S3Location } from './s3-options.ts';
import { s3Location } from './s3-options.ts';

/** An object that COPY reads. */
export interface SourceObject extends S3Location {
  readonly url: string;
  readonly size: number;
}

/** In bytes: large enough that passing it on costs nothing, small enough to hold several. */
const BLOCK = 512 * 1024;

/** The objects that a COPY means, in the order of their keys or of the manifest. @throws StatementError when there are none */
export async function objectsOf({ from, isManifest }: CopyCommand, objects: WarehouseObjects): Promise<readonly SourceObject[]> {
  if (isManifest) return readManifest(from, objects);
  const found = await objects.list(from.bucket, from.key);
  if (found.length === 0) throw new StatementError('XX000', `The specified S3 prefix '${from.key}' does not exist`);
  return found
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ key, size }) => ({ bucket: from.bucket, key, size, url: `s3://${from.bucket}/${key}` }));
}

/** One of a manifest's entries. Source: https://docs.aws.amazon.com/redshift/latest/dg/loading-data-files-using-manifest.html */
interface ManifestEntry {
  readonly url?: unknown;
  readonly mandatory?: unknown;
}

async function readManifest(from: S3Location, objects: WarehouseObjects): Promise<readonly SourceObject[]> {
  const pieces: Buffer[] = [];
  for await (const piece of await objects.read(from.bucket, from.key)) pieces.push(Buffer.from(piece as Uint8Array));
  const entries = manifestEntries(Buffer.concat(pieces).toString('utf8'), `s3://${from.bucket}/${from.key}`);
  const found = await Promise.all(
    entries.map(async ({ url, mandatory }) => {
      if (typeof url !== 'string') throw new StatementError('XX000', 'Problem reading manifest file - every entry needs a "url"');
      const location = s3Location(url);
      const listed = await objects.list(location.bucket, location.key);
      const object = listed.find(({ key }) => key === location.key);
      if (object === undefined && mandatory === true)
        throw new StatementError('XX000', `S3ServiceException:The specified key does not exist.,Status 404,Key ${url}`);
      return object === undefined ? [] : [{ ...location, url, size: object.size }];
    }),
  );
  return found.flat();
}

function manifestEntries(text: string, url: string): readonly ManifestEntry[] {
  try {
    const { entries } = JSON.parse(text) as { entries?: unknown };
    if (Array.isArray(entries)) return entries as ManifestEntry[];
  } catch {
    // The same answer as for entries that are none.
  }
  throw new StatementError('XX000', `Problem reading manifest file - ${url} is no JSON object with a list "entries"`);
}

/**
 * The bytes of an object, in blocks that may be given away.
 *
 * @param signal - ends the reading when it is aborted: ending a generator waits for its pending read, also from a silent source
 */
export async function* blocksOf(
  object: SourceObject,
  isGzip: boolean,
  objects: WarehouseObjects,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const source = addAbortSignal(signal, await objects.read(object.bucket, object.key));
  // An error of either reaches the loop below.
  const stream: Readable = isGzip ? pipeline(source, createGunzip(), () => undefined) : source;
  let block = new Uint8Array(Math.max(1, Math.min(BLOCK, isGzip ? BLOCK : object.size)));
  let length = 0;
  for await (const piece of stream) {
    let bytes = piece as Uint8Array;
    while (bytes.length > 0) {
      const part = bytes.subarray(0, block.length - length);
      block.set(part, length);
      length += part.length;
      bytes = bytes.subarray(part.length);
      if (length < block.length) continue;
      yield block;
      block = new Uint8Array(BLOCK);
      length = 0;
    }
  }
  if (length > 0) yield block.slice(0, length);
}
