import { codeError } from './errors.ts';
import type { Realm } from './realm.ts';
import type { dynamodbUtil } from './util-dynamodb.ts';
import { toExpression } from './util-transform.ts';
import { copy, setProperty } from './values.ts';

type Fields = Readonly<Record<string, unknown>>;

interface Operation extends Fields {
  readonly type: string;
}

const KEYED_OPTIONS = ['consistentRead', 'customPartitionKey', 'populateIndexFields', '_version'];
const LISTING_OPTIONS = [
  'index',
  'limit',
  'nextToken',
  'consistentRead',
  'select',
  'scanIndexForward',
  'totalSegments',
  'segment',
];
const SYNC_OPTIONS = ['basePartitionKey', 'deltaIndexName', 'limit', 'nextToken', 'lastSync'];

const TRANSACT_OPERATIONS: Readonly<Record<string, string>> = {
  putItem: 'PutItem',
  updateItem: 'UpdateItem',
  deleteItem: 'DeleteItem',
  conditionCheck: 'ConditionCheck',
};

/**
 * `@aws-appsync/utils/dynamodb`: requests from plain objects.
 *
 * @source the shapes that AppSync's EvaluateCode answers, recorded for single fields; how it joins several fields of an update
 * is not recorded: here `SET a, b REMOVE c`
 */
export function dynamodbModule(realm: Realm, { toDynamoDB, toMapValues }: ReturnType<typeof dynamodbUtil>) {
  const startRequest = (operation: string): Record<string, unknown> => {
    const request = realm.object();
    request['operation'] = operation;
    return request;
  };

  /** Takes over the options that have a value. */
  const take = (request: Record<string, unknown>, input: Fields, options: readonly string[]): Record<string, unknown> => {
    for (const option of options) {
      const value = input[option];
      if (value !== undefined) request[option] = value;
    }
    return request;
  };

  const takeExpression = (request: Record<string, unknown>, input: Fields, name: 'condition' | 'filter'): void => {
    const filter = input[name];
    if (filter !== undefined && filter !== null) request[name] = toExpression(realm, filter, toDynamoDB);
  };

  const takeProjection = (request: Record<string, unknown>, input: Fields): void => {
    const paths = input['projection'];
    if (paths !== undefined && paths !== null) request['projection'] = projectionOf(realm, paths as readonly string[]);
  };

  const keyOf = (input: Fields, what: string): unknown => {
    const key = input['key'];
    if (key === null || typeof key !== 'object') throw codeError(`${what}: write the key, such as { key: { id } }`);
    return toMapValues(key);
  };

  const keyed = (operation: string, input: Fields, what: string): Record<string, unknown> => {
    const request = take(startRequest(operation), input, KEYED_OPTIONS);
    request['key'] = keyOf(input, what);
    return request;
  };

  const listing = (operation: string, input: Fields, options: readonly string[]): Record<string, unknown> => {
    const request = take(startRequest(operation), input, options);
    takeExpression(request, input, 'filter');
    takeProjection(request, input);
    return request;
  };

  const itemsOf = (values: unknown, what: string): unknown[] => {
    if (!Array.isArray(values)) throw codeError(`${what}: write a list of objects`);
    const list = realm.array();
    for (const value of values as object[]) list.push(toMapValues(value));
    return list;
  };

  /** A request for several tables, whose parts `convert` makes. */
  const forTables = (operation: string, input: Fields, what: string, convert: (value: unknown) => unknown): unknown => {
    const { tables } = input;
    if (tables === null || typeof tables !== 'object')
      throw codeError(`${what}: write the tables, such as { tables: { posts: … } }`);
    const request = startRequest(operation);
    const converted = realm.object();
    for (const [table, value] of Object.entries(tables) as [string, unknown][]) setProperty(converted, table, convert(value));
    request['tables'] = converted;
    return request;
  };

  const getKeys = (value: unknown): unknown => {
    const own = value as Fields;
    const part = take(realm.object(), own, ['consistentRead']);
    part['keys'] = itemsOf(own['keys'], 'batchGet');
    takeProjection(part, own);
    return part;
  };

  const transaction = (operation: string, input: Fields, what: string, convert: (entry: Fields) => unknown): unknown => {
    const { items } = input;
    if (!Array.isArray(items)) throw codeError(`${what}: write the items, such as { items: [ … ] }`);
    const request = startRequest(operation);
    const list = realm.array();
    for (const entry of items as Fields[]) list.push(convert(entry));
    request['transactItems'] = list;
    return request;
  };

  const transactGetItem = (item: Fields): unknown => {
    const part = take(realm.object(), item, ['table']);
    part['key'] = keyOf(item, 'transactGet');
    takeProjection(part, item);
    return part;
  };

  const transactWriteItem = (entry: Fields): unknown => {
    const [kind = ''] = Object.keys(entry);
    const operation = TRANSACT_OPERATIONS[kind];
    if (operation === undefined)
      throw codeError(`transactWrite: write one of ${Object.keys(TRANSACT_OPERATIONS).join(', ')}: got ${kind}`);
    const item = entry[kind] as Fields;
    const part = take(startRequest(operation), item, ['table']);
    part['key'] = keyOf(item, 'transactWrite');
    if (kind === 'putItem') part['attributeValues'] = toMapValues(item['item'] ?? {});
    if (kind === 'updateItem') part['update'] = copy(realm, updateExpression(item['update'] ?? {}, toDynamoDB));
    takeExpression(part, item, 'condition');
    const condition = part['condition'] as Record<string, unknown> | undefined;
    if (condition !== undefined) condition['returnValuesOnConditionCheckFailure'] = true;
    return part;
  };

  return {
    get: (input: Fields): unknown => {
      const request = keyed('GetItem', input, 'get');
      takeProjection(request, input);
      return request;
    },

    put: (input: Fields): unknown => {
      const request = keyed('PutItem', input, 'put');
      request['attributeValues'] = toMapValues(input['item'] ?? {});
      takeExpression(request, input, 'condition');
      return request;
    },

    update: (input: Fields): unknown => {
      const request = keyed('UpdateItem', input, 'update');
      request['update'] = copy(realm, updateExpression(input['update'] ?? {}, toDynamoDB));
      takeExpression(request, input, 'condition');
      return request;
    },

    remove: (input: Fields): unknown => {
      const request = keyed('DeleteItem', input, 'remove');
      takeExpression(request, input, 'condition');
      return request;
    },

    query: (input: Fields): unknown => {
      const { query } = input;
      if (query === null || typeof query !== 'object') {
        throw codeError('query: write the key condition, such as { query: { id: { eq: … } } }');
      }
      const request = listing('Query', input, LISTING_OPTIONS);
      request['query'] = toExpression(realm, query, toDynamoDB);
      return request;
    },

    scan: (input: Fields): unknown => listing('Scan', input, LISTING_OPTIONS),
    sync: (input: Fields): unknown => listing('Sync', input, SYNC_OPTIONS),

    batchGet: (input: Fields): unknown => forTables('BatchGetItem', input, 'batchGet', getKeys),
    batchPut: (input: Fields): unknown => forTables('BatchPutItem', input, 'batchPut', (items) => itemsOf(items, 'batchPut')),
    batchDelete: (input: Fields): unknown =>
      forTables('BatchDeleteItem', input, 'batchDelete', (keys) => itemsOf(keys, 'batchDelete')),

    transactGet: (input: Fields): unknown => transaction('TransactGetItems', input, 'transactGet', transactGetItem),
    transactWrite: (input: Fields): unknown => transaction('TransactWriteItems', input, 'transactWrite', transactWriteItem),

    operations: {
      add: (value: unknown) => operation(realm, 'ADD', { value }),
      remove: () => operation(realm, 'REMOVE', {}),
      replace: (value: unknown) => operation(realm, 'REPLACE', { value }),
      increment: (by = 1) => operation(realm, 'INCREMENT', { by }),
      decrement: (by = 1) => operation(realm, 'DECREMENT', { by }),
      append: (items: readonly unknown[]) => operation(realm, 'APPEND', { items }),
      prepend: (items: readonly unknown[]) => operation(realm, 'PREPEND', { items }),
      updateListItem: (item: unknown, index: number) => operation(realm, 'UPDATE_LIST_ITEM', { item, index }),
    },
  };
}

const operation = (realm: Realm, name: string, fields: Fields) => copy(realm, { type: `OPERATION_${name}`, ...fields });

/** `['id', 'nested.list[1]']` as DynamoDB's projection; every step goes through a name, because it may be a reserved word. */
function projectionOf(realm: Realm, paths: readonly string[]): unknown {
  const names = realm.object();
  const steps = (path: string) =>
    path.split('.').map((step) => {
      const [, attribute = step, index = ''] = /^(.*?)((?:\[\d+\])*)$/.exec(step) ?? [];
      const name = `#${attribute.replace(/\W/g, '_')}`;
      names[name] = attribute;
      return name + index;
    });
  const projection = realm.object();
  projection['expression'] = paths.map((path) => steps(path).join('.')).join(', ');
  projection['expressionNames'] = names;
  return projection;
}

function isOperation(value: unknown): value is Operation {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    typeof value.type === 'string' &&
    value.type.startsWith('OPERATION_')
  );
}

/** The update expression for an object of new values and operations; a plain nested object updates only its own keys. */
function updateExpression(update: object, toDynamoDB: (value: unknown) => unknown): unknown {
  const expressionNames: Record<string, string> = {};
  const expressionValues: Record<string, unknown> = {};
  const sets: string[] = [];
  const removes: string[] = [];
  let names = 0;
  let values = 0;
  const nameOf = (attribute: string) => {
    const name = `#expName_${String((names += 1))}`;
    expressionNames[name] = attribute;
    return name;
  };
  const valueOf = (value: unknown) => {
    const name = `:expValue_${String((values += 1))}`;
    expressionValues[name] = toDynamoDB(value);
    return name;
  };
  const apply = (path: string, { type, ...fields }: Operation) => {
    switch (type) {
      case 'OPERATION_ADD':
      case 'OPERATION_REPLACE':
        return sets.push(`${path} = ${valueOf(fields['value'])}`);
      case 'OPERATION_REMOVE':
        return removes.push(path);
      case 'OPERATION_INCREMENT':
        return sets.push(`${path} = ${path} + ${valueOf(fields['by'])}`);
      case 'OPERATION_DECREMENT':
        return sets.push(`${path} = ${path} - ${valueOf(fields['by'])}`);
      case 'OPERATION_APPEND':
        return sets.push(`${path} = list_append(${path}, ${valueOf(fields['items'])})`);
      case 'OPERATION_PREPEND':
        return sets.push(`${path} = list_append(${valueOf(fields['items'])}, ${path})`);
      case 'OPERATION_UPDATE_LIST_ITEM':
        return sets.push(`${path}[${String(fields['index'])}] = ${valueOf(fields['item'])}`);
      default:
        throw codeError(`update: there is no operation ${type}`);
    }
  };
  const write = (path: string, value: unknown): void => {
    if (isOperation(value)) apply(path, value);
    else if (Array.isArray(value) && value.some(isOperation)) value.filter(isOperation).forEach((item) => apply(path, item));
    else if (typeof value === 'object' && value !== null && !Array.isArray(value)) writeAll(`${path}.`, value);
    else sets.push(`${path} = ${valueOf(value)}`);
  };
  const writeAll = (prefix: string, object: object) => {
    for (const [attribute, value] of Object.entries(object)) if (value !== undefined) write(prefix + nameOf(attribute), value);
  };
  writeAll('', update);
  if (sets.length + removes.length === 0) throw codeError('update: write at least one attribute to change');
  const expression = [sets.length > 0 ? `SET ${sets.join(', ')}` : '', removes.length > 0 ? `REMOVE ${removes.join(', ')}` : ''];
  return { expression: expression.filter((part) => part !== '').join(' '), expressionNames, expressionValues };
}
