import type { LineFields } from './generated/line.ts';

/**
 * One line of an invoice as it travels the stream and rests in the raw layer: one JSON object on one line of NDJSON.
 *
 * @remarks Every text is trimmed, case kept. Absence is a missing field, never `null` or `''`. A `lineId` is made once by the producer,
 * and kept on every retry. Prices have exactly three places, dates are `YYYY-MM-DDTHH:mm:ssZ`.
 */
export interface TransactionLine extends LineFields {
  /**
   * When the door took the line: the event time that decides between two versions of one `lineId`.
   *
   * @unit milliseconds since 1970-01-01T00:00:00Z
   */
  readonly sentAt: number;
}
