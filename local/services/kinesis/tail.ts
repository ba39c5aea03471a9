/** A record as consumers see it. */
export interface StreamRecord {
  readonly sequenceNumber: string;
  readonly partitionKey: string;
  readonly data: Buffer;
  /** ms since epoch */
  readonly arrivedAt: number;
}

/** How much a read may give; a single record that is larger is given all the same. */
export interface ReadLimits {
  readonly maxRecords: number;
  readonly maxBytes: number;
}

/** The newest records of a shard, kept in memory up to a number of bytes: consumers that keep up never touch the disk. */
export class RecordTail {
  private records: StreamRecord[] = [];
  /** Entries before it are already dropped; they are cut off in bulk, because `shift` moves the whole array. */
  private head = 0;
  private bytes = 0;

  /** @param next - the position that the next record will get */
  constructor(
    private readonly maxBytes: number,
    private next: number,
  ) {}

  /** The oldest position that can be read from here; equal to the next position when there is none. */
  get first(): number {
    return this.next - (this.records.length - this.head);
  }

  push(record: StreamRecord): void {
    this.records.push(record);
    this.next += 1;
    this.bytes += costOf(record);
    while (this.bytes > this.maxBytes) this.dropOldest();
  }

  /** Forget everything before `position`. */
  dropBefore(position: number): void {
    while (this.first < position && this.head < this.records.length) this.dropOldest();
  }

  /** @param from - must not be before `first` */
  read(from: number, { maxRecords, maxBytes }: ReadLimits): StreamRecord[] {
    const start = this.head + (from - this.first);
    let bytes = 0;
    let end = start;
    for (; end < this.records.length && end - start < maxRecords; end += 1) {
      bytes += this.records[end]?.data.length ?? 0;
      if (bytes > maxBytes && end > start) break;
    }
    return this.records.slice(start, end);
  }

  private dropOldest(): void {
    const oldest = this.records[this.head];
    if (oldest === undefined) return;
    this.bytes -= costOf(oldest);
    this.head += 1;
    if (this.head * 2 < this.records.length) return;
    this.records = this.records.slice(this.head);
    this.head = 0;
  }
}

/** Data and about what the objects around them cost. @unit bytes */
function costOf(record: StreamRecord): number {
  return record.data.length + 400;
}
