import { describe, expect, test } from 'vitest';
import type { ApiSurroundings } from '../definition.ts';
import { verify } from '../../../http/signature-v4.ts';
import { code, credentials, givenApi, givenService, value } from '../../../testing/appsync-fixture.ts';

const schema = 'type Query { out: AWSJSON  things: [Thing] } type Thing { id: ID  twice: String }';
const SEEN = 'return { result: ctx.result, error: ctx.error ?? null };';

describe('the HTTP data source', () => {
  const dataSources = [
    {
      name: 'stream',
      type: 'HTTP',
      endpoint: 'https://kinesis.us-east-1.amazonaws.com',
      signing: { region: 'us-east-1', service: 'kinesis' },
      roleArn: 'arn:aws:iam::000000000000:role/stream-source',
    },
  ] as const;

  async function asked(request: string, status = 200) {
    const services: string[] = [];
    const service = await givenService(() => ({ status, body: '{"ok":true}' }));
    const endpointOf = (name: string) => {
      services.push(name);
      return service.url;
    };
    const api = await givenApi({
      schema,
      dataSources,
      resolvers: { 'Query.out': { code: code({ request: `return ${request};`, response: SEEN }), dataSource: 'stream' } },
      surroundings: { endpointOf },
    });
    const { data, errors } = await api.ask('{ out }');
    const out = data?.['out'];
    return {
      services,
      received: service.received,
      errors,
      seen: typeof out === 'string' ? (JSON.parse(out) as { result: Record<string, unknown>; error: unknown }) : undefined,
    };
  }

  test('sends what the request says to the stand-in of the service, signed in the name of its role', async () => {
    const { services, received, seen } = await asked(
      '{ method: "POST", resourcePath: "/a/b", params: { query: { q: "x y", n: 1 }, headers: { "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "T" }, body: { a: ["é"] } } }',
    );
    const { method = '', url = '', headers = {}, body = '' } = received[0] ?? {};

    const verified = verify(
      { method, rawUrl: url, headers, body: Buffer.from(body) },
      { credentials, region: 'us-east-1', service: 'kinesis' },
    );

    expect(verified).toMatchObject({ accessKeyId: 'AKIDLOCAL', roleArn: 'arn:aws:iam::000000000000:role/stream-source' });
    expect({ services, method, url, body, type: headers['content-type'], target: headers['x-amz-target'] }).toEqual({
      services: ['kinesis'],
      method: 'POST',
      url: '/a/b?q=x+y&n=1',
      body: '{"a":["é"]}',
      type: 'application/x-amz-json-1.1',
      target: 'T',
    });
    expect(seen).toMatchObject({
      error: null,
      result: { statusCode: 200, body: '{"ok":true}', headers: { 'x-amzn-requestid': 'REQUEST' } },
    });
  });

  test('gives a refusal of the service as its result, not as an error', async () => {
    const { seen } = await asked('{ method: "GET", resourcePath: "/" }', 400);

    expect(seen).toMatchObject({ error: null, result: { statusCode: 400, body: '{"ok":true}' } });
  });

  test.each([
    ['{ resourcePath: "/" }', "'$[method]' not found"],
    ['{ method: "HEAD", resourcePath: "/" }', 'must be one of'],
    ['{ method: "GET" }', "'$[resourcePath]' not found"],
    ['{ method: "GET", resourcePath: "/", params: { headers: { Host: "other" } } }', "The header 'Host' cannot be set"],
    ['{ method: "GET", resourcePath: "/", params: { headers: { a: 1 } } }', 'must be a string'],
    [
      '{ method: "POST", resourcePath: "/", params: { headers: { "content-type": "image/png" } } }',
      "content type 'image/png' is not supported",
    ],
  ])('refuses %s', async (request, message) => {
    const { errors, received } = await asked(request);

    expect(errors[0]).toMatchObject({ errorType: 'MappingTemplate' });
    expect(errors[0]?.message).toContain(message);
    expect(received).toEqual([]);
  });

  test('says when no server answers', async () => {
    const api = await givenApi({
      schema,
      dataSources,
      resolvers: {
        'Query.out': {
          code: code({ request: 'return { method: "GET", resourcePath: "/" };', response: SEEN }),
          dataSource: 'stream',
        },
      },
      surroundings: { endpointOf: () => 'http://127.0.0.1:1' },
    });

    const { data } = await api.ask('{ out }');

    expect(data?.['out']).toContain('Http:HttpClientException');
  });
});

describe('the Lambda data source', () => {
  const arn = 'arn:aws:lambda:us-east-1:000000000000:function:f';
  const dataSources = [
    { name: 'none', type: 'NONE' },
    { name: 'function', type: 'AWS_LAMBDA', functionArn: arn },
  ] as const;

  async function asked(request: string, invokeFunction: ApiSurroundings['invokeFunction']) {
    const api = await givenApi({
      schema,
      dataSources,
      resolvers: { 'Query.out': { code: code({ request: `return ${request};`, response: SEEN }), dataSource: 'function' } },
      surroundings: { invokeFunction },
    });
    const { data, errors } = await api.ask('{ out }');
    return { errors, seen: typeof data?.['out'] === 'string' ? (JSON.parse(data['out']) as unknown) : undefined };
  }

  test('invokes the function with the payload alone', async () => {
    const calls: unknown[] = [];

    const { seen } = await asked('{ operation: "Invoke", payload: { a: 1 } }', (...call) => {
      calls.push(call);
      return Promise.resolve({ payload: { b: [2] } });
    });

    expect(calls).toEqual([[arn, { a: 1 }]]);
    expect(seen).toEqual({ result: { b: [2] }, error: null });
  });

  test('gives a failure of the function as ctx.error', async () => {
    const { seen } = await asked('{ operation: "Invoke" }', () =>
      Promise.resolve({ payload: { errorMessage: 'boom', errorType: 'Error' }, functionError: 'Unhandled' }),
    );

    expect(seen).toEqual({ result: null, error: { type: 'Lambda:Unhandled', message: 'boom' } });
  });

  test('does not wait for an event', async () => {
    const { seen } = await asked('{ operation: "Invoke", invocationType: "Event" }', () => new Promise<never>(() => undefined));

    expect(seen).toEqual({ result: null, error: null });
  });

  test('refuses an operation that it has not', async () => {
    const { errors } = await asked('{ operation: "Call" }', () => Promise.resolve({ payload: null }));

    expect(errors[0]).toMatchObject({ errorType: 'MappingTemplate' });
  });

  const batch = async (invokeFunction: ApiSurroundings['invokeFunction'], maxBatchSize: number) => {
    const api = await givenApi({
      schema,
      dataSources,
      resolvers: {
        'Query.things': value('[{ id: 1 }, { id: 2 }, { id: 3 }]'),
        'Thing.twice': {
          code: code({
            request: 'return { operation: "BatchInvoke", payload: ctx.source.id };',
            response: 'if (ctx.error) { util.error(ctx.error.message, ctx.error.type); } return ctx.result;',
          }),
          dataSource: 'function',
          maxBatchSize,
        },
      },
      surroundings: { invokeFunction },
    });
    return api.ask('{ things { twice } }');
  };

  test('asks for the fields of one request together, up to the batch size', async () => {
    const calls: unknown[] = [];

    const { data } = await batch((_arn, payload) => {
      calls.push(payload);
      return Promise.resolve({ payload: (payload as number[]).map((n) => n * 2) });
    }, 2);

    expect(calls).toEqual([[1, 2], [3]]);
    expect(data).toEqual({ things: [{ twice: '2' }, { twice: '4' }, { twice: '6' }] });
  });

  test('gives each field its own failure, and all of them that of a wrong answer', async () => {
    const own = await batch(
      (_arn, payload) =>
        Promise.resolve({
          payload: (payload as number[]).map((n) => (n === 2 ? { data: null, errorMessage: 'two', errorType: 'Two' } : n)),
        }),
      10,
    );
    const wrong = await batch(() => Promise.resolve({ payload: [1] }), 10);

    expect(own.errors.map(({ message, errorType, path }) => [message, errorType, path])).toEqual([
      ['two', 'Two', ['things', 1, 'twice']],
    ]);
    expect(wrong.errors.map(({ message }) => message)).toEqual(
      Array.from({ length: 3 }, () => 'The Lambda function must return a list of 3 results, one for each payload'),
    );
  });
});
