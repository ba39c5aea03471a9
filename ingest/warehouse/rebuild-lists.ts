/** An object of lines. */
export interface LineObject {
  readonly key: string;
  /** @unit bytes */
  readonly size: number;
}

/** Objects that are copied together. */
export interface RebuildList {
  /** Of the list, in the bucket. */
  readonly key: string;
  readonly objects: readonly string[];
}

/** So many objects and bytes are loaded together: a load that is too large holds too much at a time, and many small ones take longer. */
const MOST_OBJECTS = 1000;
const MOST_BYTES = 128 * 1024 * 1024;

/** Where the lists of a rebuild are. @param prefix - the import prefix, such as `import/` */
export const rebuildPrefix = (prefix: string, id: string) => `${prefix}rebuild/${id}/`;

/** Whether what a list names is compressed: COPY takes no mixture. */
export const isGzipList = (key: string) => /\/gzip-[\d.]+json$/.test(key);

/**
 * Lists of all objects: of one kind each, in the order of their keys.
 *
 * @param prefix - of the rebuild
 */
export function rebuildLists(prefix: string, objects: readonly LineObject[]): RebuildList[] {
  const lists: { key: string; objects: string[] }[] = [];
  for (const kind of ['gzip', 'plain']) {
    let bytes = Infinity;
    for (const { key, size } of objects) {
      if (key.endsWith('.gz') !== (kind === 'gzip')) continue;
      let list = lists.at(-1);
      if (list === undefined || bytes + size > MOST_BYTES || list.objects.length === MOST_OBJECTS) {
        list = { key: `${prefix}${kind}-${String(lists.length + 1).padStart(4, '0')}.json`, objects: [] };
        lists.push(list);
        bytes = 0;
      }
      list.objects.push(key);
      bytes += size;
    }
  }
  return lists;
}

/** A list in two; `undefined` when it names a single object. */
export function halvesOf({ key, objects }: RebuildList): readonly [RebuildList, RebuildList] | undefined {
  if (objects.length < 2) return undefined;
  const middle = Math.ceil(objects.length / 2);
  const name = key.replace(/json$/, '');
  return [
    { key: `${name}1.json`, objects: objects.slice(0, middle) },
    { key: `${name}2.json`, objects: objects.slice(middle) },
  ];
}
