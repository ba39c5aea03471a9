import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { appSyncError, fakeApi, IDENTITY, line, receipt, requestLevelError, type Reply } from '../fake-api.ts';

const noCustomer: Reply = { body: { data: { customer: null } } };
const unavailable = requestLevelError(503, 'ServiceUnavailableException', 'come back later');

describe('a request is sent again', () => {
  const busy = requestLevelError(429, 'TooManyRequestsException', 'rate exceeded');
  const passing: [string, Reply][] = [['503', unavailable], ['429', busy], ['a broken connection', undefined]]; // prettier-ignore

  test.each(passing)('after %s, until it is answered', async (_name, reply) => {
    const api = await fakeApi((_request, n) => (n < 2 ? reply : noCustomer));

    const customer = await api.connect().customer('17850');

    expect(customer).toBeNull();
    expect(api.received.map(({ body }) => body)).toEqual(Array(3).fill(api.received[0]?.body));
  });

  test('with all its lines, each counted as resent: their ids make it safe', async () => {
    const api = await fakeApi((_request, n) => (n === 0 ? undefined : receipt(2)));

    const sent = await api.connect(IDENTITY).sendTransactions([line('a'), line('b')]);

    expect(sent).toEqual({ accepted: 2, failed: [], resent: 2 });
    expect(api.received[1]?.body).toBe(api.received[0]?.body);
  });

  test('with a signature of its own, because one ends after five minutes', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-01-01T12:00:00Z') });
    onTestFinished(() => void vi.useRealTimers());
    const api = await fakeApi((_request, n) => {
      vi.setSystemTime(new Date('2026-01-01T12:10:00Z'));
      return n === 0 ? unavailable : receipt(1);
    });

    await api.connect(IDENTITY).sendTransactions([line('a')]);

    expect(api.received.map(({ headers }) => headers['x-amz-date'])).toEqual(['20260101T120000Z', '20260101T121000Z']);
  });
});

describe('a request is not sent again', () => {
  test.each([
    [400, 'BadRequestException', 'REQUEST_REFUSED'],
    [401, 'UnauthorizedException', 'NOT_AUTHORIZED'],
    [403, 'BadRequestException', 'NOT_AUTHORIZED'],
    [413, 'RequestEntityTooLargeException', 'REQUEST_REFUSED'],
  ])('after %i', async (status, errorType, code) => {
    const api = await fakeApi(() => requestLevelError(status, errorType, 'no'));

    const asking = api.connect().customer('17850');

    await expect(asking).rejects.toMatchObject({ code, errors: [{ errorType, message: 'no' }] });
    expect(api.received).toHaveLength(1);
  });

  test('after an answer that holds errors', async () => {
    const api = await fakeApi(() => ({
      body: { data: { customer: null }, errors: [appSyncError('no', 'DynamoDB:DynamoDbException')] },
    }));

    const asking = api.connect().customer('17850');

    await expect(asking).rejects.toMatchObject({ code: 'REQUEST_REFUSED' });
    expect(api.received).toHaveLength(1);
  });

  test('once the attempts are used up', async () => {
    const api = await fakeApi(() => unavailable);

    const asking = api.connect().customer('17850', { retry: { attempts: 3 } });

    await expect(asking).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', status: 503 });
    expect(api.received).toHaveLength(3);
  });

  test('where the caller wants none', async () => {
    const api = await fakeApi(() => unavailable);

    const asking = api.connect({ retry: false }).customer('17850');

    await expect(asking).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(api.received).toHaveLength(1);
  });

  test('after an abort in the middle of the pause', async () => {
    const abort = new AbortController();
    const api = await fakeApi(() => unavailable);
    vi.spyOn(Math, 'random').mockImplementation(() => {
      queueMicrotask(() => {
        abort.abort('the user has left');
      });
      return 1; // drawn when the pause begins: all of an hour
    });

    const hour = { attempts: 2, baseDelay: 3_600_000, maxDelay: 3_600_000 };
    const asking = api.connect().customer('17850', { signal: abort.signal, retry: hour });

    await expect(asking).rejects.toBe('the user has left');
    expect(api.received).toHaveLength(1);
  });
});
