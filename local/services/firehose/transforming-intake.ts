import type { Clock } from '../../clock.ts';
import type { Intake } from './intake.ts';
import type { Positions } from './progress.ts';
import { RecordBuffer, type Transformed } from './record-buffer.ts';

export interface TransformingOptions {
  /** A buffer is full with as much. */
  readonly bytes: number;
  /** A buffer is due so long after its first record was transformed. @unit ms */
  readonly interval: number;
  /** Never rejects. @returns undefined when the signal is aborted before */
  transform(this: void, batch: RecordBuffer, signal: AbortSignal): Promise<Transformed | undefined>;
}

/** A batch at the function. */
interface RunningBatch {
  readonly batch: RecordBuffer;
  readonly over: Promise<unknown>;
  outcome?: Transformed;
}

/** Batches at the function at a time: while one is there, the next can be read and sent. */
const MAX_CONCURRENT_BATCHES = 2;

/**
 * Fills a buffer with what a function makes of the records of a stream.
 *
 * @remarks The batches that the function gets are those of an intake of its own, with the buffer of the processor. What was made of them is
 * taken over in their order, so that the positions of the buffer never pass a record that is still at the function.
 */
export class TransformingIntake {
  /** What is transformed and not yet stored. */
  buffer: RecordBuffer;
  private reading: Promise<void> | undefined;
  private readonly runningBatches: RunningBatch[] = [];
  /** When the buffer is due. @unit ms since 1970 */
  private due = Infinity;

  constructor(
    private readonly batches: Intake,
    private readonly clock: Clock,
    private readonly options: TransformingOptions,
  ) {
    this.buffer = new RecordBuffer(options.bytes);
  }

  /** @param positions - last record of each shard that is stored already */
  open(positions: Positions): Promise<void> {
    return this.batches.open(positions);
  }

  /** Begin an empty buffer: what was in the last one is stored. */
  begin(): void {
    this.buffer = new RecordBuffer(this.options.bytes);
    this.due = Infinity;
  }

  /**
   * Resolves with the buffer when it is full or due. Until `begin` it is the same.
   *
   * @returns undefined when the signal is aborted
   */
  async fill(signal: AbortSignal): Promise<RecordBuffer | undefined> {
    while (!signal.aborted) {
      this.takeOver();
      if (this.buffer.isFull || this.clock.now() >= this.due) return this.buffer;
      if (this.runningBatches.length < MAX_CONCURRENT_BATCHES) this.reading ??= this.readBatch(signal);
      await this.change(signal);
    }
    return undefined;
  }

  /** What is in the stream, and in no buffer. */
  unread(): Promise<{ readonly records: number; readonly bytes: number }> {
    return this.batches.unread();
  }

  /** Arrival of the oldest record that has been read and is in no object; Infinity for none. @unit ms since 1970 */
  get oldestHeld(): number {
    return Math.min(
      ...[this.buffer, this.batches.buffer, ...this.runningBatches.map(({ batch }) => batch)].map((one) => one.oldestArrival),
    );
  }

  /** Arrival of the oldest record that has not been read; Infinity for none. @unit ms since 1970 */
  oldestUnread(): Promise<number> {
    return this.batches.oldestUnread();
  }

  /** What has been read and is in no object. */
  get buffered(): { readonly records: number; readonly bytes: number } {
    const all = [this.buffer, this.batches.buffer, ...this.runningBatches.map(({ batch }) => batch)];
    return {
      records: all.reduce((sum, { records }) => sum + records, 0),
      bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  }

  private takeOver(): void {
    for (let first = this.runningBatches[0]; first?.outcome !== undefined; first = this.runningBatches[0]) {
      if (this.buffer.isEmpty) this.due = this.clock.now() + this.options.interval;
      this.buffer.addTransformed(first.batch, first.outcome);
      this.runningBatches.shift();
      if (this.buffer.isFull) return;
    }
  }

  private async readBatch(signal: AbortSignal): Promise<void> {
    try {
      const batch = await this.batches.fill(signal);
      if (batch === undefined) return;
      this.batches.begin();
      const over = this.options.transform(batch, signal).then((outcome) => {
        if (outcome !== undefined) underWay.outcome = outcome;
      });
      const underWay: RunningBatch = { batch, over };
      this.runningBatches.push(underWay);
    } finally {
      this.reading = undefined;
    }
  }

  /** Until a batch is read, or transformed, or the buffer is due, or the signal is aborted. */
  private async change(signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    let pass = (): void => undefined;
    const aborted = new Promise<void>((resolve) => {
      pass = () => {
        over.abort();
        resolve();
      };
    });
    signal.addEventListener('abort', pass);
    if (signal.aborted) pass();
    const reasons: Promise<unknown>[] = [aborted];
    if (this.due !== Infinity) reasons.push(this.clock.wait(this.due - this.clock.now(), over.signal));
    if (this.reading !== undefined) reasons.push(this.reading);
    const [first] = this.runningBatches;
    if (first !== undefined) reasons.push(first.over);
    try {
      await Promise.race(reasons);
    } finally {
      signal.removeEventListener('abort', pass);
      over.abort();
    }
  }
}
