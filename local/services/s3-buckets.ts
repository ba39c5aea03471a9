import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { s3Error } from './s3-errors.ts';
import { Objects } from './s3-objects.ts';
import { checkBucketName } from './s3-request.ts';
import { Uploads } from './s3-uploads.ts';

export interface Bucket {
  readonly name: string;
  /** @unit milliseconds since 1970 */
  readonly created: number;
  readonly objects: Objects;
  readonly uploads: Uploads;
}

const FACTS = 'bucket.json';

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
      const { created } = JSON.parse(await readFile(join(buckets.root, name, FACTS), 'utf8')) as { created: number };
      buckets.remember(name, created);
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

  async create(name: string): Promise<void> {
    checkBucketName(name);
    const created = Date.now();
    const draft = join(this.temporary, randomUUID());
    await mkdir(draft);
    await writeFile(join(draft, FACTS), JSON.stringify({ created }));
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
    });
  }
}
