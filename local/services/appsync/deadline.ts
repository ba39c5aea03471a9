import { toError } from '../../errors.ts';

/** The end of the time that a request may take; what is waited for then is given up, each place by itself. */
export class Deadline {
  private hasPassed = false;
  private readonly waiting = new Set<() => void>();

  get isOver(): boolean {
    return this.hasPassed;
  }

  /** The time is over: everything that is waited for ends now. */
  pass(): void {
    this.hasPassed = true;
    for (const end of this.waiting) end();
    this.waiting.clear();
  }

  /** What the promise gives, or, when the time is over first, what `late` gives; what comes after that is dropped. */
  race<T>(promise: Promise<T>, late: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        resolve(late());
      };
      this.waiting.add(end);
      promise.then(
        (value) => {
          this.waiting.delete(end);
          resolve(value);
        },
        (error: unknown) => {
          this.waiting.delete(end);
          reject(toError(error));
        },
      );
    });
  }
}
