import { describe, expect, test } from 'vitest';
import { connect, ConnectionError, RequestRefusedError, UnreadableAnswerError } from '../../sdk/index.ts';
import { appSyncError, fakeApi, line, requestLevelError } from './fake-api.ts';

describe('a refusal', () => {
  test('keeps what AppSync writes beside the message, and what could be answered', async () => {
    const path = ['customer', 'invoices', 'items', 0, 'total'];
    const data = { customer: { customerId: '17850', invoices: null } };
    const api = await fakeApi(() => ({
      body: { data, errors: [appSyncError('too deep', 'QueryDepthLimitReached', path, { depth: 9 })] },
    }));

    const refused = await caught(api.connect().customer('17850', { invoices: 5 }));

    expect(refused).toBeInstanceOf(RequestRefusedError);
    expect(refused).toMatchObject({ data, message: expect.stringContaining('QueryDepthLimitReached: too deep') as string });
    expect((refused as RequestRefusedError).errors).toEqual([
      { message: 'too deep', errorType: 'QueryDepthLimitReached', errorInfo: { depth: 9 }, path },
    ]);
  });

  test('of a field that the caller may not use tells what an API key cannot do', async () => {
    const message = 'Not Authorized to access sendTransactions on type Mutation';
    const api = await fakeApi(() => ({
      body: { data: null, errors: [appSyncError(message, 'Unauthorized', ['sendTransactions'])] },
    }));

    const refused = await caught(api.connect().sendTransactions([line('a')]));

    expect(refused).toMatchObject({
      code: 'NOT_AUTHORIZED',
      errors: [{ errorType: 'Unauthorized', path: ['sendTransactions'] }],
    });
    expect(refused).toMatchObject({
      message: expect.stringContaining('an API key can read, never write, and may be for aggregates alone') as string,
    });
  });

  test('of an unknown caller says so', async () => {
    const api = await fakeApi(() => requestLevelError(401, 'UnauthorizedException', 'You are not authorized to make this call.'));

    const refused = await caught(api.connect().customer('17850'));

    expect(refused).toMatchObject({
      code: 'NOT_AUTHORIZED',
      message: expect.stringContaining('You are not authorized') as string,
    });
  });
});

describe('an answer that is none', () => {
  test.each(['<html>It works!</html>', '[]', '{"hello":"world"}', 'null'])('is shown: %s', async (body) => {
    const api = await fakeApi(() => ({ body }));

    const failed = await caught(api.connect().customer('17850'));

    expect(failed).toBeInstanceOf(UnreadableAnswerError);
    expect(failed).toMatchObject({ code: 'UNREADABLE_ANSWER', status: 200, body });
  });

  test('without data or errors of its own is a refusal', async () => {
    const api = await fakeApi(() => ({ body: { data: null } }));

    const failed = await caught(api.connect().customer('17850'));

    expect(failed).toMatchObject({ code: 'REQUEST_REFUSED', errors: [] });
  });
});

describe('a connection that fails', () => {
  test('names the address, the innermost reason, and what to do', async () => {
    const url = 'http://127.0.0.1:9/graphql'; // the port of "discard": nobody listens

    const failed = await caught(connect({ url, apiKey: 'da2-test', retry: false }).customer('17850'));

    expect(failed).toBeInstanceOf(ConnectionError);
    expect(failed).toMatchObject({ code: 'CONNECTION_FAILED', url, cause: expect.any(Error) as Error });
    expect(String(failed)).toMatch(/no answer from http:\/\/127.0.0.1:9\/graphql: .*; start the stack with "npm start"/);
  });

  test('is also one that stays silent for too long', async () => {
    const api = await fakeApi(() => new Promise(() => undefined));

    const failed = await caught(api.connect({ timeout: 20, retry: false }).customer('17850'));

    expect(failed).toMatchObject({
      code: 'CONNECTION_FAILED',
      message: expect.stringContaining('no answer within 20 ms') as string,
    });
  });
});

const caught = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.fail('no error'),
    (error: unknown) => error,
  );
