import { ScheduleExpressionError } from './error.ts';
import { instantOf, localOf } from './time.ts';

/** The six fields of a cron expression, understood. Lists are sorted. */
export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly months: readonly number[];
  readonly years: readonly number[];
  matchesDay(this: void, year: number, month: number, day: number): boolean;
}

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** What `least`, `least + 1`, … may be called. */
  readonly names?: readonly string[];
  /** Without steps: `/` is not known in it. */
  readonly isPlain?: boolean;
}

const FIELDS = {
  minutes: { name: 'minutes', least: 0, most: 59 },
  hours: { name: 'hours', least: 0, most: 23 },
  dayOfMonth: { name: 'day-of-month', least: 1, most: 31 },
  month: {
    name: 'month',
    least: 1,
    most: 12,
    names: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
  },
  dayOfWeek: {
    name: 'day-of-week',
    least: 1,
    most: 7,
    names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'],
    isPlain: true,
  },
  year: { name: 'year', least: 1970, most: 2199 },
} as const satisfies Record<string, Field>;

type DayTest = Cron['matchesDay'];

/**
 * Read what stands in `cron(…)`.
 *
 * @throws ScheduleExpressionError
 * @source EventBridge Scheduler User Guide, "Schedule types": minutes hours day-of-month month day-of-week year, with `, - * /` and for
 * days `? L W #`; one of the two fields for days is `?`. Ranges may pass the end (its example `20-2`). `W` stays within its month, as in
 * Quartz: AWS does not say.
 */
export function parseCron(expression: string, text: string): Cron {
  const fields = text.trim().toUpperCase().split(/\s+/);
  const [minutes = '', hours = '', dayOfMonth = '', month = '', dayOfWeek = '', year = ''] = fields;
  if (fields.length !== 6) {
    throw new ScheduleExpressionError(
      expression,
      `write six fields, minutes hours day-of-month month day-of-week year: got ${String(fields.length)}`,
    );
  }
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
    throw new ScheduleExpressionError(expression, 'write ? in one of the fields day-of-month and day-of-week, and only in one');
  }
  const list = (field: Field, value: string) => [...parseList(expression, field, value)].sort((one, other) => one - other);
  return {
    minutes: list(FIELDS.minutes, minutes),
    hours: list(FIELDS.hours, hours),
    months: list(FIELDS.month, month),
    years: list(FIELDS.year, year),
    matchesDay: dayOfWeek === '?' ? daysOfMonth(expression, dayOfMonth) : daysOfWeek(expression, dayOfWeek),
  };
}

/**
 * The first time after `after` at which the clocks of a place show a time of the expression.
 *
 * @param after - ms since 1970
 * @returns undefined when there is none until the end of 2199
 * @source EventBridge Scheduler User Guide, "Daylight savings time": a time that is skipped is not run, one that comes twice is run once
 */
export function nextCronRun(cron: Cron, timezone: string, after: number): number | undefined {
  const now = localOf(after, timezone);
  for (const year of cron.years) {
    if (year < now.year) continue;
    for (const month of cron.months) {
      if (year === now.year && month < now.month) continue;
      for (let day = 1; day <= daysIn(year, month); day += 1) {
        const isToday = year === now.year && month === now.month && day === now.day;
        if (year === now.year && month === now.month && day < now.day) continue;
        if (!cron.matchesDay(year, month, day)) continue;
        for (const hour of cron.hours) {
          for (const minute of cron.minutes) {
            if (isToday && hour * 60 + minute <= now.hour * 60 + now.minute) continue;
            const instant = instantOf({ year, month, day, hour, minute }, timezone);
            if (instant !== undefined && instant > after) return instant;
          }
        }
      }
    }
  }
  return undefined;
}

function daysOfMonth(expression: string, text: string): DayTest {
  const tests = text.split(',').map((part): DayTest => {
    if (part === 'L') return (year, month, day) => day === daysIn(year, month);
    const [, nearest] = /^(\d+)W$/.exec(part) ?? [];
    if (nearest === undefined) {
      const days = parseList(expression, FIELDS.dayOfMonth, part);
      return (_year, _month, day) => days.has(day);
    }
    const wanted = numberOf(expression, FIELDS.dayOfMonth, nearest);
    return (year, month, day) => wanted <= daysIn(year, month) && day === nearestWeekday(year, month, wanted);
  });
  return (year, month, day) => tests.some((test) => test(year, month, day));
}

function daysOfWeek(expression: string, text: string): DayTest {
  const parts = text.split(',');
  if (parts.length > 1 && text.includes('#')) {
    throw new ScheduleExpressionError(expression, `day-of-week: write # only alone, such as 3#2: got ${text}`);
  }
  const tests = parts.map((part): DayTest => {
    const [, which, place] = /^(\w+)#(\d)$/.exec(part) ?? [];
    if (which !== undefined && place !== undefined) {
      const wanted = numberOf(expression, FIELDS.dayOfWeek, which);
      if (place < '1' || place > '5') {
        throw new ScheduleExpressionError(expression, `day-of-week: write a number from 1 to 5 behind #: got ${part}`);
      }
      return (year, month, day) => weekdayOf(year, month, day) === wanted && Math.ceil(day / 7) === Number(place);
    }
    const [, last] = /^(\d|[A-Z]{3})L$/.exec(part) ?? [];
    if (last !== undefined) {
      const wanted = numberOf(expression, FIELDS.dayOfWeek, last);
      return (year, month, day) => weekdayOf(year, month, day) === wanted && day + 7 > daysIn(year, month);
    }
    // The last day of the week.
    const days = part === 'L' ? new Set([7]) : parseList(expression, FIELDS.dayOfWeek, part);
    return (year, month, day) => days.has(weekdayOf(year, month, day));
  });
  return (year, month, day) => tests.some((test) => test(year, month, day));
}

/** Numbers, names, ranges and steps, with commas between. */
function parseList(expression: string, field: Field, text: string): ReadonlySet<number> {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const [range = '', step, ...more] = part.split('/');
    if (more.length > 0 || (step !== undefined && (field.isPlain === true || !/^[1-9]\d*$/.test(step)))) {
      throw new ScheduleExpressionError(expression, `${field.name} cannot be ${text}`);
    }
    const [from, to] = boundsOf(expression, field, range, step !== undefined);
    const count = field.most - field.least + 1;
    const length = ((to - from + count) % count) + 1;
    for (let index = 0; index < length; index += Number(step ?? 1)) {
      values.add(field.least + ((from - field.least + index) % count));
    }
  }
  return values;
}

function boundsOf(expression: string, field: Field, range: string, isStepped: boolean): readonly [from: number, to: number] {
  if (range === '*') return [field.least, field.most];
  const [from = '', to, ...more] = range.split('-');
  if (more.length > 0) throw new ScheduleExpressionError(expression, `${field.name} cannot be ${range}`);
  const first = numberOf(expression, field, from);
  if (to === undefined) return [first, isStepped ? field.most : first];
  const last = numberOf(expression, field, to);
  if (last < first && field === FIELDS.year)
    throw new ScheduleExpressionError(expression, `year: ${range} ends before it begins`);
  return [first, last];
}

function numberOf(expression: string, { name, least, most, names = [] }: Field, text: string): number {
  const named = names.indexOf(text);
  const value = named >= 0 ? named + least : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  const words = names.length > 0 ? `, or ${names.join(', ')}` : '';
  throw new ScheduleExpressionError(
    expression,
    `${name}: write a number from ${String(least)} to ${String(most)}${words}: got ${text}`,
  );
}

/** 1 is Sunday. */
const weekdayOf = (year: number, month: number, day: number) => new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;
const daysIn = (year: number, month: number) => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** The day from Monday to Friday that is nearest to a day, in the same month. */
function nearestWeekday(year: number, month: number, day: number): number {
  const weekday = weekdayOf(year, month, day);
  if (weekday === 7) return day === 1 ? day + 2 : day - 1;
  if (weekday === 1) return day === daysIn(year, month) ? day - 2 : day + 1;
  return day;
}
