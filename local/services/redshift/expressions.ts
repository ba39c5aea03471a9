import { rewriteType } from './column-types.ts';
import type { Draft } from './draft.ts';
import { notSupported } from './errors.ts';
import { rewriteCalls } from './function-calls.ts';
import { refuseMissingViews } from './system-views.ts';
import { asksCatalogOnly, rewriteSystemNames } from './system-names.ts';

/** Functions that only one of the two knows, and what to write so that both do. */
const FUNCTIONS: Readonly<Record<string, string>> = {
  STRING_AGG: 'Redshift has no such function; aggregate in the program that asks',
  ARRAY_AGG: 'Redshift has no arrays',
  UNNEST: 'Redshift has no arrays',
  JSON_AGG: 'Redshift has no such function',
  JSONB_AGG: 'Redshift has no such function',
  TO_JSON: 'Redshift has no such function',
  TO_JSONB: 'Redshift has no such function',
  ROW_TO_JSON: 'Redshift has no such function',
  JSON_BUILD_OBJECT: 'Redshift has no such function',
  JSONB_BUILD_OBJECT: 'Redshift has no such function',
  JSONB_EXTRACT_PATH_TEXT: 'write JSON_EXTRACT_PATH_TEXT',
  REGEXP_MATCHES: 'write REGEXP_SUBSTR',
  REGEXP_MATCH: 'write REGEXP_SUBSTR',
  REGEXP_SPLIT_TO_TABLE: 'Redshift has no such function',
  STRING_TO_ARRAY: 'write SPLIT_PART',
  GEN_RANDOM_UUID: 'Redshift has no such function; make identifiers in the program that writes',
  GENERATE_SERIES: 'on Redshift only the leader node knows it; join a table of numbers or days',
  MAKE_DATE: 'write CAST(text AS DATE)',
  MAKE_TIMESTAMP: 'write CAST(text AS TIMESTAMP)',
  CONCAT_WS: 'write ||',
  FORMAT: 'write ||',
  NOW: 'on Redshift only the leader node knows it; write GETDATE()',
  CLOCK_TIMESTAMP: 'write GETDATE()',
  STATEMENT_TIMESTAMP: 'write GETDATE()',
  SET_CONFIG: 'write SET',
  NEXTVAL: 'Redshift has no sequences; write IDENTITY(1,1)',
  CURRVAL: 'Redshift has no sequences',
};

/** Words of PostgreSQL's own behind which a name cannot follow; the rest of Redshift's refusals are the parser's. */
const FUNCTION_NAMES = new Set(Object.keys(FUNCTIONS));

/** After these a name is a table's or a column's, whatever is in parentheses behind it. */
const NAMING = 'INTO|TABLE|UPDATE|VIEW|JOIN|COPY|AS|.';

/**
 * Refuse what PostgreSQL would take and Redshift would not, and what only Redshift takes; make types and SYSDATE mean what they
 * mean there.
 *
 * @throws StatementError that names the construct and what to write instead
 */
export function rewriteExpressions(draft: Draft, start: number): void {
  const isOfCatalog = asksCatalogOnly(draft);
  for (let place = start; place < draft.length && !isOfCatalog; place += 1) {
    const word = draft.word(place);
    if (word === '') continue;
    refuseConstruct(draft, place, word);
    if (word === '::') place = rewriteType(draft, place + 1).end - 1;
    else if (word === 'CAST' && draft.word(place + 1) === '(') {
      const as = draft.find(place + 2, 'AS');
      if (as > 0) rewriteType(draft, as + 1);
    } else if (word === 'SYSDATE' && !draft.is(place - 1, '.')) draft.replace(place, 'rs_compat.sysdate()');
  }
  refuseMissingViews(draft, start);
  rewriteSystemNames(draft, start);
  rewriteCalls(draft, start, isOfCatalog);
}

function refuseConstruct(draft: Draft, place: number, word: string): void {
  const isCall = draft.word(place + 1) === '(' && !draft.is(place - 1, NAMING);
  if (isCall && FUNCTION_NAMES.has(word)) throw notSupported(`${word}()`, FUNCTIONS[word] ?? '');
  switch (word) {
    case 'ON':
      if (draft.is(place + 1, 'CONFLICT', 'DO|(|ON')) throw notSupported('ON CONFLICT', 'Redshift has MERGE');
      return;
    case 'RETURNING':
      if (!draft.is(place - 1, NAMING) && place > 0)
        throw notSupported('RETURNING', 'Redshift has no such clause; SELECT afterwards');
      return;
    case 'FILTER':
      if (draft.word(place - 1) === ')' && draft.word(place + 1) === '(')
        throw notSupported('FILTER (WHERE …)', 'write the condition as CASE WHEN … THEN … END');
      return;
    case 'DISTINCT':
      if (draft.is(place + 1, 'ON', '(')) throw notSupported('DISTINCT ON', 'write ROW_NUMBER() in a subquery');
      return;
    case 'LATERAL':
      if (draft.is(place - 1, ',|JOIN|FROM')) throw notSupported('LATERAL', 'write a join');
      return;
    case 'APPROXIMATE':
      // The exact answer is one of those that may be given.
      if (draft.is(place + 1, 'COUNT|PERCENTILE_DISC')) draft.remove(place, place + 1);
      return;
    case 'TABLESAMPLE':
      throw notSupported('TABLESAMPLE', 'Redshift has no such clause');
    case 'ARRAY':
      if (draft.is(place + 1, '[|(')) throw notSupported('ARRAY', 'Redshift has no arrays of this kind');
      return;
    case 'VALUES':
      if (draft.word(place - 1) === '(' && draft.is(place - 2, 'FROM|JOIN|,|AS'))
        throw notSupported('VALUES as a table', 'write SELECT … UNION ALL SELECT …');
      return;
    case 'MINUS':
      if (draft.is(place + 1, 'SELECT|(')) draft.replace(place, 'EXCEPT');
      return;
    case 'INTERSECT':
    case 'EXCEPT':
      if (draft.word(place + 1) === 'ALL') throw notSupported(`${word} ALL`, 'Redshift has it without ALL only');
      return;
    case 'FETCH':
      if (draft.is(place + 1, 'FIRST|NEXT') && place > 0) throw notSupported('FETCH FIRST', 'write LIMIT');
      return;
    case '->':
    case '->>':
    case '#>':
    case '#>>':
    case '@>':
    case '<@':
      throw notSupported(`the operator ${word}`, 'write JSON_EXTRACT_PATH_TEXT(text, key)');
    default:
  }
}
