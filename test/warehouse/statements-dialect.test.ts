import { expect, test } from 'vitest';
import { customerSegmentsStatement } from '../../warehouse/statements/customer-segments.ts';
import { productPairsStatement } from '../../warehouse/statements/product-pairs.ts';
import { retentionStatement } from '../../warehouse/statements/retention.ts';
import type { SalesFilter, SalesOrder, SalesQuestion } from '../../warehouse/statements/sales-question.ts';
import { salesRoutes } from '../../warehouse/statements/sales-routes.ts';
import { salesStatement } from '../../warehouse/statements/sales-statement.ts';
import { dialectFindings } from './redshift-dialect.ts';
import { combinations, DIMENSIONS, MEASURE_NAMES } from './sales-truth.ts';

// Every text that can come to the warehouse is in Redshift's dialect. A grouping, a filter and an order are put into a text each on its
// own: so every grouping is tried, every filter with every dimension, filters in all combinations, and every order.

const GROUPINGS = [0, 1, 2, 3].flatMap((size) => combinations(DIMENSIONS, size));
const COUNTRIES = Array.from({ length: 50 }, (_, place) => `Country ${String(place)}`);

const CHOICES: readonly (readonly SalesFilter[])[] = [
  [{}, { from: '2011-01-01' }, { from: '2011-01-03' }],
  [{}, { to: '2011-12-31' }, { to: '2011-01-16' }],
  [{}, { countries: ['EIRE'] }, { countries: COUNTRIES }],
  [{}, { customerId: '17850' }],
  [{}, { stockCode: '85123A' }],
  [{}, { cancelled: true }, { cancelled: false }],
  [{}, { guests: true }, { guests: false }],
];
const FILTERS = CHOICES.reduce<SalesFilter[]>(
  (filters, choices) => filters.flatMap((filter) => choices.map((choice) => ({ ...filter, ...choice }))),
  [{}],
);
const isSingle = (filter: SalesFilter) => Object.keys(filter).length <= 1;

function findingsOf(questions: readonly Partial<SalesQuestion>[]): { texts: number; findings: string[] } {
  const texts = questions.flatMap((changes) => {
    const question: SalesQuestion = { groupBy: [], where: {}, orderBy: [], limit: 100, ...changes };
    return salesRoutes(question).map((route) => salesStatement(question, route).sql);
  });
  const different = [...new Set(texts)];
  return {
    texts: different.length,
    findings: different.flatMap((sql) => dialectFindings(sql).map((finding) => `${finding}: ${sql}`)),
  };
}

test('every grouping, and each dimension with each filter', () => {
  const filtered = combinations(DIMENSIONS, 1).flatMap((groupBy) =>
    FILTERS.filter(isSingle).map((where) => ({ groupBy, where })),
  );

  const { texts, findings } = findingsOf([...GROUPINGS.map((groupBy) => ({ groupBy })), ...filtered]);

  expect(texts).toBeGreaterThan(500);
  expect(findings).toEqual([]);
});

test('every combination of filters', () => {
  const { texts, findings } = findingsOf(FILTERS.map((where) => ({ groupBy: ['MONTH'], where })));

  expect(texts).toBeGreaterThan(300);
  expect(findings).toEqual([]);
});

test('every order', () => {
  const directions = ['ASC', 'DESC'] as const;
  const orders = (fields: readonly SalesOrder['by'][]) =>
    fields.flatMap((by) => directions.map((direction): SalesOrder[] => [{ by, direction }]));
  const questions = combinations(DIMENSIONS, 1).flatMap((groupBy) =>
    orders([...groupBy, ...MEASURE_NAMES]).map((orderBy) => ({ groupBy, orderBy })),
  );
  const every = MEASURE_NAMES.map((by): SalesOrder => ({ by, direction: 'DESC' }));

  const { findings } = findingsOf([...questions, { groupBy: ['DAY'], orderBy: every }]);

  expect(findings).toEqual([]);
});

test('every other question', () => {
  const statements = [
    ...[undefined, '2011-11-30'].map((day) => customerSegmentsStatement({ asOf: day })),
    ...[undefined, '2011-01'].flatMap((from) => [undefined, '2011-11'].map((to) => retentionStatement({ from, to }))),
    ...[undefined, '85123A'].map((stockCode) => productPairsStatement({ stockCode, limit: 100 })),
  ];

  expect(statements.flatMap(({ sql }) => dialectFindings(sql))).toEqual([]);
});
