import type { PartitionInput, StorageDescriptor } from '@aws-sdk/client-glue';
import type { ClassifierDefinition, CrawlerDefinition } from './definition.ts';
import type { S3Objects } from '../s3/in-process.ts';
import type { CrawledTable } from './catalog.ts';
import type { CrawlerConfiguration } from './crawler-configuration.ts';
import type { CrawledFile, FileTable } from './crawler-folders.ts';
import { tablesOf, valuesOf } from './crawler-folders.ts';
import { isExcluded } from './crawler-glob.ts';
import { sampleOf } from './crawler-sample.ts';
import { classify, mergedColumns } from './crawler-schema.ts';

/** An include path in S3, and what a crawler knows of it from before. */
export interface ObjectCrawl {
  readonly crawler: CrawlerDefinition;
  readonly target: CrawlerDefinition['s3Targets'][number];
  readonly classifiers: readonly ClassifierDefinition[];
  readonly configuration: CrawlerConfiguration;
  readonly objects: Pick<S3Objects, 'list' | 'read'>;
  /** Folders that are not looked into, such as `bulk/`. */
  isKnown(this: void, folder: string): boolean;
  /** Aborted by StopCrawler. */
  readonly signal: AbortSignal;
}

/** What there is at an include path. */
export interface ObjectFindings {
  readonly tables: readonly CrawledTable[];
  /** Those that were looked into. */
  readonly folders: readonly string[];
}

/** `s3://<bucket>/<key>`, the key with a slash at its end unless it is empty. @returns undefined for another text */
export function bucketAndKey(path: string): readonly [bucket: string, key: string] | undefined {
  const [, bucket, key = ''] = /^s3:\/\/([^/]+)(?:\/(.*))?$/s.exec(path) ?? [];
  return bucket === undefined ? undefined : [bucket, key === '' || key.endsWith('/') ? key : `${key}/`];
}

/** Look at the files of an include path, and say what tables they are. @throws UnreadableFormatError, ServiceError */
export async function crawlObjects(crawl: ObjectCrawl): Promise<ObjectFindings> {
  const { target, objects } = crawl;
  const [bucket, root] = bucketAndKey(target.Path) ?? ['', ''];
  const listed = await objects.list(bucket, root);
  const found = listed.filter(
    ({ key, size }) => size > 0 && !key.endsWith('/') && !isExcluded(key.slice(root.length), target.Exclusions ?? []),
  );
  const fresh = found.filter(({ key }) => !crawl.isKnown(folderOf(key)));
  const files: CrawledFile[] = [];
  for (const { key, size } of sampled(fresh, target.SampleSize)) {
    crawl.signal.throwIfAborted();
    const { sample, compression } = await sampleOf(key, await objects.read(bucket, key));
    const schema = classify(sample, crawl.classifiers);
    files.push({
      key,
      size,
      compression,
      schema,
      recordBytes: schema.records === 0 ? 0 : sample.bytes / recordsOf(sample.text, schema),
    });
  }
  const ignoresColumns = crawl.configuration.combinesCompatible;
  const rootName = root === '' ? bucket : (root.slice(0, -1).split('/').at(-1) ?? bucket);
  return {
    tables: tablesOf(root, rootName, files, ignoresColumns).map((table) => describe(table, bucket, crawl)),
    folders: [...new Set(fresh.map(({ key }) => folderOf(key)))],
  };
}

const folderOf = (key: string) => key.slice(0, key.lastIndexOf('/') + 1);

/** How many records a sample has, also those behind the first thousand, by which types are judged. */
function recordsOf(text: string, { records }: CrawledFile['schema']): number {
  return Math.max(records, text.split('\n').length - 1);
}

/** So many files of each folder. */
function sampled<T extends { readonly key: string }>(files: readonly T[], size: number | undefined): readonly T[] {
  if (size === undefined) return files;
  const counts = new Map<string, number>();
  return files.filter(({ key }) => {
    const count = (counts.get(folderOf(key)) ?? 0) + 1;
    counts.set(folderOf(key), count);
    return count <= size;
  });
}

const TEXT_INPUT = 'org.apache.hadoop.mapred.TextInputFormat';
const TEXT_OUTPUT = 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat';

function describe(
  { root, name, files, partitionKeys }: FileTable,
  bucket: string,
  { crawler, target, configuration }: ObjectCrawl,
) {
  const storage = storageOf(files, `s3://${bucket}/${root}`, crawler.name, target);
  const folders = partitionKeys.length === 0 ? [] : [...new Set(files.map(({ key }) => folderOf(key)))].sort();
  const partitions = folders.map((folder): PartitionInput => {
    const own = storageOf(
      files.filter(({ key }) => folderOf(key) === folder),
      `s3://${bucket}/${folder}`,
      crawler.name,
      target,
    );
    const inherited = configuration.partitionsInherit ? { Columns: storage.Columns ?? [] } : {};
    return { Values: [...valuesOf(root, folder)], StorageDescriptor: { ...own, ...inherited } };
  });
  return {
    input: {
      Name: `${crawler.tablePrefix}${name}`.toLowerCase(),
      Owner: 'owner',
      TableType: 'EXTERNAL_TABLE',
      Retention: 0,
      Parameters: {
        ...storage.Parameters,
        ...(partitionKeys.length > 0 && { 'partition_filtering.enabled': 'true' }),
      },
      PartitionKeys: partitionKeys.map((key) => ({ Name: key, Type: 'string' })),
      StorageDescriptor: storage,
    },
    partitions,
  };
}

/** @source tables that crawlers made, as they stand in public repositories: these parameters, and the columns' order */
function storageOf(
  files: readonly CrawledFile[],
  location: string,
  crawlerName: string,
  { Exclusions: exclusions = [], Path: path }: ObjectCrawl['target'],
): StorageDescriptor {
  const [first] = files;
  if (first === undefined) throw new TypeError(`no file at ${location}`);
  const { schema, compression } = first;
  const size = files.reduce((sum, file) => sum + file.size, 0);
  const average = files.reduce((sum, file) => sum + file.recordBytes, 0) / files.length;
  return {
    Columns: mergedColumns(files.map((file) => file.schema.columns)).map(({ name, type }) => ({ Name: name, Type: type })),
    Location: location,
    InputFormat: TEXT_INPUT,
    OutputFormat: TEXT_OUTPUT,
    Compressed: compression !== 'none',
    NumberOfBuckets: -1,
    SerdeInfo: schema.serde,
    Parameters: {
      CrawlerSchemaDeserializerVersion: '1.0',
      CrawlerSchemaSerializerVersion: '1.0',
      UPDATED_BY_CRAWLER: crawlerName,
      ...schema.parameters,
      averageRecordSize: String(Math.floor(average)),
      classification: schema.classification,
      compressionType: compression,
      ...(exclusions.length > 0 && {
        exclusions: JSON.stringify(exclusions.map((pattern) => `${path.replace(/\/?$/, '/')}${pattern}`)),
      }),
      objectCount: String(files.length),
      // An estimate, as Glue's is: of a packed file it knows the packed size only, and comes out too low.
      recordCount: String(average < 1 ? 0 : Math.floor(size / Math.floor(average))),
      sizeKey: String(size),
      typeOfData: 'file',
    },
  };
}
