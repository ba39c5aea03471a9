import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import type { RunClock } from '../warehouse/run-clock.ts';

/** How long before its time-out a function is done with everything. @unit milliseconds */
const MARGIN = 5000;

/** The time that a run of a function has. */
export function lambdaClock(context: Context): RunClock {
  return {
    now: Date.now,
    async sleep(milliseconds) {
      await sleep(milliseconds);
    },
    deadline: Date.now() + context.getRemainingTimeInMillis() - MARGIN,
  };
}
