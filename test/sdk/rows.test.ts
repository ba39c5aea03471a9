import { describe, expectTypeOf, test } from 'vitest';
import type { SalesDimension, SalesGroupFragment, SalesQueryVariables, SalesRow, Tillgraph } from '../../sdk/index.ts';

declare const tillgraph: Tillgraph;
declare const some: ('MONTH' | 'DAY')[];
declare const either: 'MONTH' | 'COUNTRY';
declare const oneOfTwo: ['MONTH'] | ['COUNTRY'];
declare const any: SalesDimension[];
declare const variables: SalesQueryVariables;

type Row<Ask extends (...given: never[]) => Promise<{ rows: unknown[] }>> = Awaited<ReturnType<Ask>>['rows'][number];
type Nulls<Type> = { [Name in keyof Type as Type[Name] extends null ? Name : never]: Type[Name] };

// Compiled by the check of types; nothing of it runs.
describe('the type of the rows of sales', () => {
  test('has values of exactly the dimensions asked for, and null of all others', () => {
    const _ask = () => tillgraph.sales({ groupBy: ['MONTH', 'COUNTRY'] });

    expectTypeOf<Pick<Row<typeof _ask>, 'month' | 'country'>>().toEqualTypeOf<{ month: string; country: string }>();
    expectTypeOf<keyof Nulls<Row<typeof _ask>>>().toEqualTypeOf<
      'year' | 'quarter' | 'week' | 'day' | 'weekday' | 'hour' | 'customerId' | 'stockCode' | 'description' | 'cancelled'
    >();
    expectTypeOf<Row<typeof _ask>['revenue']>().toEqualTypeOf<string>();
    expectTypeOf<Row<typeof _ask>>().toExtend<SalesGroupFragment>();
  });

  test('keeps null where a dimension itself may have none', () => {
    const _ask = () => tillgraph.sales({ groupBy: ['CUSTOMER', 'PRODUCT', 'YEAR', 'CANCELLED'] });

    expectTypeOf<Pick<Row<typeof _ask>, 'customerId' | 'stockCode' | 'description' | 'year' | 'cancelled'>>().toEqualTypeOf<{
      customerId: string | null;
      stockCode: string;
      description: string | null;
      year: number;
      cancelled: boolean;
    }>();
  });

  test('promises nothing of dimensions that are known only when it runs', () => {
    const _ofList = () => tillgraph.sales({ groupBy: some });
    const _ofUnion = () => tillgraph.sales({ groupBy: [either, 'DAY'] });
    const _ofAny = () => tillgraph.sales({ groupBy: any });
    const _ofVariables = () => tillgraph.sales(variables);

    expectTypeOf<Pick<Row<typeof _ofList>, 'month' | 'day' | 'year'>>().toEqualTypeOf<{
      month: string | null;
      day: string | null;
      year: null;
    }>();
    expectTypeOf<Pick<Row<typeof _ofUnion>, 'month' | 'country' | 'day'>>().toEqualTypeOf<{
      month: string | null;
      country: string | null;
      day: string;
    }>();
    expectTypeOf<Row<typeof _ofAny>>().toEqualTypeOf<SalesGroupFragment>();
    expectTypeOf<Row<typeof _ofVariables>>().toEqualTypeOf<SalesGroupFragment>();
    expectTypeOf<SalesRow>().toEqualTypeOf<SalesGroupFragment>();
  });

  test('is one of several rows for one of several lists', () => {
    const _ask = () => tillgraph.sales({ groupBy: oneOfTwo });

    expectTypeOf<Row<typeof _ask>['month']>().toEqualTypeOf<string | null>();
    expectTypeOf<Row<typeof _ask>['country']>().toEqualTypeOf<string | null>();
  });

  test('with no dimension has measures alone', () => {
    const _ask = () => tillgraph.sales({ groupBy: [] });

    expectTypeOf<Row<typeof _ask>['month']>().toEqualTypeOf<null>();
    expectTypeOf<Row<typeof _ask>['units']>().toEqualTypeOf<number>();
  });

  test('lets rows be ordered by what was asked for', () => {
    expectTypeOf(() =>
      tillgraph.sales({
        groupBy: ['MONTH'],
        orderBy: [
          { by: 'MONTH', direction: 'ASC' },
          { by: 'REVENUE', direction: 'DESC' },
        ],
      }),
    ).toBeFunction();
    // @ts-expect-error DAY is no dimension of groupBy
    expectTypeOf(() => tillgraph.sales({ groupBy: ['MONTH'], orderBy: [{ by: 'DAY', direction: 'ASC' }] })).toBeFunction();
    // @ts-expect-error there is no such dimension
    expectTypeOf(() => tillgraph.sales({ groupBy: ['MOTH'] })).toBeFunction();
  });
});
