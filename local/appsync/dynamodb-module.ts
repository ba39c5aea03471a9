import { codeError } from './errors.ts';
import type { Realm } from './realm.ts';
import type { dynamodbUtil } from './util-dynamodb.ts';
import { toExpression } from './util-transform.ts';
import { copy } from './values.ts';

type Fields = Readonly<Record<string, unknown>>;

interface Operation extends Fields {
  readonly type: string;
}

/**
 * `@aws-appsync/utils/dynamodb`: requests from plain objects.
 *
 * @source the shapes that AppSync's EvaluateCode answers, recorded for single fields; how it joins several fields of an update
 * is not recorded: here `SET a, b REMOVE c`
 */
export function dynamodbModule(realm: Realm, { toDynamoDB, toMapValues }: ReturnType<typeof dynamodbUtil>) {
  /** A request in the resolvers' world, without what was left out. */
  const request = (operation: string, fields: Fields): unknown => copy(realm, { operation, ...fields });

  const keyOf = (input: Fields, what: string): unknown => {
    const key = input['key'];
    if (key === null || typeof key !== 'object') throw codeError(`${what}: write the key, such as { key: { id } }`);
    return toMapValues(key);
  };

  const expressionOf = (filter: unknown): unknown =>
    filter === undefined || filter === null ? undefined : toExpression(filter as object, toDynamoDB);

  const common = ({ key: _key, item: _item, update: _update, ...rest }: Fields): Fields => rest;

  const listing = (operation: string, { filter, projection, ...rest }: Fields): unknown =>
    request(operation, { ...rest, filter: expressionOf(filter), projection: projectionOf(projection) });

  const tablesOf = (input: Fields, what: string): [table: string, value: unknown][] => {
    const { tables } = input;
    if (tables === null || typeof tables !== 'object')
      throw codeError(`${what}: write the tables, such as { tables: { posts: … } }`);
    return Object.entries(tables);
  };

  const itemsOf = (values: unknown, what: string): unknown[] => {
    if (!Array.isArray(values)) throw codeError(`${what}: write a list of objects`);
    return (values as object[]).map((value) => toMapValues(value));
  };

  const writeCondition = (condition: unknown): unknown =>
    condition === undefined || condition === null
      ? undefined
      : { ...toExpression(condition as object, toDynamoDB), returnValuesOnConditionCheckFailure: true };

  const transactItem = (entry: Readonly<Record<string, Fields>>): unknown => {
    const [[kind, item] = []] = Object.entries(entry);
    const base = {
      table: item?.['table'],
      key: item === undefined ? undefined : keyOf(item, 'transactWrite'),
      condition: writeCondition(item?.['condition']),
    };
    switch (kind) {
      case 'putItem':
        return { ...base, operation: 'PutItem', attributeValues: toMapValues((item?.['item'] ?? {}) as object) };
      case 'updateItem':
        return { ...base, operation: 'UpdateItem', update: updateExpression((item?.['update'] ?? {}) as object, toDynamoDB) };
      case 'deleteItem':
        return { ...base, operation: 'DeleteItem' };
      case 'conditionCheck':
        return { ...base, operation: 'ConditionCheck' };
      default:
        throw codeError(`transactWrite: write putItem, updateItem, deleteItem or conditionCheck: got ${String(kind)}`);
    }
  };

  return {
    get: (input: Fields): unknown =>
      request('GetItem', { ...common(input), key: keyOf(input, 'get'), projection: projectionOf(input['projection']) }),

    put: (input: Fields): unknown =>
      request('PutItem', {
        ...common(input),
        key: keyOf(input, 'put'),
        attributeValues: toMapValues((input['item'] ?? {}) as object),
        condition: expressionOf(input['condition']),
      }),

    update: (input: Fields): unknown =>
      request('UpdateItem', {
        ...common(input),
        key: keyOf(input, 'update'),
        update: updateExpression((input['update'] ?? {}) as object, toDynamoDB),
        condition: expressionOf(input['condition']),
      }),

    remove: (input: Fields): unknown =>
      request('DeleteItem', { ...common(input), key: keyOf(input, 'remove'), condition: expressionOf(input['condition']) }),

    query: (input: Fields): unknown => {
      const { query, ...rest } = input;
      if (query === null || typeof query !== 'object')
        throw codeError('query: write the key condition, such as { query: { id: { eq: … } } }');
      return listing('Query', { ...rest, query: toExpression(query, toDynamoDB) });
    },

    scan: (input: Fields): unknown => listing('Scan', input),
    sync: (input: Fields): unknown => listing('Sync', input),

    batchGet: (input: Fields): unknown =>
      request('BatchGetItem', {
        tables: Object.fromEntries(
          tablesOf(input, 'batchGet').map(([table, value]) => {
            const { keys, projection, ...rest } = value as Fields;
            return [table, { ...rest, keys: itemsOf(keys, 'batchGet'), projection: projectionOf(projection) }];
          }),
        ),
      }),

    batchPut: (input: Fields): unknown =>
      request('BatchPutItem', {
        tables: Object.fromEntries(tablesOf(input, 'batchPut').map(([table, items]) => [table, itemsOf(items, 'batchPut')])),
      }),

    batchDelete: (input: Fields): unknown =>
      request('BatchDeleteItem', {
        tables: Object.fromEntries(tablesOf(input, 'batchDelete').map(([table, keys]) => [table, itemsOf(keys, 'batchDelete')])),
      }),

    transactGet: (input: Fields): unknown =>
      request('TransactGetItems', {
        transactItems: (input['items'] as Fields[]).map((item) => ({
          table: item['table'],
          key: keyOf(item, 'transactGet'),
          projection: projectionOf(item['projection']),
        })),
      }),

    transactWrite: (input: Fields): unknown =>
      request('TransactWriteItems', { transactItems: (input['items'] as Record<string, Fields>[]).map(transactItem) }),

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
function projectionOf(paths: unknown): unknown {
  if (paths === undefined || paths === null) return undefined;
  const expressionNames: Record<string, string> = {};
  const expression = (paths as string[])
    .map((path) =>
      path
        .split('.')
        .map((step) => {
          const [, attribute = step, index = ''] = /^(.*?)((?:\[\d+\])*)$/.exec(step) ?? [];
          const name = `#${attribute.replace(/\W/g, '_')}`;
          expressionNames[name] = attribute;
          return name + index;
        })
        .join('.'),
    )
    .join(', ');
  return { expression, expressionNames };
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
