import { CLOCKS_DIFFER, isAwaiting, type LoadState, type LoadStateStore } from './load-state.ts';

/** What Firehose has put for its COPYs. */
export interface StagedLines {
  /**
   * When the newest object came into being, of those that Firehose may have put since a time; absent: there is none.
   *
   * @param at - milliseconds since 1970
   * @param until - what came into being later is left out: it is from before a clock went back
   */
  newestSince(at: number, until: number): Promise<number | undefined>;
}

/** Nearer to an announced object than this, another is not missed: the late looks find its lines. @unit milliseconds */
const NEAR = 60_000;

/**
 * Announce what no event has: each may be lost or grow too old while the loader is at work, and then its lines would wait for the next.
 *
 * @param now - an object that is here has come, whatever the time it says
 * @returns the state with it
 */
export async function announceMissedObjects(
  state: LoadState,
  now: number,
  { state: store, staged }: { readonly state: LoadStateStore; readonly staged: StagedLines },
): Promise<LoadState> {
  // Whoever waits for an object loads all that comes meanwhile.
  if (isAwaiting(state)) return state;
  const announcedAt = state.announcedAt ?? 0;
  const newest = await staged.newestSince(announcedAt, now + CLOCKS_DIFFER);
  if (newest === undefined || newest <= announcedAt + NEAR) return state;
  const at = Math.max(announcedAt, Math.min(newest, now));
  await store.announce(at);
  return { ...state, announcedAt: at };
}
