import pg from 'pg';
import { errorText } from '../../errors.ts';
import { StatementError } from './errors.ts';
import { LIMIT } from './names.ts';

/** Sentences of PostgreSQL that Redshift says in other words. */
const SENTENCES: readonly (readonly [RegExp, string])[] = [
  [/^permission denied for (?:table|view|materialized view) /, 'permission denied for relation '],
  [/^MERGE command cannot affect row a second time$/, 'Found multiple matches to update the same tuple.'],
];

/**
 * An error of the engine in the words of Redshift.
 *
 * @param processId - of the session
 */
export function toStatementError(error: unknown, processId: number): StatementError {
  if (error instanceof StatementError) return error;
  if (error instanceof Error && error.name === 'AbortError')
    return new StatementError('57014', cancelled(processId), { cause: error });
  if (!(error instanceof pg.DatabaseError) || error.code === undefined)
    return new StatementError('08006', errorText(error), { cause: error });
  return new StatementError(error.code, textOf(error, processId), { cause: error });
}

function textOf({ code, message, detail, hint, table, constraint }: pg.DatabaseError, processId: number): string {
  // https://docs.aws.amazon.com/redshift/latest/dg/c_serial_isolation-serializable-isolation-troubleshooting.html
  if (code === '40001')
    return `1023\n  Detail: Serializable isolation violation on table${table === undefined ? '' : ` - ${table}`} (${message}) (pid:${String(processId)})`;
  if (code === '57014') return cancelled(processId);
  if (code === '23514' && constraint?.startsWith(LIMIT) === true)
    return `value too long for type character varying, in bytes\n  Detail: column ${constraint.slice(LIMIT.length)}`;
  const sentence = SENTENCES.reduce((text, [from, to]) => text.replace(from, to), message).replace(/"(?:role|group):/g, '"');
  return [
    sentence,
    ...(detail === undefined ? [] : [`Detail: ${detail}`]),
    ...(hint === undefined ? [] : [`Hint: ${hint}`]),
  ].join('\n  ');
}

const cancelled = (processId: number) => `Query (${String(processId)}) cancelled on user's request`;
