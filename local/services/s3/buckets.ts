import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../clock.ts';
import { DamagedStateError, readState, writeState } from '../../state-files.ts';
import type { BucketConfiguration } from './bucket-descriptions.ts';
import { s3Error } from './errors.ts';
import { Objects } from './objects.ts';
import { checkBucketName } from './request.ts';
import { Uploads } from './uploads.ts';

export interface Bucket {
  readonly name: string;
  /** @unit milliseconds since 1970 */
  readonly created: number;
  readonly objects: Objects;
  readonly uploads: Uploads;
  readonly configuration: BucketConfiguration;
}

const FACTS = 'bucket.json';
/** Nothing but the time is in it. */
const REMEDY = 'write {"created":0} into it: the objects are not touched by this';

/** The buckets of a directory: `buckets/<name>/objects/…` and `buckets/<name>/uploads/…`; drafts of both in `temporary/`. */
export class Buckets {
  private readonly open = new Map<string, Bucket>();

  private constructor(private readonly directory: string) {}

  /** Also throws away what a kill -9 left unfinished. */
  static async load(directory: string): Promise<Buckets> {
    const buckets = new Buckets(directory);
    await rm(buckets.temporary, { recursive: true, force: true });
    await mkdir(buckets.temporary, { recursive: true });
    await mkdir(buckets.root, { recursive: true });
    for (const name of await readdir(buckets.root)) {
      const file = join(buckets.root, name, FACTS);
      const facts = readState(file, REMEDY) as { created: number } | undefined;
      if (facts === undefined) throw new DamagedStateError(file, 'it is gone', REMEDY);
      buckets.remember(name, facts.created);
    }
    return buckets;
  }

  /** @throws ServiceError NoSuchBucket */
  get(name: string): Bucket {
    const bucket = this.open.get(name);
    if (!bucket) throw s3Error('NoSuchBucket', { BucketName: name });
    return bucket;
  }

  has(name: string): boolean {
    return this.open.has(name);
  }

  list(): Bucket[] {
    return [...this.open.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  /** Say what the template declares of a bucket; it is not kept on disk. */
  configure(name: string, configuration: BucketConfiguration): void {
    this.open.set(name, { ...this.get(name), configuration });
  }

  async create(name: string): Promise<void> {
    checkBucketName(name);
    const created = systemClock.now();
    const draft = join(this.temporary, randomUUID());
    await mkdir(draft);
    writeState(join(draft, FACTS), { created });
    await rename(draft, join(this.root, name));
    this.remember(name, created);
  }

  /** @throws ServiceError BucketNotEmpty */
  async delete(name: string): Promise<void> {
    const bucket = this.get(name);
    if (!(await bucket.objects.isEmpty())) throw s3Error('BucketNotEmpty', { BucketName: name });
    this.open.delete(name);
    const draft = join(this.temporary, randomUUID());
    await rename(join(this.root, name), draft);
    await rm(draft, { recursive: true });
  }

  private get root(): string {
    return join(this.directory, 'buckets');
  }

  private get temporary(): string {
    return join(this.directory, 'temporary');
  }

  private remember(name: string, created: number): void {
    const home = join(this.root, name);
    this.open.set(name, {
      name,
      created,
      objects: new Objects(join(home, 'objects'), this.temporary),
      uploads: new Uploads(join(home, 'uploads'), this.temporary),
      configuration: {},
    });
  }
}
