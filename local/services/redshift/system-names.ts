import type { Draft } from './draft.ts';

/** Relations of PostgreSQL's catalog that Redshift has with columns of its own, or that would show what this warehouse is made of. */
const CATALOG =
  'PG_NAMESPACE|PG_CLASS|PG_ATTRIBUTE|PG_TYPE|PG_PROC|PG_PROC_INFO|PG_TABLES|PG_VIEWS|PG_INDEXES|PG_DATABASE|PG_GROUP|PG_USER|PG_USER_INFO|' +
  'PG_INDEX|PG_CONSTRAINT|PG_DEPEND|PG_ATTRDEF|PG_TABLE_DEF|PG_EXTERNAL_SCHEMA';

/** Those of the standard's. */
const INFORMATION =
  'SCHEMATA|TABLES|COLUMNS|VIEWS|TABLE_PRIVILEGES|ROLE_TABLE_GRANTS|ROUTINES|TABLE_CONSTRAINTS|CHECK_CONSTRAINTS|' +
  'KEY_COLUMN_USAGE|REFERENTIAL_CONSTRAINTS|CONSTRAINT_COLUMN_USAGE';

/** Functions that answer for Redshift's catalog. */
const FUNCTIONS = 'VERSION|PG_GET_CONSTRAINTDEF';

const OF_REDSHIFT = /^(SVV|STL|STV|SVL|SYS)_/;

/** Let the names of the catalog mean what they mean in Redshift. */
export function rewriteSystemNames(draft: Draft, start: number): void {
  for (let place = start; place < draft.length; place += 1) {
    if (draft.word(place - 1) === '.') continue;
    // A number is a condition there, and a driver writes one.
    if (draft.is(place, 'WHERE') && draft.at(place + 1)?.text === '1' && draft.is(place + 2, 'AND'))
      draft.replace(place + 1, 'TRUE');
    const isQualified = draft.word(place + 1) === '.';
    if (draft.is(place, 'PG_CATALOG') && isQualified) {
      const name = draft.word(place + 2);
      if (draft.is(place + 2, CATALOG) || OF_REDSHIFT.test(name)) draft.replace(place, 'rs_compat');
      else if (draft.is(place + 2, FUNCTIONS, '(')) draft.replace(place, 'rs_compat');
    } else if (draft.is(place, 'INFORMATION_SCHEMA') && isQualified) {
      if (draft.is(place + 2, INFORMATION)) draft.replace(place, 'rs_information_schema');
    } else if (draft.is(place, FUNCTIONS, '(')) draft.replace(place, `rs_compat.${draft.code(place, place + 1)}`);
    else if (!isQualified && draft.is(place - 1, 'FROM|JOIN|,') && draft.is(place, CATALOG) && draft.word(place + 1) !== '(')
      draft.replace(place, `rs_compat.${draft.code(place, place + 1)}`);
  }
}

const ANY = 'FROM|JOIN';

/**
 * Whether a query asks the catalog, and nothing else: Redshift's leader node answers it alone, and knows functions of PostgreSQL that the
 * others do not.
 *
 * @source Redshift developer guide, "SQL functions supported on the leader node"
 */
export function asksCatalogOnly(draft: Draft): boolean {
  if (!draft.is(0, 'SELECT|WITH')) return false;
  let hasTable = false;
  for (let place = 1; place < draft.length; place += 1) {
    if (!draft.is(place, ANY)) continue;
    const at = draft.is(place + 1, 'ONLY|LATERAL') ? place + 2 : place + 1;
    if (draft.word(at) === '(' || draft.word(at + 1) === '(') continue;
    if (draft.is(at, 'PG_CATALOG|INFORMATION_SCHEMA') || /^(PG_|SVV_|STV_|SYS_)/.test(draft.word(at))) hasTable = true;
    else if (draft.word(at + 1) === '.' && draft.word(at) !== '') return false;
  }
  return hasTable;
}
