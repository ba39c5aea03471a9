import type { Clock } from '../../clock.ts';
import { exceeded } from './refusals.ts';
import type { Progress, Statement } from './statement.ts';

/** Long polling: calls that are answered when a statement is over, or later when it takes too long. */
export class Waiting {
  /** @param quota - how many calls may wait for one statement @param closing - ends all waiting */
  constructor(
    private readonly clock: Clock,
    private readonly quota: number,
    private readonly closing: AbortSignal,
  ) {}

  /**
   * Resolves when `progress` is over, but not later than the time given.
   *
   * @param seconds - undefined: do not wait
   * @throws ServiceError ActiveWaitingRequestsExceededException
   */
  async for(statement: Statement, progress: Progress, seconds: number | undefined): Promise<void> {
    if (seconds === undefined || progress.isOver) return;
    if (statement.waiting >= this.quota)
      throw exceeded('ActiveWaitingRequests', `Active waiting requests exceeded the allowed quota (${String(this.quota)}).`);
    statement.waiting += 1;
    const over = new AbortController();
    const stop = (): void => over.abort();
    this.closing.addEventListener('abort', stop);
    if (this.closing.aborted) stop();
    try {
      await Promise.race([progress.ended, this.clock.wait(seconds * 1000, over.signal)]);
    } finally {
      statement.waiting -= 1;
      this.closing.removeEventListener('abort', stop);
      stop();
    }
  }
}
