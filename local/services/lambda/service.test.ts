import { once } from 'node:events';
import { existsSync, watch } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sign } from '../../http/signature-v4.ts';
import type { Functions } from './functions.ts';
import { startInvokeServer } from './service.ts';
import { newDirectory } from '../../testing/directories.ts';
import { functionOf, withFunction } from '../../testing/functions.ts';

const credentials = { accessKeyId: 'AKIALOCALTESTTESTTES', secretAccessKey: 'secret' };
const echo = functionOf(
  'export const handler = async (event) => { if (event.fail) throw new Error(event.fail); return event; };',
);

async function withServer<T>(use: (url: string, functions: Functions) => Promise<T>, definition = echo): Promise<T> {
  return withFunction(definition, async (functions) => {
    const server = await startInvokeServer(functions, {
      port: 0,
      credentials,
      region: 'us-east-1',
      backlog: () => Promise.resolve([]),
      log: () => undefined,
    });
    try {
      return await use(server.url, functions);
    } finally {
      await server.close();
    }
  });
}

function post(url: string, path: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  const { host: _host, ...signed } = sign({
    method: 'POST',
    url: url + path,
    headers,
    body,
    credentials,
    region: 'us-east-1',
    service: 'lambda',
  });
  return fetch(url + path, { method: 'POST', headers: { ...headers, ...signed }, body });
}

const path = '/2015-03-31/functions/greeter/invocations';

describe('the endpoint of Lambda', () => {
  test('invokes a function and gives back what it gives', async () => {
    const answer = await withServer(async (url) => {
      const response = await post(url, path, '{"amount":1}');
      return [response.status, response.headers.get('x-amz-executed-version'), await response.json()];
    });

    expect(answer).toEqual([200, '$LATEST', { amount: 1 }]);
  });

  test('takes an asynchronous event, and answers before the function has run', async () => {
    const file = join(newDirectory('event'), 'seen.txt');
    const code = `import { writeFileSync } from 'node:fs'; export const handler = (event) => writeFileSync(event.file, 'seen');`;

    const [status, body] = await withServer(async (url) => {
      const response = await post(url, path, JSON.stringify({ file }), { 'x-amz-invocation-type': 'Event' });
      const text = await response.text();
      while (!existsSync(file)) await once(watch(join(file, '..')), 'change');
      return [response.status, text];
    }, functionOf(code));

    expect([status, body]).toEqual([202, '']);
  });

  test('says by a header that the function has failed', async () => {
    const answer = await withServer(async (url) => {
      const response = await post(url, path, '{"fail":"no"}');
      return [response.status, response.headers.get('x-amz-function-error'), await response.json()];
    });

    expect(answer).toEqual([200, 'Unhandled', expect.objectContaining({ errorType: 'Error', errorMessage: 'no' })]);
  });

  test.each([
    ['a body over 6 MB', path, JSON.stringify('x'.repeat(6 * 1024 * 1024)), {}, 413, 'RequestEntityTooLargeException'],
    ['a body that is no JSON', path, '{', {}, 400, 'InvalidRequestContentException'],
    ['another function', path.replace('greeter', 'other'), '{}', {}, 404, 'ResourceNotFoundException'],
    ['another operation', '/2015-03-31/functions/greeter/concurrency', '{}', {}, 404, 'UnknownOperationException'],
    ['a dry run', path, '{}', { 'x-amz-invocation-type': 'DryRun' }, 400, 'InvalidParameterValueException'],
    [
      'an asynchronous event over 1 MB',
      path,
      JSON.stringify('x'.repeat(1024 * 1024)),
      { 'x-amz-invocation-type': 'Event' },
      413,
      'RequestEntityTooLargeException',
    ],
  ])('refuses %s by name', async (_what, target, body, headers, status, name) => {
    const answer = await withServer(async (url) => {
      const response = await post(url, target, body, headers);
      return [response.status, response.headers.get('x-amzn-errortype')];
    });

    expect(answer).toEqual([status, name]);
  });

  test('refuses a request that is not signed', async () => {
    const status = await withServer(async (url) => (await fetch(url + path, { method: 'POST', body: '{}' })).status);

    expect(status).toBe(403);
  });

  test('takes faults for a function by its name', async () => {
    const payloads = await withServer(async (url) => {
      await fetch(`${url}/_faults`, { method: 'PUT', body: '[{"operation":"greeter","effect":"throw","times":1}]' });
      const both = [await post(url, path, '1'), await post(url, path, '2')];
      return Promise.all(both.map((response) => response.text()));
    });

    expect(payloads).toEqual(['{"errorType":"Error","errorMessage":"fault throw"}', '2']);
  });
});
