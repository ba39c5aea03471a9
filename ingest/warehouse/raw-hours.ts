import type { LoadState } from './load-state.ts';

/** The hours of the raw layer, `2011-12-09/08`: those in the bucket, and those that the catalog has as partitions. */
export interface RawHours {
  /** The hour of the first object of all; absent: there is none. */
  oldest(): Promise<string | undefined>;
  /** All days that have an object, such as `2011-12-09`. */
  days(): Promise<readonly string[]>;
  /** The hours of a day that have an object. */
  hoursOf(day: string): Promise<readonly string[]>;
  /** Whether the catalog has an hour. */
  isRegistered(hour: string): Promise<boolean>;
  /** See to it that the catalog has these hours. Some may be there already. */
  register(hours: readonly string[]): Promise<void>;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The schedule comes every quarter of an hour; faster clocks than that tell nothing new. */
const BETWEEN_LOOKS = 10 * MINUTE;

/** A line may reach the raw layer a day after the hour under which it stands, and its clock is not ours. */
const LATEST = 26 * HOUR;

/** Whether it is time to look for hours that the catalog has not. */
export const isHourCheckDue = ({ hoursAt }: LoadState, now: number) =>
  hoursAt === undefined || hoursAt > now || hoursAt + BETWEEN_LOOKS <= now;

/**
 * Register every hour of the raw layer that the catalog has not.
 *
 * @remarks Only the days in which an hour may have come since the last look are listed, at a handful of requests. All days are when the
 * catalog has not the oldest hour, which is registered as the last of all: the first time, when a run has died in between, and when the table
 * was made anew. Registering again does no harm, so runs beside each other need not know of each other.
 * @param lookedAt - when the hours were last looked for
 */
export async function registerHours(hours: RawHours, lookedAt: number | undefined, now: number): Promise<void> {
  const oldest = await hours.oldest();
  if (oldest === undefined) return;
  const isWhole = lookedAt !== undefined && (await hours.isRegistered(oldest));
  const days = await hours.days();
  const first = isWhole ? dayOf(Math.min(lookedAt, now) - LATEST) : '';
  const wanted = days.filter((day) => day >= first).sort();
  for (const day of wanted.reverse()) {
    const present = await hours.hoursOf(day);
    await hours.register([...present].sort().reverse());
  }
}

const dayOf = (time: number) => new Date(Math.max(0, time)).toISOString().slice(0, 10);
