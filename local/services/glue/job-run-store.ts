import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessIdentity } from '../../process-identity.ts';
import { readState, writeState } from '../../state-files.ts';

/** `WAITING`, `STARTING`, `RUNNING` and `STOPPING` go on; the others are the end. */
export type JobRunState = 'WAITING' | 'STARTING' | 'RUNNING' | 'STOPPING' | 'STOPPED' | 'SUCCEEDED' | 'FAILED' | 'TIMEOUT';

/** A run of a job, as it is kept. Times are ms since 1970. */
export interface JobRun {
  /** `jr_` and 64 hex digits; of a retry with `_attempt_<n>` behind it. */
  readonly id: string;
  readonly jobName: string;
  /** 0 for the first. */
  readonly attempt: number;
  readonly previousRunId?: string;
  readonly state: JobRunState;
  /** Those of the call; the job's own are added when it begins. */
  readonly arguments: Readonly<Record<string, string>>;
  readonly queues: boolean;
  /** @unit minutes */
  readonly timeoutMinutes: number;
  readonly workerType: string;
  readonly numberOfWorkers: number;
  readonly glueVersion: string;
  readonly startedAt: number;
  readonly modifiedAt: number;
  /** When it left the queue. */
  readonly begunAt?: number;
  readonly completedAt?: number;
  readonly errorMessage?: string;
  /** While it runs: what has to be ended when the stack was killed. */
  readonly process?: ProcessIdentity;
}

/** Runs that have ended are forgotten beyond so many of a job; Glue keeps them for 90 days. */
const KEPT = 1_000;
const ENDED: readonly JobRunState[] = ['STOPPED', 'SUCCEEDED', 'FAILED', 'TIMEOUT'];

export const hasEnded = ({ state }: Pick<JobRun, 'state'>): boolean => ENDED.includes(state);

/** The runs of all jobs, a file for each: what is put here is there after a kill. */
export class JobRunStore {
  private readonly runs = new Map<string, JobRun>();

  /** @param directory - made if absent */
  constructor(private readonly directory: string) {
    mkdirSync(directory, { recursive: true });
    for (const name of readdirSync(directory).filter((file) => file.endsWith('.json'))) {
      const file = join(directory, name);
      const run = readState(file, 'delete it to forget this run') as JobRun;
      this.runs.set(run.id, run);
    }
  }

  find(id: string): JobRun | undefined {
    return this.runs.get(id);
  }

  /** Newest first. */
  of(jobName: string): readonly JobRun[] {
    return [...this.runs.values()].filter((run) => run.jobName === jobName).sort(newestFirst);
  }

  /** Newest first. */
  get all(): readonly JobRun[] {
    return [...this.runs.values()].sort(newestFirst);
  }

  put(run: JobRun): void {
    writeState(this.pathOf(run), run, { mode: 0o600 });
    this.runs.set(run.id, run);
    if (hasEnded(run)) this.forget(run.jobName);
  }

  private forget(jobName: string): void {
    for (const run of this.of(jobName).filter(hasEnded).slice(KEPT)) {
      rmSync(this.pathOf(run), { force: true });
      this.runs.delete(run.id);
    }
  }

  private pathOf({ id }: JobRun): string {
    return join(this.directory, `${id}.json`);
  }
}

/** Of one millisecond, a retry is the newer one; whatever comes then, it is always the same. */
function newestFirst(one: JobRun, other: JobRun): number {
  if (one.startedAt !== other.startedAt) return other.startedAt - one.startedAt;
  if (one.attempt !== other.attempt) return other.attempt - one.attempt;
  return one.id < other.id ? -1 : 1;
}
