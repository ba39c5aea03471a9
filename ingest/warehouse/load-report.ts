import type { LoadCounts } from './load-batch.ts';
import type { RunClock } from './run-clock.ts';

/** How a run ended. */
export type LoadOutcome =
  /** The event is none of ours. */
  | 'ignored'
  /** Another run is at work, and does what there is to do before it ends. */
  | 'busy'
  /** There was nothing to do, and the warehouse was left asleep. */
  | 'idle'
  /** Everything that was announced is loaded, and the answers show it. */
  | 'settled'
  /** A COPY that was announced has not come; the schedule looks again. */
  | 'waiting'
  /** A rebuild goes on: the answers are kept as they were until it has ended. */
  | 'rebuilding'
  /** A COPY that was announced has not come for hours. */
  | 'given up'
  /** The warehouse takes nothing for the time being, as past its daily limit: nothing is lost, and the schedule tries again. */
  | 'closed'
  /** The run's time was over; the next one goes on. */
  | 'out of time'
  | 'failed';

type Step = 'redrive' | 'copy' | 'look' | 'load' | 'load errors' | 'answers' | 'refresh';

/** What one run did, for its line in the log: counts and times, never rows. */
export class LoadReport {
  outcome: LoadOutcome = 'failed';
  loads = 0;
  refreshes = 0;
  redriven = 0;
  /** Lines of the raw layer that the warehouse had not, and now has. */
  missed = 0;
  /** Lists of the imports that were loaded. */
  readonly imports: string[] = [];
  readonly lines = { in: 0, new: 0, changed: 0, unchanged: 0, repeated: 0, rejected: 0 };
  readonly answers = { asked: 0, put: 0 };
  /** What a person should look at. */
  readonly problems: string[] = [];
  /** Why nobody can say which lines COPY could not land. */
  unseen: string | undefined;
  private readonly milliseconds = new Map<Step, number>();
  private readonly started: number;

  constructor(
    private readonly cause: string,
    private readonly clock: RunClock,
  ) {
    this.started = clock.now();
  }

  addLoad(counts: LoadCounts): void {
    this.loads++;
    for (const name of Object.keys(counts) as (keyof LoadCounts)[]) this.lines[name] += counts[name];
  }

  /** Count the time of a step. */
  async time<T>(step: Step, work: () => Promise<T>): Promise<T> {
    const started = this.clock.now();
    try {
      return await work();
    } finally {
      this.milliseconds.set(step, (this.milliseconds.get(step) ?? 0) + this.clock.now() - started);
    }
  }

  get level(): 'INFO' | 'WARN' | 'ERROR' {
    if (this.outcome === 'failed' || this.outcome === 'given up' || this.problems.length > 0) return 'ERROR';
    const isWorthALook = this.lines.rejected > 0 || this.missed > 0 || this.unseen !== undefined;
    return isWorthALook || this.outcome === 'out of time' || this.outcome === 'closed' ? 'WARN' : 'INFO';
  }

  toJSON(): Readonly<Record<string, unknown>> {
    const seconds = (milliseconds: number) => Math.round(milliseconds) / 1000;
    return {
      run: 'warehouse-loader',
      cause: this.cause,
      outcome: this.outcome,
      ...(this.loads === 0 ? {} : { loads: this.loads, lines: this.lines }),
      ...(this.answers.asked === 0 ? {} : { answers: this.answers }),
      ...(this.refreshes === 0 ? {} : { refreshes: this.refreshes }),
      ...(this.redriven === 0 ? {} : { redriven: this.redriven }),
      ...(this.missed === 0 ? {} : { missed: this.missed }),
      ...(this.imports.length === 0 ? {} : { imports: this.imports }),
      ...(this.unseen === undefined ? {} : { unseen: this.unseen }),
      ...(this.problems.length === 0 ? {} : { problems: this.problems }),
      seconds: {
        ...Object.fromEntries([...this.milliseconds].map(([step, time]) => [step, seconds(time)])),
        total: seconds(this.clock.now() - this.started),
      },
    };
  }
}
