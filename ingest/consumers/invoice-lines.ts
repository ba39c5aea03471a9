import { compareVersions } from '../../domain/line-version.ts';
import { toMills } from '../../domain/money.ts';
import type { TransactionLine } from '../../domain/transaction-line.ts';
import type { CustomerInvoice, InvoiceTotals, Sums } from './ledger.ts';

/** The lines of one customer in an invoice, or those of guests. */
export interface Part extends Sums {
  /** The least by date, then line id. */
  readonly first: TransactionLine;
}

/** What a delivery changed in an invoice. */
export interface LineChanges {
  readonly added: number;
  /** Places of lines of which a later version came. */
  readonly replaced: readonly number[];
  /** Lines that were there in this version or a later one: a sign that an earlier attempt may have stopped half-way. */
  readonly repeated: number;
}

const GUEST = '';

/** All lines of an invoice, each in its latest version, in the order in which their first versions arrived. */
export class InvoiceLines {
  private readonly lines: TransactionLine[] = [];
  private readonly places = new Map<string, number>();
  private currentParts = new Map<string, Part>();

  /** @param stored - each line once */
  constructor(
    readonly invoiceNo: string,
    stored: readonly TransactionLine[],
  ) {
    for (const line of stored) this.add(line);
  }

  get length(): number {
    return this.lines.length;
  }

  slice(start: number, end?: number): readonly TransactionLine[] {
    return this.lines.slice(start, end);
  }

  /** Take in lines in any versions; of each the latest stays. */
  apply(lines: readonly TransactionLine[]): LineChanges {
    const before = this.lines.length;
    const replaced = new Set<number>();
    let repeated = 0;
    for (const line of lines) {
      const place = this.places.get(line.lineId) ?? -1;
      const known = this.lines[place];
      if (known === undefined) this.add(line);
      else if (compareVersions(line, known) > 0) {
        this.lines[place] = line;
        replaced.add(place);
      } else repeated++;
    }
    if (replaced.size > 0) this.countParts();
    return { added: this.lines.length - before, replaced: [...replaced].filter((place) => place < before), repeated };
  }

  /** By customer; guests under `''`. What was given before a later `apply` stays as it was. */
  get parts(): ReadonlyMap<string, Part> {
    return new Map(this.currentParts);
  }

  /** A customer's part, as the customer's list has it. */
  partOf(customerId: string): CustomerInvoice | undefined {
    const part = this.currentParts.get(customerId);
    return part && { customerId, ...this.totalsFrom(part.first, part) };
  }

  /** The whole invoice. Its date, customer and country are those of its first line. */
  totals(): InvoiceTotals & { readonly customerId?: string } {
    let first: TransactionLine | undefined;
    let [units, total] = [0, 0n];
    for (const part of this.currentParts.values()) {
      if (first === undefined || comesBefore(part.first, first)) first = part.first;
      units += part.units;
      total += part.total;
    }
    if (first === undefined) throw new RangeError(`invoice ${this.invoiceNo} has at least one line: got none`);
    const totals = this.totalsFrom(first, { lineCount: this.lines.length, units, total });
    return first.customerId === undefined ? totals : { ...totals, customerId: first.customerId };
  }

  private totalsFrom(first: TransactionLine, { lineCount, units, total }: Sums): InvoiceTotals {
    const { invoiceDate, country } = first;
    return {
      invoiceNo: this.invoiceNo,
      invoiceDate,
      country,
      cancelled: this.invoiceNo.startsWith('C'),
      lineCount,
      units,
      total,
    };
  }

  private add(line: TransactionLine): void {
    this.places.set(line.lineId, this.lines.push(line) - 1);
    this.count(line);
  }

  private countParts(): void {
    this.currentParts = new Map();
    for (const line of this.lines) this.count(line);
  }

  private count(line: TransactionLine): void {
    const customerId = line.customerId ?? GUEST;
    const part = this.currentParts.get(customerId);
    this.currentParts.set(customerId, {
      first: part === undefined || comesBefore(line, part.first) ? line : part.first,
      lineCount: (part?.lineCount ?? 0) + 1,
      units: (part?.units ?? 0) + line.quantity,
      // The amount of one line is far below 2^53.
      total: (part?.total ?? 0n) + BigInt(line.quantity * toMills(line.unitPrice)),
    });
  }
}

const comesBefore = (a: TransactionLine, b: TransactionLine) =>
  a.invoiceDate === b.invoiceDate ? a.lineId < b.lineId : a.invoiceDate < b.invoiceDate;
