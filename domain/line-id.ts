/** The facts that tell one line from another; every text trimmed, case kept. */
export interface LineFacts {
  readonly invoiceNo: string;
  readonly stockCode: string;
  readonly description?: string | undefined;
  readonly quantity: number;
  /** `YYYY-MM-DDTHH:mm:ss`, with or without a final `Z`. */
  readonly invoiceDate: string;
  /** Three decimals, such as `2.550`. */
  readonly unitPrice: string;
  readonly customerId?: string | undefined;
  readonly country: string;
}

const FIELD_SEPARATOR = '\u001f';
const HASH_DIGITS = 12;

/** The text that the line's identity is computed over. */
export function canonicalLine(line: LineFacts): string {
  return [
    line.invoiceNo,
    line.stockCode,
    line.description ?? '',
    String(line.quantity),
    line.invoiceDate.slice(0, 19),
    line.unitPrice,
    line.customerId ?? '',
    line.country,
  ].join(FIELD_SEPARATOR);
}

/**
 * Gives each line its `lineId`: `<invoiceNo>-<first 12 hex digits of sha256(canonical)>-<k>`, k = 1, 2, … among identical
 * lines of one invoice.
 *
 * @remarks Identical lines are interchangeable, so k needs no row order: any producer that sees the whole invoice arrives at
 * the same set. One object must see all lines of an invoice; `forget` frees an invoice that is known to be complete.
 */
export class LineIdentifier {
  readonly #seen = new Map<string, Map<string, number>>();

  /** @param sha256Hex - the lower-case hex digest of a text's UTF-8 bytes */
  constructor(private readonly sha256Hex: (text: string) => string) {}

  identify(line: LineFacts): string {
    const hash = this.sha256Hex(canonicalLine(line)).slice(0, HASH_DIGITS);
    let invoice = this.#seen.get(line.invoiceNo);
    if (invoice === undefined) this.#seen.set(line.invoiceNo, (invoice = new Map<string, number>()));
    const k = (invoice.get(hash) ?? 0) + 1;
    invoice.set(hash, k);
    return `${line.invoiceNo}-${hash}-${String(k)}`;
  }

  forget(invoiceNo: string): void {
    this.#seen.delete(invoiceNo);
  }
}
