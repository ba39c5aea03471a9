import type { Draft } from './draft.ts';
import { StatementError } from './errors.ts';
import { stringValue } from './sql-lexer.ts';

/**
 * The words for each part of a date, as PostgreSQL calls it.
 *
 * @source Redshift developer guide, "Date parts for date or timestamp functions"
 */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  millennium: ['millennium', 'millennia', 'mil', 'mils'],
  century: ['century', 'centuries', 'c', 'cent', 'cents'],
  decade: ['decade', 'decades', 'dec', 'decs'],
  epoch: ['epoch'],
  year: ['year', 'years', 'y', 'yr', 'yrs'],
  quarter: ['quarter', 'quarters', 'qtr', 'qtrs'],
  month: ['month', 'months', 'mon', 'mons'],
  week: ['week', 'weeks', 'w'],
  dow: ['dayofweek', 'dow', 'dw', 'weekday'],
  doy: ['dayofyear', 'doy', 'dy', 'yearday'],
  day: ['day', 'days', 'd'],
  hour: ['hour', 'hours', 'h', 'hr', 'hrs'],
  minute: ['minute', 'minutes', 'm', 'min', 'mins'],
  second: ['second', 'seconds', 's', 'sec', 'secs'],
  millisecond: [
    'millisecond',
    'milliseconds',
    'ms',
    'msec',
    'msecs',
    'msecond',
    'mseconds',
    'millisec',
    'millisecs',
    'millisecon',
  ],
  microsecond: [
    'microsecond',
    'microseconds',
    'microsec',
    'microsecs',
    'microsecond',
    'usecond',
    'useconds',
    'us',
    'usec',
    'usecs',
  ],
  timezone: ['timezone'],
  timezone_hour: ['timezone_hour'],
  timezone_minute: ['timezone_minute'],
};

const BY_WORD = new Map(Object.entries(PARTS).flatMap(([part, words]) => words.map((word) => [word, part] as const)));

/** The part that stands at the place, as a name or a text. @throws StatementError when it is none */
export function datePart(draft: Draft, place: number): string {
  const token = draft.at(place);
  const written = token?.kind === 'string' ? stringValue(token.text) : (token?.text ?? '').replaceAll('"', '');
  const part = BY_WORD.get(written.toLowerCase());
  if (part === undefined)
    throw new StatementError(
      '22023',
      `"${written}" is no part of a date: write year, quarter, month, week, day, hour, minute, second, …`,
    );
  return part;
}
