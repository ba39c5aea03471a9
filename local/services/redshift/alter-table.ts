import { rewriteType } from './column-types.ts';
import { addLimit, afterTable, keyConstraint, limitName, newKeys, noteKey, rewriteColumn } from './create-table.ts';
import type { Draft } from './draft.ts';
import { notSupported } from './errors.ts';
import { nameOf, quoteName, quoteText } from './names.ts';

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
  if (draft.is(end, 'DROP', 'CONSTRAINT')) return removal(draft, end + 2, name);
  if (!draft.is(end, 'ALTER')) return { after: [] };
  if (draft.is(end + 1, 'DISTKEY|DISTSTYLE|SORTKEY|COMPOUND|ENCODE')) return { after: null };
  return columnChange(draft, draft.is(end + 1, 'COLUMN') ? end + 2 : end + 1, name);
}

function addition(draft: Draft, place: number, name: string): TableChange {
  const keys = newKeys();
  const kind = draft.is(place, 'CONSTRAINT') ? place + 2 : place;
  if (draft.is(kind, 'CHECK')) throw notSupported('CHECK', 'Redshift has no such constraint');
  const constraint = keyConstraint(draft, place);
  if (constraint !== undefined && constraint.kind !== 'p') return insteadOf(draft, name, noteKey(name, constraint));
  if (constraint !== undefined) {
    // Redshift wants the columns to be NOT NULL before.
    keys.keys.push(constraint.columns);
    return insteadOf(draft, name, ...afterTable({ name, ...keys }), noteKey(name, constraint));
  }
  rewriteColumn(draft, draft.is(place, 'COLUMN') ? place + 1 : place, draft.length, keys);
  return { after: afterTable({ name, ...keys }) };
}

/** PostgreSQL knows nothing of keys that are not enforced. */
function removal(draft: Draft, place: number, name: string): TableChange {
  const constraint = nameOf(draft.at(place)?.text ?? '');
  return insteadOf(draft, name, `SELECT rs_compat.forget_key(${quoteText(name)}::regclass, ${quoteText(constraint)})`);
}

/** The owner's change of a table that changes nothing, and what is written down behind it. */
function insteadOf(draft: Draft, name: string, ...after: readonly string[]): TableChange {
  draft.substitute(0, draft.length, `ALTER TABLE ${name} RESET (fillfactor)`);
  return { after };
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
