import type { LineFacts } from '../../domain/line-id.ts';
import { composed, patterns, refusalOf } from '../../domain/line-patterns.ts';
import { EXPECTED, wrongField } from '../../domain/line-rules.ts';
import { toThreePlaces } from '../../domain/pounds.ts';
import type { Columns } from './columns.ts';
import { EXPECTED_DATES, invoiceDateFrom, DATE_FORMAT_ADVICE, USUAL_DATES, type DateReading } from './invoice-dates.ts';
import { isMissing } from './missing-values.ts';

/** A row as a transaction line, its price with three places. */
export interface SaleLine extends LineFacts {
  /** Empty until the line is numbered among its like. */
  lineId: string;
}

const WHOLE_NUMBER = /^(-?\d{1,15})(?:[.]0+)?$/;
const TRAILING_ZEROS = /^(-?\d+[.]\d{3})0+$/;
const FLOATED_ID = /^(\d+)[.]0+$/;
const FLOATED_BY_COMMA = /^\d+,0+$/;
const DECIMAL_COMMA = /^-?\d+,\d+$/;
/** Added to the reason where a price shows it. */
const SAY_DECIMAL = '; --decimal comma reads it';

/** A price as a CSV writes it, with exactly three places if it has no more than that; anything else is left as it is. */
export function unitPriceFrom(text: string): string {
  const price = TRAILING_ZEROS.exec(text)?.[1] ?? text;
  return patterns.unitPrice.test(price) ? toThreePlaces(price) : price;
}

/** A customer's number: spreadsheets write `17850` as `17850.0` where the column has gaps, and some programs a word for none. */
export function customerIdFrom(text: string): string | undefined {
  return text === '' || isMissing(text) ? undefined : (FLOATED_ID.exec(text)?.[1] ?? text);
}

/** Makes transaction lines of rows, by the same rules as the doors of the pipeline. */
export class LineReader {
  // Neighbouring rows share most texts, and few prices make up a file: what was the same a row ago is not looked at again.
  private invoiceNo = remembered(patterns.invoiceNo);
  private customerId = remembered(patterns.customerId);
  private country = remembered(patterns.country);
  private invoiceDate: ReadDate = { text: '', date: undefined, fits: false };
  private readonly prices = new Map<string, Price>();

  /** @param decimal - what separates pence from pounds */
  constructor(
    private readonly columns: Columns,
    private readonly dates: DateReading = USUAL_DATES,
    private readonly decimal: '.' | ',' = '.',
  ) {}

  /** The row's line, or what is wrong with it and what to write instead. */
  read(fields: readonly string[]): SaleLine | string {
    const { columns } = this;
    const date = this.date(trimmed(fields, columns.invoiceDate));
    if (date.date === undefined) {
      const { order, isSaid } = this.dates;
      return `invoiceDate: write ${EXPECTED_DATES[order]}${isSaid ? '' : DATE_FORMAT_ADVICE}: got "${date.text}"`;
    }
    const quantity = trimmed(fields, columns.quantity);
    const pieces = WHOLE_NUMBER.exec(this.pointed(quantity))?.[1];
    if (pieces === undefined) return `quantity: write ${EXPECTED.quantity}: got "${quantity}"`;
    const price = this.price(trimmed(fields, columns.unitPrice));
    const written = composed(trimmed(fields, columns.description));
    const description = isMissing(written) ? '' : written;
    const line: SaleLine = {
      lineId: '',
      invoiceNo: trimmed(fields, columns.invoiceNo),
      stockCode: composed(trimmed(fields, columns.stockCode)),
      description: description === '' ? undefined : description,
      quantity: Number(pieces) + 0, // `+ 0`, because "-0" makes a -0
      invoiceDate: date.date,
      unitPrice: price.unitPrice,
      customerId: customerIdFrom(this.pointedId(trimmed(fields, columns.customerId))),
      country: composed(trimmed(fields, columns.country)),
    };
    const wrong = wrongField(line, {
      lineId: true,
      invoiceNo: fits(this.invoiceNo, line.invoiceNo),
      stockCode: patterns.stockCode.test(line.stockCode),
      description: description === '' || patterns.description.test(description),
      invoiceDate: date.fits,
      unitPrice: price.fits,
      customerId: line.customerId === undefined || fits(this.customerId, line.customerId),
      country: fits(this.country, line.country) && !isMissing(line.country),
    });
    if (wrong === undefined) return line;
    // In the words of the file: a date that does not exist has no other form.
    if (wrong.field === 'invoiceDate') return refusalOf({ ...wrong, value: date.text }).message;
    if (wrong.field !== 'unitPrice') return refusalOf(wrong).message;
    const hint = this.decimal === '.' && DECIMAL_COMMA.test(price.text) ? SAY_DECIMAL : '';
    return `${refusalOf({ ...wrong, value: price.text }).message}${hint}`;
  }

  /** A number with a point, where the file writes a comma; a point in such a file separates thousands, and is refused. */
  private pointed(text: string): string {
    if (this.decimal === '.') return text;
    return text.includes('.') ? '' : text.replace(',', '.');
  }

  /** A point in the number of a customer is none of its digits in any file. */
  private pointedId(text: string): string {
    return this.decimal === ',' && FLOATED_BY_COMMA.test(text) ? text.replace(',', '.') : text;
  }

  private date(text: string): ReadDate {
    if (text !== this.invoiceDate.text) {
      const date = invoiceDateFrom(text, this.dates);
      this.invoiceDate = { text, date, fits: date !== undefined && patterns.invoiceDate.test(date) };
    }
    return this.invoiceDate;
  }

  private price(text: string): Price {
    const known = this.prices.get(text);
    if (known !== undefined) return known;
    const unitPrice = unitPriceFrom(this.pointed(text));
    const price = { text, unitPrice, fits: patterns.unitPrice.test(unitPrice) };
    if (this.prices.size >= MAX_REMEMBERED_PRICES) this.prices.clear();
    this.prices.set(text, price);
    return price;
  }
}

interface ReadDate {
  /** As it stands in the file. */
  readonly text: string;
  readonly date: string | undefined;
  readonly fits: boolean;
}

interface Price {
  /** As it stands in the file. */
  readonly text: string;
  readonly unitPrice: string;
  readonly fits: boolean;
}

/** The real file has 1,630 prices. */
const MAX_REMEMBERED_PRICES = 10_000;

/** The last text that a pattern was asked about, and the answer. */
interface Remembered {
  readonly pattern: RegExp;
  text: string;
  fits: boolean;
}

const remembered = (pattern: RegExp): Remembered => ({ pattern, text: '', fits: pattern.test('') });

function fits(last: Remembered, text: string): boolean {
  if (text !== last.text) {
    last.text = text;
    last.fits = last.pattern.test(text);
  }
  return last.fits;
}

const trimmed = (fields: readonly string[], column: number) => (fields[column] ?? '').trim();
