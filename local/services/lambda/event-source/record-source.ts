/** A record as the stream keeps it. */
export interface SourceRecord {
  readonly sequenceNumber: string;
  readonly partitionKey: string;
  readonly data: Buffer;
  /** @unit ms since 1970 */
  readonly arrivedAt: number;
}

/** Records that were trimmed before a consumer had done them; sequence numbers of the first and the last. */
export interface LostRecords {
  readonly records: number;
  readonly first: string;
  readonly last: string;
}

/** A consumer that remembers how far it is. */
export interface StreamFollower {
  /** In messages, such as `mapping of writer`. */
  readonly name: string;
  /** Where it keeps how far it is in a shard. */
  file(this: void, shardId: string): string;
  /** The last record of a shard that is done: one for each of the shard's processors, null for none. */
  positions(this: void, shardId: string): readonly (string | null)[];
  /** Whether a record is not done yet. */
  needs(this: void, shardId: string, record: Pick<SourceRecord, 'sequenceNumber' | 'partitionKey'>): boolean;
  /** All records up to `last` are about to go, and `lost` among them are not done. To be kept when this returns. */
  trimmed(this: void, shardId: string, last: string, lost: LostRecords | undefined): void;
}

export interface Following {
  /** Resolves when what is too old is gone: an earlier read would return what a stream of AWS no longer has. */
  readonly mayRead: Promise<void>;
  end(this: void): void;
}

/** Add losses up. */
export function addLost(one: LostRecords | null, other: LostRecords): LostRecords {
  return { records: (one?.records ?? 0) + other.records, first: one?.first ?? other.first, last: other.last };
}

/** Whether a sequence number comes behind another one; null comes before all. */
export function isBehind(one: string, other: string | null): boolean {
  return other === null || one.length > other.length || (one.length === other.length && one > other);
}

/** The last record of a shard, after which a reader at LATEST begins; null when there is none. */
export async function latestPosition(source: RecordSource, stream: string, shardId: string): Promise<string | null> {
  let position: string | null = null;
  for (;;) {
    const page = await source.read(stream, shardId, position, { maxRecords: 10_000, maxBytes: 4 * 1024 * 1024 });
    const last = page.at(-1);
    if (last === undefined) return position;
    position = last.sequenceNumber;
  }
}

/** What a mapping needs of a stream: to read a shard in order, and to be told when there is more. */
export interface RecordSource {
  shardIds(stream: string): readonly string[] | Promise<readonly string[]>;
  /** At most this much of what comes after a record, oldest first; none when there is nothing yet. `null`: from the oldest record. */
  read(
    stream: string,
    shardId: string,
    after: string | null,
    limits: { readonly maxRecords: number; readonly maxBytes: number },
  ): Promise<readonly SourceRecord[]>;
  /** Resolves when there is a record after this one, or when the signal is aborted. */
  whenWritten(stream: string, shardId: string, after: string | null, signal: AbortSignal): Promise<unknown>;
  /**
   * Follow a stream: `trimmed` is called for records that are trimmed before they are done. Absent: the source trims nothing.
   *
   * @throws CheckpointError when the consumer has done records that the stream does not have
   */
  follow?(stream: string, follower: StreamFollower): Following;
}
