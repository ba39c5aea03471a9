import { util } from '@aws-appsync/utils';
import { PATTERNS, EXPECTED } from '../../domain/line-rules.ts';
import type { QuerySalesArgs, SalesFilter as GivenFilter } from '../../schema/generated/types.ts';
import { MEASURE_COLUMNS } from '../../warehouse/statements/sales-dimensions.ts';
import {
  DEFAULT_ROWS,
  MAX_COUNTRIES,
  MAX_DIMENSIONS,
  MAX_ROWS,
  type SalesFilter,
  type SalesQuestion,
} from '../../warehouse/statements/sales-question.ts';
import { checkedArgument, refuseArgument } from './argument.ts';
import { checkedDay } from './calendar-argument.ts';

const MEASURES: readonly string[] = MEASURE_COLUMNS.map(({ measure }) => measure);

/** The question in the arguments of `sales`. What cannot be answered is refused with `InvalidValue`, never corrected. */
export function checkedQuestion(args: QuerySalesArgs): SalesQuestion {
  const { groupBy } = args;
  if (groupBy.length > MAX_DIMENSIONS || isRepeated(groupBy))
    refuseArgument('groupBy', groupBy.join(', '), `at most ${MAX_DIMENSIONS} dimensions, none twice`);
  const orderBy = args.orderBy ?? [];
  if (isRepeated(orderBy.map((order) => order.by)))
    refuseArgument('orderBy', orderBy.map((order) => order.by).join(', '), 'each field once');
  const named: readonly string[] = groupBy;
  for (const order of orderBy) {
    if (MEASURES.indexOf(order.by) === -1 && named.indexOf(order.by) === -1)
      refuseArgument('orderBy', order.by, `a dimension of groupBy (${groupBy.join(', ')}) or a measure (${MEASURES.join(', ')})`);
  }
  return { groupBy, where: checkedFilter(args.where ?? {}), orderBy, limit: checkedLimit(args.limit) };
}

/** How many rows to answer with. */
export function checkedLimit(limit: number | null | undefined): number {
  const wanted = limit ?? DEFAULT_ROWS;
  if (wanted < 1 || wanted > MAX_ROWS)
    util.error(`limit: write a number from 1 to ${MAX_ROWS}: got ${wanted}`, 'InvalidValue', null, {
      field: 'limit',
      value: wanted,
    });
  return wanted;
}

function checkedFilter(given: GivenFilter): SalesFilter {
  const from = checkedDay('where.from', given.from);
  const to = checkedDay('where.to', given.to);
  if (from !== undefined && to !== undefined && from > to)
    refuseArgument('where.from', from, `a day that is not after where.to, "${to}"`);
  const { customerId, stockCode, cancelled, guests } = given;
  const countries = checkedCountries(given.countries);
  return {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(countries === undefined ? {} : { countries }),
    ...(customerId === null || customerId === undefined
      ? {}
      : { customerId: checkedArgument('where.customerId', customerId, PATTERNS.customerId, CUSTOMER) }),
    ...(stockCode === null || stockCode === undefined
      ? {}
      : { stockCode: checkedArgument('where.stockCode', stockCode, PATTERNS.stockCode, EXPECTED.stockCode) }),
    ...(cancelled === null || cancelled === undefined ? {} : { cancelled }),
    ...(guests === null || guests === undefined ? {} : { guests }),
  };
}

const CUSTOMER =
  '1 to 32 letters, digits or any of _ -, beginning with a letter or digit, such as "17850" (for guests: guests: true)';

function checkedCountries(given: string[] | null | undefined): string[] | undefined {
  if (given === null || given === undefined) return undefined;
  if (given.length === 0 || given.length > MAX_COUNTRIES)
    refuseArgument('where.countries', `${given.length} names`, `1 to ${MAX_COUNTRIES} names, or leave it out for all countries`);
  const countries = given.map((country) => checkedArgument('where.countries', country, PATTERNS.country, EXPECTED.country));
  if (isRepeated(countries)) refuseArgument('where.countries', countries.join(', ').slice(0, 80), 'each name once');
  return countries;
}

function isRepeated(all: readonly string[]): boolean {
  return all.some((one, place) => all.indexOf(one) !== place);
}
