import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { connect, type Hooks, type RequestEvent, type ResponseEvent, type RetryEvent } from '../../sdk/index.ts';
import { failure, fakeApi, IDENTITY, line, receipt, requestLevelError } from './fake-api.ts';

const noCustomer = { body: { data: { customer: null } } };
const SECRET = 'da2-very-secret';

/** Hooks that keep what they are called with. */
function recorder() {
  const seen: (RequestEvent | ResponseEvent | RetryEvent)[] = [];
  const names: string[] = [];
  const record = (name: string) => (event: RequestEvent | ResponseEvent | RetryEvent) => {
    names.push(name);
    seen.push(event);
  };
  const hooks: Hooks = { onRequest: record('request'), onResponse: record('response'), onRetry: record('retry') };
  return { hooks, seen, names };
}

describe('hooks', () => {
  test('see every attempt, how it ended, and what AWS calls it', async () => {
    const api = await fakeApi((_request, n) => ({
      ...(n === 0 ? requestLevelError(503, 'ServiceUnavailableException', 'later') : noCustomer),
      requestId: `request ${String(n)}`,
    }));
    const { hooks, seen, names } = recorder();

    await api.connect({ hooks }).customer('17850');

    expect(names).toEqual(['request', 'response', 'retry', 'request', 'response']);
    const attempt = { operationName: 'Customer', kind: 'query', url: api.url, bytes: api.received[0]?.body.length };
    expect(seen).toMatchObject([
      { ...attempt, attempt: 1 },
      { ...attempt, attempt: 1, status: 503, requestId: 'request 0', error: { code: 'SERVICE_UNAVAILABLE' } },
      { operationName: 'Customer', attempt: 2, reason: 'SERVICE_UNAVAILABLE', lines: undefined },
      { ...attempt, attempt: 2 },
      { ...attempt, attempt: 2, status: 200, requestId: 'request 1', error: undefined },
    ]);
  });

  test('of the call come after those of the client', async () => {
    const api = await fakeApi(() => noCustomer);
    const order: string[] = [];
    const tillgraph = api.connect({ hooks: { onRequest: () => order.push('client') } });

    await tillgraph.customer('17850', { hooks: { onRequest: () => order.push('call') } });
    await tillgraph.customer('17850');

    expect(order).toEqual(['client', 'call', 'client']);
  });

  test.each([
    ['a key', { apiKey: SECRET }],
    ['a signature', { apiKey: undefined, region: 'eu-west-2', credentials: { ...IDENTITY.credentials, sessionToken: SECRET } }],
  ])('see no secret of a caller with %s', async (_name, identity) => {
    const api = await fakeApi(() => noCustomer);
    const { hooks, seen } = recorder();
    const tillgraph = api.connect({ ...identity, hooks });

    await tillgraph.customer('17850');

    const all = inspect([seen, tillgraph], { depth: 9 });
    expect(all).toContain('REDACTED');
    expect(all).not.toMatch(/da2-very-secret|Signature=|AKIDEXAMPLE|a secret/);
    expect(JSON.stringify(api.received[0]?.headers)).toContain(SECRET);
  });

  test('are told of lines that are sent again', async () => {
    const api = await fakeApi((_request, n) => (n === 0 ? receipt(1, failure(1, 'b', 'Throttled')) : receipt(1)));
    const { hooks, seen, names } = recorder();

    const sent = await api.connect(IDENTITY).sendTransactions([line('a'), line('b')], { hooks });

    expect(sent.resent).toBe(1);
    expect(seen[names.indexOf('retry')]).toMatchObject({
      operationName: 'SendTransactions',
      reason: 'LINES_NOT_TAKEN',
      lines: 1,
    });
  });

  test('that throw end the call, and nothing more is sent', async () => {
    const api = await fakeApi(() => requestLevelError(503, 'ServiceUnavailableException', 'later'));
    const fault = new Error('the log is full');
    const onRetry = () => {
      throw fault;
    };

    await expect(api.connect({ hooks: { onRetry } }).customer('17850')).rejects.toBe(fault);
    expect(api.received).toHaveLength(1);
  });
});

describe('the name that AWS gives a request', () => {
  const asked = { status: 'FINISHED', rows: [], hasMore: false, asOf: null, source: 'CACHE', elapsedMs: 1, id: null };

  test.each([
    ['node:http', undefined],
    ['fetch', globalThis.fetch],
  ])('comes with answers and receipts, over %s', async (_name, fetch) => {
    const api = await fakeApi(({ operationName }) => ({
      ...(operationName === 'Sales' ? { body: { data: { sales: asked } } } : receipt(1)),
      requestId: operationName,
    }));
    const tillgraph = api.connect({ ...IDENTITY, fetch });

    expect(await tillgraph.sales({ groupBy: [] })).toMatchObject({ requestId: 'Sales' });
    expect(await tillgraph.sendTransactions([line('a')])).toMatchObject({ requestId: 'SendTransactions' });
  });

  test.each([
    ['refused', { body: { data: null, errors: [{ message: 'no', errorType: 'InvalidValue' }] } }],
    ['not authorized', requestLevelError(401, 'UnauthorizedException', 'no')],
    ['not readable', { body: 'no JSON' }],
    ['failed', requestLevelError(500, 'InternalFailure', 'no')],
    ['the warehouse has failed', { body: { data: null, errors: [{ message: 'no', errorType: 'WarehouseFailed' }] } }],
    ['pending', { body: { data: { sales: { ...asked, status: 'PENDING', id: 'c29tZQ==' } } } }],
    ['without a reason', { body: { data: { sales: { ...asked, status: 'FAILED' } } } }],
  ])('comes with an error that is %s', async (_name, reply) => {
    const api = await fakeApi(() => ({ ...reply, requestId: 'abc' }));

    await expect(api.connect({ retry: false }).sales({ groupBy: [], wait: 0 })).rejects.toMatchObject({ requestId: 'abc' });
  });

  test('is not there where no answer came', async () => {
    const failed: unknown = await connect({ url: 'http://127.0.0.1:9', apiKey: 'a', retry: false })
      .customer('17850')
      .catch((error: unknown) => error);

    expect(failed).toMatchObject({ code: 'CONNECTION_FAILED' });
    expect(failed).not.toHaveProperty('requestId', expect.anything());
  });
});

test('a caller that aborts does not wait for credentials, nor for a fetch that knows no signal', async () => {
  const never = () => new Promise<never>(() => undefined);
  const url = 'http://127.0.0.1:9/graphql';
  for (const options of [
    { ...IDENTITY, credentials: never },
    { ...IDENTITY, fetch: never },
  ]) {
    const caller = new AbortController();
    const asking = connect({ url, ...options }).customer('17850', { signal: caller.signal });
    caller.abort('enough');
    await expect(asking).rejects.toBe('enough');
  }
});
