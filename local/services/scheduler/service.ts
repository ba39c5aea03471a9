import { backOffDelay, systemClock } from '../../clock.ts';
import type { Clock } from '../../clock.ts';
import type { ScheduleDefinition } from './definition.ts';
import { parseSchedule } from './expression.ts';
import type { Timetable } from './expression.ts';

export interface SchedulerOptions {
  readonly schedules: readonly ScheduleDefinition[];
  /**
   * How many times faster time passes for schedules, all kinds of them, from the start on: at 60 `rate(15 minutes)` and `cron(0/15 * * * ? *)`
   * both run every 15 seconds, and "midnight" comes when so much of that time is over.
   */
  readonly timeFactor: number;
  /** Put an event into a function's queue. */
  invokeAsynchronously(this: void, functionName: string, event: unknown): void | Promise<void>;
  /** Call Glue's StartJobRun. Absent when no schedule does. */
  startJobRun?(this: void, input: unknown): unknown;
  log(this: void, line: string): void;
  /** @default the system's */
  readonly clock?: Clock;
}

/** Schedules at work. */
export interface Scheduler {
  /** Nothing is invoked any more once it is called. */
  close(): Promise<void>;
}

/** Waits before the queue is asked again: 1 second, doubled up to a minute. AWS does not publish its own. @unit ms */
const BACK_OFF = { first: 1_000, max: 60_000 };

/**
 * EventBridge Scheduler: invokes functions, and starts runs of jobs, when their schedules say so.
 *
 * @remarks A rate runs at once and then at its distances: without a StartDate AWS begins "immediately" when the schedule is made, and here it
 * is made with each start. Runs that were missed, because the machine slept or was late, are one run. A one-time schedule whose time is over
 * at the start does not run: an earlier start has run it, or it is skipped.
 * @throws ScheduleExpressionError
 */
export function startScheduler(options: SchedulerOptions): Scheduler {
  const closing = new AbortController();
  const awake = options.schedules
    .filter(({ enabled }) => enabled)
    .map((schedule) => ({ ...schedule, event: eventOf(schedule), timetable: parseSchedule(schedule) }));
  const running = awake.map((schedule) => follow(schedule, options, closing.signal));
  return {
    close: async () => {
      closing.abort();
      await Promise.all(running);
    },
  };
}

type Schedule = ScheduleDefinition & { readonly event: unknown; readonly timetable: Timetable };

function eventOf({ name, input = '{}' }: ScheduleDefinition): unknown {
  try {
    return JSON.parse(input);
  } catch (cause) {
    throw new Error(`schedule ${name}: Input must be a JSON text: got ${input}`, { cause });
  }
}

async function follow(schedule: Schedule, options: SchedulerOptions, closing: AbortSignal): Promise<void> {
  const { timetable } = schedule;
  const { clock = systemClock, timeFactor, log } = options;
  const start = clock.now();
  const now = (): number => start + (clock.now() - start) * timeFactor;
  const invocations = new Set<Promise<void>>();
  let due = timetable.kind === 'rate' ? start : timetable.next(start, start);
  if (due === undefined) log(`schedule ${schedule.name}: ${schedule.expression} lies in the past and does not run`);
  while (due !== undefined) {
    while (!closing.aborted && now() < due) await clock.wait((due - now()) / timeFactor, closing);
    if (closing.aborted) break;
    const invocation = invoke(schedule, options, clock, closing).finally(() => invocations.delete(invocation));
    invocations.add(invocation);
    due = timetable.next(Math.max(due, now()), start);
  }
  await Promise.all(invocations);
}

/** Until the queue takes it, or the retries or the time for them are over. */
async function invoke(
  { name, target, event, retries, maximumAgeSeconds }: Schedule,
  { invokeAsynchronously, startJobRun, timeFactor, log }: SchedulerOptions,
  clock: Clock,
  closing: AbortSignal,
): Promise<void> {
  const end = clock.now() + (maximumAgeSeconds * 1000) / timeFactor;
  for (let attempt = 0; !closing.aborted; attempt += 1) {
    try {
      if (target.kind === 'function') await invokeAsynchronously(target.functionName, event);
      else if (startJobRun === undefined) throw new Error('Glue does not run');
      else await startJobRun(event);
      return;
    } catch (error) {
      const isOver = attempt >= retries || clock.now() >= end;
      const what = target.kind === 'function' ? `invoke ${target.functionName}` : `start ${target.jobName}`;
      log(`schedule ${name} cannot ${what}${isOver ? ', and gives up' : ''}: ${String(error)}`);
      if (isOver) return;
    }
    await clock.wait(backOffDelay(attempt + 1, { ...BACK_OFF, timeFactor }), closing);
  }
}
