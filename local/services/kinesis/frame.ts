import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { RecordData } from './body.ts';

/**
 * How a record lies in a log file, little-endian: length of the rest (4), CRC-32 of the rest (4), arrival as double in ms (8), bytes of the
 * partition key (2), partition key as UTF-8, data. A frame has no number: its place in the file is its number.
 */
const HEADER_BYTES = 8;
const KEY_AT = HEADER_BYTES + 10;

/** A record that is on its way into a log. */
export interface FramedRecord {
  readonly partitionKey: string;
  readonly data: Buffer;
  /** @unit ms since epoch */
  readonly arrivedAt: number;
  /** Where its frame ends in `Frames.bytes`. */
  readonly end: number;
}

/** Records as they go to the disk; the data of the records are views of the same memory. */
export interface Frames {
  readonly bytes: Buffer;
  readonly records: readonly FramedRecord[];
}

/** The data of a record are not base64. */
export class NotBase64Error extends Error {
  override readonly name = 'NotBase64Error';
  readonly code = 'NOT_BASE64';

  constructor(readonly index: number) {
    super(`record ${String(index)}: the data must be base64 with padding`);
  }
}

/** Lay out records one after the other; the base64 is decoded here, once, to where it stays. @throws NotBase64Error */
export function encodeFrames(
  records: readonly { readonly partitionKey: string; readonly data: RecordData }[],
  arrivedAt: number,
): Frames {
  let length = 0;
  for (const { partitionKey, data } of records) length += KEY_AT + Buffer.byteLength(partitionKey) + data.decodedLength;
  const bytes = Buffer.allocUnsafe(length);
  let start = 0;
  const framed = records.map(({ partitionKey, data }, index) => {
    const keyBytes = bytes.write(partitionKey, start + KEY_AT);
    const dataAt = start + KEY_AT + keyBytes;
    if (!data.decodeTo(bytes, dataAt)) throw new NotBase64Error(index);
    const end = dataAt + data.decodedLength;
    bytes.writeDoubleLE(arrivedAt, start + HEADER_BYTES);
    bytes.writeUInt16LE(keyBytes, start + HEADER_BYTES + 8);
    bytes.writeUInt32LE(end - start - HEADER_BYTES, start);
    bytes.writeUInt32LE(crc32(bytes.subarray(start + HEADER_BYTES, end)), start + 4);
    start = end;
    return { partitionKey, data: bytes.subarray(dataAt, end), arrivedAt, end };
  });
  return { bytes, records: framed };
}

/** A frame met in a file; its data are a view of a chunk that was read for this walk and is not used again. */
export class Frame {
  private readonly chunk: Buffer;
  private readonly begin: number;
  private readonly keyEnd: number;
  private readonly end: number;

  constructor(
    /** Where it starts. @unit bytes from the start of the file */
    readonly offset: number,
    {
      chunk,
      begin,
      keyEnd,
      end,
    }: { readonly chunk: Buffer; readonly begin: number; readonly keyEnd: number; readonly end: number },
  ) {
    this.chunk = chunk;
    this.begin = begin;
    this.keyEnd = keyEnd;
    this.end = end;
  }

  /** @unit ms since epoch */
  get arrivedAt(): number {
    return this.chunk.readDoubleLE(this.begin + HEADER_BYTES);
  }

  get partitionKey(): string {
    return this.chunk.toString('utf8', this.begin + KEY_AT, this.keyEnd);
  }

  get data(): Buffer {
    return this.chunk.subarray(this.keyEnd, this.end);
  }

  get dataBytes(): number {
    return this.end - this.keyEnd;
  }
}

/** How far a walk came. */
export interface Walk {
  /** Behind the last frame that was visited or passed. @unit bytes from the start of the file */
  readonly offset: number;
  /** False: at `offset` lies something that is not a whole frame. */
  readonly sound: boolean;
}

/** A walk begins with small reads, because most end soon, and doubles them up to the larger size. @unit bytes */
const CHUNK_BYTES = { first: 256 * 1024, last: 4 * 1024 * 1024 };

/**
 * Visit the frames between two offsets in order, until `visit` answers false. Every frame is checked before it is visited. A frame that is longer
 * than what is read at a time is read in one piece.
 */
export async function walkFrames(path: string, start: number, end: number, visit: (frame: Frame) => boolean): Promise<Walk> {
  const file = await open(path, 'r');
  try {
    let offset = start;
    let [chunkBytes, needed] = [CHUNK_BYTES.first, 0];
    while (offset < end) {
      const chunk = Buffer.allocUnsafe(Math.min(Math.max(chunkBytes, needed), end - offset));
      const { bytesRead } = await file.read(chunk, 0, chunk.length, offset);
      const step = visitChunk(chunk.subarray(0, bytesRead), offset, visit);
      offset += step.used;
      if (step.ended === 'stopped') return { offset, sound: true };
      if (step.ended === 'broken' || bytesRead < chunk.length || offset + step.needed > end)
        return { offset, sound: offset === end };
      needed = step.needed;
      chunkBytes = Math.min(chunkBytes * 2, CHUNK_BYTES.last);
    }
    return { offset, sound: true };
  } finally {
    await file.close();
  }
}

/** @source Kinesis API Reference, PutRecord: 256 characters, each at most four bytes */
const MAX_KEY_BYTES = 1024;
/** Latest time that a Date can have. @unit ms since epoch */
const LAST_TIME = 8.64e15;

/**
 * Where the first whole frame begins behind a place at which there is none; null when there is none any more.
 *
 * @remarks What a killed process leaves behind is the beginning of a write and has nothing whole behind it; damage has.
 */
export async function findFrameAfter(path: string, start: number, end: number): Promise<number | null> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(end - start), 0, end - start, start);
    for (let begin = 1; begin + KEY_AT <= bytesRead; begin += 1) {
      const frameEnd = begin + HEADER_BYTES + buffer.readUInt32LE(begin);
      if (frameEnd > bytesRead) continue;
      const keyBytes = buffer.readUInt16LE(begin + HEADER_BYTES + 8);
      if (keyBytes < 1 || keyBytes > MAX_KEY_BYTES || begin + KEY_AT + keyBytes > frameEnd) continue;
      const arrivedAt = buffer.readDoubleLE(begin + HEADER_BYTES);
      if (!Number.isInteger(arrivedAt) || arrivedAt < 0 || arrivedAt > LAST_TIME) continue;
      if (crc32(buffer.subarray(begin + HEADER_BYTES, frameEnd)) === buffer.readUInt32LE(begin + 4)) return start + begin;
    }
    return null;
  } finally {
    await file.close();
  }
}

interface Step {
  /** @unit bytes */
  readonly used: number;
  /** How long the next chunk must be at least to hold the frame that was cut off. @unit bytes */
  readonly needed: number;
  readonly ended: 'chunk' | 'stopped' | 'broken';
}

function visitChunk(chunk: Buffer, chunkOffset: number, visit: (frame: Frame) => boolean): Step {
  for (let begin = 0; ;) {
    const left = chunk.length - begin;
    if (left < HEADER_BYTES) return { used: begin, needed: left === 0 ? 0 : HEADER_BYTES, ended: 'chunk' };
    const end = begin + HEADER_BYTES + chunk.readUInt32LE(begin);
    if (end > chunk.length) return { used: begin, needed: end - begin, ended: 'chunk' };
    const keyEnd = end < begin + KEY_AT ? Infinity : begin + KEY_AT + chunk.readUInt16LE(begin + HEADER_BYTES + 8);
    if (keyEnd > end || crc32(chunk.subarray(begin + HEADER_BYTES, end)) !== chunk.readUInt32LE(begin + 4)) {
      return { used: begin, needed: 0, ended: 'broken' };
    }
    if (!visit(new Frame(chunkOffset + begin, { chunk, begin, keyEnd, end }))) return { used: end, needed: 0, ended: 'stopped' };
    begin = end;
  }
}
