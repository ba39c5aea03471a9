import { expect, test } from 'vitest';
import { fakeApi, IDENTITY, line, receipt } from '../fake-api.ts';

const noCustomer = { body: { data: { customer: null } } };

test('requests one after the other share a connection', async () => {
  const api = await fakeApi(() => noCustomer);
  const tillgraph = api.connect();

  for (const customerId of ['1', '2', '3']) await tillgraph.customer(customerId);

  expect(new Set(api.received.map(({ port }) => port)).size).toBe(1);
});

test('texts of any script arrive whole in both directions', async () => {
  const name = 'CRÈME 蝋燭 🕯️'.repeat(10_000); // many packets, cut where they are cut
  const api = await fakeApi(({ variables }) => ({ body: { data: { customer: { country: variables['customerId'] } } } }));

  const customer = await api.connect().customer(name);

  expect(customer?.country).toBe(name);
});

test("a fetch of the caller's own sees the very same request", async () => {
  const api = await fakeApi(() => receipt(1));
  const seen: string[] = [];
  const fetch: typeof globalThis.fetch = (url, request) => {
    seen.push(`${request?.method ?? ''} ${url as string}`);
    return globalThis.fetch(url, request);
  };

  await api.connect(IDENTITY).sendTransactions([line('a')]);
  await api.connect({ ...IDENTITY, fetch }).sendTransactions([line('a')]);

  expect(seen).toEqual([`POST ${api.url}`]);
  expect(api.received[1]?.body).toBe(api.received[0]?.body);
  expect(api.received.map(({ headers }) => headers['content-type'])).toEqual(['application/json', 'application/json']);
});
