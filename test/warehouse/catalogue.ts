import { customerSegmentsStatement } from '../../warehouse/statements/customer-segments.ts';
import { fixedQuestions } from '../../warehouse/statements/fixed-questions.ts';
import { productPairsStatement } from '../../warehouse/statements/product-pairs.ts';
import { retentionStatement } from '../../warehouse/statements/retention.ts';
import type { SalesDimension, SalesMeasure } from '../../warehouse/statements/sales-dimensions.ts';
import type { SalesFilter } from '../../warehouse/statements/sales-question.ts';
import { salesRoutes } from '../../warehouse/statements/sales-routes.ts';
import { salesStatement } from '../../warehouse/statements/sales-statement.ts';
import type { Statement } from '../../warehouse/statements/statement.ts';

const DIMENSIONS: readonly SalesDimension[] = [
  ...(['YEAR', 'QUARTER', 'MONTH', 'WEEK', 'DAY', 'WEEKDAY', 'HOUR'] as const),
  ...(['COUNTRY', 'CUSTOMER', 'PRODUCT', 'CANCELLED'] as const),
];

const MEASURES: readonly SalesMeasure[] = ['REVENUE', 'UNITS', 'LINES', 'INVOICES', 'CUSTOMERS', 'AVERAGE_INVOICE'];

const FILTERS: readonly SalesFilter[] = [
  {},
  { from: '2011-01-01', to: '2011-03-31' },
  { from: '2011-01-05' },
  { countries: ['France'] },
  { countries: ['France', 'EIRE'] },
  { customerId: '17850' },
  { stockCode: '85123A' },
  { cancelled: true },
  { cancelled: false },
  { guests: true },
  { guests: false },
];

/** The statements of the API in all their shapes: every dimension, filter, order and route, though not each with each other. */
export function catalogue(): Statement[] {
  const groups = [[], ...DIMENSIONS.map((one) => [one]), ['MONTH', 'COUNTRY'] as const];
  const questions = [
    ...groups.flatMap((groupBy) => FILTERS.map((where) => ({ groupBy, where, orderBy: [], limit: 10 }))),
    ...[...MEASURES, 'COUNTRY' as const].flatMap((by) =>
      (['ASC', 'DESC'] as const).map((direction) => ({
        groupBy: ['COUNTRY'] as const,
        where: {},
        orderBy: [{ by, direction }],
        limit: 10,
      })),
    ),
  ];
  const statements = [
    ...fixedQuestions.map(({ statement }) => statement),
    ...questions.flatMap((question) => salesRoutes(question).map((route) => salesStatement(question, route))),
    customerSegmentsStatement({ asOf: '2011-06-30' }),
    ...[undefined, '2011-01'].flatMap((from) => [undefined, '2011-06'].map((to) => retentionStatement({ from, to }))),
    productPairsStatement({ stockCode: '85123A', limit: 10 }),
  ];
  return [...new Map(statements.map((statement) => [statement.sql, statement])).values()];
}
