import { rewriteTableChange } from './alter-table.ts';
import type { CopyCommand } from './copy-command.ts';
import { readCopy } from './copy-command.ts';
import type { NewTable } from './create-table.ts';
import { afterTable, rewriteTable } from './create-table.ts';
import type { ColumnTypes } from './decimal-types.ts';
import { Draft } from './draft.ts';
import { StatementError, notSupported } from './errors.ts';
import { rewriteExpressions } from './expressions.ts';
import { groupName, nameOf, roleName, userName } from './names.ts';
import { bindParameters } from './parameters.ts';
import { checkSystemViews, lockConditions, planConditions, type Condition } from './strictness.ts';
import type { UnloadCommand } from './unload-command.ts';
import { readUnload } from './unload-command.ts';
import { keepCompat } from './search-path.ts';
import { tokenize } from './sql-lexer.ts';
import { rewriteCreateRole, rewriteDropPrincipal, rewriteGrant, rewriteGroup, rewriteUser } from './users-and-roles.ts';

/** A statement as PostgreSQL takes it. */
export interface SqlStatement {
  readonly kind: 'sql';
  readonly text: string;
  readonly values: readonly string[];
  /** Run after it, all or nothing with it. */
  readonly after: readonly string[];
  /** A table that may exist already: then nothing is run after it. */
  readonly unlessExists?: string;
  /** Must hold before it runs. */
  readonly conditions?: readonly Condition[];
  /** Redshift commits behind it, whatever was begun: TRUNCATE. */
  readonly commits?: true;
  /** Whether names in quotes are folded from now on. */
  readonly foldsNames?: boolean;
}

export type Statement = SqlStatement | CopyCommand | UnloadCommand | { readonly kind: 'nothing'; readonly command: string };

const sql = (draft: Draft, rest: Partial<SqlStatement> = {}): SqlStatement => ({
  kind: 'sql',
  text: draft.toString(),
  values: [],
  after: [],
  ...rest,
});

/**
 * Read one statement of Redshift's dialect.
 *
 * @param parameters - values of `:name`; absent: the statement has none
 * @param foldsNames - whether names in quotes are folded to small letters
 * @param columns - types of the columns that it names, when they count: see `namesOfNumbers`
 * @throws StatementError for more than one statement, and for what Redshift or the stand-in does not know
 */
export function readStatement(
  source: string,
  parameters: Readonly<Record<string, string>> = {},
  foldsNames = true,
  columns: ColumnTypes = new Map(),
): Statement {
  const draft = new Draft(source, foldsNames, columns);
  if (draft.length === 0 || draft.is(0, ';')) throw new StatementError('42601', 'syntax error: the statement is empty');
  checkShape(draft);
  const values = bindParameters(draft, parameters);
  const statement = dispatch(draft);
  if (values.length === 0) return statement;
  if (statement.kind !== 'sql')
    throw new StatementError('42601', `syntax error at or near ":": ${draft.word(0)} takes no parameters`);
  return { ...statement, values };
}

const COMPUTES = 'COALESCE|NVL|ISNULL|CASE|/';

/** The names in a statement whose result depends on the types of columns; none when it does not. */
export function namesOfNumbers(source: string): readonly string[] {
  if (!/\/|coalesce|nvl|isnull|case/i.test(source)) return [];
  const draft = new Draft(source, true);
  const places = Array.from({ length: draft.length }, (_, place) => place);
  if (!places.some((place) => draft.is(place, COMPUTES))) return [];
  const tokens = places.map((place) => draft.at(place));
  return [
    ...new Set(tokens.flatMap((token) => (token?.kind === 'word' || token?.kind === 'quoted' ? [nameOf(token.text)] : []))),
  ];
}

/** The statements of a text, each without the semicolon behind it. */
export function splitStatements(source: string): string[] {
  const statements: string[] = [];
  let text = '';
  let isEmpty = true;
  const take = () => {
    if (!isEmpty) statements.push(text);
    text = '';
    isEmpty = true;
  };
  for (const token of tokenize(source)) {
    if (token.text === ';') take();
    else {
      text += token.text;
      isEmpty &&= token.kind === 'space' || token.kind === 'comment';
    }
  }
  take();
  return statements;
}

/** One statement, which closes what it opens and nothing else: it may be put into another. */
function checkShape(draft: Draft): void {
  let depth = 0;
  for (let place = 0; place < draft.length; place += 1) {
    const word = draft.word(place);
    if (word === '(') depth += 1;
    else if (word === ')') depth -= 1;
    if (depth < 0) throw new StatementError('42601', 'syntax error at or near ")"');
    if (word === ';' && place < draft.length - 1)
      throw new StatementError(
        '42601',
        'cannot insert multiple commands into a prepared statement: send one statement at a time',
      );
  }
  if (depth > 0) throw new StatementError('42601', 'syntax error at end of input');
}

function dispatch(draft: Draft): Statement {
  switch (draft.word(0)) {
    case 'SELECT':
    case 'WITH':
    case '(':
    case 'INSERT':
    case 'UPDATE':
    case 'DELETE':
    case 'EXPLAIN':
    case 'DECLARE':
    case 'PREPARE': {
      const conditions = planConditions(draft);
      checkSystemViews(draft);
      rewriteExpressions(draft, 0);
      return sql(draft, conditions.length === 0 ? {} : { conditions });
    }
    case 'MERGE':
      return merge(draft);
    case 'CREATE':
      return create(draft);
    case 'ALTER':
      return alter(draft);
    case 'DROP':
      return drop(draft);
    case 'GRANT':
    case 'REVOKE':
      rewriteGrant(draft, 0);
      return sql(draft);
    case 'COPY':
      return readCopy(draft);
    case 'UNLOAD':
      return readUnload(draft);
    case 'TRUNCATE':
      return sql(draft, { commits: true });
    case 'VACUUM':
      return vacuum(draft);
    case 'ANALYZE':
    case 'ANALYSE':
      return analyze(draft);
    case 'REFRESH':
      return refresh(draft);
    case 'SET':
    case 'RESET':
      return set(draft);
    case 'LOCK':
      return sql(draft, { conditions: lockConditions(draft) });
    case 'BEGIN':
    case 'START':
    case 'COMMIT':
    case 'END':
    case 'ROLLBACK':
    case 'ABORT':
    case 'SHOW':
    case 'COMMENT':
    case 'FETCH':
    case 'CLOSE':
    case 'EXECUTE':
    case 'DEALLOCATE':
      return sql(draft);
    default:
      throw notSupported(
        `the statement "${draft.at(0)?.text ?? ''}"`,
        'Redshift does not have it, or the local warehouse does not',
      );
  }
}

function merge(draft: Draft): Statement {
  const removes = draft.find(0, 'REMOVE', 'DUPLICATES') >= 0;
  if (removes) throw notSupported('MERGE … REMOVE DUPLICATES', 'write WHEN MATCHED THEN … WHEN NOT MATCHED THEN …');
  // https://docs.aws.amazon.com/redshift/latest/dg/r_MERGE.html
  const using = draft.find(0, 'USING');
  if (draft.word(using + 1) === '(')
    throw notSupported('a subquery as the source of MERGE', 'put it into a temporary table first');
  if (draft.find(0, 'WHEN', 'MATCHED') < 0 || draft.find(0, 'WHEN', 'NOT', 'MATCHED') < 0)
    throw notSupported('MERGE with one branch', 'Redshift wants WHEN MATCHED and WHEN NOT MATCHED, both');
  rewriteExpressions(draft, 0);
  return sql(draft);
}

function create(draft: Draft): Statement {
  const place = draft.is(1, 'OR', 'REPLACE') ? 3 : 1;
  const table = draft.is(place, 'LOCAL') ? place + 1 : place;
  if (draft.is(table, 'TEMP|TEMPORARY', 'TABLE')) return createTable(draft, table + 2);
  if (draft.is(place, 'TABLE')) return createTable(draft, place + 1);
  if (draft.is(place, 'MATERIALIZED', 'VIEW')) return createTable(draft, place + 2);
  if (draft.is(place, 'VIEW')) {
    const binding = draft.find(place, 'WITH', 'NO', 'SCHEMA', 'BINDING');
    if (binding > 0) draft.remove(binding, binding + 4);
    rewriteExpressions(draft, place + 1);
    return sql(draft);
  }
  if (draft.is(place, 'SCHEMA|DATABASE')) return sql(draft);
  if (draft.is(place, 'USER')) return sql(draft, { after: rewriteUser(draft, place + 1) });
  if (draft.is(place, 'ROLE')) {
    return sql(draft, { after: rewriteCreateRole(draft, place + 1) });
  }
  if (draft.is(place, 'GROUP')) {
    rewriteGroup(draft, place + 1);
    return sql(draft);
  }
  throw notSupported(
    `CREATE ${draft.text(place, place + 1).toUpperCase()}`,
    'the local warehouse has TABLE, VIEW, MATERIALIZED VIEW, SCHEMA, DATABASE, USER, ROLE and GROUP',
  );
}

function createTable(draft: Draft, place: number): Statement {
  checkSystemViews(draft);
  const table: NewTable = rewriteTable(draft, place);
  rewriteExpressions(draft, table.isQuery ? draft.find(place, 'AS') + 1 : place);
  return sql(draft, { after: afterTable(table), ...(table.isOptional ? { unlessExists: table.name } : {}) });
}

function alter(draft: Draft): Statement {
  if (draft.is(1, 'USER')) return sql(draft, { after: rewriteUser(draft, 2) });
  if (draft.is(1, 'GROUP')) {
    rewriteGroup(draft, 2);
    return sql(draft);
  }
  if (draft.is(1, 'DEFAULT', 'PRIVILEGES')) {
    const start = Math.max(draft.find(3, 'GRANT'), draft.find(3, 'REVOKE'));
    if (start > 0) rewriteGrant(draft, start);
    return sql(draft);
  }
  if (draft.is(1, 'TABLE')) {
    const { after } = rewriteTableChange(draft, 2);
    return after === null ? { kind: 'nothing', command: 'ALTER' } : sql(draft, { after });
  }
  if (draft.is(1, 'SCHEMA|DATABASE|VIEW')) return sql(draft);
  throw notSupported(
    `ALTER ${draft.text(1, 2).toUpperCase()}`,
    'the local warehouse has TABLE, SCHEMA, DATABASE, USER, GROUP and DEFAULT PRIVILEGES',
  );
}

function drop(draft: Draft): Statement {
  if (draft.is(1, 'USER')) rewriteDropPrincipal(draft, 2, userName);
  else if (draft.is(1, 'ROLE')) rewriteDropPrincipal(draft, 2, roleName);
  else if (draft.is(1, 'GROUP')) rewriteDropPrincipal(draft, 2, groupName);
  else if (!draft.is(1, 'TABLE|VIEW|SCHEMA|DATABASE') && !draft.is(1, 'MATERIALIZED', 'VIEW'))
    throw notSupported(`DROP ${draft.text(1, 2).toUpperCase()}`, 'Redshift has no such object, or the local warehouse has not');
  return sql(draft);
}

function vacuum(draft: Draft): Statement {
  const head = draft.is(1, 'SORT|DELETE', 'ONLY') ? 3 : draft.is(1, 'FULL|REINDEX|RECLUSTER') ? 2 : 1;
  draft.remove(1, head);
  const to = draft.find(head, 'TO');
  if (to > 0) draft.remove(to, to + 3);
  if (draft.is(draft.length - 1, 'BOOST')) draft.remove(draft.length - 1, draft.length);
  return sql(draft);
}

function analyze(draft: Draft): Statement {
  if (draft.is(1, 'COMPRESSION')) throw notSupported('ANALYZE COMPRESSION', 'there is no compression to analyze locally');
  const columns = draft.find(1, 'PREDICATE|ALL', 'COLUMNS');
  if (columns > 0) draft.remove(columns, columns + 2);
  return sql(draft);
}

function refresh(draft: Draft): Statement {
  if (!draft.is(1, 'MATERIALIZED', 'VIEW')) throw notSupported(`REFRESH ${draft.text(1, 2)}`, 'write REFRESH MATERIALIZED VIEW');
  if (draft.is(3, 'CONCURRENTLY')) throw notSupported('CONCURRENTLY', 'Redshift has no such option');
  const end = draft.nameEnd(3);
  if (draft.is(end, 'RESTRICT|CASCADE')) draft.remove(end, end + 1);
  return sql(draft);
}

/** Settings that PostgreSQL does not have: kept under another name, and without effect. */
const REDSHIFT_SETTINGS =
  'QUERY_GROUP|ENABLE_RESULT_CACHE_FOR_SESSION|ENABLE_CASE_SENSITIVE_IDENTIFIER|ENABLE_CASE_SENSITIVE_SUPER_ATTRIBUTE|' +
  'WLM_QUERY_SLOT_COUNT|JSON_SERIALIZATION_ENABLE|DOWNCASE_DELIMITED_IDENTIFIER|USE_FIPS_SSL|ANALYZE_THRESHOLD_PERCENT';

function set(draft: Draft): Statement {
  const place = draft.is(1, 'SESSION|LOCAL') && !draft.is(1, 'SESSION', 'AUTHORIZATION|CHARACTERISTICS') ? 2 : 1;
  const setting = nameOf(draft.at(place)?.text ?? '').toLowerCase();
  if (draft.is(place, 'SESSION', 'AUTHORIZATION') || setting === 'session_authorization' || setting === 'role')
    throw notSupported(`${draft.word(0)} ${draft.text(place, draft.length)}`, 'open a session as that user');
  // What drivers send for Connection.setReadOnly.
  if (draft.is(place, 'READONLY')) draft.replace(place, 'default_transaction_read_only');
  if (draft.is(place, REDSHIFT_SETTINGS)) draft.replace(place, `rs_compat.${draft.text(place, place + 1)}`);
  if (draft.is(0, 'SET')) keepCompat(draft, place);
  if (setting !== 'enable_case_sensitive_identifier') return sql(draft);
  const value =
    draft
      .at(place + 2)
      ?.text.replaceAll("'", '')
      .toLowerCase() ?? '';
  return sql(draft, { foldsNames: draft.is(0, 'RESET') || !['true', 'on', '1', 'yes'].includes(value) });
}
