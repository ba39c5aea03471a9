import type { FixedQuestion } from '../../warehouse/statements/fixed-questions.ts';
import { copyAnswers, questionsDigest, type AnswerStore } from './copy-answers.ts';
import type { StatementBatch } from './data-api.ts';
import { closeGap, comparedThrough, type Gap } from './gaps.ts';
import { takeImports, type ImportManifest, type ImportManifests } from './imports.ts';
import { runLoad, readStatus, type WarehouseStatus } from './load-batch.ts';
import type { LoadReport } from './load-report.ts';
import { isAhead, isAwaiting, isGivenUp, refreshDueAt, type LoadState, type LoadStateStore } from './load-state.ts';
import { loadAside, swapStatements } from './rebuild-aside.ts';
import { continueRebuild, isRebuilding, type ImportJob, type Rebuild, type RebuildSource } from './rebuild.ts';
import { redrive, type FailedDeliveries } from './redrive.ts';
import { requireTime, pauseAfter, type RunClock } from './run-clock.ts';
import { LostBatchError, StatementRefusedError, type WarehouseSession } from './warehouse-session.ts';

/** What a run works with. */
interface LoadRunPorts {
  readonly session: WarehouseSession;
  readonly state: LoadStateStore;
  readonly answers: AnswerStore;
  readonly deliveries: FailedDeliveries;
  readonly imports: ImportManifests;
  readonly importPrefix: string;
  readonly rebuildSource: RebuildSource;
  readonly importJob?: ImportJob;
  readonly questions: readonly FixedQuestion[];
  readonly batches: Readonly<Record<'load' | 'loadErrors' | 'refresh', StatementBatch>>;
  readonly clock: RunClock;
  readonly report: LoadReport;
}

const SECOND = 1000;
/** Nothing is begun with less time than this left; what takes longer goes on in the warehouse without us. @unit milliseconds */
const ENOUGH_TIME = 60 * SECOND;
/** The shortest and longest time that the landing table is watched after everything has come. @unit milliseconds */
const SHORTEST_WATCH = SECOND;
const LONGEST_WATCH = 60 * SECOND;
/** The longest pause while watching. @unit milliseconds */
const WATCHING_PAUSE = 500;
/** How long a list that is published while a run is at work may wait until it is looked for. @unit milliseconds */
const LISTS_WAIT = 10 * SECOND;
/** While lines keep coming, how long the answers may wait. @unit milliseconds */
const ANSWERS_WAIT = 5 * SECOND;
/** While lines keep coming, how long a refresh may wait: readers wait for no refresh, but lines do. @unit milliseconds */
const REFRESH_WAIT = 900 * SECOND;
/** How often in one run the warehouse may forget what it was asked. */
const LOSSES = 5;

/** One run of the loader that has something to do. */
export class LoadRun {
  /** Up to here, what was announced has been copied by ourselves. */
  private redrivenAt = 0;
  /** When something that had been copied was last found, or first found to have come. */
  private foundAt: number | undefined;
  private answeredAt = 0;
  /** When lists were looked for last: the run begins with a look. */
  private listedAt: number;
  private hasToldOfClocks = false;

  constructor(
    private readonly ports: LoadRunPorts,
    private state: LoadState,
  ) {
    this.listedAt = ports.clock.now();
  }

  /** Copy what Firehose gave up on. It is announced first, so that a run that stops after a COPY is followed by one that loads it. */
  async redrive(manifests: readonly string[]): Promise<void> {
    const { session, deliveries, report, clock } = this.ports;
    const at = clock.now();
    await this.ports.state.announce(at);
    this.state = { ...this.state, announcedAt: Math.max(at, this.state.announcedAt ?? 0) };
    const { redriven, refused } = await report.time('redrive', () => redrive(session, deliveries, manifests));
    this.redrivenAt = at;
    report.redriven += redriven;
    report.problems.push(...refused.map(({ manifest, reason }) => `${manifest} was not copied: ${reason}`));
  }

  /** Copy and load imports. It is written down first, so that a run that stops anywhere is followed by one that shows their lines. */
  async takeImports(manifests: readonly ImportManifest[]): Promise<void> {
    await this.write({ isCopying: true });
    await takeImports({ ...this.ports, load: () => this.load() }, manifests);
  }

  /** Compare what was put into the raw layer, and load what was missed. It is written down first, like imports. */
  async closeGap(gap: Gap, deliveryStream: string): Promise<void> {
    const { clock, rebuildSource: layer } = this.ports;
    await this.write({ isCopying: true });
    const through = (putAt: number) =>
      this.write({ comparison: comparedThrough(this.state, deliveryStream, putAt, clock.now()) });
    await closeGap({ ...this.ports, layer, load: () => this.load(), through }, gap);
  }

  /**
   * Take what was published while this run was at work. The event that tells of a list waits for the run to end, which it does not as
   * long as lines keep coming.
   *
   * @returns whether there was something
   */
  private async takePublished(): Promise<boolean> {
    const { deliveries, imports, clock } = this.ports;
    if (clock.now() < this.listedAt + LISTS_WAIT) return false;
    const failed = await deliveries.list();
    const published = await imports.list();
    if (failed.length > 0) await this.redrive(failed);
    if (published.length > 0) await this.takeImports(published);
    this.listedAt = clock.now();
    return failed.length > 0 || published.length > 0;
  }

  /** Whether a rebuild is under way. */
  get isRebuilding(): boolean {
    return isRebuilding(this.state);
  }

  /** Take the next steps of the rebuild that is under way. @param patience - how long the bulk job is waited for, in milliseconds */
  async goOnRebuilding(rebuild: Rebuild, patience: number): Promise<void> {
    await continueRebuild(
      {
        ...this.ports,
        source: this.ports.rebuildSource,
        load: () => this.load(),
        swap: swapStatements(this.ports.batches.load, this.ports.batches.refresh),
        // What the rebuild has loaded is shown by nobody yet.
        write: (changed) => this.write({ rebuild: changed, isCopying: true }),
      },
      rebuild,
      patience,
    );
  }

  /**
   * Load, answer and refresh until nothing is left to do.
   *
   * @remarks Which objects a COPY brought is told by nobody. So the newest object counts as copied when something was copied after it came
   * into being, and then the landing table is watched for as long again as that took: COPYs follow one another.
   * @param patience - how long a COPY that has not come is waited for, in milliseconds
   */
  async untilSettled(patience: number): Promise<'settled' | 'waiting' | 'given up'> {
    const { clock, report, session } = this.ports;
    const patienceEnds = clock.now() + patience;
    let quietSince: number | undefined;
    let pauses = 0;
    let losses = 0;
    for (;;) {
      requireTime(clock, ENOUGH_TIME, 'another load');
      try {
        if (await this.takePublished()) quietSince = undefined;
        const look = await report.time('look', () => readStatus(session));
        if (look.waiting > 0) {
          // Of an announced object an import tells nothing.
          if (look.waitingOfStream > 0) this.foundAt = clock.now();
          quietSince = undefined;
          pauses = 0;
          await this.load();
          if (this.isRebuilding) continue;
          if (clock.now() >= this.answeredAt + ANSWERS_WAIT) await this.answer();
          // While lines keep coming this is the only place where a refresh can be made up for.
          if (clock.now() >= Math.max(refreshDueAt(this.state), (this.state.refreshedAt ?? 0) + REFRESH_WAIT)) {
            await this.refresh();
            await this.takeLoadErrors();
          }
          continue;
        }
        if (this.answersAreDue(look)) {
          await this.answer();
          continue;
        }
        const now = clock.now();
        if (this.isCopied(look)) {
          quietSince ??= now;
          this.foundAt ??= now;
        }
        const isOver = quietSince !== undefined && now >= this.watchEnd(quietSince);
        const refreshAt = refreshDueAt(this.state);
        const isOwed = isRefreshOwed(look) && !this.isRebuilding;
        if (isOwed && refreshAt <= now && (isOver || now >= (this.state.refreshedAt ?? 0) + REFRESH_WAIT)) {
          await this.refresh();
          continue;
        }
        if (quietSince !== undefined && isOver) {
          // A refresh that cannot run soon is the schedule's.
          if (!isOwed || refreshAt > now + LONGEST_WATCH) {
            await this.settle(look, quietSince);
            return 'settled';
          }
        } else if (isGivenUp(this.state, now)) {
          await this.giveUp(look);
          return 'given up';
        } else if (quietSince === undefined && now >= patienceEnds) {
          if (this.foundAt === undefined) return 'waiting';
          // Something came after the event, and then nothing for so long: it was that.
          await this.settle(look, now);
          return 'settled';
        }
      } catch (cause) {
        if (!(cause instanceof LostBatchError) || ++losses > LOSSES) throw cause;
      }
      await clock.sleep(Math.min(pauseAfter(pauses++), quietSince === undefined ? Infinity : WATCHING_PAUSE));
    }
  }

  private async load(): Promise<void> {
    const { session, batches, report } = this.ports;
    // Readers see what was there before until all of it is there again.
    const batch = this.isRebuilding ? loadAside(batches.load) : batches.load;
    report.addLoad(await report.time('load', () => runLoad(session, batch)));
  }

  /**
   * Put aside the lines that COPY could not land, as the system tells of them. It is asked on its own: whatever it refuses, no load depends on
   * it, and what is missing is its report.
   */
  private async takeLoadErrors(): Promise<void> {
    const { session, batches, report } = this.ports;
    try {
      await report.time('load errors', () => session.run(batches.loadErrors));
    } catch (cause) {
      if (!(cause instanceof StatementRefusedError)) throw cause;
      report.unseen = `lines that COPY could not land are not in intake.reject: ${cause.message}`;
    }
  }

  private answersAreDue({ loadId, refreshedLoadId }: WarehouseStatus): boolean {
    // Until the rebuild has come to its end, the answers stay those of before, as everything does that people read.
    if (loadId === undefined || this.isRebuilding) return false;
    const { state } = this;
    return (
      loadId !== state.loadId ||
      refreshedLoadId !== state.refreshedLoadId ||
      questionsDigest(this.ports.questions) !== state.questions
    );
  }

  private async answer(): Promise<void> {
    const { session, answers, questions, report } = this.ports;
    const outcome = await report.time('answers', () => copyAnswers(session, answers, questions, this.state.answers ?? {}));
    report.answers.asked += outcome.asked;
    report.answers.put += outcome.put;
    report.problems.push(...outcome.problems);
    await this.write(outcome.state);
    this.answeredAt = this.ports.clock.now();
  }

  /** A refresh that the warehouse refuses keeps no load from being settled. */
  private async refresh(): Promise<void> {
    const { session, batches, clock, report } = this.ports;
    const started = clock.now();
    let least = 0;
    try {
      await report.time('refresh', () => session.run(batches.refresh));
      report.refreshes++;
    } catch (cause) {
      if (!(cause instanceof StatementRefusedError)) throw cause;
      report.problems.push(cause.message);
      least = ENOUGH_TIME;
    }
    const refreshedAt = clock.now();
    await this.write({ refreshedAt, refreshMilliseconds: Math.max(refreshedAt - started, least) });
  }

  /** Whether what was announced has been copied. Both times are compared in whole seconds: GETDATE() and events have no others. */
  private isCopied({ copiedAt = 0 }: WarehouseStatus): boolean {
    const announcedAt = this.state.announcedAt ?? 0;
    if (!isAwaiting(this.state) || announcedAt <= this.redrivenAt) return true;
    const now = this.ports.clock.now();
    if (isAhead(copiedAt, now)) {
      // What has come is loaded, and nothing is taken for it before.
      if (!this.hasToldOfClocks)
        this.ports.report.problems.push(
          `it is ${new Date(now).toISOString()}, and the last lines were copied at ${new Date(copiedAt).toISOString()} by the warehouse's clock: what was announced is waited for all the same`,
        );
      this.hasToldOfClocks = true;
      return false;
    }
    return Math.floor(copiedAt / SECOND) >= Math.floor(announcedAt / SECOND);
  }

  private watchEnd(quietSince: number): number {
    if (!isAwaiting(this.state)) return quietSince;
    const took = (this.foundAt ?? quietSince) - (this.state.announcedAt ?? quietSince);
    return quietSince + Math.min(Math.max(took, SHORTEST_WATCH), LONGEST_WATCH);
  }

  /** There is no line to load, but it may be told why there is none. */
  private async giveUp(look: WarehouseStatus): Promise<void> {
    const { report, clock } = this.ports;
    const since = new Date(this.state.announcedAt ?? 0).toISOString();
    report.problems.push(`the COPY of an object of ${since} never came: look at the delivery stream's errors`);
    await this.settle(look, clock.now());
  }

  private async settle(look: WarehouseStatus, quietSince: number): Promise<void> {
    await this.takeLoadErrors();
    const { announcedAt = 0 } = this.state;
    const settledAt = isAwaiting(this.state) ? { settledAt: Math.max(announcedAt, quietSince) } : {};
    await this.write({ ...settledAt, isCopying: false, lookedAt: this.ports.clock.now(), refreshOwed: isRefreshOwed(look) });
  }

  private async write(changes: Parameters<LoadStateStore['write']>[0]): Promise<void> {
    await this.ports.state.write(changes);
    this.state = { ...this.state, ...changes };
  }
}

/** Whether there is something that the last refresh does not cover. */
const isRefreshOwed = ({ loadId, refreshedLoadId }: WarehouseStatus) => loadId !== undefined && loadId > refreshedLoadId;
