/** A time on the clocks of a place. */
export interface LocalMinute {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

const DAY = 24 * 60 * 60 * 1000;
const clocks = new Map<string, Intl.DateTimeFormat>();

/** @param time - ms since 1970 */
export function localOf(time: number, timezone: string): LocalMinute {
  const there = new Date(time + offsetAt(time, timezone));
  return {
    year: there.getUTCFullYear(),
    month: there.getUTCMonth() + 1,
    day: there.getUTCDate(),
    hour: there.getUTCHours(),
    minute: there.getUTCMinutes(),
  };
}

/**
 * When the clocks of a place show a time: for the first time, when they are put back over it.
 *
 * @returns ms since 1970; undefined when they are put forward over it, so that they never show it
 */
export function instantOf({ year, month, day, hour, minute }: LocalMinute, timezone: string): number | undefined {
  const shown = Date.UTC(year, month - 1, day, hour, minute);
  // Clocks are not put forward and back within two days: what was right the day before or is right the day after is right now.
  const offsets = [offsetAt(shown - DAY, timezone), offsetAt(shown + DAY, timezone)];
  const instants = offsets.map((offset) => shown - offset).filter((time) => time + offsetAt(time, timezone) === shown);
  return instants.length === 0 ? undefined : Math.min(...instants);
}

/** @throws RangeError when there is no such time zone */
export function checkTimezone(timezone: string): void {
  offsetAt(0, timezone);
}

/** What a place adds to UTC. @unit ms */
function offsetAt(time: number, timezone: string): number {
  if (timezone === 'UTC') return 0;
  const clock =
    clocks.get(timezone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone: timezone,
      hourCycle: 'h23',
      ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
    });
  clocks.set(timezone, clock);
  const parts = Object.fromEntries(clock.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = parts;
  const seconds = Math.floor(time / 1000) * 1000;
  return Date.UTC(year, month - 1, day, hour, minute, second) - seconds;
}
