// Slow: hundreds of expressions, each over HTTP.
import { GetItemCommand, PutItemCommand, QueryCommand, ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keyOf, openDynamoDb } from '../../testing/dynamodb-endpoint.ts';
import type { DynamoDbEndpoint, Item } from '../../testing/dynamodb-endpoint.ts';
import { refusalOf } from '../../testing/remote.ts';

// What expressions come to. Where it was measured against DynamoDB is said behind each table: reports of ExtendDB
// (github.com/ExtendDB/extenddb), floci (github.com/floci-io/floci) and the suite nubo-db/dynamodb-conformance.

let db: DynamoDbEndpoint;
beforeAll(async () => {
  db = await openDynamoDb();
}, 180_000);
afterAll(() => db.close(), 180_000);

const put = (item: Item) => db.client.send(new PutItemCommand({ TableName: db.table, Item: item }));

/** The names and values that a text uses, of those that there are. */
const used = <T>(text: string, all: Readonly<Record<string, T>>): Record<string, T> | undefined => {
  const words = new Set(text.match(/[#:]\w+/g));
  const found = Object.entries(all).filter(([name]) => words.has(name));
  return found.length === 0 ? undefined : Object.fromEntries(found);
};

const bytes = (...values: number[]): AttributeValue => ({ B: new Uint8Array(values) });
const list = (...L: AttributeValue[]): AttributeValue => ({ L });

const GIVEN: Item = {
  ...keyOf('conditions'),
  t: { S: 'text' },
  e: { S: '' },
  eb: bytes(),
  f: { BOOL: false },
  none: { NULL: true },
  n: { N: '12' },
  same: { N: '12' },
  long: { N: '123456789012345678901234567890.5' },
  clef: { S: 'é𝄞' },
  high: { S: '𐀀' },
  b: bytes(0xff, 0x80, 1),
  l: list({ S: '' }, { S: 'x' }, { N: '1.5' }, { BOOL: true }, bytes(), { M: { p: { N: '1' } } }, { NULL: true }),
  m: { M: { p: { S: 'x' }, 0: { S: 'zero' } } },
  twin: { M: { 0: { S: 'zero' }, p: { S: 'x' } } },
  ss: { SS: ['r', 's'] },
  ns: { NS: ['1', '2.5'] },
  bs: { BS: [new Uint8Array([0xff]), new Uint8Array([1])] },
};
const NAMES = { '#absent': 'absent', '#constructor': 'constructor', '#long': 'long', '#none': 'none', '#day': 'day' };
const VALUES: Item = {
  ':empty': { S: '' },
  ':noBytes': bytes(),
  ':x': { S: 'x' },
  ':te': { S: 'te' },
  ':zero': { N: '0' },
  ':one': { N: '1' },
  ':three': { N: '3' },
  ':seven': { N: '7' },
  ':ff': bytes(0xff),
  ':fe': bytes(0xfe),
  ':last': bytes(0x80, 1),
  ':gap': bytes(0xff, 1),
  ':half': { N: '1.5' },
  ':true': { BOOL: true },
  ':null': { NULL: true },
  ':map': { M: { p: { N: '1' } } },
  ':whole': { M: { p: { S: 'x' }, 0: { S: 'zero' } } },
  ':set': { SS: ['s', 'r'] },
  ':more': { N: '123456789012345678901234567890.6' },
  ':private': { S: '\uE000' },
  ':type': { S: 'S' },
};

describe('a condition', () => {
  test.each([
    // An empty text or no bytes are there, and part of everything: ExtendDB 202, and the values that AWS allows since 2020.
    ['contains(t, :empty)', true],
    ['contains(l, :empty)', true],
    ['contains(l, :noBytes)', true],
    ['contains(ss, :empty)', false],
    ['contains(bs, :noBytes)', false],
    ['contains(b, :noBytes)', true],
    ['contains(e, :empty)', true],
    ['contains(#absent, :empty)', false],
    ['begins_with(t, :empty)', true],
    ['begins_with(e, :empty)', true],
    ['begins_with(e, :te)', false],
    ['begins_with(b, :noBytes)', true],
    ['begins_with(eb, :noBytes)', true],
    ['begins_with(n, :empty)', false],
    ['size(e) = :zero', true],
    ['size(eb) = :zero', true],
    ['attribute_type(e, :type) AND attribute_exists(eb)', true],
    ['e < :te AND e <= e AND eb < :ff', 'refused'],
    ['e < :te AND eb < :ff', true],
    // Members of lists of every type; sets and bytes.
    ['contains(l, :half) AND contains(l, :true) AND contains(l, :null) AND contains(l, :map)', true],
    ['contains(l, :one) OR contains(l, :te)', false],
    ['contains(ns, :one) AND NOT contains(ns, :zero)', true],
    ['contains(bs, :ff) AND NOT contains(bs, :fe)', true],
    ['contains(b, :last) AND NOT contains(b, :gap)', true],
    ['begins_with(b, :ff) AND NOT begins_with(b, :fe)', true],
    ['contains(m, :x)', false],
    // Whole lists, maps and sets.
    ['m = twin AND m = :whole AND m <> l', true],
    ['m = :map', false],
    ['l[5] = :map AND l[5] IN (:whole, :map)', true],
    ['ss = :set', true],
    // What is absent is unequal to everything: ExtendDB 5.
    ['#absent <> :x', true],
    ['#absent = :x OR #absent < :x OR #absent >= :x OR #absent BETWEEN :te AND :x OR #absent IN (:x)', false],
    ['#absent = gone', false],
    ['#absent <> gone', true],
    ['NOT #absent < :x', true],
    // Types have to be alike, and numbers are exact.
    ['n = :te OR n < :te OR n > :te', false],
    ['n <> :te AND n = same', true],
    ['#long < :more AND :more > #long', true],
    // size of a text: UTF-16 units (ExtendDB 60); of what has none: nothing (ExtendDB 216).
    ['size(clef) = :three', true],
    ['size(l) = :seven AND size(b) = :three', true],
    ['size(n) = :one OR size(f) = :one OR size(#none) = :one OR size(#absent) = :zero', false],
    // Texts are in the order of their bytes in UTF-8.
    ['high > :private', true],
    // Paths go into lists by number and into maps by name, and nowhere else.
    ['m[0] = :x OR attribute_exists(m[0]) OR attribute_exists(l.p) OR attribute_exists(t.p)', false],
    ['attribute_exists(#constructor) OR attribute_exists(m.#constructor)', false],
    // An order of what has none, by value: ExtendDB 216.
    ['f < :true', 'refused'],
    ['l BETWEEN :map AND :map', 'refused'],
  ])('%s is %s', async (FilterExpression, expected) => {
    const names = used(FilterExpression, NAMES);
    const values = { ...used(FilterExpression, VALUES), ':id': { S: 'conditions' } };
    await put(GIVEN);
    const answer = db.client.send(
      new QueryCommand({
        TableName: db.table,
        KeyConditionExpression: 'id = :id',
        FilterExpression,
        ExpressionAttributeValues: values,
        ...(names && { ExpressionAttributeNames: names }),
      }),
    );

    if (expected === 'refused') expect(await refusalOf(answer)).toMatchObject({ name: 'ValidationException' });
    else expect((await answer).Count).toBe(expected === true ? 1 : 0);
  });
});

describe('a condition from before there were expressions', () => {
  test.each([
    [{ a: { Exists: true, Value: { S: 'other' } } }, undefined, false],
    [{ a: { Exists: true, Value: { S: '' } } }, undefined, true],
    [{ a: { Value: { S: 'x' } }, b: { Value: { S: 'b' } } }, 'OR' as const, true],
    [{ a: { Value: { S: '' } }, b: { Value: { S: 'x' } } }, 'AND' as const, false],
    [{ a: { ComparisonOperator: 'BEGINS_WITH' as const, AttributeValueList: [{ S: '' }] } }, undefined, true],
    [{ absent: { Exists: false } }, undefined, true],
  ])('%j with %s is %s', async (Expected, ConditionalOperator, holds) => {
    const item = { ...keyOf('legacy'), a: { S: '' }, b: { S: 'b' } };
    await put(item);
    const again = new PutItemCommand({
      TableName: db.table,
      Item: item,
      Expected,
      ...(ConditionalOperator !== undefined && { ConditionalOperator }),
    });

    const outcome = await db.client.send(again).then(
      () => true,
      (error: unknown) => (error as Error).name !== 'ConditionalCheckFailedException' && (error as Error).message,
    );

    expect(outcome).toBe(holds);
  });
});

const NINES = '9'.repeat(38);
const BEFORE: Item = {
  n: { N: '1' },
  big: { N: NINES },
  huge: { N: '9E+125' },
  tiny: { N: '1E-130' },
  l: list({ S: 'a' }, { S: 'b' }, { S: 'c' }, { SS: ['x'] }),
  m: { M: { p: { N: '1' }, keep: { S: 'k' } } },
  ss: { SS: ['r', 's'] },
};
const CHANGES: Item = {
  ':one': { N: '1' },
  ':tenth': { N: '0.1' },
  ':huge': { N: '9E+125' },
  ':tiny': { N: '9E-130' },
  ':v': { S: 'v' },
  ':w': { S: 'w' },
  ':set': { SS: ['s', 't'] },
  ':all': { SS: ['x'] },
  ':list': list({ S: 'd' }),
};

type Change = readonly [
  expression: string,
  returnValues: 'ALL_NEW' | 'ALL_OLD' | 'UPDATED_NEW' | 'UPDATED_OLD' | 'NONE',
  attributes: Item | undefined,
];

describe('an update', () => {
  const [a, b, c, x] = BEFORE['l']!.L as [AttributeValue, AttributeValue, AttributeValue, AttributeValue];

  test.each<Change>([
    // Attributes only when there are any: ExtendDB 98 and 121.
    ['REMOVE z', 'UPDATED_NEW', undefined],
    ['REMOVE n', 'UPDATED_NEW', undefined],
    ['REMOVE n', 'UPDATED_OLD', { n: { N: '1' } }],
    ['SET z = :v', 'UPDATED_OLD', undefined],
    ['SET z = :v', 'UPDATED_NEW', { z: { S: 'v' } }],
    ['SET m.p = :v', 'UPDATED_NEW', { m: { M: { p: { S: 'v' } } } }],
    ['SET m.p = :v', 'UPDATED_OLD', { m: { M: { p: { N: '1' } } } }],
    ['SET l[1] = :v, m.q = :w', 'UPDATED_NEW', { l: list({ S: 'v' }), m: { M: { q: { S: 'w' } } } }],
    ['SET l[9] = :v', 'UPDATED_NEW', undefined],
    ['SET n = :v', 'NONE', undefined],
    ['ADD n :one, m.p :one', 'UPDATED_NEW', { n: { N: '2' }, m: { M: { p: { N: '2' } } } }],
    // Places in lists are those of before; what lies beyond the end is appended (floci 3073).
    ['SET l[7] = :w, l[5] = :v', 'ALL_NEW', { ...BEFORE, l: list(a, b, c, x, { S: 'v' }, { S: 'w' }) }],
    ['REMOVE l[0], l[1]', 'ALL_NEW', { ...BEFORE, l: list(c, x) }],
    ['SET l[1] = :v REMOVE l[0], l[9]', 'ALL_NEW', { ...BEFORE, l: list({ S: 'v' }, c, x) }],
    ['DELETE l[3] :all REMOVE l[0]', 'ALL_NEW', { ...BEFORE, l: list(b, c) }],
    ['SET l = list_append(:list, l), z = l[0]', 'ALL_NEW', { ...BEFORE, l: list({ S: 'd' }, a, b, c, x), z: a }],
    ['SET z = m, m.p = :v', 'ALL_NEW', { ...BEFORE, z: BEFORE['m']!, m: { M: { p: { S: 'v' }, keep: { S: 'k' } } } }],
    ['ADD ss :set, z :set', 'ALL_NEW', { ...BEFORE, ss: { SS: ['r', 's', 't'] }, z: { SS: ['s', 't'] } }],
    ['DELETE ss :set, z :set', 'ALL_NEW', { ...BEFORE, ss: { SS: ['r'] } }],
    ['SET n = n - :tenth', 'UPDATED_NEW', { n: { N: '0.9' } }],
    ['SET big = big + :one', 'UPDATED_NEW', { big: { N: `1${'0'.repeat(38)}` } }],
    ['SET tiny = tiny - tiny', 'UPDATED_NEW', { tiny: { N: '0' } }],
  ])('%s gives %s: %j', async (UpdateExpression, ReturnValues, attributes) => {
    const key = keyOf('update');
    await put({ ...key, ...BEFORE });

    const answer = await db.client.send(
      new UpdateItemCommand({
        TableName: db.table,
        Key: key,
        UpdateExpression,
        ReturnValues,
        ...(used(UpdateExpression, CHANGES) && { ExpressionAttributeValues: used(UpdateExpression, CHANGES)! }),
      }),
    );

    const wanted = attributes && (ReturnValues.startsWith('ALL') ? { ...attributes, ...key } : attributes);
    expect(plain(answer.Attributes)).toEqual(plain(wanted));
  });

  test.each([
    ['SET big = big + :tenth', 'Attempting to store more than 38 significant digits in a Number'],
    ['ADD big :tenth', 'Attempting to store more than 38 significant digits in a Number'],
    ['SET huge = huge + :huge', 'Number overflow. Attempting to store a number with magnitude larger than supported range'],
    ['ADD huge :huge', 'Number overflow'],
    ['SET tiny = tiny - n', 'Attempting to store more than 38 significant digits in a Number'],
    ['SET n = n + :one, z = absent', 'attribute that does not exist in the item'],
    ['SET n = n + :v', 'Incorrect operand type'],
    ['SET n = l + :one', 'An operand in the update expression has an incorrect data type'],
    ['ADD l :one', 'An operand in the update expression has an incorrect data type'],
    ['SET absent.p = :v', 'The document path provided in the update expression is invalid for update'],
    ['SET m[0] = :v', 'The document path provided in the update expression is invalid for update'],
    ['REMOVE absent.p', 'The document path provided in the update expression is invalid for update'],
    ['SET m.p = :v REMOVE m', 'Two document paths overlap with each other'],
    ['SET l[4294967295] = :v', 'List index is not within the allowable range; index: [4294967295]'],
    ['SET #day = :one', 'Type mismatch for Index Key day'],
    ['ADD #day :one', 'Type mismatch for Index Key day'],
    ['SET #day = n', 'secondary index key to unsupported type'],
    ['INVALID SYNTAX HERE', 'Invalid UpdateExpression: Syntax error; token: "INVALID", near: "INVALID SYNTAX"'],
    ['SET n =', 'Invalid UpdateExpression: Syntax error; token: "<EOF>", near: "="'],
  ])('%s is refused: %s', async (UpdateExpression, words) => {
    const key = keyOf('update');
    await put({ ...key, ...BEFORE });
    const [names, values] = [used(UpdateExpression, NAMES), used(UpdateExpression, CHANGES)];
    const refused = new UpdateItemCommand({
      TableName: db.table,
      Key: key,
      UpdateExpression,
      ...(names && { ExpressionAttributeNames: names }),
      ...(values && { ExpressionAttributeValues: values }),
    });

    expect(await refusalOf(db.client.send(refused))).toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(words) as unknown,
    });
    expect(plain((await db.client.send(new GetItemCommand({ TableName: db.table, Key: key }))).Item)).toEqual(
      plain({ ...key, ...BEFORE, huge: { N: `9${'0'.repeat(125)}` }, tiny: { N: `0.${'0'.repeat(129)}1` } }),
    );
  });

  /** Numbers written out and sets in one order. */
  function plain(value: unknown, name = ''): unknown {
    if (name === 'N') return value === '9E+125' ? `9${'0'.repeat(125)}` : value === '1E-130' ? `0.${'0'.repeat(129)}1` : value;
    if (Array.isArray(value)) return name === 'SS' ? [...(value as string[])].sort() : value.map((part) => plain(part));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([member, part]) => [member, plain(part, member)]));
  }
});

describe('a projection', () => {
  test.each<[string, Item | undefined]>([
    ['l[2], l[0]', { l: list({ S: 'a' }, { S: 'c' }) }],
    ['m.q, m.p, z', { m: { M: { p: { N: '1' } } } }],
    ['l[1].p, m[0]', undefined],
    ['#constructor, m.#constructor', undefined],
  ])('of %s gives %j', async (ProjectionExpression, picked) => {
    const key = keyOf('projection');
    await put({ ...key, ...BEFORE });
    const names = used(ProjectionExpression, NAMES);

    const { Item: item } = await db.client.send(
      new GetItemCommand({
        TableName: db.table,
        Key: key,
        ProjectionExpression,
        ...(names && { ExpressionAttributeNames: names }),
      }),
    );

    expect(item).toEqual(picked ?? {});
  });

  test('that names what a global index lacks is refused, with what it lacks', async () => {
    const read = (ProjectionExpression: string) =>
      db.client.send(new ScanCommand({ TableName: db.table, IndexName: 'byDay', ProjectionExpression }));
    await put({ ...keyOf('index'), day: { S: '2011-01-01' }, no: { S: '1' }, paid: { N: '1' }, amount: { N: '2' } });

    expect(await refusalOf(read('id, m.p, amount, paid'))).toMatchObject({
      name: 'ValidationException',
      message: 'One or more parameter values were invalid: Global secondary index byDay does not project [m, amount]',
    });
    expect((await read('id, paid')).Items).toEqual([{ id: { S: 'index' }, paid: { N: '1' } }]);
  });
});
