import type { ClientBase } from 'pg';
import type { ColumnTypes, NumberType } from './decimal-types.ts';
import { numberType } from './decimal-types.ts';

/** Types of the columns of these names in the relations of these names, as far as all of one name are alike. */
export async function columnTypesOf(client: ClientBase, names: readonly string[]): Promise<ColumnTypes> {
  const { rows } = await client.query<{ name: string; type: number; modifier: number }>(
    `SELECT DISTINCT a.attname AS name, a.atttypid::integer AS type, a.atttypmod AS modifier
     FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid
     WHERE c.relname = ANY ($1::name[]) AND a.attname = ANY ($1::name[]) AND a.attnum > 0 AND c.relkind IN ('r', 'v', 'm')`,
    [names],
  );
  const types = new Map<string, NumberType>();
  const seen = new Set<string>();
  for (const { name, type, modifier } of rows) {
    const found = numberType(type, modifier);
    // Another table of the statement has it as something else.
    if (found === undefined || seen.has(name)) types.delete(name);
    else types.set(name, found);
    seen.add(name);
  }
  return types;
}
