import { rewriteType } from './column-types.ts';
import { addLimit, afterTable, columnList, limitName, newKeys, rewriteColumn } from './create-table.ts';
import type { Draft } from './draft.ts';
import { notSupported } from './errors.ts';
import { nameOf, quoteName } from './names.ts';

/** ALTER TABLE, read: what runs after it; null: it does nothing here. */
export interface TableChange {
  readonly after: readonly string[] | null;
}

/**
 * Rewrite ALTER TABLE.
 *
 * @param place - just behind TABLE
 * @remarks Where and how rows are kept is Redshift's own affair, and keys are not enforced.
 */
export function rewriteTableChange(draft: Draft, place: number): TableChange {
  const end = draft.nameEnd(place);
  const name = draft.text(place, end);
  if (draft.is(end, 'APPEND')) throw notSupported('ALTER TABLE … APPEND', 'write INSERT INTO … SELECT, then DELETE');
  if (draft.is(end, 'ADD')) return addition(draft, end + 1, name);
  if (!draft.is(end, 'ALTER')) return { after: [] };
  if (draft.is(end + 1, 'DISTKEY|DISTSTYLE|SORTKEY|COMPOUND|ENCODE')) return { after: null };
  return columnChange(draft, draft.is(end + 1, 'COLUMN') ? end + 2 : end + 1, name);
}

function addition(draft: Draft, place: number, name: string): TableChange {
  const keys = newKeys();
  const kind = draft.is(place, 'CONSTRAINT') ? place + 2 : place;
  if (draft.is(kind, 'CHECK')) throw notSupported('CHECK', 'Redshift has no such constraint');
  if (draft.is(kind, 'UNIQUE|FOREIGN')) return { after: null };
  if (draft.is(kind, 'PRIMARY', 'KEY')) {
    // Redshift wants the columns to be NOT NULL before.
    keys.keys.push(columnList(draft, kind + 2));
    draft.remove(0, draft.length);
    const [index = ''] = afterTable({ name, ...keys });
    draft.replace(0, index);
    return { after: [] };
  }
  rewriteColumn(draft, draft.is(place, 'COLUMN') ? place + 1 : place, draft.length, keys);
  return { after: afterTable({ name, ...keys }) };
}

function columnChange(draft: Draft, place: number, name: string): TableChange {
  if (draft.is(place + 1, 'ENCODE')) return { after: null };
  if (!draft.is(place + 1, 'TYPE'))
    throw notSupported(`ALTER COLUMN … ${draft.text(place + 1, place + 2)}`, 'Redshift changes TYPE and ENCODE only');
  const column = nameOf(draft.at(place)?.text ?? '');
  const { bytes } = rewriteType(draft, place + 2);
  const change = `ALTER TABLE ${name} DROP CONSTRAINT IF EXISTS ${quoteName(limitName(column))}`;
  return { after: [bytes === null ? change : `${change}, ${addLimit(column, bytes)}`] };
}
