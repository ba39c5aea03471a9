import { eachLines, type RowsFile } from './rows.ts';

/** What the usual way would be billed for a file, computed from the size of its two growing items at every row. */
export interface UsualUnits {
  readonly rows: number;
  readonly writeUnits: number;
  /** Rows whose stock code comes again on the same invoice: the later one takes the place of the earlier one. */
  readonly lost: number;
  readonly guests: number;
  readonly rowBytes: number;
  /** Each row is a record, and a record is billed by the started kilobyte. */
  readonly billedKilobytes: number;
  /** The same by the started five kilobytes. */
  readonly deliveredKilobytes: number;
}

/** An item that grows by an attribute with each row. */
class GrowingItem {
  private bytes: number;
  private readonly attributes = new Map<string, number>();

  constructor(keyName: string, key: string) {
    this.bytes = Buffer.byteLength(keyName) + Buffer.byteLength(key);
  }

  has = (name: string) => this.attributes.has(name);

  /**
   * What UpdateItem is billed for setting one attribute.
   *
   * @source DynamoDB developer guide, "Capacity unit consumption": the larger of the item before and after it, not what changed
   */
  set(name: string, value: string): number {
    const before = this.bytes;
    const size = Buffer.byteLength(name) + Buffer.byteLength(value);
    this.bytes += size - (this.attributes.get(name) ?? 0);
    this.attributes.set(name, size);
    return Math.ceil(Math.max(before, this.bytes) / 1024);
  }
}

/** @remarks Keeps the names of all attributes: about 100 bytes for each row. */
export async function usualUnits(file: RowsFile, rows: number | undefined): Promise<UsualUnits> {
  const invoices = new Map<string, GrowingItem>();
  const customers = new Map<string, GrowingItem>();
  const sum = { rows: 0, writeUnits: 0, lost: 0, guests: 0, rowBytes: 0, billedKilobytes: 0, deliveredKilobytes: 0 };
  const itemOf = (items: Map<string, GrowingItem>, keyName: string, key: string) => {
    let item = items.get(key);
    if (item === undefined) items.set(key, (item = new GrowingItem(keyName, key)));
    return item;
  };
  await eachLines(file, rows, (lines) => {
    for (const { lineId: _lineId, ...row } of lines) {
      const { invoiceNo, stockCode, customerId, ...line } = row;
      const bytes = Buffer.byteLength(JSON.stringify(row));
      sum.rows += 1;
      sum.rowBytes += bytes;
      sum.billedKilobytes += Math.ceil(bytes / 1024);
      sum.deliveredKilobytes += 5 * Math.ceil(bytes / (5 * 1024));
      const invoice = itemOf(invoices, 'InvoiceNo', invoiceNo);
      if (invoice.has(stockCode)) sum.lost += 1;
      sum.writeUnits += invoice.set(stockCode, JSON.stringify(line));
      if (customerId === undefined || customerId === null) sum.guests += 1;
      else sum.writeUnits += itemOf(customers, 'CustomerID', customerId).set(invoiceNo, line.invoiceDate);
    }
  });
  return sum;
}
