import type { Draft } from './draft.ts';
import { notSupported } from './errors.ts';
import { nameOf, quoteName } from './names.ts';

const SET_OPERATORS = 'UNION|EXCEPT|INTERSECT|MINUS';

/** Where the SELECT ends that begins at `place`: at a set operator, a closing parenthesis, or the end. */
function endOfSelect(draft: Draft, place: number): number {
  let end = place;
  for (; end < draft.length; end += 1) {
    const word = draft.word(end);
    if (word === '(') end = draft.closing(end);
    else if (word === ')' || word === ';' || draft.is(end, SET_OPERATORS)) return end;
  }
  return Math.min(end, draft.length);
}

/**
 * Clauses of a SELECT that PostgreSQL writes in another way. What is inside the SELECT was rewritten before.
 *
 * @param isOfCatalog - whether it asks the catalog only: there the condition may say the aliases of columns, as drivers do
 */
export function rewriteSelect(draft: Draft, place: number, isOfCatalog: boolean): void {
  const end = endOfSelect(draft, place);
  if (isOfCatalog) replaceAliases(draft, place, end);
  const top = topOf(draft, place, end);
  const qualify = draft.find(place, 'QUALIFY');
  if (qualify > 0 && qualify < end) rewriteQualify(draft, place, qualify, end);
  if (top !== undefined) draft.putBehind(end - 1, ` LIMIT ${top}`);
}

/** TOP n, taken out. @source Redshift developer guide, SELECT list: TOP */
function topOf(draft: Draft, place: number, end: number): string | undefined {
  const at = draft.is(place + 1, 'DISTINCT|ALL') ? place + 2 : place + 1;
  const isParameter = draft.at(at + 1)?.kind === 'parameter' || draft.word(at + 1) === '$';
  if (!draft.is(at, 'TOP') || !(isParameter || draft.at(at + 1)?.kind === 'number' || draft.is(at + 1, '('))) return undefined;
  const past = draft.is(at + 1, '(') ? draft.closing(at + 1) + 1 : draft.word(at + 1) === '$' ? at + 3 : at + 2;
  if (draft.is(end, SET_OPERATORS) || draft.is(place - 1, `${SET_OPERATORS}|ALL`))
    throw notSupported('TOP in a part of UNION, EXCEPT or INTERSECT', 'put the part into parentheses and write LIMIT');
  const limit = draft.find(place, 'LIMIT');
  if (limit > 0 && limit < end) throw notSupported('TOP together with LIMIT', 'write one of them');
  const count = draft.code(at + 1, past);
  draft.remove(at, past);
  return count;
}

/** Behind the condition of QUALIFY. */
const AFTER_QUALIFY = ['ORDER', 'LIMIT', 'OFFSET'];

/**
 * `SELECT … QUALIFY condition` as a subquery that knows the condition, and a query that asks for it.
 *
 * @source Redshift developer guide, QUALIFY clause
 */
function rewriteQualify(draft: Draft, place: number, qualify: number, end: number): void {
  const from = draft.find(place, 'FROM');
  if (from < 0 || from > qualify) throw notSupported('QUALIFY without FROM', 'write WHERE');
  if (draft.is(place + 1, 'DISTINCT')) throw notSupported('SELECT DISTINCT … QUALIFY', 'write DISTINCT around it');
  const past = (words: readonly string[]) =>
    Math.min(end, ...words.map((word) => draft.find(qualify, word)).filter((found) => found > 0 && found < end));
  const condition = past(AFTER_QUALIFY);
  const limit = past(['LIMIT', 'OFFSET']);
  const columns = selectList(draft, place + 1, from).map((span, index) => column(draft, span, index, from));
  for (let at = qualify + 1; at < condition; at += 1) replaceAlias(draft, at, columns);
  const inner = columns.map(({ inside }) => inside).join(', ');
  const rest = draft.code(from, qualify);
  const order = draft.code(condition, limit);
  const subquery = `SELECT ${inner}, (${draft.code(qualify + 1, condition)}) AS "rs qualifies" ${rest} ${order}`;
  const outer = columns.map(({ outside }) => outside).join(', ');
  const tail = draft.code(limit, end);
  draft.substitute(place, end, `SELECT ${outer} FROM (${subquery}) AS "rs qualified" WHERE "rs qualifies" ${tail}`);
}

function replaceAliases(draft: Draft, place: number, end: number): void {
  const from = draft.find(place, 'FROM');
  if (from < 0 || from > end) return;
  const aliases: Pick<Column, 'alias' | 'expression'>[] = [];
  const replaceIn = (start: number, past: number) => {
    for (let at = start; at < past; at += 1) {
      if (draft.word(at) === '(' && draft.is(at + 1, 'SELECT|WITH')) at = draft.closing(at);
      else replaceAlias(draft, at, aliases);
    }
  };
  for (const [first, last] of selectList(draft, place + 1, from)) {
    const hasAlias = draft.word(last - 2) === 'AS';
    replaceIn(first, hasAlias ? last - 2 : last);
    const alias = nameOf(draft.at(last - 1)?.text ?? '');
    const isOfItself = Array.from({ length: last - first - 1 }, (_, index) => draft.at(first + index)?.text ?? '').some(
      (text) => nameOf(text) === alias,
    );
    if (hasAlias && !isOfItself) aliases.push({ alias, expression: draft.code(first, last - 2) });
  }
  const where = draft.find(place, 'WHERE');
  if (where < 0 || where > end) return;
  const past = ['GROUP', 'HAVING', 'ORDER', 'LIMIT'].map((word) => draft.find(where, word)).filter((found) => found > 0);
  replaceIn(where + 1, Math.min(end, ...past));
}

interface Column {
  readonly inside: string;
  readonly outside: string;
  readonly alias: string | undefined;
  readonly expression: string;
}

function selectList(draft: Draft, start: number, end: number): (readonly [number, number])[] {
  const list: (readonly [number, number])[] = [];
  let first = start;
  for (let place = start; place < end; place += 1) {
    if (draft.word(place) === '(') place = draft.closing(place);
    else if (draft.word(place) === ',') {
      list.push([first, place]);
      first = place + 1;
    }
  }
  return [...list, [first, end]];
}

function column(draft: Draft, [first, past]: readonly [number, number], index: number, from: number): Column {
  const text = draft.code(first, past);
  if (draft.word(past - 1) === '*' && (past - first === 1 || draft.word(past - 2) === '.')) {
    const relation = past - first === 1 ? onlyRelation(draft, from) : draft.code(first, past - 2);
    const row = quoteName(`rs row ${String(index)}`);
    return { inside: `${relation} AS ${row}`, outside: `("rs qualified".${row}).*`, alias: undefined, expression: text };
  }
  const last = draft.at(past - 1);
  const isNamed = last?.kind === 'word' || last?.kind === 'quoted';
  if (!isNamed || draft.is(past - 1, 'END|NULL|TRUE|FALSE'))
    throw notSupported(`the column ${text} without a name in front of QUALIFY`, 'write AS and a name behind it');
  const hasAs = draft.word(past - 2) === 'AS';
  const isAlias = past - first > 1 && draft.word(past - 2) !== '.';
  return {
    inside: text,
    outside: quoteName(nameOf(last.text)),
    alias: isAlias ? nameOf(last.text) : undefined,
    expression: draft.code(first, hasAs ? past - 2 : past - 1),
  };
}

/** What `*` stands for, when that is one relation. */
function onlyRelation(draft: Draft, from: number): string {
  const end = draft.word(from + 1) === '(' ? draft.closing(from + 1) + 1 : draft.nameEnd(from + 1);
  const as = draft.is(end, 'AS') ? end + 1 : end;
  const isAliased =
    draft.at(as)?.kind === 'quoted' || (draft.at(as)?.kind === 'word' && !draft.is(as, 'WHERE|GROUP|HAVING|QUALIFY'));
  const past = isAliased && !draft.is(as, JOINS) ? as + 1 : end;
  if (!draft.is(past, 'WHERE|GROUP|HAVING|QUALIFY'))
    throw notSupported('SELECT * of several tables with QUALIFY', 'write a.*, b.*, or the columns');
  return draft.code(past - 1, past);
}

const JOINS = 'JOIN|INNER|LEFT|RIGHT|FULL|CROSS|NATURAL';

/** The condition may say the alias of a column. */
function replaceAlias(draft: Draft, place: number, columns: readonly Pick<Column, 'alias' | 'expression'>[]): void {
  const token = draft.at(place);
  if (token?.kind !== 'word' && token?.kind !== 'quoted') return;
  if (draft.word(place - 1) === '.' || draft.is(place + 1, '.|(')) return;
  const found = columns.find(({ alias }) => alias === nameOf(token.text));
  if (found !== undefined) draft.replace(place, `(${found.expression})`);
}
