import { describe, expect, test } from 'vitest';
import { BROKEN_TOKENS, builtResolver, sealed } from '../support/resolver.ts';
import { profileItem } from '../support/stored-items.ts';

const { request, response } = builtResolver('Query.customers');

test('the steps find the country, the size of the page and its place, and nothing found yet', () => {
  const asked = request({ args: { country: ' EIRE ' } });

  expect(asked.stash).toEqual({ country: 'EIRE', limit: 50, place: null, customerIds: [], profiles: [], nextPlace: null });
});

test('the steps leave the customers of the page in order, and where it goes on', () => {
  const profiles = [profileItem(), profileItem({ customerId: '17851', revenue: '0.000' })];

  const answered = response({ stash: { country: 'EIRE', profiles, nextPlace: 'further' } });

  expect(answered.returned).toMatchObject({
    items: [
      { customerId: '17850', revenue: '5391.210' },
      { customerId: '17851', revenue: '0.000' },
    ],
    nextToken: sealed('Query.customers EIRE', 'further'),
  });
});

test('a country without customers is an empty page, the last', () => {
  const answered = response({ stash: { country: 'Atlantis', profiles: [], nextPlace: null } });

  expect(answered.returned).toEqual({ items: [], nextToken: null });
});

test.each(['', ' ', 'x'.repeat(61)])('a country that no line can have is refused: "%s"', (country) => {
  expect(request({ args: { country } }).error).toMatchObject({ errorType: 'InvalidValue', errorInfo: { field: 'country' } });
});

describe('a page', () => {
  test.each([
    [undefined, 50],
    [null, 50],
    [1, 1],
    [500, 500],
  ])('of %o customers asks for %d', (limit, asked) => {
    expect(request({ args: { country: 'EIRE', limit } }).stash).toMatchObject({ limit: asked });
  });

  test.each([0, -1, 501])('of %d customers is refused, not cut', (limit) => {
    expect(request({ args: { country: 'EIRE', limit } }).error).toMatchObject({
      errorType: 'InvalidValue',
      errorInfo: { field: 'limit', value: limit },
    });
  });

  test('of the most customers stays within the loops that APPSYNC_JS allows', () => {
    const profiles = Array.from({ length: 500 }, () => profileItem());

    const { returned } = response({ stash: { country: 'EIRE', profiles, nextPlace: null } });

    expect((returned as { items: object[] }).items).toHaveLength(500);
  });
});

describe('a token', () => {
  test('goes on in the same country', () => {
    const nextToken = sealed('Query.customers EIRE', 'further');

    expect(request({ args: { country: 'EIRE', nextToken } }).stash).toMatchObject({ place: 'further' });
  });

  test.each([...BROKEN_TOKENS, sealed('Query.customers France', 'further'), sealed('Query.customers', 'further')])(
    'of another list, or broken, is refused: "%s"',
    (nextToken) => {
      expect(request({ args: { country: 'EIRE', nextToken } }).error).toMatchObject({
        errorType: 'InvalidToken',
        errorInfo: { field: 'nextToken' },
      });
    },
  );
});
