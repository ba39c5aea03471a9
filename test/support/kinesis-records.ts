import type { KinesisStreamEvent, KinesisStreamRecord } from 'aws-lambda';
import type { TransactionLine } from '../../domain/transaction-line.ts';
import { packLines } from '../../domain/stream-record.ts';

/** A record as Kinesis hands it to Lambda: data in base64, arrival in seconds. */
export function kinesisRecord(
  sequence: number,
  data: string | Buffer,
  partitionKey = 'key',
  shard = 'shardId-000000000000',
): KinesisStreamRecord {
  const sequenceNumber = String(sequence).padStart(56, '4');
  return {
    awsRegion: 'us-east-1',
    eventID: `${shard}:${sequenceNumber}`,
    eventName: 'aws:kinesis:record',
    eventSource: 'aws:kinesis',
    eventSourceARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/transactions',
    eventVersion: '1.0',
    invokeIdentityArn: 'arn:aws:iam::000000000000:role/consumer',
    kinesis: {
      approximateArrivalTimestamp: 1_320_000_000 + sequence,
      data: Buffer.from(data as string).toString('base64'),
      kinesisSchemaVersion: '1.0',
      partitionKey,
      sequenceNumber,
    },
  };
}

/** One record for each invoice among the lines, as the doors pack them. */
export function kinesisRecords(lines: readonly TransactionLine[], firstSequence = 1): KinesisStreamRecord[] {
  return packLines(lines).map(({ text, partitionKey }, place) => kinesisRecord(firstSequence + place, text, partitionKey));
}

export const kinesisEvent = (records: readonly KinesisStreamRecord[]): KinesisStreamEvent => ({ Records: [...records] });
