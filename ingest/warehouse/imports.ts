import { createHash } from 'node:crypto';
import { IMPORT_COLUMNS } from '../../domain/landing.ts';
import { readCopied, runOnce, type Copied } from './import-ledger.ts';
import { SAFE_KEY } from './import-keys.ts';
import type { LoadCounts } from './load-batch.ts';
import type { LoadReport } from './load-report.ts';
import { requireTime, type RunClock } from './run-clock.ts';
import { LostBatchError, type WarehouseSession } from './warehouse-session.ts';

/** A list of staged lines. */
export interface ImportManifest {
  readonly key: string;
  /** Another one whenever it was put again. */
  readonly version: string;
}

/** What became of an import, as it is written beside it. */
export type ImportOutcome =
  | { readonly manifest: string; readonly status: 'REFUSED'; readonly reason: string }
  | {
      readonly manifest: string;
      readonly status: 'LOADED';
      /** The load that took its lines; `null` when there were none. */
      readonly loadId: number | null;
      readonly lines: LoadCounts;
      /** ISO 8601, in whole seconds. */
      readonly copiedAt: string;
      readonly loadedAt: string;
      /** Its own, and its share, by lines, of a load that it was in with others. What an earlier run did is not in it. */
      readonly seconds: { readonly copy?: number; readonly load?: number };
    };

/** The lists of imports. */
export interface ImportManifests {
  /** Where COPY finds them. */
  readonly bucket: string;
  /** All that nobody has dealt with, in the order of their keys. */
  list(): Promise<readonly ImportManifest[]>;
  /** Write down what became of one. May happen again. */
  writeOutcome(outcome: ImportOutcome): Promise<void>;
  /** Take one away that was loaded. Done already: nothing happens. */
  remove(key: string): Promise<void>;
  /** Put one away that the warehouse does not take. Done already: nothing happens. */
  shelve(key: string): Promise<void>;
}

/** What an import is brought in with. */
export interface ImportPorts {
  readonly session: WarehouseSession;
  readonly imports: ImportManifests;
  readonly clock: RunClock;
  readonly report: LoadReport;
  /** Load whatever has landed. */
  readonly load: () => Promise<void>;
}

/** Lists that are dealt with together: their names stand in one statement. */
const AT_ONCE = 200;
/** Nothing is begun with less time than this left. @unit milliseconds */
const ENOUGH_TIME = 60_000;
/** How often in one run the warehouse may forget what it was asked. */
const LOSSES = 5;

/** No row may be wrong: the files are our own, so one that cannot be read means that something is broken, and nothing of it is taken. */
/** By itself COPY takes the text `\\N` for no value. A text of a line has no blanks around it, so this is none. */
export const NO_VALUE = ' NULL ';

/** The COPY of what a list names. */
export const copyStatement = (bucket: string, key: string) =>
  `COPY intake.landing (${IMPORT_COLUMNS.join(', ')})\nFROM 's3://${bucket}/${key}'\nIAM_ROLE default\nFORMAT AS CSV\nNULL AS '${NO_VALUE}'\nGZIP\nMANIFEST`;

/**
 * Copy and load imports, tell what became of each, and take its list away. What is published meanwhile is for the next call, so that
 * imports which follow one another keep nothing else from being done.
 *
 * @remarks A list stays until everything is done, and each step finds out what the one before it did: whatever stops a run, the next one
 * goes on there. No list is copied twice, because its record is written by the transaction that copies it.
 */
export async function takeImports(ports: ImportPorts, found: readonly ImportManifest[]): Promise<void> {
  const wanted = new Set(keysOf(found));
  let manifests = found;
  let losses = 0;
  const tried = new Set<string>();
  while (manifests.length > 0) {
    requireTime(ports.clock, ENOUGH_TIME, 'another import');
    try {
      await takeSome(ports, manifests.slice(0, AT_ONCE), tried);
    } catch (cause) {
      if (!(cause instanceof LostBatchError) || ++losses > LOSSES) throw cause;
    }
    manifests = (await ports.imports.list()).filter(({ key }) => wanted.has(key));
  }
}

/** @param tried - what this run has begun to copy */
async function takeSome(ports: ImportPorts, found: readonly ImportManifest[], tried: Set<string>): Promise<void> {
  const { session, imports, clock, report } = ports;
  const isSafe = ({ key }: ImportManifest) => SAFE_KEY.test(key);
  for (const { key } of found.filter((one) => !isSafe(one)))
    await refuse(ports, key, 'its name has letters that no key may have');
  const manifests = found.filter(isSafe);

  const before = await readCopied(session, keysOf(manifests));
  const copySeconds = new Map<string, number>();
  for (const manifest of manifests) {
    if (before.has(manifest.key)) continue;
    requireTime(clock, ENOUGH_TIME, 'another import');
    const started = clock.now();
    // The token may be of a copy that a warehouse knew which has been put back to an earlier day. It is no second time believed.
    const token = tried.has(manifest.key) ? undefined : tokenOf(manifest);
    tried.add(manifest.key);
    const reason = await report.time('copy', () => copy(ports, manifest.key, token));
    copySeconds.set(manifest.key, secondsSince(started, clock));
    if (reason !== undefined) await refuse(ports, manifest.key, reason);
  }

  let known = await readCopied(session, keysOf(manifests));
  const waiting = new Map([...known].flatMap(([key, copied]) => (copied.waiting > 0 ? [[key, copied.waiting] as const] : [])));
  let secondsOfLine = 0;
  if (waiting.size > 0) {
    const started = clock.now();
    await ports.load();
    secondsOfLine = secondsSince(started, clock) / [...waiting.values()].reduce((all, lines) => all + lines, 0);
    known = await readCopied(session, keysOf(manifests));
  }

  for (const [manifest, copied] of known) {
    // The load was lost: there is another round.
    if (copied.waiting > 0) continue;
    const lines = waiting.get(manifest);
    const load = lines === undefined ? undefined : Math.round(secondsOfLine * lines * 1000) / 1000;
    const seconds = { copy: copySeconds.get(manifest), load };
    await imports.writeOutcome(outcomeOf(manifest, copied, seconds));
    await imports.remove(manifest);
    report.imports.push(manifest);
  }
}

/** The same for as long as a list stays as it is: what a run has begun and not seen the end of is waited for by the next. */
const tokenOf = ({ key, version }: ImportManifest) =>
  createHash('sha256').update(`${key}\n${version}`).digest('hex').slice(0, 32);

/** @returns why the warehouse refused */
function copy({ session, imports }: ImportPorts, key: string, token: string | undefined): Promise<string | undefined> {
  const statements = [copyStatement(imports.bucket, key)];
  return runOnce(session, { key, name: 'copy of an import', statements, ...(token === undefined ? {} : { token }) });
}

/** It is told first: the bulk job puts a list again of which nothing is told. */
async function refuse({ imports, report }: ImportPorts, manifest: string, reason: string): Promise<void> {
  report.problems.push(`${manifest} was not copied: ${reason}`);
  await imports.writeOutcome({ manifest, status: 'REFUSED', reason });
  await imports.shelve(manifest);
}

function outcomeOf(
  manifest: string,
  { at, load, lines }: Copied,
  seconds: { readonly copy: number | undefined; readonly load: number | undefined },
): ImportOutcome {
  return {
    manifest,
    status: 'LOADED',
    loadId: load?.id ?? null,
    lines,
    copiedAt: new Date(at).toISOString(),
    loadedAt: new Date(load?.at ?? at).toISOString(),
    seconds: {
      ...(seconds.copy === undefined ? {} : { copy: seconds.copy }),
      ...(seconds.load === undefined ? {} : { load: seconds.load }),
    },
  };
}

const keysOf = (manifests: readonly ImportManifest[]) => manifests.map(({ key }) => key);

const secondsSince = (started: number, clock: RunClock) => (clock.now() - started) / 1000;
