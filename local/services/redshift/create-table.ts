import { randomBytes } from 'node:crypto';
import { rewriteType } from './column-types.ts';
import type { Draft } from './draft.ts';
import { notSupported } from './errors.ts';
import { LIMIT, nameOf, quoteName, quoteText, userName } from './names.ts';

/** What a table is made with besides its columns. */
export interface TableKeys {
  /** Each a list of column names; they become plain indexes here, so that finding by them is fast. */
  readonly keys: (readonly string[])[];
  /** Columns of a primary key: not null, and nothing else. */
  readonly notNull: string[];
  /** Most bytes of each text column. */
  readonly limits: Map<string, number>;
  readonly design: TableDesign;
  /** What is said of keys, and enforced by nobody: the catalog shows it. */
  readonly constraints: KeyConstraint[];
}

/** A primary key, a unique one, or one of another table. */
export interface KeyConstraint {
  readonly kind: 'p' | 'u' | 'f';
  /** Null: it has the name that PostgreSQL would give it. */
  readonly name: string | null;
  readonly columns: readonly string[];
  /** The other table as it is written, and its columns; none: those of its primary key. */
  readonly references?: { readonly table: string; readonly columns: readonly string[] };
}

/** How Redshift would keep a table: nothing to PostgreSQL, and shown by the catalog. */
export interface TableDesign {
  diststyle: string;
  distkey: string | null;
  sortkeys: readonly string[];
  readonly encodings: Map<string, string>;
}

const newDesign = (): TableDesign => ({ diststyle: 'AUTO', distkey: null, sortkeys: [], encodings: new Map() });

/** What nothing is known of yet. */
export const newKeys = (): TableKeys => ({ keys: [], notNull: [], limits: new Map(), design: newDesign(), constraints: [] });

/** A table that is about to be made: its name as written, and what comes after. */
export interface NewTable extends TableKeys {
  readonly name: string;
  readonly isOptional: boolean;
  readonly isTemporary: boolean;
  readonly isQuery: boolean;
}

/**
 * Rewrite CREATE TABLE, or the head of CREATE TABLE AS and CREATE MATERIALIZED VIEW.
 *
 * @param place - just behind TABLE or VIEW
 * @remarks Redshift enforces neither keys nor uniqueness (only NOT NULL), so neither may we: a duplicate must show up here as it would there.
 */
export function rewriteTable(draft: Draft, place: number): NewTable {
  const isOptional = draft.is(place, 'IF', 'NOT', 'EXISTS');
  const start = isOptional ? place + 3 : place;
  const end = draft.nameEnd(start);
  const name = draft.text(start, end);
  const table: NewTable = {
    name,
    isOptional,
    isTemporary: draft.is(1, 'TEMP|TEMPORARY|LOCAL') || draft.is(3, 'TEMP|TEMPORARY') || name.startsWith('#'),
    ...newKeys(),
    isQuery: draft.find(end, 'AS') >= 0,
  };
  let next = end;
  if (draft.word(end) === '(') {
    if (!table.isQuery) rewriteItems(draft, end, table);
    next = draft.closing(end) + 1;
  }
  rewriteAttributes(draft, next, table);
  return table;
}

/** The statements that give a new table its indexes and its limits. */
export function afterTable({
  name,
  keys,
  notNull,
  limits,
  design,
  constraints,
  isTemporary = false,
}: TableKeys & Pick<NewTable, 'name'> & Partial<Pick<NewTable, 'isTemporary'>>): string[] {
  const changes = [...notNull.map(setNotNull), ...[...limits].map(([column, bytes]) => addLimit(column, bytes))];
  const statements = changes.length === 0 ? [] : [`ALTER TABLE ${name} ${changes.join(', ')}`];
  const written = new Set<string>();
  for (const columns of keys) {
    const list = columns.map(quoteName).join(', ');
    if (written.has(list)) continue;
    written.add(list);
    statements.push(`CREATE INDEX ${quoteName(indexName(columns))} ON ${name} (${list})`);
  }
  if (!isTemporary) statements.push(...noteOf(name, design), ...constraints.map((key) => noteKey(name, key)));
  return statements;
}

/** What lets the catalog show how the table was made. */
function noteOf(name: string, { diststyle, distkey, sortkeys, encodings }: TableDesign): string[] {
  if (diststyle === 'AUTO' && distkey === null && sortkeys.length === 0 && encodings.size === 0) return [];
  const style = distkey !== null && diststyle === 'AUTO' ? 'KEY' : diststyle;
  const list = sortkeys.map(quoteText).join(', ');
  const written = quoteText(JSON.stringify(Object.fromEntries(encodings)));
  return [
    `SELECT rs_compat.note_design(${quoteText(name)}::regclass, ${quoteText(style)}, ${distkey === null ? 'NULL' : quoteText(distkey)}, ` +
      `ARRAY[${list}]::text[], ${written}::jsonb)`,
  ];
}

/** What lets the catalog show a key. */
export function noteKey(table: string, { kind, name, columns, references }: KeyConstraint): string {
  const list = (names: readonly string[]) => `ARRAY[${names.map(quoteText).join(', ')}]::text[]`;
  const other = references === undefined ? 'NULL' : `to_regclass(${quoteText(references.table)})`;
  return (
    `SELECT rs_compat.note_key(${quoteText(table)}::regclass, '${kind}', ${name === null ? 'NULL' : quoteText(name)}, ${list(columns)}, ` +
    `${other}, ${list(references?.columns ?? [])})`
  );
}

/** The constraint of a table that begins at `place`, with its name or without; nothing when it is none of keys. */
export function keyConstraint(draft: Draft, place: number): KeyConstraint | undefined {
  const isNamed = draft.word(place) === 'CONSTRAINT';
  const kind = isNamed ? place + 2 : place;
  const name = isNamed ? nameOf(draft.at(place + 1)?.text ?? '') : null;
  if (draft.is(kind, 'PRIMARY', 'KEY')) return { kind: 'p', name, columns: columnList(draft, kind + 2) };
  if (draft.is(kind, 'UNIQUE'))
    return { kind: 'u', name, columns: columnList(draft, draft.is(kind + 1, 'KEY') ? kind + 2 : kind + 1) };
  if (!draft.is(kind, 'FOREIGN', 'KEY')) return undefined;
  return { kind: 'f', name, columns: columnList(draft, kind + 2), references: referenceAt(draft, draft.closing(kind + 2) + 1) };
}

/** REFERENCES table [(columns)]. */
function referenceAt(draft: Draft, place: number): { readonly table: string; readonly columns: readonly string[] } {
  const end = draft.nameEnd(place + 1);
  return { table: draft.code(place + 1, end), columns: draft.word(end) === '(' ? columnList(draft, end) : [] };
}

/** VARCHAR(n) is n bytes in Redshift, and n characters in PostgreSQL. Costs about 0.03 microseconds for each value. */
export const addLimit = (column: string, bytes: number) =>
  `ADD CONSTRAINT ${quoteName(limitName(column))} CHECK (octet_length(${quoteName(column)}) <= ${String(bytes)})`;

/** What the limit of a column is called. */
export const limitName = (column: string) => userName(`${LIMIT}${column}`);

const setNotNull = (column: string) => `ALTER COLUMN ${quoteName(column)} SET NOT NULL`;

/** Another each time: an index keeps its name when its table is renamed, and then another table may be made. */
function indexName(columns: readonly string[]): string {
  return `rs_${columns.join('_').slice(0, 40)}_${randomBytes(6).toString('hex')}`;
}

function rewriteItems(draft: Draft, open: number, table: NewTable): void {
  const items = draft.items(open);
  items.forEach(([from, to], index) => {
    if (draft.word(from) === 'LIKE') return;
    if (!draft.is(from, 'CONSTRAINT|PRIMARY|UNIQUE|FOREIGN|CHECK')) {
      rewriteColumn(draft, from, to, table);
      return;
    }
    const kind = draft.word(from) === 'CONSTRAINT' ? from + 2 : from;
    if (draft.word(kind) === 'CHECK') refuseCheck();
    const constraint = keyConstraint(draft, from);
    if (constraint !== undefined) table.constraints.push(constraint);
    if (constraint?.kind === 'p') {
      table.keys.push(constraint.columns);
      table.notNull.push(...constraint.columns);
    }
    // With the comma before it; the first has only one behind it.
    if (index > 0) draft.remove(from - 1, to);
    else draft.remove(from, items.length > 1 ? to + 1 : to);
  });
}

/** A column's definition, from its name to just before `to`. */
export function rewriteColumn(draft: Draft, from: number, to: number, table: TableKeys): void {
  const column = nameOf(draft.at(from)?.text ?? '');
  const { end, bytes } = rewriteType(draft, from + 1);
  if (bytes !== null) table.limits.set(column, bytes);
  for (let place = end; place < to; place += 1) {
    const width = rewriteColumnAttribute(draft, place, column, table);
    place = draft.word(place) === '(' ? draft.closing(place) : place + width - 1;
  }
}

/** @returns how many places were read */
function rewriteColumnAttribute(draft: Draft, place: number, column: string, table: TableKeys): number {
  const drop = (width: number) => {
    draft.remove(place, place + width);
    return width;
  };
  switch (draft.word(place)) {
    case 'ENCODE':
      table.design.encodings.set(column, encodingOf(draft.text(place + 1, place + 2)));
      return drop(2);
    case 'DISTKEY':
      table.design.distkey = column;
      table.keys.push([column]);
      return drop(1);
    case 'SORTKEY':
      table.design.sortkeys = [column];
      table.keys.push([column]);
      return drop(1);
    case 'UNIQUE':
      table.constraints.push({ kind: 'u', name: null, columns: [column] });
      return drop(draft.word(place + 1) === 'KEY' ? 2 : 1);
    case 'PRIMARY':
      table.constraints.push({ kind: 'p', name: null, columns: [column] });
      table.keys.push([column]);
      draft.replace(place, 'NOT');
      draft.replace(place + 1, 'NULL');
      return 2;
    case 'REFERENCES': {
      table.constraints.push({ kind: 'f', name: null, columns: [column], references: referenceAt(draft, place) });
      const end = draft.nameEnd(place + 1);
      return drop((draft.word(end) === '(' ? draft.closing(end) + 1 : end) - place);
    }
    case 'IDENTITY': {
      const close = draft.closing(place + 1);
      const [seed = '', step = ''] = draft.items(place + 1).map(([from, to]) => draft.text(from, to));
      const isDefault = draft.is(place - 4, 'GENERATED', 'BY', 'DEFAULT', 'AS');
      draft.replace(
        place,
        `${isDefault ? '' : 'GENERATED ALWAYS AS '}IDENTITY (START WITH ${seed} INCREMENT BY ${step} MINVALUE ${seed})`,
      );
      draft.remove(place + 1, close + 1);
      return close + 1 - place;
    }
    case 'COLLATE':
      if (draft.word(place + 1) !== 'CASE_SENSITIVE')
        throw notSupported(`COLLATE ${draft.text(place + 1, place + 2)}`, 'compare LOWER(…) instead');
      return drop(2);
    case 'CHECK':
      return refuseCheck();
    default:
      return 1;
  }
}

const encodingOf = (written: string) => (written.toLowerCase() === 'raw' ? 'none' : written.toLowerCase());

function refuseCheck(): never {
  throw notSupported('CHECK', 'Redshift has no such constraint; check the rows before they are inserted');
}

/** Behind the columns: DISTSTYLE, DISTKEY, SORTKEY, ENCODE AUTO, BACKUP, AUTO REFRESH; up to AS or the end. */
function rewriteAttributes(draft: Draft, start: number, table: NewTable): void {
  for (let place = start; place < draft.length && draft.word(place) !== 'AS' && draft.word(place) !== ';';) {
    const width = attributeWidth(draft, place, table);
    if (width === 0)
      throw notSupported(
        `"${draft.at(place)?.text ?? ''}" behind a table`,
        'write DISTSTYLE, DISTKEY (column), [COMPOUND|INTERLEAVED] SORTKEY (columns), SORTKEY AUTO, ENCODE AUTO or BACKUP YES|NO',
      );
    draft.remove(place, place + width);
    place += width;
  }
}

function attributeWidth(draft: Draft, place: number, table: NewTable): number {
  if (draft.is(place, 'BACKUP', 'YES|NO')) return 2;
  if (draft.is(place, 'AUTO', 'REFRESH', 'YES|NO')) return 3;
  if (draft.is(place, 'DISTSTYLE', 'AUTO|EVEN|KEY|ALL')) {
    table.design.diststyle = draft.word(place + 1);
    return 2;
  }
  if (draft.is(place, 'SORTKEY', 'AUTO|NONE') || draft.is(place, 'ENCODE', 'AUTO')) return 2;
  const key = draft.is(place, 'COMPOUND|INTERLEAVED', 'SORTKEY') ? place + 1 : place;
  if (!draft.is(key, 'DISTKEY|SORTKEY', '(')) return 0;
  const columns = columnList(draft, key + 1);
  if (draft.is(key, 'DISTKEY')) table.design.distkey = columns[0] ?? null;
  else table.design.sortkeys = columns;
  table.keys.push(columns);
  return draft.closing(key + 1) + 1 - place;
}

/** The names between two parentheses. */
function columnList(draft: Draft, open: number): string[] {
  return draft.items(open).map(([from]) => nameOf(draft.at(from)?.text ?? ''));
}
