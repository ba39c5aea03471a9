import type { Draft } from './draft.ts';
import { StatementError, notSupported } from './errors.ts';

// https://docs.aws.amazon.com/redshift/latest/dg/c_Supported_data_types.html

/** Written as in PostgreSQL, and meant so. */
const SAME = new Set([
  ...['SMALLINT', 'INT2', 'INTEGER', 'INT', 'INT4', 'BIGINT', 'INT8', 'REAL', 'FLOAT4', 'FLOAT8', 'FLOAT', 'DOUBLE'],
  ...['BOOLEAN', 'BOOL', 'DATE', 'TIMESTAMP', 'TIMESTAMPTZ', 'TIME', 'TIMETZ', 'INTERVAL', 'OID', 'REGCLASS', 'NAME'],
]);

/** Texts, with the length that each has when none is written. */
const TEXTS: Readonly<Record<string, readonly [type: string, length: number]>> = {
  VARCHAR: ['VARCHAR', 256],
  NVARCHAR: ['VARCHAR', 256],
  TEXT: ['VARCHAR', 256],
  BPCHAR: ['CHAR', 256],
  CHAR: ['CHAR', 1],
  CHARACTER: ['CHAR', 1],
  NCHAR: ['CHAR', 1],
};

const ELSEWHERE = new Set(['VARBYTE', 'VARBINARY', 'BINARY', 'GEOMETRY', 'GEOGRAPHY', 'HLLSKETCH']);

/** A type that was read. */
export interface ReadType {
  /** The place behind it. */
  readonly end: number;
  /** Most bytes of a text; null: it is no text. */
  readonly bytes: number | null;
}

/**
 * Make the type at `place` mean what it means in Redshift: VARCHAR is VARCHAR(256), DECIMAL is DECIMAL(18,0).
 *
 * @throws StatementError for a type that Redshift, or the stand-in, does not have
 */
export function rewriteType(draft: Draft, place: number): ReadType {
  const word = draft.word(place);
  const text = TEXTS[word];
  if (text !== undefined) return rewriteText(draft, place, ...text);
  if (word === 'DECIMAL' || word === 'NUMERIC') {
    const open = place + 1;
    if (draft.word(open) !== '(') {
      draft.replace(place, `${draft.text(place, open)}(18,0)`);
      return { end: open, bytes: null };
    }
    const precision = Number(draft.at(open + 1)?.text);
    if (precision > 38) throw new StatementError('22023', `DECIMAL precision ${String(precision)} must be between 1 and 38`);
    return { end: draft.closing(open) + 1, bytes: null };
  }
  if (word === 'SUPER') {
    draft.replace(place, 'rs_compat.super');
    return { end: place + 1, bytes: null };
  }
  if (ELSEWHERE.has(word)) throw notSupported(`the type ${word}`, 'the local warehouse has no such values');
  if (!SAME.has(word))
    throw notSupported(
      `the type ${draft.at(place)?.text ?? '(none)'}`,
      'Redshift has SMALLINT, INTEGER, BIGINT, DECIMAL(p,s), REAL, DOUBLE PRECISION, BOOLEAN, CHAR(n), VARCHAR(n), DATE, TIME, ' +
        'TIMESTAMP, their variants with time zone, and SUPER',
    );
  return { end: endOf(draft, place + (draft.is(place, 'DOUBLE', 'PRECISION') ? 2 : 1)), bytes: null };
}

function rewriteText(draft: Draft, place: number, type: string, length: number): ReadType {
  const isVarying = draft.is(place, 'CHARACTER|CHAR', 'VARYING');
  const open = place + (isVarying ? 2 : 1);
  const [name, unwritten] = isVarying ? (['VARCHAR', 256] as const) : [type, length];
  const isWritten = draft.word(open) === '(' && draft.word(place) !== 'TEXT';
  const isKnown = name === draft.word(place) || isVarying;
  if (!isWritten) {
    draft.replace(place, `${name}(${String(unwritten)})`);
    draft.remove(place + 1, open);
    return { end: open, bytes: unwritten };
  }
  if (!isKnown) draft.replace(place, name);
  if (draft.word(open + 1) === 'MAX') draft.replace(open + 1, name === 'CHAR' ? '4096' : '65535');
  const bytes = Number(draft.text(open + 1, open + 2));
  if (bytes > 65535) throw new StatementError('22023', 'length for type character varying cannot exceed 65535');
  return { end: draft.closing(open) + 1, bytes };
}

/** Past a precision and a time zone; arrays there are none. */
function endOf(draft: Draft, place: number): number {
  let end = draft.word(place) === '(' ? draft.closing(place) + 1 : place;
  if (draft.is(end, 'WITH|WITHOUT', 'TIME', 'ZONE')) end += 3;
  return end;
}
