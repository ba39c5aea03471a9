import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StoredLine } from '../../domain/stored-line.ts';
import { BROKEN_TOKENS, builtResolver, sealed, sealedPlace, UNANSWERED } from '../support/resolver.ts';
import { askPage, StoredInvoice, type LinesPage } from '../support/stored-invoice.ts';
import { chunkItem, headerItem, SENT, storedLine, storedLines } from '../support/stored-items.ts';

const { request } = builtResolver('Invoice.lines');
const header = builtResolver('Invoice.lines.header');
const chunks = builtResolver('Invoice.lines.chunks');

/** As an invoice in a list arrives: without its lines. */
const listed = { invoiceNo: '536365' };

const noTable = () => {
  throw new Error('the table was asked');
};

/** Every page of an invoice, the way a client walks them. @param between - what happens after each page */
function walk(invoice: StoredInvoice, limit: number, source: object = listed, between: () => void = () => undefined) {
  const pages: LinesPage[] = [];
  let nextToken: string | null = null;
  do {
    const { page, error } = askPage(source, { limit, nextToken }, () => invoice.items());
    expect(error).toBeUndefined();
    pages.push(page);
    nextToken = page.nextToken;
    between();
  } while (nextToken !== null);
  return pages;
}

const idsOf = (pages: readonly LinesPage[]) => pages.flatMap((page) => page.items.map(({ lineId }) => lineId));

describe('an invoice that came with all its lines', () => {
  const one = (line: StoredLine, rest: Parameters<typeof storedLines>[1] = {}) => ({
    invoiceNo: '536365',
    stored: { lines: JSON.stringify(storedLines([line], rest)) },
  });
  const shown = (line: StoredLine, rest: Parameters<typeof storedLines>[1] = {}) =>
    askPage(one(line, rest), {}, noTable).page.items[0];

  test('needs no table', () => {
    const { page, reads } = askPage(one(storedLine()), {}, noTable);

    expect(reads).toEqual([]);
    expect(page).toEqual({
      items: [
        {
          lineId: '536365-b554dfdb0730-1',
          stockCode: '85123A',
          description: 'WHITE HANGING HEART T-LIGHT HOLDER',
          quantity: 6,
          unitPrice: '2.550',
          amount: '15.300',
          invoiceDate: '2010-12-01T08:26:00Z',
          customerId: '17850',
          country: 'United Kingdom',
          sentAt: '2010-12-02T09:00:00.250Z',
        },
      ],
      nextToken: null,
    });
  });

  test.each([
    [6, 2_550, '2.550', '15.300'],
    [-1, 4_650, '4.650', '-4.650'],
    [1, -11_062_060, '-11062.060', '-11062.060'],
    [-3, 0, '0.000', '0.000'],
    [80_995, 1, '0.001', '80.995'],
    [1_000_000, 9_000, '9.000', '9000000.000'],
    [-1_000_000, 999_999_999, '999999.999', '-999999999000.000'],
  ])('prints %d pieces at %d thousandths of a pound as %s each and %s together', (quantity, mills, unitPrice, amount) => {
    expect(shown(storedLine(1, quantity, mills))).toMatchObject({ quantity, unitPrice, amount });
  });

  test("gives an absent description as null, and keeps a line id that is not the invoice's own", () => {
    expect(shown(['my-own-id', '85123A', '', 1, 0])).toMatchObject({ lineId: 'my-own-id', description: null });
  });

  test('tells of each line its own date, customer and country, and when it was sent', () => {
    const settings = [
      ['2010-12-01T08:26:00Z', '17850', 'United Kingdom'],
      ['2010-12-03T10:00:00Z', '', 'EIRE'],
    ] as const;

    expect(shown(['1', '85123A', '', 1, 0, 86_400_001, 1], { settings })).toMatchObject({
      ...{ lineId: '1', invoiceDate: '2010-12-03T10:00:00Z', customerId: null, country: 'EIRE' },
      sentAt: '2010-12-03T09:00:00.251Z',
    });
    expect(shown(['2', '85123A', '', 1, 0], { settings })).toMatchObject({ customerId: '17850', country: 'United Kingdom' });
  });

  test.each([
    [0, '1970-01-01T00:00:00.000Z'],
    [SENT, '2010-12-02T09:00:00.250Z'],
    [253_402_300_799_999, '9999-12-31T23:59:59.999Z'],
    [253_402_300_799_999, '9999-12-31T23:59:59.999Z'],
  ])('sent at %d is shown as %s, which AWSDateTime can tell', (since, sentAt) => {
    expect(shown(storedLine(), { since })).toMatchObject({ sentAt });
  });
});

describe('an invoice in a list', () => {
  test('is one consistent GetItem of the header, when its own lines fill the page', () => {
    const { page, reads } = askPage(listed, {}, () => [headerItem()]);

    expect(reads).toEqual([
      { operation: 'GetItem', key: { invoiceNo: { S: '536365' }, sk: { S: 'INVOICE' } }, consistentRead: true },
    ]);
    expect(page).toMatchObject({ items: [{ lineId: '536365-b554dfdb0730-1' }], nextToken: null });
  });

  test('whose header is not there has no lines', () => {
    expect(askPage(listed, {}, () => []).page).toEqual({ items: [], nextToken: null });
  });
});

describe('an invoice in several chunks', () => {
  const invoice = new StoredInvoice([250, 64, 100], 30);
  const [first = '', second = '', third = ''] = invoice.chunks.map(({ key }) => key);
  const stored = { lines: invoice.header().lines, chunks: (invoice.header() as { chunks?: string }).chunks };

  test.each([
    ['begins in the first', '0 0', 50, [first]],
    ['fills up the first', '0 200', 50, [first]],
    ['begins with the second', '0 250', 50, [second]],
    ['lies over two', '0 200', 51, [first, second]],
    ['lies over all of them and the header', '0 0', 500, [first, second, third]],
    ['goes on in the third from a place in the second', '1 70', 30, [third]],
    ['goes on in the third', '2 90', 50, [third]],
  ])('reads exactly those in which the page lies: one that %s', (_, place, limit, keys) => {
    const args = { limit, nextToken: sealedPlace('536365', place) };

    const { reads } = askPage({ ...listed, stored }, args, () => invoice.items());

    expect(reads).toEqual([
      {
        operation: 'BatchGetItem',
        tables: {
          Invoices: { keys: keys.map((sk) => ({ invoiceNo: { S: '536365' }, sk: { S: sk } })), consistentRead: true },
        },
      },
    ]);
  });

  test('reads no chunk for a page that lies in the header', () => {
    const args = { nextToken: sealedPlace('536365', '3 10') };

    const { page, reads } = askPage({ ...listed, stored }, args, noTable);

    expect(reads).toEqual([]);
    expect(page.items.map(({ lineId }) => lineId)).toEqual(invoice.lineIds.slice(424));
  });

  test('shows no chunk that its header does not name: another writer has given up on it', () => {
    const stray = chunkItem('LINES#0002#aaaaaa', storedLines([storedLine(9_999)]));

    const { page } = askPage(listed, { limit: 500 }, () => [...invoice.items(), stray]);

    expect(page.items.map(({ lineId }) => lineId)).toEqual(invoice.lineIds);
  });

  test.each([3, 70])('shows the line at place %d corrected where it stood', (place) => {
    const corrected = new StoredInvoice([64], 10);
    corrected.correct(place, 7);

    const { page } = askPage(listed, { limit: 500 }, () => corrected.items());

    expect(page.items.map(({ lineId }) => lineId)).toEqual(corrected.lineIds);
    expect(page.items[place]).toMatchObject({ quantity: 7, sentAt: '2010-12-02T09:00:01.250Z' });
    expect(page.items[place - 1]).toMatchObject({ quantity: 6, sentAt: '2010-12-02T09:00:00.250Z' });
  });

  test('of which one is gone has been corrected meanwhile: the page is to be asked for again', () => {
    const corrected = new StoredInvoice([64], 1);
    const before = corrected.items();
    corrected.correct(0, 7);

    const { error } = askPage({ ...listed, stored: before[0] as unknown }, {}, () => corrected.items());

    expect(error).toEqual({
      errorType: 'InvoiceChanged',
      message: 'the invoice was corrected while it was read: ask for the same page again',
      errorInfo: { invoiceNo: '536365' },
    });
  });

  test.each([
    { most: 30, chunks: 6, least: 1, limit: 90 },
    { most: 260, chunks: 12, least: 90, limit: 500 },
  ])(
    'walked in pages of any size yields each line once, in order: chunks of up to $most',
    ({ most, chunks: count, least, limit }) => {
      fc.assert(
        fc.property(
          fc.array(fc.integer({ min: 1, max: most }), { maxLength: count }),
          fc.nat({ max: 64 }),
          fc.integer({ min: least, max: limit }),
          fc.boolean(),
          (sizes, inHeader, pageSize, withHeader) => {
            const any = new StoredInvoice(sizes, inHeader);

            const pages = walk(any, pageSize, withHeader ? { ...listed, stored: any.header() } : listed);

            expect(idsOf(pages)).toEqual(any.lineIds);
            expect(Math.max(...pages.map(({ items }) => items.length))).toBeLessThanOrEqual(pageSize);
          },
        ),
        { numRuns: 60 },
      );
    },
  );

  test('that grows and is corrected while it is walked still yields each line once, in order', () => {
    const change = fc.oneof(
      fc.record({ append: fc.integer({ min: 1, max: 130 }), size: fc.integer({ min: 32, max: 250 }) }),
      fc.record({ correct: fc.nat() }),
    );
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 32, max: 250 }), { maxLength: 4 }),
        fc.integer({ min: 1, max: 64 }),
        fc.integer({ min: 20, max: 200 }),
        fc.array(change, { maxLength: 12 }),
        (sizes, inHeader, limit, changes) => {
          const growing = new StoredInvoice(sizes, inHeader);
          const left = [...changes];

          const pages = walk(growing, limit, listed, () => {
            const next = left.shift();
            if (next === undefined) return;
            if ('append' in next) growing.append(next.append, next.size);
            else growing.correct(next.correct % growing.lines.length, 7);
          });

          const seen = idsOf(pages);
          expect(seen).toEqual(growing.lineIds.slice(0, seen.length));
          expect(seen.length).toBeGreaterThanOrEqual(sizes.reduce((sum, size) => sum + size, inHeader));
        },
      ),
      { numRuns: 80 },
    );
  });

  test('of 100,000 lines in chunks of 32 is read within the loops that APPSYNC_JS allows', () => {
    const long = new StoredInvoice(
      Array.from({ length: 3_125 }, () => 32),
      10,
    );
    const lineIds = long.lineIds;
    const source = { ...listed, stored: long.header() };

    for (const [chunk, skip] of [
      [0, 0],
      [1_600, 500],
      [3_110, 500],
    ] as const) {
      const nextToken = sealedPlace('536365', `${String(chunk)} ${String(skip)}`);
      const { page } = askPage(source, { limit: 500, nextToken }, () => long.items());

      const place = chunk * 32 + skip;
      expect(page.items.map(({ lineId }) => lineId)).toEqual(lineIds.slice(place, place + 500));
    }
  });

  test('of one line each, shorter than any writer makes them, is still walked to its end', () => {
    const short = new StoredInvoice(
      Array.from({ length: 400 }, () => 1),
      64,
    );

    expect(idsOf(walk(short, 500))).toEqual(short.lineIds);
  });
});

describe('a page', () => {
  test('holds 50 lines when nothing else is asked for, and at most 500', () => {
    expect(request({ source: listed }).stash).toMatchObject({ limit: 50 });
    expect(request({ source: listed, args: { limit: 500 } }).stash).toMatchObject({ limit: 500 });
  });

  test.each([0, -1, 501])('of %d lines is refused, not cut, also where no table would be asked', (limit) => {
    for (const source of [listed, { ...listed, stored: {} }]) {
      const { error } = request({ source, args: { limit } });

      expect(error).toMatchObject({ errorType: 'InvalidValue', errorInfo: { field: 'limit', value: limit } });
    }
  });

  test.each([
    ...BROKEN_TOKENS,
    sealedPlace('536366', '0 50'),
    sealed('Customer.invoices 536365', '0 50'),
    ...[
      '',
      '50',
      '0',
      '0  50',
      '-1 0',
      '0 -1',
      '00 1',
      '1.5 0',
      '0 1e3',
      'x 0',
      '0 50 ',
      '0 50 #',
      '0 50 17850 1',
      '9999999999 0',
    ].map((place) => sealedPlace('536365', place)),
  ])('cannot go on from a token of another list, or a broken one: "%s"', (nextToken) => {
    expect(request({ source: listed, args: { nextToken } }).error).toMatchObject({
      errorType: 'InvalidToken',
      errorInfo: { field: 'nextToken' },
    });
  });
});

test('a token that somebody else made is refused, however well it is made', () => {
  const [, place = ''] = JSON.parse(Buffer.from(sealedPlace('536365', '0 20'), 'base64').toString()) as string[];
  const [chunk, skip, seal = ''] = place.split(' ');
  const forged = [
    '0 20',
    '0 0',
    '1 0 17850',
    `0 21 ${seal}`,
    `1 ${String(skip)} ${seal}`,
    `${String(chunk)} ${String(skip)} 17850 ${seal}`,
    ...Array.from({ length: 20 }, (_, n) => `0 20 ${String(n * 214_748_364)}-${String(n)}`),
    `0 20 ${'x'.repeat(5_000)}`,
    `${'0'.repeat(5_000)} 20 ${seal}`,
  ].map((text) => sealed('Invoice.lines 536365', text));
  const taken = request({ source: listed, args: { nextToken: sealedPlace('536365', '0 20') } });

  for (const nextToken of forged)
    expect(request({ source: listed, args: { nextToken } }).error, nextToken).toMatchObject({ errorType: 'InvalidToken' });
  expect(taken.error).toBeUndefined();
});

test.each([
  ['header', header],
  ['chunks', chunks],
])('what the table could not do for the %s is the error of the field', (_, step) => {
  expect(step.response({ source: listed, stash: { keys: [] }, error: UNANSWERED }).error).toMatchObject({
    errorType: UNANSWERED.type,
  });
});

test('chunks that the table had no time for make the page fail, so that no line is missing unseen', () => {
  const result = { data: { Invoices: [null] }, unprocessedKeys: { Invoices: [{ invoiceNo: '536365', sk: 'LINES#0001#a' }] } };

  const { error } = chunks.response({ source: listed, stash: { keys: ['LINES#0001#a'] }, result });

  expect(error).toMatchObject({ errorType: 'StoreUnavailable', message: 'the store is busy: ask for the same page again' });
});
