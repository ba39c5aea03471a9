import fc from 'fast-check';
import { expect, test } from 'vitest';
import { recordLength, type AnswerKind } from '../../warehouse/statements/answer-kinds.ts';
import { customerSegmentsStatement } from '../../warehouse/statements/customer-segments.ts';
import { productPairsStatement } from '../../warehouse/statements/product-pairs.ts';
import { retentionStatement } from '../../warehouse/statements/retention.ts';
import type { SalesFilter, SalesQuestion } from '../../warehouse/statements/sales-question.ts';
import { salesRoutes } from '../../warehouse/statements/sales-routes.ts';
import { salesStatement } from '../../warehouse/statements/sales-statement.ts';
import type { Statement } from '../../warehouse/statements/statement.ts';
import { DIMENSIONS, MEASURE_NAMES } from './sales-truth.ts';

/** @source Redshift Data API: a statement may have 100 KB */
const MOST_BYTES = 100_000;

const hostile = fc.oneof(
  fc.constantFrom(
    "'; DROP TABLE mart.sales_line; --",
    "' OR TRUE --",
    ':first_day',
    ':country_1',
    '$1',
    '\\',
    '"',
    '/*',
    '${sql}',
    'NULL',
  ),
  fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }),
);
const day = fc
  .date({ min: new Date('1900-01-01'), max: new Date('2199-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const some = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });

const filter: fc.Arbitrary<SalesFilter> = fc
  .record({
    from: some(day),
    to: some(day),
    countries: some(fc.uniqueArray(hostile, { minLength: 1, maxLength: 50 })),
    customerId: some(hostile),
    stockCode: some(hostile),
    cancelled: some(fc.boolean()),
    guests: some(fc.boolean()),
  })
  .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)));

const question: fc.Arbitrary<SalesQuestion> = fc.uniqueArray(fc.constantFrom(...DIMENSIONS), { maxLength: 3 }).chain((groupBy) =>
  fc.record({
    groupBy: fc.constant(groupBy),
    where: filter,
    orderBy: fc.uniqueArray(
      fc.record({
        by: fc.constantFrom(...groupBy, ...MEASURE_NAMES),
        direction: fc.constantFrom('ASC' as const, 'DESC' as const),
      }),
      { selector: ({ by }) => by },
    ),
    limit: fc.integer({ min: 1, max: 1000 }),
  }),
);

/** Every way to ask everything that can be asked. */
const statements: fc.Arbitrary<readonly Statement[]> = fc.oneof(
  question.map((asked) => salesRoutes(asked).map((route) => salesStatement(asked, route))),
  some(day).map((until) => [customerSegmentsStatement({ asOf: until })]),
  fc.tuple(some(day), some(day)).map(([from, to]) => [retentionStatement({ from: from?.slice(0, 7), to: to?.slice(0, 7) })]),
  fc
    .tuple(some(hostile), fc.integer({ min: 1, max: 1000 }))
    .map(([stockCode, limit]) => [productPairsStatement({ stockCode, limit })]),
);

const namesIn = (sql: string) => new Set([...sql.matchAll(/:([a-z_0-9]+)/g)].map(([, name]) => name));

test('a statement names its parameters, each once and all of them, and none is empty', () => {
  fc.assert(
    fc.property(statements, (all) => {
      for (const { sql, parameters } of all) {
        const names = parameters.map(({ name }) => name);
        expect(new Set(names)).toEqual(namesIn(sql));
        expect(new Set(names).size).toBe(names.length);
        expect(parameters.map(({ value }) => value)).not.toContain('');
      }
    }),
  );
});

test('a statement keeps within what the Data API takes', () => {
  fc.assert(
    fc.property(statements, (all) => {
      for (const { sql, name } of all) {
        expect(Buffer.byteLength(sql)).toBeLessThan(MOST_BYTES);
        expect(name).toMatch(/^[a-z-]{1,64}$/);
      }
    }),
  );
});

test('what a caller writes is a value alone: the text follows the shape of the question', () => {
  /** Values of the same shape: other names, and days that stand in the same place of their periods. */
  const otherwise = ({ where, ...rest }: SalesQuestion): SalesQuestion => ({
    ...rest,
    where: {
      ...where,
      ...(where.countries === undefined ? {} : { countries: where.countries.map((_, place) => `Country ${String(place)}`) }),
      ...(where.customerId === undefined ? {} : { customerId: '17850' }),
      ...(where.stockCode === undefined ? {} : { stockCode: '85123A' }),
    },
  });

  fc.assert(
    fc.property(question, (asked) => {
      const [routes, others] = [asked, otherwise(asked)].map((one) =>
        salesRoutes(one).map((route) => salesStatement(one, route)),
      );

      expect(routes?.map(({ sql }) => sql)).toEqual(others?.map(({ sql }) => sql));
      for (const { parameters } of routes ?? []) {
        const values = parameters.map(({ value }) => value);
        for (const value of [...(asked.where.countries ?? []), asked.where.customerId, asked.where.stockCode])
          if (value !== undefined) expect(values).toContain(value);
      }
    }),
  );
});

test('days are values too, wherever the statement goes', () => {
  fc.assert(
    fc.property(question, day, day, (asked, from, to) => {
      const [one, other] = [
        { from, to },
        { from: '2011-02-02', to: '2011-02-03' },
      ].map((range) => {
        const where = { ...asked.where, ...range };
        return salesStatement({ ...asked, where }, { source: 'RAW' }).sql;
      });

      expect(one).toBe(other);
    }),
  );
});

test('the other questions keep what a caller writes out of their text', () => {
  fc.assert(
    fc.property(hostile, day, (stockCode, from) => {
      expect(productPairsStatement({ stockCode, limit: 10 }).sql).toBe(
        productPairsStatement({ stockCode: '85123A', limit: 10 }).sql,
      );
      expect(customerSegmentsStatement({ asOf: from }).sql).toBe(customerSegmentsStatement({ asOf: '2011-01-01' }).sql);
      expect(retentionStatement({ from: from.slice(0, 7), to: from.slice(0, 7) }).sql).toBe(
        retentionStatement({ from: '2011-01', to: '2011-02' }).sql,
      );
    }),
  );
});

/** How many columns the outermost SELECT has: the first with `as_of`. They are names, so that only commas part them. */
const columnsAnswered = ({ sql }: Statement) =>
  /^SELECT ((?:\w+\.\w+, )+\w+\.as_of(?:, .*)?)$/m.exec(sql)![1]!.split(', ').length;

test('whatever its limit, an answer has the columns that the API reads, and no other', () => {
  const byKind = (limit: number): [AnswerKind, Statement][] => [
    ['sales', salesStatement({ groupBy: ['PRODUCT', 'CUSTOMER', 'HOUR'], where: {}, orderBy: [], limit })],
    ['sales', salesStatement({ groupBy: ['MONTH', 'COUNTRY'], where: { from: '2011-01-01' }, orderBy: [], limit })],
    ['customerSegments', customerSegmentsStatement({})],
    ['retention', retentionStatement({})],
    ['productPairs', productPairsStatement({ stockCode: '85123A', limit })],
  ];

  for (const limit of [1, 100, 1000])
    for (const [kind, statement] of byKind(limit))
      expect([kind, limit, columnsAnswered(statement)]).toEqual([kind, limit, recordLength(kind)]);
});
