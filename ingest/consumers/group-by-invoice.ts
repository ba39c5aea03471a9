import type { KinesisStreamRecord } from 'aws-lambda';
import type { TransactionLine } from '../../domain/transaction-line.ts';
import { recordBytes } from './kinesis-batch.ts';
import { judgeRecord, type Refused } from './stream-judge.ts';

/** The lines of one invoice that a batch brings, in their order. */
export interface Delivery {
  readonly invoiceNo: string;
  readonly lines: TransactionLine[];
}

/** A piece of a stream record that is in no store, with the reason. */
export interface Reject extends Omit<Refused, 'reason'> {
  /** The stream record it came in, where that is known. */
  readonly sequenceNumber?: string;
  readonly reason: Refused['reason'] | 'CannotBeStored';
}

/** A batch, read: deliveries by invoice, and what could not be read. */
export interface GroupedLines {
  readonly deliveries: ReadonlyMap<string, Delivery>;
  readonly rejects: readonly Reject[];
}

/** Read every line of every record; what breaks a rule is set aside and blocks nothing. */
export function groupByInvoice(records: readonly KinesisStreamRecord[]): GroupedLines {
  const deliveries = new Map<string, Delivery>();
  const rejects: Reject[] = [];
  for (const record of records) {
    const { lines, refused } = judgeRecord(recordBytes(record));
    for (const one of refused) rejects.push({ sequenceNumber: record.kinesis.sequenceNumber, ...one });
    for (const line of lines) {
      const delivery = deliveries.get(line.invoiceNo);
      if (delivery === undefined) deliveries.set(line.invoiceNo, { invoiceNo: line.invoiceNo, lines: [line] });
      else delivery.lines.push(line);
    }
  }
  return { deliveries, rejects };
}
