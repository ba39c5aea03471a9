import type { Clock } from '../../clock.ts';
import { ServiceError } from '../../errors.ts';
import { parseSchedule } from '../scheduler/expression.ts';
import type { Crawlers } from './crawlers.ts';

/**
 * Start crawlers when their schedules say so, until `signal` is aborted.
 *
 * @param timeFactor - how many times faster time passes for schedules, from now on
 * @returns when the last of them has ended
 * @throws ScheduleExpressionError at once
 */
export function followSchedules(
  crawlers: Crawlers,
  { clock, timeFactor, log }: { readonly clock: Clock; readonly timeFactor: number; readonly log: (line: string) => void },
  signal: AbortSignal,
): Promise<unknown> {
  const timetables = crawlers.all().flatMap(({ definition: { name, schedule } }) => {
    // Those of crawlers are in UTC. @source Glue developer guide, "Time-based schedules for jobs and crawlers"
    return schedule === undefined ? [] : [{ name, timetable: parseSchedule({ expression: schedule, timezone: 'UTC' }) }];
  });
  const start = clock.now();
  const now = () => start + (clock.now() - start) * timeFactor;
  return Promise.all(
    timetables.map(async ({ name, timetable }) => {
      for (let due = timetable.next(start, start); due !== undefined; due = timetable.next(Math.max(due, now()), start)) {
        while (!signal.aborted && now() < due) await clock.wait((due - now()) / timeFactor, signal);
        if (signal.aborted) return;
        try {
          crawlers.start(name);
        } catch (error) {
          if (!(error instanceof ServiceError)) throw error;
          log(`crawler ${name}: its time has come, but ${error.message}`);
        }
      }
    }),
  );
}
