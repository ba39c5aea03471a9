import type { SourceRecord } from '../lambda/event-source/record-source.ts';
import type { Positions } from './progress.ts';

/** A record with the shard it was read from. */
export interface ShardRecord {
  readonly shardId: string;
  readonly record: SourceRecord;
}

/** What became of the records of a batch. */
export interface Transformed {
  /** What is delivered of them. */
  readonly delivered: readonly Buffer[];
  /** What the bucket gets instead of each record that failed, a JSON object. */
  readonly failed: readonly string[];
}

/** Records of one object to be, of all shards, in the order in which they were read. */
export class RecordBuffer {
  /** Sequence number of the last record of each shard. */
  readonly through: Record<string, string> = {};
  /** Of the source. */
  records = 0;
  /** Of what is delivered. */
  bytes = 0;
  /** Arrival of the oldest record. @unit ms since 1970 */
  oldestArrival = Infinity;
  /** As they were read; none of those that were transformed. */
  readonly read: ShardRecord[] = [];
  /** What the bucket gets of records that failed, beside the object. */
  readonly failed: string[] = [];
  private readonly pieces: Buffer[] = [];

  /**
   * @param limit - full with as many bytes
   * @param maxRecords - or with as many records
   */
  constructor(
    private readonly limit: number,
    private readonly maxRecords = Infinity,
  ) {}

  get isEmpty(): boolean {
    return this.records === 0;
  }

  get isFull(): boolean {
    return this.bytes >= this.limit || this.records >= this.maxRecords;
  }

  /** How much it still takes. @unit bytes */
  get room(): number {
    return Math.max(0, this.limit - this.bytes);
  }

  /** Records that are delivered. */
  get deliveries(): number {
    return this.pieces.length;
  }

  add(shardId: string, records: readonly SourceRecord[]): void {
    for (const record of records) {
      this.read.push({ shardId, record });
      this.deliver(record.data);
      if (record.arrivedAt < this.oldestArrival) this.oldestArrival = record.arrivedAt;
    }
    this.records += records.length;
    const last = records.at(-1);
    if (last !== undefined) this.through[shardId] = last.sequenceNumber;
  }

  /** Take over a batch, and what was made of it. */
  addTransformed(batch: RecordBuffer, { delivered, failed }: Transformed): void {
    for (const piece of delivered) this.deliver(piece);
    this.failed.push(...failed);
    this.records += batch.records;
    this.oldestArrival = Math.min(this.oldestArrival, batch.oldestArrival);
    Object.assign(this.through, batch.through satisfies Positions);
  }

  /** All data, one behind the other, with nothing between. */
  join(): Buffer {
    return Buffer.concat(this.pieces, this.bytes);
  }

  private deliver(piece: Buffer): void {
    this.pieces.push(piece);
    this.bytes += piece.length;
  }
}
