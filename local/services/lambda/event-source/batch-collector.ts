import type { EventRecord, Origin } from './kinesis-event.ts';
import { EMPTY_EVENT_BYTES, eventBytes, toEventRecord } from './kinesis-event.ts';
import { laneOf } from './lanes.ts';
import type { RecordSource } from './record-source.ts';

/** How much one invocation may get, and how long its records may be gathered. */
export interface BatchLimits {
  readonly records: number;
  /** Of the event as JSON. @unit bytes */
  readonly bytes: number;
  /** From the first record on. @unit ms */
  readonly window: number;
}

/** One of the parallel processors of a shard: it gets the partition keys that fall to it, all of them and always the same. */
export interface Lane {
  readonly stream: string;
  readonly index: number;
  /** How many lanes the shard has. */
  readonly count: number;
}

/** What is read at a time: about one event, so that reading ahead holds no more than that. */
const PAGE_RECORDS = 10_000;
const PAGE_BYTES = 4 * 1024 * 1024;

export interface BatchCollectorOptions {
  readonly lane: Lane;
  readonly origin: Origin;
  readonly limits: BatchLimits;
  readonly position: string | null;
}

/** Gathers the batches of one lane, in order. While a batch is at the function, the next one grows. */
export class BatchCollector {
  /** Read, and from `next` on not yet handed out. */
  private ahead: EventRecord[] = [];
  private handedOut = 0;

  private readonly lane: Lane;
  private readonly origin: Origin;
  private readonly limits: BatchLimits;
  private position: string | null;

  /** @param position - sequence number of the last record that is done, null for the beginning */
  constructor(
    private readonly source: RecordSource,
    { lane, origin, limits, position }: BatchCollectorOptions,
  ) {
    this.lane = lane;
    this.origin = origin;
    this.limits = limits;
    this.position = position;
  }

  /**
   * The next batch: as soon as it is full, or when its window is over and the function is free.
   *
   * @param free - resolves when the function can take a batch
   * @returns undefined when the signal is aborted
   */
  async next(free: Promise<unknown>, signal: AbortSignal): Promise<readonly EventRecord[] | undefined> {
    const batch: EventRecord[] = [];
    let bytes = EMPTY_EVENT_BYTES;
    let due = Infinity;
    const lane = { isFree: false };
    const setFree = (): void => void (lane.isFree = true);
    const freed = free.then(setFree, setFree);
    while (!signal.aborted) {
      for (let record = this.ahead[this.handedOut]; record !== undefined; record = this.ahead[this.handedOut]) {
        const more = eventBytes(record);
        // A record that is too large on its own goes alone: to wait would not make it smaller.
        if (batch.length === this.limits.records || (batch.length > 0 && bytes + more > this.limits.bytes)) return batch;
        this.handedOut += 1;
        batch.push(record);
        bytes += more;
        if (batch.length === 1) due = performance.now() + this.limits.window;
      }
      if (batch.length === this.limits.records || (lane.isFree && performance.now() >= due)) return batch;
      if (!(await this.readAhead())) await this.wait(lane.isFree ? undefined : freed, lane.isFree ? due : Infinity, signal);
    }
    return undefined;
  }

  /** @returns false when the shard has no more for now */
  private async readAhead(): Promise<boolean> {
    const { stream, index, count } = this.lane;
    const records = await this.source.read(stream, this.origin.shardId, this.position, {
      maxRecords: PAGE_RECORDS,
      maxBytes: PAGE_BYTES,
    });
    const own = records.filter(({ partitionKey }) => laneOf(partitionKey, count) === index);
    this.ahead = own.map((record) => toEventRecord(record, this.origin));
    this.handedOut = 0;
    this.position = records.at(-1)?.sequenceNumber ?? this.position;
    return records.length > 0;
  }

  /** Until there is more to read, or the function is free, or the window is over. */
  private async wait(freed: Promise<unknown> | undefined, due: number, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    // Not AbortSignal.any: on a signal that lives as long as the stack, each wait would leave something behind.
    const pass = (): void => {
      over.abort();
    };
    signal.addEventListener('abort', pass);
    if (signal.aborted) pass();
    let timer: NodeJS.Timeout | undefined;
    const written = this.source.whenWritten(this.lane.stream, this.origin.shardId, this.position, over.signal);
    const reasons: Promise<unknown>[] = [written.catch((error: unknown) => refuseUnlessAborted(error, over.signal))];
    if (freed !== undefined) reasons.push(freed);
    if (due !== Infinity)
      reasons.push(new Promise((resolve) => (timer = setTimeout(resolve, Math.max(0, due - performance.now())))));
    try {
      await Promise.race(reasons);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', pass);
      over.abort();
    }
  }
}

function refuseUnlessAborted(error: unknown, signal: AbortSignal): void {
  if (!signal.aborted) throw error;
}
