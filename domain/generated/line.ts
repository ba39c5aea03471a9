// Generated from domain/line-fields.ts by `npm run generate`.
// Resolvers bundle this file: only what APPSYNC_JS knows.
import { isExistingDay } from '../calendar.ts';
import { isQuantity, isSummable, type WrongField } from '../field-rules.ts';
import { toThreePlaces } from '../pounds.ts';
import type { TransactionLine } from '../transaction-line.ts';

/** What is sent of a line, as it travels the stream. */
export interface LineFields {
  /** The line's identity in its invoice, made by the client once and kept on every retry: 1 to 64 letters, digits or any of . _ : - */
  readonly lineId: string;
  /** The invoice's number: 1 to 32 letters, digits or any of . _ - */
  readonly invoiceNo: string;
  /** The product's code, case kept: 1 to 40 characters. */
  readonly stockCode: string;
  /** The product's description, at most 200 characters. */
  readonly description?: string;
  /** Pieces sold, -1000000 to 1000000; negative when returned. */
  readonly quantity: number;
  /** The shop's wall clock carried as UTC, in whole seconds, such as "2010-12-01T08:26:00Z". */
  readonly invoiceDate: string;
  /** Pounds for one piece as a decimal with at most three places, such as "2.55"; -999999.999 to 999999.999, and 0 is a price. */
  readonly unitPrice: string;
  /** The customer's number, 1 to 32 letters, digits or any of _ -; leave it out for a guest. */
  readonly customerId?: string;
  /** The country's name: 1 to 60 characters. */
  readonly country: string;
}

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

const CONTROLS = '\\u0000-\\u001f\\u007f-\\u009f';
const UNSEEN =
  '\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb\\udb40\\udc00-\\udb43\\udfff';
const NO_CHARACTER =
  '\\ufdd0-\\ufdef\\ufffe\\uffff\\ud83f\\udffe\\ud83f\\udfff\\ud87f\\udffe\\ud87f\\udfff\\ud8bf\\udffe\\ud8bf\\udfff\\ud8ff\\udffe\\ud8ff\\udfff\\ud93f\\udffe\\ud93f\\udfff\\ud97f\\udffe\\ud97f\\udfff\\ud9bf\\udffe\\ud9bf\\udfff\\ud9ff\\udffe\\ud9ff\\udfff\\uda3f\\udffe\\uda3f\\udfff\\uda7f\\udffe\\uda7f\\udfff\\udabf\\udffe\\udabf\\udfff\\udaff\\udffe\\udaff\\udfff\\udb3f\\udffe\\udb3f\\udfff\\udb7f\\udffe\\udb7f\\udfff\\udbbf\\udffe\\udbbf\\udfff\\udbff\\udffe\\udbff\\udfff\\ud800-\\udfff';

/** The patterns that a trimmed text must match, whole. */
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

/** Whether each text of a line matches its pattern. An absent one matches where it may be absent. */
export type Fits = Readonly<Record<keyof typeof PATTERNS, boolean>>;

/** The line with outer blanks removed. */
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
  if (!isQuantity(line.quantity)) return wrong('quantity', `${line.quantity}`);
  if (!fits.invoiceDate || !isExistingDay(line.invoiceDate)) return wrong('invoiceDate', line.invoiceDate);
  if (!fits.unitPrice) return wrong('unitPrice', line.unitPrice);
  if (!fits.customerId) return wrong('customerId', line.customerId ?? '');
  if (!fits.country) return wrong('country', line.country);
  if (!isSummable(line.quantity, line.unitPrice)) return wrong('amount', `${line.quantity} x ${line.unitPrice}`);
  return undefined;
}

const wrong = (field: keyof typeof EXPECTED, value: string): WrongField => ({ field, value, expected: EXPECTED[field] });

/** An accepted, trimmed line in the form that travels the stream. */
export function asTransactionLine(line: SentLine, sentAt: number): TransactionLine {
  return {
    lineId: line.lineId,
    invoiceNo: line.invoiceNo,
    stockCode: line.stockCode,
    ...(line.description === undefined || line.description === null ? {} : { description: line.description }),
    quantity: line.quantity + 0,
    invoiceDate: `${line.invoiceDate.slice(0, 19)}Z`,
    unitPrice: toThreePlaces(line.unitPrice),
    ...(line.customerId === undefined || line.customerId === null ? {} : { customerId: line.customerId }),
    country: line.country,
    sentAt,
  };
}

/** What a version of a line says, each field as a text. */
export const contentTexts = (line: TransactionLine): string[] => [
  line.stockCode,
  line.description ?? '',
  `${line.quantity}`,
  line.invoiceDate,
  line.unitPrice,
  line.customerId ?? '',
  line.country,
];
