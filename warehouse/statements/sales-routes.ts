import { periodAt, type Period } from './periods.ts';
import { ROLLUPS, type SalesDimension, type SalesGrouping } from './sales-dimensions.ts';
import type { SalesFilter, SalesQuestion, SalesRoute } from './sales-question.ts';

/** A finished rollup. */
interface Rollup {
  readonly grouping: SalesGrouping;
  readonly dimensions: readonly SalesDimension[];
  readonly period?: Period;
}

/** A question is answered by the first that can. */
const rollups: readonly Rollup[] = ROLLUPS;

/** The periods that `from` and `to` name, first and last, when the days are their very edges; `undefined` when not. */
export function periodRange(where: SalesFilter, period: Period): { readonly first?: string; readonly last?: string } | undefined {
  const first = where.from === undefined ? undefined : periodAt(where.from, period, 'first');
  const last = where.to === undefined ? undefined : periodAt(where.to, period, 'last');
  if ((where.from !== undefined && first === undefined) || (where.to !== undefined && last === undefined)) return undefined;
  return { ...(first === undefined ? {} : { first }), ...(last === undefined ? {} : { last }) };
}

/** Which period a grouping has. */
export function periodOf(grouping: SalesGrouping): Period | undefined {
  return rollups.find((rollup) => rollup.grouping === grouping)?.period;
}

/** Dimensions that the filter leaves one value of: a rollup's groups that differ in these alone are one group of the answer. */
function pinnedBy(where: SalesFilter): SalesDimension[] {
  const pinned: SalesDimension[] = [];
  if (where.countries?.length === 1) pinned.push('COUNTRY');
  if (where.customerId !== undefined || where.guests === true) pinned.push('CUSTOMER');
  if (where.stockCode !== undefined) pinned.push('PRODUCT');
  if (where.cancelled !== undefined) pinned.push('CANCELLED');
  return pinned;
}

/** Dimensions that the filter speaks of, days aside: a rollup without one of these has summed over what is asked to be left out. */
function filteredBy(where: SalesFilter): SalesDimension[] {
  const filtered: SalesDimension[] = [];
  if (where.countries !== undefined) filtered.push('COUNTRY');
  if (where.customerId !== undefined || where.guests !== undefined) filtered.push('CUSTOMER');
  if (where.stockCode !== undefined) filtered.push('PRODUCT');
  if (where.cancelled !== undefined) filtered.push('CANCELLED');
  return filtered;
}

/** Whether the filter picks whole groups of the rollup, each of which is one group of the answer. */
function canAnswer(rollup: Rollup, question: SalesQuestion, filtered: SalesDimension[], pinned: SalesDimension[]): boolean {
  const { groupBy, where } = question;
  const has = rollup.dimensions;
  if (groupBy.some((dimension) => has.indexOf(dimension) === -1)) return false;
  if (filtered.some((dimension) => has.indexOf(dimension) === -1)) return false;
  const days = where.from !== undefined || where.to !== undefined;
  const range = days && rollup.period !== undefined ? periodRange(where, rollup.period) : undefined;
  if (days && range === undefined) return false;
  const onePeriod = range?.first !== undefined && range.first === range.last;
  return has.every(
    (dimension) =>
      groupBy.indexOf(dimension) !== -1 || pinned.indexOf(dimension) !== -1 || (onePeriod && dimension === rollup.period),
  );
}

/** Every way to the same answer, the fastest first. */
export function salesRoutes(question: SalesQuestion): SalesRoute[] {
  const { groupBy, where } = question;
  const filtered = filteredBy(where);
  const pinned = pinnedBy(where);
  const routes: SalesRoute[] = rollups
    .filter((rollup) => canAnswer(rollup, question, filtered, pinned))
    .map((rollup) => ({
      source: 'ROLLUP',
      grouping: rollup.grouping,
    }));
  if (groupBy.indexOf('PRODUCT') === -1 && where.stockCode === undefined) routes.push({ source: 'FACT' });
  routes.push({ source: 'RAW' });
  return routes;
}
