// Slow: waits for answers that are pending.
import { describe, expect, expectTypeOf, test } from 'vitest';
import { AnswerPendingError, WarehouseFailedError, type SalesRow, type WarehouseAnswer } from '../../sdk/index.ts';
import { appSyncError, fakeApi, type Reply } from './fake-api.ts';

const row = { month: '2011-02', revenue: '498062.650', units: 277_989 };
const state = { status: 'FINISHED', hasMore: false, asOf: '2026-11-22T10:00:00.000Z', source: 'CACHE', elapsedMs: 3, id: null };
const finished = { ...state, rows: [row] };
const pending = { ...state, status: 'PENDING', source: 'RAW', asOf: null, elapsedMs: 23_000, id: 'c29tZQ==', rows: [] };
/** What `warehouseResult` answers: rows under the name that the document gives them. */
const fetched = (changes: object = {}) => ({ __typename: 'SalesResult', ...state, source: 'RAW', sales: [row], ...changes });
const refusal = (errorType: string, message = 'no'): Reply => ({
  body: { data: null, errors: [appSyncError(message, errorType, ['sales'])] },
});

describe('a question to the warehouse', () => {
  test('about sales brings rows, and where and from when they are', async () => {
    const api = await fakeApi(() => ({ body: { data: { sales: finished } } }));
    const where = { from: '2011-01-01', countries: ['EIRE'] };

    const answer = await api.connect().sales({ groupBy: ['MONTH'], where, orderBy: [{ by: 'REVENUE', direction: 'DESC' }] });

    expect(answer).toEqual({ rows: [row], hasMore: false, asOf: '2026-11-22T10:00:00.000Z', source: 'CACHE', elapsedMs: 3 });
    expect(api.received.map(({ variables }) => variables)).toEqual([
      { groupBy: ['MONTH'], where, orderBy: [{ by: 'REVENUE', direction: 'DESC' }] },
    ]);
    expectTypeOf(answer).toEqualTypeOf<WarehouseAnswer<SalesRow<readonly ['MONTH']>>>();
  });

  test('of the other kinds takes what narrows it, and nothing at all', async () => {
    const api = await fakeApi(({ operationName }) => ({
      body: {
        data: { [operationName.charAt(0).toLowerCase() + operationName.slice(1)]: { ...state, rows: [{ customers: 1 }] } },
      },
    }));
    const tillgraph = api.connect();

    const answers = [
      await tillgraph.customerSegments(),
      await tillgraph.customerSegments({ asOf: '2011-11-30' }),
      await tillgraph.retention(),
      await tillgraph.retention({ from: '2010-12', to: '2011-11' }),
      await tillgraph.productPairs(),
      await tillgraph.productPairs({ stockCode: '85123A', limit: 5 }),
    ];

    expect(answers.map(({ rows }) => rows)).toEqual(answers.map(() => [{ customers: 1 }]));
    expect(api.received.map(({ variables }) => variables)).toEqual([
      ...[{}, { asOf: '2011-11-30' }, {}, { from: '2010-12', to: '2011-11' }, {}, { stockCode: '85123A', limit: 5 }],
    ]);
  });
});

describe('an answer that is pending', () => {
  test('is waited for, however often it is pending still', async () => {
    const api = await fakeApi((_request, n) => ({
      body: { data: n === 0 ? { sales: pending } : { warehouseResult: n < 3 ? fetched({ ...pending, sales: [] }) : fetched() } },
    }));

    const answer = await api.connect().sales({ groupBy: ['MONTH'] });

    expect(answer).toMatchObject({ rows: [row], source: 'RAW', elapsedMs: 3 * 23_000 + 3 });
    expect(api.received.map(({ operationName }) => operationName)).toEqual([
      'Sales',
      ...Array<string>(3).fill('WarehouseResult'),
    ]);
    expect(api.received.at(-1)?.variables).toEqual({ id: pending.id });
  });

  test('is not waited for when the caller has no time, and can be asked for later', async () => {
    const api = await fakeApi((_request, n) => ({
      body: { data: n === 0 ? { sales: pending } : { warehouseResult: fetched() } },
    }));
    const tillgraph = api.connect();

    const error: unknown = await tillgraph.sales({ groupBy: ['MONTH'], wait: 0 }).catch((reason: unknown) => reason);
    const later = await tillgraph.warehouseResult((error as AnswerPendingError).id);

    expect(error).toBeInstanceOf(AnswerPendingError);
    expect(error).toMatchObject({ code: 'ANSWER_PENDING', id: pending.id, waited: 0 });
    expect(later).toMatchObject({ kind: 'sales', rows: [row] });
  });

  test('is given up when the time is over', async () => {
    const api = await fakeApi((_request, n) => ({
      body: { data: n === 0 ? { sales: pending } : { warehouseResult: fetched({ ...pending, sales: [] }) } },
    }));

    const asked = api.connect().sales({ groupBy: ['MONTH'], wait: 300 });

    await expect(asked).rejects.toMatchObject({ code: 'ANSWER_PENDING', waited: 300 });
    expect(api.received.length).toBeGreaterThan(1);
  });

  test('is no longer waited for when the caller aborts', async () => {
    const caller = new AbortController();
    const api = await fakeApi((_request, n) => {
      if (n === 1) caller.abort(new Error('enough'));
      return { body: { data: n === 0 ? { sales: pending } : { warehouseResult: fetched({ ...pending, sales: [] }) } } };
    });

    await expect(api.connect().sales({ groupBy: [], signal: caller.signal })).rejects.toThrow('enough');
  });

  test.each([
    ['SegmentResult', 'segments', 'customerSegments'],
    ['RetentionResult', 'retention', 'retention'],
    ['ProductPairResult', 'pairs', 'productPairs'],
  ])('of the type %s has its rows when it is there', async (__typename, name, kind) => {
    const api = await fakeApi(() => ({
      body: { data: { warehouseResult: { __typename, ...state, [name]: [{ customers: 2 }] } } },
    }));

    const answer = await api.connect().warehouseResult('c29tZQ==');

    expect(answer).toMatchObject({ kind, rows: [{ customers: 2 }] });
  });
});

describe('a warehouse that', () => {
  test('is busy is asked again, also for an answer that was pending', async () => {
    const replies: Reply[] = [
      refusal('WarehouseUnavailable'),
      { body: { data: { sales: pending } } },
      refusal('WarehouseUnavailable'),
      { body: { data: { warehouseResult: fetched() } } },
    ];
    const api = await fakeApi((_request, n) => replies[n]);

    const answer = await api.connect().sales({ groupBy: ['MONTH'] });

    expect(answer.rows).toEqual([row]);
    expect(api.received).toHaveLength(4);
  });

  test('stays busy is given up as the policy says', async () => {
    const api = await fakeApi(() => refusal('WarehouseUnavailable'));

    const asked = api.connect().sales({ groupBy: ['MONTH'], retry: { attempts: 2 } });

    await expect(asked).rejects.toMatchObject({ code: 'REQUEST_REFUSED', errors: [{ errorType: 'WarehouseUnavailable' }] });
    expect(api.received).toHaveLength(2);
  });

  test('fails says why', async () => {
    const failed = { ...state, status: 'FAILED', rows: [] };
    const message = 'the warehouse could not answer: ERROR: out of memory';
    const api = await fakeApi(() => ({
      body: { data: { sales: failed }, errors: [appSyncError(message, 'WarehouseFailed', ['sales'])] },
    }));

    const error: unknown = await api
      .connect()
      .sales({ groupBy: ['MONTH'] })
      .catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(WarehouseFailedError);
    expect(error).toMatchObject({ code: 'WAREHOUSE_FAILED', message, errors: [{ errorType: 'WarehouseFailed' }] });
    expect(api.received).toHaveLength(1);
  });

  test.each(['WarehouseAbsent', 'WarehouseRefused', 'InvalidValue'])(
    'refuses the question (%s) is asked once',
    async (errorType) => {
      const api = await fakeApi(() => refusal(errorType));

      await expect(api.connect().sales({ groupBy: ['MONTH'] })).rejects.toMatchObject({ errors: [{ errorType }] });
      expect(api.received).toHaveLength(1);
    },
  );
});
