// Days and the periods they begin and end: APPSYNC_JS has no Date.

import { isLeap } from '../../domain/calendar.ts';

/** A kind of period that a rollup is finished for. */
export type Period = 'YEAR' | 'QUARTER' | 'MONTH' | 'WEEK' | 'DAY';

const numberOf = (digits: string): number => JSON.parse(digits.startsWith('0') ? digits.slice(1) : digits) as number;

const twoDigits = (whole: number): string => (whole < 10 ? `0${whole}` : `${whole}`);

/** @param month - 1 to 12 */
function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days since the first of January of the year 1, which was a Monday. */
function dayNumber(year: number, month: number, day: number): number {
  const before = year - 1;
  const leapDays = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400);
  // Months in thirds of 306 days from March on; January and February lie before.
  const inYear = month > 2 ? Math.floor((153 * (month - 3) + 2) / 5) + (isLeap(year) ? 60 : 59) : month === 2 ? 31 : 0;
  return before * 365 + leapDays + inYear + day - 1;
}

/** The ISO week of a day, such as `2011-W07`. */
function weekOf(year: number, month: number, day: number): string {
  const number = dayNumber(year, month, day);
  const thursday = number - (number % 7) + 3;
  const weekYear = thursday < dayNumber(year, 1, 1) ? year - 1 : thursday >= dayNumber(year + 1, 1, 1) ? year + 1 : year;
  return `${weekYear}-W${twoDigits(Math.floor((thursday - dayNumber(weekYear, 1, 1)) / 7) + 1)}`;
}

/**
 * The period that begins (or ends) on a day, in the warehouse's words, or `undefined` when none does.
 *
 * @param day - an existing day, `YYYY-MM-DD`
 * @param edge - which side of the period the day has to be
 */
export function periodAt(day: string, period: Period, edge: 'first' | 'last'): string | undefined {
  const yearText = day.slice(0, 4);
  const monthText = day.slice(5, 7);
  const year = JSON.parse(yearText) as number;
  const month = numberOf(monthText);
  const date = numberOf(day.slice(8, 10));
  if (period === 'DAY') return day;
  if (period === 'WEEK')
    return dayNumber(year, month, date) % 7 === (edge === 'first' ? 0 : 6) ? weekOf(year, month, date) : undefined;
  if (date !== (edge === 'first' ? 1 : daysInMonth(year, month))) return undefined;
  if (period === 'MONTH') return `${yearText}-${monthText}`;
  if (period === 'QUARTER')
    return month % 3 === (edge === 'first' ? 1 : 0) ? `${yearText}-Q${Math.floor((month + 2) / 3)}` : undefined;
  return month === (edge === 'first' ? 1 : 12) ? yearText : undefined;
}
