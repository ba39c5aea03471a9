import { describe, expect, test } from 'vitest';
import type { StoredLine, StoredLines } from '../../domain/stored-line.ts';
import { sealedPlace } from '../support/resolver.ts';
import { askPage, type LinesPage } from '../support/stored-invoice.ts';
import { chunkItem, headerItem, storedLines } from '../support/stored-items.ts';

/** As an invoice in a list arrives: without its lines. */
const listed = { invoiceNo: '536365' };

const noTable = () => {
  throw new Error('the table was asked');
};

describe('an invoice reached through a customer', () => {
  const settings = [
    ['2010-12-01T08:26:00Z', '17850', 'United Kingdom'],
    ['2010-12-01T08:26:00Z', '13047', 'United Kingdom'],
    ['2010-12-01T08:26:00Z', '', 'United Kingdom'],
  ] as const;
  const line = (n: number): StoredLine => [String(n), '85123A', '', 1, 0, 0, n % 3];
  const part = (from: number, until: number): StoredLines =>
    storedLines(
      Array.from({ length: until - from }, (_, n) => line(from + n)),
      { settings },
    );
  const items = [
    headerItem({ lines: JSON.stringify(part(64, 80)), chunks: '[["LINES#0001#k3j9x2",64]]', lineCount: 80 }),
    chunkItem('LINES#0001#k3j9x2', part(0, 64)),
  ];
  const own = { ...listed, linesOf: '13047' };
  const numbers = (page: LinesPage) => page.items.map(({ lineId }) => Number(lineId));
  const every = Array.from({ length: 80 }, (_, n) => n);

  test("shows that customer's own lines alone", () => {
    const { page } = askPage(own, { limit: 500 }, () => items);

    expect(numbers(page)).toEqual(every.filter((n) => n % 3 === 1));
    expect(page.nextToken).toBeNull();
  });

  test('holds fewer on a page than asked for where others stand between, and goes on to the end', () => {
    const seen: number[][] = [];
    let nextToken: string | null = null;
    do {
      const { page } = askPage(own, { limit: 20, nextToken }, () => items);
      seen.push(numbers(page));
      nextToken = page.nextToken;
    } while (nextToken !== null);

    expect(seen.map((page) => page.length)).toEqual([7, 6, 7, 7]);
    expect(seen.flat()).toEqual(every.filter((n) => n % 3 === 1));
  });

  test("goes on with that customer's lines wherever its token is used", () => {
    const { page } = askPage(own, { limit: 20 }, () => items);

    const further = askPage(listed, { limit: 500, nextToken: page.nextToken }, () => items);

    expect(numbers(further.page)).toEqual(every.filter((n) => n % 3 === 1 && n >= 20));
  });

  test.each([sealedPlace('536365', '0 20'), sealedPlace('536365', '0 20 17850')])(
    'cannot go on from the token of the whole invoice, or of another customer: "%s"',
    (nextToken) => {
      expect(askPage(own, { nextToken }, noTable).error).toMatchObject({ errorType: 'InvalidToken' });
    },
  );

  test('of the most lines, half of them of others, stays within the loops of APPSYNC_JS', () => {
    const many = storedLines(
      Array.from({ length: 250 }, (_, n) => line(n)),
      { settings },
    );
    const long = [
      headerItem({ lines: JSON.stringify(part(0, 64)), chunks: '[["LINES#0001#a",250],["LINES#0002#b",250]]' }),
      chunkItem('LINES#0001#a', many),
      chunkItem('LINES#0002#b', many),
    ];

    const { page, error } = askPage(own, { limit: 500 }, () => long);

    expect(error).toBeUndefined();
    expect(page.items).toHaveLength(166);
  });
});
