import type { SourceRecord } from './record-source.ts';

/** One record of a Kinesis event, as a function gets it. */
export interface EventRecord {
  readonly kinesis: {
    readonly kinesisSchemaVersion: '1.0';
    readonly partitionKey: string;
    readonly sequenceNumber: string;
    /** Base64. */
    readonly data: string;
    /** @unit seconds since 1970, with three decimals */
    readonly approximateArrivalTimestamp: number;
  };
  readonly eventSource: 'aws:kinesis';
  readonly eventVersion: '1.0';
  /** `<shard>:<sequence number>`. */
  readonly eventID: string;
  readonly eventName: 'aws:kinesis:record';
  readonly invokeIdentityArn: string;
  readonly awsRegion: string;
  readonly eventSourceARN: string;
}

/** Where records come from and who is to get them: what all records of one shard have in common. */
export interface Origin {
  readonly shardId: string;
  readonly streamArn: string;
  readonly roleArn: string;
  readonly region: string;
}

export function toEventRecord(record: SourceRecord, { shardId, streamArn, roleArn, region }: Origin): EventRecord {
  return {
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey: record.partitionKey,
      sequenceNumber: record.sequenceNumber,
      data: record.data.toString('base64'),
      approximateArrivalTimestamp: record.arrivedAt / 1000,
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: `${shardId}:${record.sequenceNumber}`,
    eventName: 'aws:kinesis:record',
    invokeIdentityArn: roleArn,
    awsRegion: region,
    eventSourceARN: streamArn,
  };
}

/** Length of `{"Records":[]}`. @unit bytes */
export const EMPTY_EVENT_BYTES = 14;

/** How many bytes a record adds to the event's JSON, its comma included, without writing that JSON. */
export function eventBytes(record: EventRecord): number {
  const { data } = record.kinesis;
  const withoutData = { ...record, kinesis: { ...record.kinesis, data: '' } };
  // Base64 needs no escapes.
  return Buffer.byteLength(JSON.stringify(withoutData)) + data.length + 1;
}
