/** A record as the stream keeps it. */
export interface SourceRecord {
  readonly sequenceNumber: string;
  readonly partitionKey: string;
  readonly data: Buffer;
  /** @unit ms since 1970 */
  readonly arrivedAt: number;
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
}
