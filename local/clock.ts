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

export interface BackOff {
  /** Before the first retry; doubled each time. @unit ms */
  readonly first: number;
  /** @unit ms */
  readonly max: number;
  /** Whatever the time factor: what always fails must not take all of the machine. @unit ms @default 0 */
  readonly min?: number;
  /** What waits are divided by. @default 1 */
  readonly timeFactor?: number;
  /** @default Math.random */
  readonly random?: (() => number) | undefined;
}

/**
 * How long to wait before the n-th retry in a row: exponential back-off, with jitter from half to all of it.
 *
 * @param attempt - 1 for the first retry
 * @returns milliseconds
 */
export function backOffDelay(attempt: number, { first, max, min = 0, timeFactor = 1, random = Math.random }: BackOff): number {
  const longest = Math.min(max, first * 2 ** Math.min(attempt - 1, 30));
  return Math.max(min, (longest * (1 + random())) / 2 / timeFactor);
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
