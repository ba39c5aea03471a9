import type { Comparison } from './gaps.ts';
import type { Rebuild } from './rebuild.ts';

/** What the loader knows without waking the warehouse. Times are milliseconds since 1970; absent: never. */
export interface LoadState {
  /** When the newest object that was announced came into being. */
  readonly announcedAt?: number;
  /** Objects up to this time are loaded, and the answers show them. */
  readonly settledAt?: number;
  /** Whether the loader itself copied what is not known to be loaded, or what the answers do not show. */
  readonly isCopying?: boolean;
  /** The last rebuild, and how far it has come. */
  readonly rebuild?: Rebuild;
  /** How far the raw layer has been compared with the warehouse. */
  readonly comparison?: Comparison;
  /** When hours of the raw layer were last registered in the catalog. */
  readonly hoursAt?: number;
  /** When the landing table was last seen empty. */
  readonly lookedAt?: number;
  /** The load that the stored answers show. */
  readonly loadId?: number;
  /** The last load that the refresh covers which the stored answers show. */
  readonly refreshedLoadId?: number;
  /** When the last refresh ended. */
  readonly refreshedAt?: number;
  /** How long it took. */
  readonly refreshMilliseconds?: number;
  /** Whether a load came after the last refresh. */
  readonly refreshOwed?: boolean;
  /** A digest of the questions that were asked. */
  readonly questions?: string;
  /** A digest of each stored answer, by the question's key. */
  readonly answers?: Readonly<Record<string, string>>;
}

/** Where the loader's state is kept. */
export interface LoadStateStore {
  /** What was last written, with certainty. */
  read(): Promise<LoadState>;
  /** Move `announcedAt` forward, never back. */
  announce(at: number): Promise<void>;
  /** Replace what is given and leave the rest. `announcedAt` is given only where a clock has gone back: see {@link timesAhead}. */
  write(changes: LoadState): Promise<void>;
}

const MINUTE = 60_000;

/**
 * How long after the newest object the landing table is looked at once more. A COPY that Firehose tries again is announced by nobody:
 * it does so every five minutes (a workgroup that was asleep is reason enough), for at most two hours.
 *
 * @unit milliseconds
 * @source Firehose developer guide, "Handle data delivery failures", Amazon Redshift
 */
const LATE_LOOKS = [6 * MINUTE, 20 * MINUTE, 125 * MINUTE];

/** When a COPY that was announced is given up; after Firehose's last try its manifest brings the lines. @unit milliseconds */
const PATIENCE = 180 * MINUTE;

/** A refresh may take this part of the time, so that its cost is bounded without a clock to set. */
const REFRESH_SHARE = 0.1;

/** So far apart may two clocks be that are kept right. @unit milliseconds */
export const CLOCKS_DIFFER = 5000;

/** Whether a time lies so far ahead that a clock has gone back since, or that another clock is wrong. */
export const isAhead = (time: number | undefined, now: number): boolean => time !== undefined && time > now + CLOCKS_DIFFER;

const TIMES = ['announcedAt', 'settledAt', 'lookedAt', 'refreshedAt'] as const;

/**
 * What to write when times of the state lie ahead of the clock: nothing that is delivered from now on would be later than what they say
 * has been loaded, and it would wait in the landing table until the clock is there again. So everything counts as announced just now.
 *
 * @returns `undefined` when all is well
 */
export function timesAhead(
  state: LoadState,
  now: number,
): { readonly problem: string; readonly changes: Required<Pick<LoadState, (typeof TIMES)[number]>> } | undefined {
  const ahead = TIMES.filter((name) => isAhead(state[name], now));
  if (ahead.length === 0) return undefined;
  const namesAndTimes = ahead.map((name) => `${name} ${new Date(state[name] ?? 0).toISOString()}`).join(', ');
  return {
    problem: `it is ${new Date(now).toISOString()}, and the loader's state is of later (${namesAndTimes}): set the clock right; what has landed is loaded all the same`,
    changes: { announcedAt: now, settledAt: 0, lookedAt: 0, refreshedAt: 0 },
  };
}

/** Whether an object was announced that is not known to be loaded. */
export const isAwaiting = ({ announcedAt, settledAt }: LoadState) =>
  announcedAt !== undefined && (settledAt === undefined || settledAt < announcedAt);

/** Whether there is anything that is not known to be loaded and shown. */
export const isPending = (state: LoadState) => isAwaiting(state) || state.isCopying === true;

/** Whether the COPY that was announced is not waited for any longer. */
export const isGivenUp = (state: LoadState, now: number) => isAwaiting(state) && now - (state.announcedAt ?? now) > PATIENCE;

/** Whether it is time for a look at the landing table that nobody announced. */
export const isLateCheckDue = ({ announcedAt, lookedAt = 0 }: LoadState, now: number) =>
  announcedAt !== undefined && LATE_LOOKS.some((after) => lookedAt < announcedAt + after && announcedAt + after <= now);

/** From when on a refresh may run: nine times as long after the last as that one took. */
export const refreshDueAt = ({ refreshedAt = 0, refreshMilliseconds = 0 }: LoadState) =>
  refreshedAt + refreshMilliseconds * (1 / REFRESH_SHARE - 1);
