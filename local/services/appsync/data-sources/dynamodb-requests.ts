import { malformedRequest } from '../errors.ts';
import { fieldsOf } from '../data-source.ts';
import { toWireItem, type WireItem } from '../dynamodb-values.ts';

// What a resolver's request becomes on DynamoDB's wire.

export type Fields = Readonly<Record<string, unknown>>;
export type WireRequest = Record<string, unknown>;

/** Keys of one BatchGetItem, and items of one TransactWriteItems. @source DynamoDB API reference */
const MAX_BATCH_GET = 100;
const MAX_BATCH_WRITE = 25;
const MAX_TRANSACT = 100;

/** Gathers the expressions of one wire request: all of them share one set of names and one of values. */
class Expressions {
  private readonly names: Record<string, string> = {};
  private readonly values: WireItem = {};

  /** Adds an expression of the request. @returns its text */
  add(given: unknown, field: string): string {
    const { expression, expressionNames, expressionValues } = fieldsOf(given, () =>
      malformedRequest(`Value for field '$[${field}]' must be an object.`),
    );
    if (typeof expression !== 'string' || expression === '')
      throw malformedRequest(`Value for field '$[${field}][expression]' not found.`);
    Object.assign(this.names, expressionNames);
    if (expressionValues !== undefined && expressionValues !== null)
      Object.assign(this.values, toWireItem(expressionValues, `${field}][expressionValues`));
    return expression;
  }

  /** The names and values, each only when there are some: DynamoDB refuses empty ones. */
  fields(): WireRequest {
    return {
      ...(Object.keys(this.names).length === 0 ? {} : { ExpressionAttributeNames: this.names }),
      ...(Object.keys(this.values).length === 0 ? {} : { ExpressionAttributeValues: this.values }),
    };
  }
}

/** Adds an optional expression under its wire name. */
function optional(expressions: Expressions, wireName: string, given: unknown, field: string): WireRequest {
  return given === undefined || given === null ? {} : { [wireName]: expressions.add(given, field) };
}

/** Fields that pass as they are, under their wire names, unless they are absent. */
function passing(request: Fields, names: Readonly<Record<string, string>>): WireRequest {
  return Object.fromEntries(
    Object.entries(names).flatMap(([name, wireName]) => {
      const value = request[name];
      return value === undefined || value === null ? [] : [[wireName, value]];
    }),
  );
}

export function getItem(table: string, request: Fields): WireRequest {
  const expressions = new Expressions();
  return {
    TableName: table,
    Key: toWireItem(request['key'], 'key'),
    ...passing(request, { consistentRead: 'ConsistentRead' }),
    ...optional(expressions, 'ProjectionExpression', request['projection'], 'projection'),
    ...expressions.fields(),
  };
}

/** PutItem, UpdateItem, DeleteItem and ConditionCheck, alone or in a transaction. */
export function write(table: string, operation: string, request: Fields): WireRequest {
  const expressions = new Expressions();
  const key = toWireItem(request['key'], 'key');
  const target =
    operation === 'PutItem'
      ? { Item: { ...toWireItem(request['attributeValues'] ?? {}, 'attributeValues'), ...key } }
      : { Key: key, ...(operation === 'UpdateItem' ? { UpdateExpression: expressions.add(request['update'], 'update') } : {}) };
  return {
    TableName: table,
    ...target,
    ...optional(expressions, 'ConditionExpression', request['condition'], 'condition'),
    ...expressions.fields(),
  };
}

/** Query and Scan. @param startKey - where the page begins */
export function listing(table: string, request: Fields, startKey: unknown): WireRequest {
  const expressions = new Expressions();
  const isQuery = request['operation'] === 'Query';
  return {
    TableName: table,
    ...(isQuery ? { KeyConditionExpression: expressions.add(request['query'], 'query') } : {}),
    ...passing(request, { index: 'IndexName', limit: 'Limit', consistentRead: 'ConsistentRead', select: 'Select' }),
    ...passing(
      request,
      isQuery ? { scanIndexForward: 'ScanIndexForward' } : { totalSegments: 'TotalSegments', segment: 'Segment' },
    ),
    ...optional(expressions, 'FilterExpression', request['filter'], 'filter'),
    ...optional(expressions, 'ProjectionExpression', request['projection'], 'projection'),
    ...expressions.fields(),
    ...(startKey === undefined ? {} : { ExclusiveStartKey: startKey }),
  };
}

function tablesOf(request: Fields): [table: string, value: unknown][] {
  const tables = Object.entries(fieldsOf(request['tables'], () => malformedRequest("Value for field '$[tables]' not found.")));
  if (tables.length === 0) throw malformedRequest("Value for field '$[tables]' can't be empty");
  return tables;
}

function listFor(table: string, value: unknown): unknown[] {
  if (!Array.isArray(value) || value.length === 0)
    throw malformedRequest(`RequestItem keys '$[tables][${table}]' can't be empty`);
  return value as unknown[];
}

function atMost(count: number, most: number, operation: string): void {
  if (count > most) throw malformedRequest(`${operation} takes at most ${String(most)} items: got ${String(count)}`);
}

export function batchGet(request: Fields): {
  readonly RequestItems: Readonly<Record<string, WireRequest & { readonly Keys: WireItem[] }>>;
} {
  let count = 0;
  const tables = tablesOf(request).map(([table, value]) => {
    const own = fieldsOf(value, () => malformedRequest(`Value for field '$[tables][${table}]' must be an object.`));
    const keys = listFor(table, own['keys']).map((key) => toWireItem(key, `tables][${table}][keys`));
    count += keys.length;
    const expressions = new Expressions();
    const projection = optional(
      expressions,
      'ProjectionExpression',
      withKeys(own['projection'], Object.keys(keys[0] ?? {})),
      'projection',
    );
    return [
      table,
      { Keys: keys, ...passing(own, { consistentRead: 'ConsistentRead' }), ...projection, ...expressions.fields() },
    ] as const;
  });
  atMost(count, MAX_BATCH_GET, 'BatchGetItem');
  return { RequestItems: Object.fromEntries(tables) };
}

/** A projection with the key's attributes, without which an answer could not be brought into the order of the keys. */
function withKeys(projection: unknown, keyNames: readonly string[]): unknown {
  if (projection === undefined || projection === null) return projection;
  const { expression, expressionNames } = fieldsOf(projection, () =>
    malformedRequest("Value for field '$[projection]' must be an object."),
  );
  const names: Record<string, unknown> = { ...(expressionNames as object) };
  const projected = new Set(
    String(expression)
      .split(',')
      .map((path) => names[path.trim()] ?? path.trim()),
  );
  const added = keyNames.filter((name) => !projected.has(name)).map((name, i) => [`#appsyncKey${String(i)}`, name] as const);
  return {
    expression: [expression, ...added.map(([placeholder]) => placeholder)].join(', '),
    expressionNames: { ...names, ...Object.fromEntries(added) },
  };
}

/** BatchPutItem and BatchDeleteItem: the items or keys of each table, in order. */
export function batchWrite(request: Fields): readonly (readonly [table: string, items: readonly WireItem[]])[] {
  const tables = tablesOf(request).map(([table, value]) => {
    return [table, listFor(table, value).map((item) => toWireItem(item, `tables][${table}`))] as const;
  });
  const count = tables.reduce((sum, [, items]) => sum + items.length, 0);
  atMost(count, MAX_BATCH_WRITE, String(request['operation']));
  return tables;
}

function transactItems(request: Fields): readonly { readonly table: string; readonly item: Fields }[] {
  const given = request['transactItems'];
  if (!Array.isArray(given) || given.length === 0)
    throw malformedRequest("Value for field '$[transactItems]' not found, or empty.");
  atMost(given.length, MAX_TRANSACT, String(request['operation']));
  return given.map((entry: unknown) => {
    const item = fieldsOf(entry, () => malformedRequest("Value for field '$[transactItems]' must be a list of objects."));
    if (typeof item['table'] !== 'string') throw malformedRequest("Value for field '$[transactItems][table]' not found.");
    return { table: item['table'], item };
  });
}

export function transactGet(request: Fields): WireRequest {
  return {
    TransactItems: transactItems(request).map(({ table, item }) => ({
      Get: getItem(table, { key: item['key'], projection: item['projection'] }),
    })),
  };
}

const WRITE_NAMES: Readonly<Record<string, string>> = {
  PutItem: 'Put',
  UpdateItem: 'Update',
  DeleteItem: 'Delete',
  ConditionCheck: 'ConditionCheck',
};

export function transactWrite(request: Fields): { readonly wire: WireRequest; readonly keys: readonly WireItem[] } {
  const items = transactItems(request).map(({ table, item }) => {
    const operation = String(item['operation']);
    const name = WRITE_NAMES[operation];
    if (name === undefined)
      throw malformedRequest(
        `Value for field '$[transactItems][operation]' must be one of ${Object.keys(WRITE_NAMES).join(', ')}: got ${operation}`,
      );
    const condition = item['condition'] as Fields | null | undefined;
    const returning =
      condition?.['returnValuesOnConditionCheckFailure'] === false ? {} : { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' };
    return { [name]: { ...write(table, operation, item), ...(condition === undefined || condition === null ? {} : returning) } };
  });
  const keys = transactItems(request).map(({ item }) => toWireItem(item['key'], 'key'));
  return { wire: { TransactItems: items }, keys };
}
