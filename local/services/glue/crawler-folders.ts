import { createHash } from 'node:crypto';
import type { FoundSchema } from './crawler-schema.ts';
import { areSimilar } from './crawler-schema.ts';

/** A file that was looked at. */
export interface CrawledFile {
  readonly key: string;
  /** @unit bytes, as it is stored */
  readonly size: number;
  readonly compression: 'none' | 'gzip';
  readonly schema: FoundSchema;
  /** @unit bytes of a record, unpacked */
  readonly recordBytes: number;
}

/** Files that are one table. */
export interface FileTable {
  /** Key of a folder, with a slash at its end, or of a file; empty: the bucket. */
  readonly root: string;
  /** Without the crawler's prefix. */
  readonly name: string;
  readonly files: readonly CrawledFile[];
  /** Empty: it has no partitions. */
  readonly partitionKeys: readonly string[];
}

interface Folder {
  /** Key with a slash at its end. */
  readonly path: string;
  readonly files: CrawledFile[];
  readonly folders: Map<string, Folder>;
}

/**
 * Which tables a crawler makes of files.
 *
 * @remarks A folder whose files are all alike is a table, and so is a folder whose folders are; then these are its partitions. Where they
 * are not alike, each folder, and each file beside it, is a table of its own. Files that are packed otherwise are not alike: a plain file
 * and a gzip file in one folder are two tables.
 * @param root - the include path's key
 * @param rootName - what its table is called: the folder's name, or the bucket's
 * @source Glue developer guide, "How does a crawler determine when to create partitions"; repost.aws, glue-crawler-detect-schema
 */
export function tablesOf(
  root: string,
  rootName: string,
  files: readonly CrawledFile[],
  ignoresColumns: boolean,
): readonly FileTable[] {
  const top: Folder = { path: root, files: [], folders: new Map() };
  for (const file of files) {
    const segments = file.key.slice(root.length).split('/').slice(0, -1);
    let folder = top;
    for (const segment of segments) {
      const path = `${folder.path}${segment}/`;
      const inner: Folder = folder.folders.get(segment) ?? { path, files: [], folders: new Map() };
      folder.folders.set(segment, inner);
      folder = inner;
    }
    folder.files.push(file);
  }
  const haveSameSchema = (one: CrawledFile, other: CrawledFile): boolean =>
    one.compression === other.compression && areSimilar(one.schema, other.schema, ignoresColumns);
  return tablesIn(top, haveSameSchema).map((table) => ({
    ...table,
    name: tableName(table.root === root ? rootName : lastOf(table.root)),
  }));
}

type HaveSameSchema = (one: CrawledFile, other: CrawledFile) => boolean;
type UnnamedTable = Omit<FileTable, 'name'>;

function tablesIn(folder: Folder, alike: HaveSameSchema): readonly UnnamedTable[] {
  const below = [...folder.folders.values()].flatMap((inner) => tablesIn(inner, alike));
  const all = [...folder.files, ...below.flatMap(({ files }) => files)];
  const [first] = all;
  if (first === undefined) return [];
  const isOne = all.every((file) => alike(first, file)) && isEquallyDeep(folder, below);
  if (isOne) return [{ root: folder.path, files: all, partitionKeys: keysOf(folder.path, all) }];
  return [...folder.files.map((file) => ({ root: file.key, files: [file], partitionKeys: [] })), ...below];
}

/** All files are equally deep: files beside folders are no partition of the same table. */
function isEquallyDeep(folder: Folder, below: readonly UnnamedTable[]): boolean {
  const depths = new Set(below.map(({ partitionKeys }) => partitionKeys.length));
  return below.length === 0 || (folder.files.length === 0 && below.length === folder.folders.size && depths.size === 1);
}

function keysOf(root: string, files: readonly CrawledFile[]): readonly string[] {
  const paths = files.map(({ key }) => key.slice(root.length).split('/').slice(0, -1));
  return (paths[0] ?? []).map((_, depth) => {
    const names = new Set(paths.map((path) => /^([^=]+)=/.exec(path[depth] ?? '')?.[1]));
    const [name] = names;
    return names.size === 1 && name !== undefined ? name.toLowerCase() : `partition_${String(depth)}`;
  });
}

/** The values of a partition. @param folder - a key with a slash at its end, below `root` */
export function valuesOf(root: string, folder: string): readonly string[] {
  return folder
    .slice(root.length)
    .split('/')
    .slice(0, -1)
    .map((segment) => segment.replace(/^[^=]+=/, ''));
}

const lastOf = (path: string) => path.replace(/\/$/, '').split('/').at(-1) ?? '';

function tableName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9_]/g, '_');
}

/** The name of a table whose own name is taken. @source Glue developer guide, "How crawlers work": a hash is put behind it */
export function hashedName(name: string, location: string): string {
  return `${name}_${createHash('md5').update(location).digest('hex')}`;
}
