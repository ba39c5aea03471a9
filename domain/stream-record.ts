// How lines travel the stream. Resolvers bundle this file: only what APPSYNC_JS knows.

import type { TransactionLine } from './transaction-line.ts';

/** Lines of one invoice on their way into one stream record. */
export interface PackedRecord {
  /** The customer, or the invoice for a guest: so each customer and each invoice has one ordered writer. */
  readonly partitionKey: string;
  /** NDJSON; every line ends in a line feed, because Firehose joins records without a delimiter. */
  text: string;
  /** The places of its lines among those packed. */
  readonly members: number[];
}

/**
 * Pack lines, one record for each invoice, in the order of the invoices' first lines.
 *
 * @remarks Kinesis bills by the started kilobyte and Firehose by five: 541,909 lines are about 26,000 records.
 * @param lines - `undefined` where a line is not to be sent
 */
export function packLines(lines: readonly (TransactionLine | undefined)[]): PackedRecord[] {
  const records: PackedRecord[] = [];
  const places: Record<string, number> = {};
  lines.forEach((line, index) => {
    if (line === undefined) return;
    const owner = `${line.invoiceNo} ${line.customerId ?? ''}`;
    const text = `${JSON.stringify(line)}\n`;
    const record = records[places[owner] ?? records.length];
    if (record === undefined) {
      places[owner] = records.length;
      records.push({ partitionKey: line.customerId ?? line.invoiceNo, text, members: [index] });
    } else {
      record.text += text;
      record.members.push(index);
    }
  });
  return records;
}
