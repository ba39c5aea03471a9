import { once } from 'node:events';
import http from 'node:http';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { answered, API_KEY, code, givenApi, value } from '../../testing/appsync-fixture.ts';

const schema = `
  type Query { "One." text("Such as \\"a\\"." of: String!, n: Int): Thing }
  type Subscription { changed: Thing }
  type Thing { id: ID  other(must: Int!): Int  thing: Thing }
`;
const resolvers = { 'Query.text': value('{ id: ctx.args.of }') };

describe('a request that is none', () => {
  const key = { 'x-api-key': API_KEY };
  const cases: [
    what: string,
    body: string | Buffer<ArrayBuffer>,
    headers: Record<string, string>,
    code: string,
    message: string,
  ][] = [
    ['an empty body', '', key, 'MalformedHttpRequestException', 'Request body is empty.'],
    [
      'a body in Latin-1',
      Buffer.from('{"query":"{ text(of: \\"Espa\u00f1a\\") }"}', 'latin1'),
      key,
      'MalformedHttpRequestException',
      'The body is not UTF-8.',
    ],
    ['no JSON', 'meow', key, 'MalformedHttpRequestException', 'Unable to parse GraphQL query.'],
    ['a list', '[]', key, 'MalformedHttpRequestException', 'Unable to parse GraphQL query.'],
    ['no query', '{}', key, 'MalformedHttpRequestException', 'Unable to parse GraphQL query.'],
    [
      'variables that are no object',
      '{"query":"{__typename}","variables":[1]}',
      key,
      'MalformedHttpRequestException',
      'variables must be an object.',
    ],
    ['a query with bad syntax', '{"query":"{ text("}', key, 'MalformedHttpRequestException', 'Unable to parse GraphQL query.'],
    ['a query that is empty', '{"query":"{}"}', key, 'MalformedHttpRequestException', 'Unable to parse GraphQL query.'],
    [
      'another content type',
      '{"query":"{__typename}"}',
      { ...key, 'content-type': 'text/plain' },
      'MalformedHttpRequestException',
      'application/json',
    ],
    [
      'two operations without a name',
      '{"query":"query A {__typename} query B {__typename}"}',
      key,
      'BadRequestException',
      'Missing operation name.',
    ],
    [
      'a name without operation',
      '{"query":"query A {__typename}","operationName":"C"}',
      key,
      'BadRequestException',
      "Unknown operation named 'C'.",
    ],
    ['a subscription', '{"query":"subscription { changed { id } }"}', key, 'UnsupportedOperation', 'not implemented locally'],
  ];

  test.each(cases)('%s is refused with 400', async (_what, body, headers, code, message) => {
    const api = await givenApi({ schema, resolvers });

    const answer = await api.post(body, headers);

    expect({ status: answer.status, header: answer.headers.get('x-amzn-errortype') }).toEqual({ status: 400, header: code });
    expect(answer.errors).toEqual([{ errorType: code, message: expect.stringContaining(message) as string }]);
  });

  test('another address is 404, another method 405', async () => {
    const api = await givenApi({ schema, resolvers });

    const answers = await Promise.all([
      fetch(api.graphqlUrl.replace('/graphql', '/nowhere')),
      fetch(api.graphqlUrl, { method: 'DELETE' }),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([404, 405]);
  });
});

test('a query may come by GET', async () => {
  const api = await givenApi({ schema, resolvers });
  const parameters = new URLSearchParams({ query: 'query ($of: String!) { text(of: $of) { id } }', variables: '{"of":"g"}' });

  const answer = await answered(await fetch(`${api.graphqlUrl}?${parameters.toString()}`, { headers: { 'x-api-key': API_KEY } }));

  expect(answer.data).toEqual({ text: { id: 'g' } });
});

test('a browser with a page of this machine, of another port, may ask', async () => {
  const api = await givenApi({ schema, resolvers });

  const preflight = await fetch(api.graphqlUrl, {
    method: 'OPTIONS',
    headers: { origin: 'http://localhost:3000', 'access-control-request-headers': 'x-api-key' },
  });
  const asked = await api.ask('{ __typename }', {}, { origin: 'http://localhost:3000' });

  expect([preflight.status, preflight.headers.get('access-control-allow-headers')]).toEqual([200, 'x-api-key']);
  expect(asked.headers.get('access-control-allow-origin')).toBe('*');
});

test('a WebSocket is refused with 501, in words', async () => {
  const api = await givenApi({ schema, resolvers });
  const url = new URL(api.realtimeUrl);

  const { status, body } = await new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
    const request = http.get(
      { host: url.hostname, port: url.port, path: url.pathname, headers: { connection: 'Upgrade', upgrade: 'websocket' } },
      (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => {
          resolve({ status: response.statusCode, body: text });
        });
      },
    );
    request.on('error', reject);
  });

  expect(status).toBe(501);
  expect(JSON.parse(body)).toEqual({
    errors: [
      {
        errorType: 'UnsupportedOperation',
        message: expect.stringContaining('subscriptions are not implemented locally') as string,
      },
    ],
  });
});

test('a WebSocket handshake that is reset ends nothing', async () => {
  const api = await givenApi({ schema, resolvers });
  const { hostname, port } = new URL(api.realtimeUrl);
  const handshake = 'GET /graphql/realtime HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

  for (let n = 0; n < 20; n++) {
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.write(handshake);
    socket.resetAndDestroy();
    await once(socket, 'close');
  }

  expect((await api.ask('{ __typename }')).status).toBe(200);
});

test('what is running when the API closes is answered', async () => {
  let arrived: (() => void) | undefined;
  let release: ((outcome: { result: unknown }) => void) | undefined;
  const asked = new Promise<void>((resolve) => (arrived = resolve));
  const slow = {
    invoke: () => {
      arrived?.();
      return new Promise<{ result: unknown }>((resolve) => (release = resolve));
    },
  };
  const api = await givenApi({ schema, resolvers: { 'Query.text': code({}) }, surroundings: { dataSourceFor: () => slow } });
  const answer = api.ask('{ text(of: "late") { id } }');
  await asked;

  const closed = api.close();
  release?.({ result: { id: 'late' } });

  expect((await answer).data).toEqual({ text: { id: 'late' } });
  await expect(closed).resolves.toBeUndefined();
  await expect(fetch(api.graphqlUrl)).rejects.toThrow();
});

describe('the page at /', () => {
  test('begins with a query that needs no id, because few data hold the id of an example', async () => {
    const type = 'type Query { one(id: ID!): Int  two(from: String!, "Such as 7." n: Int): Int }';
    const api = await givenApi({ schema: type, resolvers: { 'Query.two': value('ctx.args.n') } });

    const page = await (await fetch(api.graphqlUrl.replace('/graphql', '/'))).text();

    expect(page).toContain('two(from: \\"\\", n: 7)');
  });

  test('has everything on this machine, the key, and a query that runs', async () => {
    const api = await givenApi({ schema, resolvers, name: 'a < b' });
    const base = api.graphqlUrl.replace('/graphql', '');

    const page = await (await fetch(`${base}/`)).text();
    const addresses = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = '']) => address);
    const assets = await Promise.all(addresses.map(async (address) => fetch(new URL(address, base))));
    const query = JSON.parse(/defaultQuery: (".*"),/.exec(page)?.[1] ?? '""') as string;
    const { data, errors } = await api.ask(query);

    expect(addresses.every((address) => address.startsWith('/graphiql/'))).toBe(true);
    expect(assets.map(({ status, headers }) => [status, headers.get('content-type')?.split(';')[0]])).toEqual([
      [200, 'text/css'],
      [200, 'text/javascript'],
      [200, 'text/javascript'],
      [200, 'text/javascript'],
    ]);
    expect(page).toContain('a &lt; b');
    expect(page).toContain(API_KEY);
    // Whoever runs the first query on an empty stack is told how to get data.
    expect(page).toContain('answers with empty lists and null: \\"npm run replay -- FILE\\" sends a CSV file');
    expect(errors).toEqual([]);
    expect(data).toMatchObject({ text: { id: 'a' } });
  });
});
