// The part of Java's `DateTimeFormatter` patterns that `util.time` needs here; every other letter is refused by name.

/** A pattern, zone or timestamp that cannot be understood. */
export class DateFormatError extends Error {
  override readonly name = 'DateFormatError';
  readonly code = 'DATE_FORMAT';
}

interface Clock {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** East of Greenwich. @unit minutes */
  readonly offset: number;
}

const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'],
];
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

const KNOWN = "yyyy yy MM M MMM MMMM dd d HH H hh h mm m ss s S…SSSSSSSSS a EEE EEEE X XX XXX Z and '…'";

type Token = { readonly literal: string } | { readonly letter: string; readonly count: number };

const parsedPatterns = new Map<string, readonly Token[]>();

function tokensOf(pattern: string): readonly Token[] {
  let tokens = parsedPatterns.get(pattern);
  if (tokens === undefined) {
    tokens = [...pattern.matchAll(/'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+/g)].map(([text, quoted, letter]): Token => {
      if (quoted !== undefined) return { literal: quoted === '' ? "'" : quoted.replaceAll("''", "'") };
      return letter === undefined ? { literal: text } : { letter, count: text.length };
    });
    if (parsedPatterns.size > 200) parsedPatterns.clear();
    parsedPatterns.set(pattern, tokens);
  }
  return tokens;
}

const unknown = (token: { letter: string; count: number }, pattern: string) =>
  new DateFormatError(`the date format "${pattern}" uses ${token.letter.repeat(token.count)}: known here are ${KNOWN}`);

const pad = (value: number, width: number) => String(value).padStart(width, '0');

function offsetText(offset: number, colon: boolean): string {
  const minutes = Math.abs(offset);
  return `${offset < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60), 2)}${colon ? ':' : ''}${pad(minutes % 60, 2)}`;
}

/** @param time - milliseconds since 1970 @throws DateFormatError */
export function formatTime(time: number, pattern: string, zone = 'UTC'): string {
  const clock = clockAt(time, zone);
  let text = '';
  for (const token of tokensOf(pattern)) text += 'literal' in token ? token.literal : formatToken(token, clock, pattern);
  return text;
}

function formatToken(token: { letter: string; count: number }, clock: Clock, pattern: string): string {
  const { letter, count } = token;
  const number = NUMBERS[letter];
  if (number !== undefined && count <= 2) return pad(number(clock), count);
  switch (letter) {
    case 'y':
    case 'u':
      if (count === 2) return pad(clock.year % 100, 2);
      return pad(clock.year, count);
    case 'M':
    case 'L':
      if (count <= 2) return pad(clock.month, count);
      if (count <= 4) return (MONTHS[clock.month - 1] ?? '').slice(0, count === 3 ? 3 : undefined);
      break;
    case 'E':
      if (count <= 4) return (WEEKDAYS[clock.weekday] ?? '').slice(0, count <= 3 ? 3 : undefined);
      break;
    case 'S':
      return pad(clock.millisecond, 3).padEnd(count, '0').slice(0, count);
    case 'a':
      if (count === 1) return clock.hour < 12 ? 'AM' : 'PM';
      break;
    case 'X':
      if (count > 3) break;
      if (clock.offset === 0) return 'Z';
      return count === 1 && clock.offset % 60 === 0
        ? offsetText(clock.offset, false).slice(0, 3)
        : offsetText(clock.offset, count === 3);
    case 'Z':
      if (count <= 3) return offsetText(clock.offset, false);
      break;
  }
  throw unknown(token, pattern);
}

const NUMBERS: Readonly<Record<string, (clock: Clock) => number>> = {
  d: ({ day }) => day,
  H: ({ hour }) => hour,
  h: ({ hour }) => ((hour + 11) % 12) + 1,
  m: ({ minute }) => minute,
  s: ({ second }) => second,
};

/** @returns milliseconds since 1970 @throws DateFormatError */
export function parseTime(timestamp: string, pattern: string, zone?: string): number {
  const fields: Record<string, number> = {};
  let source = '';
  const readers: ((text: string) => void)[] = [];
  for (const token of tokensOf(pattern)) {
    if ('literal' in token) source += token.literal.replace(/[^\w\s]/g, String.raw`\$&`);
    else {
      const [expression, read] = parserOf(token, fields, pattern);
      source += `(${expression})`;
      readers.push(read);
    }
  }
  const match = new RegExp(`^${source}$`).exec(timestamp);
  if (match === null) throw new DateFormatError(`write a timestamp in the format "${pattern}": got "${timestamp}"`);
  readers.forEach((read, i) => {
    read(match[i + 1] ?? '');
  });
  const { year, month = 1, day = 1, minute = 0, second = 0, millisecond = 0, offset, half } = fields;
  if (year === undefined) throw new DateFormatError(`the format "${pattern}" names no year`);
  const hour = half === undefined ? (fields['hour'] ?? 0) : ((fields['hour'] ?? 0) % 12) + half * 12;
  const utc = Date.UTC(year, month - 1, day, hour, minute, second, millisecond);
  const back = new Date(utc);
  if (back.getUTCMonth() !== month - 1 || back.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59) {
    throw new DateFormatError(`there is no such date and time: "${timestamp}"`);
  }
  if (offset !== undefined) return utc - offset * 60_000;
  return zone === undefined ? utc : utc - offsetAt(utc - offsetAt(utc, zone) * 60_000, zone) * 60_000;
}

type Reader = [expression: string, read: (text: string) => void];

function parserOf(token: { letter: string; count: number }, fields: Record<string, number>, pattern: string): Reader {
  const { letter, count } = token;
  const number = (name: string, digits: string, base = 0): Reader => [
    digits,
    (text) => {
      fields[name] = Number(text) + base;
    },
  ];
  const width = count === 1 ? String.raw`\d{1,2}` : String.raw`\d{2}`;
  if (letter === 'y' || letter === 'u')
    return count === 2 ? number('year', String.raw`\d{2}`, 2000) : number('year', String.raw`\d{4}`);
  if ((letter === 'M' || letter === 'L') && count <= 2) return number('month', width);
  if (letter === 'M' || letter === 'L') {
    const names = MONTHS.map((name) => (count === 3 ? name.slice(0, 3) : name));
    return [
      names.join('|'),
      (text) => {
        fields['month'] = names.indexOf(text) + 1;
      },
    ];
  }
  const simple = { d: 'day', H: 'hour', h: 'hour', m: 'minute', s: 'second' }[letter];
  if (simple !== undefined && count <= 2) return number(simple, width);
  if (letter === 'S') {
    return [
      String.raw`\d{${String(count)}}`,
      (text) => {
        fields['millisecond'] = Math.floor(Number(text.padEnd(3, '0').slice(0, 3)));
      },
    ];
  }
  if (letter === 'a' && count === 1) {
    return [
      'AM|PM',
      (text) => {
        fields['half'] = text === 'PM' ? 1 : 0;
      },
    ];
  }
  if (letter === 'E' && count <= 4)
    return [WEEKDAYS.map((name) => (count <= 3 ? name.slice(0, 3) : name)).join('|'), () => undefined];
  if ((letter === 'X' || letter === 'Z') && count <= 3) {
    return [
      String.raw`Z|[+-]\d{2}(?::?\d{2})?`,
      (text) => {
        const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})?$/.exec(text) ?? [];
        fields['offset'] = (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0));
      },
    ];
  }
  throw unknown(token, pattern);
}

function clockAt(time: number, zone: string): Clock {
  const offset = offsetAt(time, zone);
  const local = new Date(time + offset * 60_000);
  if (Number.isNaN(local.getTime())) throw new DateFormatError(`write milliseconds since 1970: got ${String(time)}`);
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds(),
    millisecond: local.getUTCMilliseconds(),
    weekday: local.getUTCDay(),
    offset,
  };
}

const zones = new Map<string, Intl.DateTimeFormat>();

/** How far a zone is east of Greenwich at a moment. @unit minutes */
function offsetAt(time: number, zone: string): number {
  if (zone === 'UTC' || zone === 'Z' || zone === 'GMT') return 0;
  const [, sign, hours, minutes] = /^(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?$/.exec(zone) ?? [];
  if (sign !== undefined) return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes ?? 0));
  let format = zones.get(zone);
  try {
    format ??= new Intl.DateTimeFormat('en-US', {
      ...{ timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
      ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
    });
  } catch (cause) {
    throw new DateFormatError(`there is no time zone "${zone}": write one such as Europe/London or +02:00`, { cause });
  }
  zones.set(zone, format);
  const parts = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const wholeSeconds = Math.floor(time / 1000) * 1000;
  return Math.round((Date.UTC(year, month - 1, day, hour, minute, second) - wholeSeconds) / 60_000);
}
