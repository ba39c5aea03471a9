import { describe, expect, test } from 'vitest';
import { loadApi } from './api.ts';
import { DefinitionError } from './errors.ts';
import { code, credentials, definitionOf, givenApi, value, type Fixture } from '../../testing/appsync-fixture.ts';

const schema = `
  type Query { thing: Thing  text: String }
  type Thing { id: ID!  name: String  thing: Thing }
`;
const resolvers = { 'Query.thing': value('{ id: 1, thing: { id: 2, thing: { id: 3 } } }'), 'Thing.name': value('"n"') };

test('a field deeper than the limit is null with QueryDepthLimitReached, the rest is answered', async () => {
  const api = await givenApi({ schema, resolvers, queryDepthLimit: 3 });

  const { data, errors } = await api.ask('{ thing { id thing { id thing { id } } } }');

  expect(data).toEqual({ thing: { id: '1', thing: { id: '2', thing: null } } });
  expect(errors.map(({ errorType, path }) => [errorType, path])).toEqual([
    ['QueryDepthLimitReached', ['thing', 'thing', 'thing', 'id']],
  ]);
});

test('resolvers beyond the limit do not run', async () => {
  const api = await givenApi({ schema, resolvers, resolverCountLimit: 2 });

  const { data, errors } = await api.ask('{ thing { name thing { name thing { name } } } }');

  expect(data).toEqual({ thing: { name: 'n', thing: { name: null, thing: { name: null } } } });
  expect(errors.map(({ errorType }) => errorType)).toEqual(['ResolverExecutionLimitReached', 'ResolverExecutionLimitReached']);
});

test('introspection answers, or is a validation error where it is off; __typename always answers', async () => {
  const on = await givenApi({ schema });
  const off = await givenApi({ schema, introspection: false });
  const question =
    'query ($name: String!) { __typename s: __schema { queryType { name } } __type(name: $name) { ...T } } fragment T on __Type { fields { name } }';

  const [open, closed, typename] = await Promise.all([
    on.ask(question, { name: 'Thing' }),
    off.ask(question, { name: 'Thing' }),
    off.ask('{ __typename }'),
  ]);

  expect(open.data).toEqual({
    __typename: 'Query',
    s: { queryType: { name: 'Query' } },
    __type: { fields: [{ name: 'id' }, { name: 'name' }, { name: 'thing' }] },
  });
  expect({ status: closed.status, data: closed.data }).toEqual({ status: 200, data: null });
  expect(closed.errors[0]?.message).toBe(
    "Validation error of type FieldUndefined: Field '__schema' in type 'Query' is undefined @ '__schema'",
  );
  expect(typename.data).toEqual({ __typename: 'Query' });
});

describe('a field that takes too long', () => {
  const sources = {
    dataSources: [
      { name: 'none', type: 'NONE' },
      { name: 'slow', type: 'AWS_LAMBDA', functionArn: 'slow' },
    ],
    surroundings: { invokeFunction: () => new Promise<never>(() => undefined) },
    options: { requestTimeoutMs: 20 },
  } as const;
  const passOn = code({
    request: "return { operation: 'Invoke' };",
    response: 'if (ctx.error) { util.error(ctx.error.message, ctx.error.type); } return ctx.result;',
  });

  test('is null with an error of its own, and the others keep their data', async () => {
    const api = await givenApi({
      schema,
      ...sources,
      resolvers: { ...resolvers, 'Query.text': { code: passOn, dataSource: 'slow' } },
    });

    const { status, data, errors } = await api.ask('{ text thing { name } }');

    expect({ status, data }).toEqual({ status: 200, data: { text: null, thing: { name: 'n' } } });
    expect(errors).toEqual([
      {
        path: ['text'],
        data: null,
        errorType: 'Lambda:ExecutionTimeoutException',
        errorInfo: null,
        locations: [{ line: 1, column: 3, sourceName: null }],
        message: 'Execution timed out.',
      },
    ]);
  });

  test('may still be answered by its handler, and asks nothing more', async () => {
    const calls: string[] = [];
    const api = await givenApi({
      schema,
      ...sources,
      surroundings: {
        invokeFunction: (arn) => {
          calls.push(arn);
          return new Promise<never>(() => undefined);
        },
      },
      resolvers: {
        'Query.text': {
          code: code({ response: 'return ctx.prev.result;' }),
          steps: [
            {
              code: code({ request: "return { operation: 'Invoke' };", response: 'return ctx.error.type;' }),
              dataSource: 'slow',
            },
            {
              code: code({
                request: "return { operation: 'Invoke' };",
                response: 'return `${ctx.prev.result} ${ctx.error.type}`;',
              }),
              dataSource: 'slow',
            },
          ],
        },
      },
    });

    const { data, errors } = await api.ask('{ text }');

    expect(errors).toEqual([]);
    expect(data).toEqual({ text: 'Lambda:ExecutionTimeoutException Lambda:ExecutionTimeoutException' });
    expect(calls).toEqual(['slow']);
  });

  test('of a mutation ends it, and the fields behind it as well', async () => {
    const api = await givenApi({
      schema: `${schema} type Mutation { a: String b: String }`,
      ...sources,
      resolvers: { 'Mutation.a': { code: passOn, dataSource: 'slow' }, 'Mutation.b': { code: passOn, dataSource: 'slow' } },
    });

    const { data, errors } = await api.ask('mutation { a b }');

    expect(data).toEqual({ a: null, b: null });
    expect(errors.map(({ path }) => path)).toEqual([['a'], ['b']]);
  });
});

test('an evaluated object may have 5 MB', async () => {
  const text = (bytes: number) =>
    code({
      response: `const half = ctx.stash.text; return half;`,
      request: `let text = "x".concat("${'y'.repeat(1023)}"); for (const i of [1,2,3,4,5,6,7,8,9,10]) { text = text.concat(text); } ctx.stash.text = [text, text, text, text, text.slice(0, ${String(bytes)})].join(""); return { payload: null };`,
    });
  const small = await givenApi({ schema, resolvers: { 'Query.text': text(1_000_000) } });
  const large = await givenApi({ schema, resolvers: { 'Query.text': text(1_048_576) } });

  const [within, beyond] = await Promise.all([small.ask('{ text }'), large.ask('{ text }')]);

  expect(within.errors).toEqual([]);
  expect(beyond.errors[0]).toMatchObject({ errorType: 'MappingTemplate', message: 'Transformation too large' });
  expect(large.log.join()).toContain('5242880 bytes');
});

describe('a definition that AWS would refuse', () => {
  const load = (fixture: Fixture) =>
    loadApi(definitionOf(fixture), {
      endpointOf: (service) => `http://${service}`,
      invokeFunction: () => Promise.reject(new Error('none')),
      credentials,
      log: () => undefined,
    });
  const steps = Array.from({ length: 11 }, () => code({}));
  const refusals: [what: string, fixture: Fixture, message: RegExp][] = [
    ['a resolver without its field', { schema, resolvers: { 'Query.nothing': code({}) } }, /Query\.nothing has no field/],
    [
      'an unknown data source',
      { schema, resolvers: { 'Query.text': { code: code({}), dataSource: 'nowhere' } } },
      /data source nowhere/,
    ],
    ['eleven functions', { schema, resolvers: { 'Query.text': { code: code({}), steps } } }, /10 functions/],
    ['a schema that is none', { schema: 'type {' }, /schema cannot be read/],
    ['a schema without Query', { schema: 'type Other { a: Int }' }, /'query' operation/],
    ['an impossible depth', { schema, queryDepthLimit: 76 }, /1 to 75/],
    [
      'an address of others',
      {
        schema,
        dataSources: [{ name: 'none', type: 'HTTP', endpoint: 'https://example.com' }],
        resolvers: { 'Query.text': code({}) },
      },
      /only https:\/\/<service>/,
    ],
  ];

  const schemas: [what: string, sdl: string, message: RegExp][] = [
    ['a scalar of one’s own', 'type Query { a: Money } scalar Money', /scalar Money: AppSync has no custom scalars/],
    ['a type with AppSync’s prefix', 'type Query { a: AWSThing } type AWSThing { b: Int }', /type AWSThing: .*AppSync's own/],
    ['an enum without values', 'type Query { a: E } enum E', /Enum type E must define one or more values/],
    ['an input as output', 'type Query { a: I } input I { b: Int }', /Query\.a must be Output Type but got: I/],
    ['a type as input', 'type Query { a(i: T): Int } type T { b: Int }', /must be Input Type but got: T/],
    [
      'a missing field of an interface',
      'type Query { n: N } interface N { id: ID } type T implements N { a: Int }',
      /N\.id expected but T/,
    ],
    ['an input that needs itself', 'type Query { a(i: I): Int } input I { i: I! }', /"I" within itself/],
    ['two inputs that need each other', 'type Query { a(i: I): Int } input I { j: J! } input J { i: I! }', /within itself/],
    ['a reserved name of a type', 'type Query { a: __T } type __T { b: Int }', /"__T" must not begin with "__"/],
    ['a reserved name of a field', 'type Query { __a: Int }', /"__a" must not begin with "__"/],
    ['a type without fields', 'type Query { a: T } type T', /T must define one or more fields/],
    ['a union without members', 'type Query { a: U } union U', /U must define one or more member types/],
    ['a default of another type', 'type Query { a(n: Int = "x"): Int }', /n: the default value "x" is no Int/],
    ['a type that is nowhere', 'type Query { a: Nope }', /Unknown type "Nope"/],
    ['one type twice', 'type Query { a: Int } type Query { b: Int }', /only one type named "Query"/],
  ];

  test.each(schemas)('a schema with %s', (_what, sdl, message) => {
    const attempt = () => load({ schema: sdl });

    expect(attempt).toThrow(DefinitionError);
    expect(attempt).toThrow(message);
  });

  test('not a schema that declares AppSync’s own scalars and directives for its tools', () => {
    const attempt = () => load({ schema: 'scalar AWSDate directive @aws_iam on OBJECT type Query @aws_iam { a: AWSDate }' });

    expect(attempt).not.toThrow();
  });

  test.each(refusals)('%s', (_what, fixture, message) => {
    const attempt = () => load(fixture);

    expect(attempt).toThrow(message);
  });
});
