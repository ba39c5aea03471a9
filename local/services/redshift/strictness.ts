import type { Draft } from './draft.ts';
import { notSupported } from './errors.ts';
import { nameOf, quoteText } from './names.ts';

// Where no document of AWS says what Redshift takes, the stand-in takes no more than what every reading of the documents allows: what runs
// here runs there, whichever it is.

/**
 * A question whose answer must be true before a statement runs. It is asked outside the statement's transaction, which would otherwise see
 * the world as it was before a lock was had.
 */
export interface Condition {
  /** One row with one boolean, `allowed`. `$1` is the user. */
  readonly sql: string;
  /** What is said otherwise. */
  readonly otherwise: string;
}

/** LOCK by the owner alone: the guide's page names no right, and PostgreSQL asks for the right to change the table. */
export function lockConditions(draft: Draft): Condition[] {
  const conditions: Condition[] = [];
  let place = draft.is(1, 'TABLE') ? 2 : 1;
  while (place < draft.length && !draft.is(place, ';|IN')) {
    const end = draft.is(place + 1, '.') ? place + 3 : place + 1;
    const table = draft.text(place, end);
    conditions.push({
      // What is not there is for LOCK itself to say.
      sql: `SELECT COALESCE((SELECT pg_has_role($1, relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass(${quoteText(table)})), true) AS allowed`,
      otherwise: `must be owner of relation ${table}`,
    });
    place = draft.is(end, ',') ? end + 1 : end;
  }
  return conditions;
}

/**
 * Parts of a question by those alone who may make temporary tables: a plan may keep a part in one, and only for Spectrum does a document
 * say that the asker needs the right.
 *
 * @source Redshift developer guide, GRANT: TEMPORARY
 */
export function planConditions(draft: Draft): Condition[] {
  const hasParts = draft.find(0, 'WITH') >= 0;
  if (!hasParts) return [];
  return [
    {
      sql: `SELECT has_database_privilege($1, current_database(), 'TEMP') AS allowed`,
      otherwise: 'permission denied to create temporary tables in database',
    },
  ];
}

const SYSTEM_VIEW = /^(sys|stl|stv|svl|svcs)_/;
const NAMES_A_TABLE = 'FROM|JOIN|UPDATE|USING|INTO';

/**
 * Views of the system are joined with each other and with nothing else.
 *
 * @source Redshift developer guide, "System tables and views": some of them are made on the leader node, whose joins with tables are limited
 * @throws StatementError
 */
export function checkSystemViews(draft: Draft): void {
  const tables = new Set<string>();
  for (let place = 0; place < draft.length; place += 1) {
    if (!draft.is(place, NAMES_A_TABLE) || draft.is(place - 1, 'INSERT')) continue;
    const at = draft.is(place + 1, 'ONLY|TABLE') ? place + 2 : place + 1;
    const token = draft.at(draft.is(at + 1, '.') ? at + 2 : at);
    if (token?.kind === 'word' || token?.kind === 'quoted') tables.add(nameOf(token.text));
  }
  const views = [...tables].filter((name) => SYSTEM_VIEW.test(name));
  const [other] = [...tables].filter((name) => !SYSTEM_VIEW.test(name));
  if (views.length > 0 && other !== undefined)
    throw notSupported(
      `${views.join(', ')} together with ${other}`,
      'put what the system tells into a temporary table first, in a statement of its own',
    );
}
