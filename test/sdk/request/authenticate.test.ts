import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { describe, expect, test } from 'vitest';
import { fakeApi, IDENTITY, line, receipt, type Received } from '../fake-api.ts';

const noCustomer = { body: { data: { customer: null } } };

describe('a caller with an API key', () => {
  test('is known by the key alone', async () => {
    const api = await fakeApi(() => noCustomer);

    await api.connect({ apiKey: 'da2-abc' }).customer('17850');

    expect(api.received[0]?.headers).toMatchObject({ 'x-api-key': 'da2-abc', 'content-type': 'application/json' });
    expect(api.received[0]?.headers.authorization).toBeUndefined();
  });
});

describe('a caller with AWS credentials', () => {
  test('signs the bytes that are sent, so that anyone who has the secret comes to the same signature', async () => {
    const api = await fakeApi(() => receipt(2));

    await api.connect({ ...IDENTITY, apiKey: undefined }).sendTransactions([line('a'), line('é')]);

    expect(api.received[0]?.headers.authorization).toBe(await signatureOf(api.url, api.received[0]));
    expect(api.received[0]?.headers.authorization).toContain('/eu-west-2/appsync/aws4_request');
  });

  test('signs a session token too, from a provider that is asked again for each request', async () => {
    const api = await fakeApi(() => noCustomer);
    let asked = 0;
    const credentials = () => Promise.resolve({ ...IDENTITY.credentials, sessionToken: `session ${String((asked += 1))}` });
    const tillgraph = api.connect({ apiKey: undefined, region: 'eu-west-2', credentials });

    await tillgraph.customer('1');
    await tillgraph.customer('2');

    expect(api.received.map(({ headers }) => headers['x-amz-security-token'])).toEqual(['session 1', 'session 2']);
    expect(api.received[1]?.headers.authorization).toBe(await signatureOf(api.url, api.received[1]));
  });

  test('hears from the provider why there are no keys', async () => {
    const api = await fakeApi(() => noCustomer);
    const cause = new Error('the SSO session has expired');

    const asking = api
      .connect({ apiKey: undefined, region: 'eu-west-2', credentials: () => Promise.reject(cause) })
      .customer('17850');

    await expect(asking).rejects.toMatchObject({
      code: 'NOT_AUTHORIZED',
      cause,
      message: expect.stringContaining(cause.message) as string,
    });
    expect(api.received).toEqual([]);
  });
});

test('a caller with both reads with the key and signs what is sent', async () => {
  const api = await fakeApi((_request, n) => (n === 0 ? noCustomer : receipt(1)));
  const tillgraph = api.connect({ apiKey: 'da2-abc', ...IDENTITY });

  await tillgraph.customer('17850');
  await tillgraph.sendTransactions([line('a')]);

  expect(api.received.map(({ headers }) => [headers['x-api-key'], headers.authorization?.slice(0, 16)])).toEqual([
    ['da2-abc', undefined],
    [undefined, 'AWS4-HMAC-SHA256'],
  ]);
});

/** The `authorization` header, made anew with another SHA-256 from what arrived. */
async function signatureOf(url: string, received: Received | undefined): Promise<string | undefined> {
  const { hostname, pathname } = new URL(url);
  const { authorization = '', ...headers } = received?.headers ?? {};
  const names = /SignedHeaders=([^,]+)/.exec(authorization)?.[1]?.split(';') ?? [];
  const { 'x-amz-date': date, 'x-amz-security-token': sessionToken } = headers as Record<string, string>;
  const signer = new SignatureV4({
    service: 'appsync',
    region: IDENTITY.region,
    sha256: Sha256,
    credentials: { ...IDENTITY.credentials, ...(sessionToken === undefined ? {} : { sessionToken }) },
  });
  const request = {
    method: 'POST',
    protocol: 'http:',
    hostname,
    path: pathname,
    headers: Object.fromEntries(names.map((name) => [name, String(headers[name])])),
    body: Buffer.from(received?.body ?? ''),
  };
  const [, ...digits] = /(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(date ?? '') ?? [];
  const [year, month, day, hour, minute, second] = digits.map(Number);
  const signingDate = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute, second));
  return (await signer.sign(request, { signingDate })).headers['authorization'];
}
