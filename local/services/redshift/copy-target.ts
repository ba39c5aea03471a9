import type { ClientBase } from 'pg';
import type { CopyCommand } from './copy-command.ts';
import type { LoadColumn } from './copy-rows.ts';
import { StatementError } from './errors.ts';
import { quoteName } from './names.ts';

/** The table that a COPY fills. */
export interface CopyTarget {
  readonly id: number;
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly LoadColumn[];
}

interface ColumnRow {
  readonly id: number;
  readonly schema: string;
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly modifier: number;
  readonly notnull: boolean;
  readonly identity: boolean;
}

const TEXT_TYPES = new Set(['varchar', 'bpchar', 'text']);

/** Look the table up as the session sees it. @throws StatementError when it, or a column, is not there */
export async function copyTarget(client: ClientBase, { table, columns }: CopyCommand): Promise<CopyTarget> {
  const { rows } = await client.query<ColumnRow>(
    `SELECT c.oid::integer AS id, n.nspname AS schema, c.relname AS table, a.attname AS column, t.typname AS type,
       a.atttypmod AS modifier, a.attnotnull AS notnull, a.attidentity <> '' AS identity
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
       JOIN pg_type t ON t.oid = a.atttypid
     WHERE c.oid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
    [table],
  );
  const [first] = rows;
  if (first === undefined) throw new StatementError('42P01', `relation "${table}" does not exist`);
  const chosen = columns?.map((name) => {
    const row = rows.find(({ column }) => column === name);
    if (row === undefined) throw new StatementError('42703', `column "${name}" of relation "${first.table}" does not exist`);
    if (row.identity)
      throw new StatementError('0A000', `cannot set an identity column to a value: leave "${name}" out of the columns`);
    return row;
  });
  const filled = chosen ?? rows.filter(({ identity }) => !identity);
  return { id: first.id, schema: first.schema, table: first.table, columns: filled.map(toLoadColumn) };
}

/**
 * What lets the planner know how many rows there are now, as a COPY does in Redshift: a table that had been emptied counts as empty until
 * then, and plans for an empty table take for ever on a full one. The number is all that is wanted, so the smallest sample will do.
 */
export function countRows({ schema, table, columns: [column] }: CopyTarget): string {
  if (column === undefined) return '';
  const name = `${quoteName(schema)}.${quoteName(table)}`;
  return `SET default_statistics_target = 1; ANALYZE ${name} (${quoteName(column.name)}); RESET default_statistics_target`;
}

function toLoadColumn({ column, type, modifier, notnull }: ColumnRow): LoadColumn {
  const isText = TEXT_TYPES.has(type);
  return {
    name: column,
    type,
    bytes: isText && modifier > 4 ? modifier - 4 : null,
    isText,
    isTimestamp: type === 'timestamp' || type === 'timestamptz',
    isNotNull: notnull,
  };
}

/** The statement that takes the rows. */
export function copyStatement({ schema, table, columns }: CopyTarget): string {
  const names = columns.map(({ name }) => quoteName(name)).join(', ');
  // A value that is no text may still be none of its type: the engine says so, row by row, and goes on.
  const options = columns.every(({ isText }) => isText) ? '' : ' WITH (ON_ERROR ignore, LOG_VERBOSITY verbose)';
  return `COPY ${quoteName(schema)}.${quoteName(table)} (${names}) FROM STDIN${options}`;
}
