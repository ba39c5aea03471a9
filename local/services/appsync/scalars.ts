import { isIP } from 'node:net';
import { javaText } from './java-values.ts';
import { LeafError, LENIENT_SCALARS, type Convert } from './lenient-scalars.ts';

/** A scalar that AppSync adds to GraphQL. @source AppSync developer guide, "Scalar types in GraphQL" */
export interface AwsScalar {
  readonly description: string;
  /** What messages call a value of it. */
  readonly noun: string;
  /** Whether a value from outside is one; for AWSJSON and AWSTimestamp see `parse`. */
  readonly accepts: (value: unknown) => boolean;
  /** What a resolver sees of it. @default the value itself */
  readonly parse?: (value: unknown) => unknown;
  /** What the answer shows of it. @default the value itself */
  readonly print?: (value: unknown) => unknown;
}

/** `Z`, `±hh:mm` or `±hh:mm:ss`. */
const OFFSET = String.raw`(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d(?::[0-5]\d)?)`;
const CLOCK = String.raw`(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?`;
const DATE = new RegExp(String.raw`^-?(\d{4})-(\d{2})-(\d{2})${OFFSET}?$`);
const TIME = new RegExp(`^${CLOCK}${OFFSET}?$`);
/** The page calls the offset optional; the service refuses a date and time without one. */
const DATE_TIME = new RegExp(String.raw`^-?(\d{4})-(\d{2})-(\d{2})T${CLOCK}${OFFSET}$`);
const EMAIL = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/;
/** A number without a country's code is one of the United States. */
const PHONE = /^(?:\+[1-9]\d{0,2}[ -.]?)?\(?\d{1,4}\)?(?:[ -.]?\d{1,4}){1,4}$/;

const DAYS_OF_MONTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isCalendarDay(pattern: RegExp, value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const match = pattern.exec(value);
  if (match === null) return false;
  const year = Number(match[1]);
  const month = Number(match[2]);
  const leapDay = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 1 : 0;
  const day = Number(match[3]);
  return day >= 1 && day <= (DAYS_OF_MONTHS[month - 1] ?? 0) + leapDay;
}

const ZERO = 48;

/** Two digits at a place, or a number no calendar has. */
function digits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - ZERO;
  const ones = text.charCodeAt(at + 1) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : 99;
}

/** The commonest form, `2010-12-01T08:26:00Z`, on a day that every month has; seen without a regular expression. */
function isPlainDateTime(value: unknown): boolean {
  if (typeof value !== 'string' || value.length !== 20) return false;
  const month = digits(value, 5);
  const day = digits(value, 8);
  if (month < 1 || month > 12 || day < 1 || day > 28 || digits(value, 0) === 99 || digits(value, 2) === 99) return false;
  if (digits(value, 11) > 23 || digits(value, 14) > 59 || digits(value, 17) > 59) return false;
  return value[4] === '-' && value[7] === '-' && value[10] === 'T' && value[13] === ':' && value[16] === ':' && value[19] === 'Z';
}

function isUrl(value: unknown): boolean {
  if (typeof value !== 'string' || !/^[a-z][a-z0-9+.-]*:/i.test(value) || !URL.canParse(value)) return false;
  return !new URL(value).pathname.includes('//');
}

function isIpAddress(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const [address = '', prefix, ...rest] = value.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128));
}

function isPhone(value: unknown): boolean {
  if (typeof value !== 'string' || !PHONE.test(value)) return false;
  const digits = value.replace(/\D/g, '').length;
  return value.startsWith('+') ? digits >= 7 && digits <= 15 : digits === 10 || (digits === 11 && value.startsWith('1'));
}

function parsedJson(value: unknown): unknown {
  try {
    return typeof value === 'string' ? JSON.parse(value) : undefined;
  } catch {
    return undefined;
  }
}

const JSON_NOUN = 'JSON';

export const AWS_SCALARS: Readonly<Record<string, AwsScalar>> = {
  AWSDate: {
    description: 'An extended ISO 8601 date string in the format `YYYY-MM-DD`.',
    noun: 'date',
    accepts: (value) => isCalendarDay(DATE, value),
  },
  AWSTime: {
    description: 'An extended ISO 8601 time string in the format `hh:mm:ss.sss`.',
    noun: 'Time Object',
    accepts: (value) => typeof value === 'string' && TIME.test(value),
  },
  AWSDateTime: {
    description: 'An extended ISO 8601 date and time string in the format `YYYY-MM-DDThh:mm:ss.sssZ`.',
    noun: 'DateTime Object',
    accepts: (value) => isPlainDateTime(value) || isCalendarDay(DATE_TIME, value),
  },
  AWSTimestamp: {
    description: 'An integer: the number of seconds before or after `1970-01-01T00:00Z`.',
    noun: 'timestamp',
    accepts: (value) => Number.isSafeInteger(value) || (typeof value === 'string' && /^-?\d{1,15}$/.test(value)),
    parse: Number,
    print: Number,
  },
  AWSEmail: {
    description: 'An email address in the format `local-part@domain-part` as defined by RFC 822.',
    noun: 'Email',
    accepts: (value) => typeof value === 'string' && EMAIL.test(value),
  },
  AWSJSON: {
    description: 'A JSON string; resolvers see its value.',
    noun: JSON_NOUN,
    accepts: (value) => parsedJson(value) !== undefined,
    parse: parsedJson,
    print: (value) => (parsedJson(value) === undefined ? JSON.stringify(value) : value),
  },
  AWSURL: {
    description: 'A URL as defined by RFC 1738, with a scheme and without two forward slashes in the path.',
    noun: 'URL',
    accepts: isUrl,
  },
  AWSPhone: {
    description: 'A phone number; one without a country code is of the United States.',
    noun: 'phone number',
    accepts: isPhone,
  },
  AWSIPAddress: {
    description: 'An IPv4 or IPv6 address, which may carry a CIDR prefix such as `/24`.',
    noun: 'IP address',
    accepts: isIpAddress,
  },
};

/** Why a text or object is none of an AppSync scalar; JSON alone is named without article and quotation marks. */
export function refusalOf(verb: 'parse' | 'serialize', value: unknown, { noun }: AwsScalar): string {
  return noun === JSON_NOUN
    ? `Unable to ${verb} ${javaText(value)} as valid ${noun}.`
    : `Unable to ${verb} \`${javaText(value)}\` as a valid ${noun}.`;
}

/** How values of a scalar are shown. */
export function scalarPrinter(name: string): Convert {
  const builtIn = LENIENT_SCALARS[name];
  if (builtIn !== undefined) return builtIn;
  const scalar = AWS_SCALARS[name];
  if (scalar === undefined) return (value) => value;
  const { accepts, print = (value) => value } = scalar;
  if (name === 'AWSJSON') return print;
  return (value) => {
    if (!accepts(value)) throw new LeafError(refusalOf('serialize', value, scalar));
    return print(value);
  };
}

/** How values of an enum are shown. */
export function enumPrinter(name: string, values: ReadonlySet<string>): Convert {
  return (value) => {
    if (typeof value === 'string' && values.has(value)) return value;
    throw new LeafError(`Invalid input for Enum '${name}'. Unknown value '${javaText(value)}'`);
  };
}
