import { contentDigest, importIdOf, type BulkFile } from './bulk-files.ts';
import type { FileLayout } from '../replay/layout.ts';
import type { ImportStack } from './import-stack.ts';
import { readDone, readLoaded, type Loaded, type Transformed } from './outcome.ts';
import { surveyFiles } from './survey.ts';
import type { Unreported } from './unreported.ts';
import { countsFor, Watch, type ImportPorts, type Phase, type Watched } from './watch.ts';

/** What became of a file. */
export interface ObjectReport {
  readonly file: BulkFile;
  /**
   * `already`: it had been imported, and somebody was reported, so nothing was done now. `refused`: as a whole, by the job or by the
   * warehouse. `unfinished`: nobody waited for the end.
   */
  readonly result: 'loaded' | 'empty' | 'already' | 'refused' | 'unfinished';
  readonly reason: string | undefined;
  readonly transformed: Transformed | undefined;
  readonly loaded: Loaded | undefined;
  /** Whether it has taken the place of another content or reading, of which lines stay in the warehouse. */
  readonly hasReplaced: boolean;
}

/** A content that a command began to import, and that another has taken the place of before anybody was told of it. */
export interface ReplacedContent {
  readonly file: BulkFile;
  readonly importId: string;
  readonly unreported: Unreported;
  /** `undefined` when nothing of it was imported. */
  readonly transformed: Transformed | undefined;
  readonly loaded: Loaded | undefined;
}

export interface ImportReport {
  /** What was told of now: to be called when it has been. */
  readonly forget: () => void;
  readonly outcome: 'finished' | 'stopped';
  /** In the order of the files. */
  readonly objects: readonly ObjectReport[];
  readonly replaced: readonly ReplacedContent[];
  /** By phase, of those that took any. */
  readonly seconds: Readonly<Partial<Record<Phase, number>>>;
}

/**
 * Put files where the job finds them, and watch until the warehouse has them.
 *
 * @param again - do again what has been imported before
 * @param layout - how the files are written: what was imported as something else is done again
 * @throws DateOrderError before anything is sent; StackGoneError, JobNotStartedError, RunFailedError, NotPublishedError, NotLoadedError
 */
export async function importFiles(
  files: readonly BulkFile[],
  again: boolean,
  layout: FileLayout,
  ports: ImportPorts,
): Promise<ImportReport> {
  const { stack, signal, clock } = ports;
  const watch = new Watch(ports);
  const unreported = stack.unreported.all();
  await watch.begin();
  const started = clock.now();
  const objects: Watched[] = [];
  try {
    const found: FoundFile[] = [];
    for (const file of files) found.push(await foundFile(file, ports));
    const unlike = found.flatMap(({ file, isKept }) => (isKept && !again ? [] : file.path));
    await surveyFiles(unlike, layout, ports.onNote);
    await upload(found, objects, { again, unreported }, ports);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  watch.recordPhase('uploading', clock.now() - started);
  const outcome = signal.aborted ? 'stopped' : await watch.untilDone(objects);
  const reports = files.map((file) => reportOf(objects.find((object) => object.file === file) ?? nothingOf(file)));
  const facts = { outcome, objects: reports, seconds: watch.seconds } as const;
  // What it has told of a part, the command that goes on tells with the rest.
  if (outcome === 'stopped') return { ...facts, replaced: [], forget: () => undefined };
  const replaced = await replacedContents(objects, unreported, stack);
  const forget = () => {
    for (const { importId, unreported } of objects) if (unreported !== undefined) stack.unreported.delete(importId, unreported);
    for (const content of replaced) if (isSettled(content)) stack.unreported.delete(content.importId, content.unreported);
  };
  return { ...facts, replaced, forget };
}

/** A file, and what the bucket has of it. */
interface FoundFile {
  readonly file: BulkFile;
  /** Hex MD5 of its content. */
  readonly digest: string;
  /** What the bucket has under its name. */
  readonly there: 'nothing' | 'another content' | 'the content';
  /** Whether the bucket has it, and the same is said there of how it is written. */
  readonly isKept: boolean;
}

async function foundFile(file: BulkFile, { stack, signal }: ImportPorts): Promise<FoundFile> {
  signal.throwIfAborted();
  const digest = await contentDigest(file.path, signal);
  const etag = await stack.etagOf(file.key);
  if (etag !== digest) return { file, digest, there: etag === undefined ? 'nothing' : 'another content', isKept: false };
  return { file, digest, there: 'the content', isKept: (await stack.layoutOf(file.key)) === file.layout };
}

async function upload(
  found: readonly FoundFile[],
  objects: Watched[],
  { again, unreported }: { readonly again: boolean; readonly unreported: ReadonlyMap<string, Unreported> },
  ports: ImportPorts,
): Promise<void> {
  const { stack, signal, onProgress } = ports;
  const all = found.reduce((sum, { file }) => sum + file.size, 0);
  let before = 0;
  for (const one of found) {
    signal.throwIfAborted();
    const { file, digest, isKept } = one;
    const importId = importIdOf(file.key, digest);
    const earlier = await readEarlier(stack, importId, unreported.get(importId));
    const sent = before;
    const showProgress = (bytes: number) => {
      const share = all === 0 ? 1 : Math.min(1, (sent + bytes) / all);
      onProgress({ phase: 'uploading', share, doing: `${file.path} ${isKept ? 'is there already as' : 'to'} ${file.key}` });
    };
    showProgress(0);
    const begun = begunImport(one, earlier, again);
    // Before anything happens to it: whoever is stopped from here on leaves it to the next command to tell of it.
    if (begun !== undefined && begun !== earlier.unreported) stack.unreported.set(importId, begun);
    if (!isKept) await stack.put(file, digest, signal, showProgress);
    before += file.size;
    const isAlready = earlier.finished && begun === undefined;
    const facts = begun?.run === null ? NOTHING : earlier;
    objects.push({ file, importId, isUploaded: !isKept, isAlready, ...facts, unreported: begun });
  }
}

type Earlier = Pick<Watched, 'done' | 'loaded' | 'finished' | 'unreported'>;

const NOTHING: Earlier = { done: undefined, loaded: undefined, finished: false, unreported: undefined };

/** What is known of an import that may have been before. */
async function readEarlier(stack: ImportStack, importId: string, unreported: Unreported | undefined): Promise<Earlier> {
  const done = await readDone(stack, importId);
  if (done === undefined || !countsFor(unreported, done)) return { ...NOTHING, unreported };
  const loaded = done.status === 'STAGED' ? await readLoaded(stack, importId, done.run) : undefined;
  return { done, loaded, finished: done.status !== 'STAGED' || loaded !== undefined, unreported };
}

/** What is to be told of a file that a command begins to import; `undefined` when all of it was told before. */
function begunImport({ file, there, isKept }: FoundFile, earlier: Earlier, again: boolean): Unreported | undefined {
  const { done, finished, unreported } = earlier;
  const { key, layout } = file;
  const isOtherwise = unreported !== undefined && unreported.layout !== layout;
  // A run may have read it, or read it now, as it was said to be written before; or another content has come and gone since.
  const isStale = !isKept && (there === 'the content' || done !== undefined || isOtherwise);
  const hasReplaced = (!isKept && (there !== 'nothing' || isOtherwise)) || unreported?.hasReplaced === true;
  if (isStale || (again && finished && unreported?.isAgain !== true)) {
    const reportedRun = unreported === undefined && finished ? done?.run : unreported?.reportedRun;
    return { key, layout, run: null, isAgain: again, hasReplaced, reportedRun };
  }
  if (unreported !== undefined) return { ...unreported, layout, hasReplaced };
  return finished ? undefined : { key, layout, hasReplaced };
}

/** What became of contents of the same objects that were begun and never told. */
async function replacedContents(
  objects: readonly Watched[],
  unreported: ReadonlyMap<string, Unreported>,
  stack: ImportStack,
): Promise<readonly ReplacedContent[]> {
  const now = new Set(objects.map(({ importId }) => importId));
  const replaced: ReplacedContent[] = [];
  for (const [importId, one] of unreported) {
    const file = objects.find((object) => object.file.key === one.key)?.file;
    if (file === undefined || now.has(importId)) continue;
    const done = await readDone(stack, importId);
    const transformed = done === undefined || done.run === one.reportedRun ? undefined : done;
    const isLoaded = transformed?.status === 'STAGED';
    const loaded = isLoaded ? await readLoaded(stack, importId, transformed.run) : undefined;
    replaced.push({ file, importId, unreported: one, transformed, loaded });
  }
  return replaced;
}

/** Whether nothing more will become of it. */
const isSettled = ({ transformed, loaded }: ReplacedContent) => transformed?.status !== 'STAGED' || loaded !== undefined;

function reportOf({ file, done, loaded, finished, isAlready, unreported }: Watched): ObjectReport {
  const facts = { file, transformed: done, loaded, hasReplaced: unreported?.hasReplaced ?? false };
  if (!finished) return { ...facts, result: 'unfinished', reason: undefined };
  if (done?.status === 'REFUSED') return { ...facts, result: 'refused', reason: done.reason };
  if (loaded?.status === 'REFUSED') return { ...facts, result: 'refused', reason: loaded.reason };
  return { ...facts, result: isAlready ? 'already' : done?.status === 'EMPTY' ? 'empty' : 'loaded', reason: undefined };
}

const nothingOf = (file: BulkFile): Watched => ({ file, importId: '', isUploaded: false, isAlready: false, ...NOTHING });
