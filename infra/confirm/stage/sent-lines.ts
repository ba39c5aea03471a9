/** What a store holds. Money in mills, thousandths of a pound. */
export interface Holding {
  readonly lines: number;
  readonly units: number;
  readonly mills: number;
}

export const STORES = ['tables', 'raw', 'warehouse', 'curated'] as const;

export type Holdings = Readonly<Record<(typeof STORES)[number], Holding>>;

/** A transaction line as a client sends it. */
export interface Line {
  readonly lineId: string;
  readonly invoiceNo: string;
  readonly stockCode: string;
  readonly description: string;
  readonly quantity: number;
  readonly invoiceDate: string;
  readonly unitPrice: string;
  readonly customerId: string;
  readonly country: string;
}

const LINES_OF_AN_INVOICE = 10;
const FIRST_INVOICE = 800_001;
const FIRST_CUSTOMER = 17_001;
/** In mills: prices of one, two and three places. */
const PRICES = [2_550, 300, 1_005];

const unitPrice = (place: number) => PRICES[place % PRICES.length] ?? 0;
const quantity = (place: number) => (place % 7) + 1;

/** Lines from `first` on, ten of each invoice; no two runs of numbers share an invoice. */
const linesFrom = (first: number, count: number): readonly Line[] =>
  Array.from({ length: count }, (_, index) => {
    const place = first + index;
    const invoice = Math.floor(place / LINES_OF_AN_INVOICE);
    const invoiceNo = String(FIRST_INVOICE + invoice);
    return {
      ...{ lineId: `${invoiceNo}-${String(place)}`, invoiceNo, stockCode: `2200${String(place % 10)}` },
      description: `CONFIRMED NO ${String(place % 10)}`,
      ...{ quantity: quantity(place), invoiceDate: `2011-11-${String((invoice % 28) + 1).padStart(2, '0')}T08:26:00Z` },
      ...{ unitPrice: (unitPrice(place) / 1_000).toFixed(3), customerId: String(FIRST_CUSTOMER + invoice), country: 'Norway' },
    };
  });

const holdingOf = (lines: readonly Line[]): Holding => ({
  lines: lines.length,
  units: lines.reduce((sum, line) => sum + line.quantity, 0),
  mills: lines.reduce((sum, line) => sum + line.quantity * Math.round(Number(line.unitPrice) * 1_000), 0),
});

/** By GraphQL, by plain HTTP, and by a file. */
export const BY_API = linesFrom(0, 50);
export const BY_DOOR = linesFrom(50, 50);
export const BY_FILE = linesFrom(100, 20);

/** What each store holds when all of it has come: a file reaches neither the tables nor `raw/`. */
export const EXPECTED: Holdings = {
  tables: holdingOf([...BY_API, ...BY_DOOR]),
  raw: holdingOf([...BY_API, ...BY_DOOR]),
  warehouse: holdingOf([...BY_API, ...BY_DOOR, ...BY_FILE]),
  curated: holdingOf(BY_FILE),
};

/** The lines as a file that an import reads. */
export function fileOf(lines: readonly Line[]): string {
  const rows = lines.map((line) => {
    const [, month, day] = /^\d{4}-(\d\d)-(\d\d)/.exec(line.invoiceDate) ?? [];
    const date = `${String(Number(month))}/${String(Number(day))}/2011 8:26`;
    return [line.invoiceNo, line.stockCode, line.description, line.quantity, date, line.unitPrice, line.customerId, line.country];
  });
  const header = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';
  return `${[header, ...rows.map((row) => row.join(','))].join('\n')}\n`;
}
