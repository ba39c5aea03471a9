import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';

/** Position (8), CRC-32 of it (4), little-endian. */
const BYTES = 12;

/**
 * The position behind the last record of a shard log that was acknowledged, in a file of twelve bytes beside it.
 *
 * @remarks A log that was cut shorter looks like one that never was longer. This is how a start can tell, so that nothing vanishes without a
 * word and no position is given twice. It is written over in place, behind the records and before they are answered: a write of twelve
 * bytes is there or is not when the process is killed, and it needs no room on a full disk.
 */
export class HighWater {
  private readonly bytes = Buffer.alloc(BYTES);

  private constructor(private readonly descriptor: number) {}

  /** @returns the position; null when there is no file; `damaged` when what is in it was not written by us */
  static read(path: string): number | null | 'damaged' {
    let bytes: Buffer;
    try {
      bytes = readFileSync(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
    if (bytes.length !== BYTES || crc32(bytes.subarray(0, 8)) !== bytes.readUInt32LE(8)) return 'damaged';
    return Number(bytes.readBigUInt64LE(0));
  }

  /** Open the file for writing, made if absent. */
  static open(path: string, position: number): HighWater {
    const highWater = new HighWater(openSync(path, constants.O_WRONLY | constants.O_CREAT));
    highWater.write(position);
    return highWater;
  }

  /** In step, because it is a copy into the memory of the operating system: a round through the threads would cost ten times as much. */
  write(position: number): void {
    this.bytes.writeBigUInt64LE(BigInt(position), 0);
    this.bytes.writeUInt32LE(crc32(this.bytes.subarray(0, 8)), 8);
    writeSync(this.descriptor, this.bytes, 0, BYTES, 0);
  }

  close(): void {
    closeSync(this.descriptor);
  }
}
