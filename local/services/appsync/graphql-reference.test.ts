// Slow: thousands of generated variables, judged by graphql-js.

import fc from 'fast-check';
import { execute, getVariableValues, Kind, parse, type OperationDefinitionNode } from 'graphql';
import { describe, expect, test } from 'vitest';
import { InputCoercion, VariableError } from './input-coercion.ts';
import { createRealm } from './realm.ts';
import { loadSchema } from './schema.ts';
import { givenApi, value } from '../../testing/appsync-fixture.ts';

const schema = `
  type Query { shop(name: String = "corner", tags: [String!], filter: Filter): Shop  all: [Entry]  one: Entry  grid: [[Int]] }
  input Filter { min: Int = 1  deep: Filter }
  interface Entry { id: ID! }
  union Any = Shop | Person
  type Shop implements Entry { id: ID!  name: String  owner: Person  any: [Any!]  me: Shop }
  type Person implements Entry { id: ID!  name: String  age: Int }
`;
const person = { __typename: 'Person', id: 'p', name: 'Ann', age: 40 };
const shop = { __typename: 'Shop', id: 's', name: 'corner', owner: person, any: [person, { __typename: 'Shop', id: 't' }] };
const root = { shop: { ...shop, me: shop }, all: [shop, null, person], one: person, grid: [[1, 2], null, [3]] };

describe('what graphql-js answers to a valid query, the plan answers', () => {
  const queries: [query: string, variables?: Record<string, unknown>][] = [
    ['{ shop { id name owner { name age } me { me { id } } } }'],
    ['{ a: shop { b: id c: id } a: shop { owner { id } } grid }'],
    ['{ all { __typename id ... on Shop { name owner { ...P } } ...P } one { ...P } } fragment P on Person { age name }'],
    ['{ shop { any { __typename ... on Entry { id } ... on Person { age } } } }'],
    [
      'query ($yes: Boolean!, $no: Boolean!) { shop @include(if: $yes) { id @skip(if: $no) name @skip(if: $yes) } all @include(if: $no) { id } }',
      { yes: true, no: false },
    ],
    [
      'query ($yes: Boolean!, $no: Boolean!) { shop @include(if: $yes) { id @skip(if: $no) name @skip(if: $yes) } all @include(if: $no) { id } }',
      { yes: false, no: true },
    ],
    ['{ shop { ... @include(if: false) { id } ... @skip(if: false) { name } ... { owner { id } owner { age } } } }'],
    ['query A { one { id } } query B { one { ... on Person { name } } }'],
    [
      '{ __schema { queryType { ...N } mutationType { name } } __type(name: "Shop") { interfaces { ...N possibleTypes { name } } fields { name type { ...N ofType { name } } } } } fragment N on __Type { kind name }',
    ],
  ];

  test.each(queries)('%s', async (query, variables = {}) => {
    const resolvers = Object.fromEntries(
      Object.entries(root).map(([name, own]) => [`Query.${name}`, value(JSON.stringify(own))]),
    );
    const api = await givenApi({ schema, resolvers });
    const document = parse(query);
    const names = document.definitions.flatMap((node) =>
      node.kind === Kind.OPERATION_DEFINITION && node.name !== undefined ? [node.name.value] : [],
    );

    for (const operationName of names.length === 0 ? [undefined] : names) {
      const ours = await api.post(JSON.stringify({ query, variables, operationName }), { 'x-api-key': 'da2-fixture' });
      const reference = await execute({
        schema: loadSchema(schema, 'API_KEY').graphql,
        document,
        rootValue: root,
        variableValues: variables,
        ...(operationName === undefined ? {} : { operationName }),
      });

      expect(reference.errors).toBeUndefined();
      expect(ours.text).toBe(JSON.stringify({ data: reference.data }));
    }
  });
});

describe('arguments', () => {
  const seen = async (field: string, definitions = '', variables: Record<string, unknown> = {}) => {
    const api = await givenApi({ schema, resolvers: { 'Query.shop': value('{ id: 1, name: JSON.stringify(ctx.args) }') } });
    const { data, errors } = await api.ask(`query ${definitions} { ${field} { name } }`, variables);
    return errors.length > 0 ? errors[0]?.message : JSON.parse((data?.['shop'] as { name: string }).name);
  };

  test('have their defaults, and are null when their variable is left out', async () => {
    const all = await Promise.all([
      seen('shop'),
      seen('shop(name: null, tags: "one")'),
      seen('shop(name: $name)', '($name: String)'),
      seen('shop(name: $name)', '($name: String = "given")'),
      seen('shop(filter: { deep: { min: $min } })', '($min: Int)', { min: 3 }),
      seen('shop(filter: $filter)', '($filter: Filter)', { filter: { deep: {} } }),
    ]);

    expect(all).toEqual([
      { name: 'corner' },
      { name: null, tags: ['one'] },
      { name: null },
      { name: 'given' },
      { name: 'corner', filter: { min: 1, deep: { min: 3 } } },
      { name: 'corner', filter: { min: 1, deep: { min: 1 } } },
    ]);
  });
});

describe('variables', () => {
  const inputSchema = `
    enum Color { RED GREEN }
    input Inner { n: Int!  f: Float  self: Inner  color: Color = GREEN }
    input Outer { id: ID!  text: String  flag: Boolean  inner: Inner  list: [Inner!]  grid: [[Int]]  at: AWSDateTime  json: AWSJSON }
    type Query { f(outer: Outer, list: [Outer!]!): Int }
  `;
  const { graphql } = loadSchema(inputSchema, 'API_KEY');
  const operation = parse('query ($outer: Outer = { id: "d" }, $list: [Outer!]!) { f(outer: $outer, list: $list) }')
    .definitions[0] as OperationDefinitionNode;
  const definitions = operation.variableDefinitions ?? [];
  const coerce = new InputCoercion(
    graphql,
    createRealm(() => undefined),
  ).compile(definitions);

  const scalar = fc.oneof(
    fc.constantFrom(true, 1, 1.5, 3_000_000_000, 'text', '', 'RED', 'BLUE', '2010-12-01T08:26:00Z', '{"a":[1]}', '{'),
    fc.integer(),
  );
  const input = fc.letrec((tie) => ({
    inner: fc.oneof(
      { depthSize: 'small' },
      scalar,
      fc.record(
        { n: fc.oneof(scalar, fc.integer({ max: 9 })), f: scalar, self: tie('inner'), color: scalar },
        { requiredKeys: [] },
      ),
    ),
    outer: fc.oneof(
      scalar,
      fc.record(
        {
          ...{
            id: fc.oneof(fc.string(), scalar),
            text: scalar,
            flag: scalar,
            inner: tie('inner'),
            list: fc.oneof(tie('inner'), fc.array(tie('inner'), { maxLength: 3 })),
          },
          ...{
            grid: fc.oneof(scalar, fc.array(fc.array(scalar, { maxLength: 2 }), { maxLength: 2 })),
            at: scalar,
            json: scalar,
            unknown: scalar,
          },
        },
        { requiredKeys: [] },
      ),
    ),
  }));
  const given = fc.record(
    { outer: input.outer, list: fc.oneof(input.outer, fc.array(input.outer, { maxLength: 3 })) },
    { requiredKeys: [] },
  );

  test('that graphql-js takes are taken alike; what it refuses is converted, or is one error', () => {
    fc.assert(
      fc.property(given, (variables) => {
        const raw = JSON.parse(JSON.stringify(variables)) as Record<string, unknown>;
        const reference = getVariableValues(graphql, definitions, raw, { maxErrors: 50 });

        if (reference.errors === undefined) expect(JSON.stringify(coerce(raw))).toBe(JSON.stringify(reference.coerced));
        else expect(outcomeOf(() => coerce(raw))).not.toBe('another error');
      }),
      { numRuns: 2000, seed: 7 },
    );
  });

  test('of a name that an object has by nature are no surprise', () => {
    const raw = JSON.parse('{"list":[{"id":"1","__proto__":{"a":1}}]}') as Record<string, unknown>;

    const outcome = outcomeOf(() => coerce(raw));

    expect(outcome).toContain("input object type 'Outer'");
  });
});

/** The message of a refused variable, or nothing. */
function outcomeOf(attempt: () => unknown): string {
  try {
    attempt();
    return '';
  } catch (error) {
    return error instanceof VariableError ? error.message : 'another error';
  }
}
