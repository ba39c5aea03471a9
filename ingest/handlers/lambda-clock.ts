import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import type { RunClock } from '../warehouse/run-clock.ts';

/** How long before its time-out a function is done with everything. @unit milliseconds */
const MARGIN = 5000;

/** The time that a run of a function has. It never goes back within the run, whatever becomes of the machine's clock. */
export function lambdaClock(context: Context): RunClock {
  const started = Date.now();
  const begun = performance.now();
  const now = () => started + Math.floor(performance.now() - begun);
  return {
    now,
    async sleep(milliseconds) {
      await sleep(milliseconds);
    },
    deadline: started + context.getRemainingTimeInMillis() - MARGIN,
  };
}
