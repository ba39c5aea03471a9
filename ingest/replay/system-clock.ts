import { setTimeout } from 'node:timers/promises';
import type { Clock } from './sending.ts';

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wait: (milliseconds, signal) => setTimeout(milliseconds, undefined, { signal }),
};
