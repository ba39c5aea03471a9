import type { KinesisStreamRecord } from 'aws-lambda';
import { acceptLine, isRefusal } from '../../domain/accepted-line.ts';
import type { TransactionLine } from '../../domain/transaction-line.ts';
import { recordBytes } from './kinesis-batch.ts';

/** The lines of one invoice that a batch brings, in their order. */
export interface Delivery {
  readonly invoiceNo: string;
  readonly lines: TransactionLine[];
}

/** A piece of a stream record that no store can take, with the reason. */
export interface Reject {
  /** The stream record it came in, where that is known. */
  readonly sequenceNumber?: string;
  readonly reason: string;
  readonly message: string;
  /** The line as it came, or as much of it as is readable. */
  readonly line: string;
}

/** A batch, read: deliveries by invoice, and what could not be read. */
export interface Reading {
  readonly deliveries: ReadonlyMap<string, Delivery>;
  readonly rejects: Reject[];
}

/** Longest part of an unreadable line that a reject keeps. */
const KEPT = 10_000;

/** Read every line of every record; what breaks a rule is set aside and blocks nothing. */
export function readRecords(records: readonly KinesisStreamRecord[]): Reading {
  const deliveries = new Map<string, Delivery>();
  const rejects: Reject[] = [];
  for (const record of records) {
    const { sequenceNumber } = record.kinesis;
    for (const text of recordBytes(record).toString('utf8').split('\n')) {
      if (text.trim() === '') continue;
      const line = readLine(text);
      if ('reason' in line) {
        rejects.push({ sequenceNumber, ...line, line: text.slice(0, KEPT) });
        continue;
      }
      const delivery = deliveries.get(line.invoiceNo);
      if (delivery === undefined) deliveries.set(line.invoiceNo, { invoiceNo: line.invoiceNo, lines: [line] });
      else delivery.lines.push(line);
    }
  }
  return { deliveries, rejects };
}

function readLine(text: string): TransactionLine | { reason: string; message: string } {
  let sent: unknown;
  try {
    sent = JSON.parse(text);
  } catch (cause) {
    return { reason: 'NotJson', message: cause instanceof Error ? cause.message : String(cause) };
  }
  const sentAt = (sent as { sentAt?: unknown } | null)?.sentAt;
  const line = acceptLine(sent, typeof sentAt === 'number' ? sentAt : 0);
  return isRefusal(line) ? { reason: 'InvalidValue', message: line.message } : line;
}
