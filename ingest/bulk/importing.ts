import { contentDigest, importIdOf, type BulkFile } from './bulk-files.ts';
import type { FileLayout } from '../replay/layout.ts';
import type { ImportStack } from './import-stack.ts';
import { readDone, readLoaded, type Loaded, type Transformed } from './outcome.ts';
import { surveyFiles } from './survey.ts';
import { Watch, type ImportPorts, type Phase, type Watched } from './watch.ts';

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
}

export interface ImportReport {
  /** What was told of now: to be called when it has been. */
  readonly forget: () => void;
  readonly outcome: 'finished' | 'stopped';
  /** In the order of the files. */
  readonly objects: readonly ObjectReport[];
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
  const watch = new Watch(ports);
  const unreported = new Set(ports.stack.unreported);
  await watch.begin();
  const started = ports.clock.now();
  const objects: Watched[] = [];
  try {
    const found: FoundFile[] = [];
    for (const file of files) found.push(await foundFile(file, ports));
    const unlike = found.flatMap(({ file, isThere, isReadAlike }) => (isThere && isReadAlike && !again ? [] : file.path));
    await surveyFiles(unlike, layout, ports.onNote);
    await upload(found, objects, unreported, ports);
  } catch (error) {
    if (!ports.signal.aborted) throw error;
  }
  watch.took('uploading', ports.clock.now() - started);
  const forget = () => {
    for (const { importId, finished } of objects) if (finished) unreported.delete(importId);
    ports.stack.remember(unreported);
  };
  // What it has told of a part, the command that goes on tells with the rest.
  const stopped = { outcome: 'stopped', seconds: watch.seconds, forget: () => undefined } as const;
  if (ports.signal.aborted) return { ...stopped, objects: files.map(unsent(objects)) };

  const settled = objects.filter(({ finished }) => finished);
  const repeated = settled.filter(({ isReadOtherwise }) => again || isReadOtherwise);
  const already = new Set(settled.filter((object) => !repeated.includes(object) && !unreported.has(object.importId)));
  const outcome = await watch.untilDone(objects, repeated);
  const reported = objects.map((object) => reportOf(object, already.has(object)));
  return outcome === 'stopped'
    ? { ...stopped, objects: reported }
    : { outcome, objects: reported, seconds: watch.seconds, forget };
}

/** A file, and what the bucket has of it. */
interface FoundFile {
  readonly file: BulkFile;
  /** Hex MD5 of its content. */
  readonly digest: string;
  /** Whether the same content is there under the same name. */
  readonly isThere: boolean;
  /** Whether the same is said there of how it is written. */
  readonly isReadAlike: boolean;
}

async function foundFile(file: BulkFile, { stack, signal }: ImportPorts): Promise<FoundFile> {
  signal.throwIfAborted();
  const digest = await contentDigest(file.path, signal);
  const isThere = (await stack.etagOf(file.key)) === digest;
  return { file, digest, isThere, isReadAlike: !isThere || (await stack.layoutOf(file.key)) === file.layout };
}

async function upload(
  found: readonly FoundFile[],
  objects: Watched[],
  unreported: Set<string>,
  ports: ImportPorts,
): Promise<void> {
  const { stack, signal, onProgress } = ports;
  const all = found.reduce((sum, { file }) => sum + file.size, 0);
  let before = 0;
  for (const { file, digest, isThere, isReadAlike } of found) {
    signal.throwIfAborted();
    const importId = importIdOf(file.key, digest);
    const earlier = await readEarlier(stack, importId);
    const sent = before;
    const isKept = isThere && isReadAlike;
    const showProgress = (bytes: number) => {
      const share = all === 0 ? 1 : Math.min(1, (sent + bytes) / all);
      onProgress({ phase: 'uploading', share, doing: `${file.path} ${isKept ? 'is there already as' : 'to'} ${file.key}` });
    };
    showProgress(0);
    // Before anything happens to it: whoever is stopped from here on leaves it to the next command to tell of it.
    if (!earlier.finished && !unreported.has(importId)) stack.remember(unreported.add(importId));
    if (!isKept) await stack.put(file, digest, signal, showProgress);
    before += file.size;
    objects.push({ file, importId, isUploaded: !isKept, isReadOtherwise: !isReadAlike, ...earlier });
  }
}

/** What is known of an import that may have been before. */
async function readEarlier(stack: ImportStack, importId: string): Promise<Pick<Watched, 'done' | 'loaded' | 'finished'>> {
  const done = await readDone(stack, importId);
  if (done === undefined) return { done, loaded: undefined, finished: false };
  const loaded = done.status === 'STAGED' ? await readLoaded(stack, importId, done.run) : undefined;
  return { done, loaded, finished: done.status !== 'STAGED' || loaded !== undefined };
}

function reportOf({ file, done, loaded, finished }: Watched, isAlready: boolean): ObjectReport {
  const facts = { file, transformed: done, loaded };
  if (!finished) return { ...facts, result: 'unfinished', reason: undefined };
  if (done?.status === 'REFUSED') return { ...facts, result: 'refused', reason: done.reason };
  if (loaded?.status === 'REFUSED') return { ...facts, result: 'refused', reason: loaded.reason };
  return { ...facts, result: isAlready ? 'already' : done?.status === 'EMPTY' ? 'empty' : 'loaded', reason: undefined };
}

const unsent = (objects: readonly Watched[]) => (file: BulkFile) =>
  reportOf(objects.find((object) => object.file === file) ?? nothingOf(file), true);

const nothingOf = (file: BulkFile): Watched => ({
  file,
  importId: '',
  isUploaded: false,
  isReadOtherwise: false,
  done: undefined,
  loaded: undefined,
  finished: false,
});
