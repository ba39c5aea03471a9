import { randomBytes } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { ServiceError, errorText } from '../../errors.ts';
import type { ProcessIdentity } from '../../process-identity.ts';
import type { JobDefinition } from './definition.ts';
import type { JobRun, JobRunState, JobRunStore } from './job-run-store.ts';
import { hasEnded } from './job-run-store.ts';

/** How the program of a run ended. */
export interface JobEnding {
  /** Absent: it did what it had to. */
  readonly errorMessage?: string;
}

/** What runs the program of a job. */
export interface JobRuntime {
  /**
   * Make ready what the job needs, then run its program.
   *
   * @param begin - to be called as soon as the program has a process
   * @param signal - aborted when the program has to end; the ending says then that it has ended, however
   * @throws when there is nothing to run it with
   */
  run(
    this: void,
    job: JobDefinition,
    run: JobRun,
    begin: (process: ProcessIdentity) => void,
    signal: AbortSignal,
  ): Promise<JobEnding>;
  /** End what a killed stack has left. Resolves when it is gone. */
  endLeftOver(this: void, process: ProcessIdentity): Promise<void>;
}

export interface JobRunsOptions {
  readonly jobs: readonly JobDefinition[];
  readonly store: JobRunStore;
  readonly runtime: JobRuntime;
  readonly clock: Clock;
  /** Hears of every change of a state, after it is kept. */
  onChange(this: void, run: JobRun): void;
  log(this: void, line: string): void;
}

/** What a call may set for one run. */
export interface RunSettings {
  readonly arguments: Readonly<Record<string, string>>;
  readonly queues?: boolean;
  readonly timeoutMinutes?: number;
  readonly workerType?: string;
  readonly numberOfWorkers?: number;
}

/** The message of a run that was at work when the stack ended. */
const ABANDONED = 'The stack ended while the run was at work: nothing tells how far it came.';

/** Why a program is ended before its time. */
type Reason = 'STOPPED' | 'TIMEOUT' | 'closing';

/** The runs of a stack's jobs: they wait, begin, end, and are tried again. */
export class JobRuns {
  private readonly active = new Map<string, { readonly controller: AbortController; readonly ended: Promise<void> }>();
  private isClosing = false;

  constructor(private readonly options: JobRunsOptions) {}

  /** Make up for the end of the stack before: what was at work has failed, what waited goes on waiting, or begins. */
  async recover(): Promise<void> {
    const { store, runtime, log } = this.options;
    const abandoned = store.all.filter((run) => !hasEnded(run) && run.state !== 'WAITING');
    const leftOver = abandoned.flatMap(({ process }) => process ?? []);
    await Promise.all(leftOver.map((process) => runtime.endLeftOver(process)));
    for (const run of abandoned) {
      log(`glue: ${run.jobName} ${run.id}: ${ABANDONED}`);
      if (run.state === 'STOPPING') this.end(run, 'STOPPED');
      else this.fail(run, ABANDONED);
    }
    for (const { name } of this.options.jobs) this.beginWaiting(name);
  }

  /** @throws ServiceError EntityNotFoundException */
  job(name: string): JobDefinition {
    const job = this.options.jobs.find((one) => one.name === name);
    if (job === undefined)
      throw new ServiceError('EntityNotFoundException', `Failed to start job run due to missing metadata: ${name}`);
    return job;
  }

  get jobs(): readonly JobDefinition[] {
    return this.options.jobs;
  }

  /** Newest first. @throws ServiceError EntityNotFoundException */
  runsOf(jobName: string): readonly JobRun[] {
    return this.options.store.of(this.job(jobName).name);
  }

  /** @throws ServiceError EntityNotFoundException */
  find(jobName: string, id: string): JobRun {
    const run = this.options.store.find(id);
    if (run?.jobName === this.job(jobName).name) return run;
    throw new ServiceError('EntityNotFoundException', `Job run ${id} of job ${jobName} not found.`);
  }

  /** @throws ServiceError EntityNotFoundException, ConcurrentRunsExceededException */
  start(jobName: string, settings: RunSettings): JobRun {
    const job = this.job(jobName);
    const queues = settings.queues ?? job.queues;
    if (!this.hasRoom(job) && !queues)
      throw new ServiceError('ConcurrentRunsExceededException', `Concurrent runs exceeded for ${jobName}`);
    const now = this.options.clock.now();
    const run: JobRun = {
      id: `jr_${randomBytes(32).toString('hex')}`,
      jobName,
      attempt: 0,
      state: 'WAITING',
      arguments: settings.arguments,
      queues,
      timeoutMinutes: settings.timeoutMinutes ?? job.timeoutMinutes,
      workerType: settings.workerType ?? job.workerType,
      numberOfWorkers: settings.numberOfWorkers ?? job.numberOfWorkers,
      glueVersion: job.glueVersion,
      startedAt: now,
      modifiedAt: now,
    };
    return this.add(job, run);
  }

  /** Begin to end a run. @throws ServiceError EntityNotFoundException, InvalidInputException when it has ended */
  stop(jobName: string, id: string): void {
    const run = this.find(jobName, id);
    if (hasEnded(run))
      throw new ServiceError('InvalidInputException', `Job run ${id} of job ${jobName} is in the state ${run.state} already.`);
    if (run.state === 'WAITING') this.end(run, 'STOPPED');
    else if (run.state !== 'STOPPING') {
      this.change(run, { state: 'STOPPING' });
      this.active.get(id)?.controller.abort('STOPPED' satisfies Reason);
    }
  }

  /** End every program. What was at work is made up for at the next start. */
  async close(): Promise<void> {
    this.isClosing = true;
    const ends = [...this.active.values()].map(({ controller, ended }) => {
      controller.abort('closing' satisfies Reason);
      return ended;
    });
    await Promise.all(ends);
  }

  private hasRoom({ name, maxConcurrentRuns }: JobDefinition): boolean {
    const atWork = this.options.store.of(name).filter((run) => !hasEnded(run) && run.state !== 'WAITING');
    return atWork.length < maxConcurrentRuns;
  }

  private add(job: JobDefinition, run: JobRun): JobRun {
    const now = this.options.clock.now();
    const added: JobRun = this.hasRoom(job) && !this.isClosing ? { ...run, state: 'STARTING', begunAt: now } : run;
    this.keep(added);
    if (added.state === 'STARTING') this.begin(job, added);
    return added;
  }

  /** As many of those that wait as there is room for, the oldest first. */
  private beginWaiting(jobName: string): void {
    const job = this.options.jobs.find(({ name }) => name === jobName);
    // It has left the template: its runs wait until it comes back.
    if (job === undefined) return;
    const waiting = this.options.store.of(jobName).filter(({ state }) => state === 'WAITING');
    for (const run of [...waiting].reverse()) {
      if (this.isClosing || !this.hasRoom(job)) return;
      this.begin(job, this.change(run, { state: 'STARTING', begunAt: this.options.clock.now() }));
    }
  }

  private begin(job: JobDefinition, run: JobRun): void {
    const controller = new AbortController();
    const ended = this.follow(job, run, controller).finally(() => {
      this.active.delete(run.id);
      if (!this.isClosing) this.beginWaiting(job.name);
    });
    this.active.set(run.id, { controller, ended });
  }

  private async follow(job: JobDefinition, { id, timeoutMinutes }: JobRun, controller: AbortController): Promise<void> {
    const { store, runtime, clock, log } = this.options;
    const current = (): JobRun => {
      const run = store.find(id);
      if (run === undefined) throw new TypeError(`run ${id} is gone`);
      return run;
    };
    const over = new AbortController();
    void clock.wait(timeoutMinutes * 60_000, over.signal).then(() => {
      if (!over.signal.aborted) controller.abort('TIMEOUT' satisfies Reason);
    });
    let ending: JobEnding;
    try {
      // In a turn of its own: the caller that starts a run has its response first.
      await Promise.resolve();
      ending = await runtime.run(
        job,
        current(),
        (process) => this.change(current(), { process, ...(current().state === 'STARTING' && { state: 'RUNNING' }) }),
        controller.signal,
      );
    } catch (error) {
      ending = { errorMessage: errorText(error) };
    } finally {
      over.abort();
    }
    const reason = controller.signal.aborted ? (controller.signal.reason as Reason) : undefined;
    if (reason === 'closing') return;
    if (reason !== undefined) this.end(current(), reason);
    else if (ending.errorMessage === undefined) this.end(current(), 'SUCCEEDED');
    else {
      log(`glue: ${job.name} ${id} failed: ${ending.errorMessage}`);
      this.fail(current(), ending.errorMessage);
    }
  }

  /** A run that failed is tried again, as often as the job allows; one that took too long is not. */
  private fail(run: JobRun, errorMessage: string): void {
    this.end(run, 'FAILED', errorMessage);
    const job = this.options.jobs.find(({ name }) => name === run.jobName);
    if (job === undefined || run.attempt >= job.maxRetries) return;
    const attempt = run.attempt + 1;
    const { completedAt: _completed, errorMessage: _error, process: _process, begunAt: _begun, ...settings } = run;
    const now = this.options.clock.now();
    const id = `${run.id.replace(/_attempt_\d+$/, '')}_attempt_${String(attempt)}`;
    this.add(job, { ...settings, id, attempt, previousRunId: run.id, state: 'WAITING', startedAt: now, modifiedAt: now });
  }

  private end(run: JobRun, state: JobRunState, errorMessage?: string): void {
    const { process: _process, ...rest } = run;
    const completedAt = this.options.clock.now();
    this.keep({ ...rest, state, modifiedAt: completedAt, completedAt, ...(errorMessage !== undefined && { errorMessage }) });
  }

  private change(run: JobRun, changes: Partial<JobRun>): JobRun {
    const changed = { ...run, ...changes, modifiedAt: this.options.clock.now() };
    this.keep(changed);
    return changed;
  }

  private keep(run: JobRun): void {
    const before = this.options.store.find(run.id)?.state;
    this.options.store.put(run);
    if (run.state !== before) this.options.onChange(run);
  }
}
