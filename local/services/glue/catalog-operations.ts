import { createHash } from 'node:crypto';
import type { PartitionInput, StorageDescriptor } from '@aws-sdk/client-glue';
import type { ResponseEffect } from '../../faults.ts';
import type { JsonOperations } from '../../http/aws-json-server.ts';
import { ServiceError } from '../../errors.ts';
import type { Catalog, KeptDatabase, KeptPartition, KeptTable } from './catalog.ts';
import type { Input } from './catalog-requests.ts';
import { invalid, optionalText, pageOf, refuseMembers, requiredText, texts } from './catalog-requests.ts';
import { partitionFilter } from './partition-filter.ts';

/** @source service model 2017-03-31, shape CatalogGetterPageSize */
const MAX_ENTITIES = 100;
/** @source service model 2017-03-31, GetPartitionsRequest, MaxResults */
const MAX_PARTITIONS = 1000;

/** @source service model 2017-03-31, BatchCreatePartitionRequest, PartitionInputList */
const MAX_CREATED_PARTITIONS = 100;
/** @source service model 2017-03-31, BatchDeletePartitionValueList */
const MAX_DELETED_PARTITIONS = 25;

/**
 * What reads the Data Catalog, and registers partitions. Databases and tables are written by the template and by crawlers only.
 *
 * @param accountId - the one catalog there is
 */
export function catalogOperations(catalog: Catalog, accountId: string): JsonOperations<ResponseEffect> {
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
      const { page, next } = pageOf(input, catalog.databases(), MAX_ENTITIES);
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
      const { page, next } = pageOf(input, tables, MAX_ENTITIES);
      return { TableList: page.map((table) => describeTable(table, databaseName, accountId)), ...next };
    },

    GetPartitions: (input) => {
      check(input);
      refuseMembers(input, 'QueryAsOfTime', 'TransactionId');
      const [databaseName, name] = [requiredText(input, 'DatabaseName'), requiredText(input, 'TableName')];
      const { partitions, createdAt, input: table } = catalog.table(databaseName, name);
      const fits = partitionFilter(optionalText(input, 'Expression') ?? '', table.PartitionKeys ?? []);
      const isMeant = segmentOf(input);
      // Of partition projection only Athena knows: here there is what was registered.
      const found = partitions.filter(({ Values = [] }) => isMeant(Values) && fits(Values));
      const { page, next } = pageOf(input, found, MAX_PARTITIONS);
      const place = { DatabaseName: databaseName.toLowerCase(), TableName: name.toLowerCase(), CatalogId: accountId };
      const describe = input['ExcludeColumnSchema'] === true ? withoutColumns : (partition: KeptPartition) => partition;
      return {
        Partitions: page.map((partition) => ({ ...describePartition(describe(partition), createdAt), ...place })),
        ...next,
      };
    },

    GetPartition: (input) => {
      check(input);
      const [databaseName, name] = [requiredText(input, 'DatabaseName'), requiredText(input, 'TableName')];
      const { partitions, createdAt } = catalog.table(databaseName, name);
      const values = JSON.stringify(texts(input, 'PartitionValues'));
      const found = partitions.find(({ Values }) => JSON.stringify(Values) === values);
      if (found === undefined) throw new ServiceError('EntityNotFoundException', 'Cannot find partition.');
      const place = { DatabaseName: databaseName.toLowerCase(), TableName: name.toLowerCase(), CatalogId: accountId };
      return { Partition: { ...describePartition(found, createdAt), ...place } };
    },

    BatchCreatePartition: (input) => {
      check(input);
      const [databaseName, name] = [requiredText(input, 'DatabaseName'), requiredText(input, 'TableName')];
      const partitions = partitionsOf(input, 'PartitionInputList', MAX_CREATED_PARTITIONS);
      const { PartitionKeys = [] } = catalog.table(databaseName, name).input;
      if (partitions.some(({ Values = [] }) => Values.length !== PartitionKeys.length))
        throw invalid('The number of partition keys do not match the number of partition values');
      const refused = catalog.addPartitions(databaseName, name, partitions);
      return { Errors: refused.map((one) => errorOf(one, 'AlreadyExistsException', 'Partition already exists.')) };
    },

    BatchDeletePartition: (input) => {
      check(input);
      const [databaseName, name] = [requiredText(input, 'DatabaseName'), requiredText(input, 'TableName')];
      const missing = catalog.removePartitions(
        databaseName,
        name,
        partitionsOf(input, 'PartitionsToDelete', MAX_DELETED_PARTITIONS),
      );
      return { Errors: missing.map((one) => errorOf(one, 'EntityNotFoundException', 'Cannot find partition.')) };
    },
  };
}

/** @throws ServiceError */
function partitionsOf(input: Input, member: string, most: number): readonly PartitionInput[] {
  const list = input[member];
  const isList = (value: unknown): value is readonly PartitionInput[] =>
    Array.isArray(value) &&
    value.every((one: unknown) => {
      const { Values } = (one ?? {}) as { readonly Values?: unknown };
      return Array.isArray(Values) && Values.every((text) => typeof text === 'string');
    });
  if (!isList(list)) throw invalid(`${member} must be a list of partitions with Values: got ${JSON.stringify(list)}`);
  if (list.length > most)
    throw new ServiceError(
      'ValidationException',
      `1 validation error detected: Value at '${member.charAt(0).toLowerCase()}${member.slice(1)}' failed to satisfy constraint: ` +
        `Member must have length less than or equal to ${String(most)}`,
    );
  return list;
}

const errorOf = ({ Values }: PartitionInput, ErrorCode: string, ErrorMessage: string) => ({
  PartitionValues: Values,
  ErrorDetail: { ErrorCode, ErrorMessage },
});

/** @source service model 2017-03-31, Segment */
const MAX_SEGMENTS = 10;

/**
 * Which partitions belong to the segment that is asked for: each to one, whatever else there is.
 *
 * @throws ServiceError ValidationException, InvalidInputException
 */
function segmentOf({ Segment: segment }: Input): (values: readonly string[]) => boolean {
  if (segment === undefined || segment === null) return () => true;
  const { SegmentNumber, TotalSegments } = segment as Readonly<Record<string, unknown>>;
  const failures = [
    ...outOfBounds('segment.segmentNumber', SegmentNumber, 0, Infinity),
    ...outOfBounds('segment.totalSegments', TotalSegments, 1, MAX_SEGMENTS),
  ];
  if (failures.length > 0)
    throw new ServiceError(
      'ValidationException',
      `${String(failures.length)} validation error${failures.length === 1 ? '' : 's'} detected: ${failures.join('; ')}`,
    );
  const [number, total] = [Number(SegmentNumber), Number(TotalSegments)];
  if (number >= total)
    throw invalid(
      `Segment.SegmentNumber must be less than Segment.TotalSegments: got ${String(number)} of ${String(total)}, and the first is 0`,
    );
  return (values) => createHash('sha256').update(JSON.stringify(values)).digest().readUInt32BE(0) % total === number;
}

function outOfBounds(member: string, value: unknown, least: number, most: number): string[] {
  const at = `at '${member}' failed to satisfy constraint: Member must`;
  if (value === undefined || value === null) return [`Value null ${at} not be null`];
  if (typeof value !== 'number' || !Number.isInteger(value))
    throw invalid(`${member} must be a whole number: got ${JSON.stringify(value)}`);
  if (value < least) return [`Value '${String(value)}' ${at} have value greater than or equal to ${String(least)}`];
  return value > most ? [`Value '${String(value)}' ${at} have value less than or equal to ${String(most)}`] : [];
}

/** Without the columns, which are alike in most partitions and make answers long. */
function withoutColumns({ StorageDescriptor: storage, ...partition }: KeptPartition): KeptPartition {
  if (storage === undefined) return partition;
  const { Columns: _, ...rest } = storage;
  return { ...partition, StorageDescriptor: rest };
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

function describePartition({ createdAt: ownTime, ...partition }: KeptPartition, tableTime: number): object {
  const { StorageDescriptor: storage } = partition;
  const createdAt = ownTime ?? tableTime;
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
