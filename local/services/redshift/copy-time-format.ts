import { notSupported } from './errors.ts';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/**
 * The words of a format, the longest first, and what each matches.
 *
 * @source Redshift developer guide, "DATEFORMAT and TIMEFORMAT strings", and "Datetime format strings"
 */
const ELEMENTS: readonly (readonly [word: string, pattern: string])[] = [
  ['YYYY', '(?<year>\\d{4})'],
  ['HH24', '(?<hour>\\d{1,2})'],
  ['HH12', '(?<hour>\\d{1,2})'],
  ['MON', '(?<name>[A-Za-z]{3})'],
  ['YY', '(?<short>\\d{2})'],
  ['MM', '(?<month>\\d{1,2})'],
  ['DD', '(?<day>\\d{1,2})'],
  ['HH', '(?<hour>\\d{1,2})'],
  ['MI', '(?<minute>\\d{1,2})'],
  ['SS', '(?<second>\\d{1,2}(?:\\.\\d+)?)'],
  ['AM', '(?<half>[AaPp][Mm])'],
  ['PM', '(?<half>[AaPp][Mm])'],
];

/** Turns a date or a time written in a format into PostgreSQL's way. */
export class TimeFormat {
  private readonly pattern: RegExp;

  /** @throws StatementError when there is a word in it that nothing is known of */
  constructor(
    readonly format: string,
    option: 'DATEFORMAT' | 'TIMEFORMAT',
  ) {
    let pattern = '';
    for (let at = 0; at < format.length;) {
      const rest = format.slice(at).toUpperCase();
      const element = ELEMENTS.find(([word]) => rest.startsWith(word));
      const [letter = ''] = format.slice(at);
      if (element === undefined && /[A-Za-z0-9]/.test(letter) && letter !== 'T')
        throw notSupported(
          `${option} '${format}'`,
          "write YYYY, YY, MM, MON, DD, HH24, HH12, MI, SS, AM or PM with separators between them, or 'auto'",
        );
      pattern += element?.[1] ?? letter.replace(/[^\w\s]/, '\\$&');
      at += element?.[0].length ?? 1;
    }
    if (!pattern.includes('<day>') || !/<(month|name)>/.test(pattern) || !/<(year|short)>/.test(pattern))
      throw notSupported(`${option} '${format}'`, 'write the year, the month and the day');
    try {
      this.pattern = new RegExp(`^${pattern}$`);
    } catch {
      throw notSupported(`${option} '${format}'`, 'write each part once');
    }
  }

  /** @returns nothing when the text is not written so */
  read(text: string): string | undefined {
    const found = this.pattern.exec(text.trim())?.groups;
    if (found === undefined) return undefined;
    const { year, short, month, name, day, hour = '0', minute = '0', second = '0', half } = found;
    const named = name === undefined ? Number(month) : MONTHS.indexOf(name.toLowerCase()) + 1;
    const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
    const whole = year ?? `20${short ?? ''}`;
    const date = new Date(Date.UTC(Number(whole), named - 1, Number(day)));
    const isDate = date.getUTCMonth() === named - 1 && date.getUTCDate() === Number(day);
    if (!isDate || hours > 23 || Number(minute) > 59 || Number(second) >= 60) return undefined;
    const two = (value: number | string) => String(value).padStart(2, '0');
    return `${whole}-${two(named)}-${two(Number(day))} ${two(hours)}:${two(minute)}:${two(second)}`;
  }
}
