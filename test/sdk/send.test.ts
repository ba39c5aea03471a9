import { describe, expect, expectTypeOf, test } from 'vitest';
import type { SendReceipt } from '../../sdk/index.ts';
import { appSyncError, failure, fakeApi, IDENTITY, line, receipt, type Received } from './fake-api.ts';

const idsOf = ({ variables }: Received) => (variables['input'] as { lineId: string }[]).map(({ lineId }) => lineId);

describe('the receipt', () => {
  test('comes back together with errors about single lines, rather than being lost to them', async () => {
    const refused = { index: 1, lineId: 'b', code: 'InvalidValue', message: 'quantity: write a whole number' };
    const info = { index: 1, lineId: 'b', field: 'quantity', value: 2.5 };
    const errors = [appSyncError('input[1].quantity: write a whole number', 'InvalidValue', ['sendTransactions'], info)];
    const api = await fakeApi(() => ({ body: { ...receipt(1, refused).body, errors } }));

    const sent = await api.connect(IDENTITY).sendTransactions([line('a'), line('b')]);

    expect(sent).toEqual({ accepted: 1, failed: [refused], resent: 0 });
    expectTypeOf(sent).toEqualTypeOf<SendReceipt>();
  });

  test('for one line is as that for many', async () => {
    const api = await fakeApi(() => ({ body: { data: { sendTransaction: { accepted: 1, failed: [] } } } }));

    const sent = await api.connect(IDENTITY).sendTransaction(line('a'));

    expect(sent).toEqual({ accepted: 1, failed: [], resent: 0 });
    expect(api.received[0]).toMatchObject({ operationName: 'SendTransaction', variables: { input: line('a') } });
  });
});

describe('a line that the stream could not take', () => {
  test('is sent again alone, and keeps its place and its id', async () => {
    const invalid = failure(0, 'a', 'InvalidValue');
    const api = await fakeApi((_request, n) => {
      if (n === 0) return receipt(2, invalid, failure(2, 'c', 'Throttled'), failure(4, 'e', 'StreamUnavailable'));
      return n === 1 ? receipt(1, failure(1, 'e', 'Throttled')) : receipt(1);
    });

    const sent = await api.connect(IDENTITY).sendTransactions(['a', 'b', 'c', 'd', 'e'].map(line));

    expect(api.received.map(idsOf)).toEqual([['a', 'b', 'c', 'd', 'e'], ['c', 'e'], ['e']]);
    expect(sent).toEqual({ accepted: 4, failed: [invalid], resent: 3 });
  });

  test('is named with its place when the attempts are used up', async () => {
    const api = await fakeApi((request) =>
      receipt(0, ...idsOf(request).map((lineId, index) => failure(index, lineId, 'Throttled'))),
    );

    const sent = await api.connect(IDENTITY).sendTransactions([line('a'), line('b')], { retry: { attempts: 2 } });

    expect(sent).toEqual({ accepted: 0, failed: [failure(0, 'a', 'Throttled'), failure(1, 'b', 'Throttled')], resent: 2 });
    expect(api.received).toHaveLength(2);
  });

  test("is the caller's to send where the caller wants no retry", async () => {
    const api = await fakeApi(() => receipt(0, failure(0, 'a', 'Throttled')));

    const sent = await api.connect(IDENTITY).sendTransactions([line('a')], { retry: false });

    expect(sent).toMatchObject({ accepted: 0, failed: [{ lineId: 'a', code: 'Throttled' }], resent: 0 });
    expect(api.received).toHaveLength(1);
  });
});

test.each([0, 251])('%i lines are refused before anything is sent', async (lines) => {
  const api = await fakeApi(() => receipt(0));

  const sending = api.connect(IDENTITY).sendTransactions(Array.from({ length: lines }, (_, n) => line(String(n))));

  await expect(sending).rejects.toMatchObject({ code: 'LINE_COUNT', lines, limit: 250 });
  expect(api.received).toEqual([]);
});
