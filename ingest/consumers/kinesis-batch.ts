import type { KinesisStreamBatchResponse, KinesisStreamEvent, KinesisStreamRecord } from 'aws-lambda';

/** A consumer of the stream: the answer names the record from which on the batch must come again. */
export type KinesisConsumer = (event: KinesisStreamEvent, deadline: AbortSignal) => Promise<KinesisStreamBatchResponse>;

/** The record's bytes: Kinesis data reaches Lambda in base64. */
export const recordBytes = (record: KinesisStreamRecord) => Buffer.from(record.kinesis.data, 'base64');

/** `shardId-000000000000` of the record's event id `shardId-000000000000:<sequence number>`. */
const shardOf = (record: KinesisStreamRecord) => record.eventID.slice(0, record.eventID.indexOf(':'));

/**
 * The object that a batch is kept in: `<prefix>dt=YYYY-MM-DD/hour=HH/<shard>-<first sequence>-<last sequence>`.
 *
 * @remarks The hour is the first record's arrival time (UTC), never the wall clock: a batch that comes again after midnight
 * overwrites its own object.
 */
export function batchObjectKey(prefix: string, records: readonly KinesisStreamRecord[]): string {
  const first = records[0];
  const last = records.at(-1);
  if (first === undefined || last === undefined) throw new RangeError('a batch has at least one record: got none');
  const arrived = new Date(first.kinesis.approximateArrivalTimestamp * 1000).toISOString();
  const range = `${first.kinesis.sequenceNumber}-${last.kinesis.sequenceNumber}`;
  return `${prefix}dt=${arrived.slice(0, 10)}/hour=${arrived.slice(11, 13)}/${shardOf(first)}-${range}`;
}
