import type { Clock } from '../replay/sending.ts';
import type { BulkFile } from './bulk-files.ts';
import { isActive, runInKeys, StackGoneError, type ImportStack, type JobRun } from './import-stack.ts';
import { manifestKey, readDone, readLoaded, type Loaded, type Transformed } from './outcome.ts';
import type { Unreported } from './unreported.ts';

/** What takes time, in the order in which it comes. */
export const PHASES = ['uploading', 'waiting', 'starting', 'Spark', 'loading'] as const;
export type Phase = (typeof PHASES)[number];

/** How far it is. */
export interface ImportProgress {
  readonly phase: Phase;
  /** How much of the phase is done, 0 to 1; absent where nobody knows. */
  readonly share?: number;
  /** In words, what is happening. */
  readonly doing: string;
}

export interface ImportPorts {
  readonly stack: ImportStack;
  readonly clock: Clock;
  /** Aborts when the user wants to stop watching. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ImportProgress) => void;
  readonly onNote: (note: string) => void;
}

/** An object that is waited for, and what is known of it. */
export interface Watched {
  readonly file: BulkFile;
  readonly importId: string;
  /** Whether this command has put it, so that the stack starts a run by itself. */
  readonly isUploaded: boolean;
  /** Whether it had been imported before this command, and somebody was reported. */
  readonly isAlready: boolean;
  /** What no command has told of it. */
  unreported: Unreported | undefined;
  done: Transformed | undefined;
  loaded: Loaded | undefined;
  finished: boolean;
}

/** How long the stack may take to start a run for an object that was put. @unit milliseconds */
const START_PATIENCE = 60_000;
/** How long after a failed run its next attempt may begin. @unit milliseconds */
const RETRY_PATIENCE = 3_000;
/** How long the warehouse may bring nothing of what it is given. @unit milliseconds */
const LOAD_PATIENCE = 900_000;
/** How long a stack may not answer. @unit milliseconds */
const SILENCE = 5_000;
/** Between two looks, and for each object that is looked for, so that many objects are no burden. @unit milliseconds */
const SHORTEST_PAUSE = 250;
const PAUSE_EACH = 15;
const LONGEST_PAUSE = 5_000;
/** Between two looks whether a manifest is still there. @unit milliseconds */
const MANIFEST_PAUSE = 5_000;
/** Runs that this command starts for objects that lie there, because those that ran have left them. */
const MOST_STARTS = 3;

/** Nobody has started the job. */
export class JobNotStartedError extends Error {
  override readonly name = 'JobNotStartedError';
  readonly code = 'JOB_NOT_STARTED';

  constructor(
    readonly seconds: number,
    logs: string,
  ) {
    super(
      `no run of the job has begun for ${String(Math.round(seconds))} s after the upload: see what the import starter says in ${logs}; the same command starts a run itself`,
    );
  }
}

/** A run of the job ended without the objects. */
export class RunFailedError extends Error {
  override readonly name = 'RunFailedError';
  readonly code = 'RUN_FAILED';

  constructor(
    readonly run: JobRun,
    log: string,
  ) {
    const why = run.error ?? run.detail ?? 'it says no more';
    super(
      `run ${run.id} of the job ended ${run.state}: ${why}; its log is ${log}. Nothing of it was loaded: the same command tries again`,
    );
  }
}

/** Run after run of the job ends well and leaves the objects as they were. */
export class NotPublishedError extends Error {
  override readonly name = 'NotPublishedError';
  readonly code = 'NOT_PUBLISHED';

  constructor(
    readonly objects: number,
    runs: number,
    logs: string,
  ) {
    super(
      `${String(runs)} runs of the job have ended and published nothing of ${String(objects)} object(s): see what they say in ${logs}; the same command tries again`,
    );
  }
}

/** The warehouse does not take what the job has written. */
export class NotLoadedError extends Error {
  override readonly name = 'NotLoadedError';
  readonly code = 'NOT_LOADED';

  constructor(
    readonly objects: number,
    seconds: number,
    logs: string,
  ) {
    super(
      `the warehouse has loaded nothing of ${String(objects)} object(s) for ${String(Math.round(seconds))} s: see what the warehouse loader says in ${logs}; the same command watches on`,
    );
  }
}

/** Looks again and again until every object has been loaded, and starts the job where nobody else does. */
export class Watch {
  readonly seconds: Partial<Record<Phase, number>> = {};
  /** Runs that were over before anything was asked of them. */
  private readonly old = new Set<string>();
  private starts = 0;
  /** When there was last a run, or something that will start one. */
  private lastRunAt = 0;
  private lastLoadAt = 0;
  private readonly manifestSeenAt = new Map<Watched, number>();
  /** Runs, as they stand in keys, that were at work or waited when this began. */
  private readonly active = new Set<string>();

  constructor(private readonly ports: ImportPorts) {}

  /** To be called before the first upload. */
  async begin(): Promise<void> {
    for (const run of await this.ports.stack.runs())
      if (isActive(run)) this.active.add(runInKeys(run.id));
      else this.old.add(run.id);
  }

  /** @unit milliseconds */
  recordPhase(phase: Phase, milliseconds: number): void {
    if (milliseconds > 0) this.seconds[phase] = (this.seconds[phase] ?? 0) + milliseconds / 1000;
  }

  /** @throws StackGoneError, JobNotStartedError, RunFailedError, NotPublishedError, NotLoadedError */
  async untilDone(objects: readonly Watched[]): Promise<'finished' | 'stopped'> {
    const { clock, signal } = this.ports;
    await this.startOwnRun(objects);
    let answeredAt = (this.lastRunAt = this.lastLoadAt = clock.now());
    for (let before = clock.now(); ;) {
      const waiting = objects.filter(({ finished }) => !finished);
      if (waiting.length === 0) return 'finished';
      try {
        const phase = await this.look(waiting, objects.length);
        answeredAt = clock.now();
        if (waiting.some(({ finished }) => !finished))
          await clock.wait(Math.min(LONGEST_PAUSE, Math.max(SHORTEST_PAUSE, waiting.length * PAUSE_EACH)), signal);
        this.recordPhase(phase, clock.now() - before);
        before = clock.now();
      } catch (error) {
        if (signal.aborted) return 'stopped';
        if (!(error instanceof StackGoneError) || clock.now() - answeredAt > SILENCE) throw error;
        await clock.wait(SHORTEST_PAUSE, signal).catch(() => undefined);
      }
    }
  }

  /** A run for those that need one of their own, and of which none is at work. */
  private async startOwnRun(objects: readonly Watched[]): Promise<void> {
    const { stack } = this.ports;
    const repeated = objects.flatMap((object) => {
      const { done, unreported } = object;
      const run = unreported?.run;
      if (unreported === undefined || run === undefined || done !== undefined) return [];
      return run !== null && this.active.has(run) ? [] : [{ object, unreported }];
    });
    if (repeated.length === 0) return;
    const run = runInKeys(await stack.startRun(repeated.map(({ object }) => object.file.key)));
    for (const { object, unreported } of repeated) {
      object.unreported = { ...unreported, run };
      stack.unreported.set(object.importId, object.unreported);
    }
  }

  private async look(waiting: readonly Watched[], all: number): Promise<Phase> {
    const { stack, onProgress } = this.ports;
    // First the runs: what they have left undone when they are over, they will not do.
    const runs = await stack.runs();
    for (const object of waiting) await this.lookFor(object);
    const undone = waiting.filter(({ done, finished }) => !finished && done === undefined);
    const active = runs.filter(isActive);
    const count = (left: number) => (all === 1 ? '' : `${String(all - left)} of ${String(all)} files, `);
    if (undone.length === 0) {
      const left = waiting.filter(({ finished }) => !finished);
      onProgress({ phase: 'loading', doing: `${count(left.length)}the warehouse copies and loads` });
      if (left.length > 0) this.expectLoads(left.length);
      return 'loading';
    }
    this.lastLoadAt = this.ports.clock.now();
    const run = active.find(({ state }) => state === 'RUNNING') ?? active.find(({ state }) => state === 'STARTING') ?? active[0];
    if (run === undefined) {
      await this.expectRun(undone, runs);
      onProgress({ phase: 'waiting', doing: 'for a run of the job' });
      return 'waiting';
    }
    this.lastRunAt = this.ports.clock.now();
    const phase = PHASE_OF[run.state] ?? 'Spark';
    onProgress({ phase, doing: `${count(undone.length)}${run.detail ?? WORDS[phase] ?? ''} (${run.id})` });
    return phase;
  }

  private async lookFor(object: Watched): Promise<void> {
    const { stack, clock } = this.ports;
    const { importId } = object;
    if (object.done === undefined) {
      const done = await readDone(stack, importId);
      if (done === undefined || !countsFor(object.unreported, done)) return;
      object.done = done;
      this.lastLoadAt = clock.now();
    }
    if (object.done.status !== 'STAGED') {
      object.finished = true;
      return;
    }
    const { run } = object.done;
    object.loaded = await readLoaded(stack, importId, run);
    if (object.loaded !== undefined) {
      object.finished = true;
      this.lastLoadAt = clock.now();
      return;
    }
    if (await this.isLost(object, run)) object.done = await this.doneAgain(object, run);
  }

  /** Whether a run died before it wrote the manifest: then the next one makes up for it. */
  private async isLost(object: Watched, run: string): Promise<boolean> {
    const { stack, clock } = this.ports;
    const now = clock.now();
    if (now - (this.manifestSeenAt.get(object) ?? now - MANIFEST_PAUSE) < MANIFEST_PAUSE) return false;
    this.manifestSeenAt.set(object, now);
    if ((await stack.etagOf(manifestKey(object.importId, run))) !== undefined) return false;
    // What was loaded is written down before its manifest is deleted.
    object.loaded = await readLoaded(stack, object.importId, run);
    object.finished = object.loaded !== undefined;
    return !object.finished && !(await this.isAtWork());
  }

  /** What another run has said of it meanwhile. */
  private async doneAgain({ importId }: Watched, lost: string): Promise<Transformed | undefined> {
    const done = await readDone(this.ports.stack, importId);
    return done?.run === lost ? undefined : done;
  }

  /** A run that is at work writes the manifest right after it has said that it is done. */
  private async isAtWork(): Promise<boolean> {
    return (await this.ports.stack.runs()).some(isActive);
  }

  /** @throws JobNotStartedError, RunFailedError, NotPublishedError */
  private async expectRun(undone: readonly Watched[], runs: readonly JobRun[]): Promise<void> {
    const { stack, clock, onNote } = this.ports;
    const waited = clock.now() - this.lastRunAt;
    const newest = runs.find(({ id }) => !this.old.has(id));
    if (newest === undefined && this.starts === 0 && undone.some(({ isUploaded }) => isUploaded)) {
      if (waited > START_PATIENCE) throw new JobNotStartedError(waited / 1000, stack.logs);
      return;
    }
    if (newest !== undefined && waited <= RETRY_PATIENCE) return;
    if (newest !== undefined && newest.state !== 'SUCCEEDED') throw new RunFailedError(newest, stack.logOf(newest.id));
    // Nobody else will: the object came, and its event went, before this command.
    if (this.starts >= MOST_STARTS) throw new NotPublishedError(undone.length, this.starts, stack.logs);
    this.starts += 1;
    const run = await stack.startRun([]);
    this.lastRunAt = clock.now();
    onNote(`run ${run} of the job begins for what lies in the bucket and was not imported`);
  }

  /** @throws NotLoadedError */
  private expectLoads(left: number): void {
    const waited = this.ports.clock.now() - this.lastLoadAt;
    if (waited > LOAD_PATIENCE) throw new NotLoadedError(left, waited / 1000, this.ports.stack.logs);
  }
}

/** Whether it is the outcome that is waited for. */
export const countsFor = (unreported: Unreported | undefined, { run }: Transformed): boolean =>
  unreported?.run === undefined || unreported.run === run;

const PHASE_OF: Readonly<Record<string, Phase>> = { WAITING: 'waiting', STARTING: 'starting' };
const WORDS: Readonly<Partial<Record<Phase, string>>> = {
  waiting: 'a run waits for the one before it',
  starting: 'Spark starts',
  Spark: 'Spark reads, judges and writes',
};
