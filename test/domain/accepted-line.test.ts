import { describe, expect, test } from 'vitest';
import { acceptLine } from '../../domain/accepted-line.ts';
import { packLines } from '../../domain/stream-record.ts';
import { line, linesOf } from '../support/lines.ts';

const AT = 1_700_000_000_000;

describe('a line at a door', () => {
  test('is taken with its texts trimmed, its price in three places and its date in whole seconds', () => {
    const sent = {
      ...line(),
      description: '  LANTERN ',
      unitPrice: '2.5',
      invoiceDate: '2010-12-01T08:26:00.000Z',
      sentAt: undefined,
    };

    expect(acceptLine(sent, AT)).toEqual({ ...line(), description: 'LANTERN', unitPrice: '2.500', sentAt: AT });
  });

  test('may leave out its description and, for a guest, its customer', () => {
    const sent = { ...line({ customerId: undefined }), description: ' ' };

    expect(acceptLine(sent, AT)).not.toHaveProperty('description');
    expect(acceptLine(sent, AT)).not.toHaveProperty('customerId');
  });

  test.each([
    [{ lineId: '' }, 'lineId'],
    [{ lineId: '-536365' }, 'lineId'],
    [{ invoiceNo: 'a#b' }, 'invoiceNo'],
    [{ stockCode: ' ' }, 'stockCode'],
    [{ description: 'x'.repeat(201) }, 'description'],
    [{ quantity: 1_000_001 }, 'quantity'],
    [{ quantity: 0.5 }, 'quantity'],
    [{ quantity: '6' }, 'quantity'],
    [{ invoiceDate: '2011-02-29T00:00:00Z' }, 'invoiceDate'],
    [{ invoiceDate: '2011-04-31T00:00:00Z' }, 'invoiceDate'],
    [{ invoiceDate: '2011-04-30T00:00:00+01:00' }, 'invoiceDate'],
    [{ invoiceDate: '2011-04-30T24:00:00Z' }, 'invoiceDate'],
    [{ unitPrice: '1.0005' }, 'unitPrice'],
    [{ unitPrice: '1000000' }, 'unitPrice'],
    [{ unitPrice: 2.55 }, 'unitPrice'],
    [{ customerId: '' }, 'customerId'],
    [{ customerId: '17850.0' }, 'customerId'],
    [{ country: '' }, 'country'],
    [{ country: 'a\u0000b' }, 'country'],
    [{ country: null }, 'country'],
    [{ stockCode: 'S\ud800' }, 'stockCode'],
    [{ quantity: 1_000_000, unitPrice: '999999.999' }, 'amount'],
    [{ quantity: -1_000_000, unitPrice: '9.001' }, 'amount'],
    [{ quantity: 1_000_000, unitPrice: '-9.001' }, 'amount'],
  ])('is refused with %o, naming the field, the value and what to write', (change, field) => {
    const refusal = acceptLine({ ...line(), ...change }, AT);

    expect(refusal).toMatchObject({ field });
    expect((refusal as { message: string }).message).toMatch(new RegExp(`^${field}: write .+: got `, 's'));
  });

  test.each([
    [1_000_000, '9'],
    [-1_000_000, '9.000'],
    [9, '-999999.999'],
    [0, '999999.999'],
  ])('takes %i pieces for %s pounds, as its amount is within 9,000,000 pounds', (quantity, unitPrice) => {
    expect(acceptLine({ ...line(), quantity, unitPrice }, AT)).not.toHaveProperty('field');
  });

  test('takes the last day of February in a leap year only', () => {
    expect(acceptLine({ ...line(), invoiceDate: '2012-02-29T00:00:00Z' }, AT)).not.toHaveProperty('field');
    expect(acceptLine({ ...line(), invoiceDate: '2100-02-29T00:00:00Z' }, AT)).toHaveProperty('field');
  });

  test.each([null, 5, 'text', []])('is refused when it is no object: %o', (sent) => {
    expect(acceptLine(sent, AT)).toMatchObject({ field: 'line' });
  });
});

describe('packing', () => {
  test('puts the lines of one invoice into one record under the customer, or the invoice for a guest', () => {
    const lines = [...linesOf('536365', 2), ...linesOf('536366', 1, { customerId: undefined }), ...linesOf('536365', 1)];

    const records = packLines(lines);

    expect(records.map(({ partitionKey, members }) => [partitionKey, members])).toEqual([
      ['17850', [0, 1, 3]],
      ['536366', [2]],
    ]);
    expect(records[0]?.text.split('\n')).toHaveLength(4);
  });

  test('leaves out what is not to be sent, and keeps the places', () => {
    const records = packLines([undefined, line()]);

    expect(records.map(({ members }) => members)).toEqual([[1]]);
  });
});
