import type { SourceRecord } from '../../event-source/record-source.ts';

/** Records of one object to be, of all shards, in the order in which they were read. */
export class RecordBuffer {
  /** Sequence number of the last record of each shard. */
  readonly through: Record<string, string> = {};
  records = 0;
  bytes = 0;
  /** Arrival of the oldest record. @unit ms since 1970 */
  oldestArrival = Infinity;
  private readonly pieces: Buffer[] = [];

  /** @param limit - full with as many bytes */
  constructor(private readonly limit: number) {}

  get isEmpty(): boolean {
    return this.records === 0;
  }

  get isFull(): boolean {
    return this.bytes >= this.limit;
  }

  /** How much it still takes. @unit bytes */
  get room(): number {
    return Math.max(0, this.limit - this.bytes);
  }

  add(shardId: string, records: readonly SourceRecord[]): void {
    for (const { data, arrivedAt } of records) {
      this.pieces.push(data);
      this.bytes += data.length;
      if (arrivedAt < this.oldestArrival) this.oldestArrival = arrivedAt;
    }
    this.records += records.length;
    const last = records.at(-1);
    if (last !== undefined) this.through[shardId] = last.sequenceNumber;
  }

  /** All data, one behind the other, with nothing between. */
  join(): Buffer {
    return Buffer.concat(this.pieces, this.bytes);
  }
}
