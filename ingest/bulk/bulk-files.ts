import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { access, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { BULK_PREFIX } from '../../domain/bucket.ts';
import { layoutAsJson, type FileLayout } from '../replay/layout.ts';
import { FileError } from '../replay/transactions-file.ts';

const ENDINGS = ['.csv', '.csv.gz'];
/** @unit bytes @source Amazon S3 User Guide, "Uploading objects": 5 GiB in one PUT */
const MAX_BYTES = 5 * 1024 ** 3;
/** Read at a time. @unit bytes */
const CHUNK_BYTES = 1_048_576;
const NAME_ENDS = `its name must end in ${ENDINGS.join(' or ')}, in small letters: the job goes by it; rename the file`;
/** What a path of Spark, a list of arguments or a quoted text would take for something else. */
const UNSAFE_IN_NAMES = /[,*?[\]{}\\"'\p{Cc}]/u;

/** A CSV file and the object it becomes. */
export interface BulkFile {
  readonly path: string;
  /** Such as `bulk/2010-12-01.csv.gz`. */
  readonly key: string;
  /** @unit bytes */
  readonly size: number;
  /** How it is written, as JSON in ASCII; `undefined` when nothing is said. It stays beside the object. */
  readonly layout?: string | undefined;
}

/** More of a layout than S3 keeps beside an object. */
export class LongLayoutError extends Error {
  override readonly name = 'LongLayoutError';
  readonly code = 'LONG_LAYOUT';

  constructor(readonly length: number) {
    super(`the layout has ${String(length)} characters, ${String(MAX_LAYOUT)} stay beside a file: name fewer columns by --map`);
  }
}

/** @source Amazon S3 User Guide, "Working with object metadata": 2 KB for all that a user says, names included */
const MAX_LAYOUT = 2_000;

/** Two files would become one object. */
export class SameNameError extends Error {
  override readonly name = 'SameNameError';
  readonly code = 'SAME_NAME';

  constructor(
    readonly one: string,
    readonly other: string,
    readonly key: string,
  ) {
    super(`${one} and ${other} would both be ${key}: import them one after the other, each with a --prefix of its own`);
  }
}

/**
 * The files that paths mean, in the order given; a directory means the CSV files in it, by name.
 *
 * @throws FileError, SameNameError, LongLayoutError before anything is sent
 */
export async function bulkFiles(
  paths: readonly string[],
  prefix: string | undefined,
  layout: FileLayout = {},
): Promise<readonly BulkFile[]> {
  const besideObject = layoutBesideObject(layout);
  const folder = prefix === undefined ? BULK_PREFIX : `${BULK_PREFIX}${prefix}/`;
  const files = new Map<string, BulkFile>();
  for (const path of await filesOf(paths)) {
    const file = { ...(await bulkFile(path, folder)), layout: besideObject };
    const other = files.get(file.key);
    if (other !== undefined) throw new SameNameError(other.path, path, file.key);
    files.set(file.key, file);
  }
  return [...files.values()];
}

/** What S3 will call the content of an object that was put in one piece. @returns hex MD5 @throws FileError */
export async function contentDigest(path: string, signal: AbortSignal): Promise<string> {
  const digest = createHash('md5');
  const chunks = createReadStream(path, { highWaterMark: CHUNK_BYTES, signal }) as AsyncIterable<Buffer>;
  for await (const chunk of chunks) digest.update(chunk);
  return digest.digest('hex');
}

/** An import of one state of one object. @param etag - without quotes */
export const importIdOf = (key: string, etag: string): string =>
  createHash('sha256').update(`${key}\n${etag}`).digest('hex').slice(0, 16);

async function filesOf(paths: readonly string[]): Promise<readonly string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const found = await stat(path).catch((cause: unknown) => {
      throw new FileError(path, reasonOf(cause), { cause });
    });
    if (!found.isDirectory()) {
      files.push(path);
      continue;
    }
    const entries = (await readdir(path)).sort();
    const names = entries.filter(isCsv);
    const similar = entries.find((name) => !isCsv(name) && isCsv(name.toLowerCase()));
    // Left out, it would be missing without a word: who imports a folder expects all that is in it.
    if (similar !== undefined) throw new FileError(join(path, similar), NAME_ENDS);
    if (names.length === 0) throw new FileError(path, `there is no file in it that ends in ${ENDINGS.join(' or ')}`);
    files.push(...names.map((name) => join(path, name)));
  }
  return files;
}

async function bulkFile(path: string, folder: string): Promise<BulkFile> {
  const name = basename(path);
  const { size, isFile } = await stat(path).then((found) => ({ size: found.size, isFile: found.isFile() }));
  if (!isFile) throw new FileError(path, 'this is not a file; name a CSV file, plain or .gz');
  if (!isCsv(name)) throw new FileError(path, NAME_ENDS);
  if (UNSAFE_IN_NAMES.test(name))
    throw new FileError(path, 'its name has a character that means something else to Spark: rename it');
  if (size > MAX_BYTES) throw new FileError(path, 'it is larger than the 5 GiB that S3 takes in one piece: cut it, by day');
  await access(path, constants.R_OK).catch((cause: unknown) => {
    throw new FileError(path, reasonOf(cause), { cause });
  });
  return { path, key: `${folder}${name}`, size };
}

/** S3 keeps ASCII beside an object. @throws LongLayoutError */
function layoutBesideObject(layout: FileLayout): string | undefined {
  const json = layoutAsJson(layout);
  if (json === '{}') return undefined;
  const ascii = json.replaceAll(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  if (ascii.length > MAX_LAYOUT) throw new LongLayoutError(ascii.length);
  return ascii;
}

const isCsv = (name: string) => ENDINGS.some((ending) => name.endsWith(ending));

const REASONS: Record<string, string> = {
  ENOENT: 'there is no such file',
  EACCES: 'reading the file is not permitted',
};

function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return REASONS[code] ?? (cause instanceof Error ? cause.message : String(cause));
}
