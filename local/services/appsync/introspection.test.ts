import {
  buildClientSchema,
  getIntrospectionQuery,
  lexicographicSortSchema,
  printType,
  type GraphQLSchema,
  type IntrospectionQuery,
} from 'graphql';
import { expect, test } from 'vitest';
import { loadSchema } from './schema.ts';
import { givenApi } from '../../testing/appsync-fixture.ts';

const schema = `
  "The questions."
  type Query { one("Which." id: ID!, color: Color = GREEN, in: Input = { n: 2, list: ["a"] }): Any  old: Int @deprecated(reason: "gone")  at: AWSDateTime }
  interface Node { id: ID! }
  type Shop implements Node { id: ID!  owners: [Person!]! }
  type Person { name: String @deprecated }
  union Any = Shop | Person
  enum Color { RED @deprecated(reason: "too red") GREEN }
  input Input { n: Int = 1  list: [String!] }
`;

const typesOf = (own: GraphQLSchema) =>
  Object.values(lexicographicSortSchema(own).getTypeMap())
    .filter(({ name }) => !name.startsWith('__'))
    .map(printType);

test('what clients build of the answer is the schema, whichever way they ask', async () => {
  const api = await givenApi({ schema });
  const { data, errors } = await api.ask(getIntrospectionQuery());

  const built = buildClientSchema(data as unknown as IntrospectionQuery);

  expect(errors).toEqual([]);
  expect(typesOf(built)).toEqual(typesOf(loadSchema(schema, 'API_KEY').graphql));
});

test.each([
  ['isRepeatable', { directiveIsRepeatable: true }, "'isRepeatable' in type '__Directive'"],
  ['specifiedByURL', { specifiedByUrl: true }, "'specifiedByURL' in type '__Type'"],
  ['isOneOf', { oneOf: true }, "'isOneOf' in type '__Type'"],
  ['deprecated inputs', { inputValueDeprecation: true }, 'Unknown field argument includeDeprecated'],
  ['the schema’s description', { schemaDescription: true }, "'description' in type '__Schema'"],
])('%s cannot be asked for: AppSync is older', async (_what, options, message) => {
  const api = await givenApi({ schema });

  const { data, errors } = await api.ask(getIntrospectionQuery(options));

  expect(data).toBeNull();
  expect(errors[0]?.message).toContain(message);
});

test('directives are those that AppSync lists, with the places as old servers tell them', async () => {
  const api = await givenApi({ schema });

  const { data } = await api.ask(
    '{ __schema { directives { name locations args { name type { kind ofType { name } } } onOperation onFragment onField } } }',
  );

  const { directives } = (data as { __schema: { directives: Record<string, unknown>[] } }).__schema;
  expect(directives.map(({ name }) => name)).toEqual([
    ...['include', 'skip', 'defer', 'aws_subscribe', 'aws_cognito_user_pools', 'aws_auth', 'aws_publish', 'aws_oidc', 'aws_iam'],
    ...['aws_api_key', 'aws_lambda', 'deprecated'],
  ]);
  expect(directives[3]).toEqual({
    name: 'aws_subscribe',
    locations: ['FIELD_DEFINITION'],
    args: [{ name: 'mutations', type: { kind: 'LIST', ofType: { name: 'String' } } }],
    ...{ onOperation: false, onFragment: false, onField: false },
  });
  expect(directives[0]).toMatchObject({ onOperation: false, onFragment: true, onField: true });
});

test('introspection describes itself, and only the scalars that the schema uses', async () => {
  const api = await givenApi({ schema });

  const { data } = await api.ask('{ __schema { types { name } } __type(name: "__Directive") { fields { name } __typename } }');

  const { __schema, __type } = data as {
    __schema: { types: { name: string }[] };
    __type: { fields: { name: string }[]; __typename: string };
  };
  const names = __schema.types.map(({ name }) => name);
  expect(names.filter((name) => name.startsWith('AWS'))).toEqual(['AWSDateTime']);
  expect(new Set(names).size).toBe(names.length);
  expect(__type).toEqual({
    fields: ['name', 'description', 'locations', 'args'].map((name) => ({ name })),
    __typename: '__Type',
  });
});

test('aliases, fragments and conditions work in it', async () => {
  const api = await givenApi({ schema });

  const { data } = await api.ask(
    `query ($no: Boolean!) {
      a: __type(name: "Query") { ...F fields { type @skip(if: $no) { kind } } kind @include(if: $no) }
      b: __type(name: "Color") { enumValues(includeDeprecated: true) { v: name } n: enumValues { name } ... on __Type { kind } }
      c: __type(name: "Nobody") { name }
    } fragment F on __Type { fields(includeDeprecated: false) { name } }`.replace('fields { type', 'g: fields { type'),
    { no: false },
  );

  expect(data).toEqual({
    a: { fields: [{ name: 'one' }, { name: 'at' }], g: [{ type: { kind: 'UNION' } }, { type: { kind: 'SCALAR' } }] },
    b: { enumValues: [{ v: 'RED' }, { v: 'GREEN' }], n: [{ name: 'GREEN' }], kind: 'ENUM' },
    c: null,
  });
});
