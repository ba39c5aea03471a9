/** An answer of the warehouse, each value as its text. */
export interface TextTable {
  readonly columns: readonly { readonly name: string; readonly isNumber: boolean }[];
  readonly rows: readonly (readonly (string | null)[])[];
}

const RULE = '─';

/** As a table, or, where that is wider than the screen, one value a line. @param width - of the screen; absent: any */
export function formatTable(answer: TextTable, width?: number): string {
  const shown = { ...answer, rows: answer.rows.map((row) => row.map(cell)) };
  const table = tableText(shown);
  const widest = Math.max(...table.slice(0, 2).map((line) => line.length));
  const lines = width !== undefined && widest > width ? recordLines(shown, width) : table;
  return `${lines.join('\n')}\n(${String(answer.rows.length)} row${answer.rows.length === 1 ? '' : 's'})\n`;
}

interface Shown {
  readonly columns: TextTable['columns'];
  readonly rows: readonly (readonly string[])[];
}

/** What moves the cursor, or does worse, is shown as what it is. */
// eslint-disable-next-line no-control-regex -- it is what must not reach a terminal
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g;

const cell = (value: string | null): string =>
  value === null
    ? 'NULL'
    : value.replaceAll(UNSEEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

function tableText({ columns, rows }: Shown): string[] {
  const widths = columns.map(({ name }, place) =>
    rows.reduce((most, row) => Math.max(most, row[place]?.length ?? 0), name.length),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((text, place) =>
        columns[place]?.isNumber === true ? text.padStart(widths[place] ?? 0) : text.padEnd(widths[place] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [line(columns.map(({ name }) => name)), widths.map((width) => RULE.repeat(width)).join('  '), ...rows.map(line)];
}

function recordLines({ columns, rows }: Shown, width: number): string[] {
  const names = Math.max(...columns.map(({ name }) => name.length));
  return rows.flatMap((row, place) => [
    `${RULE.repeat(3)} row ${String(place + 1)} `.padEnd(Math.min(width, 40), RULE),
    ...columns.map(({ name }, at) => `${name.padEnd(names)}  ${row[at] ?? ''}`),
  ]);
}
