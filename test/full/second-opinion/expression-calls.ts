import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import type { Call } from './judges.ts';

type Item = Readonly<Record<string, AttributeValue>>;

/** An item as it is given, a call with an expression on it, and a look at what the call left. */
export type Round = readonly [given: Call, asked: Call, left: Call];

const KEY: Item = { id: { S: 'a' }, sk: { S: 'HEAD' } };

const text = fc.constantFrom('', 'x', 'xy', 'é😀', '2011').map((S) => ({ S }));
const number = fc.constantFrom('0', '1', '-1', '0.5', '12', '99999999999999999999').map((N) => ({ N }));
const bytes = fc.constantFrom([], [1], [255, 1]).map((values) => ({ B: new Uint8Array(values) }));
const flag = fc.boolean().map((BOOL) => ({ BOOL }));
const scalar: fc.Arbitrary<AttributeValue> = fc.oneof(text, number, flag, fc.constant({ NULL: true as const }), bytes);
const texts = fc.uniqueArray(fc.constantFrom('x', 'xy', '2011'), { minLength: 1 }).map((SS) => ({ SS }));
const numbers = fc.uniqueArray(fc.constantFrom('1', '0.5', '12'), { minLength: 1 }).map((NS) => ({ NS }));
const list = fc.array(fc.oneof(scalar, texts), { maxLength: 4 }).map((L) => ({ L }));
const map = fc.dictionary(fc.constantFrom('p', 'q', 'l'), fc.oneof(scalar, list), { noNullPrototype: true }).map((M) => ({ M }));
const value: fc.Arbitrary<AttributeValue> = fc.oneof({ weight: 5, arbitrary: scalar }, texts, numbers, list, map);

const given = fc
  .record({ t: text, n: number, b: bytes, any: value, l: list, m: map, ts: texts, ns: numbers }, { requiredKeys: [] })
  .map((attributes): Item => ({ ...KEY, ...attributes }));

const path = fc.constantFrom(
  ...['t', 'n', 'b', '#any', 'l', 'm', 'ts', 'ns', 'gone'],
  ...['l[0]', 'l[1]', 'l[3]', 'l[9]', 'm.p', 'm.q', 'm.l', 'm.l[0]', 'm.gone', 'gone.p', 't.p', 'n[0]'],
);

/** A piece of an expression, with the values it brings along. */
interface Piece {
  readonly text: string;
  readonly values: readonly AttributeValue[];
}

const plain = (text: string): Piece => ({ text, values: [] });
const literal = (of: AttributeValue): Piece => ({ text: '?', values: [of] });
const join = (template: string, ...pieces: readonly Piece[]): Piece => ({
  text: pieces.reduce((whole, { text }, place) => whole.replace(`$${String(place)}`, () => text), template),
  values: pieces.flatMap(({ values }) => values),
});

const place = path.map(plain);
const given1 = value.map(literal);
const operand = fc.oneof(
  place,
  given1,
  path.map((of) => plain(`size(${of})`)),
);

const comparison: fc.Arbitrary<Piece> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(operand, fc.constantFrom('=', '<>', '<', '<=', '>', '>='), operand)
      .map(([one, operator, other]) => join(`$0 ${operator} $1`, one, other)),
  },
  fc
    .tuple(fc.constantFrom('contains', 'begins_with'), place, fc.oneof(given1, place))
    .map(([name, one, other]) => join(`${name}($0, $1)`, one, other)),
  fc
    .tuple(place, fc.constantFrom('S', 'N', 'B', 'SS', 'NS', 'L', 'M', 'BOOL', 'NULL'))
    .map(([one, S]) => join('attribute_type($0, $1)', one, literal({ S }))),
  fc.tuple(fc.constantFrom('attribute_exists', 'attribute_not_exists'), place).map(([name, one]) => join(`${name}($0)`, one)),
  fc.tuple(place, number, number).map(([one, least, most]) => join('$0 BETWEEN $1 AND $2', one, literal(least), literal(most))),
  fc.tuple(place, given1, given1).map((pieces) => join('$0 IN ($1, $2)', ...pieces)),
);
const condition = fc.oneof(
  comparison,
  comparison.map((one) => join('NOT $0', one)),
  fc
    .tuple(comparison, fc.constantFrom('AND', 'OR'), comparison)
    .map(([one, operator, other]) => join(`$0 ${operator} $1`, one, other)),
);

const addend = fc.oneof(place, number.map(literal));
const assigned: fc.Arbitrary<Piece> = fc.oneof(
  { weight: 2, arbitrary: given1 },
  place,
  fc.tuple(addend, fc.constantFrom('+', '-'), addend).map(([one, sign, other]) => join(`$0 ${sign} $1`, one, other)),
  fc.tuple(place, given1).map((pieces) => join('if_not_exists($0, $1)', ...pieces)),
  fc.tuple(place, list.map(literal)).map((pieces) => join('list_append($0, $1)', ...pieces)),
  fc.tuple(list.map(literal), place).map((pieces) => join('list_append($0, $1)', ...pieces)),
);
const several = (clause: fc.Arbitrary<Piece>, word: string) =>
  fc.array(clause, { minLength: 1, maxLength: 2 }).map((clauses) => ({
    text: `${word} ${clauses.map(({ text }) => text).join(', ')}`,
    values: clauses.flatMap(({ values }) => values),
  }));
const sets = several(
  fc.tuple(place, assigned).map((pieces) => join('$0 = $1', ...pieces)),
  'SET',
);
const removals = several(place, 'REMOVE');
const additions = several(
  fc.tuple(place, fc.oneof(number, texts, numbers).map(literal)).map((pieces) => join('$0 $1', ...pieces)),
  'ADD',
);
const deletions = several(
  fc.tuple(place, fc.oneof(texts, numbers).map(literal)).map((pieces) => join('$0 $1', ...pieces)),
  'DELETE',
);
const update = fc.oneof(
  { weight: 3, arbitrary: sets },
  removals,
  additions,
  deletions,
  fc.tuple(sets, removals).map((pieces) => join('$0 $1', ...pieces)),
  fc.tuple(removals, additions).map((pieces) => join('$0 $1', ...pieces)),
);
const projection = fc.uniqueArray(path, { minLength: 1, maxLength: 4 }).map((paths) => plain(paths.join(', ')));

/** The members of a call for one expression: each `?` becomes a value of its own. */
function expressed(member: string, { text, values }: Piece, more: Item = {}): Record<string, unknown> {
  let count = 0;
  const named = text.replaceAll('?', () => `:v${String(count++)}`);
  const all: Item = { ...more, ...Object.fromEntries(values.map((of, number) => [`:v${String(number)}`, of])) };
  return {
    [member]: named,
    ...(text.includes('#any') && { ExpressionAttributeNames: { '#any': 'any' } }),
    ...(Object.keys(all).length > 0 && { ExpressionAttributeValues: all }),
  };
}

const TableName = 'orders';
const asked: fc.Arbitrary<Call> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(update, fc.constantFrom('NONE', 'ALL_OLD', 'ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW'))
      .map(([of, ReturnValues]) => ({
        operation: 'UpdateItem',
        input: { TableName, Key: KEY, ReturnValues, ...expressed('UpdateExpression', of) },
      })),
  },
  {
    weight: 2,
    arbitrary: condition.map((of) => ({
      operation: 'Query',
      input: {
        TableName,
        KeyConditionExpression: 'id = :id',
        ...expressed('FilterExpression', of, { ':id': { S: 'a' } }),
      },
    })),
  },
  condition.map((of) => ({
    operation: 'DeleteItem',
    input: { TableName, Key: KEY, ...expressed('ConditionExpression', of) },
  })),
  projection.map((of) => ({
    operation: 'GetItem',
    input: { TableName, Key: KEY, ...expressed('ProjectionExpression', of) },
  })),
);

/** Every kind of expression on items of every type. */
export const round: fc.Arbitrary<Round> = fc
  .tuple(given, asked)
  .map(([Item, call]) => [
    { operation: 'PutItem', input: { TableName, Item } },
    call,
    { operation: 'GetItem', input: { TableName, Key: KEY, ConsistentRead: true } },
  ]);
