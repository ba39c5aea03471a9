import type { SaleLine } from './line-from-row.ts';

/** Sums of what the API has taken, exact, so that every store can be compared with them. */
export class Totals {
  /** Lines accepted. */
  lines = 0;
  /** Rows that will not arrive. */
  rejected = 0;
  /** Sum of the quantities. @unit pieces */
  units = 0;
  /** Sum of quantity x unit price. @unit GBP / 1000 */
  mills = 0n;
  mutations = 0;
  /** One for each invoice (and customer) in each mutation, as the API packs them. */
  streamRecords = 0;
  /** Lines that went out again, each counted as often as it did. */
  resent = 0;

  /** Lines that one mutation has carried into the stream. */
  accept(lines: readonly SaleLine[]): void {
    const records = new Set<string>();
    for (const { invoiceNo, customerId, quantity, unitPrice } of lines) {
      this.units += quantity;
      const unitMills = Number(unitPrice.replace('.', '')); // three places: without the point, the digits are the mills
      this.mills += BigInt(quantity * unitMills); // below 2^53: see MAX_QUANTITY
      records.add(`${invoiceNo} ${customerId ?? ''}`);
    }
    this.lines += lines.length;
    this.streamRecords += records.size;
  }

  add(other: Totals): void {
    this.lines += other.lines;
    this.rejected += other.rejected;
    this.units += other.units;
    this.mills += other.mills;
    this.mutations += other.mutations;
    this.streamRecords += other.streamRecords;
    this.resent += other.resent;
  }

  /** A copy, or zeros. */
  static of(other: Totals | undefined): Totals {
    const totals = new Totals();
    if (other !== undefined) totals.add(other);
    return totals;
  }
}

/** Distinct texts that are counted exactly before the count is given up: about 60 MB. */
const MAX_COUNTED = 1_000_000;

/** How many different texts there were, exactly, in bounded memory: beyond a million it says no more. */
export class DistinctTexts {
  private readonly texts = new Set<string>();
  private last: string | undefined;

  add(text: string): void {
    if (text === this.last) return;
    this.last = text;
    if (this.texts.size <= MAX_COUNTED) this.texts.add(text);
  }

  /** `undefined` when there were more than a million. */
  get count(): number | undefined {
    return this.texts.size > MAX_COUNTED ? undefined : this.texts.size;
  }
}

/** Print mills of any size as pounds with three places: `9747747934n` is `9747747.934`. */
export function poundsOf(mills: bigint): string {
  const digits = String(mills < 0n ? -mills : mills).padStart(4, '0');
  return `${mills < 0n ? '-' : ''}${digits.slice(0, -3)}.${digits.slice(-3)}`;
}
