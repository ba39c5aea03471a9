import type { DataApi } from './data-api.ts';
import type { RunClock } from './run-clock.ts';

/** Which of the loaders that are called at once is at work. Times are milliseconds since 1970. */
export interface LeaseStore {
  /** Take the lease when nobody holds it at `now`, or else leave a note for who does: in one step, so that no note is missed. */
  take(holder: string, now: number, until: number): Promise<'taken' | 'noted'>;
  /** @returns false when it has become somebody else's */
  renew(holder: string, until: number): Promise<boolean>;
  /** Give it back. @returns false when a note was left since: the lease is kept, and the note is gone */
  release(holder: string): Promise<boolean>;
  /** Give it back, whatever was noted. */
  abandon(holder: string): Promise<void>;
}

/** The run stood still for so long that another has taken its place. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
  readonly code = 'LEASE_LOST';

  constructor(readonly holder: string) {
    super(`another run took the place of ${holder}, which had not been heard of for half a minute; that one goes on`);
  }
}

/** After this, who holds the lease is taken for dead. Longer than the longest call that is waited for. @unit milliseconds */
const LEASE = 30_000;
/** How old a lease may become. @unit milliseconds */
const FRESH = 5_000;

/** The lease of one run. */
export interface Lease {
  /** Hold on to it. Before everything that may take long. @throws LeaseLostError */
  keep(): Promise<void>;
}

/**
 * Do the work, unless another run is at it: that one is told of it, and does the work once more before it ends.
 *
 * @remarks So an event never waits for a run to end, and none is forgotten. That two runs do not write at once is left to the
 * warehouse's lock: a lease may be lost while its holder does not know.
 * @returns false when another run does it
 */
export async function runWithLease(
  store: LeaseStore,
  holder: string,
  clock: RunClock,
  work: (lease: Lease) => Promise<void>,
): Promise<boolean> {
  let takenAt = clock.now();
  if ((await store.take(holder, takenAt, takenAt + LEASE)) === 'noted') return false;
  const lease: Lease = {
    async keep() {
      const now = clock.now();
      if (now < takenAt + FRESH) return;
      if (!(await store.renew(holder, now + LEASE))) throw new LeaseLostError(holder);
      takenAt = now;
    },
  };
  try {
    for (;;) {
      await work(lease);
      if (await store.release(holder)) return true;
    }
  } catch (cause) {
    if (cause instanceof LeaseLostError) return false;
    await store.abandon(holder);
    throw cause;
  }
}

/** A Data API of which every call holds on to the lease. */
export const renewDuring = (api: DataApi, lease: Lease): DataApi => ({
  async start(batch, token, waitSeconds) {
    await lease.keep();
    return api.start(batch, token, waitSeconds);
  },
  async look(id, waitSeconds) {
    await lease.keep();
    return api.look(id, waitSeconds);
  },
  async rows(id, statement) {
    await lease.keep();
    return api.rows(id, statement);
  },
});
