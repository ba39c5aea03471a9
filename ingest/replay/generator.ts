import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** What to make. The same options always make the same bytes. */
export interface GeneratorOptions {
  /** @default 20,000 */
  readonly rows?: number | undefined;
  /** @default 1 */
  readonly seed?: number | undefined;
}

const DEFAULT_ROWS = 20_000;
const HEADER = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\r\n';
const CHUNK_CHARACTERS = 65_536;

/** The real file's ratios. @source Online Retail: 541,909 rows, 4,070 stock codes, 4,372 customers, 374 days */
const ROWS_PER_PRODUCT = 133;
const ROWS_PER_CUSTOMER = 124;
const DAYS = 374;
const FIRST_DAY = Date.UTC(2010, 11, 1);
/** Behind those of the real file, which goes on top of made-up rows: a number of both would be one customer or invoice. */
const FIRST_INVOICE = 700_001;
const FIRST_CUSTOMER = 90_001;

/** Invoices after which every oddity has come once. */
const ROUND = 400;
/** Rows that an oddly long invoice must leave for others. */
const LONG_INVOICE_NEEDS = 1_200;

const COLOURS = ['RED', 'WHITE', 'PINK', 'IVORY', 'BLUE', 'VINTAGE', 'RETROSPOT', 'WOODLAND', 'PAISLEY', 'ROSE'];
const THINGS = [
  'T-LIGHT HOLDER',
  'LUNCH BAG',
  'CAKE STAND',
  'HOT WATER BOTTLE',
  'BUNTING',
  'CAKE CASES',
  'DOORMAT',
  'MUG',
  'CLOCK',
];
const FORMS = [
  (colour: string, thing: string) => `${colour} ${thing}`,
  (colour: string, thing: string) => `SET OF 4 ${colour} ${thing}S`,
  (colour: string, thing: string) => `${thing},${colour} `,
  (colour: string, thing: string) => `${thing} 7" ${colour}`,
  (colour: string, thing: string) => `${thing} "${colour}", LARGE`,
  (colour: string, thing: string) => `${thing}  ${colour.toLowerCase()} DESIGN`,
];
const COUNTRIES = ['Germany', 'France', 'EIRE', 'Spain', 'Netherlands', 'Belgium', 'Channel Islands', 'RSA'];
const HOME = 'United Kingdom';
const PRICES = ['0.42', '0.85', '1.25', '1.65', '2.1', '2.55', '2.95', '3.75', '4.25', '4.95', '7.65', '10', '12.75'];

interface Product {
  readonly stockCode: string;
  readonly description: string;
  readonly unitPrice: string;
}

interface Customer {
  readonly customerId: string;
  readonly country: string;
}

const PADS: Product = { stockCode: 'PADS', description: 'PADS TO MATCH ALL CUSHIONS', unitPrice: '0.001' };
const VOUCHER: Product = {
  stockCode: 'gift_0001_40',
  description: 'Dotcomgiftshop Gift Voucher \u00a340.00',
  unitPrice: '34.04',
};
const BAD_DEBT: Product = { stockCode: 'B', description: 'Adjust bad debt', unitPrice: '-11062.06' };
const GUEST: Customer = { customerId: '', country: HOME };

/**
 * Rows of the same shape as the real data set, and with all its oddities in small: skewed invoices, a few longer than a
 * mutation; cancellations and adjustments; guests for a quarter of the rows; identical rows; prices of 0, below 0 and with three
 * decimals; a customer with two countries, an invoice with two timestamps, one that is interrupted; quotes, commas, a pound sign.
 *
 * @returns chunks of the file in ISO-8859-1, made as they are asked for
 */
export function* generatedCsv({ rows = DEFAULT_ROWS, seed = 1 }: GeneratorOptions = {}): Generator<Buffer> {
  let text = HEADER;
  let left = rows;
  for (const row of new Shop(rows, seed).rows()) {
    if (left === 0) break;
    left -= 1;
    text += row;
    if (text.length >= CHUNK_CHARACTERS) {
      yield Buffer.from(text, 'latin1');
      text = '';
    }
  }
  if (text !== '') yield Buffer.from(text, 'latin1');
}

/** Write such rows to a file, in constant memory. */
export async function writeGeneratedCsv(path: string, options?: GeneratorOptions): Promise<void> {
  await pipeline(Readable.from(generatedCsv(options), { objectMode: true }), createWriteStream(path));
}

class Shop {
  private readonly random: () => number;
  private readonly products: Product[];
  private readonly customerCount: number;
  private invoiceNo = FIRST_INVOICE;
  private made = 0;

  constructor(
    private readonly wanted: number,
    seed: number,
  ) {
    this.random = mulberry32(seed);
    this.customerCount = Math.max(50, Math.round(wanted / ROWS_PER_CUSTOMER));
    const products = Math.min(4_000, Math.max(200, Math.round(wanted / ROWS_PER_PRODUCT)));
    this.products = Array.from({ length: products }, (_, place) => this.product(place));
  }

  /** Without end: whoever asks stops when there are enough. */
  *rows(): Generator<string> {
    let held: string[] = [];
    for (let index = 0; ; index += 1) {
      const invoice = this.invoice(index);
      this.made += invoice.length;
      // The last lines of an interrupted invoice come after the next invoice has begun.
      const interrupted = index % (10 * ROUND) === 31 && invoice.length > 2;
      yield* invoice.slice(0, interrupted ? -1 : 2);
      yield* held;
      if (!interrupted) yield* invoice.slice(2);
      held = interrupted ? invoice.slice(-1) : [];
      this.invoiceNo += this.random() < 0.2 ? 2 : 1;
    }
  }

  private invoice(index: number): string[] {
    const number = String(this.invoiceNo);
    const turn = index % ROUND;
    const minute = this.minute();
    const one = this.customer(this.skewed(this.customerCount, 1.6));
    if (turn === 11) return this.lines(number, this.customer(3), minute, { count: 6, laterBy: 1 });
    if (turn === 23 && this.wanted >= LONG_INVOICE_NEEDS) return this.lines(number, GUEST, minute, { count: this.longLength() });
    if (turn === 29)
      return [...this.lines(number, GUEST, minute, { count: 3 }), this.row(number, VOUCHER, GUEST, { quantity: 1, minute })];
    if (turn === 31) return this.lines(number, one, minute, { count: 5 });
    if (turn === 37) return [this.row(`A${number}`, BAD_DEBT, GUEST, { quantity: 1, minute })];
    if (turn === 43) return this.lines(number, this.customer(7), minute, { count: 4 });
    if (turn === 47) return this.lines(number, { ...this.customer(7), country: 'Cyprus' }, minute, { count: 4 });
    if (turn === 53)
      return [...this.lines(number, one, minute, { count: 2 }), this.row(number, PADS, one, { quantity: 1, minute })];
    if (turn === 59) return this.twice(this.lines(number, one, minute, { count: 3 }));
    const kind = this.random();
    if (turn === 5 || kind < 0.14) return this.lines(`C${number}`, one, minute, { count: 1 + this.below(4), sign: -1 });
    if (turn === 41 || kind < 0.19) return [this.row(number, this.free(), GUEST, { quantity: this.below(60) - 20, minute })];
    if (kind < 0.29) return this.lines(number, GUEST, minute, { count: 2 * this.length() });
    return this.lines(number, one, minute, { count: this.length() });
  }

  private lines(
    invoiceNo: string,
    customer: Customer,
    minute: number,
    { count, sign = 1, laterBy = 0 }: { readonly count: number; readonly sign?: number; readonly laterBy?: number },
  ): string[] {
    const lines: string[] = [];
    while (lines.length < count) {
      const quantity = sign * (this.random() < 0.1 ? 12 * (1 + this.below(20)) : 1 + this.below(12));
      const written = lines.length < count / 2 ? minute : minute + laterBy;
      const row = this.row(invoiceNo, this.anyProduct(), customer, { quantity, minute: written });
      lines.push(row);
      if (this.random() < 0.01) lines.push(row);
    }
    return lines.slice(0, count);
  }

  private twice = (lines: readonly string[]) => [...lines, ...lines];

  private row(
    invoiceNo: string,
    { stockCode, description, unitPrice }: Product,
    { customerId, country }: Customer,
    { quantity, minute }: { readonly quantity: number; readonly minute: number },
  ): string {
    const date = new Date(FIRST_DAY + minute * 60_000);
    const day = `${String(date.getUTCMonth() + 1)}/${String(date.getUTCDate())}/${String(date.getUTCFullYear())}`;
    const time = `${String(date.getUTCHours())}:${String(date.getUTCMinutes()).padStart(2, '0')}`;
    return `${invoiceNo},${stockCode},${quoted(description)},${String(quantity)},${day} ${time},${unitPrice},${customerId},${country}\r\n`;
  }

  /** Minutes since the first day: the year passes as the rows do, from 8:26 to 18:25 each day. */
  private minute(): number {
    const day = (this.made / this.wanted) * DAYS;
    return Math.floor(day) * 1_440 + 506 + Math.floor((day % 1) * 599);
  }

  private product(place: number): Product {
    const number = String(20_000 + Math.floor(place * 1.7));
    const letter = place % 4 === 1 ? 'A' : place % 25 === 2 ? 'a' : '';
    const form = FORMS[place % 13 < FORMS.length ? place % 13 : 0];
    const description = form?.(this.one(COLOURS), this.one(THINGS)) ?? '';
    return { stockCode: `${number}${letter}`, description, unitPrice: this.one(PRICES) };
  }

  private anyProduct = () => this.products[this.skewed(this.products.length, 1.5)] ?? PADS;

  private free = (): Product => ({ ...this.anyProduct(), description: '', unitPrice: '0' });

  private customer(place: number): Customer {
    const country = place % 10 === 9 ? COUNTRIES[Math.floor(place / 10) % COUNTRIES.length] : HOME;
    return { customerId: String(FIRST_CUSTOMER + place), country: country ?? HOME };
  }

  /** Log-normal: mostly about a dozen, 21 in the mean, seldom hundreds. */
  private length(): number {
    const normal = Math.sqrt(-2 * Math.log(1 - this.random())) * Math.cos(2 * Math.PI * this.random());
    return Math.min(600, Math.max(1, Math.round(Math.exp(2.55 + normal))));
  }

  private longLength = () => 251 + this.below(Math.min(864, Math.floor(this.wanted / 4)));

  private below = (limit: number) => Math.floor(this.random() * limit);

  private skewed = (limit: number, power: number) => Math.floor(limit * this.random() ** power);

  private one<Item>(items: readonly [Item, ...Item[]] | readonly Item[]): Item {
    return items[this.below(items.length)] as Item;
  }
}

const quoted = (text: string) => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** A small generator of random numbers. @source Tommy Ettinger's mulberry32, public domain */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
