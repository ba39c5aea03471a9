import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linesKey } from '../../domain/keys.ts';
import type { StoredLine } from '../../domain/stored-line.ts';
import { BROKEN_TOKENS, builtResolver, sealed, UNANSWERED, type Evaluation } from '../support/resolver.ts';
import { storedLine } from '../support/stored-items.ts';

const { request, resolve, response } = builtResolver('Invoice.lines');

/** An invoice in its table: the lines of its header, then those of each chunk. */
function givenInvoice(sizes: readonly number[]) {
  let place = 0;
  const chunks = sizes.map((size, chunk) => ({
    invoiceNo: '536365',
    sk: chunk === 0 ? 'INVOICE' : linesKey(chunk),
    lines: JSON.stringify(Array.from({ length: size }, () => storedLine((place += 1)))),
  }));
  const source = { invoiceNo: '536365', lineCount: place, chunkCount: chunks.length - 1 };
  return { chunks, source, lineIds: Array.from({ length: place }, (_, n) => `536365-b554dfdb0730-${String(n + 1)}`) };
}

interface Query {
  readonly limit: number;
  readonly query: { readonly expressionValues: Readonly<Record<string, { readonly S: string }>> };
}

/** What DynamoDB gives for the Query: chunks from the place on, in order, at most so many. */
const dynamodb = (chunks: readonly { sk: string }[]) => (asked: unknown) => {
  const { limit, query } = asked as Query;
  const from = query.expressionValues[':sk_ge']?.S ?? '';
  return { result: { items: chunks.filter(({ sk }) => sk >= from).slice(0, limit), nextToken: null } };
};

interface Page {
  readonly items: readonly { readonly lineId: string }[];
  readonly nextToken: string | null;
}

/** Every page of an invoice, the way a client walks them. */
function walk({ chunks, source }: ReturnType<typeof givenInvoice>, limit: number): Page[] {
  const pages: Page[] = [];
  let nextToken: string | null = null;
  do {
    const answered: Evaluation = resolve({ source, args: { limit, nextToken } }, dynamodb(chunks));
    expect(answered.error).toBeUndefined();
    const page = answered.returned as Page;
    pages.push(page);
    nextToken = page.nextToken;
  } while (nextToken !== null);
  return pages;
}

const idsOf = (pages: readonly Page[]) => pages.flatMap((page) => page.items.map(({ lineId }) => lineId));

describe('an invoice that came with all its lines', () => {
  const one = (line: StoredLine) => ({
    invoiceNo: '536365',
    lineCount: 1,
    chunkCount: 0,
    firstLines: JSON.stringify([line]),
  });

  test('needs no table', () => {
    const asked = request({ source: one(storedLine()) });

    expect([asked.early, asked.returned]).toEqual([
      true,
      {
        items: [
          {
            lineId: '536365-b554dfdb0730-1',
            stockCode: '85123A',
            description: 'WHITE HANGING HEART T-LIGHT HOLDER',
            quantity: 6,
            unitPrice: '2.550',
            amount: '15.300',
          },
        ],
        nextToken: null,
      },
    ]);
  });

  test.each([
    [6, 2_550, '2.550', '15.300'],
    [-1, 4_650, '4.650', '-4.650'],
    [1, -11_062_060, '-11062.060', '-11062.060'],
    [-3, 0, '0.000', '0.000'],
    [80_995, 1, '0.001', '80.995'],
    [1_000_000, 999_999_999, '999999.999', '999999999000.000'],
  ])('prints %d pieces at %d thousandths of a pound as %s each and %s together', (quantity, mills, unitPrice, amount) => {
    const { returned } = request({ source: one(storedLine(1, quantity, mills)) });

    expect(returned).toMatchObject({ items: [{ quantity, unitPrice, amount }] });
  });

  test("gives an absent description as null, and keeps a line id that is not the invoice's own", () => {
    const { returned } = request({ source: one(['my-own-id', '85123A', '', 1, 0]) });

    expect(returned).toMatchObject({ items: [{ lineId: 'my-own-id', description: null }] });
  });
});

describe('an invoice in several chunks', () => {
  test('is one Query from the place on, for as many chunks as fill the page', () => {
    const source = { invoiceNo: '536365', lineCount: 1_114, chunkCount: 5, firstLines: '[]' };

    const first = request({ source, args: { limit: 100 } });
    const later = request({ source, args: { limit: 500, nextToken: sealed('Invoice.lines 536365', '3 120') } });

    expect(first.returned).toEqual({
      operation: 'Query',
      query: {
        expression: '(#invoiceNo = :invoiceNo_eq) AND (#sk >= :sk_ge)',
        expressionNames: { '#invoiceNo': 'invoiceNo', '#sk': 'sk' },
        expressionValues: { ':invoiceNo_eq': { S: '536365' }, ':sk_ge': { S: 'INVOICE' } },
      },
      limit: 2,
    });
    expect(later.returned).toMatchObject({
      query: { expressionValues: { ':sk_ge': { S: 'LINES#0003' } } },
      limit: 5,
    });
  });

  test('walked in pages of any size yields each line once, in order, whatever the sizes of its chunks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 260 }), { minLength: 1, maxLength: 12 }),
        fc.nat({ max: 64 }),
        fc.integer({ min: 1, max: 500 }),
        (further, inHeader, limit) => {
          const invoice = givenInvoice([inHeader, ...further]);

          const pages = walk(invoice, limit);

          expect(idsOf(pages)).toEqual(invoice.lineIds);
          expect(Math.max(...pages.map(({ items }) => items.length))).toBeLessThanOrEqual(limit);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('keeps its order beyond chunk 9999', () => {
    expect(linesKey(9_999) < linesKey(10_000)).toBe(true);
    expect(linesKey(10_000) < linesKey(99_999_999)).toBe(true);
    expect('INVOICE' < linesKey(1)).toBe(true);
  });

  test('of one line each, the worst there can be, is walked within the loops that APPSYNC_JS allows', () => {
    const invoice = givenInvoice([64, ...Array.from({ length: 1_936 }, () => 1)]);

    const pages = walk(invoice, 500);

    expect(idsOf(pages)).toEqual(invoice.lineIds);
  });

  test('shows no line that its header does not count yet: the chunk is still being written', () => {
    const invoice = givenInvoice([10, 10, 10]);
    const source = { ...invoice.source, lineCount: 20, chunkCount: 1 };

    const pages = walk({ ...invoice, source }, 500);

    expect(idsOf(pages)).toEqual(invoice.lineIds.slice(0, 20));
  });
});

describe('a page', () => {
  const source = { invoiceNo: '536365', lineCount: 500, chunkCount: 1 };

  test('holds 50 lines when nothing else is asked for, and at most 500', () => {
    expect(request({ source }).stash).toMatchObject({ limit: 50 });
    expect(request({ source, args: { limit: 500 } }).stash).toMatchObject({ limit: 500 });
  });

  test.each([0, -1, 501])('of %d lines is refused, not cut, also where no table would be asked', (limit) => {
    for (const firstLines of [undefined, '[]']) {
      const { error } = request({ source: { ...source, chunkCount: 0, firstLines }, args: { limit } });

      expect(error).toMatchObject({ errorType: 'InvalidValue', errorInfo: { field: 'limit', value: limit } });
    }
  });

  test.each([...BROKEN_TOKENS, sealed('Invoice.lines 536366', '0 50'), sealed('Customer.invoices 536365', '0 50')])(
    'cannot go on from a token of another list, or a broken one: "%s"',
    (nextToken) => {
      expect(request({ source, args: { nextToken } }).error).toMatchObject({
        errorType: 'InvalidToken',
        errorInfo: { field: 'nextToken' },
      });
    },
  );
});

test('what the table could not do is the error of the field', () => {
  expect(response({ source: {}, error: UNANSWERED }).error).toMatchObject({ errorType: UNANSWERED.type });
});
