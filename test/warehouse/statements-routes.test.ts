import { describe, expect, test } from 'vitest';
import { itemBytes } from '@tillgraph/local-aws/testing/dynamodb-capacity';
import { dynamoDbAnswers } from '../../ingest/handlers/dynamodb-answer-store.ts';
import { fixedQuestions } from '../../warehouse/statements/fixed-questions.ts';
import { salesKey } from '../../warehouse/statements/fixed-keys.ts';
import { periodAt, type Period } from '../../warehouse/statements/periods.ts';
import type { SalesDimension } from '../../warehouse/statements/sales-dimensions.ts';
import type { SalesFilter, SalesOrder } from '../../warehouse/statements/sales-question.ts';
import { salesRoutes } from '../../warehouse/statements/sales-routes.ts';
import { weekOf } from './sales-truth.ts';

describe('a question about sales goes', () => {
  test.each([
    [[], {}, 'ROLLUP TOTAL'],
    [['MONTH'], {}, 'ROLLUP MONTH'],
    [['MONTH', 'COUNTRY'], {}, 'ROLLUP MONTH_COUNTRY'],
    [['MONTH'], { countries: ['EIRE'] }, 'ROLLUP MONTH_COUNTRY'],
    [['MONTH'], { countries: ['EIRE', 'France'] }, 'FACT'],
    [['MONTH', 'COUNTRY'], { countries: ['EIRE', 'France'] }, 'ROLLUP MONTH_COUNTRY'],
    [['COUNTRY'], { from: '2011-02-01', to: '2011-02-28' }, 'ROLLUP MONTH_COUNTRY'],
    [['COUNTRY'], { from: '2011-02-01', to: '2011-02-27' }, 'FACT'],
    [['MONTH'], { from: '2011-02-01', to: '2011-03-31' }, 'ROLLUP MONTH'],
    [['MONTH'], { from: '2011-02-02' }, 'FACT'],
    [['DAY'], { from: '2011-02-02', to: '2011-02-27' }, 'ROLLUP DAY'],
    [['WEEK'], { from: '2011-01-03' }, 'ROLLUP WEEK'],
    [['YEAR'], { from: '2011-01-01' }, 'ROLLUP YEAR'],
    [[], { from: '2011-01-01', to: '2011-12-31' }, 'ROLLUP YEAR'],
    [[], { from: '2011-01-01', to: '2011-03-31' }, 'ROLLUP QUARTER'],
    [[], { from: '2011-01-01', to: '2011-02-28' }, 'FACT'],
    [[], { countries: ['EIRE'] }, 'ROLLUP COUNTRY'],
    [[], { customerId: '12346' }, 'ROLLUP CUSTOMER'],
    [[], { guests: true }, 'ROLLUP CUSTOMER'],
    [[], { guests: false }, 'FACT'],
    [['CUSTOMER'], { guests: false }, 'ROLLUP CUSTOMER'],
    [[], { cancelled: false }, 'ROLLUP CANCELLED'],
    [['PRODUCT'], {}, 'ROLLUP PRODUCT'],
    [[], { stockCode: '85123A' }, 'ROLLUP PRODUCT'],
    [['PRODUCT'], { from: '2011-01-01' }, 'RAW'],
    [['MONTH'], { stockCode: '85123A' }, 'RAW'],
    [['PRODUCT', 'COUNTRY'], {}, 'RAW'],
    [['CUSTOMER', 'COUNTRY'], {}, 'FACT'],
  ] as [SalesDimension[], SalesFilter, string][])('by %j where %j to %s', (groupBy, where, route) => {
    const [first] = salesRoutes({ groupBy, where, orderBy: [], limit: 100 });

    expect([first?.source, first?.grouping].join(' ').trim()).toBe(route);
  });
});

describe('a period', () => {
  const days = Array.from({ length: 366 * 12 }, (_, day) => new Date(Date.UTC(1999, 0, 1 + day)).toISOString().slice(0, 10));
  const next = (day: string) => new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
  const NAMES: Readonly<Record<Period, (day: string) => string>> = {
    YEAR: (day) => day.slice(0, 4),
    QUARTER: (day) => `${day.slice(0, 4)}-Q${String(Math.ceil(Number(day.slice(5, 7)) / 3))}`,
    MONTH: (day) => day.slice(0, 7),
    WEEK: weekOf,
    DAY: (day) => day,
  };

  test.each(Object.entries(NAMES) as [Period, (day: string) => string][])(
    '%s begins and ends where the next one does',
    (period, nameOf) => {
      for (const day of [...days, '1900-01-01', '1900-02-28', '1900-03-01', '2100-02-28', '2100-12-31', '2199-12-31']) {
        const isLast = nameOf(day) !== nameOf(next(day));
        const tomorrow = next(day);

        expect([day, periodAt(day, period, 'last')]).toEqual([day, isLast ? nameOf(day) : undefined]);
        expect([tomorrow, periodAt(tomorrow, period, 'first')]).toEqual([tomorrow, isLast ? nameOf(tomorrow) : undefined]);
      }
    },
  );
});

describe('a fixed question', () => {
  test('has a key of its own', () => {
    const keys = fixedQuestions.map(({ key }) => key);

    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).not.toContain('');
  });

  test('has an answer that one item of DynamoDB holds, however long its texts', async () => {
    let bytes = 0;
    const send = ({ input }: { readonly input: { readonly Item: Parameters<typeof itemBytes>[0] } }) => {
      bytes = itemBytes(input.Item);
      return Promise.resolve({});
    };
    const answers = dynamoDbAnswers({ send }, 'Answers');
    const longest: Readonly<Record<string, string>> = {
      country: 'x'.repeat(240),
      stock_code: 'x'.repeat(160),
      other_stock_code: 'x'.repeat(160),
    };
    const valueOf = (column: string) => ({
      stringValue: longest[column] ?? (column.endsWith('description') ? 'x'.repeat(800) : '-999999999.999'),
    });

    for (const fixed of fixedQuestions) {
      const columns = [...fixed.statement.sql.matchAll(/CAST\((.+?) AS [A-Z0-9(), ]+\) AS ([a-z_]+)/g)];
      const row = columns.map(([, value, name = '']) =>
        value === 'NULL' ? { isNull: true } : { ...valueOf(name), longValue: -2_147_483_648 },
      );
      const answer = fixed.answer(Array.from({ length: 1001 }, () => row));
      await answers.put({ ...answer, asOf: answer.asOf ?? '', question: fixed.key, loadId: 1 });

      expect(answer.rows.length).toBeGreaterThan(0);
      expect([fixed.key, bytes < 400_000]).toEqual([fixed.key, true]);
    }
  });

  test.each([
    [['MONTH'], [{ by: 'MONTH', direction: 'ASC' }], 100, 'sales:MONTH'],
    [['MONTH', 'COUNTRY'], [{ by: 'MONTH', direction: 'ASC' }], 1000, 'sales:MONTH_COUNTRY'],
    [['COUNTRY', 'MONTH'], [], 1000, undefined],
    [['MONTH'], [{ by: 'MONTH', direction: 'DESC' }], 100, undefined],
    [['MONTH'], [{ by: 'REVENUE', direction: 'DESC' }], 100, undefined],
    [[], [], 1, 'sales:TOTAL'],
    [[], [{ by: 'UNITS', direction: 'DESC' }], 1, undefined],
    [['PRODUCT'], [{ by: 'UNITS', direction: 'DESC' }], 100, 'sales:PRODUCT:UNITS'],
    [['PRODUCT'], [{ by: 'UNITS', direction: 'DESC' }], 101, undefined],
    [['PRODUCT'], [{ by: 'UNITS', direction: 'ASC' }], 100, undefined],
    [['PRODUCT'], [{ by: 'LINES', direction: 'DESC' }], 100, undefined],
    [['CUSTOMER'], [{ by: 'REVENUE', direction: 'DESC' }], 10, 'sales:CUSTOMER:REVENUE'],
    [['COUNTRY'], [{ by: 'REVENUE', direction: 'DESC' }], 8, 'sales:COUNTRY:REVENUE'],
    [
      ['PRODUCT'],
      [
        { by: 'REVENUE', direction: 'DESC' },
        { by: 'LINES', direction: 'ASC' },
      ],
      10,
      undefined,
    ],
    [
      ['MONTH'],
      [
        { by: 'MONTH', direction: 'ASC' },
        { by: 'UNITS', direction: 'ASC' },
      ],
      10,
      undefined,
    ],
    [['CUSTOMER'], [], 10, undefined],
    [['PRODUCT', 'COUNTRY'], [{ by: 'REVENUE', direction: 'DESC' }], 10, undefined],
  ] as [SalesDimension[], SalesOrder[], number, string | undefined][])(
    'by %j in the order %j of %i rows is kept as %s',
    (groupBy, orderBy, limit, key) => {
      expect(salesKey({ groupBy, where: {}, orderBy, limit })).toBe(key);
      expect(salesKey({ groupBy, where: { guests: false }, orderBy, limit })).toBeUndefined();
      expect(fixedQuestions.some((fixed) => fixed.key === key)).toBe(key !== undefined);
    },
  );
});
