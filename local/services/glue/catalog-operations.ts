import type { PartitionInput, StorageDescriptor } from '@aws-sdk/client-glue';
import { ServiceError } from '../../errors.ts';
import type { Catalog, KeptDatabase, KeptTable } from './catalog.ts';
import type { Input } from './catalog-requests.ts';
import { invalid, optionalText, pageOf, refuseMembers, requiredText } from './catalog-requests.ts';

/** @source service model 2017-03-31, shape CatalogGetterPageSize */
const MOST_ENTITIES = 100;
/** @source service model 2017-03-31, GetPartitionsRequest, MaxResults */
const MOST_PARTITIONS = 1000;

/**
 * What reads the Data Catalog. It is written by the template and by crawlers only.
 *
 * @param accountId - the one catalog there is
 */
export function catalogOperations(catalog: Catalog, accountId: string): Record<string, (input: Input) => unknown> {
  const check = ({ CatalogId }: Input): void => {
    if (CatalogId !== undefined && CatalogId !== accountId)
      throw new ServiceError(
        'AccessDeniedException',
        `there is one catalog locally, ${accountId}: got ${JSON.stringify(CatalogId)}`,
      );
  };
  return {
    GetDatabase: (input) => {
      check(input);
      return { Database: describeDatabase(catalog.database(requiredText(input, 'Name')), accountId) };
    },

    GetDatabases: (input) => {
      check(input);
      refuseMembers(input, 'AttributesToGet');
      const { page, next } = pageOf(input, catalog.databases(), MOST_ENTITIES);
      return { DatabaseList: page.map((database) => describeDatabase(database, accountId)), ...next };
    },

    GetTable: (input) => {
      check(input);
      refuseMembers(input, 'QueryAsOfTime', 'TransactionId');
      const databaseName = requiredText(input, 'DatabaseName');
      return { Table: describeTable(catalog.table(databaseName, requiredText(input, 'Name')), databaseName, accountId) };
    },

    GetTables: (input) => {
      check(input);
      refuseMembers(input, 'QueryAsOfTime', 'TransactionId', 'AttributesToGet');
      const databaseName = requiredText(input, 'DatabaseName');
      const matches = patternOf(optionalText(input, 'Expression'));
      const tables = catalog.tables(databaseName).filter(({ input: { Name } }) => matches(Name));
      const { page, next } = pageOf(input, tables, MOST_ENTITIES);
      return { TableList: page.map((table) => describeTable(table, databaseName, accountId)), ...next };
    },

    GetPartitions: (input) => {
      check(input);
      refuseMembers(input, 'Expression', 'Segment', 'QueryAsOfTime', 'TransactionId');
      const [databaseName, name] = [requiredText(input, 'DatabaseName'), requiredText(input, 'TableName')];
      const { partitions, createdAt } = catalog.table(databaseName, name);
      // A table with partition projection has none here, as on AWS: whoever queries it computes them.
      const { page, next } = pageOf(input, partitions, MOST_PARTITIONS);
      const place = { DatabaseName: databaseName.toLowerCase(), TableName: name.toLowerCase(), CatalogId: accountId };
      return { Partitions: page.map((partition) => ({ ...describePartition(partition, createdAt), ...place })), ...next };
    },
  };
}

function patternOf(expression: string | undefined): (name: string) => boolean {
  if (expression === undefined || expression === '') return () => true;
  try {
    const pattern = new RegExp(`^(?:${expression})$`, 'i');
    return (name) => pattern.test(name);
  } catch {
    throw invalid(`Expression ${expression} is not a regular expression`);
  }
}

function describeDatabase({ input, createdAt }: KeptDatabase, accountId: string): object {
  return { ...input, CreateTime: createdAt / 1000, CatalogId: accountId };
}

function describeTable(
  { input, crawler, createdAt, updatedAt, version }: KeptTable,
  databaseName: string,
  accountId: string,
): object {
  const { StorageDescriptor: storage, ...rest } = input;
  return {
    ...rest,
    DatabaseName: databaseName.toLowerCase(),
    CreateTime: createdAt / 1000,
    UpdateTime: updatedAt / 1000,
    ...(crawler !== null && { LastAccessTime: updatedAt / 1000 }),
    Retention: input.Retention ?? 0,
    ...(storage !== undefined && { StorageDescriptor: withDefaults(storage) }),
    PartitionKeys: input.PartitionKeys ?? [],
    Parameters: input.Parameters ?? {},
    IsRegisteredWithLakeFormation: false,
    IsMultiDialectView: false,
    CatalogId: accountId,
    VersionId: String(version),
  };
}

function describePartition(partition: PartitionInput, createdAt: number): object {
  const { StorageDescriptor: storage } = partition;
  return {
    ...partition,
    ...(storage !== undefined && { StorageDescriptor: withDefaults(storage) }),
    CreationTime: createdAt / 1000,
  };
}

/** What Glue says of a storage that does not say it itself. */
function withDefaults(storage: StorageDescriptor): StorageDescriptor {
  return {
    BucketColumns: [],
    Compressed: false,
    NumberOfBuckets: 0,
    SortColumns: [],
    StoredAsSubDirectories: false,
    ...storage,
  };
}
