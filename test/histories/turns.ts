import { setImmediate as untilIdle } from 'node:timers/promises';

/** More calls than any history makes: the consumers run in a circle. */
const MOST_TURNS = 200_000;

/**
 * Lets one call at a time through, the test says which: everything that happens between two calls to a store happens in an order that can be
 * replayed.
 */
export class Turns {
  private readonly waiting: (() => void)[] = [];

  /** @param choices - places among the calls that wait, one for each turn; afterwards it is always the first's */
  constructor(private readonly choices: readonly number[]) {}

  /** Resolves when it is this call's turn. */
  turn(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
    });
  }

  /** Give turns until the work has ended. */
  async until<T>(work: Promise<T>): Promise<T> {
    const running = new Set([work]);
    const end = () => running.delete(work);
    work.then(end, end);
    for (let taken = 0; running.size > 0;) {
      await untilIdle();
      const place = (this.choices[taken] ?? 0) % Math.max(1, this.waiting.length);
      const [letThrough] = this.waiting.splice(place, 1);
      if (letThrough === undefined) continue;
      letThrough();
      taken += 1;
      if (taken > MOST_TURNS) throw new Error(`no end after ${MOST_TURNS} calls to the stores`);
    }
    return work;
  }
}
