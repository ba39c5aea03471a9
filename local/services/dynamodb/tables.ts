import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import checksOfCreateTable from 'dynalite/validations/createTable.js';
import { INDEX_KINDS, indexPrefix, itemsPrefix } from './capacity.ts';
import type { Engine } from './engine.ts';
import { checkIndexes, checkThroughput } from './table-checks.ts';
import { dynamoDbError, isMap, validationError } from './model.ts';
import type { Index, Input, Table } from './model.ts';
import type { Store } from './store.ts';

/** A table, with what DescribeTable does not return. */
interface TableRecord {
  readonly table: Table;
  /** The attribute that DynamoDB would expire items by. Here it is only remembered: nothing expires. */
  readonly timeToLive?: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/** Members of CreateTable that have an effect here, or whose effect cannot be seen from outside. */
const CREATE_MEMBERS = [
  'TableName',
  'AttributeDefinitions',
  'KeySchema',
  'BillingMode',
  'ProvisionedThroughput',
  'GlobalSecondaryIndexes',
  'LocalSecondaryIndexes',
  'DeletionProtectionEnabled',
  'SSESpecification',
  'StreamSpecification',
  'TableClass',
  'Tags',
];
const INDEX_MEMBERS = ['IndexName', 'KeySchema', 'Projection', 'ProvisionedThroughput'];
const UPDATE_MEMBERS = [
  'TableName',
  'BillingMode',
  'ProvisionedThroughput',
  'DeletionProtectionEnabled',
  'TableClass',
  'SSESpecification',
];

const recordKey = (name: string) => `table~${name}`;

/** The tables there are: made, described and removed at once, where AWS takes a while. */
export class Tables {
  private readonly records = new Map<string, TableRecord>();

  private constructor(
    private readonly store: Store,
    private readonly arnPrefix: string,
  ) {}

  /** Also finishes what a kill -9 interrupted. */
  static async load(store: Store, { region, accountId }: { region: string; accountId: string }): Promise<Tables> {
    const tables = new Tables(store, `arn:aws:dynamodb:${region}:${accountId}:table/`);
    for (const [name, value] of await store.entries(recordKey(''))) {
      const record = value as TableRecord;
      tables.records.set(name, record);
      if (record.table.TableStatus === 'DELETING') await tables.erase(record.table);
    }
    return tables;
  }

  /** @throws ServiceError ResourceNotFoundException */
  get(name: string): Table {
    return this.record(name).table;
  }

  names(): string[] {
    return [...this.records.keys()].sort();
  }

  /** @returns the table as AWS first describes it, CREATING; here it is ready at once */
  async create(engine: Engine, input: Input): Promise<Table> {
    refuseStrangers(input, CREATE_MEMBERS, 'CreateTable');
    for (const kind of INDEX_KINDS) {
      for (const index of Array.isArray(input[kind]) ? (input[kind] as unknown[]) : []) {
        if (isMap(index)) refuseStrangers(index, INDEX_MEMBERS, `CreateTable ${kind}`);
      }
    }
    const stream = input['StreamSpecification'];
    if (isMap(stream) && stream['StreamEnabled'] === true) throw notLocal('CreateTable', 'StreamSpecification');
    if (isMap(stream) && stream['StreamViewType'] !== undefined)
      throw validationError(
        'One or more parameter values were invalid: StreamSpecification has a StreamViewType, but StreamEnabled is false',
      );
    const checked = engine.check(checksOfCreateTable, input);
    checkIndexes(checked);
    const name = String(checked['TableName']);
    if (this.records.has(name)) throw dynamoDbError('ResourceInUseException', `Table already exists: ${name}`);
    const table = this.describe(checked, input);
    this.put({ table, tags: tagsOf(input['Tags']) });
    await this.store.settled();
    return withStatus(table, 'CREATING');
  }

  /** Create a table unless there is one like it. @throws Error when there is one of that name with other keys or indexes */
  async ensure(engine: Engine, input: Input): Promise<void> {
    const existing = this.records.get(String(input['TableName']))?.table;
    if (!existing) {
      await this.create(engine, input);
      return;
    }
    const [there, wanted] = [shapeOf(existing), shapeOf(input)];
    if (isDeepStrictEqual(there, wanted)) return;
    throw new Error(
      `table ${existing.TableName} exists with other keys or indexes; delete it or take another data directory. ` +
        `There: ${JSON.stringify(there)}. Wanted: ${JSON.stringify(wanted)}.`,
    );
  }

  async update(input: Input): Promise<Table> {
    refuseStrangers(input, UPDATE_MEMBERS, 'UpdateTable');
    const record = this.record(String(input['TableName']));
    const { BillingMode: mode, ProvisionedThroughput: throughput, DeletionProtectionEnabled: isProtected } = input;
    if (mode !== undefined && mode !== 'PAY_PER_REQUEST' && mode !== 'PROVISIONED') {
      throw validationError(`BillingMode must be PAY_PER_REQUEST or PROVISIONED, got ${JSON.stringify(mode)}`);
    }
    const current = isMap(record.table['BillingModeSummary']) ? record.table['BillingModeSummary']['BillingMode'] : 'PROVISIONED';
    if ((mode ?? current) === 'PAY_PER_REQUEST' ? throughput !== undefined : mode !== undefined && !isMap(throughput)) {
      throw validationError(
        'One or more parameter values were invalid: ProvisionedThroughput goes with BillingMode PROVISIONED, and only with it',
      );
    }
    if (isMap(throughput)) checkThroughput(throughput, mode === undefined || mode === current ? record.table : undefined);
    const table: Table = {
      ...record.table,
      ...(mode === 'PAY_PER_REQUEST' && onDemand(Date.now() / 1000)),
      ...(mode === 'PROVISIONED' && { BillingModeSummary: { BillingMode: mode } }),
      ...(isMap(throughput) && { ProvisionedThroughput: { NumberOfDecreasesToday: 0, ...throughput } }),
      ...(isProtected !== undefined && { DeletionProtectionEnabled: isProtected === true }),
    };
    this.put({ ...record, table });
    await this.store.settled();
    return withStatus(table, 'UPDATING');
  }

  async delete(name: string): Promise<Table> {
    const record = this.record(name);
    if (record.table['DeletionProtectionEnabled'] === true) {
      throw validationError(
        `Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.`,
      );
    }
    const table = withStatus(record.table, 'DELETING');
    this.put({ ...record, table });
    await this.erase(table);
    return table;
  }

  describeTimeToLive(name: string): Record<string, unknown> {
    const { timeToLive } = this.record(name);
    return timeToLive === undefined
      ? { TimeToLiveStatus: 'DISABLED' }
      : { TimeToLiveStatus: 'ENABLED', AttributeName: timeToLive };
  }

  async updateTimeToLive(name: string, specification: unknown): Promise<Record<string, unknown>> {
    const record = this.record(name);
    const { Enabled: enabled, AttributeName: attribute } = isMap(specification) ? specification : {};
    if (typeof enabled !== 'boolean' || typeof attribute !== 'string' || attribute === '') {
      throw validationError('TimeToLiveSpecification needs Enabled (true or false) and AttributeName (not empty)');
    }
    const { timeToLive } = record;
    if (!enabled && timeToLive === undefined) throw validationError('TimeToLive is already disabled');
    if (timeToLive !== undefined && timeToLive !== attribute) {
      throw validationError(`TimeToLive is active on a different AttributeName: current AttributeName is ${timeToLive}`);
    }
    if (enabled && timeToLive !== undefined) throw validationError('TimeToLive is already enabled');
    this.put({ ...record, timeToLive: enabled ? attribute : undefined });
    await this.store.settled();
    return { Enabled: enabled, AttributeName: attribute };
  }

  tags(arn: unknown): { Key: string; Value: string }[] {
    return Object.entries(this.byArn(arn).tags).map(([Key, Value]) => ({ Key, Value }));
  }

  async changeTags(arn: unknown, change: { readonly add?: unknown; readonly remove?: unknown }): Promise<void> {
    const record = this.byArn(arn);
    const removed = Array.isArray(change.remove) ? change.remove : [];
    const kept = Object.entries(record.tags).filter(([key]) => !removed.includes(key));
    this.put({ ...record, tags: { ...Object.fromEntries(kept), ...tagsOf(change.add) } });
    await this.store.settled();
  }

  private describe(checked: Readonly<Record<string, unknown>>, input: Input): Table {
    const name = String(checked['TableName']);
    const created = Date.now() / 1000;
    const { BillingMode: mode, ProvisionedThroughput: throughput, Tags: _tags, ...rest } = checked;
    const isOnDemand = mode === 'PAY_PER_REQUEST';
    const describeIndex = (index: Index, isGlobal: boolean) => ({
      ...index,
      IndexArn: `${this.arnPrefix}${name}/index/${index.IndexName}`,
      ItemCount: 0,
      IndexSizeBytes: 0,
      ...(isGlobal && { IndexStatus: 'ACTIVE', ProvisionedThroughput: throughputOf(index['ProvisionedThroughput']) }),
    });
    const globals = checked['GlobalSecondaryIndexes'] as Index[] | undefined;
    const locals = checked['LocalSecondaryIndexes'] as Index[] | undefined;
    return {
      ...(rest as unknown as Table),
      TableStatus: 'ACTIVE',
      TableArn: this.arnPrefix + name,
      TableId: randomUUID(),
      CreationDateTime: created,
      ItemCount: 0,
      TableSizeBytes: 0,
      DeletionProtectionEnabled: input['DeletionProtectionEnabled'] === true,
      ProvisionedThroughput: throughputOf(throughput),
      ...(isOnDemand && onDemand(created)),
      ...(globals && { GlobalSecondaryIndexes: globals.map((index) => describeIndex(index, true)) }),
      ...(locals && { LocalSecondaryIndexes: locals.map((index) => describeIndex(index, false)) }),
    };
  }

  private async erase(table: Table): Promise<void> {
    const name = table.TableName;
    await this.store.clear(itemsPrefix(name));
    for (const kind of INDEX_KINDS)
      for (const index of table[kind] ?? []) await this.store.clear(indexPrefix(name, index.IndexName));
    this.records.delete(name);
    this.store.stage([{ key: recordKey(name), value: undefined }]);
    await this.store.settled();
  }

  private put(record: TableRecord): void {
    const { TableName: name } = record.table;
    this.records.set(name, record);
    this.store.stage([{ key: recordKey(name), value: record }]);
  }

  private record(name: string): TableRecord {
    const record = this.records.get(name);
    if (!record) throw dynamoDbError('ResourceNotFoundException', `Requested resource not found: Table: ${name} not found`);
    return record;
  }

  private byArn(arn: unknown): TableRecord {
    const name = typeof arn === 'string' && arn.startsWith(this.arnPrefix) ? arn.slice(this.arnPrefix.length) : undefined;
    const record = name === undefined ? undefined : this.records.get(name);
    if (!record)
      throw dynamoDbError('ResourceNotFoundException', `Requested resource not found: ResourcArn: ${String(arn)} not found`);
    return record;
  }
}

function notLocal(operation: string, member: string): Error {
  return validationError(`${operation} ${member} is not supported locally`);
}

function refuseStrangers(input: Input, known: readonly string[], operation: string): void {
  const stranger = Object.keys(input).find((member) => !known.includes(member) && input[member] !== undefined);
  if (stranger !== undefined) throw notLocal(operation, stranger);
}

function onDemand(since: number): Record<string, unknown> {
  return {
    BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST', LastUpdateToPayPerRequestDateTime: since },
    TableThroughputModeSummary: { TableThroughputMode: 'PAY_PER_REQUEST', LastUpdateToPayPerRequestDateTime: since },
    ProvisionedThroughput: throughputOf(undefined),
  };
}

function throughputOf(throughput: unknown): Record<string, unknown> {
  return { NumberOfDecreasesToday: 0, ReadCapacityUnits: 0, WriteCapacityUnits: 0, ...(isMap(throughput) && throughput) };
}

function tagsOf(tags: unknown): Record<string, string> {
  const list = Array.isArray(tags) ? (tags as { Key?: unknown; Value?: unknown }[]) : [];
  return Object.fromEntries(list.map(({ Key, Value }) => [String(Key), typeof Value === 'string' ? Value : '']));
}

function withStatus(table: Table, status: string): Table {
  const globals = table.GlobalSecondaryIndexes?.map((index) => ({ ...index, IndexStatus: status }));
  return { ...table, TableStatus: status, ...(globals && { GlobalSecondaryIndexes: globals }) };
}

/** What two tables must share to be the same one: keys with their types, and indexes with their projections. */
function shapeOf(table: Input): Record<string, unknown> {
  const types = new Map(
    ((table['AttributeDefinitions'] ?? []) as { AttributeName: string; AttributeType: string }[]).map((one) => [
      one.AttributeName,
      one.AttributeType,
    ]),
  );
  const keys = (schema: unknown) =>
    ((schema ?? []) as { AttributeName: string; KeyType: string }[]).map(
      (key) => `${key.KeyType} ${key.AttributeName} ${types.get(key.AttributeName) ?? '?'}`,
    );
  const shape: Record<string, unknown> = { keys: keys(table['KeySchema']) };
  for (const kind of INDEX_KINDS) {
    const indexes = ((table[kind] ?? []) as Index[]).map((index) => [
      index.IndexName,
      { keys: keys(index.KeySchema), projection: projectionOf(index) },
    ]);
    shape[kind] = Object.fromEntries(indexes) as unknown;
  }
  return shape;
}

function projectionOf({ Projection }: Index): string {
  return [Projection.ProjectionType, ...[...(Projection.NonKeyAttributes ?? [])].sort()].join(' ');
}
