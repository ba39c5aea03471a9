import { expect, test } from 'vitest';
import { builtResolver, UNANSWERED } from '../support/resolver.ts';
import { emptyProfileItem, profileItem } from '../support/stored-items.ts';

const { request, response } = builtResolver('Query.customer');

test('a customer is one GetItem, whatever blanks stand around the number', () => {
  const asked = request({ args: { customerId: ' 17850 ' } });

  expect(asked.returned).toEqual({ operation: 'GetItem', key: { customerId: { S: '17850' }, sk: { S: 'PROFILE' } } });
});

test.each(['', ' ', '17 850', '17850.0', '-1', 'x'.repeat(33), 'PROFILE#1'])(
  'a number that no customer can have is refused before a table is asked: "%s"',
  (customerId) => {
    const { error } = request({ args: { customerId } });

    expect(error).toMatchObject({ errorType: 'InvalidValue', errorInfo: { field: 'customerId', value: customerId.trim() } });
    expect(error?.message).toMatch(/^customerId: write .+ got "/);
  },
);

test('a profile becomes a customer: money as it is stored, the last date out of the last invoice', () => {
  const answered = response({ result: profileItem({ revenue: '9747747.934', lastInvoice: '2011-12-09T12:50:00Z#581587' }) });

  expect(answered.returned).toEqual({
    customerId: '17850',
    country: 'United Kingdom',
    firstInvoiceAt: '2010-12-01T08:26:00Z',
    lastInvoiceAt: '2011-12-09T12:50:00Z',
    invoiceCount: 3,
    lineCount: 40,
    units: 250,
    revenue: '9747747.934',
  });
});

test.each(['0.000', '-0.001', '-11062.060', '9007199254740.993', '9000000000000000.000', '-8999999999999999.999'])(
  'a revenue of %s pounds is answered exactly, also beyond what a number can hold',
  (revenue) => {
    const { returned } = response({ result: profileItem({ revenue }) });

    expect(returned).toMatchObject({ revenue });
  },
);

test('the pieces of the most lines there can be are answered exactly', () => {
  const { returned } = response({ result: profileItem({ lineCount: 1_000_000_000, units: 999_999_999_999_999 }) });

  expect(returned).toMatchObject({ lineCount: 1_000_000_000, units: 999_999_999_999_999 });
});

test('a customer who has lost every line by corrections is null, and no error', () => {
  const answered = response({ result: emptyProfileItem() });

  expect([answered.returned, answered.error]).toEqual([null, undefined]);
});

test('a customer of whom nothing has arrived is null, and no error', () => {
  const answered = response({ result: null });

  expect([answered.returned, answered.error]).toEqual([null, undefined]);
});

test('what the table could not do is the error of the field', () => {
  const { error } = response({ error: UNANSWERED });

  expect(error).toMatchObject({ errorType: UNANSWERED.type, message: UNANSWERED.message });
});
