import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { DamagedStateError } from '../../state-files.ts';
import type { ChecksumName } from './checksums.ts';
import { s3Error } from './errors.ts';
import { directoryOfPrefix, entryOfName, keyOfBytes, pathOfKey } from './file-names.ts';

/** Headers that come back as they were put, by their name in lower case. */
export const KEPT_HEADERS = [
  'content-type',
  'content-encoding',
  'content-language',
  'content-disposition',
  'cache-control',
  'expires',
] as const;

export interface Checksum {
  readonly name: ChecksumName;
  /** In base64, with `-N` behind it when it is one of N checksums of parts. */
  readonly value: string;
}

/** All that there is to know of an object beside its bytes. */
export interface ObjectFacts {
  readonly key: string;
  /** @unit bytes */
  readonly size: number;
  /** Without quotes: MD5 in hex, with `-N` behind it when it came in N parts. */
  readonly etag: string;
  /** @unit milliseconds since 1970 */
  readonly lastModified: number;
  readonly headers: Readonly<Record<string, string>>;
  /** What follows `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly checksum?: Checksum | undefined;
}

/** Over the checksums of the parts, or over all bytes. */
export type ChecksumType = 'COMPOSITE' | 'FULL_OBJECT';

export function checksumTypeOf({ checksum }: Pick<ObjectFacts, 'checksum'>): ChecksumType {
  return checksum?.value.includes('-') === true ? 'COMPOSITE' : 'FULL_OBJECT';
}

/** What the writer learns from the bytes. */
export type WrittenFacts = Omit<ObjectFacts, 'key' | 'size' | 'lastModified'>;

/** Bytes kept in memory before they are written. An object of this size or less is one write. */
const BUFFER_BYTES = 1024 * 1024;
/** Ends a file: the CRC-32 of the bytes, that of the facts, the length of the facts, then this. */
const MAGIC = Buffer.from('tillS3v2');
const FOOTER_BYTES = 12 + MAGIC.length;
/** Of an earlier version, which had no checksums: the length of the facts, then this. */
const MAGIC_WITHOUT_SUMS = Buffer.from('tillS3v1');
/** Read from the end of a file at first; facts are rarely longer. */
const TAIL_BYTES = 4096;

/**
 * Objects of one bucket, one file each: the bytes, then the facts as JSON, then the checksums of both and the length of the facts.
 *
 * @remarks A file comes to its place by rename, whole or not at all, facts and bytes together; what a kill -9 leaves behind lies in
 * `temporary`, which is emptied at the start. The bytes come first so that a range of the object is a range of the file.
 */
export class Objects {
  /** Writers of one key wait for each other, so that a condition holds until the write it allows is done. */
  private readonly busy = new Map<string, Promise<void>>();
  /** Files that were written or read whole in this life: their bytes are what they should be. */
  private readonly checked = new Set<string>();

  constructor(
    private readonly root: string,
    private readonly temporary: string,
  ) {}

  /**
   * The object open for reading, which the caller closes; undefined when there is none.
   *
   * @remarks An object of an earlier life is read whole once, for its checksum: who reads a part of it could not tell that it is damaged.
   * @throws DamagedStateError
   */
  async open(key: string): Promise<{ readonly file: FileHandle; readonly facts: ObjectFacts } | undefined> {
    const path = pathOfKey(this.root, key);
    return this.with(path, async (file) => {
      const { facts, bytesSum } = await readFacts(path, file);
      if (bytesSum !== undefined && !this.checked.has(path)) {
        if ((await sumOf(file, facts.size)) !== bytesSum)
          throw new DamagedStateError(path, 'the checksum of its bytes is wrong', REMEDY);
        this.checked.add(path);
      }
      return { file, facts };
    });
  }

  /** @throws DamagedStateError when what is known of it is damaged; its bytes are not looked at */
  async facts(key: string): Promise<ObjectFacts | undefined> {
    const path = pathOfKey(this.root, key);
    const opened = await this.with(path, async (file) => ({ file, ...(await readFacts(path, file)) }));
    await opened?.file.close();
    return opened?.facts;
  }

  /** Open a file, and close it again when `use` fails. */
  private async with<T>(path: string, use: (file: FileHandle) => Promise<T>): Promise<T | undefined> {
    const file = await openExisting(path);
    if (!file) return undefined;
    try {
      return await use(file);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /**
   * Write an object from a stream.
   *
   * @param finish - called when all bytes went by; it throws when they are not what was promised, and nothing is written
   * @param condition - looks at the object that would be replaced; it throws to prevent it
   */
  async put(
    key: string,
    bytes: AsyncIterable<Buffer>,
    finish: (size: number) => WrittenFacts,
    condition?: (present: ObjectFacts | undefined) => void,
  ): Promise<ObjectFacts> {
    const draft = join(this.temporary, randomUUID());
    const file = await open(draft, 'wx');
    try {
      let facts: ObjectFacts;
      try {
        facts = await writeAll(file, key, bytes, finish);
      } finally {
        await file.close();
      }
      await this.alone(key, async () => {
        if (condition) condition(await this.facts(key));
        await moveInto(draft, pathOfKey(this.root, key));
        this.checked.add(pathOfKey(this.root, key));
      });
      return facts;
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }

  /** Remove an object and the directories that nothing else needs. */
  async delete(key: string): Promise<void> {
    const path = pathOfKey(this.root, key);
    await this.alone(key, () => rm(path, { force: true }));
    this.checked.delete(path);
    try {
      for (let directory = dirname(path); directory !== this.root; directory = dirname(directory)) await rmdir(directory);
    } catch {
      // not empty, or gone already
    }
  }

  async isEmpty(): Promise<boolean> {
    for await (const _ of this.keys('')) return false;
    return true;
  }

  /**
   * Keys that begin with `prefix`, in the order of their UTF-8 bytes.
   *
   * @param skips - asked before a directory is entered, with what all its keys begin with
   */
  async *keys(prefix: string, skips: (prefix: string) => boolean = () => false): AsyncGenerator<string, void, void> {
    const wanted = bytesOf(prefix);
    const start = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    for await (const key of walk(directoryOfPrefix(this.root, prefix), bytesOf(start), wanted, skips)) yield keyOfBytes(key);
  }

  private async alone<T>(key: string, action: () => Promise<T>): Promise<T> {
    const before = this.busy.get(key);
    const mine = (async () => {
      await before;
      return action();
    })();
    const done = mine.then(
      () => undefined,
      () => undefined,
    );
    this.busy.set(key, done);
    try {
      return await mine;
    } finally {
      if (this.busy.get(key) === done) this.busy.delete(key);
    }
  }
}

/** In Latin-1, so that comparing strings compares bytes. */
const bytesOf = (text: string) => Buffer.from(text).toString('latin1');

async function* walk(
  directory: string,
  start: string,
  wanted: string,
  skips: (prefix: string) => boolean,
): AsyncGenerator<string, void, void> {
  const entries = await entriesOf(directory, start);
  entries.sort((one, other) => (one.text < other.text ? -1 : 1));
  for (const { text, path } of entries) {
    if (!text.startsWith(wanted) && !wanted.startsWith(text)) continue;
    if (path === undefined) {
      if (text.startsWith(wanted)) yield text;
    } else if (!skips(keyOfBytes(text))) yield* walk(path, text, wanted, skips);
  }
}

/** Objects (without a path) and directories (their text ends in `/`), long segments put together. */
async function entriesOf(directory: string, start: string): Promise<{ text: string; path?: string }[]> {
  const names = await readdir(directory, { withFileTypes: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  const found: { text: string; path?: string }[] = [];
  for (const name of names) {
    const entry = entryOfName(name.name, name.isDirectory());
    const path = join(directory, name.name);
    if (entry?.kind === 'object') found.push({ text: start + entry.text });
    else if (entry?.kind === 'directory') found.push({ text: `${start}${entry.text}/`, path });
    else if (entry) found.push(...(await entriesOf(path, start + entry.text)));
  }
  return found;
}

async function openExisting(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** What to do about an object that is damaged. */
const REMEDY = 'put the object again, or put back a copy of the file';

/** @returns also the checksum of the bytes; undefined for a file of an earlier version */
async function readFacts(path: string, file: FileHandle): Promise<{ facts: ObjectFacts; bytesSum: number | undefined }> {
  const { size } = await file.stat();
  let tail = await readEnd(file, size, Math.min(size, TAIL_BYTES));
  const magic = tail.subarray(-MAGIC.length);
  const hasSums = magic.equals(MAGIC);
  if (tail.length < FOOTER_BYTES || (!hasSums && !magic.equals(MAGIC_WITHOUT_SUMS)))
    throw new DamagedStateError(path, `its ${String(size)} bytes do not end as an object does`, REMEDY);
  const footerBytes = hasSums ? FOOTER_BYTES : FOOTER_BYTES - 8;
  const footer = tail.subarray(-footerBytes);
  const length = footer.readUInt32BE(footerBytes - MAGIC.length - 4) + footerBytes;
  if (length > size) throw new DamagedStateError(path, 'the length of its facts is wrong', REMEDY);
  if (length > tail.length) tail = await readEnd(file, size, length);
  const text = tail.subarray(tail.length - length, tail.length - footerBytes);
  if (hasSums && crc32(text) !== footer.readUInt32BE(4))
    throw new DamagedStateError(path, 'the checksum of its facts is wrong', REMEDY);
  const facts = JSON.parse(text.toString('utf8')) as ObjectFacts;
  if (facts.size + length !== size)
    throw new DamagedStateError(path, `it has ${String(size)} bytes, and should have ${String(facts.size + length)}`, REMEDY);
  return { facts, bytesSum: hasSums ? footer.readUInt32BE(0) : undefined };
}

async function sumOf(file: FileHandle, size: number): Promise<number> {
  const piece = Buffer.allocUnsafe(Math.min(size, BUFFER_BYTES));
  let sum = 0;
  for (let at = 0; at < size;) {
    const { bytesRead } = await file.read(piece, 0, Math.min(piece.length, size - at), at);
    if (bytesRead === 0) break;
    sum = crc32(piece.subarray(0, bytesRead), sum);
    at += bytesRead;
  }
  return sum;
}

async function readEnd(file: FileHandle, size: number, length: number): Promise<Buffer> {
  const { buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, size - length);
  return buffer;
}

async function writeAll(
  file: FileHandle,
  key: string,
  bytes: AsyncIterable<Buffer>,
  finish: (size: number) => WrittenFacts,
): Promise<ObjectFacts> {
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let [size, sum] = [0, 0];
  for await (const piece of bytes) {
    sum = crc32(piece, sum);
    waiting.push(piece);
    waitingBytes += piece.length;
    size += piece.length;
    if (waitingBytes < BUFFER_BYTES) continue;
    await writeFully(file, waiting, waitingBytes);
    [waiting, waitingBytes] = [[], 0];
  }
  const facts: ObjectFacts = { key, size, lastModified: Date.now(), ...finish(size) };
  const text = Buffer.from(JSON.stringify(facts));
  const sums = Buffer.alloc(12);
  sums.writeUInt32BE(sum, 0);
  sums.writeUInt32BE(crc32(text), 4);
  sums.writeUInt32BE(text.length, 8);
  await writeFully(file, [...waiting, text, sums, MAGIC], waitingBytes + text.length + FOOTER_BYTES);
  return facts;
}

async function writeFully(file: FileHandle, pieces: Buffer[], length: number): Promise<void> {
  const { bytesWritten } = await file.writev(pieces);
  if (bytesWritten !== length)
    throw new Error(`only ${String(bytesWritten)} of ${String(length)} bytes were written: is the disk full?`);
}

/** @remarks A neighbour that is deleted at this moment may take the directory with it. */
async function moveInto(draft: string, path: string): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await rename(draft, path);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENAMETOOLONG') throw s3Error('KeyTooLongError');
      if (code !== 'ENOENT' || attempt === 10) throw error;
      await mkdir(dirname(path), { recursive: true });
    }
  }
}
