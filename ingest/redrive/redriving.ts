import { UnreadableObjectError, FAILURE_PREFIXES, type FailedRecord } from './failed-records.ts';

/** The stack as redriving needs it: its bucket, and its stream. */
export interface RedriveStack {
  /** Such as `the local stack on /home/me/shop/.local`. */
  readonly name: string;
  /** The keys below a prefix, in their order. */
  keys(prefix: string): Promise<readonly string[]>;
  /** An object's content; `undefined` when somebody has moved it meanwhile. */
  text(key: string): Promise<string | undefined>;
  /** Resolves when all are on the stream. @throws NotTakenError */
  put(records: readonly FailedRecord[], signal: AbortSignal): Promise<void>;
  /** Move an object to `redriven/`. */
  shelve(key: string): Promise<void>;
}

/** The stream did not take some records, however often they were sent. */
export class NotTakenError extends Error {
  override readonly name = 'NotTakenError';
  readonly code = 'NOT_TAKEN';

  constructor(
    readonly records: number,
    readonly reason: string,
  ) {
    super(`the stream did not take ${String(records)} of its records: ${reason}`);
  }
}

export interface RedriveReport {
  readonly objects: number;
  readonly records: number;
  readonly lines: number;
  /** What stays where it is, and why. */
  readonly left: readonly { readonly key: string; readonly reason: string }[];
  readonly isStopped: boolean;
}

export interface RedriveProgress {
  readonly done: number;
  readonly objects: number;
  readonly records: number;
}

/**
 * Put back on the stream what was given up.
 *
 * @remarks An object is moved when all its records are on the stream. Whoever is ended in between puts them there again, which counts
 * nothing twice.
 * @param dryRun - count only
 */
export async function redrive(
  stack: RedriveStack,
  {
    dryRun,
    signal,
    onProgress,
  }: { readonly dryRun: boolean; readonly signal: AbortSignal; onProgress(this: void, progress: RedriveProgress): void },
): Promise<RedriveReport> {
  const found = await Promise.all(
    FAILURE_PREFIXES.map(async ({ prefix, read }) => (await stack.keys(prefix)).map((key) => ({ key, read }))),
  );
  const objects = found.flat();
  const left: { key: string; reason: string }[] = [];
  const sum = { objects: 0, records: 0, lines: 0 };
  const isOver = () => signal.aborted;
  for (const [done, { key, read }] of objects.entries()) {
    if (isOver()) return { ...sum, left, isStopped: true };
    onProgress({ done, objects: objects.length, records: sum.records });
    try {
      const text = await stack.text(key);
      if (text === undefined) continue;
      const records = read(text);
      if (!dryRun) {
        await stack.put(records, signal);
        await stack.shelve(key);
      }
      sum.objects += 1;
      sum.records += records.length;
      for (const { lines } of records) sum.lines += lines;
    } catch (error) {
      if (isOver()) return { ...sum, left, isStopped: true };
      if (!(error instanceof UnreadableObjectError || error instanceof NotTakenError)) throw error;
      left.push({ key, reason: error.message });
    }
  }
  return { ...sum, left, isStopped: false };
}
