import { isLeap } from '../../domain/calendar.ts';

/** In which order a file writes month, day and year. */
export const DATE_ORDERS = ['month-first', 'day-first', 'year-first'] as const;
export type DateOrder = (typeof DATE_ORDERS)[number];

/** How the dates of a file are read. */
export interface DateReading {
  readonly order: DateOrder;
  /** Whether a person has said so. Then dots, dashes and years of two digits are read as well: nobody can guess their order. */
  readonly isSaid: boolean;
}

/** How dates are read of which nothing is known: as the published data set writes them. */
export const USUAL_DATES: DateReading = { order: 'month-first', isSaid: false };

const GUESSABLE = /^(\d{1,2})(\/)(\d{1,2})\/(\d{4})[ T](\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([AaPp][Mm]))?$/;
const SAID = /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})[ T](\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([AaPp][Mm]))?$/;
const YEAR_FIRST = /^(\d{4})([/.-])(\d{1,2})\2(\d{1,2})[ T](\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([AaPp][Mm]))?$/;
const SAID_YEAR_FIRST = /^(\d{4}|\d{2})([/.-])(\d{1,2})\2(\d{1,2})[ T](\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([AaPp][Mm]))?$/;
const ISO = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2})(?::(\d{2})(?:[.]0+)?)?Z?$/;

/** A year of two digits up to this one is of this century, as POSIX has it. */
const LAST_YEAR_OF_THIS_CENTURY = 69;

/** What a date must look like, for reasons. */
export const EXPECTED_DATES: Readonly<Record<DateOrder, string>> = {
  'month-first': 'month/day/year hour:minute such as "12/1/2010 8:26", or "2010-12-01 08:26:00"',
  'day-first': 'day/month/year hour:minute such as "1/12/2010 8:26", or "2010-12-01 08:26:00"',
  'year-first': 'year/month/day hour:minute such as "2010/12/1 8:26", or "2010-12-01 08:26:00"',
};
/** Added to them where no person has said in which order dates are. */
export const DATE_FORMAT_ADVICE = '; --date-format reads others';

/** A date whose month and day could be the other way round, as it stands in the file. */
export interface SlashedDate {
  readonly first: string;
  readonly second: string;
  /** Four digits. */
  readonly year: string;
}

/**
 * The two numbers and the year of a date such as `12/1/2010 8:26`; `undefined` when it does not end in a year.
 *
 * @param said - how a person says that dates are written
 */
export function slashedDate(text: string, said: DateOrder | undefined): SlashedDate | undefined {
  const [, first, , second, year] = (said === undefined ? GUESSABLE : SAID).exec(text) ?? [];
  // Where the year comes first, the last of three short numbers is a day.
  if (said === 'year-first' && year?.length === 2) return undefined;
  if (first === undefined || second === undefined || year === undefined) return undefined;
  return { first: first.padStart(2, '0'), second: second.padStart(2, '0'), year: wholeYear(year) };
}

/** A date of a file as `2010-12-01T08:26:00Z`, if it exists; `undefined` when it is not written as the file writes dates. */
export function invoiceDateFrom(text: string, { order, isSaid }: DateReading = USUAL_DATES): string | undefined {
  if (order !== 'year-first') {
    const parts = (isSaid ? SAID : GUESSABLE).exec(text);
    if (parts !== null) {
      const [, first = '', , second = '', year = ''] = parts;
      return order === 'month-first' ? moment(year, first, second, parts) : moment(year, second, first, parts);
    }
  }
  const [, date, time = '', second = '00'] = ISO.exec(text) ?? [];
  if (date !== undefined) return `${date}T${time}:${second}Z`;
  const parts = (order === 'year-first' && isSaid ? SAID_YEAR_FIRST : YEAR_FIRST).exec(text);
  if (parts === null) return undefined;
  const [, year = '', , month = '', day = ''] = parts;
  return moment(year, month, day, parts);
}

function moment(year: string, month: string, day: string, parts: RegExpExecArray): string | undefined {
  const [, , , , , hour = '', minute = '', second = '00', half] = parts;
  const ofDay = half === undefined ? hour : hourOfDay(Number(hour), half);
  if (ofDay === undefined) return undefined;
  return `${wholeYear(year)}-${month.padStart(2, '0')}-${day.padStart(2, '0')}T${ofDay.padStart(2, '0')}:${minute}:${second}Z`;
}

/** `12 AM` is midnight, `12 PM` is noon; there is no `0 AM` and no `13 PM`. */
function hourOfDay(hour: number, half: string): string | undefined {
  if (hour < 1 || hour > 12) return undefined;
  return String((hour % 12) + (half.toUpperCase() === 'PM' ? 12 : 0));
}

const wholeYear = (year: string) =>
  year.length === 4 ? year : `${Number(year) <= LAST_YEAR_OF_THIS_CENTURY ? '20' : '19'}${year}`;

/** Whether the calendar has the day. */
export function isDay(year: string, month: string, day: string): boolean {
  const [yearNumber, monthNumber, dayNumber] = [Number(year), Number(month), Number(day)];
  if (monthNumber < 1 || monthNumber > 12 || dayNumber < 1) return false;
  if (dayNumber <= 28) return true;
  const days = monthNumber === 2 ? (isLeap(yearNumber) ? 29 : 28) : [4, 6, 9, 11].includes(monthNumber) ? 30 : 31;
  return dayNumber <= days;
}
