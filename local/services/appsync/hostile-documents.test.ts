// Slow: documents as large as the API takes.

import { getIntrospectionQuery } from 'graphql';
import { expect, test } from 'vitest';
import { MAX_NESTING, MAX_SELECTIONS, MAX_TOKENS } from './document-limits.ts';
import { MAX_RESULT_FIELDS } from './execution.ts';
import { givenApi, value } from '../../testing/appsync-fixture.ts';

const schema = `
  type Query { thing(text: String, list: [[Int]], filter: Filter, json: AWSJSON): Thing  things: [Thing] }
  type Thing { id: ID  thing: Thing  things: [Thing] }
  input Filter { filter: Filter }
`;
const resolvers = { 'Query.thing': value('{ id: 1, thing: { id: 2 } }') };

const each = (count: number, text: (place: number) => string) =>
  Array.from({ length: count }, (_, place) => text(place)).join(' ');
const nested = (open: string, core: string, close: string, levels: number) => open.repeat(levels) + core + close.repeat(levels);
const fragments = (levels: number, selection: (next: string) => string) =>
  each(levels, (level) => `fragment F${String(level)} on Thing { ${selection(`...F${String(level + 1)}`)} }`) +
  ` fragment F${String(levels)} on Thing { id }`;

const SYNTAX = { status: 400, data: undefined, said: /^Unable to parse GraphQL query\.$/ };
const LARGE = { status: 400, data: undefined, said: /^The operation has more than/ };
const NAMELESS = { status: 400, data: undefined, said: /^Missing operation name/ };
const INVALID = { status: 200, data: null, said: /./ };
const ANSWERED = { status: 200, data: expect.any(Object) as object, said: undefined };

const documents: Readonly<Record<string, readonly [query: string, answer: typeof SYNTAX | typeof INVALID | typeof ANSWERED]>> = {
  'fragments that use the next one twice': [`{ thing { ...F0 } } ${fragments(25, (next) => `${next} ${next}`)}`, ANSWERED],
  'fragments that use the next one under two aliases': [
    `{ thing { ...F0 } } ${fragments(25, (next) => `a: thing { ${next} } b: thing { ${next} }`)}`,
    LARGE,
  ],
  'a chain of a thousand fragments': [`{ thing { ...F0 } } ${fragments(1_000, (next) => `thing { ${next} }`)}`, LARGE],
  'the schema asked for by nested aliases': [
    `{ __schema { types { ...T0 } } } ${each(9, (level) => `fragment T${String(level)} on __Type { a: ofType { ...T${String(level + 1)} } b: ofType { ...T${String(level + 1)} } }`)} fragment T9 on __Type { name }`,
    LARGE,
  ],
  'twenty thousand braces': [nested('{a', '', '}', 20_000), SYNTAX],
  'a literal of twenty thousand lists': [`{ thing(list: ${nested('[', '', ']', 20_000)}) { id } }`, SYNTAX],
  'a literal of twenty thousand objects': [`{ thing(filter: ${nested('{filter:', '{}', '}', 20_000)}) { id } }`, SYNTAX],
  'a type of twenty thousand lists': [`query ($v: ${nested('[', 'Int', ']', 20_000)}) { thing(list: $v) { id } }`, SYNTAX],
  'as many levels as may be': [`{ ${nested('thing {', 'id', '}', MAX_NESTING - 1)} }`, ANSWERED],
  'more tokens than may be': [`{ ${each(MAX_TOKENS, () => 'thing')} }`, SYNTAX],
  'thousands of aliases': [`{ thing { ${each(4_500, (place) => `a${String(place)}: id`)} } }`, ANSWERED],
  'thousands of times the same field': [`{ thing { ${each(3_500, () => 'thing { id }')} } }`, INVALID],
  'thousands of operations': [each(1_500, (place) => `query Q${String(place)} { thing { id } }`), NAMELESS],
  'thousands of variables': [`query (${each(2_000, (place) => `$v${String(place)}: Int`)}) { thing { id } }`, INVALID],
  'thousands of directives': [`{ thing { id ${each(5_000, (place) => `@d${String(place)}`)} } }`, INVALID],
  'thousands of conditions': [`{ thing { id ${each(2_000, () => '@skip(if: false)')} } }`, INVALID],
  'thousands of arguments': [`{ thing(${each(3_000, (place) => `a${String(place)}: 1`)}) { id } }`, INVALID],
  'a number of half a million digits': [`{ thing(list: ${'9'.repeat(500_000)}) { id } }`, INVALID],
  'a name of half a million letters': [`{ ${'n'.repeat(500_000)} }`, INVALID],
  'a text of half a million escapes': [`{ thing(text: "${'\\u0041'.repeat(500_000)}") { id } }`, ANSWERED],
};

test('a document made to hurt is answered as any other, and at once', { timeout: 60_000 }, async () => {
  const api = await givenApi({ schema, resolvers });
  for (const [name, [query, { status, data, said }]] of Object.entries(documents)) {
    const began = performance.now();

    const answer = await api.ask(query);

    expect({ status: answer.status, data: answer.data }, `${name}: ${answer.text.slice(0, 300)}`).toEqual({ status, data });
    if (said === undefined) expect(answer.errors, name).toEqual([]);
    else expect(answer.errors[0]?.message, name).toMatch(said);
    expect(performance.now() - began, name).toBeLessThan(5_000);
  }
  expect(api.log).toEqual([]);
});

test('the limits are far above what clients send', async () => {
  const api = await givenApi({ schema, resolvers });

  const { errors } = await api.ask(getIntrospectionQuery());

  expect(errors).toEqual([]);
  expect(MAX_SELECTIONS).toBeLessThan(MAX_TOKENS);
});

test('variables of too many levels are refused before anything walks through them', async () => {
  const api = await givenApi({ schema, resolvers });
  const body = (levels: number) =>
    `{"query":"query ($v: [[Int]], $j: AWSJSON) { thing(list: $v, json: $j) { id } }","variables":{"unused":${nested('[', '', ']', levels)}}}`;

  const [few, many, objects] = await Promise.all([
    api.post(body(20), { 'x-api-key': 'da2-fixture' }),
    api.post(body(20_000), { 'x-api-key': 'da2-fixture' }),
    api.ask('{ thing { id } }', JSON.parse(nested('{"a":', '1', '}', 500))),
  ]);

  expect(few.errors).toEqual([]);
  for (const { status, errors } of [many, objects]) {
    expect(status).toBe(400);
    expect(errors[0]).toMatchObject({ errorType: 'BadRequestException', message: expect.stringContaining('levels') as string });
  }
});

test('an answer that would take all memory ends with an error', async () => {
  const things = { 'Query.things': value('[1,2,3,4,5,6,7,8,9,10].map((one) => ({ id: one, things: [{}, {}, {}, {}, {}] }))') };
  const api = await givenApi({ schema, resolvers: { ...things, 'Thing.things': things['Query.things'] } });
  const aliases = each(1_000, (place) => `a${String(place)}: id`);

  const { data, errors } = await api.ask(`{ things { things { things { ${aliases} } } } }`);

  expect(data).toBeNull();
  expect(errors.map(({ errorType }) => errorType)).toContain('ResponseTooLarge');
  expect(MAX_RESULT_FIELDS).toBeLessThanOrEqual(1_000_000);
});
