import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  refusal,
  resultOf,
  salesRecord,
  startWarehouseApi,
  STATEMENT_ID,
  type DataApiReply,
  type WarehouseApi,
} from './warehouse-api.ts';

let api: WarehouseApi;
beforeAll(async () => {
  api = await startWarehouseApi();
});
afterAll(() => api.close());

const SALES = `query ($groupBy: [SalesDimension!]!) {
  sales(groupBy: $groupBy) { status hasMore asOf source id rows { country revenue } }
}`;
const sales = (variables: object) => api.ask(SALES, variables);

describe('a statement that', () => {
  const asked = { groupBy: ['CUSTOMER', 'COUNTRY'] };
  /** What the warehouse answers, call by call. */
  const given = (...replies: DataApiReply[]) => {
    api.given({ warehouse: (_call, n) => replies[n] });
  };
  const started = { body: { Id: STATEMENT_ID, Status: 'STARTED' } };
  const ended = { body: { Id: STATEMENT_ID, Status: 'FINISHED' } };

  test('ends while its rows are asked for is answered', async () => {
    given(started, resultOf([salesRecord(null, 'EIRE')]));

    const { data } = await sales(asked);

    expect(data.sales).toMatchObject({ status: 'FINISHED', rows: [{ country: 'EIRE' }] });
  });

  test.each([
    ['there is no result', refusal('ResourceNotFoundException')],
    ['the result cannot be asked for', refusal('ValidationException')],
    ['the result has no columns', { body: { Records: [], ColumnMetadata: [] } }],
    ['the result has only a status', { body: { Status: 'STARTED' } }],
  ])('takes too long (%s) is PENDING, with an id, and no error', async (_, reply) => {
    given(started, reply);

    const { data, errors } = await sales(asked);

    expect(errors).toEqual([]);
    expect(data.sales).toMatchObject({ status: 'PENDING', rows: [], hasMore: false, asOf: null, source: 'FACT' });
    expect(data.sales.id).toMatch(/^[A-Za-z0-9+/]+={0,2}$/);
  });

  test.each(['FAILED', 'ABORTED'])('ends %s is FAILED, with the reason', async (status) => {
    given(
      { body: { Id: STATEMENT_ID, Status: status } },
      { body: { Id: STATEMENT_ID, Status: status, Error: 'ERROR: no memory' } },
    );

    const { data, errors } = await sales(asked);

    expect(data.sales).toMatchObject({ status: 'FAILED', rows: [], id: null });
    expect(errors).toMatchObject([
      {
        errorType: 'WarehouseFailed',
        message: 'the warehouse could not answer: ERROR: no memory',
        errorInfo: { statementId: STATEMENT_ID },
        path: ['sales'],
      },
    ]);
    expect(api.calls[1]).toEqual({ operation: 'DescribeStatement', input: { Id: STATEMENT_ID } });
  });

  test.each([
    'ERROR: Query reached usage limit',
    'FATAL: too many connections',
    'ERROR: 1023\n  Detail: Serializable isolation violation on table - 100',
  ])('ends because the warehouse takes nothing just now ("%s") is told from one that failed', async (reason) => {
    given({ body: { Id: STATEMENT_ID, Status: 'FAILED' } }, { body: { Id: STATEMENT_ID, Status: 'FAILED', Error: reason } });

    const { data, errors } = await sales(asked);

    expect(data.sales).toMatchObject({ status: 'FAILED', rows: [], id: null });
    expect(errors).toMatchObject([
      {
        errorType: 'WarehouseUnavailable',
        message: `the warehouse takes no questions for the time being: ask the same again later: ${reason}`,
      },
    ]);
  });

  const busy: [string, DataApiReply][] = [
    ['429', refusal('anything', 429)],
    ['a throttled call', refusal('ThrottlingException')],
    ['too many statements', refusal('com.amazonaws.redshiftdata#ActiveStatementsExceededException')],
    ['too many waiting', refusal('ActiveWaitingRequestsExceededException')],
    ['a database that cannot be reached', refusal('DatabaseConnectionException')],
    ['an error of its own', refusal('InternalServerException', 500)],
    ['no JSON', { status: 503, body: '<html>later</html>' }],
    ['a word that is none', { status: 200, body: 'hello' }],
    ['nothing at all', undefined],
  ];

  test.each(busy)('meets %s may be asked again', async (_, reply) => {
    given(reply);

    const { data, errors } = await sales(asked);

    expect(data).toBeNull();
    expect(errors).toMatchObject([{ errorType: 'WarehouseUnavailable', message: expect.stringContaining('ask the same again') }]);
  });

  test.each(busy)('has run need not run again when its rows meet %s: it is PENDING', async (_, reply) => {
    given(ended, reply);

    const { data, errors } = await sales(asked);

    expect(errors).toEqual([]);
    expect(data.sales).toMatchObject({ status: 'PENDING', rows: [], id: expect.any(String) });
  });

  test.each(busy)('has failed is FAILED, also when its reason meets %s', async (_, reply) => {
    given({ body: { Id: STATEMENT_ID, Status: 'FAILED' } }, reply);

    const { data, errors } = await sales(asked);

    expect(data.sales).toMatchObject({ status: 'FAILED', rows: [], id: null });
    expect(errors).toMatchObject([{ errorType: 'WarehouseFailed', message: expect.stringContaining('no reason') }]);
  });

  test.each(['AccessDeniedException', 'ValidationException', 'ResourceNotFoundException', 'ExecuteStatementException'])(
    'is refused (%s) is a fault of the deployment, and says so',
    async (type) => {
      given(refusal(type));

      const { errors } = await sales(asked);

      expect(errors).toMatchObject([{ errorType: 'WarehouseRefused', message: expect.stringContaining(type) }]);
      expect(api.calls).toHaveLength(1);
    },
  );
});
