import { STREAM_COLUMNS } from '../../domain/landing.ts';
import type { RawLayer } from './gaps.ts';
import { readCopied, runOnce } from './import-ledger.ts';
import { takeImports, type ImportManifests } from './imports.ts';
import type { LoadReport } from './load-report.ts';
import { halvesOf, isGzipList, rebuildLists, rebuildPrefix, type LineObject } from './rebuild-lists.ts';
import { LISTED_OPTIONS } from './redrive.ts';
import { EMPTY_ASIDE } from './rebuild-aside.ts';
import { requireTime, pauseAfter, type RunClock } from './run-clock.ts';
import { retryLostBatch, StatementRefusedError, type WarehouseSession } from './warehouse-session.ts';

/** How far a rebuild has come: each step is written down when it has been done. */
export interface Rebuild {
  /** Letters, digits, `-` and `_`. */
  readonly id: string;
  readonly step: 'EMPTY' | 'LIST' | 'COPY' | 'IMPORT' | 'AWAIT' | 'SWAP' | 'DONE';
  /** The lists to copy, once they are made. */
  readonly lists?: readonly string[];
  /** The run of the bulk job that imports everything again. */
  readonly importRun?: string;
}

/** Whether a rebuild is under way. */
export const isRebuilding = ({ rebuild }: { readonly rebuild?: Rebuild }) => rebuild !== undefined && rebuild.step !== 'DONE';

/** What the warehouse can be made from again. */
export interface RebuildSource extends RawLayer {
  /** Everything that the stream brought: the raw layer, and what Firehose put that may not be there yet. In the order of the keys. */
  objects(): Promise<readonly LineObject[]>;
  /** Whether there are files that were imported. */
  hasFiles(): Promise<boolean>;
}

/** The job that imports files. */
export interface ImportJob {
  /** Import everything there is once more. @returns the run's id */
  start(): Promise<string>;
  /** How a run stands: `RUNNING`, `SUCCEEDED`, or in the service's own words how it failed. */
  look(run: string): Promise<string>;
}

/** There is nothing to make the warehouse from. */
export class NothingToRebuildFromError extends Error {
  override readonly name = 'NothingToRebuildFromError';
  readonly code = 'NOTHING_TO_REBUILD_FROM';

  constructor(readonly bucket: string) {
    super(`the warehouse stays as it is: neither raw/ nor bulk/ of the bucket ${bucket} has anything to make it from`);
  }
}

/** What a rebuild works with. */
export interface RebuildPorts {
  readonly session: WarehouseSession;
  readonly source: RebuildSource;
  /** Absent: there is none. */
  readonly importJob?: ImportJob;
  readonly imports: ImportManifests;
  readonly importPrefix: string;
  readonly clock: RunClock;
  readonly report: LoadReport;
  /** Load what has landed, aside. */
  readonly load: () => Promise<void>;
  /** Put what was filled aside in the place of what people read: statements for one transaction. */
  readonly swap: readonly string[];
  readonly write: (rebuild: Rebuild) => Promise<void>;
}

/** Nothing is begun with less time than this left. @unit milliseconds */
const ENOUGH_TIME = 60_000;

/**
 * Fill tables aside with everything again, what the stream brought, list by list, and then all files, and put them in the place of those
 * that people read, in one transaction.
 *
 * @remarks Every step may be stopped anywhere and is gone on with by the next run. What would do harm twice, emptying, copying and the
 * swap, has its record in the transaction that does it. The lists are made after the emptying, so that what was waiting to be loaded is in
 * them. Loads fill the tables aside as long as the swap is not the next step; once it is, nothing is loaded before it has happened.
 * @param patience - how long the bulk job is waited for here; then the next run looks again. In milliseconds
 */
export async function continueRebuild(ports: RebuildPorts, begun: Rebuild, patience: number): Promise<void> {
  let rebuild = begun;
  const { session, source, importJob, report } = ports;
  const prefix = rebuildPrefix(ports.importPrefix, rebuild.id);
  const step = async (name: Rebuild['step'], work: () => Promise<Partial<Rebuild>>): Promise<void> => {
    if (rebuild.step !== name) return;
    rebuild = { ...rebuild, ...(await work()) };
    await ports.write(rebuild);
  };

  await step('EMPTY', async () => {
    const reason = await retryLostBatch(() =>
      runOnce(session, { key: `${prefix}emptied`, name: 'emptying for a rebuild', statements: EMPTY_ASIDE }),
    );
    if (reason !== undefined) throw new StatementRefusedError('emptying for a rebuild', reason, false);
    return { step: 'LIST' };
  });
  await step('LIST', async () => {
    const lists = rebuildLists(prefix, await source.objects());
    for (const list of lists) await source.putList(list);
    return { step: 'COPY', lists: lists.map(({ key }) => key) };
  });
  await step('COPY', async () => {
    const lists = rebuild.lists ?? [];
    const copied = await retryLostBatch(() => readCopied(session, lists));
    for (const key of lists) if (!copied.has(key)) await copyAndLoad(ports, key);
    return { step: 'IMPORT' };
  });
  await step('IMPORT', async () => {
    if (!(await source.hasFiles())) return { step: 'SWAP' };
    if (importJob !== undefined) return { step: 'AWAIT', importRun: await importJob.start() };
    report.problems.push('there are files to import, and no job that does it');
    return { step: 'SWAP' };
  });
  if (rebuild.step === 'AWAIT' && (await isImported(ports, rebuild, patience)))
    await step('AWAIT', () => Promise.resolve({ step: 'SWAP' }));
  await step('SWAP', async () => {
    requireTime(ports.clock, ENOUGH_TIME, 'the end of the rebuild');
    const swap = { key: `${prefix}swapped`, name: 'swap of a rebuild', statements: ports.swap };
    const reason = await report.time('refresh', () => retryLostBatch(() => runOnce(session, swap)));
    if (reason !== undefined) throw new StatementRefusedError(swap.name, reason, false);
    return { step: 'DONE' };
  });
}

/** Copy a list, or, when the warehouse refuses it, its halves, so that one object that cannot be read keeps no other from being. */
async function copyAndLoad(ports: RebuildPorts, key: string): Promise<void> {
  const { session, source, clock, report } = ports;
  requireTime(clock, ENOUGH_TIME, 'another part of the rebuild');
  const sql = `COPY intake.landing (${STREAM_COLUMNS.join(', ')})\nFROM 's3://${source.bucket}/${key}'\n${LISTED_OPTIONS}`;
  const statements = [isGzipList(key) ? `${sql}\nGZIP` : sql];
  const reason = await report.time('copy', () =>
    retryLostBatch(() => runOnce(session, { key, name: 'copy for a rebuild', statements })),
  );
  if (reason === undefined) {
    await retryLostBatch(ports.load);
    return;
  }
  const list = await source.readList(key);
  const halves = halvesOf(list);
  if (halves === undefined) {
    report.problems.push(`${list.objects.join()} was not copied: ${reason}`);
    return;
  }
  for (const half of halves) {
    await source.putList(half);
    await copyAndLoad(ports, half.key);
  }
}

/** Whether the bulk job has ended and all that it published is loaded. */
async function isImported(ports: RebuildPorts, { importRun = '' }: Rebuild, patience: number): Promise<boolean> {
  const { imports, importJob, clock, report } = ports;
  const ends = clock.now() + patience;
  for (let pauses = 0; ; pauses++) {
    requireTime(clock, ENOUGH_TIME, 'the imports of the rebuild');
    // In this order: when the job has ended, every list is there.
    const run = (await importJob?.look(importRun)) ?? 'gone, as the job is';
    const manifests = await imports.list();
    await takeImports(ports, manifests);
    if (run !== 'RUNNING') {
      if (run !== 'SUCCEEDED')
        report.problems.push(`the import of all files (${importRun}) was ${run}: what it left out is missing, import it again`);
      return true;
    }
    if (clock.now() >= ends) return false;
    await clock.sleep(pauseAfter(pauses));
  }
}
