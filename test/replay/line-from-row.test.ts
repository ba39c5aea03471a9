import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { columnsOf, ColumnsError, delimiterOf } from '../../ingest/replay/columns.ts';
import { invoiceDateFrom } from '../../ingest/replay/invoice-dates.ts';
import { customerIdFrom, LineReader, unitPriceFrom } from '../../ingest/replay/line-from-row.ts';
import missingTexts from '../support/missing-texts.json' with { type: 'json' };
import { COLUMNS, lineOf, row } from './fixtures.ts';

const read = (change: Partial<Record<string, string>>) => new LineReader(columnsOf(COLUMNS)).read(row(change).split(','));

describe('columns', () => {
  test('they are found in any order, under the names of both published data sets', () => {
    const header = [
      'Country',
      'Customer ID',
      ' price',
      'InvoiceDate',
      'Extra',
      'quantity',
      'description',
      'StockCode',
      'INVOICE',
    ];

    const columns = columnsOf(header);

    expect(columns).toEqual({
      country: 0,
      customerId: 1,
      unitPrice: 2,
      invoiceDate: 3,
      quantity: 5,
      description: 6,
      stockCode: 7,
      invoiceNo: 8,
    });
  });

  test('each missing and each repeated column is named', () => {
    const header = ['InvoiceNo', 'Invoice', 'StockCode', 'Description', 'InvoiceDate', 'UnitPrice', 'Country'];

    const find = () => columnsOf(header);

    expect(find).toThrow(ColumnsError);
    expect(find).toThrow('misses Quantity, CustomerID and names InvoiceNo more than once');
  });

  test('a name that a person gives stands for ours, which may then be another column', () => {
    const header = ['Invoice', 'InvoiceNo', ...COLUMNS.slice(1)];

    expect(columnsOf(header, { invoiceNo: 'invoice' }).invoiceNo).toBe(0);
    expect(() => columnsOf(header)).toThrow('names InvoiceNo more than once');
    expect(() => columnsOf(COLUMNS, { country: 'Land' })).toThrow('misses Land: it reads');
  });

  test.each([',', ';', '\t', '|'])('what separates them is seen in the header: %j', (delimiter) => {
    expect(delimiterOf(COLUMNS.map((name) => `"${name}"`).join(delimiter))).toBe(delimiter);
  });
});

describe('a row becomes a line', () => {
  test('every text is trimmed, the date is ISO, the price has three places', () => {
    const line = lineOf({ Description: ' WHITE LANTERN ', StockCode: '85123A ', UnitPrice: '2.5', CustomerID: '17850.0' });

    expect(line).toEqual({
      lineId: '',
      invoiceNo: '536365',
      stockCode: '85123A',
      description: 'WHITE LANTERN',
      quantity: 6,
      invoiceDate: '2010-12-01T08:26:00Z',
      unitPrice: '2.500',
      customerId: '17850',
      country: 'United Kingdom',
    });
  });

  test('a blank customer is a guest, a blank description is none', () => {
    const line = lineOf({ Description: ' ', CustomerID: '' });

    expect(line.customerId).toBeUndefined();
    expect(line.description).toBeUndefined();
  });

  test('any minute survives the way through month/day/year', () => {
    const minutes = fc.integer({ min: Date.UTC(1901, 0, 1) / 60_000, max: Date.UTC(2199, 11, 31) / 60_000 });
    fc.assert(
      fc.property(minutes, (minute) => {
        const date = new Date(minute * 60_000);
        const [day, time] = [date.getUTCDate(), `${String(date.getUTCHours())}:${date.toISOString().slice(14, 16)}`];

        const text = invoiceDateFrom(`${String(date.getUTCMonth() + 1)}/${String(day)}/${String(date.getUTCFullYear())} ${time}`);

        expect(text).toBe(date.toISOString().replace('.000Z', 'Z'));
      }),
    );
  });

  test('any price of up to three places keeps its value, with needless zeros too', () => {
    fc.assert(
      fc.property(fc.integer({ min: -999_999_999, max: 999_999_999 }), fc.nat(4), (mills, zeros) => {
        const digits = String(Math.abs(mills)).padStart(4, '0');
        const exact = `${mills < 0 ? '-' : ''}${digits.slice(0, -3)}.${digits.slice(-3)}`;

        expect(unitPriceFrom(exact + '0'.repeat(zeros))).toBe(exact);
        expect(unitPriceFrom(exact.replace(/[.]?0*$/, ''))).toBe(exact);
      }),
    );
  });

  test.each([
    ['', undefined],
    ['17850', '17850'],
    ['17850.0', '17850'],
    ['A-1', 'A-1'],
  ])('the customer %j is %j', (text, customerId) => {
    expect(customerIdFrom(text)).toBe(customerId);
  });
});

describe('a row that makes no line says what to write instead', () => {
  test.each([
    [{ InvoiceDate: '31.12.2010' }, 'invoiceDate: write month/day/year hour:minute'],
    [{ InvoiceDate: '2/30/2011 8:00' }, 'in whole seconds, such as "2010-12-01T08:26:00Z": got "2/30/2011 8:00"'],
    [{ InvoiceDate: '13/1/2011 8:00' }, 'invoiceDate: write an existing date and time in UTC'],
    [{ Quantity: 'six' }, 'quantity: write a whole number'],
    [{ Quantity: '1.5' }, 'quantity: write a whole number'],
    [{ Quantity: '1000001' }, 'quantity: write a whole number from -1000000'],
    [{ UnitPrice: '2.5555' }, 'unitPrice: write pounds'],
    [{ UnitPrice: '£2.55' }, 'unitPrice: write pounds'],
    [{ UnitPrice: '2;55' }, 'such as "2.55": got "2;55"'],
    [{ UnitPrice: '1000000.0000' }, 'got "1000000.0000"'],
    [{ UnitPrice: '' }, 'unitPrice: write pounds'],
    [{ InvoiceNo: '' }, 'invoiceNo: write 1 to 32'],
    [{ StockCode: '' }, 'stockCode: write 1 to 40'],
    [{ CustomerID: '17 850' }, 'customerId: write 1 to 32'],
    [{ Country: ' ' }, 'country: write 1 to 60'],
    [{ Description: 'x'.repeat(201) }, 'description: write at most 200'],
  ])('%j', (change, message) => {
    expect(read(change)).toContain(message);
  });

  test('a refused value is no reason to refuse the next row', () => {
    const reader = new LineReader(columnsOf(COLUMNS));
    const rows = [row({ CustomerID: '?' }), row(), row({ Country: '' }), row()];

    const lines = rows.map((text) => typeof reader.read(text.split(',')));

    expect(lines).toEqual(['string', 'object', 'string', 'object']);
  });
});

describe('what programs write for a value that is not there', () => {
  test.each(missingTexts)('%s is no customer and no description, and no country', (text) => {
    expect(read({ CustomerID: text, Description: text })).toMatchObject({ customerId: undefined, description: undefined });
    expect(read({ Country: text })).toBe(
      `country: write 1 to 60 characters without control characters, such as "United Kingdom": got "${text}"`,
    );
  });

  test('what only contains such a word is a text', () => {
    expect(read({ Description: 'NAPKINS', CustomerID: 'NA1', Country: 'Namibia' })).toMatchObject({
      description: 'NAPKINS',
      customerId: 'NA1',
      country: 'Namibia',
    });
  });
});
