import type { LineFacts } from '../../domain/line-id.ts';
import { composed, patterns, refusalOf } from '../../domain/line-patterns.ts';
import { EXPECTED, wrongField } from '../../domain/line-rules.ts';
import { toThreePlaces } from '../../domain/pounds.ts';
import type { Columns } from './columns.ts';
import { isMissing } from './missing-values.ts';

/** A row as a transaction line, its price with three places. */
export interface SaleLine extends LineFacts {
  /** Empty until the line is numbered among its like. */
  lineId: string;
}

const MONTH_FIRST = /^(\d{1,2})\/(\d{1,2})\/(\d{4})[ T](\d{1,2}):(\d{2})(?::(\d{2}))?$/;
const ISO = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2})(?::(\d{2})(?:[.]0+)?)?Z?$/;
const WHOLE_NUMBER = /^(-?\d{1,15})(?:[.]0+)?$/;
const NEEDLESS_ZEROS = /^(-?\d+[.]\d{3})0+$/;
const FLOATED_ID = /^(\d+)[.]0+$/;

/** `12/1/2010 8:26` (month first) or ISO without offset, as `2010-12-01T08:26:00Z`; `undefined` when it is neither. */
export function invoiceDateFrom(text: string): string | undefined {
  const slashed = MONTH_FIRST.exec(text);
  if (slashed !== null) {
    const [, month = '', day = '', year = '', hour = '', minute = '', second = '00'] = slashed;
    return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}T${hour.padStart(2, '0')}:${minute}:${second}Z`;
  }
  const [, date, time = '', second = '00'] = ISO.exec(text) ?? [];
  return date === undefined ? undefined : `${date}T${time}:${second}Z`;
}

/** A price as a CSV writes it, with exactly three places if it has no more than that; anything else is left as it is. */
export function unitPriceFrom(text: string): string {
  const price = NEEDLESS_ZEROS.exec(text)?.[1] ?? text;
  return patterns.unitPrice.test(price) ? toThreePlaces(price) : price;
}

/** A customer's number: spreadsheets write `17850` as `17850.0` where the column has gaps, and some programs a word for none. */
export function customerIdFrom(text: string): string | undefined {
  return text === '' || isMissing(text) ? undefined : (FLOATED_ID.exec(text)?.[1] ?? text);
}

/** Makes transaction lines of rows, by the same rules as the doors of the pipeline. */
export class LineReader {
  // Neighbouring rows share most texts, and few prices make up a file: what was the same a row ago is not looked at again.
  #invoiceNo = remembered(patterns.invoiceNo);
  #customerId = remembered(patterns.customerId);
  #country = remembered(patterns.country);
  #invoiceDate = { text: '', date: invoiceDateFrom(''), fits: false };
  readonly #prices = new Map<string, Price>();

  constructor(private readonly columns: Columns) {}

  /** The row's line, or what is wrong with it and what to write instead. */
  read(fields: readonly string[]): SaleLine | string {
    const { columns } = this;
    const date = this.#date(trimmed(fields, columns.invoiceDate));
    if (date.date === undefined)
      return `invoiceDate: write month/day/year hour:minute such as "12/1/2010 8:26", or "2010-12-01 08:26:00": got "${date.text}"`;
    const quantity = trimmed(fields, columns.quantity);
    const pieces = WHOLE_NUMBER.exec(quantity)?.[1];
    if (pieces === undefined) return `quantity: write ${EXPECTED.quantity}: got "${quantity}"`;
    const price = this.#price(trimmed(fields, columns.unitPrice));
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
      customerId: customerIdFrom(trimmed(fields, columns.customerId)),
      country: composed(trimmed(fields, columns.country)),
    };
    const wrong = wrongField(line, {
      lineId: true,
      invoiceNo: fits(this.#invoiceNo, line.invoiceNo),
      stockCode: patterns.stockCode.test(line.stockCode),
      description: description === '' || patterns.description.test(description),
      invoiceDate: date.fits,
      unitPrice: price.fits,
      customerId: line.customerId === undefined || fits(this.#customerId, line.customerId),
      country: fits(this.#country, line.country) && !isMissing(line.country),
    });
    return wrong === undefined ? line : refusalOf(wrong).message;
  }

  #date(text: string): { readonly text: string; readonly date: string | undefined; readonly fits: boolean } {
    if (text !== this.#invoiceDate.text) {
      const date = invoiceDateFrom(text);
      this.#invoiceDate = { text, date, fits: date !== undefined && patterns.invoiceDate.test(date) };
    }
    return this.#invoiceDate;
  }

  #price(text: string): Price {
    const known = this.#prices.get(text);
    if (known !== undefined) return known;
    const unitPrice = unitPriceFrom(text);
    const price = { unitPrice, fits: patterns.unitPrice.test(unitPrice) };
    if (this.#prices.size >= MAX_REMEMBERED_PRICES) this.#prices.clear();
    this.#prices.set(text, price);
    return price;
  }
}

interface Price {
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
