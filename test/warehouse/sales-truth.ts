import type { TransactionLine } from '../../domain/transaction-line.ts';
import type { SalesDimension, SalesMeasure } from '../../warehouse/statements/sales-dimensions.ts';
import type { SalesFilter, SalesQuestion } from '../../warehouse/statements/sales-question.ts';
import type { SalesRow } from '../../warehouse/statements/sales-dimensions.ts';
import { printed } from '../support/shop-truth.ts';

// What sales must come to, computed from the lines alone, with the calendar of JavaScript and integers without end.

type Key = string | number | boolean | null;

/** 1 is Monday, 7 is Sunday. */
const weekdayOf = (day: string): number => ((new Date(day).getUTCDay() + 6) % 7) + 1;

/** The ISO week of a day: that of its Thursday, counted from the week with January 4th. */
export function weekOf(day: string): string {
  const thursday = new Date(`${day}T00:00:00Z`);
  thursday.setUTCDate(thursday.getUTCDate() + 4 - weekdayOf(day));
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  const week = Math.ceil(((thursday.getTime() - first) / 86_400_000 + 1) / 7);
  return `${String(thursday.getUTCFullYear())}-W${String(week).padStart(2, '0')}`;
}

const KEYS: Readonly<Record<SalesDimension, (line: TransactionLine) => Key>> = {
  YEAR: ({ invoiceDate }) => new Date(invoiceDate).getUTCFullYear(),
  QUARTER: ({ invoiceDate }) => `${invoiceDate.slice(0, 4)}-Q${String(Math.floor(new Date(invoiceDate).getUTCMonth() / 3) + 1)}`,
  MONTH: ({ invoiceDate }) => invoiceDate.slice(0, 7),
  WEEK: ({ invoiceDate }) => weekOf(invoiceDate.slice(0, 10)),
  DAY: ({ invoiceDate }) => invoiceDate.slice(0, 10),
  WEEKDAY: ({ invoiceDate }) => weekdayOf(invoiceDate),
  HOUR: ({ invoiceDate }) => new Date(invoiceDate).getUTCHours(),
  COUNTRY: ({ country }) => country,
  CUSTOMER: ({ customerId }) => customerId ?? null,
  PRODUCT: ({ stockCode }) => stockCode,
  CANCELLED: ({ invoiceNo }) => invoiceNo.startsWith('C'),
};

const NAMES: Readonly<Record<SalesDimension, keyof SalesRow>> = {
  YEAR: 'year',
  QUARTER: 'quarter',
  MONTH: 'month',
  WEEK: 'week',
  DAY: 'day',
  WEEKDAY: 'weekday',
  HOUR: 'hour',
  COUNTRY: 'country',
  CUSTOMER: 'customerId',
  PRODUCT: 'stockCode',
  CANCELLED: 'cancelled',
};

const MEASURES: Readonly<Record<SalesMeasure, (row: SalesRow) => bigint>> = {
  REVENUE: ({ revenue }) => BigInt(revenue.replace('.', '')),
  UNITS: ({ units }) => BigInt(units),
  LINES: ({ lines }) => BigInt(lines),
  INVOICES: ({ invoices }) => BigInt(invoices),
  CUSTOMERS: ({ customers }) => BigInt(customers),
  AVERAGE_INVOICE: ({ averageInvoice }) => BigInt(averageInvoice.replace('.', '')),
};

export const DIMENSIONS = Object.keys(KEYS) as SalesDimension[];
export const MEASURE_NAMES = Object.keys(MEASURES) as SalesMeasure[];

/** All choices of so many, in their order. */
export const combinations = <T>(all: readonly T[], size: number): T[][] =>
  size === 0 ? [[]] : all.flatMap((one, place) => combinations(all.slice(place + 1), size - 1).map((rest) => [one, ...rest]));

export const isSale = ({ invoiceNo }: TransactionLine): boolean => !/^[CA]/.test(invoiceNo);

function isCounted(line: TransactionLine, where: SalesFilter): boolean {
  const day = line.invoiceDate.slice(0, 10);
  return (
    (where.from === undefined || day >= where.from) &&
    (where.to === undefined || day <= where.to) &&
    (where.countries === undefined || where.countries.includes(line.country)) &&
    (where.customerId === undefined || line.customerId === where.customerId) &&
    (where.stockCode === undefined || line.stockCode === where.stockCode) &&
    (where.cancelled === undefined || line.invoiceNo.startsWith('C') === where.cancelled) &&
    (where.guests === undefined || (line.customerId === undefined) === where.guests)
  );
}

/** All elements of each key, in their order. */
export function grouped<Element>(all: readonly Element[], keyOf: (one: Element) => string): Map<string, Element[]> {
  const groups = new Map<string, Element[]>();
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
}

/** The latest description of each product that has one. */
export function descriptions(lines: readonly TransactionLine[]): Map<string, string> {
  const latest = new Map<string, TransactionLine>();
  const time = ({ invoiceDate, invoiceNo, lineId }: TransactionLine) => `${invoiceDate} ${invoiceNo} ${lineId}`;
  for (const line of lines) {
    const known = latest.get(line.stockCode);
    if (line.description !== undefined && (known === undefined || time(line) > time(known))) latest.set(line.stockCode, line);
  }
  return new Map([...latest].map(([stockCode, line]) => [stockCode, line.description ?? '']));
}

/** All rows of a question, in order, whatever its limit. */
export function salesTruth(lines: readonly TransactionLine[], { groupBy, where, orderBy }: SalesQuestion): SalesRow[] {
  const keysOf = (line: TransactionLine) => groupBy.map((dimension) => KEYS[dimension](line));
  const groups = grouped(
    lines.filter((line) => isCounted(line, where)),
    (line) => JSON.stringify(keysOf(line)),
  );
  if (groupBy.length === 0 && groups.size === 0) groups.set('[]', []);
  const described = descriptions(lines);
  const rows = [...groups].map(([keys, own]) => rowOf(groupBy, JSON.parse(keys) as Key[], own, described));
  return rows.sort((one, other) => {
    for (const { by, direction } of orderBy) {
      const order =
        by in MEASURES ? byMeasure(by as SalesMeasure, one, other) : byKey(by as SalesDimension, one, other, direction);
      if (order !== 0) return by in MEASURES && direction === 'DESC' ? -order : order;
    }
    return inTurn(...groupBy.map((dimension) => byKey(dimension, one, other, 'ASC')));
  });
}

function rowOf(
  groupBy: readonly SalesDimension[],
  keys: readonly Key[],
  lines: TransactionLine[],
  described: Map<string, string>,
) {
  const mills = lines.reduce((sum, { quantity, unitPrice }) => sum + BigInt(quantity) * BigInt(unitPrice.replace('.', '')), 0n);
  const invoices = new Set(lines.map(({ invoiceNo }) => invoiceNo)).size;
  const dimensions = Object.fromEntries(
    groupBy.flatMap((dimension, place) => (keys[place] === null ? [] : [[NAMES[dimension], keys[place]]])),
  ) as Partial<SalesRow>;
  const description = dimensions.stockCode === undefined ? undefined : described.get(dimensions.stockCode);
  return {
    ...dimensions,
    ...(description === undefined ? {} : { description }),
    revenue: printed(mills),
    units: lines.reduce((sum, { quantity }) => sum + quantity, 0),
    lines: lines.length,
    invoices,
    customers: new Set(lines.flatMap(({ customerId }) => customerId ?? [])).size,
    averageInvoice: printed(rounded(mills, BigInt(invoices))),
  };
}

/** The first order that tells two apart. */
export const inTurn = (...orders: number[]): number => orders.find((order) => order !== 0) ?? 0;

export const byBytes = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));

/** Half away from zero. */
function rounded(mills: bigint, by: bigint): bigint {
  if (by === 0n) return 0n;
  const size = mills < 0n ? -mills : mills;
  const whole = size / by + (2n * (size % by) >= by ? 1n : 0n);
  return mills < 0n ? -whole : whole;
}

function byMeasure(measure: SalesMeasure, one: SalesRow, other: SalesRow): number {
  const difference = MEASURES[measure](one) - MEASURES[measure](other);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Text by its bytes; what is absent comes last, whichever way. */
function byKey(dimension: SalesDimension, one: SalesRow, other: SalesRow, direction: 'ASC' | 'DESC'): number {
  const [a, b] = [one[NAMES[dimension]], other[NAMES[dimension]]];
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  const order = typeof a === 'string' ? byBytes(a, b as string) : Number(a) - Number(b);
  return direction === 'DESC' ? -order : order;
}
