import { printable } from './printable.ts';

/** Where each field stands in a row. */
export interface Columns {
  readonly invoiceNo: number;
  readonly stockCode: number;
  readonly description: number;
  readonly quantity: number;
  readonly invoiceDate: number;
  readonly unitPrice: number;
  readonly customerId: number;
  readonly country: number;
}

/** How a column may be named, in lower case without blanks and underscores; the first name is the usual one. */
const NAMES: Record<keyof Columns, readonly [string, ...string[]]> = {
  invoiceNo: ['InvoiceNo', 'Invoice'],
  stockCode: ['StockCode'],
  description: ['Description'],
  quantity: ['Quantity'],
  invoiceDate: ['InvoiceDate'],
  unitPrice: ['UnitPrice', 'Price'],
  customerId: ['CustomerID'],
  country: ['Country'],
};

/** The header lacks columns, or names one twice; nothing was sent. */
export class ColumnsError extends Error {
  override readonly name = 'ColumnsError';
  readonly code = 'COLUMNS';

  constructor(
    readonly missing: readonly string[],
    readonly repeated: readonly string[],
    readonly found: readonly string[],
  ) {
    const parts = [
      ...(missing.length > 0 ? [`misses ${missing.join(', ')}`] : []),
      ...(repeated.length > 0 ? [`names ${repeated.join(', ')} more than once`] : []),
    ];
    const header = printable(found.join(',').slice(0, 200));
    const separator = missing.length > 1 && /[;\t|]/.test(found.join(',')) ? '; separate the columns by commas' : '';
    super(`the header ${parts.join(' and ')}: it reads "${header}"${separator}`);
  }
}

const plain = (name: string) => name.toLowerCase().replaceAll(/[\s_]/g, '');

/** Find the columns by their names, in any order; further columns are ignored. @throws ColumnsError */
export function columnsOf(header: readonly string[]): Columns {
  const names = header.map(plain);
  const missing: string[] = [];
  const repeated: string[] = [];
  const place = (field: keyof Columns) => {
    const accepted = NAMES[field].map(plain);
    const places = names.flatMap((name, index) => (accepted.includes(name) ? [index] : []));
    if (places.length === 0) missing.push(NAMES[field][0]);
    if (places.length > 1) repeated.push(NAMES[field][0]);
    return places[0] ?? -1;
  };
  const columns: Columns = {
    invoiceNo: place('invoiceNo'),
    stockCode: place('stockCode'),
    description: place('description'),
    quantity: place('quantity'),
    invoiceDate: place('invoiceDate'),
    unitPrice: place('unitPrice'),
    customerId: place('customerId'),
    country: place('country'),
  };
  if (missing.length + repeated.length > 0) throw new ColumnsError(missing, repeated, header);
  return columns;
}
