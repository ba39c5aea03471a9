import { EventEmitter, once } from 'node:events';
import { Agent, request } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { ServiceError } from '../errors.ts';
import { Faults } from '../faults.ts';
import { JsonBytes, startJsonServer } from './aws-json-server.ts';
import type { JsonOperation } from './aws-json-server.ts';
import { sessionTokenOf, sign } from './signature-v4.ts';

const credentials = { accessKeyId: 'local', secretAccessKey: 'local-secret' };

async function givenServer(operations: Record<string, JsonOperation<never>>, pages: Record<string, () => unknown> = {}) {
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  const server = await startJsonServer(
    {
      signingName: 'shop',
      targetPrefix: 'Shop',
      jsonVersion: '1.0',
      operations,
      faults: new Faults<never>('shop', {}),
      maxBodyBytes: 300_000,
      pages,
    },
    { port: 0, credentials, region: 'us-east-1', log },
  );
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= server.close());
  onTestFinished(close);
  return { url: server.url, close, lines };
}

/** A signed call. */
async function call(url: string, target: string, body: string, more: Record<string, string> = {}, roleArn?: string) {
  const session = roleArn === undefined ? credentials : { ...credentials, sessionToken: sessionTokenOf(roleArn) };
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target, ...more };
  const signed = sign({ method: 'POST', url, headers, body, credentials: session, region: 'us-east-1', service: 'shop' });
  const response = await fetch(url, { method: 'POST', headers: { ...headers, ...signed }, body });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
}

test('a call reaches its operation, and what it gives goes back with the id of the request', async () => {
  const { url } = await givenServer({
    Buy: (input, { requestId }) => ({ bought: input['what'], requestId }),
    Leave: () => undefined,
  });

  const bought = await call(url, 'Shop.Buy', '{"what":"a £2 teapot"}');
  const left = await call(url, 'Shop.Leave', '');

  const requestId = bought.headers.get('x-amzn-requestid');
  expect(bought).toMatchObject({ status: 200, body: { bought: 'a £2 teapot', requestId } });
  expect(bought.headers.get('content-type')).toBe('application/x-amz-json-1.0');
  expect(left).toMatchObject({ status: 200, body: undefined });
});

test('an operation knows in the name of which role it is called', async () => {
  const { url } = await givenServer({ Who: (_input, { roleArn }) => ({ roleArn: roleArn ?? 'the owner' }) });

  const role = await call(url, 'Shop.Who', '', {}, 'arn:aws:iam::000000000000:role/loader');
  const owner = await call(url, 'Shop.Who', '');

  expect([role.body, owner.body]).toEqual([{ roleArn: 'arn:aws:iam::000000000000:role/loader' }, { roleArn: 'the owner' }]);
});

test('an answer that is JSON already goes out byte for byte', async () => {
  const { url } = await givenServer({ Count: () => new JsonBytes(Buffer.from('{"grains":18446744073709551615}')) });
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'Shop.Count' };
  const signed = sign({ method: 'POST', url, headers, body: '{}', credentials, region: 'us-east-1', service: 'shop' });

  const answer = await fetch(url, { method: 'POST', headers: { ...headers, ...signed }, body: '{}' });

  expect(await answer.text()).toBe('{"grains":18446744073709551615}');
});

test('pages that AWS does not have need no signature', async () => {
  const pages = { '/_stock': () => Promise.resolve({ teapots: 2 }) };
  const { url } = await givenServer({ Buy: () => undefined }, pages);

  const [asked, posted, other] = await Promise.all([
    fetch(`${url}/_stock`),
    fetch(`${url}/_stock`, { method: 'POST' }),
    fetch(`${url}/_other`),
  ]);

  expect([asked.status, await asked.json()]).toEqual([200, { teapots: 2 }]);
  expect([posted.ok, other.ok]).toEqual([false, false]);
});

test('an intended refusal goes out as it is, anything else without its details', async () => {
  const { url, lines } = await givenServer({
    Buy: () => {
      throw new ServiceError('SoldOutException', 'no teapots', 400, { fields: { left: 0 } });
    },
    Look: () => Promise.reject(new Error('secret')),
  });

  const [refused, broken] = [await call(url, 'Shop.Buy', '{}'), await call(url, 'Shop.Look', '{}')];

  expect(refused).toMatchObject({ status: 400, body: { __type: 'SoldOutException', message: 'no teapots', left: 0 } });
  expect(broken).toMatchObject({
    status: 500,
    body: { __type: 'InternalFailure', message: expect.not.stringContaining('secret') },
  });
  expect(lines).toEqual([expect.stringContaining('shop Shop.Look failed: Error: secret')]);
});

test.each([
  ['Shop.Sell', '{}', {}, 'UnknownOperationException', 'Shop.Sell is not supported locally: shop knows Buy'],
  ['Shop.toString', '{}', {}, 'UnknownOperationException', 'Shop.toString is not supported locally'],
  ['Market.Buy', '{}', {}, 'UnknownOperationException', 'Market.Buy is not supported locally'],
  ['Shop.Buy', '{', {}, 'SerializationException', 'not JSON'],
  ['Shop.Buy', '[]', {}, 'SerializationException', 'must be an object'],
])('%s with the body %s is refused: %j', async (target, body, headers, type, message) => {
  const { url } = await givenServer({ Buy: () => ({}) });

  const answer = await call(url, target, body, headers);

  expect(answer).toMatchObject({ status: 400, body: { __type: type, message: expect.stringContaining(message) } });
});

test('large bodies one after the other do not mix, though their memory is used again', async () => {
  const { url } = await givenServer({ Echo: (input) => input });
  const bodies = ['a', 'b', 'c', 'd'].map((letter) => ({ text: letter.repeat(250_000) }));

  const answers = await Promise.all(bodies.map((body) => call(url, 'Shop.Echo', JSON.stringify(body))));

  expect(answers.map(({ body }) => body)).toEqual(bodies);
});

test('a body that is too long is refused before it is read to its end', async () => {
  const { url } = await givenServer({ Echo: (input) => input });

  const answer = await call(url, 'Shop.Echo', 'x'.repeat(300_001));

  expect(answer).toMatchObject({ status: 413, body: { message: expect.stringContaining('longer than 300000 bytes') } });
});

test('closing answers the calls that run, and does not wait for idle connections', async () => {
  const shop = new EventEmitter();
  const wait = async () => {
    shop.emit('customer waits');
    await once(shop, 'door opens');
    return { waited: true };
  };
  const { url, close } = await givenServer({ Wait: wait });
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => {
    agent.destroy();
  });
  await new Promise((resolve) => request(url, { agent }, (response) => response.resume().once('end', resolve)).end());
  const [running] = [call(url, 'Shop.Wait', '{}'), await once(shop, 'customer waits')];

  const closing = close();
  shop.emit('door opens');

  await expect(running).resolves.toMatchObject({ status: 200, body: { waited: true } });
  await closing;
});
