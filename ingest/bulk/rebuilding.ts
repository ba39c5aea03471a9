import type { Clock } from '../replay/sending.ts';

/** What the warehouse holds, counted from the lines and from what follows of them. */
export interface Holding {
  readonly lines: number;
  readonly units: number;
  /** @unit pounds, exact, three places */
  readonly money: string;
  readonly invoices: number;
  readonly customers: number;
  readonly products: number;
  /** Rows of the rollups, and the revenue that the one without dimensions names. */
  readonly rollupRows: number;
  readonly rollupMoney: string;
  /** Lines that no load takes. */
  readonly rejects: number;
}

/** A rebuild, and what was there before it. */
export interface BegunRebuild {
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  readonly before: Holding;
}

/** The warehouse as a rebuild needs it. */
export interface RebuildStack {
  readonly name: string;
  readonly logs: string;
  count(): Promise<Holding>;
  /** Lines in the landing table, and lines that are loaded. */
  progress(): Promise<{ readonly landed: number; readonly loaded: number }>;
  /**
   * Tell the loader to rebuild, or to go on with it, and wait until its run has ended.
   *
   * @param id - of the rebuild: the same one is done once
   * @returns how it ended, in its own words; `busy` when it is at work for somebody else
   * @throws LoaderFailedError
   */
  rebuild(id: string): Promise<string>;
  /** A rebuild that was begun and has not come to its end, as far as this machine knows. */
  readonly begun: BegunRebuild | undefined;
  /** Remember a rebuild that begins; `undefined`: it has come to its end. */
  remember(begun: BegunRebuild | undefined): void;
}

/** The loader ended with an error. */
export class LoaderFailedError extends Error {
  override readonly name = 'LoaderFailedError';
  readonly code = 'LOADER_FAILED';

  constructor(
    readonly reason: string,
    logs: string,
  ) {
    super(`the warehouse loader failed: ${reason}; its log is in ${logs}. The same command goes on`);
  }
}

/** The loader does not come to an end. */
export class NotRebuiltError extends Error {
  override readonly name = 'NotRebuiltError';
  readonly code = 'NOT_REBUILT';

  constructor(
    readonly outcome: string,
    logs: string,
  ) {
    super(`the warehouse loader ended with "${outcome}" instead of "settled": see its log in ${logs}. The same command goes on`);
  }
}

export interface RebuildPorts {
  readonly stack: RebuildStack;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onProgress: (landed: number, loaded: number, doing: string) => void;
}

/** Between two looks at how far it is. @unit milliseconds */
const LOOK_AGAIN = 1_000;
/** Before a busy loader is asked again. @unit milliseconds */
const BUSY_PAUSE = 1_000;
/** How long the loader may be busy for somebody else. @unit milliseconds */
const BUSY_PATIENCE = 900_000;
/** How often the loader may be told to go on: a run lasts up to a quarter of an hour, and one that waits for Spark half a minute. */
const MOST_RUNS = 1_000;
/** A rebuild that another run has brought to its end leaves nothing to do. */
const ENDED = new Set(['settled', 'idle']);
/** After which it is told to go on. */
const UNFINISHED = new Set(['rebuilding', 'out of time', 'waiting']);

/** What came of it. */
export interface Rebuilt {
  readonly before: Holding;
  readonly after: Holding;
  readonly seconds: number;
}

/** @throws LoaderFailedError, NotRebuiltError, StackGoneError; the signal's reason */
export async function rebuild(begun: BegunRebuild, ports: RebuildPorts): Promise<Rebuilt> {
  const { stack, clock, signal } = ports;
  const started = clock.now();
  const over = new AbortController();
  const watching = watch(ports, AbortSignal.any([signal, over.signal]));
  stack.remember(begun);
  try {
    await Promise.race([untilSettled(begun.id, ports), whenAborted(signal)]);
  } finally {
    over.abort();
    await watching;
  }
  const after = await stack.count();
  stack.remember(undefined);
  return { before: begun.before, after, seconds: (clock.now() - started) / 1000 };
}

async function untilSettled(id: string, { stack, clock, signal }: RebuildPorts): Promise<void> {
  let busySince: number | undefined;
  for (let runs = 0; ;) {
    const outcome = await stack.rebuild(id);
    if (ENDED.has(outcome)) return;
    if (outcome === 'busy') {
      busySince ??= clock.now();
      if (clock.now() - busySince > BUSY_PATIENCE) throw new NotRebuiltError(outcome, stack.logs);
      await clock.wait(BUSY_PAUSE, signal);
      continue;
    }
    busySince = undefined;
    runs += 1;
    if (!UNFINISHED.has(outcome) || runs === MOST_RUNS) throw new NotRebuiltError(outcome, stack.logs);
  }
}

/** Shows how far it is; that it cannot be seen just now is no failure of the rebuild. */
async function watch({ stack, clock, onProgress }: RebuildPorts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const { landed, loaded } = await stack.progress();
      onProgress(landed, loaded, 'the loader works');
    } catch {
      onProgress(0, 0, 'the warehouse does not say how far it is');
    }
    await clock.wait(LOOK_AGAIN, signal).catch(() => undefined);
  }
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = () => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
