import { setMaxListeners } from 'node:events';
import type { Clock } from '../../clock.ts';
import type { RecordSource } from '../lambda/event-source/record-source.ts';
import type { Positions } from './progress.ts';
import { RecordBuffer } from './record-buffer.ts';

export interface IntakeOptions {
  readonly stream: string;
  /** A buffer is full with as much. */
  readonly bytes: number;
  /** Or with as many records. @default without end */
  readonly maxRecords?: number;
  /** A buffer is due so long after its first record was read. @unit ms */
  readonly interval: number;
  /** How long to wait before the n-th retry in a row. @unit ms */
  retry(this: void, attempt: number): number;
  log(this: void, line: string): void;
}

/** Of one shard at a time. */
const PAGE_RECORDS = 10_000;
const PAGE_BYTES = 1024 * 1024;
/** Most records of a shard that a look at what is unread reads. */
const MAX_COUNTED = 1_000;

/**
 * Reads all shards of a stream into one buffer.
 *
 * @remarks A delivery stream starts at LATEST, once, when it becomes active ("Writing to Amazon Data Firehose Using Kinesis Data Streams").
 * Where that is, is settled before the first reading, and kept: of a record that comes in between nothing is lost, of those before nothing
 * comes.
 */
export class Intake {
  /** What is read and not yet stored. */
  buffer: RecordBuffer;
  private shardIds: readonly string[] = [];
  private readonly positions = new Map<string, string>();
  /** The shard that is read next, so that a busy one does not keep the others waiting. */
  private turn = 0;
  /** When the buffer is due. @unit ms since 1970 */
  private due = Infinity;

  constructor(
    private readonly source: RecordSource,
    private readonly clock: Clock,
    private readonly options: IntakeOptions,
  ) {
    this.buffer = new RecordBuffer(options.bytes, options.maxRecords);
  }

  /** What has been read and is in no object. */
  get buffered(): { readonly records: number; readonly bytes: number } {
    const { records, bytes } = this.buffer;
    return { records, bytes };
  }

  /** Arrival of the oldest record that has been read and is in no object; Infinity for none. @unit ms since 1970 */
  get oldestHeld(): number {
    return this.buffer.oldestArrival;
  }

  /** Arrival of the oldest record that has not been read; Infinity for none. @unit ms since 1970 */
  async oldestUnread(): Promise<number> {
    const next = await Promise.all(
      this.shardIds.map((shardId) =>
        this.source.read(this.options.stream, shardId, this.positions.get(shardId) ?? null, {
          maxRecords: 1,
          maxBytes: PAGE_BYTES,
        }),
      ),
    );
    return Math.min(...next.map(([first]) => first?.arrivedAt ?? Infinity));
  }

  /** @param positions - last record of each shard that is stored already */
  async open(positions: Positions): Promise<void> {
    for (const [shardId, sequence] of Object.entries(positions)) this.positions.set(shardId, sequence);
    this.shardIds = await this.source.shardIds(this.options.stream);
  }

  /** Begin an empty buffer: what was in the last one is stored. */
  begin(): void {
    this.buffer = new RecordBuffer(this.options.bytes, this.options.maxRecords);
    this.due = Infinity;
  }

  /**
   * Resolves with the buffer when it is full or due. Until `begin` it is the same.
   *
   * @returns undefined when the signal is aborted
   */
  async fill(signal: AbortSignal): Promise<RecordBuffer | undefined> {
    for (let failures = 0; !signal.aborted;) {
      if (this.buffer.isFull || this.clock.now() >= this.due) return this.buffer;
      try {
        const hasMore = await this.readAll();
        failures = 0;
        if (!hasMore) await this.wait(signal);
      } catch (error) {
        // Firehose retries GetRecords without end (Developer Guide, "Troubleshooting"); what is in the buffer need not wait for it.
        failures += 1;
        if (failures === 1) this.options.log(`cannot read ${this.options.stream} yet: ${String(error)}`);
        const wait = Math.min(this.options.retry(failures), this.due - this.clock.now());
        if (wait > 0) await this.clock.wait(wait, signal);
      }
    }
    return undefined;
  }

  /** What is in the stream and not in the buffer. */
  async unread(): Promise<{ readonly records: number; readonly bytes: number }> {
    let [records, bytes] = [0, 0];
    for (const shardId of this.shardIds) {
      const limits = { maxRecords: MAX_COUNTED, maxBytes: 64 * 1024 * 1024 };
      const page = await this.source.read(this.options.stream, shardId, this.positions.get(shardId) ?? null, limits);
      records += page.length;
      for (const { data } of page) bytes += data.length;
    }
    return { records, bytes };
  }

  /** One page of each shard, as far as there is room. @returns whether there was any */
  private async readAll(): Promise<boolean> {
    let hasRead = false;
    for (let count = this.shardIds.length; count > 0 && !this.buffer.isFull; count -= 1) {
      const shardId = this.shardIds[this.turn % this.shardIds.length] ?? '';
      const records = await this.source.read(this.options.stream, shardId, this.positions.get(shardId) ?? null, {
        maxRecords: PAGE_RECORDS,
        maxBytes: Math.min(PAGE_BYTES, this.buffer.room),
      });
      this.turn += 1;
      const last = records.at(-1);
      if (last === undefined) continue;
      if (this.buffer.isEmpty) this.due = this.clock.now() + this.options.interval;
      this.buffer.add(shardId, records);
      this.positions.set(shardId, last.sequenceNumber);
      hasRead = true;
    }
    return hasRead;
  }

  /** Until a shard has more, or the buffer is due. */
  private async wait(signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    setMaxListeners(0, over.signal);
    const pass = (): void => {
      over.abort();
    };
    signal.addEventListener('abort', pass);
    if (signal.aborted) pass();
    const reasons: Promise<unknown>[] = this.shardIds.map((shardId) =>
      this.source
        .whenWritten(this.options.stream, shardId, this.positions.get(shardId) ?? null, over.signal)
        .catch((error: unknown) => {
          if (!over.signal.aborted) throw error;
        }),
    );
    if (this.due !== Infinity) reasons.push(this.clock.wait(this.due - this.clock.now(), over.signal));
    try {
      await Promise.race(reasons);
    } finally {
      signal.removeEventListener('abort', pass);
      over.abort();
    }
  }
}
