import { boundedAnswer, type AnswerColumn } from './bounded-answer.ts';
import {
  DIMENSION_COLUMNS,
  isFromCalendar,
  keyColumnOf,
  MEASURE_COLUMNS,
  orderColumnOf,
  type SalesGrouping,
} from './sales-dimensions.ts';
import type { SalesFilter, SalesQuestion, SalesRoute } from './sales-question.ts';
import { periodOf, periodRange, salesRoutes } from './sales-routes.ts';
import type { Parameter, Statement } from './statement.ts';

/** What a line or an invoice adds to its group. */
interface Detail {
  readonly table: string;
  readonly revenue: string;
  readonly units: string;
  readonly lines: string;
}

const FACT: Detail = { table: 'mart.fact_invoice s', revenue: 's.revenue', units: 's.units', lines: 'SUM(s.lines)' };
const RAW: Detail = { table: 'mart.sales_line s', revenue: 's.amount', units: 's.quantity', lines: 'COUNT(*)' };

/** Conditions of a statement, and the values they compare with. */
interface Where {
  readonly conditions: string[];
  readonly parameters: Parameter[];
}

/** The statement that answers a question, by its fastest route or by one of `salesRoutes`. */
export function salesStatement(question: SalesQuestion, by?: SalesRoute): Statement {
  const route = by ?? salesRoutes(question)[0] ?? { source: 'RAW' };
  const total = question.groupBy.length === 0;
  const grouping = route.grouping;
  const where: Where = { conditions: [], parameters: [] };
  const groups =
    grouping === undefined
      ? detailGroups(question, route.source === 'FACT' ? FACT : RAW, where)
      : rollupGroups(question, grouping, where);
  const names =
    grouping === undefined && question.groupBy.indexOf('PRODUCT') !== -1
      ? ' LEFT JOIN mart.dim_product p ON p.stock_code = g.stock_code'
      : '';
  const dimensions: AnswerColumn[] = DIMENSION_COLUMNS.map(({ dimension, name, type }) => {
    const value =
      question.groupBy.indexOf(dimension) === -1
        ? 'NULL'
        : name === 'description' && names !== ''
          ? 'p.description'
          : `g.${name}`;
    return { name, type, value };
  });
  const measures = MEASURE_COLUMNS.map(({ name, type }) => {
    const value = name === 'average_invoice' && grouping === undefined ? AVERAGE : `g.${name}`;
    // A total has a row also when no line counts: it is zero.
    return { name, type, value: total ? `COALESCE(${value}, 0)` : value };
  });
  const asOf = grouping === 'PRODUCT' ? 'f.refreshed_as_of' : 'f.as_of';
  const sql = boundedAnswer({
    columns: dimensions.concat(measures),
    from: `(\n${groups}\n) g${names}`,
    asOf,
    order: orderOf(question),
    limit: question.limit,
  });
  const suffix = grouping === undefined ? '' : `-${grouping.toLowerCase().replaceAll('_', '-')}`;
  return { name: `sales-${route.source.toLowerCase()}${suffix}`, sql, parameters: where.parameters, source: route.source };
}

/**
 * Revenue by invoices in whole thousandths, half away from zero.
 *
 * @remarks In integers, because decimal division has rules of its own in every engine. The quotient, and what twice the remainder comes
 * to: twice the revenue is more than a BIGINT holds.
 */
const AVERAGE =
  'CASE WHEN g.invoices = 0 THEN 0 ELSE g.mills / g.invoices + 2 * (g.mills % g.invoices) / g.invoices END * CAST(0.001 AS DECIMAL(4,3))';

function detailGroups(question: SalesQuestion, detail: Detail, where: Where): string {
  const isRaw = detail.table === RAW.table;
  addDays(question.where, where);
  addFilters(question.where, where);
  const calendar =
    isRaw && question.groupBy.some((dimension) => isFromCalendar(dimension)) ? ' JOIN mart.calendar c ON c.day = s.day' : '';
  const keys = question.groupBy.map((dimension) => `${isRaw && isFromCalendar(dimension) ? 'c' : 's'}.${keyColumnOf(dimension)}`);
  const revenue = `CAST(SUM(${detail.revenue}) AS DECIMAL(19,3))`;
  const columns = keys.concat([
    `${revenue} AS revenue`,
    `CAST(${revenue} * 1000 AS BIGINT) AS mills`,
    `CAST(SUM(${detail.units}) AS BIGINT) AS units`,
    `CAST(${detail.lines} AS BIGINT) AS lines`,
    'CAST(COUNT(DISTINCT s.invoice_no) AS BIGINT) AS invoices',
    'CAST(COUNT(DISTINCT s.customer_id) AS BIGINT) AS customers',
  ]);
  const grouped = keys.length === 0 ? '' : `\nGROUP BY ${keys.join(', ')}`;
  return `SELECT ${columns.join(', ')}\nFROM ${detail.table}${calendar}${conditionsOf(where)}${grouped}`;
}

function rollupGroups(question: SalesQuestion, grouping: SalesGrouping, where: Where): string {
  where.conditions.push(`s.grouping_name = '${grouping}'`);
  const period = periodOf(grouping);
  const range = period === undefined ? undefined : periodRange(question.where, period);
  if (period === 'DAY') addDays(question.where, where);
  else if (period !== undefined) {
    const column = keyColumnOf(period);
    const type = period === 'YEAR' ? 'SMALLINT' : 'VARCHAR(8)';
    if (range?.first !== undefined) compare(where, `s.${column} >=`, type, { name: 'first_period', value: range.first });
    if (range?.last !== undefined) compare(where, `s.${column} <=`, type, { name: 'last_period', value: range.last });
  }
  addFilters(question.where, where);
  const keys = DIMENSION_COLUMNS.filter((column) => question.groupBy.indexOf(column.dimension) !== -1).map(
    (column) => `s.${column.name}`,
  );
  // A total is one group, or none, and always one row.
  const measures = MEASURE_COLUMNS.map(({ name }) => (question.groupBy.length === 0 ? `MAX(s.${name}) AS ${name}` : `s.${name}`));
  return `SELECT ${keys.concat(measures).join(', ')}\nFROM mart.agg_sales s${conditionsOf(where)}`;
}

const conditionsOf = (where: Where): string => (where.conditions.length === 0 ? '' : `\nWHERE ${where.conditions.join(' AND ')}`);

/** `<left> CAST(:name AS type)`, with its value. */
function compare(where: Where, left: string, type: string, parameter: Parameter): void {
  where.conditions.push(`${left} CAST(:${parameter.name} AS ${type})`);
  where.parameters.push(parameter);
}

function addDays(filter: SalesFilter, where: Where): void {
  if (filter.from !== undefined) compare(where, 's.day >=', 'DATE', { name: 'first_day', value: filter.from });
  if (filter.to !== undefined) compare(where, 's.day <=', 'DATE', { name: 'last_day', value: filter.to });
}

/** Wide enough for what a caller may write, so that no value is cut into another. */
const TEXT = 'VARCHAR(256)';

function addFilters(filter: SalesFilter, where: Where): void {
  if (filter.countries !== undefined) {
    const places = filter.countries.map((value, index) => {
      const name = `country_${index + 1}`;
      where.parameters.push({ name, value });
      return `CAST(:${name} AS ${TEXT})`;
    });
    where.conditions.push(`s.country IN (${places.join(', ')})`);
  }
  if (filter.customerId !== undefined) compare(where, 's.customer_id =', TEXT, { name: 'customer_id', value: filter.customerId });
  if (filter.stockCode !== undefined) compare(where, 's.stock_code =', TEXT, { name: 'stock_code', value: filter.stockCode });
  if (filter.cancelled !== undefined) where.conditions.push(`s.cancelled = ${filter.cancelled ? 'TRUE' : 'FALSE'}`);
  if (filter.guests !== undefined) where.conditions.push(`s.customer_id IS ${filter.guests ? 'NULL' : 'NOT NULL'}`);
}

/** What was asked for, then every dimension: no two runs of a question differ in their order. Rows without a value come last. */
function orderOf(question: SalesQuestion): string[] {
  const named = question.orderBy.map((order) => order.by);
  const asked = question.orderBy.map(
    (order) => `${orderColumnOf(order.by)} ${order.direction === 'DESC' ? 'DESC' : 'ASC'} NULLS LAST`,
  );
  const ties = question.groupBy
    .filter((dimension) => named.indexOf(dimension) === -1)
    .map((dimension) => `${keyColumnOf(dimension)} ASC NULLS LAST`);
  return asked.concat(ties);
}
