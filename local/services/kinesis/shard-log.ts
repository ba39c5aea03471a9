import { constants, writev } from 'node:fs';
import { mkdir, open, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { errorText } from '../../errors.ts';
import type { Frames } from './frame.ts';
import { HighWater } from '../../high-water.ts';
import type { TrimObserver } from './followers.ts';
import { Segment } from './segment.ts';
import { RecordTail } from './tail.ts';
import type { ReadLimits, StreamRecord } from './tail.ts';

export interface ShardLogOptions {
  readonly directory: string;
  /** Turns a position (1 for the first record, no gaps) and an arrival into the sequence number. */
  sequenceNumber(this: void, position: number, arrivedAt: number): string;
  /** @unit ms */
  retention(this: void): number;
  /** @unit ms since epoch */
  now(this: void): number;
  log(this: void, line: string): void;
  /** Reads a segment's records before they are trimmed; undefined when nothing follows the stream. */
  observeTrim?(this: void): TrimObserver | undefined;
  /** A new file is begun when the present one is as long. @unit bytes @default 32 MiB */
  readonly segmentBytes?: number;
  /** How much of the newest records stays in memory. @unit bytes */
  readonly tailBytes: number;
}

const HIGH_WATER = 'high-water';
const SEGMENT_BYTES = 32 * 1024 * 1024;
/** A segment also ends after this part of the retention, so that a slow stream is trimmed in steps as well. */
const SEGMENTS_PER_RETENTION = 24;

interface Write {
  readonly frames: Frames;
  resolve(this: void, records: readonly StreamRecord[]): void;
  reject(this: void, reason: unknown): void;
}

interface Waiter {
  readonly position: number;
  resolve(this: void): void;
  reject(this: void, reason: Error): void;
}

/**
 * The records of one shard on disk, in the order in which they were accepted.
 *
 * @remarks A record is answered, numbered and shown to readers only when its write is complete: the process may be killed at any time and
 * loses nothing that it acknowledged. (It is not synced, so the machine must not lose power.) Writes that arrive while one is under way go
 * out together.
 */
export class ShardLog {
  private writes: Write[] = [];
  private draining: Promise<void> | null = null;
  private trimDue = false;
  /** Behind the last record may lie a part of a write that failed. */
  private hasTornWrite = false;
  private closed: Error | null = null;
  private readonly waiters = new Set<Waiter>();
  private readonly tail: RecordTail;

  /** Those that are full, oldest first. */
  private closedSegments: readonly Segment[];
  /** The one that is written to, open as `file`. */
  private active: Segment;
  private file: FileHandle;
  /** The position of the next record. */
  private next: number;
  private readonly highWater: HighWater;

  private constructor(
    private readonly options: ShardLogOptions,
    /** Those that are full, oldest first. */
    {
      closedSegments,
      active,
      file,
      next,
      highWater,
    }: {
      readonly closedSegments: readonly Segment[];
      readonly active: Segment;
      readonly file: FileHandle;
      readonly next: number;
      readonly highWater: HighWater;
    },
  ) {
    this.closedSegments = closedSegments;
    this.active = active;
    this.file = file;
    this.next = next;
    this.highWater = highWater;

    this.tail = new RecordTail(options.tailBytes, next);
  }

  static async open(options: ShardLogOptions): Promise<ShardLog> {
    await mkdir(options.directory, { recursive: true });
    const segments = await Segment.list(options.directory);
    for (const [index, segment] of segments.entries()) {
      const following = segments[index + 1];
      if (following !== undefined) await segment.openClosed(following);
    }
    const last = segments.pop() ?? Segment.at(options.directory, 1);
    const highWaterPath = join(options.directory, HIGH_WATER);
    const acknowledged = HighWater.read(highWaterPath);
    if (acknowledged === 'damaged')
      options.log(
        `${highWaterPath} is damaged, and made anew: the checksums of the records are right, and the end is taken as it is`,
      );
    const file = await open(last.path, constants.O_RDWR | constants.O_CREAT);
    try {
      const { next, cutBytes } = await last.recover(acknowledged === 'damaged' ? null : acknowledged);
      if (cutBytes > 0)
        options.log(`${last.path}: cut off ${String(cutBytes)} bytes of a write that was never finished nor acknowledged`);
      return new ShardLog(options, {
        closedSegments: segments,
        active: last,
        file,
        next,
        highWater: HighWater.open(highWaterPath, next),
      });
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** The file that is written to. */
  get path(): string {
    return this.active.path;
  }

  /** The position that the next record will get. */
  get nextPosition(): number {
    return this.next;
  }

  /** The oldest position that is still kept; equal to the next position when there is none. */
  get oldestPosition(): number {
    return (this.closedSegments[0] ?? this.active).firstPosition;
  }

  /** When the newest record that is kept arrived, or null. */
  get lastArrivedAt(): number | null {
    return this.segments.findLast((segment) => !segment.isEmpty)?.lastArrivedAt ?? null;
  }

  /** Write records after all others; resolves when the operating system has them. */
  append(frames: Frames): Promise<readonly StreamRecord[]> {
    return new Promise((resolve, reject) => {
      if (this.closed) {
        reject(this.closed);
        return;
      }
      this.writes.push({ frames, resolve, reject });
      this.draining ??= this.drain();
    });
  }

  /** Records at `from` and after, or from the oldest that is kept. May give fewer than there are, but never none. */
  async read(from: number, limits: ReadLimits): Promise<readonly StreamRecord[]> {
    const start = Math.max(from, this.oldestPosition);
    if (start >= this.next) return [];
    if (start >= this.tail.first) return this.tail.read(start, limits);
    const segment = this.segmentOf(start);
    try {
      return await this.readSegment(segment, start, limits);
    } catch (error) {
      // Trimmed away under the reader's hands: what is the oldest now is the right answer.
      if (this.segments.includes(segment)) throw error;
      return this.read(start, limits);
    }
  }

  /** The first record that arrived at `time` or later; the next position when there is none yet. */
  async firstArrivedFrom(time: number): Promise<number> {
    const { next } = this;
    for (const segment of this.segments) {
      if (segment.isEmpty || (segment.lastArrivedAt ?? -Infinity) < time) continue;
      if ((segment.firstArrivedAt ?? Infinity) >= time) return segment.firstPosition;
      const found = await segment.firstArrivedFrom(time);
      if (found !== null) return found;
    }
    return next;
  }

  /** Resolves when there is a record at `position` or after it. */
  whenWritten(position: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.closed) return reject(this.closed);
      if (signal.aborted) return reject(reasonOf(signal));
      if (position < this.next) return resolve();
      const settle = (done: () => void) => {
        this.waiters.delete(waiter);
        signal.removeEventListener('abort', aborted);
        done();
      };
      const waiter: Waiter = {
        position,
        resolve: () => settle(resolve),
        reject: (reason) => settle(() => reject(reason)),
      };
      const aborted = () => waiter.reject(reasonOf(signal));
      signal.addEventListener('abort', aborted);
      this.waiters.add(waiter);
    });
  }

  /** Delete the segments whose records are all older than the retention. */
  trim(): Promise<void> {
    this.trimDue = true;
    return (this.draining ??= this.drain());
  }

  /** Finish what is being written, then refuse everything else with `reason`. */
  async close(reason: Error): Promise<void> {
    this.closed ??= reason;
    await this.draining;
    for (const waiter of this.waiters) waiter.reject(reason);
    await this.file.close();
    this.highWater.close();
  }

  /** Oldest first. */
  private get segments(): readonly Segment[] {
    return [...this.closedSegments, this.active];
  }

  private async drain(): Promise<void> {
    while (this.writes.length > 0 || this.trimDue) {
      const group = this.writes;
      this.writes = [];
      try {
        if (group.length > 0) await this.write(group);
        if (this.trimDue) await this.dropOldSegments();
      } catch (error) {
        this.options.log(`${this.active.path}: ${errorText(error)}`);
        for (const { reject } of group) reject(error);
      }
    }
    this.draining = null;
  }

  private async write(group: readonly Write[]): Promise<void> {
    if (this.hasTornWrite) await this.truncateTornWrite();
    if (this.rollDue()) await this.roll();
    const { active } = this;
    try {
      this.hasTornWrite = true;
      await writeAll(
        this.file,
        group.map(({ frames }) => frames.bytes),
        active.size,
      );
      this.highWater.write(this.next + group.reduce((count, { frames }) => count + frames.records.length, 0));
      this.hasTornWrite = false;
    } catch (error) {
      await this.truncateTornWrite();
      throw error;
    }
    for (const { frames, resolve } of group) resolve(this.publish(frames));
    for (const waiter of this.waiters) if (waiter.position < this.next) waiter.resolve();
  }

  /** What was written in part: the next write would leave the rest of it behind itself, and a restart would find it. */
  private async truncateTornWrite(): Promise<void> {
    await this.file.truncate(this.active.size);
    this.hasTornWrite = false;
  }

  private publish({ records }: Frames): StreamRecord[] {
    let start = 0;
    return records.map(({ partitionKey, data, arrivedAt, end }) => {
      const position = this.next++;
      this.active.grow(position, end - start, arrivedAt);
      start = end;
      const record = { sequenceNumber: this.options.sequenceNumber(position, arrivedAt), partitionKey, data, arrivedAt };
      this.tail.push(record);
      return record;
    });
  }

  private rollDue(): boolean {
    const { active, options } = this;
    if (active.isEmpty) return false;
    const age = options.now() - (active.firstArrivedAt ?? Infinity);
    return active.size >= (options.segmentBytes ?? SEGMENT_BYTES) || age > options.retention() / SEGMENTS_PER_RETENTION;
  }

  private async roll(): Promise<void> {
    const segment = Segment.at(this.options.directory, this.next);
    const file = await open(segment.path, 'w+');
    await this.file.close();
    this.file = file;
    this.closedSegments = this.segments;
    this.active = segment;
  }

  private async dropOldSegments(): Promise<void> {
    this.trimDue = false;
    if (this.rollDue()) await this.roll();
    const horizon = this.options.now() - this.options.retention();
    for (let oldest = this.closedSegments[0]; oldest !== undefined; oldest = this.closedSegments[0]) {
      if ((oldest.lastArrivedAt ?? Infinity) >= horizon) return;
      await this.publishSegment(oldest);
      this.closedSegments = this.closedSegments.slice(1);
      this.tail.dropBefore(this.oldestPosition);
      await unlink(oldest.path);
    }
  }

  private async publishSegment(segment: Segment): Promise<void> {
    const observer = this.options.observeTrim?.();
    if (observer === undefined) return;
    await segment.walk(segment.firstPosition, ({ partitionKey, arrivedAt }, position) => {
      observer.see({ sequenceNumber: this.options.sequenceNumber(position, arrivedAt), partitionKey });
      return true;
    });
    observer.end();
  }

  private segmentOf(position: number): Segment {
    return this.segments.findLast((segment) => segment.firstPosition <= position) ?? this.active;
  }

  private async readSegment(segment: Segment, from: number, { maxRecords, maxBytes }: ReadLimits): Promise<StreamRecord[]> {
    const records: StreamRecord[] = [];
    let bytes = 0;
    await segment.walk(from, (frame, position) => {
      bytes += frame.dataBytes;
      if (bytes > maxBytes && records.length > 0) return false;
      const sequenceNumber = this.options.sequenceNumber(position, frame.arrivedAt);
      records.push({ sequenceNumber, partitionKey: frame.partitionKey, data: frame.data, arrivedAt: frame.arrivedAt });
      return records.length < maxRecords;
    });
    return records;
  }
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('a reader gave up waiting', { cause: signal.reason });
}

/** `writev` may write less than it was given. */
async function writeAll(file: FileHandle, buffers: readonly Buffer[], start: number): Promise<void> {
  let rest = buffers;
  let offset = start;
  while (rest.length > 0) {
    const written = await writeSome(file.fd, rest, offset);
    offset += written;
    rest = dropBytes(rest, written);
  }
}

/** The callback kind of `writev`: `FileHandle.writev` costs the main thread four times as much. */
function writeSome(descriptor: number, buffers: readonly Buffer[], offset: number): Promise<number> {
  return new Promise((resolve, reject) => {
    writev(descriptor, buffers, offset, (error, written) => {
      if (error) reject(error);
      else resolve(written);
    });
  });
}

function dropBytes(buffers: readonly Buffer[], bytes: number): readonly Buffer[] {
  let left = bytes;
  for (const [index, buffer] of buffers.entries()) {
    if (left < buffer.length) return [buffer.subarray(left), ...buffers.slice(index + 1)];
    left -= buffer.length;
  }
  return [];
}
