import type { RunClock } from '../../ingest/warehouse/run-clock.ts';

/** A time that passes only when somebody waits or calls, and in which things happen of themselves. */
export class WorldClock {
  time = Date.parse('2026-11-22T10:00:00Z');
  private happenings: { readonly at: number; readonly happen: () => void }[] = [];

  at(time: number, happen: () => void): void {
    this.happenings.push({ at: time, happen });
    this.happenings.sort((a, b) => a.at - b.at);
  }

  pass(milliseconds: number): void {
    const end = this.time + milliseconds;
    for (let next = this.happenings[0]; next !== undefined && next.at <= end; next = this.happenings[0]) {
      this.happenings.shift();
      this.time = Math.max(this.time, next.at);
      next.happen();
    }
    this.time = end;
  }

  /** The clock of one run of a function. @param milliseconds - until it must have ended */
  run(milliseconds = 900_000): RunClock {
    return {
      now: () => this.time,
      sleep: (pause) => {
        this.pass(pause);
        return Promise.resolve();
      },
      deadline: this.time + milliseconds,
    };
  }
}
