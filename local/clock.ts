/** Time as a service sees it; a test gives its own. */
export interface Clock {
  /** @unit ms since 1970 */
  now(): number;
  /** Resolves when so much time has passed, or as soon as the signal is aborted. @param milliseconds - may be more than a timer takes */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** Longest that one timer of Node can wait. @unit ms */
const MAX_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  wait: (milliseconds, signal) =>
    new Promise((resolve) => {
      const end = performance.now() + milliseconds;
      let timer: NodeJS.Timeout | undefined;
      const over = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', over);
        resolve();
      };
      const next = (): void => {
        const left = end - performance.now();
        if (left <= 0) over();
        else timer = setTimeout(next, Math.min(left, MAX_TIMER_MS));
      };
      signal.addEventListener('abort', over);
      if (signal.aborted) over();
      else next();
    }),
};

/**
 * How long to wait before the n-th retry in a row: doubled each time, with jitter from half to all of it.
 *
 * @param attempt - 1 for the first retry
 * @returns milliseconds
 */
export function backOff(attempt: number, first: number, longest: number): number {
  const most = Math.min(longest, first * 2 ** Math.min(attempt - 1, 30));
  return (most * (1 + Math.random())) / 2;
}

/** Resolves when the promise does, or when the signal is aborted. */
export function untilAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = (): void => {
      signal.removeEventListener('abort', over);
      resolve();
    };
    signal.addEventListener('abort', over);
    if (signal.aborted) over();
    else void promise.then(over);
  });
}
