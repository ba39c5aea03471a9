import { describe, expect, test } from 'vitest';
import { API_KEY, code, givenApi, value } from '../../testing/appsync-fixture.ts';

const schema = `
  type Query { thing(id: ID, list: [Int]): Thing  things: [Thing!]!  text: String  json: AWSJSON }
  type Mutation { first: Int  second: Int }
  type Thing { id: ID!  name: String  own: String  upper: String  children: [Thing!] }
`;

describe('a resolver with one data source', () => {
  test('hands the request to the data source and its result to the response', async () => {
    const api = await givenApi({
      schema,
      resolvers: {
        'Query.thing': code({
          request: 'return { payload: { id: ctx.args.id, name: "n" } };',
          response: 'return { ...ctx.result, own: ctx.stash.own ?? "none" };',
        }),
      },
    });

    const { data, errors } = await api.ask('{ thing(id: 7) { id name own } }');

    expect({ data, errors }).toEqual({ data: { thing: { id: '7', name: 'n', own: 'none' } }, errors: [] });
  });

  test('keeps the stash from request to response', async () => {
    const api = await givenApi({
      schema,
      resolvers: {
        'Query.text': code({
          request: 'ctx.stash.seen = ["a"]; return { payload: null };',
          response: 'ctx.stash.seen.push("b"); return ctx.stash.seen.join();',
        }),
      },
    });

    const { data } = await api.ask('{ text }');

    expect(data).toEqual({ text: 'a,b' });
  });

  test('ends in its request when that returns early, without data source and response', async () => {
    const api = await givenApi({
      schema,
      resolvers: { 'Query.text': code({ request: 'runtime.earlyReturn("early");', response: 'util.error("response ran");' }) },
    });

    const { data, errors } = await api.ask('{ text }');

    expect({ data, errors }).toEqual({ data: { text: 'early' }, errors: [] });
  });

  test('sees its whole surroundings in ctx', async () => {
    const api = await givenApi({
      schema,
      resolvers: {
        'Query.json': value(`{
          env: ctx.env, identity: ctx.identity, source: ctx.source, domainName: ctx.request.domainName,
          header: ctx.request.headers['x-mark'], info: ctx.info, authType: util.authType(), same: ctx.args === ctx.arguments,
        }`),
      },
    });

    const { data } = await api.ask('query ($a: Int) { json thing(list: [$a]) { id } }', { a: 1 }, { 'x-mark': 'm' });

    expect(JSON.parse(data?.['json'] as string)).toEqual({
      env: { TABLE: 'Things' },
      identity: null,
      source: null,
      domainName: null,
      header: 'm',
      info: { fieldName: 'json', parentTypeName: 'Query', variables: { a: 1 } },
      authType: 'API Key Authorization',
      same: true,
    });
  });

  test('sees which fields are asked for, by their aliases and with fragments written out', async () => {
    const api = await givenApi({
      schema,
      resolvers: {
        'Query.thing': code({
          response: 'return { id: "1", name: ctx.info.selectionSetList.join(), own: ctx.info.selectionSetGraphQL };',
        }),
      },
    });

    const { data } = await api.ask('{ thing { id called: name own kids: children { ...F } } } fragment F on Thing { id upper }');

    const { called, own } = data?.['thing'] as Record<string, string>;
    expect(called).toBe('id,called,own,kids,kids/id,kids/upper');
    expect(own).toBe('{\n  id\n  called: name\n  own\n  kids: children {\n    ...F\n  }\n}');
  });

  test('leaves in its result what the schema does not show, for the fields below', async () => {
    const api = await givenApi({
      schema,
      resolvers: {
        'Query.thing': value('{ id: "1", hidden: { word: "w" } }'),
        'Thing.upper': value('ctx.source.hidden.word.toUpperCase()'),
      },
    });

    const { data } = await api.ask('{ thing { upper } }');

    expect(data).toEqual({ thing: { upper: 'W' } });
  });

  test('cannot change the parent for its siblings', async () => {
    const api = await givenApi({
      schema,
      resolvers: {
        'Query.thing': value('{ id: "1", name: "n", list: [1] }'),
        'Thing.upper': code({
          request: 'ctx.source.name = "changed"; ctx.source.list.push(2); return { payload: null };',
          response: 'return ctx.source.name;',
        }),
        'Thing.own': value('ctx.source.name + ctx.source.list.length'),
      },
    });

    const { data } = await api.ask('{ thing { upper own name } }');

    expect(data).toEqual({ thing: { upper: 'changed', own: 'n1', name: 'n' } });
  });

  test('cannot change a variable for another field', async () => {
    const api = await givenApi({
      schema,
      resolvers: { 'Query.thing': code({ response: 'ctx.args.list.push(0); return { id: ctx.args.list.join() };' }) },
    });

    const { data } = await api.ask('query ($list: [Int]) { a: thing(list: $list) { id } b: thing(list: $list) { id } }', {
      list: [1, 2],
    });

    expect(data).toEqual({ a: { id: '1,2,0' }, b: { id: '1,2,0' } });
  });

  test('gives values as JSON carries them', async () => {
    const api = await givenApi({
      schema,
      resolvers: { 'Query.json': value('{ a: undefined, b: NaN, c: [undefined, () => 1], d: 1 }') },
    });

    const { data } = await api.ask('{ json }');

    expect(data).toEqual({ json: '{"b":null,"c":[null,null],"d":1}' });
  });
});

describe('a field without resolver', () => {
  test('is a property of its parent, and null at the root', async () => {
    const api = await givenApi({ schema, resolvers: { 'Query.things': value('[{ id: 1, name: "a" }, { id: "2" }]') } });

    const { data } = await api.ask('{ text things { id name __typename } }');

    expect(data).toEqual({
      text: null,
      things: [
        { id: '1', name: 'a', __typename: 'Thing' },
        { id: '2', name: null, __typename: 'Thing' },
      ],
    });
  });
});

describe('the root fields of a mutation', () => {
  test('run one after the other', async () => {
    const order: string[] = [];
    const slow = {
      invoke: async (request: unknown) => {
        order.push(`begin ${String(request)}`);
        await new Promise((resolve) => setImmediate(resolve));
        order.push(`end ${String(request)}`);
        return { result: 1 };
      },
    };
    const api = await givenApi({
      schema,
      resolvers: {
        'Mutation.first': code({ request: 'return "first";' }),
        'Mutation.second': code({ request: 'return "second";' }),
      },
      surroundings: { dataSourceFor: () => slow },
    });

    await api.ask('mutation { first second }');

    expect(order).toEqual(['begin first', 'end first', 'begin second', 'end second']);
  });
});

describe('a pipeline', () => {
  const step = (name: string, request = '') =>
    code({
      request: `${request} return { payload: "${name}" };`,
      response: `ctx.stash.steps = [...ctx.stash.steps, ctx.result + ":" + ctx.prev.result]; return ctx.result;`,
    });
  const pipeline = (steps: string[], before = 'ctx.stash.steps = []; return "before";') => ({
    code: code({
      request: before,
      response: 'return [...(ctx.stash.steps ?? []), "after:" + ctx.prev.result, ctx.result].join(" ");',
    }),
    steps,
  });
  const textOf = async (resolver: ReturnType<typeof pipeline>) => {
    const api = await givenApi({ schema, resolvers: { 'Query.text': resolver } });
    const { data, errors } = await api.ask('{ text }');
    return errors.length > 0 ? errors.map(({ message }) => message).join() : data?.['text'];
  };

  test('runs before, functions, after; each sees what the one before gave', async () => {
    const text = await textOf(pipeline([step('one'), step('two')]));

    expect(text).toBe('one:before two:one after:two two');
  });

  test('skips one function that returns early', async () => {
    const text = await textOf(pipeline([step('one'), step('two', 'runtime.earlyReturn("skipped");'), step('three')]));

    expect(text).toBe('one:before three:skipped after:three three');
  });

  test('skips all further functions when told to', async () => {
    const text = await textOf(pipeline([step('one', 'runtime.earlyReturn("out", { skipTo: "END" });'), step('two')]));

    expect(text).toBe('after:out out');
  });

  test('skips every function when its own request returns early', async () => {
    const text = await textOf(pipeline([step('one')], 'runtime.earlyReturn("none");'));

    expect(text).toBe('after:none none');
  });

  test('goes on after a data source failed, unless the function says otherwise', async () => {
    const failing = { invoke: () => ({ result: null, error: { type: 'Store:Down', message: 'store is down' } }) };
    const caught = code({ response: 'return ctx.error.type + "/" + ctx.error.message + "/" + ctx.result;' });
    const api = await givenApi({
      schema,
      dataSources: [
        { name: 'none', type: 'NONE' },
        { name: 'failing', type: 'AWS_LAMBDA', functionArn: 'arn' },
      ],
      resolvers: {
        'Query.text': {
          code: code({ response: 'return ctx.prev.result;' }),
          steps: [
            { code: caught, dataSource: 'failing' },
            code({ response: `return ctx.prev.result + " " + (ctx.error ? "error" : "no error");` }),
          ],
        },
      },
      surroundings: { dataSourceFor: ({ name }) => (name === 'failing' ? failing : undefined) },
    });
    const { data, errors } = await api.ask('{ text }');

    expect({ data, errors }).toEqual({ data: { text: 'Store:Down/store is down/null no error' }, errors: [] });
  });

  test('ends with the first util.error', async () => {
    const text = await textOf(pipeline([code({ response: 'util.error("no further", "Stop");' }), step('two')]));

    expect(text).toBe('no further');
  });

  test('does not let a later function change what an earlier one kept', async () => {
    const keep = code({ response: 'const list = [1]; ctx.stash.kept = list; return list;' });
    const change = code({ request: 'ctx.prev.result.push(2); return { payload: ctx.prev.result.length };' });
    const api = await givenApi({
      schema,
      resolvers: {
        'Query.text': {
          code: code({ response: 'return ctx.stash.kept.length + " " + ctx.prev.result;' }),
          steps: [keep, change],
        },
      },
    });

    const { data } = await api.ask('{ text }');

    expect(data).toEqual({ text: '1 2' });
  });
});

describe('response headers', () => {
  test('come from util.http, and AWS keeps its own', async () => {
    const api = await givenApi({
      schema,
      resolvers: {
        'Query.text': code({
          response:
            'util.http.addResponseHeader("itemsCount", 7); util.http.addResponseHeaders({ "X-Mark": { a: 1 } }); return "t";',
        }),
        'Query.json': code({ response: 'util.http.addResponseHeader("x-amzn-mine", 1);' }),
      },
    });

    const { headers, errors } = await api.ask('{ text json }');

    expect([headers.get('itemscount'), headers.get('x-mark')]).toEqual(['7', '{"a":1}']);
    expect(errors.map(({ errorType, path }) => [errorType, path])).toEqual([['Code', ['json']]]);
  });
});

test('nothing of a request is left for the next one', async () => {
  const api = await givenApi({
    schema,
    resolvers: {
      'Query.text': code({
        request: 'const before = ctx.stash.seen; ctx.stash.seen = "x"; return { payload: before ?? "fresh" };',
      }),
    },
  });

  const answers = await Promise.all([1, 2, 3].map(() => api.ask('{ text }', {}, { 'x-api-key': API_KEY })));

  expect(answers.map(({ data }) => data?.['text'])).toEqual(['fresh', 'fresh', 'fresh']);
});
