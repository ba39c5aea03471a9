import type { FixedQuestion } from '../../warehouse/statements/fixed-questions.ts';
import { questionsDigest, type AnswerStore } from './copy-answers.ts';
import type { DataApi } from './data-api.ts';
import { isImportManifest } from './import-keys.ts';
import { comparedThrough, isComparisonDue, findGap, type Gap } from './gaps.ts';
import type { ImportManifests } from './imports.ts';
import { renewDuring, runWithLease, type Lease, type LeaseStore } from './lease.ts';
import { batchOf } from './load-batch.ts';
import { toLoadEvent, type LoadEvent } from './load-event.ts';
import { LoadReport, type LoadOutcome } from './load-report.ts';
import { LoadRun } from './load-run.ts';
import { isPending, isLateCheckDue, refreshDueAt, timesAhead, type LoadState, type LoadStateStore } from './load-state.ts';
import type { SqlFile } from './migrations.ts';
import { isRebuilding, NothingToRebuildFromError, type ImportJob, type RebuildSource } from './rebuild.ts';
import { isHourCheckDue, registerHours, type RawHours } from './raw-hours.ts';
import type { FailedDeliveries } from './redrive.ts';
import { OutOfTimeError, type RunClock } from './run-clock.ts';
import { stagedObject, type StagedObject } from './staging-keys.ts';
import { announceMissedObjects, type StagedLines } from './announce-objects.ts';
import { WarehouseClosedError, warehouseSession } from './warehouse-session.ts';

/** What the loader works with. */
export interface LoaderPorts {
  readonly dataApi: DataApi;
  readonly state: LoadStateStore;
  readonly lease: LeaseStore;
  readonly answers: AnswerStore;
  readonly staged: StagedLines;
  readonly deliveries: FailedDeliveries;
  readonly imports: ImportManifests;
  readonly rebuildSource: RebuildSource;
  /** Whose beginning, and whose gaps, are made up for from the raw layer. Absent: nobody delivers. */
  readonly deliveryStream?: string;
  /** The hours of the raw layer, in the bucket and in the catalog. Absent: there is no catalog. */
  readonly rawHours?: RawHours;
  /** Absent: nothing is imported by the stack itself. */
  readonly importJob?: ImportJob;
  /** The files of `warehouse/load`, one batch. */
  readonly load: readonly SqlFile[];
  /** The files of `warehouse/load-errors`, one batch. */
  readonly loadErrors: readonly SqlFile[];
  /** The files of `warehouse/refresh`, one batch. */
  readonly refresh: readonly SqlFile[];
  readonly questions: readonly FixedQuestion[];
  /** Where Firehose puts its objects, such as `firehose/`. */
  readonly stagingPrefix: string;
  /** Where everything is that has to do with imports, such as `import/`. */
  readonly importPrefix: string;
  /** A text never used before. */
  readonly newToken: () => string;
  readonly log: (level: 'INFO' | 'WARN' | 'ERROR', entry: Readonly<Record<string, unknown>>) => void;
}

/** What one run works with besides. */
interface Tools {
  readonly lease: Lease;
  readonly report: LoadReport;
  readonly clock: RunClock;
}

/** How long a COPY that an object announced is waited for, while the schedule leaves it for its next look sooner. @unit milliseconds */
const PATIENCE_WITH_OBJECT = 240_000;
const PATIENCE_WITH_SCHEDULE = 30_000;

/**
 * Bring what was copied into the landing table to where it belongs, and the answers to the fixed questions to where they are read.
 *
 * @remarks An object's event is written down first (the state is "pending"), the state is settled last, and everything in between may
 * happen again: a run that is killed anywhere is made up for by the next one, and the schedule sees to it that there is one. When
 * nothing is pending the schedule leaves the warehouse asleep.
 * @returns how the run ended; it has been logged
 * @throws whatever ended it, after it was logged: Lambda calls again
 */
export const warehouseLoader = (ports: LoaderPorts) => {
  const batches = {
    load: batchOf('load', ports.load),
    loadErrors: batchOf('load-errors', ports.loadErrors),
    refresh: batchOf('refresh', ports.refresh),
  };
  return async (given: unknown, clock: RunClock): Promise<LoadOutcome> => {
    const event = toLoadEvent(given);
    const report = new LoadReport(event.source, clock);
    try {
      report.outcome = await answer(event, report, clock);
    } catch (cause) {
      report.outcome =
        cause instanceof OutOfTimeError ? 'out of time' : cause instanceof WarehouseClosedError ? 'closed' : 'failed';
      if (report.outcome === 'failed') {
        report.problems.push(cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause));
        throw cause;
      }
    } finally {
      ports.log(report.level, report.toJSON());
    }
    return report.outcome;
  };

  async function answer(event: LoadEvent, report: LoadReport, clock: RunClock): Promise<LoadOutcome> {
    const object = event.source === 'aws.s3' ? announcedObject(event.detail.object.key) : undefined;
    if (object === 'other') return 'ignored';
    let state = await rightState(report, clock);
    if (event.source === 'aws.s3' && object === 'lines') {
      // An object that is here has come, whatever the time it says.
      const at = Math.min(Date.parse(event.time), clock.now());
      await ports.state.announce(at);
      state = { ...state, announcedAt: Math.max(at, state.announcedAt ?? 0) };
    }
    if (event.source === 'tillgraph.schedule') state = await announceMissedObjects(state, clock.now(), ports);
    if (event.source === 'tillgraph.rebuild') state = await begin(state, event.id ?? String(clock.now()));
    if (isFromSchedule(event)) state = await registerDueHours(state, event, report, clock);
    const gap = isFromSchedule(event) ? await openGap(state, event, clock) : undefined;
    const isWanted = async (now: LoadState) =>
      event.source === 'tillgraph.request' ||
      (gap !== undefined && isOpen(now, state)) ||
      hasWork(now, clock.now()) ||
      (await ports.deliveries.list()).length > 0 ||
      (await ports.imports.list()).length > 0;
    if (!(await isWanted(state))) return 'idle';
    let outcome: LoadOutcome = 'idle';
    const isDone = await runWithLease(ports.lease, ports.newToken(), clock, async (lease) => {
      // What another run has done meanwhile need not be done again.
      const now = await ports.state.read();
      if (!(await isWanted(now))) return;
      outcome = await work(now, object === 'lines', { lease, report, clock }, isOpen(now, state) ? gap : undefined);
    });
    return isDone ? outcome : 'busy';
  }

  async function work(
    state: LoadState,
    isOfLines: boolean,
    { lease, report, clock }: Tools,
    gap: Gap | undefined,
  ): Promise<LoadOutcome> {
    const session = warehouseSession(renewDuring(ports.dataApi, lease), clock, ports.newToken);
    const run = new LoadRun({ ...ports, session, batches, clock, report }, state);
    const given = await ports.deliveries.list();
    const imports = await ports.imports.list();
    const { rebuild } = state;
    // It may have happened already: what is loaded before it is known would be loaded where nobody reads.
    if (rebuild?.step === 'SWAP') await run.goOnRebuilding(rebuild, 0);
    if (given.length > 0) await run.redrive(given);
    if (imports.length > 0) await run.takeImports(imports);
    if (gap !== undefined && ports.deliveryStream !== undefined) await run.closeGap(gap, ports.deliveryStream);
    if (rebuild !== undefined && run.isRebuilding) await run.goOnRebuilding(rebuild, isOfLines ? 0 : PATIENCE_WITH_SCHEDULE);
    const outcome = await run.untilSettled(isOfLines ? PATIENCE_WITH_OBJECT : PATIENCE_WITH_SCHEDULE);
    return run.isRebuilding ? 'rebuilding' : outcome;
  }

  /** Make sure that the catalog has the hours of the raw layer; a catalog that refuses keeps no line from being loaded. */
  async function registerDueHours(state: LoadState, event: LoadEvent, report: LoadReport, clock: RunClock): Promise<LoadState> {
    const now = clock.now();
    if (ports.rawHours === undefined || (event.source === 'tillgraph.schedule' && !isHourCheckDue(state, now))) return state;
    try {
      await registerHours(ports.rawHours, state.hoursAt, now);
    } catch (cause) {
      report.problems.push(`hours of raw/ are not registered in the catalog: ${String(cause)}`);
      return state;
    }
    await ports.state.write({ hoursAt: now });
    return { ...state, hoursAt: now };
  }

  /** What was put into the raw layer since it was compared, when it is time to look; an empty one is closed at once. */
  async function openGap(state: LoadState, event: LoadEvent, clock: RunClock): Promise<Gap | undefined> {
    const { deliveryStream, rebuildSource } = ports;
    const now = clock.now();
    // A rebuild brings the whole raw layer anyway.
    if (deliveryStream === undefined || isRebuilding(state)) return undefined;
    if (event.source === 'tillgraph.schedule' && !isComparisonDue(state, deliveryStream, now)) return undefined;
    const gap = await findGap(state, rebuildSource, now);
    if (gap.objects.length > 0) return gap;
    await ports.state.write({ comparison: comparedThrough(state, deliveryStream, gap.listedAt, now) });
    return undefined;
  }

  /** The state, with no time in it that is still to come. */
  async function rightState(report: LoadReport, clock: RunClock): Promise<LoadState> {
    const state = await ports.state.read();
    const ahead = timesAhead(state, clock.now());
    if (ahead === undefined) return state;
    report.problems.push(ahead.problem);
    await ports.state.write(ahead.changes);
    return { ...state, ...ahead.changes };
  }

  /** Begin a rebuild, unless one is under way or it is known. @throws NothingToRebuildFromError */
  async function begin(state: LoadState, id: string): Promise<LoadState> {
    if (isRebuilding(state) || state.rebuild?.id === id) return state;
    const { bucket } = ports.rebuildSource;
    const isThere = (await ports.rebuildSource.objects()).length > 0 || (await ports.rebuildSource.hasFiles());
    if (!isThere) throw new NothingToRebuildFromError(bucket);
    const changes = { rebuild: { id, step: 'EMPTY' as const }, isCopying: true };
    await ports.state.write(changes);
    return { ...state, ...changes };
  }

  function announcedObject(key: string): StagedObject | 'import' {
    return isImportManifest(ports.importPrefix, key) ? 'import' : stagedObject(ports.stagingPrefix, key);
  }

  function hasWork(state: LoadState, now: number): boolean {
    if (isPending(state) || isRebuilding(state) || isLateCheckDue(state, now)) return true;
    if (state.loadId === undefined) return false;
    const refreshOwed = state.refreshOwed === true && refreshDueAt(state) <= now;
    return refreshOwed || state.questions !== questionsDigest(ports.questions);
  }
};

/** Whether it is a look that somebody's clock asks for: what nobody announces is found by these. */
const isFromSchedule = ({ source }: LoadEvent) => source === 'tillgraph.schedule' || source === 'tillgraph.compare';

/** Whether a gap that was seen in one state is there in another: no run has begun to close it in between. */
const isOpen = (now: LoadState, seen: LoadState) => !isRebuilding(now) && now.comparison?.through === seen.comparison?.through;
