import { invoiceDateFrom, isDay, slashedDate, USUAL_DATES, type DateOrder, type DateReading } from './invoice-dates.ts';

/** A date of the file, and where it stands. */
export interface FoundDate {
  readonly row: number;
  /** Of the file, from 1. */
  readonly line: number;
  /** As it stands in the file. */
  readonly text: string;
}

/** The first and the last day of some dates, such as `2010-12-01`. */
export interface DayRange {
  readonly first: string;
  readonly last: string;
}

/** How the dates of a file are to be read, and how that is known. */
export interface DateFinding {
  readonly reading: DateReading;
  /** Of all dates as they are read; `undefined` when there is none. */
  readonly days: DayRange | undefined;
  /** A date that can be read in no other way. */
  readonly evidence: FoundDate | undefined;
  /** The days of all dates if month and day were the other way round; `undefined` when they cannot be. */
  readonly otherwise: DayRange | undefined;
}

/** The dates of a file contradict each other, or what was said of them, or need somebody to say how they are read. */
export class DateOrderError extends Error {
  override readonly name = 'DateOrderError';
  readonly code = 'DATE_ORDER';

  constructor(
    readonly path: string,
    readonly reason: string,
  ) {
    super(`${path}: ${reason}`);
  }
}

/** Reads every date of a file both month-first and day-first, to find out which of the two the file means. */
export class DateSurvey {
  private last: string | undefined;
  private lastRow = 0;
  private slashed: FoundDate | undefined;
  private onlyMonthFirst: FoundDate | undefined;
  private onlyDayFirst: FoundDate | undefined;
  private isOrderOpen = false;
  /** Of the dates of which both readings exist and differ. */
  private readonly openMonthFirst = new Days();
  private readonly openDayFirst = new Days();
  private readonly monthFirst = new Days();
  private readonly dayFirst = new Days();

  /** @param said - how a person says that dates are written */
  constructor(private readonly said: DateOrder | undefined) {}

  /** Take a date, as it stands in the file without blanks around it; in any order of rows. */
  add(text: string, row: number, line: number): void {
    // Neighbouring rows share their dates.
    if (text === this.last && row > this.lastRow) return;
    this.last = text;
    this.lastRow = row;
    const slashed = slashedDate(text, this.said);
    if (slashed === undefined) {
      this.addPlain(text);
      return;
    }
    this.slashed = earlier(this.slashed, text, row, line);
    const { first, second, year } = slashed;
    const monthFirst = isDay(year, first, second) ? `${year}-${first}-${second}` : undefined;
    const dayFirst = isDay(year, second, first) ? `${year}-${second}-${first}` : undefined;
    if (monthFirst !== undefined) this.monthFirst.add(monthFirst);
    if (dayFirst !== undefined) this.dayFirst.add(dayFirst);
    if (monthFirst !== undefined && dayFirst !== undefined) {
      if (first === second) return;
      this.isOrderOpen = true;
      this.openMonthFirst.add(monthFirst);
      this.openDayFirst.add(dayFirst);
    } else if (monthFirst !== undefined) this.onlyMonthFirst = earlier(this.onlyMonthFirst, text, row, line);
    else if (dayFirst !== undefined) this.onlyDayFirst = earlier(this.onlyDayFirst, text, row, line);
  }

  /** @param path - of the file, for the message @throws DateOrderError */
  finding(path: string): DateFinding {
    const reason = this.said === undefined ? this.reasonAgainstGuess() : this.reasonAgainst(this.said);
    if (reason !== undefined) throw new DateOrderError(path, reason);
    const order = this.said ?? (this.onlyDayFirst === undefined ? USUAL_DATES.order : 'day-first');
    const isGuess = this.said === undefined;
    const evidence = order === 'day-first' ? this.onlyDayFirst : this.onlyMonthFirst;
    return {
      reading: { order, isSaid: !isGuess },
      days: (order === 'day-first' ? this.dayFirst : this.monthFirst).range,
      evidence,
      otherwise: isGuess && evidence === undefined && this.isOrderOpen ? this.dayFirst.range : undefined,
    };
  }

  /** A date that is written with the year first, or none at all. */
  private addPlain(text: string): void {
    const day = invoiceDateFrom(text, { order: 'year-first', isSaid: this.said === 'year-first' })?.slice(0, 10);
    if (day === undefined || !isDay(day.slice(0, 4), day.slice(5, 7), day.slice(8))) return;
    this.monthFirst.add(day);
    this.dayFirst.add(day);
  }

  private reasonAgainst(said: DateOrder): string | undefined {
    const wrong = said === 'month-first' ? this.onlyDayFirst : said === 'day-first' ? this.onlyMonthFirst : this.slashed;
    if (wrong === undefined) return undefined;
    return `${placeOf(wrong)} is no date ${said}, as --date-format says: correct the row, or the option`;
  }

  private reasonAgainstGuess(): string | undefined {
    const [month, day] = [this.onlyMonthFirst, this.onlyDayFirst];
    if (month !== undefined && day !== undefined)
      return `${placeOf(month)} can only be month-first and ${placeOf(day)} only day-first: correct the one that is wrong`;
    if (month !== undefined || day !== undefined) return undefined;
    const [monthFirst, dayFirst] = [this.openMonthFirst.range, this.openDayFirst.range];
    if (monthFirst === undefined || dayFirst === undefined || daysOf(dayFirst) >= daysOf(monthFirst)) return undefined;
    return (
      `its dates can be read in two ways: day-first they go from ${dayFirst.first} to ${dayFirst.last}, ` +
      `month-first from ${monthFirst.first} to ${monthFirst.last}: say --date-format day-first or --date-format month-first`
    );
  }
}

/** What a person should know of the dates before anything is sent. */
export function datesNote({ reading, days, evidence, otherwise }: DateFinding): string | undefined {
  if (days === undefined) return undefined;
  const range = `from ${days.first} to ${days.last}`;
  if (otherwise !== undefined)
    return (
      `NOTE: no date tells month and day apart: read month-first, they go ${range}; if they are day-first, ` +
      `from ${otherwise.first} to ${otherwise.last}, say --date-format day-first`
    );
  if (reading.isSaid) return `dates are read ${reading.order}, as --date-format says, and go ${range}`;
  if (evidence === undefined) return `dates go ${range}`;
  return `dates are read ${reading.order}, as ${placeOf(evidence)} shows, and go ${range}`;
}

const earlier = (found: FoundDate | undefined, text: string, row: number, line: number): FoundDate =>
  found !== undefined && found.row <= row ? found : { row, line, text };

const placeOf = ({ row, line, text }: FoundDate) => `row ${String(row)} (line ${String(line)}) "${text}"`;

/** The first and the last of many days. */
class Days {
  private first: string | undefined;
  private last: string | undefined;

  add(day: string): void {
    if (this.first === undefined || day < this.first) this.first = day;
    if (this.last === undefined || day > this.last) this.last = day;
  }

  get range(): DayRange | undefined {
    return this.first === undefined || this.last === undefined ? undefined : { first: this.first, last: this.last };
  }
}

/** @unit days, from the first to the last */
const daysOf = ({ first, last }: DayRange) => (Date.parse(last) - Date.parse(first)) / 86_400_000;
