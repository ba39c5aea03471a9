import { describe, expect, test } from 'vitest';
import { BROKEN_TOKENS, builtResolver, sealed, UNANSWERED } from '../support/resolver.ts';
import { customerInvoiceItem } from '../support/stored-items.ts';

const { request, response } = builtResolver('Customer.invoices');
const source = { customerId: '17850' };

test("a customer's invoices are one Query on the base table, newest first", () => {
  const asked = request({ source });

  expect(asked.returned).toEqual({
    operation: 'Query',
    query: {
      expression: '(#customerId = :customerId_eq) AND (begins_with(#sk,:sk_beginsWith))',
      expressionNames: { '#customerId': 'customerId', '#sk': 'sk' },
      expressionValues: { ':customerId_eq': { S: '17850' }, ':sk_beginsWith': { S: 'INVOICE#' } },
    },
    limit: 50,
    nextToken: null,
    scanIndexForward: false,
  });
});

describe('a page', () => {
  test.each([
    [undefined, 50],
    [null, 50],
    [1, 1],
    [500, 500],
  ])('of %o invoices asks for %d', (limit, asked) => {
    expect(request({ source, args: { limit } }).returned).toMatchObject({ limit: asked });
  });

  test.each([0, -1, 501, 2_147_483_647])('of %d invoices is refused, not cut', (limit) => {
    const { error } = request({ source, args: { limit } });

    expect(error).toEqual({
      errorType: 'InvalidValue',
      message: `limit: write a number from 1 to 500: got ${String(limit)}`,
      errorInfo: { field: 'limit', value: limit },
    });
  });

  test("holds the customer's own part of invoices, date and number out of the sort key", () => {
    const items = [customerInvoiceItem(), customerInvoiceItem({ sk: 'INVOICE#2011-01-04T10:00:00Z#C540001', total: '-0.001' })];

    const answered = response({ source, result: { items, nextToken: null } });

    expect(answered.returned).toEqual({
      items: [
        {
          invoiceNo: '536365',
          invoiceDate: '2010-12-01T08:26:00Z',
          customerId: '17850',
          country: 'United Kingdom',
          cancelled: false,
          lineCount: 7,
          units: 40,
          total: '139.120',
          linesOf: '17850',
        },
        expect.objectContaining({ invoiceNo: 'C540001', invoiceDate: '2011-01-04T10:00:00Z', total: '-0.001' }),
      ],
      nextToken: null,
    });
  });

  test('of the most invoices stays within the loops that APPSYNC_JS allows', () => {
    const items = Array.from({ length: 500 }, () => customerInvoiceItem());

    const { returned } = response({ source, result: { items, nextToken: 'further' } });

    expect((returned as { items: object[] }).items).toHaveLength(500);
  });
});

describe('a token', () => {
  test("hides the table's own, and brings it back for the page after", () => {
    const { returned } = response({ source, result: { items: [], nextToken: "the table's own" } });
    const { nextToken } = returned as { nextToken: string };

    expect(nextToken).not.toContain('own');
    expect(request({ source, args: { nextToken } }).returned).toMatchObject({ nextToken: "the table's own" });
  });

  test.each([
    ...BROKEN_TOKENS,
    sealed('Customer.invoices 13047', 'place'),
    sealed('Invoice.lines 17850', '0 0'),
    sealed('Customer.invoices 17850', 'place').slice(0, -4),
  ])('that is not of this very list is refused: "%s"', (nextToken) => {
    const { error } = request({ source, args: { nextToken } });

    expect(error).toMatchObject({ errorType: 'InvalidToken', errorInfo: { field: 'nextToken' } });
    expect(error?.message).toMatch(/^nextToken: write the nextToken of this very list/);
  });
});

test('what the table could not do is the error of the field', () => {
  expect(response({ source, error: UNANSWERED }).error).toMatchObject({ errorType: UNANSWERED.type });
});
