import { describe, expect, test } from 'vitest';
import { ServiceError } from '../../errors.ts';
import { sign } from '../../http/signature-v4.ts';
import type { HttpApiOptions } from './service.ts';
import { startHttpApi } from './service.ts';
import type { HttpApiDefinition, RouteDefinition } from './definition.ts';

const credentials = { accessKeyId: 'AKIALOCALTESTTESTTES', secretAccessKey: 'secret' };
const route = (key: string, more: Partial<RouteDefinition> = {}): RouteDefinition => ({
  key,
  functionArn: key,
  authorization: 'NONE',
  timeoutMilliseconds: 30_000,
  ...more,
});

interface Given {
  readonly routes?: readonly RouteDefinition[];
  readonly api?: Partial<HttpApiDefinition>;
  readonly invoke?: HttpApiOptions['invoke'];
}

/** Start an API in front of a function that answers with its event, and use it. */
async function withApi<T>(
  { routes = [route('POST /transactions')], api = {}, invoke }: Given,
  use: (url: string) => Promise<T>,
): Promise<T> {
  const server = await startHttpApi(
    { logicalId: 'Api', apiId: 'abc', stageVariables: {}, routes, ...api },
    {
      port: 0,
      credentials,
      region: 'us-east-1',
      accountId: '000000000000',
      log: () => undefined,
      invoke: invoke ?? ((_functionArn, event) => Promise.resolve({ payload: event })),
    },
  );
  try {
    return await use(server.url);
  } finally {
    await server.close();
  }
}

const answering =
  (result: unknown): HttpApiOptions['invoke'] =>
  () =>
    Promise.resolve({ payload: JSON.stringify(result) });

describe('a function behind an HTTP API', () => {
  test('gets the request in format 2.0', async () => {
    const event = await withApi(
      { routes: [route('POST /shops/{shop}/transactions')], api: { stageVariables: { colour: 'blue' } } },
      async (url) => {
        const response = await fetch(`${url}/shops/a%20b/transactions?day=1&day=2&note=%C3%A9`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', 'X-Trace': 'one', Cookie: 'a=1; b=2' },
          body: '{"é":1}',
        });
        return response.json() as Promise<Record<string, unknown>>;
      },
    );

    expect(event).toMatchObject({
      version: '2.0',
      routeKey: 'POST /shops/{shop}/transactions',
      rawPath: '/shops/a%20b/transactions',
      rawQueryString: 'day=1&day=2&note=%C3%A9',
      cookies: ['a=1', 'b=2'],
      headers: { 'content-type': 'application/json', 'x-trace': 'one' },
      queryStringParameters: { day: '1,2', note: 'é' },
      pathParameters: { shop: 'a b' },
      stageVariables: { colour: 'blue' },
      requestContext: {
        accountId: '000000000000',
        apiId: 'abc',
        http: { method: 'POST', path: '/shops/a%20b/transactions', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1' },
        routeKey: 'POST /shops/{shop}/transactions',
        stage: '$default',
        time: expect.stringMatching(/^\d\d\/[A-Z][a-z][a-z]\/\d{4}:\d\d:\d\d:\d\d \+0000$/) as string,
      },
      body: '{"é":1}',
      isBase64Encoded: false,
    });
    expect(event['headers']).not.toHaveProperty('cookie');
  });

  test('gets a body that is no text in base64', async () => {
    const event = await withApi({}, async (url) => {
      const response = await fetch(`${url}/transactions`, {
        method: 'POST',
        headers: { 'content-type': 'application/gzip' },
        body: Buffer.from([0xff, 0]),
      });
      return response.json();
    });

    expect(event).toMatchObject({ body: '/wA=', isBase64Encoded: true });
  });

  test.each([
    [
      'a whole answer',
      { statusCode: 201, headers: { 'X-Id': '7' }, cookies: ['a=1', 'b=2'], body: 'made' },
      [201, '7', 'a=1, b=2', 'made'],
    ],
    ['an answer in base64', { statusCode: 200, body: 'bWFkZQ==', isBase64Encoded: true }, [200, null, null, 'made']],
    ['a status only', { statusCode: 204 }, [204, null, null, '']],
    ['any other object, which is the body then', { items: [] }, [200, null, null, '{"items":[]}']],
    ['a text, which is the body then', 'hello', [200, null, null, 'hello']],
    ['a status that is none', { statusCode: 'fine' }, [500, null, null, '{"message":"Internal Server Error"}']],
  ])('may give %s', async (_what, result, expected) => {
    const answer = await withApi({ invoke: answering(result) }, async (url) => {
      const response = await fetch(`${url}/transactions`, { method: 'POST' });
      return [response.status, response.headers.get('x-id'), response.headers.get('set-cookie'), await response.text()];
    });

    expect(answer).toEqual(expected);
  });
});

describe('an HTTP API', () => {
  test.each([
    ['POST', '/transactions', 'POST /transactions'],
    ['PUT', '/transactions', 'ANY /transactions'],
    ['GET', '/shops/1', 'GET /shops/{shop}'],
    ['GET', '/shops/list', 'GET /shops/list'],
    ['GET', '/files/a/b', 'ANY /files/{path+}'],
    ['GET', '/files', '$default'],
    ['GET', '/elsewhere', '$default'],
  ])('sends %s %s to %s', async (method, path, key) => {
    const keys = [
      '$default',
      'ANY /files/{path+}',
      'ANY /transactions',
      'GET /shops/{shop}',
      'GET /shops/list',
      'POST /transactions',
    ];

    const event = await withApi({ routes: keys.map((one) => route(one)) }, async (url) =>
      (await fetch(url + path, { method })).json(),
    );

    expect(event).toMatchObject({ routeKey: key });
  });

  const failing: readonly [string, Given, RequestInit, string, number, string][] = [
    ['that nothing is there', {}, { method: 'GET' }, '/transactions', 404, 'Not Found'],
    [
      'that a body is over 10 MB',
      {},
      { method: 'POST', body: Buffer.alloc(10 * 1024 * 1024 + 1) },
      '/transactions',
      413,
      'Request Entity Too Large',
    ],
    [
      'that the function has failed',
      { invoke: () => Promise.resolve({ payload: '{}', functionError: 'Unhandled' }) },
      { method: 'POST' },
      '/transactions',
      500,
      'Internal Server Error',
    ],
    [
      'that the function is throttled',
      { invoke: () => Promise.reject(new ServiceError('TooManyRequestsException', 'Rate Exceeded.', 429)) },
      { method: 'POST' },
      '/transactions',
      503,
      'Service Unavailable',
    ],
    [
      'that the function takes too long',
      { routes: [route('POST /transactions', { timeoutMilliseconds: 50 })], invoke: () => new Promise(() => undefined) },
      { method: 'POST' },
      '/transactions',
      503,
      'Service Unavailable',
    ],
    [
      'that the request is not signed',
      { routes: [route('POST /transactions', { authorization: 'AWS_IAM' })] },
      { method: 'POST' },
      '/transactions',
      403,
      'Forbidden',
    ],
  ];

  test.each(failing)('says %s', async (_what, given, request, path, status, message) => {
    const answer = await withApi(given, async (url) => {
      const response = await fetch(url + path, request);
      return [response.status, await response.json()];
    });

    expect(answer).toEqual([status, { message }]);
  });

  test('lets a signed request in, and says who signed', async () => {
    const event = await withApi({ routes: [route('POST /transactions', { authorization: 'AWS_IAM' })] }, async (url) => {
      const target = `${url}/transactions`;
      const { host: _host, ...signed } = sign({
        method: 'POST',
        url: target,
        headers: {},
        body: '[]',
        credentials,
        region: 'us-east-1',
        service: 'execute-api',
      });
      return (await fetch(target, { method: 'POST', headers: signed, body: '[]' })).json();
    });

    expect(event).toMatchObject({
      requestContext: { authorizer: { iam: { accessKey: credentials.accessKeyId, accountId: '000000000000' } } },
    });
  });

  test('throttles above its burst', async () => {
    const statuses = await withApi({ api: { throttle: { ratePerSecond: 0.001, burst: 2 } } }, async (url) => {
      const answers: number[] = [];
      for (let count = 0; count < 3; count += 1) answers.push((await fetch(`${url}/transactions`, { method: 'POST' })).status);
      return answers;
    });

    expect(statuses).toEqual([200, 200, 429]);
  });

  test('answers the preflight of an allowed origin, and of no other', async () => {
    const cors = {
      allowCredentials: false,
      allowHeaders: ['content-type'],
      allowMethods: ['POST'],
      allowOrigins: ['https://shop.example'],
      exposeHeaders: [],
      maxAgeSeconds: 60,
    };

    const answers = await withApi({ api: { cors } }, (url) =>
      Promise.all(
        ['https://shop.example', 'https://thief.example'].map(async (origin) => {
          const headers = { origin, 'access-control-request-method': 'POST' };
          const response = await fetch(`${url}/transactions`, { method: 'OPTIONS', headers });
          return [
            response.status,
            response.headers.get('access-control-allow-origin'),
            response.headers.get('access-control-max-age'),
          ];
        }),
      ),
    );

    expect(answers).toEqual([
      [204, 'https://shop.example', '60'],
      [403, null, null],
    ]);
  });
});
