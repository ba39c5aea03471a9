// What a door accepts as a transaction line. Resolvers bundle this file: only what APPSYNC_JS knows, so each door brings its
// own regular-expression engine: `util.matches` (Java) in AppSync, `RegExp` in Lambda (line-patterns.ts). The patterns mean the
// same in both, and count characters: code points of Unicode, so an emoji of one code point is one character.

import type { TransactionLine } from './transaction-line.ts';
import { toThreePlaces } from './pounds.ts';

/** A line as a client writes it: any text may have outer blanks, and absence may be `null`. */
export interface SentLine {
  readonly lineId: string;
  readonly invoiceNo: string;
  readonly stockCode: string;
  readonly description?: string | null | undefined;
  readonly quantity: number;
  readonly invoiceDate: string;
  readonly unitPrice: string;
  readonly customerId?: string | null | undefined;
  readonly country: string;
}

/** What is wrong with one field of a line, and what to write instead. */
export interface Refusal {
  readonly field: string;
  readonly value: string;
  readonly message: string;
}

/** The field of a line that does not fit: its value, whole, and what it must look like. */
export interface WrongField {
  readonly field: string;
  readonly value: string;
  readonly expected: string;
}

/** C0, DEL and C1. */
const CONTROLS = '\\u0000-\\u001f\\u007f-\\u009f';

/** What does not show, or turns what stands around it, beside the controls. */
const UNSEEN =
  '\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f' +
  '\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb\\udb40\\udc00-\\udb43\\udfff';

/**
 * What is no character of Unicode: noncharacters, and halves of characters.
 *
 * @source Redshift's COPY with ACCEPTINVCHARS writes a question mark for each noncharacter ("Multibyte character load errors"), so the
 * stores would differ
 */
const NO_CHARACTER =
  '\\ufdd0-\\ufdef\\ufffe\\uffff\\ud83f\\udffe\\ud83f\\udfff\\ud87f\\udffe\\ud87f\\udfff\\ud8bf\\udffe\\ud8bf' +
  '\\udfff\\ud8ff\\udffe\\ud8ff\\udfff\\ud93f\\udffe\\ud93f\\udfff\\ud97f\\udffe\\ud97f\\udfff\\ud9bf\\udffe' +
  '\\ud9bf\\udfff\\ud9ff\\udffe\\ud9ff\\udfff\\uda3f\\udffe\\uda3f\\udfff\\uda7f\\udffe\\uda7f\\udfff\\udabf' +
  '\\udffe\\udabf\\udfff\\udaff\\udffe\\udaff\\udfff\\udb3f\\udffe\\udb3f\\udfff\\udb7f\\udffe\\udb7f\\udfff' +
  '\\udbbf\\udffe\\udbbf\\udfff\\udbff\\udffe\\udbff\\udfff' +
  '\\ud800-\\udfff';

/**
 * The patterns that a trimmed text must match, whole.
 *
 * @remarks Ids are letters, digits and marks of ASCII. A product's code and a country may be of any script, but hold nothing that does not
 * show, or turns what stands around it: two that look alike would be two products. Refused are control characters (C0, C1), the soft
 * hyphen, joiners and fillers, marks of direction, separators of lines, selectors of variants, the byte-order mark and tags. Private
 * and unassigned characters are not: which those are depends on each judge's edition of Unicode. A description may hold what does not
 * show, but no control character: those that stand in files are letters of another encoding, misread.
 */
export const PATTERNS = {
  lineId: '^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$',
  invoiceNo: '^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$',
  stockCode: `^[^${CONTROLS}${UNSEEN}${NO_CHARACTER}]{1,40}$`,
  description: `^[^${CONTROLS}${NO_CHARACTER}]{0,200}$`,
  invoiceDate:
    '^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.]0{1,9})?Z$',
  unitPrice: '^-?(0|[1-9][0-9]{0,5})([.][0-9]{1,3})?$',
  customerId: '^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$',
  country: `^[^${CONTROLS}${UNSEEN}${NO_CHARACTER}]{1,60}$`,
};

/** A text that is composed as it is: Unicode's normalization form C leaves every character below U+0300 alone. */
export const PLAIN = '^[\\u0000-\\u02ff]*$';

/** What each field must look like, for messages. */
export const EXPECTED = {
  lineId: '1 to 64 letters, digits or any of . _ : -, beginning with a letter or digit, such as "536365-b554dfdb0730-1"',
  invoiceNo: '1 to 32 letters, digits or any of . _ -, beginning with a letter or digit, such as "536365"',
  stockCode: '1 to 40 characters without control characters, such as "85123A"',
  description: 'at most 200 characters without control characters, or leave it out',
  quantity: 'a whole number from -1000000 to 1000000',
  invoiceDate: 'an existing date and time in UTC in whole seconds, such as "2010-12-01T08:26:00Z"',
  unitPrice: 'pounds from -999999.999 to 999999.999 with at most three places, such as "2.55"',
  customerId:
    '1 to 32 letters, digits or any of _ -, beginning with a letter or digit, such as "17850", or leave it out for a guest',
  country: '1 to 60 characters without control characters, such as "United Kingdom"',
  amount: 'quantity x unitPrice from -9000000 to 9000000 pounds: split the line',
  sentAt: 'whole milliseconds since 1970-01-01T00:00:00Z, before the year 10000, such as 1291191960000',
};

/** Largest quantity of a line: 10^9 such lines are 10^15 pieces, which a double holds exactly. @unit pieces */
const MAX_QUANTITY = 1000000;

/**
 * Largest amount of a line, quantity x unit price: the sum of 10^9 such lines is below 2^63, the most that the warehouse's
 * DECIMAL(19, 3) and BIGINT hold.
 *
 * @unit GBP / 1000 ("mills")
 */
const MAX_AMOUNT = 9000000000;

/** Latest time of sending: dates have years of four digits. @unit milliseconds since 1970-01-01T00:00:00Z */
const MAX_SENT_AT = 253402300799999;

/** Whether each text of a line matches its pattern. An absent description or customer matches. */
export interface Fits {
  readonly lineId: boolean;
  readonly invoiceNo: boolean;
  readonly stockCode: boolean;
  readonly description: boolean;
  readonly invoiceDate: boolean;
  readonly unitPrice: boolean;
  readonly customerId: boolean;
  readonly country: boolean;
}

/** The line with outer blanks removed. A blank description counts as absent. */
export function trimmedLine(line: SentLine): SentLine {
  const description = (line.description ?? '').trim();
  return {
    lineId: line.lineId.trim(),
    invoiceNo: line.invoiceNo.trim(),
    stockCode: line.stockCode.trim(),
    description: description === '' ? undefined : description,
    quantity: line.quantity,
    invoiceDate: line.invoiceDate.trim(),
    unitPrice: line.unitPrice.trim(),
    customerId: line.customerId?.trim(),
    country: line.country.trim(),
  };
}

/** The first field of a trimmed line that is wrong, or `undefined`. */
export function wrongField(line: SentLine, fits: Fits): WrongField | undefined {
  if (!fits.lineId) return wrong('lineId', line.lineId);
  if (!fits.invoiceNo) return wrong('invoiceNo', line.invoiceNo);
  if (!fits.stockCode) return wrong('stockCode', line.stockCode);
  if (!fits.description) return wrong('description', line.description ?? '');
  if (line.quantity > MAX_QUANTITY || line.quantity < 0 - MAX_QUANTITY || line.quantity % 1 !== 0)
    return wrong('quantity', `${line.quantity}`);
  if (!fits.invoiceDate || !isCalendarDay(line.invoiceDate)) return wrong('invoiceDate', line.invoiceDate);
  if (!fits.unitPrice) return wrong('unitPrice', line.unitPrice);
  if (!fits.customerId) return wrong('customerId', line.customerId ?? '');
  if (!fits.country) return wrong('country', line.country);
  if (!isSummable(line)) return wrong('amount', `${line.quantity} x ${line.unitPrice}`);
  return undefined;
}

/** What is wrong with a time of sending that came as JSON, or `undefined`. */
export function wrongSentAt(sentAt: unknown): WrongField | undefined {
  const fits = typeof sentAt === 'number' && sentAt >= 0 && sentAt <= MAX_SENT_AT && sentAt % 1 === 0;
  if (fits) return undefined;
  // Not an object as JSON: nested deeply enough, it cannot be written.
  if (typeof sentAt === 'object' && sentAt !== null) return wrong('sentAt', 'an object or a list');
  return wrong('sentAt', sentAt === undefined ? 'nothing' : JSON.stringify(sentAt));
}

/** Whether quantity x unit price stays within the largest amount. @param line - with a quantity and a price that fit */
function isSummable(line: SentLine): boolean {
  const size = line.quantity < 0 ? 0 - line.quantity : line.quantity;
  const point = line.unitPrice.indexOf('.');
  // Nearly every line: 900 pieces for less than 10,000 pounds each.
  if (size <= 900 && (point === -1 ? line.unitPrice.length : point) <= 4) return true;
  const digits = toThreePlaces(line.unitPrice).split('.');
  const pounds = JSON.parse(digits[0] ?? '0') as number;
  // `1` before the places, because JSON knows no number that begins with 0.
  const places = (JSON.parse(`1${digits[1] ?? '000'}`) as number) - 1000;
  const mills = (pounds < 0 ? 0 - pounds : pounds) * 1000 + places;
  return size * mills <= MAX_AMOUNT;
}

const wrong = (field: keyof typeof EXPECTED, value: string): WrongField => ({ field, value, expected: EXPECTED[field] });

/** A value that is longer than what a message repeats of it, and that part: characters, so that no emoji is halved. */
export const LONG_VALUE = '^([\\d\\D]{80})[\\d\\D]+$';

/** What takes the place of a `LONG_VALUE`. */
export const SHORTENED = '$1…';

/** @param shown - the value, shortened if it is a `LONG_VALUE` */
export const refusal = ({ field, expected }: WrongField, shown: string): Refusal => ({
  field,
  value: shown,
  message: `${field}: write ${expected}: got "${shown}"`,
});

/** An accepted, trimmed line in the form that travels the stream. */
export function asTransactionLine(line: SentLine, sentAt: number): TransactionLine {
  return {
    lineId: line.lineId,
    invoiceNo: line.invoiceNo,
    stockCode: line.stockCode,
    ...(line.description === undefined || line.description === null ? {} : { description: line.description }),
    // `+ 0` makes a 0 of a -0.
    quantity: line.quantity + 0,
    invoiceDate: `${line.invoiceDate.slice(0, 19)}Z`,
    unitPrice: toThreePlaces(line.unitPrice),
    ...(line.customerId === undefined || line.customerId === null ? {} : { customerId: line.customerId }),
    country: line.country,
    sentAt,
  };
}

const MONTHS_OF_30_DAYS = ['04', '06', '09', '11'];

function isCalendarDay(date: string): boolean {
  const month = date.slice(5, 7);
  const day = date.slice(8, 10);
  if (month === '02') {
    const year = JSON.parse(date.slice(0, 4)) as number;
    const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
    return day < '29' || (leap && day === '29');
  }
  return day < '31' || MONTHS_OF_30_DAYS.indexOf(month) === -1;
}
