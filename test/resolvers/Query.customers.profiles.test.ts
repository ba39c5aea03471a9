import { expect, test } from 'vitest';
import { builtResolver, UNANSWERED } from '../support/resolver.ts';
import { emptyProfileItem, profileItem } from '../support/stored-items.ts';

const { request, response, resolve } = builtResolver('Query.customers.profiles');

const numbers = (count: number) => Array.from({ length: count }, (_, place) => String(12_346 + place));

test('the step asks for the next hundred profiles in one BatchGetItem', () => {
  const asked = request({ stash: { customerIds: numbers(101) } });

  const keys = numbers(100).map((customerId) => ({ customerId: { S: customerId }, sk: { S: 'PROFILE' } }));
  expect(asked.returned).toEqual({ operation: 'BatchGetItem', tables: { Customers: { keys, consistentRead: false } } });
});

test('the step does nothing, and asks no table, when all profiles are there', () => {
  const asked = request({ stash: { customerIds: [] } });

  expect([asked.early, asked.returned]).toEqual([true, {}]);
});

test('five steps bring the largest page, in the order of the numbers', () => {
  let stash: object = { customerIds: numbers(500), profiles: [] };

  for (let step = 0; step < 5; step++) {
    ({ stash } = resolve({ stash }, (asked) => {
      const { tables } = asked as { tables: { Customers: { keys: { customerId: { S: string } }[] } } };
      return {
        result: { data: { Customers: tables.Customers.keys.map((key) => profileItem({ customerId: key.customerId.S })) } },
      };
    }));
  }

  expect(stash).toMatchObject({ customerIds: [], profiles: numbers(500).map((customerId) => ({ customerId })) });
});

test('a profile that the index was faster than, or that has lost every line, is left out', () => {
  const profiles = [null, profileItem({ customerId: '2' }), emptyProfileItem({ customerId: '3' })];
  const result = { data: { Customers: profiles }, unprocessedKeys: { Customers: [] } };

  const answered = response({ stash: { customerIds: ['1', '2', '3'], profiles: [] }, result });

  expect(answered.stash).toMatchObject({ profiles: [{ customerId: '2' }] });
});

test('profiles that the table had no time for make the page fail', () => {
  const result = { data: { Customers: [null] }, unprocessedKeys: { Customers: [{ customerId: '1', sk: 'PROFILE' }] } };

  const { error } = response({ stash: { customerIds: ['1'], profiles: [] }, result });

  expect(error).toMatchObject({ errorType: 'StoreUnavailable', message: 'the store is busy: ask for the same page again' });
});

test('what the table could not do is the error of the field', () => {
  expect(response({ error: UNANSWERED }).error).toMatchObject({ errorType: UNANSWERED.type, message: UNANSWERED.message });
});
