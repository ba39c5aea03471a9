import type { ScheduleDefinition } from './definition.ts';
import { nextCronRun, parseCron } from './cron.ts';
import { ScheduleExpressionError } from './error.ts';
import { checkTimezone, instantOf } from './time.ts';

/** When a schedule runs. */
export interface Timetable {
  /** `rate` runs at its start and then at equal distances from it, whatever the clocks of a place do. */
  readonly kind: 'rate' | 'cron' | 'at';
  /**
   * The first run after a time.
   *
   * @param after - ms since 1970
   * @param start - when the schedule began; only `rate` counts from it
   * @returns undefined when there is none any more
   */
  next(this: void, after: number, start: number): number | undefined;
}

/** @unit ms */
const UNITS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/**
 * @throws ScheduleExpressionError
 * @source EventBridge Scheduler API, CreateSchedule, ScheduleExpression; a day of a rate is 24 hours (User Guide, "Schedule types")
 */
export function parseSchedule({ expression, timezone }: Pick<ScheduleDefinition, 'expression' | 'timezone'>): Timetable {
  try {
    checkTimezone(timezone);
  } catch (cause) {
    throw new ScheduleExpressionError(expression, `there is no time zone ${timezone}: write one such as Europe/London`, {
      cause,
    });
  }
  const [, kind, inner = ''] = /^(rate|cron|at)\((.*)\)$/.exec(expression.trim()) ?? [];
  if (kind === 'rate') return rateOf(expression, inner);
  if (kind === 'at') return onceOf(expression, inner, timezone);
  if (kind === 'cron') {
    const cron = parseCron(expression, inner);
    return { kind, next: (after) => nextCronRun(cron, timezone, after) };
  }
  throw new ScheduleExpressionError(expression, 'write rate(15 minutes), cron(0 8 * * ? *) or at(2027-01-01T00:00:00)');
}

/** The next runs of a schedule, at most `count` of them; a rate counts from `from`. @throws ScheduleExpressionError */
export function nextRuns(
  schedule: Pick<ScheduleDefinition, 'expression' | 'timezone'>,
  count: number,
  from: Date,
): readonly Date[] {
  const { next } = parseSchedule(schedule);
  const runs: Date[] = [];
  for (let time = next(from.getTime(), from.getTime()); time !== undefined && runs.length < count;) {
    runs.push(new Date(time));
    time = next(time, from.getTime());
  }
  return runs;
}

function rateOf(expression: string, inner: string): Timetable {
  const [, value = '', unit] = /^\s*(\d+)\s+(minute|hour|day)s?\s*$/.exec(inner) ?? [];
  const distance = Number(value) * UNITS[(unit ?? 'minute') as keyof typeof UNITS];
  if (unit === undefined || distance === 0) {
    throw new ScheduleExpressionError(expression, 'write a rate with a positive number, such as rate(15 minutes)');
  }
  return { kind: 'rate', next: (after, start) => start + (Math.floor((after - start) / distance) + 1) * distance };
}

function onceOf(expression: string, inner: string, timezone: string): Timetable {
  const [, minute = '', second = ''] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d):(\d\d)$/.exec(inner) ?? [];
  const shown = new Date(`${minute}:${second}Z`);
  if (Number.isNaN(shown.getTime()) || !shown.toISOString().startsWith(`${minute}:${second}`)) {
    throw new ScheduleExpressionError(expression, 'write a time that there is, such as at(2027-01-01T00:00:00)');
  }
  const [year = 0, month = 0, day = 0, hour = 0, wanted = 0] = minute.split(/[-T:]/).map(Number);
  const instant = instantOf({ year, month, day, hour, minute: wanted }, timezone);
  if (instant === undefined) {
    throw new ScheduleExpressionError(expression, `the clocks of ${timezone} skip this time: write another`);
  }
  const time = instant + Number(second) * 1000;
  return { kind: 'at', next: (after) => (time > after ? time : undefined) };
}
