import type { StoreCounts, Inventory } from './inventory.ts';
import { poundsOf } from '../ingest/replay/totals.ts';

const grouped = new Intl.NumberFormat('en-GB');

/** What was sent, to compare the stores with. Money in mills. */
export interface Sent {
  readonly lines: number;
  readonly units: number;
  readonly mills: bigint;
}

/** A line of the table of stores; a store without lines of guests compares with its own part of what was sent. */
interface Row {
  readonly store: string;
  readonly what: string;
  readonly lines: number;
  readonly units: number;
  readonly mills: bigint;
  readonly differs: boolean;
}

/** Whether every store holds what was sent, and the table that shows it. */
export function compareStores(
  sent: Sent,
  held: Inventory,
  warehouse?: StoreCounts,
): { readonly table: string; readonly complete: boolean } {
  const row = (store: string, what: string, holding: Sent, expected: Sent): Row => ({
    store,
    what,
    lines: holding.lines,
    units: holding.units,
    mills: holding.mills,
    differs: holding.lines !== expected.lines || holding.units !== expected.units || holding.mills !== expected.mills,
  });
  const { stream, raw, invoices, customers } = held;
  const rows = [
    row('sent', 'lines accepted', sent, sent),
    row('S3 raw/', `${grouped.format(raw.objects)} objects of ${grouped.format(stream.records)} stream records`, raw, sent),
    row('DynamoDB Invoices', `${grouped.format(invoices.invoices)} invoices`, invoices, sent),
    row('DynamoDB Customers', `${grouped.format(customers.customers)} customers, guests have none`, customers, customers.listed),
    ...(warehouse === undefined ? [] : [row('Redshift', 'rows of mart.sales_line', warehouse, sent)]),
  ];
  return { table: print(rows), complete: rows.every(({ differs }) => !differs) };
}

function print(rows: readonly Row[]): string {
  const cells = [
    ['', 'lines', 'units', 'pounds', 'difference', ''],
    ...rows.map(({ store, what, lines, units, mills, differs }, place) => [
      store,
      grouped.format(lines),
      grouped.format(units),
      poundsOf(mills),
      place === 0 ? '' : differs ? 'DIFFERS' : '0',
      what,
    ]),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells
    .map((row) =>
      row
        .map((cell, column) => pad(cell, column, widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `  ${line}\n`)
    .join('');
}

/** Numbers stand on the right, words on the left. */
const pad = (cell: string, column: number, width: number) =>
  column === 0 || column === 5 ? cell.padEnd(width) : cell.padStart(width);
