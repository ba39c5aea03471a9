import type { Clock } from '../clock.ts';

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  private readonly waiting = new Set<{ readonly at: number; readonly wake: () => void }>();

  constructor(private time = Date.UTC(2011, 1, 1, 8, 26)) {}

  now(): number {
    return this.time;
  }

  wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const waiter = {
        at: this.time + milliseconds,
        wake: (): void => {
          this.waiting.delete(waiter);
          signal.removeEventListener('abort', waiter.wake);
          resolve();
        },
      };
      this.waiting.add(waiter);
      signal.addEventListener('abort', waiter.wake);
      if (milliseconds <= 0 || signal.aborted) waiter.wake();
    });
  }

  /** The times of the pending waits, in ms from now, the earliest first. */
  get pending(): readonly number[] {
    return [...this.waiting].map(({ at }) => at - this.time).sort((one, other) => one - other);
  }

  advance(milliseconds: number): void {
    this.time += milliseconds;
    for (const { at, wake } of [...this.waiting]) if (at <= this.time) wake();
  }
}
