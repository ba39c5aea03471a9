import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseState, writeState } from '../../state-files.ts';
import { CHECKSUMS } from './checksums.ts';
import type { ChecksumName } from './checksums.ts';
import { s3Error } from './errors.ts';
import { Objects } from './objects.ts';
import type { ChecksumType, ObjectFacts, WrittenFacts } from './objects.ts';
import { readAll } from './reading.ts';

/** What was said when the upload began. */
export interface Upload {
  readonly id: string;
  readonly key: string;
  /** @unit milliseconds since 1970 */
  readonly initiated: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly checksum?: { readonly name: ChecksumName; readonly type: ChecksumType } | undefined;
}

/** @source Amazon S3 User Guide, "Multipart upload limits": 5 MiB, except for the last part */
const MIN_PART_BYTES = 5 * 1024 * 1024;
export const MAX_PARTS = 10_000;

/** A part as the client lists it when it completes. */
export interface ClaimedPart {
  readonly number: number;
  readonly etag: string | undefined;
  readonly checksum: string | undefined;
}

/** Uploads in parts that were begun and not yet completed: `<id>/upload.json`, and each part a file as an object is. */
export class Uploads {
  constructor(
    private readonly root: string,
    private readonly temporary: string,
  ) {}

  async begin(upload: Omit<Upload, 'id'>): Promise<Upload> {
    const id = randomUUID().replaceAll('-', '');
    const draft = join(this.temporary, id);
    await mkdir(draft, { recursive: true });
    writeState(join(draft, 'upload.json'), upload, { flush: false });
    await mkdir(this.root, { recursive: true });
    await rename(draft, join(this.root, id));
    return { id, ...upload };
  }

  /** @throws ServiceError NoSuchUpload, also when it is of another key */
  async get(id: string, key: string): Promise<Upload> {
    const file = join(this.root, id, 'upload.json');
    const bytes = /^[0-9a-f]{32}$/.test(id) ? await readFile(file).catch(() => undefined) : undefined;
    const upload = bytes === undefined ? undefined : (parseState(file, bytes) as Omit<Upload, 'id'>);
    if (upload?.key !== key) throw s3Error('NoSuchUpload', { UploadId: id });
    return { id, ...upload };
  }

  /** By their keys, as their UTF-8 orders them, and those of one key in the order in which they were begun. */
  async list(): Promise<Upload[]> {
    const ids = await readdir(this.root).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    });
    const found: Upload[] = [];
    for (const id of ids) {
      const file = join(this.root, id, 'upload.json');
      const bytes = await readFile(file).catch(() => undefined); // ended meanwhile
      if (bytes !== undefined) found.push({ id, ...(parseState(file, bytes) as Omit<Upload, 'id'>) });
    }
    return found.sort((one, other) => {
      const byKey = Buffer.compare(Buffer.from(one.key), Buffer.from(other.key));
      if (byKey !== 0) return byKey;
      return one.initiated === other.initiated ? (one.id < other.id ? -1 : 1) : one.initiated - other.initiated;
    });
  }

  putPart(upload: Upload, number: number, bytes: AsyncIterable<Buffer>, finish: () => WrittenFacts): Promise<ObjectFacts> {
    return this.parts(upload).put(partKey(number), bytes, finish);
  }

  /** In the order of their numbers, at most `most` after number `after`. */
  async listParts(upload: Upload, after = 0, most = Infinity): Promise<{ number: number; facts: ObjectFacts }[]> {
    const parts = this.parts(upload);
    const found: { number: number; facts: ObjectFacts }[] = [];
    for await (const key of parts.keys('')) {
      if (Number(key) <= after) continue;
      const facts = await parts.facts(key);
      if (facts) found.push({ number: Number(key), facts });
      if (found.length >= most) break;
    }
    return found;
  }

  /** The parts as one stream, and what the object made of them is. @throws ServiceError when the list does not fit what was uploaded */
  async join(
    upload: Upload,
    claimed: readonly ClaimedPart[],
  ): Promise<{ bytes: AsyncIterable<Buffer>; finish: () => WrittenFacts }> {
    const parts = this.parts(upload);
    const numbers = claimed.map((claim) => claim.number);
    if (numbers.some((number, index) => index > 0 && number <= (numbers[index - 1] ?? 0))) {
      throw s3Error('InvalidPartOrder', { UploadId: upload.id });
    }
    const chosen = await Promise.all(claimed.map((claim) => this.chosen(upload, claim)));
    for (const [index, { size, etag }] of chosen.slice(0, -1).entries()) {
      if (size >= MIN_PART_BYTES) continue;
      throw s3Error('EntityTooSmall', {
        PartNumber: String(numbers[index]),
        ProposedSize: String(size),
        MinSizeAllowed: String(MIN_PART_BYTES),
        ETag: etag,
      });
    }
    const whole = upload.checksum?.type === 'FULL_OBJECT' ? CHECKSUMS[upload.checksum.name]() : undefined;
    async function* bytes(): AsyncGenerator<Buffer, void, void> {
      for (const { key } of chosen) {
        const opened = await parts.open(key);
        if (!opened) throw s3Error('NoSuchUpload', { UploadId: upload.id });
        for await (const piece of readAll(opened.file, opened.facts.size)) {
          whole?.update(piece);
          yield piece;
        }
      }
    }
    const finish = (): WrittenFacts => {
      const value = whole ? whole.digest().toString('base64') : composite(upload, chosen);
      return {
        etag: `${createHash('md5')
          .update(Buffer.from(chosen.map((part) => part.etag).join(''), 'hex'))
          .digest('hex')}-${String(chosen.length)}`,
        headers: upload.headers,
        metadata: upload.metadata,
        checksum: upload.checksum && value !== undefined ? { name: upload.checksum.name, value } : undefined,
      };
    };
    return { bytes: bytes(), finish };
  }

  async end(upload: Upload): Promise<void> {
    await rm(join(this.root, upload.id), { recursive: true, force: true });
  }

  private async chosen(upload: Upload, claim: ClaimedPart): Promise<ObjectFacts> {
    const facts = await this.parts(upload).facts(partKey(claim.number));
    const isOther = claim.checksum !== undefined && claim.checksum !== facts?.checksum?.value;
    if (facts && facts.etag === claim.etag?.replaceAll('"', '') && !isOther) return facts;
    throw s3Error('InvalidPart', { UploadId: upload.id, PartNumber: String(claim.number), ETag: claim.etag ?? '' });
  }

  private parts(upload: Upload): Objects {
    return new Objects(join(this.root, upload.id, 'parts'), this.temporary);
  }
}

/** All of one length, so that their order is that of their numbers. */
const partKey = (number: number) => String(number).padStart(5, '0');

/** The checksum of the parts' checksums, unless a part has none. */
function composite(upload: Upload, parts: readonly ObjectFacts[]): string | undefined {
  if (!upload.checksum) return undefined;
  const running = CHECKSUMS[upload.checksum.name]();
  for (const { checksum } of parts) {
    if (!checksum) return undefined;
    running.update(Buffer.from(checksum.value, 'base64'));
  }
  return `${running.digest().toString('base64')}-${String(parts.length)}`;
}
