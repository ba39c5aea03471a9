import { expect, test } from 'vitest';
import { builtResolver, UNANSWERED } from '../support/resolver.ts';
import { emptyProfileItem, profileItem } from '../support/stored-items.ts';

const { request, response } = builtResolver('Invoice.customer');

test("an invoice's customer is one GetItem", () => {
  const asked = request({ source: { invoiceNo: '536365', customerId: '17850' } });

  expect(asked.returned).toEqual({ operation: 'GetItem', key: { customerId: { S: '17850' }, sk: { S: 'PROFILE' } } });
});

test.each([null, undefined, ''])('a guest (%o) is null without asking any table', (customerId) => {
  const asked = request({ source: { invoiceNo: '536365', customerId } });

  expect([asked.early, asked.returned, asked.error]).toEqual([true, null, undefined]);
});

test('a profile becomes a customer', () => {
  const answered = response({ result: profileItem() });

  expect(answered.returned).toMatchObject({ customerId: '17850', lastInvoiceAt: '2010-12-02T15:27:00Z', revenue: '5391.210' });
});

test.each([
  ['is still on its way', null],
  ['has lost every line', emptyProfileItem()],
])('a customer whose profile %s is null, and no error', (_, result) => {
  const answered = response({ result });

  expect([answered.returned, answered.error]).toEqual([null, undefined]);
});

test('what the table could not do is the error of the field', () => {
  expect(response({ error: UNANSWERED }).error).toMatchObject({ errorType: UNANSWERED.type, message: UNANSWERED.message });
});
