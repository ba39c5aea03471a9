/**
 * One line of an invoice as it travels the stream and rests in the raw layer: one JSON object on one line of NDJSON.
 *
 * @remarks Every text is trimmed, case kept. Absence is a missing field, never `null` or `''`.
 */
export interface TransactionLine {
  /** The idempotency key: made once by the producer, kept on every retry. */
  readonly lineId: string;
  /** Starts with `C` for a cancellation, with `A` for an adjustment. */
  readonly invoiceNo: string;
  readonly stockCode: string;
  readonly description?: string;
  /** Pieces; negative when returned. -1,000,000 to 1,000,000. */
  readonly quantity: number;
  /** The shop's wall clock carried as UTC, `YYYY-MM-DDTHH:mm:ssZ`. */
  readonly invoiceDate: string;
  /** Pounds, an exact decimal with three places, such as `2.550`. */
  readonly unitPrice: string;
  /** Missing for a guest. */
  readonly customerId?: string;
  readonly country: string;
  /**
   * When the door took the line: the event time that decides between two versions of one `lineId`.
   *
   * @unit milliseconds since 1970-01-01T00:00:00Z
   */
  readonly sentAt: number;
}
