import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';

type Item = Record<string, AttributeValue>;

/** An index: what it is keyed by, and what else it holds. */
interface Index {
  readonly keys: readonly [string, string];
  readonly included: readonly string[];
}

interface Table {
  readonly keys: readonly [string, string];
  readonly indexes: readonly Index[];
  readonly items: Map<string, Map<string, Item>>;
}

const TOTALS = ['customerId', 'cancelled', 'lineCount', 'units', 'total', 'country', 'invoiceNo'];

/** What DynamoDB would bill. @source DynamoDB developer guide, "Read and write operations" and "Item sizes and formats" */
export class MeteredTables {
  writeUnits = 0;
  indexWriteUnits = 0;
  readUnits = 0;
  calls = 0;
  private readonly tables: Readonly<Record<string, Table>> = {
    invoices: {
      keys: ['invoiceNo', 'sk'],
      indexes: [
        { keys: ['listing', 'datedNo'], included: TOTALS },
        { keys: ['country', 'datedNo'], included: TOTALS },
      ],
      items: new Map(),
    },
    customers: {
      keys: ['customerId', 'sk'],
      indexes: [{ keys: ['homeCountry', 'customerId'], included: ['sk'] }],
      items: new Map(),
    },
  };

  /** The client that the store writer's ledger speaks to. */
  readonly client = {
    send: (command: { readonly constructor: { readonly name: string }; readonly input: object }) =>
      Promise.resolve().then(() => this.answer(command.constructor.name, command.input)),
  } as unknown as Pick<DynamoDBClient, 'send'>;

  private answer(command: string, input: object): object {
    this.calls++;
    if (command === 'BatchGetItemCommand') return this.batchGet(input as { RequestItems: Record<string, { Keys: Item[] }> });
    if (command === 'BatchWriteItemCommand')
      return this.batchWrite(
        input as { RequestItems: Record<string, { PutRequest?: { Item: Item }; DeleteRequest?: { Key: Item } }[]> },
      );
    if (command === 'BatchExecuteStatementCommand') return this.runStatements(input as { Statements: Statement[] });
    if (command === 'PutItemCommand') return this.conditionalPut(input as PutInput);
    if (command === 'QueryCommand') return this.query(input as QueryInput);
    throw new Error(`the store writer is not known to call ${command}`);
  }

  private batchGet({ RequestItems }: { RequestItems: Record<string, { Keys: Item[] }> }) {
    const Responses: Record<string, Item[]> = {};
    for (const [name, { Keys }] of Object.entries(RequestItems)) {
      Responses[name] = Keys.flatMap((key) => {
        const item = this.find(name, key);
        this.readUnits += Math.max(1, Math.ceil(sizeOf(item ?? {}) / 4096));
        return item === undefined ? [] : [item];
      });
    }
    return { Responses };
  }

  private batchWrite({
    RequestItems,
  }: {
    RequestItems: Record<string, { PutRequest?: { Item: Item }; DeleteRequest?: { Key: Item } }[]>;
  }) {
    for (const [name, requests] of Object.entries(RequestItems)) {
      for (const { PutRequest, DeleteRequest } of requests) {
        if (PutRequest) this.put(name, PutRequest.Item);
        if (DeleteRequest) this.delete(name, DeleteRequest.Key);
      }
    }
    return {};
  }

  private conditionalPut({ TableName, Item, ExpressionAttributeValues }: PutInput) {
    const stored = this.find(TableName, Item);
    const expected = ExpressionAttributeValues?.[':expected']?.N;
    if (stored?.['version']?.N === expected && (expected !== undefined || stored === undefined)) {
      this.put(TableName, Item);
      return {};
    }
    this.writeUnits += Math.max(1, Math.ceil(sizeOf(stored ?? {}) / 1024));
    throw new ConditionalCheckFailedException({ message: 'The conditional request failed', $metadata: {} });
  }

  /** Each statement is a conditional write of a whole item, and costs what a put of it does. */
  private runStatements({ Statements }: { Statements: readonly Statement[] }) {
    const Responses = Statements.map((statement) => {
      const { put, failure } = wholeItemOf(statement);
      try {
        return this.conditionalPut(put);
      } catch (cause) {
        if (cause instanceof ConditionalCheckFailedException) return { Error: { Code: failure } };
        throw cause;
      }
    });
    return { Responses };
  }

  private query({ TableName, ExpressionAttributeValues: values, Limit, ScanIndexForward }: QueryInput) {
    const table = this.table(TableName);
    const partition = table.items.get(values[':invoice']?.S ?? values[':customer']?.S ?? '') ?? new Map<string, Item>();
    const prefix = values[':prefix']?.S ?? values[':month']?.S ?? '';
    const Items = [...partition]
      .filter(([sk]) => sk.startsWith(prefix))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, item]) => item);
    if (ScanIndexForward === false) Items.reverse();
    const page = Items.slice(0, Limit);
    this.readUnits += Math.max(1, Math.ceil(page.reduce((sum, item) => sum + sizeOf(item), 0) / 4096));
    return { Items: page };
  }

  private put(name: string, item: Item): void {
    const table = this.table(name);
    const [partition, sort] = this.keyOf(table, item);
    const before = table.items.get(partition)?.get(sort);
    this.writeUnits += Math.ceil(Math.max(sizeOf(before ?? {}), sizeOf(item)) / 1024);
    this.indexes(table, before, item);
    let items = table.items.get(partition);
    if (items === undefined) table.items.set(partition, (items = new Map<string, Item>()));
    items.set(sort, item);
  }

  private delete(name: string, key: Item): void {
    const table = this.table(name);
    const [partition, sort] = this.keyOf(table, key);
    const before = table.items.get(partition)?.get(sort);
    this.writeUnits += Math.max(1, Math.ceil(sizeOf(before ?? {}) / 1024));
    this.indexes(table, before, undefined);
    table.items.get(partition)?.delete(sort);
  }

  /** One write for a changed entry, two (a delete and a put) when its key changed. */
  private indexes(table: Table, before: Item | undefined, after: Item | undefined): void {
    for (const index of table.indexes) {
      const [old, fresh] = [entryOf(index, before), entryOf(index, after)];
      if (JSON.stringify(old) === JSON.stringify(fresh)) continue;
      const sameKey = old !== undefined && fresh !== undefined && index.keys.every((key) => old[key]?.S === fresh[key]?.S);
      const units = (entry: Item | undefined) => (entry === undefined ? 0 : Math.ceil(sizeOf(entry) / 1024));
      this.indexWriteUnits += sameKey ? Math.max(units(old), units(fresh)) : units(old) + units(fresh);
    }
  }

  private find(name: string, key: Item): Item | undefined {
    const table = this.table(name);
    const [partition, sort] = this.keyOf(table, key);
    return table.items.get(partition)?.get(sort);
  }

  private keyOf(table: Table, item: Item): [string, string] {
    return [item[table.keys[0]]?.S ?? '', item[table.keys[1]]?.S ?? ''];
  }

  private table(name: string): Table {
    const table = this.tables[name];
    if (table === undefined) throw new Error(`no table ${name}: the ledger's tables are "invoices" and "customers"`);
    return table;
  }
}

interface Statement {
  readonly Statement: string;
  readonly Parameters: readonly AttributeValue[];
}

/** The item that a statement of the ledger writes, with its condition; an UPDATE of the ledger sets every attribute. */
function wholeItemOf({ Statement: text, Parameters }: Statement): { readonly put: PutInput; readonly failure: string } {
  const itemOf = (names: readonly string[]) =>
    Object.fromEntries(names.map((name, place) => [name, Parameters[place] ?? { NULL: true }]));
  const [, inserted, attributes = ''] = /^INSERT INTO "(.*)" VALUE \{(.*)\}$/.exec(text) ?? [];
  if (inserted !== undefined) {
    const names = [...attributes.matchAll(/'([^']*)': \?/g)].map(([, name = '']) => name);
    return { put: { TableName: inserted, Item: itemOf(names) }, failure: 'DuplicateItem' };
  }
  const [, updated, changes = ''] = /^UPDATE "(.*?)" (.*) AND "version" = \?$/.exec(text) ?? [];
  if (updated === undefined) throw new Error(`the store writer is not known to run ${text}`);
  const names = [...changes.matchAll(/"(\w+)" = \?/g)].map(([, name = '']) => name);
  const expected = Parameters.at(-1) ?? { N: '' };
  return {
    put: { TableName: updated, Item: itemOf(names), ExpressionAttributeValues: { ':expected': expected } },
    failure: 'ConditionalCheckFailed',
  };
}

interface PutInput {
  readonly TableName: string;
  readonly Item: Item;
  readonly ExpressionAttributeValues?: Item;
}

interface QueryInput {
  readonly TableName: string;
  readonly ExpressionAttributeValues: Item;
  readonly Limit?: number;
  readonly ScanIndexForward?: boolean;
}

function entryOf(index: Index, item: Item | undefined): Item | undefined {
  if (item === undefined || index.keys.some((key) => item[key] === undefined)) return undefined;
  return Object.fromEntries([...index.keys, ...index.included].flatMap((name) => (item[name] ? [[name, item[name]]] : [])));
}

/** An item's size in bytes as DynamoDB counts it. */
function sizeOf(item: Item): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(item)) bytes += Buffer.byteLength(name) + valueSize(value);
  return bytes;
}

function valueSize(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return Math.ceil(value.N.replace(/[-.]/g, '').length / 2) + (value.N.startsWith('-') ? 2 : 1);
  if (value.BOOL !== undefined) return 1;
  if (value.SS !== undefined) return value.SS.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (value.L !== undefined) return 3 + value.L.reduce((sum, one) => sum + 1 + valueSize(one), 0);
  throw new Error(`the store writer is not known to write ${JSON.stringify(value)}`);
}
