import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { PartitionInput } from '@aws-sdk/client-glue';
import { systemClock } from '../../clock.ts';
import { ServiceError } from '../../errors.ts';
import { readState, writeState } from '../../state-files.ts';
import type { CatalogTableDefinition, DatabaseDefinition } from './definition.ts';

type CatalogTableInput = CatalogTableDefinition['input'];

/** A database as the catalog keeps it. Times are ms since 1970. */
export interface KeptDatabase {
  readonly input: DatabaseDefinition['input'];
  readonly createdAt: number;
}

/** A table as the catalog keeps it. Times are ms since 1970. */
export interface KeptTable {
  readonly input: CatalogTableInput;
  /** The crawler that made it; null: the template declares it. */
  readonly crawler: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** 0 for the first. */
  readonly version: number;
  /** Those that a crawler found, or that were registered, in the order of their values. */
  readonly partitions: readonly KeptPartition[];
}

/** A partition as the catalog keeps it. */
export interface KeptPartition extends PartitionInput {
  /** When it was registered; of one that a crawler found, the table's time counts. @unit ms since 1970 */
  readonly createdAt?: number;
}

/** What a crawler may say of a table. */
export interface CrawledTable {
  readonly input: CatalogTableInput;
  readonly partitions: readonly PartitionInput[];
}

interface Content {
  readonly databases: Readonly<Record<string, KeptDatabase>>;
  /** By `<database>/<table>`. */
  readonly tables: Readonly<Record<string, KeptTable>>;
}

const FILE = 'catalog.json';

/**
 * Databases and tables of the Data Catalog: those of the template, and those that crawlers made; and the partitions that were registered.
 *
 * @remarks Kept in one file that is replaced in one step. What the template declares wins over what is on disk, and what it declares no
 * longer is gone, as a deployment would leave it. Names are folded to lower case, as Glue folds them (it keeps Hive's names).
 */
export class Catalog {
  private content: Content;

  constructor(
    /** Where the file is; it exists. */
    private readonly directory: string,
    private readonly now: () => number = () => systemClock.now(),
  ) {
    this.content = (readState(join(directory, FILE)) ?? { databases: {}, tables: {} }) as Content;
  }

  /** Say what the template declares: these databases and no others, these tables beside those of crawlers. */
  declare(databases: readonly DatabaseDefinition[], tables: readonly CatalogTableDefinition[]): void {
    const declaredDatabases = databases.map(({ input }): [string, KeptDatabase] => {
      const name = fold(input.Name);
      const kept = this.content.databases[name];
      return [name, { input: { ...input, Name: name }, createdAt: kept?.createdAt ?? this.now() }];
    });
    const names = new Set(declaredDatabases.map(([name]) => name));
    const crawled = Object.entries(this.content.tables).filter(
      ([key, { crawler }]) => crawler !== null && names.has(key.slice(0, key.indexOf('/'))),
    );
    const declaredTables = tables.map(({ databaseName, input }): [string, KeptTable] => {
      const key = keyOf(databaseName, input.Name);
      const kept = this.content.tables[key];
      return [key, this.versionOf(kept, { input, partitions: partitionsLeft(kept, input) }, null)];
    });
    this.write({
      databases: Object.fromEntries(declaredDatabases),
      tables: Object.fromEntries([...crawled, ...declaredTables]),
    });
  }

  /** In the order of their names. */
  databases(): readonly KeptDatabase[] {
    return Object.keys(this.content.databases)
      .sort()
      .flatMap((name) => this.content.databases[name] ?? []);
  }

  /** @throws ServiceError EntityNotFoundException */
  database(name: string): KeptDatabase {
    const database = this.content.databases[fold(name)];
    if (database === undefined) throw new ServiceError('EntityNotFoundException', `Database ${fold(name)} not found.`);
    return database;
  }

  /** In the order of their names. @throws ServiceError EntityNotFoundException when there is no such database */
  tables(databaseName: string): readonly KeptTable[] {
    this.database(databaseName);
    const prefix = keyOf(databaseName, '');
    return Object.keys(this.content.tables)
      .filter((key) => key.startsWith(prefix))
      .sort()
      .flatMap((key) => this.content.tables[key] ?? []);
  }

  find(databaseName: string, name: string): KeptTable | undefined {
    return this.content.tables[keyOf(databaseName, name)];
  }

  /** @throws ServiceError EntityNotFoundException, whichever of the two there is not */
  table(databaseName: string, name: string): KeptTable {
    this.database(databaseName);
    const table = this.find(databaseName, name);
    if (table === undefined) throw new ServiceError('EntityNotFoundException', 'Entity Not Found');
    return table;
  }

  /** Put all that a crawler found, and remove what it found gone, in one step. A table of the template is left as it is declared. */
  crawled(databaseName: string, crawler: string, found: readonly CrawledTable[], gone: readonly string[]): void {
    this.database(databaseName);
    const tables = { ...this.content.tables };
    for (const table of found) {
      const key = keyOf(databaseName, table.input.Name);
      if (tables[key]?.crawler !== null) tables[key] = this.versionOf(tables[key], table, crawler);
    }
    const removed = new Set(gone.map((name) => keyOf(databaseName, name)).filter((key) => tables[key]?.crawler !== null));
    this.write({ ...this.content, tables: Object.fromEntries(Object.entries(tables).filter(([key]) => !removed.has(key))) });
  }

  /**
   * Register partitions of a table.
   *
   * @returns those that there were already: they stay as they are
   * @throws ServiceError EntityNotFoundException
   */
  addPartitions(databaseName: string, name: string, partitions: readonly PartitionInput[]): readonly PartitionInput[] {
    const table = this.table(databaseName, name);
    const kept = new Map(table.partitions.map((partition) => [valuesOf(partition), partition]));
    const refused: PartitionInput[] = [];
    for (const partition of partitions) {
      const values = valuesOf(partition);
      if (kept.has(values)) refused.push(partition);
      else kept.set(values, { ...partition, createdAt: this.now() });
    }
    if (refused.length < partitions.length) this.replacePartitions(databaseName, name, table, kept);
    return refused;
  }

  /** Remove partitions of a table. @returns those that there were not @throws ServiceError EntityNotFoundException */
  removePartitions(databaseName: string, name: string, partitions: readonly PartitionInput[]): readonly PartitionInput[] {
    const table = this.table(databaseName, name);
    const kept = new Map(table.partitions.map((partition) => [valuesOf(partition), partition]));
    const missing = partitions.filter((partition) => !kept.delete(valuesOf(partition)));
    this.replacePartitions(databaseName, name, table, kept);
    return missing;
  }

  private replacePartitions(
    databaseName: string,
    name: string,
    table: KeptTable,
    partitions: ReadonlyMap<string, KeptPartition>,
  ): void {
    const sorted = [...partitions].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, partition]) => partition);
    const tables = { ...this.content.tables, [keyOf(databaseName, name)]: { ...table, partitions: sorted } };
    this.write({ ...this.content, tables });
  }

  private versionOf(kept: KeptTable | undefined, { input, partitions }: CrawledTable, crawler: string | null): KeptTable {
    // As it will be read: what is undefined is not there.
    const next = JSON.parse(JSON.stringify({ ...input, Name: fold(input.Name) })) as CatalogTableInput;
    if (kept?.crawler === crawler && isDeepStrictEqual(kept.input, next)) return { ...kept, partitions };
    const now = this.now();
    // A table of the template that takes the place of a crawler's is another one.
    const before = kept !== undefined && (kept.crawler === null) === (crawler === null) ? kept : { createdAt: now, version: -1 };
    return { input: next, crawler, createdAt: before.createdAt, updatedAt: now, version: before.version + 1, partitions };
  }

  private write(content: Content): void {
    writeState(join(this.directory, FILE), content);
    this.content = content;
  }
}

/** A table that is declared otherwise keeps its partitions, unless its keys are others: then it is another table. */
function partitionsLeft(kept: KeptTable | undefined, input: CatalogTableInput): readonly KeptPartition[] {
  if (kept?.crawler !== null) return [];
  const names = (keys: CatalogTableInput['PartitionKeys']) => (keys ?? []).map(({ Name }) => Name).join();
  return names(kept.input.PartitionKeys) === names(input.PartitionKeys) ? kept.partitions : [];
}

const valuesOf = ({ Values = [] }: PartitionInput) => JSON.stringify(Values);
const fold = (name: string) => name.toLowerCase();
const keyOf = (databaseName: string, name: string) => `${fold(databaseName)}/${fold(name)}`;
