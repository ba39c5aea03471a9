import { expect, test } from 'vitest';
import { builtResolver, UNANSWERED } from '../support/resolver.ts';

const { request, response } = builtResolver('Query.customers.keys');

test('the numbers of a country are one Query on the index by country, in their order', () => {
  const asked = request({ stash: { country: 'EIRE', limit: 7, place: 'further' } });

  expect(asked.returned).toEqual({
    operation: 'Query',
    index: 'byCountry',
    query: {
      expression: '(#homeCountry = :homeCountry_eq)',
      expressionNames: { '#homeCountry': 'homeCountry' },
      expressionValues: { ':homeCountry_eq': { S: 'EIRE' } },
    },
    limit: 7,
    nextToken: 'further',
  });
});

test('the first page begins at no place', () => {
  expect(request({ stash: { country: 'EIRE', limit: 50, place: null } }).returned).toMatchObject({ nextToken: null });
});

test('the numbers and the next place are left for the steps that follow', () => {
  const items = [
    { homeCountry: 'EIRE', customerId: '14911', sk: 'PROFILE' },
    { homeCountry: 'EIRE', customerId: '14156', sk: 'PROFILE' },
  ];

  const answered = response({ stash: { country: 'EIRE' }, result: { items, nextToken: 'still further' } });

  expect(answered.stash).toMatchObject({ customerIds: ['14911', '14156'], nextPlace: 'still further' });
});

test('what the table could not do is the error of the field', () => {
  expect(response({ error: UNANSWERED }).error).toMatchObject({ errorType: UNANSWERED.type, message: UNANSWERED.message });
});
