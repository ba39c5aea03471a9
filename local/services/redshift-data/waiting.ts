import type { Clock } from '../../clock.ts';
import { exceeded } from './refusals.ts';
import type { Progress, Statement } from './statement.ts';

/** Long polling: calls that are answered when a statement is over, or later when it takes too long. */
export class Waiting {
  private readonly calls = new Set<AbortController>();
  private isStopped = false;

  /** @param quota - how many calls may wait for one statement */
  constructor(
    private readonly clock: Clock,
    private readonly quota: number,
  ) {}

  /**
   * Resolves when `progress` is over, but not later than the time given.
   *
   * @param seconds - undefined: do not wait
   * @throws ServiceError ActiveWaitingRequestsExceededException
   */
  async waitForEnd(statement: Statement, progress: Progress, seconds: number | undefined): Promise<void> {
    if (seconds === undefined || progress.isOver || this.isStopped) return;
    if (statement.waiting >= this.quota)
      throw exceeded('ActiveWaitingRequests', `Active waiting requests exceeded the allowed quota (${String(this.quota)}).`);
    statement.waiting += 1;
    const call = new AbortController();
    this.calls.add(call);
    try {
      await Promise.race([progress.ended, this.clock.wait(seconds * 1000, call.signal)]);
    } finally {
      statement.waiting -= 1;
      this.calls.delete(call);
      call.abort();
    }
  }

  /** End all waits. */
  stop(): void {
    this.isStopped = true;
    for (const call of this.calls) call.abort();
  }
}
