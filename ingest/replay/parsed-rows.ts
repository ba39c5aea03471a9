import { FIELD_OF_COLUMN, type Delimiter } from './columns.ts';
import type { FileLayout } from './layout.ts';
import type { SaleLine } from './line-from-row.ts';

/** Rows that a dry run shows: so many fit beside each other into 80 columns. */
export const SHOWN_ROWS = 3;

/** @unit characters */
const NAME_WIDTH = 11;
const VALUE_WIDTH = 21;

/** A line, and the row it was made of. */
export interface ParsedRow {
  readonly row: number;
  readonly line: SaleLine;
}

/** The first rows of a file as they were understood, each a column of a table that fits 80 columns. */
export function parsedRowsTable(rows: readonly ParsedRow[]): string {
  const line = (name: string, value: (row: ParsedRow) => string) =>
    [name.padEnd(NAME_WIDTH), ...rows.map((row) => padded(value(row)))].join('  ').trimEnd();
  return [
    line('', ({ row }) => `row ${String(row)}`),
    ...Object.entries(FIELD_OF_COLUMN).map(([name, field]) =>
      line(name, (row) => String(row.line[field] ?? (field === 'customerId' ? 'none: a guest' : 'none'))),
    ),
  ]
    .map((text) => `${text}\n`)
    .join('');
}

/** How a file is read, in one line, as far as it is not as the published data set has it. */
export function layoutNote(delimiter: Delimiter, { columns = {}, decimal = '.' }: FileLayout): string | undefined {
  const names = Object.entries(columns).map(([field, theirs]) => `${theirs} is ${field}`);
  const parts = [
    ...(delimiter === ',' ? [] : [`columns are separated by ${NAMES_OF_DELIMITERS[delimiter]}`]),
    ...(decimal === '.' ? [] : ['prices have a decimal comma']),
    ...(names.length === 0 ? [] : [names.join(', ')]),
  ];
  return parts.length === 0 ? undefined : parts.join('; ');
}

const NAMES_OF_DELIMITERS: Readonly<Record<Delimiter, string>> = {
  ',': 'commas',
  ';': 'semicolons',
  '\t': 'tabs',
  '|': 'pipes',
};

function padded(text: string): string {
  const characters = Array.from(text);
  if (characters.length > VALUE_WIDTH) return `${characters.slice(0, VALUE_WIDTH - 1).join('')}…`;
  return text + ' '.repeat(VALUE_WIDTH - characters.length);
}
