import type { IncomingMessage, ServerResponse } from 'node:http';
import { errorStack } from '../../errors.ts';
import type { Clock } from '../../clock.ts';
import { systemClock } from '../../clock.ts';
import type { LoopbackServer } from '../../http/loopback-server.ts';
import { startLoopbackServer } from '../../http/loopback-server.ts';
import { ScheduleExpressionError } from './error.ts';
import { nextRuns, parseSchedule } from './expression.ts';

/** A schedule as a page shows it. */
export interface ScheduleDescription {
  readonly name: string;
  readonly expression: string;
  readonly timezone: string;
  readonly enabled: boolean;
  /** ARN of what it starts. */
  readonly target: string;
}

export interface SchedulePagesOptions {
  readonly schedules: readonly ScheduleDescription[];
  /** As the scheduler's: how many times faster time passes for schedules from the start on. */
  readonly timeFactor: number;
  log(this: void, line: string): void;
  /** @default the system's */
  readonly clock?: Clock;
}

/** @source the console of EventBridge Scheduler shows the next ten */
const MAX_RUNS = 10;
const PAGES = 'GET /_schedules, GET /_next-runs?expression=cron(…)&timezone=UTC&count=3';

/**
 * What the scheduler does and when, for people: AWS shows it in its console alone, so these are pages without a signature.
 *
 * @remarks It is started with the scheduler, whose time begins then.
 */
export function startSchedulePages({
  schedules,
  timeFactor,
  log,
  clock = systemClock,
}: SchedulePagesOptions): Promise<LoopbackServer> {
  const start = clock.now();

  /** The next runs from now on: on the clocks of the world, and here, where time passes faster. */
  function runsOf(expression: string, timezone: string, count: number): object {
    const schedule = { expression, timezone };
    const declared = nextRuns(schedule, count, new Date(clock.now())).map((run) => run.toISOString());
    const { next } = parseSchedule(schedule);
    const here: string[] = [];
    const passed = start + (clock.now() - start) * timeFactor;
    for (let due = next(passed, start); due !== undefined && here.length < count; due = next(due, start))
      here.push(new Date(start + (due - start) / timeFactor).toISOString());
    return { declared, here, timeFactor };
  }

  function pageOf({ method = '', url = '' }: IncomingMessage): readonly [status: number, page: object] {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    if (method === 'GET' && pathname === '/_schedules') return [200, { schedules, timeFactor }];
    if (method !== 'GET' || pathname !== '/_next-runs')
      return [404, { message: `${method} ${pathname} is not supported locally: scheduler knows ${PAGES}` }];
    const count = Number(searchParams.get('count') ?? 3);
    if (!Number.isInteger(count) || count < 1 || count > MAX_RUNS)
      return [400, { message: `count: write a whole number from 1 to ${String(MAX_RUNS)}` }];
    try {
      return [200, runsOf(searchParams.get('expression') ?? '', searchParams.get('timezone') ?? 'UTC', count)];
    } catch (error) {
      if (!(error instanceof ScheduleExpressionError)) throw error;
      return [400, { message: error.message }];
    }
  }

  return startLoopbackServer({ port: 0 }, (request: IncomingMessage, response: ServerResponse) => {
    try {
      const [status, page] = pageOf(request);
      response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(page)}\n`);
    } catch (error) {
      log(`scheduler failed: ${errorStack(error)}`);
      response.writeHead(500).end();
    }
    return Promise.resolve();
  });
}
