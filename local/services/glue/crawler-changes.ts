import { isDeepStrictEqual } from 'node:util';
import type { Column, PartitionInput } from '@aws-sdk/client-glue';
import type { CrawlerDefinition } from './definition.ts';
import type { Catalog, CrawledTable, KeptTable } from './catalog.ts';
import type { CrawlerConfiguration } from './crawler-configuration.ts';
import { hashedName } from './crawler-folders.ts';

/** What a crawl changes in the catalog, and what there is to say about it. */
export interface Changes {
  readonly put: readonly CrawledTable[];
  readonly removed: readonly string[];
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
  readonly notes: readonly string[];
}

export interface Crawled {
  readonly crawler: CrawlerDefinition;
  readonly configuration: CrawlerConfiguration;
  readonly found: readonly CrawledTable[];
  /** Only folders that are new were looked at: a table that was not found may well be there. */
  readonly isPartial: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * What of a crawl goes into the catalog.
 *
 * @source CloudFormation, AWS::Glue::Crawler SchemaChangePolicy: new tables and partitions are always added; a changed or missing one is
 * treated as the policy says. Glue developer guide, "Incremental crawls": no new tables and no changed ones
 */
export function changesOf({ crawler, configuration, found, isPartial, now }: Crawled, catalog: Catalog): Changes {
  const put: CrawledTable[] = [];
  const notes: string[] = [];
  const seen = new Set<string>();
  let [created, updated, deleted] = [0, 0, 0];
  for (const table of found) {
    const { named, kept } = placeOf(table, crawler, catalog);
    const name = named.input.Name;
    seen.add(name);
    if (kept === undefined) {
      if (isPartial) notes.push(`${name} would be a new table, and only new folders of known tables are taken`);
      else {
        put.push(named);
        created += 1;
      }
    } else if (kept.crawler === null) notes.push(`${name} stands in the template: it is left as it is declared`);
    else {
      const next = nextTable(kept, named, { ...crawler, ...configuration, isPartial });
      notes.push(...next.notes.map((note) => `${name} ${note}`));
      if (isDeepStrictEqual(next.table.input, kept.input) && isDeepStrictEqual(next.table.partitions, kept.partitions)) continue;
      put.push(next.table);
      updated += 1;
    }
  }
  const removed: string[] = [];
  const missing = isPartial ? [] : catalog.tables(crawler.databaseName).filter((kept) => kept.crawler === crawler.name);
  for (const { input, partitions } of missing.filter((kept) => !seen.has(kept.input.Name))) {
    if (crawler.deleteBehavior === 'LOG') notes.push(`${input.Name} was not found any more, and is kept`);
    else if (crawler.deleteBehavior === 'DELETE_FROM_DATABASE') {
      removed.push(input.Name);
      deleted += 1;
    } else if (input.Parameters?.['DEPRECATED_BY_CRAWLER'] === undefined) {
      put.push({ input: { ...input, Parameters: { ...input.Parameters, DEPRECATED_BY_CRAWLER: String(now) } }, partitions });
      deleted += 1;
    }
  }
  return { put, removed, created, updated, deleted, notes };
}

/** Another table may have the name: then a hash makes it another. */
function placeOf(table: CrawledTable, { databaseName }: CrawlerDefinition, catalog: Catalog) {
  const { Name: name, StorageDescriptor: storage } = table.input;
  const kept = catalog.find(databaseName, name);
  const location = storage?.Location ?? '';
  if (kept === undefined || withoutSlash(kept.input.StorageDescriptor?.Location) === withoutSlash(location))
    return { named: table, kept };
  const named = { ...table, input: { ...table.input, Name: hashedName(name, location) } };
  return { named, kept: catalog.find(databaseName, named.input.Name) };
}

const withoutSlash = (location: string | undefined) => location?.replace(/\/$/, '');

type TableChangePolicy = Pick<CrawlerDefinition, 'updateBehavior'> &
  Pick<CrawlerConfiguration, 'mergesNewColumns'> & { readonly isPartial: boolean };

function nextTable(
  kept: KeptTable,
  found: CrawledTable,
  { updateBehavior, mergesNewColumns, isPartial }: TableChangePolicy,
): { readonly table: CrawledTable; readonly notes: readonly string[] } {
  const keys = ({ input }: Pick<CrawledTable, 'input'>) => (input.PartitionKeys ?? []).map(({ Name }) => Name);
  const hasSameKeys = isDeepStrictEqual(keys(kept), keys(found));
  if (updateBehavior === 'LOG') {
    const isChanged = !isDeepStrictEqual(columnsOf(kept), columnsOf(found)) || !hasSameKeys;
    return {
      table: { input: kept.input, partitions: hasSameKeys ? union(kept.partitions, found.partitions) : kept.partitions },
      notes: isChanged && !isPartial ? ['has changed, and the policy is to say so and leave it'] : [],
    };
  }
  const columns = mergesNewColumns ? merged(columnsOf(kept), columnsOf(found)) : columnsOf(found);
  const input = { ...found.input, StorageDescriptor: { ...found.input.StorageDescriptor, Columns: [...columns] } };
  return { table: { input, partitions: found.partitions }, notes: [] };
}

const columnsOf = ({ input }: Pick<CrawledTable, 'input'>): readonly Column[] => input.StorageDescriptor?.Columns ?? [];

function merged(kept: readonly Column[], found: readonly Column[]): readonly Column[] {
  const names = new Set(kept.map(({ Name }) => Name));
  return [...kept, ...found.filter(({ Name }) => !names.has(Name))];
}

/** Those that are there stay as they are. */
function union(kept: readonly PartitionInput[], found: readonly PartitionInput[]): readonly PartitionInput[] {
  const known = new Set(kept.map(({ Values }) => JSON.stringify(Values)));
  return [...kept, ...found.filter(({ Values }) => !known.has(JSON.stringify(Values)))];
}
