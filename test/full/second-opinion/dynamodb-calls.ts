import fc from 'fast-check';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Call } from './judges.ts';

type Item = Readonly<Record<string, AttributeValue>>;

const id = fc.constantFrom('a', 'b');
const sk = fc.constantFrom('HEAD', 'LINES#0001', 'LINES#0002', 'INVOICE#2011-01-02#7', 'INVOICE#2011-02-03#9');
const key = fc.record({ id, sk }).map((of): Item => ({ id: { S: of.id }, sk: { S: of.sk } }));
const text = fc.constantFrom('', 'x', 'y', 'é 😀', '2011-01');
const number = fc.constantFrom('0', '1', '2', '-1', '0.5', '9000000000.123');
const scalar: fc.Arbitrary<AttributeValue> = fc.oneof(
  text.map((S) => ({ S })),
  number.map((N) => ({ N })),
  fc.boolean().map((BOOL) => ({ BOOL })),
  fc.constant({ NULL: true as const }),
);
const list = fc.array(scalar, { maxLength: 3 }).map((L) => ({ L }));
const map = fc.dictionary(fc.constantFrom('p', 'q'), scalar, { noNullPrototype: true }).map((M) => ({ M }));
const value: fc.Arbitrary<AttributeValue> = fc.oneof({ weight: 4, arbitrary: scalar }, list, map);

const attributes = fc.record(
  {
    version: number.map((N) => ({ N })),
    total: text.filter((S) => S !== '').map((S) => ({ S })),
    any: value,
    l: list,
    m: map,
    tags: fc.uniqueArray(fc.constantFrom('r', 's', 't'), { minLength: 1 }).map((SS) => ({ SS })),
    day: fc.constantFrom('2011-01-01', '2011-01-02').map((S) => ({ S })),
    no: fc.constantFrom('1', '2', '3').map((S) => ({ S })),
  },
  { requiredKeys: [] },
);
const item = fc.tuple(key, attributes).map(([own, others]): Item => ({ ...own, ...others }));

/** An expression with exactly the names and values that it uses. */
interface Expression {
  readonly text: string;
  readonly names?: Readonly<Record<string, string>>;
  readonly values?: Item;
}

const expression = (text: string, values?: Item, names?: Readonly<Record<string, string>>): Expression => ({
  text,
  ...(names === undefined ? {} : { names }),
  ...(values === undefined ? {} : { values }),
});

const condition: fc.Arbitrary<Expression> = fc.oneof(
  fc.constant(expression('attribute_not_exists(id)')),
  fc.constant(expression('attribute_exists(id)')),
  number.map((N) => expression('version = :expected', { ':expected': { N } })),
  number.map((N) => expression('attribute_not_exists(version) OR version < :at', { ':at': { N } })),
  number.map((N) => expression('#v <> :v AND NOT attribute_exists(#t)', { ':v': { N } }, { '#v': 'version', '#t': 'total' })),
  fc
    .tuple(number, number)
    .map(([one, other]) => expression('version BETWEEN :a AND :b', { ':a': { N: one }, ':b': { N: other } })),
  text.map((S) => expression('#t IN (:a, :b)', { ':a': { S }, ':b': { S: 'x' } }, { '#t': 'total' })),
  fc.constant(expression('begins_with(#t, :p) OR contains(tags, :p)', { ':p': { S: 'x' } }, { '#t': 'total' })),
  fc.constant(expression('size(l) > :n', { ':n': { N: '1' } })),
  fc.constantFrom('S', 'N', 'L', 'NULL').map((S) => expression('attribute_type(#any, :t)', { ':t': { S } }, { '#any': 'any' })),
  fc.constant(expression('m.p = :x AND (l[0] = :x OR l[1] = :x)', { ':x': { S: 'x' } })),
);

const change: fc.Arbitrary<Expression> = fc.oneof(
  number.map((N) => expression('SET version = if_not_exists(version, :zero) + :n', { ':zero': { N: '0' }, ':n': { N } })),
  number.map((N) => expression('SET version = version - :n', { ':n': { N } })),
  number.map((N) => expression('ADD version :n', { ':n': { N } })),
  value.map((of) => expression('SET #any = :v REMOVE l', { ':v': of }, { '#any': 'any' })),
  scalar.map((of) => expression('SET m.p = :v', { ':v': of })),
  scalar.map((of) => expression('SET l[1] = :v', { ':v': of })),
  scalar.map((of) => expression('SET l = list_append(if_not_exists(l, :none), :v)', { ':none': { L: [] }, ':v': { L: [of] } })),
  fc.constant(expression('REMOVE l[0], m.q, #t', undefined, { '#t': 'total' })),
  fc.constant(expression('ADD tags :t', { ':t': { SS: ['s', 'u'] } })),
  fc.constant(expression('DELETE tags :t', { ':t': { SS: ['r', 's'] } })),
  fc.constant(expression('SET #t = #any, #any = #t', undefined, { '#any': 'any', '#t': 'total' })),
  fc.constant(expression('SET total = :x', { ':x': { S: 'x' } })),
);

const guard = fc.option(condition, { nil: undefined });
const returned = (...values: string[]) => fc.option(fc.constantFrom(...values), { nil: undefined });

function inputOf(input: object, parts: Readonly<Record<string, Expression | undefined>>, more: object = {}): Call['input'] {
  const given = Object.entries(parts).filter((entry): entry is [string, Expression] => entry[1] !== undefined);
  const names = Object.assign({}, ...given.map(([, { names }]) => names)) as object;
  const values = Object.assign({}, ...given.map(([, { values }]) => values)) as object;
  return Object.fromEntries(
    Object.entries({
      ...{ TableName: 'orders', ...input },
      ...Object.fromEntries(given.map(([name, { text }]) => [name, text])),
      ExpressionAttributeNames: Object.keys(names).length === 0 ? undefined : names,
      ExpressionAttributeValues: Object.keys(values).length === 0 ? undefined : values,
      ...more,
    }).filter(([, part]) => part !== undefined),
  );
}

const range = fc.oneof(
  fc.constant(expression('')),
  fc.constantFrom('LINES#', 'INVOICE#2011', 'H', 'none').map((S) => expression(' AND begins_with(sk, :s)', { ':s': { S } })),
  fc.constant(expression(' AND sk BETWEEN :s AND :e', { ':s': { S: 'INVOICE#2011-01' }, ':e': { S: 'INVOICE#2011-01~' } })),
  fc.constant(expression(' AND sk >= :s', { ':s': { S: 'INVOICE#2011-02-03#9' } })),
);

const query = fc
  .tuple(id, range, guard, fc.boolean(), fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }), returned('COUNT'))
  .map(([S, of, FilterExpression, ScanIndexForward, Limit, Select]): Call => {
    const KeyConditionExpression = { ...of, text: `id = :id${of.text}`, values: { ':id': { S }, ...of.values } };
    // A filter may not speak of the key.
    const filter = FilterExpression?.text.includes('(id)') === true ? undefined : FilterExpression;
    return {
      operation: 'Query',
      input: inputOf(
        { ScanIndexForward, Limit, Select, ConsistentRead: true },
        { KeyConditionExpression, FilterExpression: filter },
      ),
    };
  });

const indexQuery = fc.tuple(fc.constantFrom('2011-01-01', '2011-01-02'), fc.boolean()).map(([S, ScanIndexForward]): Call => ({
  operation: 'Query',
  input: inputOf(
    { IndexName: 'byDay', ScanIndexForward },
    {
      KeyConditionExpression: expression(
        '#d = :d AND #no BETWEEN :f AND :t',
        { ':d': { S }, ':f': { S: '1' }, ':t': { S: '2~' } },
        { '#d': 'day', '#no': 'no' },
      ),
    },
  ),
}));

const insertion = item.map((of) => ({
  Statement: `INSERT INTO "orders" VALUE {${Object.keys(of)
    .map((name) => `'${name}': ?`)
    .join(', ')}}`,
  Parameters: Object.values(of),
}));
const replacement = fc.tuple(key, number, number).map(([of, before, after]) => ({
  Statement: 'UPDATE "orders" SET "version" = ? SET "total" = ? REMOVE "any" WHERE "id" = ? AND "sk" = ? AND "version" = ?',
  Parameters: [{ N: after }, { S: 'by a statement' }, of['id']!, of['sk']!, { N: before }],
}));

const keyText = (of: Item) => JSON.stringify([of['id'], of['sk']]);

/** What the pipeline asks DynamoDB for, and its neighbours: the calls of its functions, and the ways in which they can be wrong. */
export const dynamoDbCall: fc.Arbitrary<Call> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(item, guard, returned('ALL_OLD'), returned('ALL_OLD'))
      .map(([Item, ConditionExpression, ReturnValues, ReturnValuesOnConditionCheckFailure]): Call => ({
        operation: 'PutItem',
        input: inputOf({ Item, ReturnValues, ReturnValuesOnConditionCheckFailure }, { ConditionExpression }),
      })),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(key, change, guard, returned('ALL_NEW', 'ALL_OLD', 'UPDATED_NEW', 'UPDATED_OLD'))
      .map(([Key, UpdateExpression, ConditionExpression, ReturnValues]): Call => ({
        operation: 'UpdateItem',
        input: inputOf({ Key, ReturnValues }, { UpdateExpression, ConditionExpression }),
      })),
  },
  fc.tuple(key, guard, returned('ALL_OLD')).map(([Key, ConditionExpression, ReturnValues]) => ({
    operation: 'DeleteItem',
    input: inputOf({ Key, ReturnValues }, { ConditionExpression }),
  })),
  fc.tuple(key, returned('id, version, m.p, l[0]')).map(([Key, ProjectionExpression]) => ({
    operation: 'GetItem',
    input: inputOf({ Key, ProjectionExpression, ConsistentRead: true }, {}),
  })),
  { weight: 3, arbitrary: query },
  indexQuery,
  fc.uniqueArray(key, { selector: keyText, minLength: 1, maxLength: 4 }).map((Keys) => ({
    operation: 'BatchGetItem',
    input: { RequestItems: { orders: { Keys, ConsistentRead: true } } },
  })),
  fc.uniqueArray(item, { selector: keyText, minLength: 1, maxLength: 3 }).map((items) => ({
    operation: 'BatchWriteItem',
    input: { RequestItems: { orders: items.map((Item) => ({ PutRequest: { Item } })) } },
  })),
  fc
    .uniqueArray(insertion, { selector: ({ Parameters }) => JSON.stringify(Parameters.slice(0, 2)), minLength: 1, maxLength: 3 })
    .map((Statements) => ({
      operation: 'BatchExecuteStatement',
      input: { Statements },
    })),
  replacement.map((statement) => ({ operation: 'BatchExecuteStatement', input: { Statements: [statement] } })),
);
