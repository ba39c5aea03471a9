import { common, quotient, typeOf, withoutNulls } from './decimal-types.ts';
import type { Draft } from './draft.ts';

/** Words in front of which an operand cannot stand any more. */
const BOUNDARY =
  ',|(|SELECT|DISTINCT|ALL|WHERE|AND|OR|NOT|ON|BY|HAVING|WHEN|THEN|ELSE|CASE|BETWEEN|IN|LIKE|IS|AS|FROM|SET|VALUES|RETURNING|LIMIT|' +
  'QUALIFY|+|-|=|<|>|<=|>=|<>|!=|\\|\\|';

/**
 * Let a quotient of decimals have the precision and the scale of Redshift's, where their types are known.
 *
 * @source Redshift developer guide, "Computations with numeric values"
 */
export function rewriteDivision(draft: Draft, place: number): void {
  const start = chainStart(draft, place);
  const end = factorEnd(draft, place + 1);
  const left = typeOf(draft, start, place);
  const right = typeOf(draft, place + 1, end);
  if (left === undefined || right === undefined) return;
  const type = quotient(left, right);
  if (type?.isDecimal !== true) return;
  draft.putBefore(start, 'CAST(rs_compat.divide(');
  draft.replace(place, ',');
  draft.putBehind(end - 1, `, ${String(type.scale)}) AS NUMERIC(${String(type.precision)}, ${String(type.scale)}))`);
}

/**
 * Let all branches of COALESCE, NVL or CASE have one scale: a number that is written gets the places that it lacks, which costs nothing.
 *
 * @param branches - first and past-the-last place of each
 * @returns the scale that other branches lack; undefined: none does, or it is not known
 */
export function alignBranches(draft: Draft, branches: readonly (readonly [number, number])[]): number | undefined {
  const set = withoutNulls(draft, branches);
  const types = set.map(([from, to]) => typeOf(draft, from, to));
  const type = common(types);
  if (type?.isDecimal !== true) return undefined;
  let isEven = true;
  for (const [index, [from, to]] of set.entries()) {
    const missing = type.scale - (types[index]?.scale ?? 0);
    if (missing === 0) continue;
    const number = draft.at(to - 1);
    const isWritten = number?.kind === 'number' && (to === from + 1 || (to === from + 2 && draft.is(from, '-|+')));
    if (!isWritten) isEven = false;
    else draft.replace(to - 1, `${number.text}${number.text.includes('.') ? '' : '.'}${'0'.repeat(missing)}`);
  }
  return isEven ? undefined : type.scale;
}

/** Where the product begins that is divided: `a * b` of `a * b / c`. */
function chainStart(draft: Draft, place: number): number {
  let start = place;
  for (let before = place - 1; before >= 0; before -= 1) {
    if (draft.word(before) === ')') before = draft.opening(before);
    else if (draft.word(before) === 'END') before = draft.caseOf(before);
    else if (draft.is(before, BOUNDARY)) {
      // A sign belongs to what is behind it, a difference does not.
      if (draft.is(before, '-|+') && (before === 0 || draft.is(before - 1, BOUNDARY) || draft.is(before - 1, '*|/|%'))) {
        start = before;
        continue;
      }
      break;
    } else if (!draft.is(before, '*|/|%|.|::|$') && draft.at(before)?.kind === 'operator') break;
    start = before;
  }
  return start;
}

/** Past the operand that begins at the place. */
function factorEnd(draft: Draft, place: number): number {
  let end = draft.is(place, '-|+') ? place + 1 : place;
  if (draft.word(end) === '(') end = draft.closing(end) + 1;
  else end = draft.nameEnd(end);
  if (draft.word(end) === '(' && draft.at(end - 1)?.kind === 'word') end = draft.closing(end) + 1;
  if (draft.is(end, 'OVER')) end = draft.word(end + 1) === '(' ? draft.closing(end + 1) + 1 : end + 2;
  while (draft.word(end) === '::') {
    end += 2;
    if (draft.word(end) === '(') end = draft.closing(end) + 1;
  }
  return end;
}
