import { describe, expect, test } from 'vitest';
import { BROKEN_TOKENS, builtResolver, sealed, UNANSWERED } from '../support/resolver.ts';
import { indexedHeader } from '../support/stored-items.ts';

const { request, response, resolve } = builtResolver('Query.invoices');
const november = { from: '2011-11-01', to: '2011-11-30' };

describe('the invoices of a range of days', () => {
  test('are one Query on the list of all invoices, newest first, both days included', () => {
    const asked = request({ args: november });

    expect(asked.returned).toEqual({
      operation: 'Query',
      index: 'byDate',
      query: {
        expression: '(#listing = :listing_eq) AND (#datedNo BETWEEN :datedNo_between0 AND :datedNo_between1)',
        expressionNames: { '#listing': 'listing', '#datedNo': 'datedNo' },
        expressionValues: {
          ':listing_eq': { S: 'INVOICE' },
          ':datedNo_between0': { S: '2011-11-01' },
          ':datedNo_between1': { S: '2011-11-30~' },
        },
      },
      limit: 50,
      nextToken: null,
      scanIndexForward: false,
    });
  });

  test('of one country are one Query on the index by country', () => {
    const asked = request({ args: { ...november, country: ' EIRE ' } });

    expect(asked.returned).toMatchObject({
      index: 'byCountry',
      query: {
        expression: '(#country = :country_eq) AND (#datedNo BETWEEN :datedNo_between0 AND :datedNo_between1)',
        expressionValues: { ':country_eq': { S: 'EIRE' } },
      },
      scanIndexForward: false,
    });
  });

  test('may be those of one day, written with a time zone as AWSDate allows', () => {
    const asked = request({ args: { from: '2011-11-04Z', to: '2011-11-04+01:00' } });

    expect(asked.returned).toMatchObject({
      query: { expressionValues: { ':datedNo_between0': { S: '2011-11-04' }, ':datedNo_between1': { S: '2011-11-04~' } } },
    });
  });

  test('the last second of the last day is inside, the first of the next day is not', () => {
    const asked = request({ args: november });
    const { query } = asked.returned as { query: { expressionValues: Record<string, { S: string }> } };
    const last = query.expressionValues[':datedNo_between1']?.S ?? '';

    expect('2011-11-30T23:59:59Z#zzz' < last).toBe(true);
    expect('2011-12-01T00:00:00Z#000' > last).toBe(true);
  });

  test('cannot end before they begin', () => {
    const { error } = request({ args: { from: '2011-12-01', to: '2011-11-30' } });

    expect(error).toEqual({
      errorType: 'InvalidValue',
      message: 'from: write a day that is not after to, "2011-11-30": got "2011-12-01"',
      errorInfo: { field: 'from', value: '2011-12-01' },
    });
  });

  test.each(['', ' ', 'x'.repeat(61), 'a\nb'])('cannot be those of a country that no line can have: %j', (country) => {
    expect(request({ args: { ...november, country } }).error).toMatchObject({
      errorType: 'InvalidValue',
      errorInfo: { field: 'country' },
    });
  });

  test('come without their lines, which are asked for by the number', () => {
    const answered = response({
      stash: { scope: 'Query.invoices' },
      result: { items: [indexedHeader({ total: '-27.500' })], nextToken: null },
    });

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
          total: '-27.500',
        },
      ],
      nextToken: null,
    });
  });
});

describe('a page', () => {
  test.each([
    [undefined, 50],
    [null, 50],
    [1, 1],
    [500, 500],
  ])('of %o invoices asks for %d', (limit, asked) => {
    expect(request({ args: { ...november, limit } }).returned).toMatchObject({ limit: asked });
  });

  test.each([0, -1, 501])('of %d invoices is refused, not cut', (limit) => {
    const { error } = request({ args: { ...november, limit } });

    expect(error).toMatchObject({ errorType: 'InvalidValue', errorInfo: { field: 'limit', value: limit } });
  });
});

describe('a token', () => {
  const tokenOf = (args: object) => {
    const { returned } = resolve({ args }, () => ({ result: { items: [], nextToken: 'further' } }));
    return (returned as { nextToken: string }).nextToken;
  };

  test.each([[november], [{ ...november, country: 'EIRE' }]])('goes on in the same list: %o', (args) => {
    const asked = request({ args: { ...args, nextToken: tokenOf(args), limit: 7 } });

    expect(asked.returned).toMatchObject({ nextToken: 'further', limit: 7 });
  });

  test.each([
    ...BROKEN_TOKENS,
    tokenOf({ ...november, country: 'EIRE' }),
    tokenOf({ ...november, to: '2011-11-29' }),
    tokenOf({ ...november, from: '2011-10-01' }),
    sealed('Query.customers EIRE', 'further'),
  ])('of another list, or of other arguments, or broken, is refused: "%s"', (nextToken) => {
    expect(request({ args: { ...november, nextToken } }).error).toMatchObject({
      errorType: 'InvalidToken',
      errorInfo: { field: 'nextToken' },
    });
  });
});

test('what the table could not do is the error of the field', () => {
  expect(response({ error: UNANSWERED }).error).toMatchObject({ errorType: UNANSWERED.type, message: UNANSWERED.message });
});
