import type { SalesDimension, SalesField, SalesFilter, SalesGroupFragment, SortDirection } from './generated/operations.ts';

/** Which dimension brings which field. */
interface DimensionOf {
  year: 'YEAR';
  quarter: 'QUARTER';
  month: 'MONTH';
  week: 'WEEK';
  day: 'DAY';
  weekday: 'WEEKDAY';
  hour: 'HOUR';
  country: 'COUNTRY';
  customerId: 'CUSTOMER';
  stockCode: 'PRODUCT';
  description: 'PRODUCT';
  cancelled: 'CANCELLED';
}

/** Null also where they are asked for: guests have no number, some products no description. */
type Uncertain = 'customerId' | 'description';

type IsUnion<Type, Whole = Type> = [Type] extends [never]
  ? false
  : Type extends unknown
    ? [Whole] extends [Type]
      ? false
      : true
    : never;

/** The dimensions that are asked for whatever happens: those of a list of which the type knows each element. */
type Certain<GroupBy extends readonly SalesDimension[]> = number extends GroupBy['length']
  ? never
  : { [Place in keyof GroupBy]: IsUnion<GroupBy[Place]> extends true ? never : GroupBy[Place] }[number];

type FieldType<Name extends keyof DimensionOf, GroupBy extends readonly SalesDimension[]> =
  DimensionOf[Name] extends Certain<GroupBy>
    ? Name extends Uncertain
      ? SalesGroupFragment[Name]
      : NonNullable<SalesGroupFragment[Name]>
    : DimensionOf[Name] extends GroupBy[number]
      ? SalesGroupFragment[Name]
      : null;

/**
 * A group of sales. The fields of the dimensions asked for have values, those of all others are null:
 * `SalesRow<['MONTH', 'COUNTRY']>` has a month and a country.
 *
 * @remarks Where the type knows only that there are dimensions, not which, this is `SalesGroupFragment`. One of several lists has one of
 * their rows.
 */
export type SalesRow<GroupBy extends readonly SalesDimension[] = readonly SalesDimension[]> = GroupBy extends unknown
  ? SalesDimension[] extends GroupBy
    ? SalesGroupFragment
    : {
        [Name in keyof SalesGroupFragment]: Name extends keyof DimensionOf ? FieldType<Name, GroupBy> : SalesGroupFragment[Name];
      }
  : never;

/** What `sales` is asked. */
export interface SalesQuestion<GroupBy extends readonly SalesDimension[]> {
  /** The dimensions, none twice. None: one row over everything. */
  readonly groupBy: GroupBy;
  readonly where?: SalesFilter | null | undefined;
  /** By dimensions of `groupBy`, or by any measure. */
  readonly orderBy?: readonly SalesSort<GroupBy[number]>[] | null | undefined;
  readonly limit?: number | null | undefined;
}

/** One key of the order of rows. */
export interface SalesSort<Dimension extends SalesDimension = SalesDimension> {
  readonly by: Dimension | Exclude<SalesField, SalesDimension>;
  readonly direction: SortDirection;
}
