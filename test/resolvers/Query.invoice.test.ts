import { expect, test } from 'vitest';
import { builtResolver, UNANSWERED } from '../support/resolver.ts';
import { headerItem } from '../support/stored-items.ts';

const { request, response } = builtResolver('Query.invoice');

test('an invoice is one GetItem of its header', () => {
  const asked = request({ args: { invoiceNo: ' C536379 ' } });

  expect(asked.returned).toEqual({ operation: 'GetItem', key: { invoiceNo: { S: 'C536379' }, sk: { S: 'INVOICE' } } });
});

test.each(['', '536365 ; drop', 'LINES#0001', 'x'.repeat(33)])(
  'a number that no invoice can have is refused before a table is asked: "%s"',
  (invoiceNo) => {
    const { error } = request({ args: { invoiceNo } });

    expect(error).toMatchObject({ errorType: 'InvalidValue', errorInfo: { field: 'invoiceNo', value: invoiceNo } });
  },
);

test('a header becomes an invoice that carries along what its lines need', () => {
  const answered = response({
    result: headerItem({
      invoiceNo: 'C536379',
      cancelled: true,
      total: '-27.500',
      units: 1_000_000_000_000_000,
      chunks: '[["LINES#0001#k3j9x2",250]]',
    }),
  });

  expect(answered.returned).toEqual({
    invoiceNo: 'C536379',
    invoiceDate: '2010-12-01T08:26:00Z',
    customerId: '17850',
    country: 'United Kingdom',
    cancelled: true,
    lineCount: 7,
    units: 1_000_000_000_000_000,
    total: '-27.500',
    stored: { lines: headerItem().lines, chunks: '[["LINES#0001#k3j9x2",250]]' },
  });
});

test("a guest's invoice has a null for its customer", () => {
  const { customerId: _customerId, ...guest } = headerItem();

  expect(response({ result: guest }).returned).toMatchObject({ customerId: null });
});

test('an invoice of which nothing has arrived is null, and no error', () => {
  const answered = response({ result: null });

  expect([answered.returned, answered.error]).toEqual([null, undefined]);
});

test('what the table could not do is the error of the field', () => {
  expect(response({ error: UNANSWERED }).error).toMatchObject({ errorType: UNANSWERED.type, message: UNANSWERED.message });
});
