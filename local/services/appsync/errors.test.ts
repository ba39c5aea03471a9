import { describe, expect, test } from 'vitest';
import { code, givenApi, value } from '../../testing/appsync-fixture.ts';

const schema = `
  type Query { thing: Thing  must: Thing!  list: [Thing!]  maybe: [Thing]  text: String  number: Int  date: AWSDateTime  color: Color  node: Node  flag: Boolean  id: ID  ratio: Float }
  enum Color { RED GREEN }
  interface Node { id: ID! }
  type Thing implements Node { id: ID!  name: String  parent: Thing  strict: Thing!  late: String! }
`;

describe('the error of a field', () => {
  test('has AppSync’s shape: all at the top, no extensions, status 200', async () => {
    const api = await givenApi({
      schema,
      resolvers: {
        'Query.thing': code({ response: 'util.error("went wrong", "Bad", { id: 1, name: "n", secret: "s" }, { hint: [1] });' }),
      },
    });

    const { status, text, headers } = await api.ask('{\n  thing { called: name }\n}');

    expect({ status, errorType: headers.get('x-amzn-errortype') }).toEqual({ status: 200, errorType: null });
    expect(text).toBe(
      '{"data":{"thing":null},"errors":[{"path":["thing"],"data":{"called":"n"},"errorType":"Bad","errorInfo":{"hint":[1]},"locations":[{"line":2,"column":3,"sourceName":null}],"message":"went wrong"}]}',
    );
  });

  test('has no type when none was given', async () => {
    const api = await givenApi({ schema, resolvers: { 'Query.text': code({ request: 'util.error("no type");' }) } });

    const { errors } = await api.ask('{ text }');

    expect(errors).toEqual([
      {
        path: ['text'],
        data: null,
        errorType: null,
        errorInfo: null,
        locations: [{ line: 1, column: 3, sourceName: null }],
        message: 'no type',
      },
    ]);
  });

  test('may stand beside its value', async () => {
    const api = await givenApi({
      schema,
      resolvers: {
        'Query.text': code({
          response: 'util.appendError("one", "A"); util.appendError("two", "B", null, { at: 2 }); return "kept";',
        }),
      },
    });

    const { data, errors } = await api.ask('{ text }');

    expect(data).toEqual({ text: 'kept' });
    expect(errors.map(({ message, errorType, errorInfo, path }) => [message, errorType, errorInfo, path])).toEqual([
      ['one', 'A', null, ['text']],
      ['two', 'B', { at: 2 }, ['text']],
    ]);
  });

  test('says Unauthorized when the code does', async () => {
    const api = await givenApi({ schema, resolvers: { 'Query.text': code({ request: 'util.unauthorized();' }) } });

    const { data, errors } = await api.ask('{ text }');

    expect(data).toEqual({ text: null });
    expect(errors[0]).toMatchObject({ errorType: 'Unauthorized', message: 'Not Authorized to access text on type Query' });
  });

  test('names the place where the code failed', async () => {
    const api = await givenApi({
      schema,
      resolvers: {
        'Query.text':
          'export function request(ctx) { return { payload: null } }\nexport function response(ctx) {\n  return ctx.result.items.length;\n}',
      },
    });

    const { errors } = await api.ask('{ text }');

    expect(errors[0]).toMatchObject({ errorType: 'Code', path: ['text'] });
    expect(errors[0]?.message).toMatch(/^Query\.text:3:\d+: TypeError: Cannot read properties of null/);
  });

  test('stands at its place in a list, and the others are answered', async () => {
    const api = await givenApi({
      schema,
      resolvers: {
        'Query.maybe': value('[{ id: 1 }, { id: 2 }, null]'),
        'Thing.name': code({ response: 'if (ctx.source.id === 2) { util.error("two"); } return "n";' }),
      },
    });

    const { data, errors } = await api.ask('{ maybe { id name } }');

    expect(data).toEqual({ maybe: [{ id: '1', name: 'n' }, { id: '2', name: null }, null] });
    expect(errors.map(({ path }) => path)).toEqual([['maybe', 1, 'name']]);
  });
});

describe('null where it may not be', () => {
  test('takes the nearest parent that may be null, and is told for every field', async () => {
    const api = await givenApi({ schema, resolvers: { 'Query.thing': value('{ id: "1", parent: { name: "p" } }') } });

    const { data, errors } = await api.ask('{ thing { id parent { id late } } }');

    expect(data).toEqual({ thing: { id: '1', parent: null } });
    expect(errors).toEqual([
      {
        path: ['thing', 'parent', 'id'],
        locations: null,
        message: "Cannot return null for non-nullable type: 'ID' within parent 'Thing' (/thing/parent/id)",
      },
      {
        path: ['thing', 'parent', 'late'],
        locations: null,
        message: "Cannot return null for non-nullable type: 'String' within parent 'Thing' (/thing/parent/late)",
      },
    ]);
  });

  test('takes the whole data when nothing above may be null', async () => {
    const api = await givenApi({ schema, resolvers: { 'Query.text': value('"t"') } });

    const { data, errors } = await api.ask('{ text must { id } }');

    expect(data).toBeNull();
    expect(errors[0]?.path).toEqual(['must']);
  });

  test('in a list item takes the list', async () => {
    const api = await givenApi({ schema, resolvers: { 'Query.list': value('[{ id: 1 }, { name: "without id" }]') } });

    const { data, errors } = await api.ask('{ list { id } }');

    expect(data).toEqual({ list: null });
    expect(errors[0]?.message).toContain('(/list[1]/id)');
  });

  test('that arrives late takes its parent away afterwards', async () => {
    const late = { invoke: () => new Promise<{ result: null }>((resolve) => setImmediate(() => resolve({ result: null }))) };
    const api = await givenApi({
      schema,
      dataSources: [
        { name: 'none', type: 'NONE' },
        { name: 'late', type: 'AWS_LAMBDA', functionArn: 'arn' },
      ],
      resolvers: {
        'Query.list': value('[{ id: 1 }]'),
        'Query.thing': value('{ id: 1, parent: { id: 2 } }'),
        'Thing.late': { code: code({ request: 'return {};' }), dataSource: 'late' },
      },
      surroundings: { dataSourceFor: ({ name }) => (name === 'late' ? late : undefined) },
    });

    const { data, errors } = await api.ask('{ thing { id parent { id late } } list { id late } }');

    expect(data).toEqual({ thing: { id: '1', parent: null }, list: null });
    expect(errors.map(({ path }) => path)).toEqual([
      ['thing', 'parent', 'late'],
      ['list', 0, 'late'],
    ]);
  });

  test('is told once when the field has failed already', async () => {
    const api = await givenApi({
      schema,
      resolvers: { 'Query.thing': value('{ id: 1 }'), 'Thing.late': code({ response: 'util.error("failed");' }) },
    });

    const { data, errors } = await api.ask('{ thing { late } }');

    expect(data).toEqual({ thing: null });
    expect(errors.map(({ message }) => message)).toEqual(['failed']);
  });
});

describe('a value that is not of its type', () => {
  const cases: [field: string, expression: string, message: string][] = [
    ['list { id }', '{ id: 1 }', "Can't resolve value (/list) : type mismatch error, expected type LIST"],
    ['thing { id }', '[1]', "Can't resolve value (/thing) : type mismatch error, expected type OBJECT"],
    ['number', '"many"', "Can't serialize value (/number) : Expected type 'Int' but was 'String'."],
    ['number', '3000000000', "Can't serialize value (/number) : Expected type 'Int' but was 'Long'."],
    ['date', '"2010-12-01"', "Can't serialize value (/date) : Unable to serialize `2010-12-01` as a valid DateTime Object."],
    ['color', '"BLUE"', "Can't serialize value (/color) : Invalid input for Enum 'Color'. Unknown value 'BLUE'"],
    ['flag', '{ a: 1 }', "Can't serialize value (/flag) : Expected type 'Boolean' but was 'LinkedHashMap'."],
    ['id', '1.5', "Can't serialize value (/id) : Expected type 'ID' but was 'Double'."],
    [
      'node { id }',
      '{ id: 1 }',
      "Abstract type 'Node' must resolve to an Object type at runtime (/node): the value needs a __typename",
    ],
  ];

  test.each(cases)('%s of %s is null, and why is told', async (field, expression, message) => {
    const name = field.split(' ')[0] ?? '';
    const api = await givenApi({ schema, resolvers: { [`Query.${name}`]: value(expression) } });

    const { data, errors } = await api.ask(`{ ${field} }`);

    expect(data).toEqual({ [name]: null });
    expect(errors).toEqual([{ path: [name], locations: null, message }]);
  });

  test('is converted where AppSync converts', async () => {
    const api = await givenApi({
      schema,
      resolvers: {
        'Query.number': value('"12"'),
        'Query.text': value('{ a: 5, b: ["x", 1.5, 12000000.5], c: null }'),
        'Query.ratio': value('"1e2"'),
        'Query.flag': value('"no"'),
        'Query.node': value('{ __typename: "Thing", id: 3 }'),
      },
    });

    const { data } = await api.ask('{ number text ratio flag node { __typename id } }');

    expect(data).toEqual({
      number: 12,
      text: '{a=5, b=[x, 1.5, 1.20000005E7], c=null}',
      ratio: 100,
      flag: false,
      node: { __typename: 'Thing', id: '3' },
    });
  });
});
