import { codeError } from './errors.ts';
import { formatTime, parseTime } from './java-date-format.ts';

const ISO8601 = /^[+-]?\d{4,}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d(?::?\d\d)?)?$/;

/** `util.time`. */
export const time = {
  nowISO8601: (): string => new Date().toISOString(),
  nowEpochSeconds: (): number => Math.floor(Date.now() / 1000),
  nowEpochMilliSeconds: (): number => Date.now(),
  nowFormatted: (format: string, zone?: string): string => formatTime(Date.now(), format, zone),
  parseFormattedToEpochMilliSeconds: (timestamp: string, format: string, zone?: string): number =>
    parseTime(timestamp, format, zone),
  parseISO8601ToEpochMilliSeconds: (timestamp: string): number => {
    const withZone = /(?:Z|[+-]\d\d(?::?\d\d)?)$/.test(timestamp) ? timestamp : `${timestamp}Z`;
    const parsed = ISO8601.test(timestamp) ? Date.parse(withZone.replace(',', '.')) : Number.NaN;
    if (Number.isNaN(parsed)) {
      throw codeError(
        `util.time.parseISO8601ToEpochMilliSeconds: write a time such as 2018-02-01T17:21:05.180+08:00: got "${timestamp}"`,
      );
    }
    return parsed;
  },
  epochMilliSecondsToSeconds: (milliseconds: number): number => Math.floor(milliseconds / 1000),
  epochMilliSecondsToISO8601: (milliseconds: number): string => {
    const date = new Date(milliseconds);
    if (Number.isNaN(date.getTime()))
      throw codeError(`util.time.epochMilliSecondsToISO8601: write milliseconds since 1970: got ${String(milliseconds)}`);
    return date.toISOString();
  },
  epochMilliSecondsToFormatted: (milliseconds: number, format: string, zone?: string): string =>
    formatTime(milliseconds, format, zone),
};
