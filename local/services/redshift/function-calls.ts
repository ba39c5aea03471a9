import { rewriteType } from './column-types.ts';
import { datePart } from './date-parts.ts';
import { alignBranches, rewriteDivision } from './decimal-division.ts';
import { branchesOf } from './decimal-types.ts';
import type { Draft } from './draft.ts';
import { StatementError, notSupported } from './errors.ts';
import { rewriteSelect } from './select-clauses.ts';

/** A call that was found, with what is in its parentheses and the OVER behind it. */
interface Call {
  readonly draft: Draft;
  readonly place: number;
  readonly name: string;
  /** First and past-the-last place of each argument. */
  readonly items: readonly (readonly [number, number])[];
  /** The arguments as they are now. */
  readonly arguments: readonly string[];
  /** All that is in the parentheses. */
  readonly inside: string;
  /** Past the closing parenthesis. */
  readonly end: number;
}

/** Behind these a name is a table's or a column's, whatever is in parentheses behind it. */
const NAMING = 'INTO|TABLE|UPDATE|VIEW|JOIN|COPY|AS|.|FUNCTION|INDEX|SCHEMA';

/**
 * Calls, and clauses of SELECT, that Redshift answers in another way than PostgreSQL, or that PostgreSQL does not have.
 *
 * @param isOfCatalog - whether only the catalog is asked, whose texts have no length
 * @remarks From the last to the first, so that what is inside another call is done before that call is.
 */
export function rewriteCalls(draft: Draft, start: number, isOfCatalog: boolean): void {
  for (let place = draft.length - 1; place >= start; place -= 1) {
    const word = draft.word(place);
    if (word === '::' && !isOfCatalog) clipShorthand(draft, place);
    else if (word === 'SELECT') rewriteSelect(draft, place, isOfCatalog);
    else if (word === '/') rewriteDivision(draft, place);
    else if (word === 'CASE') alignBranches(draft, branchesOf(draft, place));
    if (draft.word(place + 1) !== '(') continue;
    const rewrite = CALLS.get(word);
    if (rewrite === undefined || draft.is(place - 1, NAMING) || (isOfCatalog && word === 'CAST')) continue;
    const close = draft.closing(place + 1);
    const items = draft.items(place + 1);
    rewrite({
      ...{ draft, place, name: word, items },
      arguments: items.map(([from, to]) => draft.code(from, to)),
      inside: draft.code(place + 2, close),
      end: close + 1,
    });
  }
}

type Rewrite = (call: Call) => void;

const CALLS = new Map<string, Rewrite>([
  ['AVG', average],
  ['CAST', clipCast],
  ['CONCAT', rename('rs_compat.concat')],
  ['CONVERT', convert],
  ['DATEADD', dateAdd],
  ['DATE_ADD', dateAdd],
  ['DATEDIFF', dateDifference],
  ['DATE_DIFF', dateDifference],
  ['DATE_PART', partOf],
  ['PGDATE_PART', partOf],
  ['DECODE', decode],
  ['EXTRACT', extract],
  ['JSON_EXTRACT_PATH_TEXT', jsonPath],
  ['LISTAGG', listAggregate],
  ['MEDIAN', rename('rs_compat.median')],
  ['COALESCE', coalesce],
  ['NVL', coalesce],
  ['ISNULL', coalesce],
  ['NVL2', nvl2],
  ['PERCENTILE_CONT', percentile],
  ['RATIO_TO_REPORT', ratio],
  ['REGEXP_REPLACE', rename('rs_compat.regexp_replace')],
  ...['STDDEV', 'STDDEV_SAMP', 'STDDEV_POP', 'VARIANCE', 'VAR_SAMP', 'VAR_POP'].map((name) => [name, deviation] as const),
]);

/** All that it chooses from has one scale. @source Redshift developer guide, "Computations with numeric values" */
function coalesce({ draft, place, items, end }: Call): void {
  draft.replace(place, 'COALESCE');
  const scale = alignBranches(draft, items);
  if (scale === undefined) return;
  draft.putBefore(place, 'ROUND(');
  draft.putBehind(end - 1, `, ${String(scale)})`);
}

function rename(name: string): Rewrite {
  return ({ draft, place }) => {
    draft.replace(place, name);
  };
}

/** Of a string, which PostgreSQL would take for any type. */
const asTimestamp = ({ draft, items, arguments: texts }: Call, index: number) =>
  draft.at(items[index]?.[0] ?? -1)?.kind === 'string' && items[index]?.[1] === (items[index]?.[0] ?? 0) + 1
    ? `CAST(${texts[index] ?? ''} AS TIMESTAMP)`
    : (texts[index] ?? '');

function expect({ name, items }: Call, least: number, most = least): void {
  if (items.length < least || items.length > most)
    throw new StatementError('42883', `function ${name.toLowerCase()} does not exist with ${String(items.length)} arguments`);
}

/** OVER and what it says, or nothing; the place behind it. */
function over({ draft, end }: Call, from = end): { readonly text: string; readonly end: number } {
  if (!draft.is(from, 'OVER')) return { text: '', end: from };
  const behind = draft.word(from + 1) === '(' ? draft.closing(from + 1) + 1 : from + 2;
  return { text: ` ${draft.code(from, behind)}`, end: behind };
}

/** The average of whole numbers is whole, that of decimals has their scale. @source Redshift developer guide, AVG function */
function average(call: Call): void {
  const { draft, place, inside } = call;
  const window = over(call);
  const of = (name: string) => `${name}(${inside})${window.text}`;
  draft.substitute(place, window.end, `rs_compat.avg(${['AVG', 'SUM', 'MAX'].map(of).join(', ')})`);
}

function deviation(call: Call): void {
  const { draft, place, name, inside } = call;
  const window = over(call);
  draft.substitute(place, window.end, `CAST(${name}(${inside})${window.text} AS DOUBLE PRECISION)`);
}

/**
 * PERCENTILE_CONT(p) WITHIN GROUP (ORDER BY value): a decimal of whole numbers and of decimals, and a window function, too.
 *
 * @source Redshift developer guide, PERCENTILE_CONT function
 */
function percentile(call: Call): void {
  const { draft, place, end, inside } = call;
  if (!draft.is(end, 'WITHIN', 'GROUP', '(') || !draft.is(end + 3, 'ORDER', 'BY')) return;
  const close = draft.closing(end + 2);
  const isDescending = draft.is(close - 1, 'DESC');
  const value = draft.code(end + 5, draft.is(close - 1, 'ASC|DESC') ? close - 1 : close);
  const window = over(call, close + 1);
  const fraction = isDescending ? `1 - (${inside})` : inside;
  draft.substitute(place, window.end, `rs_compat.percentile(ARRAY_AGG(${value})${window.text}, ${fraction})`);
}

/** @source Redshift developer guide, RATIO_TO_REPORT window function */
function ratio(call: Call): void {
  expect(call, 1);
  const window = over(call);
  if (window.text === '') throw new StatementError('42601', 'RATIO_TO_REPORT needs OVER (…)');
  const sum = `NULLIF(SUM(CAST(${call.inside} AS DOUBLE PRECISION))${window.text}, 0)`;
  call.draft.substitute(call.place, window.end, `(CAST(${call.inside} AS DOUBLE PRECISION) / ${sum})`);
}

/** CONVERT(type, value). */
function convert(call: Call): void {
  expect(call, 2);
  const { draft, place, items, end } = call;
  const [from, to] = items[0] ?? [0, 0];
  const { bytes } = rewriteType(draft, from);
  const value = call.arguments[1] ?? '';
  draft.substitute(place, end, `CAST(${bytes === null ? value : clipped(value, bytes)} AS ${draft.code(from, to)})`);
}

function dateAdd(call: Call): void {
  expect(call, 3);
  const { draft, place, items, end } = call;
  const part = datePart(draft, items[0]?.[0] ?? 0);
  if (/^(dow|doy|epoch|timezone)/.test(part)) throw new StatementError('22023', `DATEADD adds no ${part}`);
  const unit = part === 'quarter' ? '3 months' : `1 ${part}`;
  draft.substitute(place, end, `rs_compat.date_add(${call.arguments[1] ?? ''}, INTERVAL '${unit}', ${asTimestamp(call, 2)})`);
}

function dateDifference(call: Call): void {
  expect(call, 3);
  const { draft, place, items, end } = call;
  const part = datePart(draft, items[0]?.[0] ?? 0);
  if (/^(dow|doy|epoch|timezone)/.test(part)) throw new StatementError('22023', `DATEDIFF counts no ${part}`);
  draft.substitute(place, end, `rs_compat.date_diff('${part}', ${asTimestamp(call, 1)}, ${asTimestamp(call, 2)})`);
}

function partOf(call: Call): void {
  expect(call, 2);
  const { draft, place, items, end } = call;
  const token = draft.at(items[0]?.[0] ?? 0);
  if (token?.kind !== 'word' && token?.kind !== 'string') return;
  draft.substitute(place, end, `date_part('${datePart(draft, items[0]?.[0] ?? 0)}', ${asTimestamp(call, 1)})`);
}

/** A whole number, where PostgreSQL has fractions of seconds. @source Redshift developer guide, EXTRACT function */
function extract({ draft, place, end }: Call): void {
  const from = draft.find(place + 2, 'FROM');
  if (from < 0) return;
  const part = datePart(draft, place + 2);
  const value = draft.code(from + 1, end - 1);
  draft.substitute(place, end, `CAST(TRUNC(EXTRACT(${part} FROM ${value})) AS ${part === 'epoch' ? 'BIGINT' : 'INTEGER'})`);
}

/** NULL is found among the searched, unlike with =. @source Redshift developer guide, DECODE expression */
function decode(call: Call): void {
  const [value = '', ...rest] = call.arguments;
  if (rest.length < 2) throw new StatementError('42883', 'DECODE needs an expression, what is searched, and a result');
  let text = 'CASE';
  let index = 0;
  for (; index + 1 < rest.length; index += 2)
    text += ` WHEN (${value}) IS NOT DISTINCT FROM (${rest[index] ?? ''}) THEN ${rest[index + 1] ?? ''}`;
  if (index < rest.length) text += ` ELSE ${rest[index] ?? ''}`;
  call.draft.substitute(call.place, call.end, `(${text} END)`);
}

function nvl2(call: Call): void {
  expect(call, 3);
  const [value = '', set = '', unset = ''] = call.arguments;
  call.draft.substitute(call.place, call.end, `(CASE WHEN (${value}) IS NOT NULL THEN ${set} ELSE ${unset} END)`);
}

/** JSON_EXTRACT_PATH_TEXT(text, key, …, null_if_invalid): five keys at most, and then perhaps a boolean. */
function jsonPath(call: Call): void {
  const { draft, items, place, end } = call;
  const last = items.at(-1)?.[0] ?? 0;
  const hasFlag = draft.is(last, 'TRUE|FALSE');
  expect(call, hasFlag ? 3 : 2, hasFlag ? 7 : 6);
  if (!hasFlag) return draft.replace(place, 'rs_compat.json_extract_path_text');
  const [json = '', ...keys] = call.arguments.slice(0, -1);
  draft.substitute(place, end, `rs_compat.json_extract_path_text(${[draft.code(last, last + 1), json, ...keys].join(', ')})`);
}

/** @source Redshift developer guide, LISTAGG function */
function listAggregate(call: Call): void {
  expect(call, 1, 2);
  const { draft, place, items } = call;
  const [first, past] = items[0] ?? [0, 0];
  const isDistinct = draft.is(first, 'DISTINCT');
  const value = draft.code(draft.is(first, 'DISTINCT|ALL') ? first + 1 : first, past);
  const delimiter = call.arguments[1] ?? "''";
  let end = call.end;
  let order = '';
  if (draft.is(end, 'WITHIN', 'GROUP', '(')) {
    const close = draft.closing(end + 2);
    order = draft.code(end + 3, close);
    end = close + 1;
  }
  const window = over(call, end);
  const text = `CAST(${value} AS VARCHAR)`;
  const behind = order === '' ? '' : ` ${order}`;
  if (window.text === '') {
    const plain = `STRING_AGG(${text}, ${delimiter}${behind})`;
    const distinct = `NULLIF(ARRAY_TO_STRING(ARRAY_AGG(DISTINCT ${value}${behind}), ${delimiter}), '')`;
    return draft.substitute(place, window.end, isDistinct ? distinct : plain);
  }
  if (isDistinct) throw notSupported('LISTAGG (DISTINCT …) OVER', 'aggregate in a subquery with GROUP BY');
  // The frame is the whole partition, in the order of the list.
  const partition = draft.code(end + 2, window.end - 1);
  const frame = order === '' ? '' : `${behind} ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING`;
  return draft.substitute(place, window.end, `STRING_AGG(${text}, ${delimiter}) OVER (${partition}${frame})`);
}

const clipped = (value: string, bytes: number) => `rs_compat.clip(CAST(${value} AS VARCHAR), ${String(bytes)})`;

/** CAST(… AS VARCHAR(n)) cuts off after n bytes, where PostgreSQL counts characters. */
function clipCast({ draft, place, end }: Call): void {
  const as = draft.find(place + 2, 'AS');
  if (as < 0 || as > end || !isVarying(draft, as + 1)) return;
  const { bytes } = rewriteType(draft, as + 1);
  if (bytes === null || draft.is(place + 2, 'NULL')) return;
  draft.replace(place + 1, '(rs_compat.clip(CAST(');
  draft.replace(as, `AS VARCHAR), ${String(bytes)}) AS`);
}

/** The same as `value::VARCHAR(n)`. */
function clipShorthand(draft: Draft, place: number): void {
  if (!isVarying(draft, place + 1)) return;
  const { bytes, end } = rewriteType(draft, place + 1);
  if (bytes === null) return;
  draft.putBefore(operandStart(draft, place), 'CAST(rs_compat.clip(CAST(');
  draft.replace(place, ` AS VARCHAR), ${String(bytes)}) AS `);
  draft.putBehind(end - 1, ')');
}

const isVarying = (draft: Draft, place: number) =>
  draft.is(place, 'VARCHAR|NVARCHAR|TEXT') || draft.is(place, 'CHARACTER|CHAR', 'VARYING');

/** Where the operand in front of `::` begins. */
function operandStart(draft: Draft, place: number): number {
  let start = place - 1;
  if (draft.word(start) === ')') {
    start = draft.opening(start);
    if (isName(draft, start - 1)) start -= 1;
  } else if (draft.word(start) === 'END') start = draft.caseOf(start);
  while (draft.word(start - 1) === '.') start -= 2;
  if (draft.word(start - 1) === '$') start -= 1;
  if (draft.at(start)?.kind === 'string' && draft.is(start - 1, 'DATE|TIMESTAMP|TIMESTAMPTZ|TIME|TIMETZ|INTERVAL')) start -= 1;
  return draft.word(start - 1) === '::' ? operandStart(draft, start - 1) : start;
}

const KEYWORDS =
  'SELECT|FROM|WHERE|AND|OR|NOT|IN|THEN|ELSE|WHEN|ON|HAVING|BY|AS|LIKE|ILIKE|BETWEEN|IS|DISTINCT|ALL|ANY|CASE|VALUES|OVER';

function isName(draft: Draft, place: number): boolean {
  const kind = draft.at(place)?.kind;
  return kind === 'quoted' || (kind === 'word' && !draft.is(place, KEYWORDS));
}
