import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** A checksum that is fed piece by piece. */
export interface RunningChecksum {
  update(piece: Uint8Array): void;
  /** In the order of bytes that S3 encodes in base64. */
  digest(): Buffer;
}

/** The checksums of S3, by the name they have in headers; those of XXHash are refused by name. */
export const CHECKSUMS = {
  crc32: () => running(4, 0, (value, piece) => crc32(piece, value)),
  crc32c: () => running(4, 0, crc32c),
  crc64nvme: () => new Crc64Nvme(),
  md5: () => createHash('md5'),
  sha1: () => createHash('sha1'),
  sha256: () => createHash('sha256'),
  sha512: () => createHash('sha512'),
} as const satisfies Record<string, () => RunningChecksum>;

export type ChecksumName = keyof typeof CHECKSUMS;
export const CHECKSUM_NAMES = Object.keys(CHECKSUMS) as ChecksumName[];

/** Length in bytes, for telling a malformed checksum from a wrong one. */
export const CHECKSUM_BYTES: Readonly<Record<ChecksumName, number>> = {
  crc32: 4,
  crc32c: 4,
  crc64nvme: 8,
  md5: 16,
  sha1: 20,
  sha256: 32,
  sha512: 64,
};

function running(bytes: number, start: number, next: (value: number, piece: Uint8Array) => number): RunningChecksum {
  let value = start;
  return {
    update(piece) {
      value = next(value, piece);
    },
    digest() {
      const result = Buffer.alloc(bytes);
      result.writeUInt32BE(value >>> 0);
      return result;
    },
  };
}

/** Castagnoli, reflected. @source RFC 3720, B.4 */
const CRC32C_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = (value & 1) === 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

function crc32c(start: number, piece: Uint8Array): number {
  let value = ~start;
  for (const byte of piece) value = (CRC32C_TABLE[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8);
  return ~value >>> 0;
}

/** NVM Express, reflected: 0x9a6c9329ac4bc9b5, kept in two halves because numbers have 32 bits here. @source NVM Express 1.0, 5.2.1.3.4 */
const [NVME_HIGH, NVME_LOW] = [0x9a6c9329, 0xac4bc9b5];
const HIGH_TABLE = new Uint32Array(256);
const LOW_TABLE = new Uint32Array(256);
for (let index = 0; index < 256; index += 1) {
  let [high, low] = [0, index];
  for (let bit = 0; bit < 8; bit += 1) {
    const carry = low & 1;
    low = (low >>> 1) | (high << 31);
    high >>>= 1;
    if (carry === 1) [high, low] = [high ^ NVME_HIGH, low ^ NVME_LOW];
  }
  HIGH_TABLE[index] = high;
  LOW_TABLE[index] = low;
}

class Crc64Nvme implements RunningChecksum {
  private high = ~0;
  private low = ~0;

  update(piece: Uint8Array): void {
    let { high, low } = this;
    for (const byte of piece) {
      const index = (low ^ byte) & 0xff;
      low = ((low >>> 8) | (high << 24)) ^ (LOW_TABLE[index] ?? 0);
      high = (high >>> 8) ^ (HIGH_TABLE[index] ?? 0);
    }
    this.high = high;
    this.low = low;
  }

  digest(): Buffer {
    const result = Buffer.alloc(8);
    result.writeUInt32BE(~this.high >>> 0, 0);
    result.writeUInt32BE(~this.low >>> 0, 4);
    return result;
  }
}
