import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Buckets } from './buckets.ts';
import { s3Error } from './errors.ts';
import type { ObjectFacts } from './objects.ts';

/** Objects as other services of this process see them: no HTTP, no signature, no faults. */
export interface S3Objects {
  /** @throws ServiceError NoSuchBucket, NoSuchKey */
  read(bucket: string, key: string): Promise<Readable>;
  /** Those whose key begins with `prefix`, in the order of their keys. @throws ServiceError NoSuchBucket */
  list(bucket: string, prefix: string): Promise<readonly { readonly key: string; readonly size: number }[]>;
  /** As PutObject does it, with its event. @throws ServiceError NoSuchBucket */
  write(bucket: string, key: string, body: Buffer): Promise<void>;
}

export function objectsInProcess(buckets: Buckets, created: (bucket: string, facts: ObjectFacts) => void): S3Objects {
  return {
    async read(bucket, key) {
      const opened = await buckets.get(bucket).objects.open(key);
      if (opened === undefined) throw s3Error('NoSuchKey', { Key: key });
      const { file, facts } = opened;
      if (facts.size > 0) return file.createReadStream({ end: facts.size - 1, highWaterMark: 256 * 1024 });
      await file.close();
      return Readable.from([], { objectMode: false });
    },
    async list(bucket, prefix) {
      const { objects } = buckets.get(bucket);
      const found: { key: string; size: number }[] = [];
      for await (const key of objects.keys(prefix)) {
        const facts = await objects.facts(key);
        if (facts !== undefined) found.push({ key, size: facts.size });
      }
      return found;
    },
    async write(bucket, key, body) {
      const finish = () => ({
        etag: createHash('md5').update(body).digest('hex'),
        headers: { 'content-type': 'application/octet-stream' },
        metadata: {},
      });
      const facts = await buckets.get(bucket).objects.put(key, once(body), finish);
      created(bucket, facts);
    },
  };
}

async function* once(body: Buffer): AsyncGenerator<Buffer, void, void> {
  await Promise.resolve();
  yield body;
}
