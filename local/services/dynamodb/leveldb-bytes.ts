/** Reads the numbers and texts that LevelDB writes one behind the other. Reading behind the end throws a RangeError. */
export class ByteReader {
  constructor(
    private readonly bytes: Buffer,
    private at = 0,
    private readonly end = bytes.length,
  ) {}

  get isAtEnd(): boolean {
    return this.at >= this.end;
  }

  /** Seven bits in each byte, the lowest first; the highest bit says that there is more. */
  varint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.bytes.readUInt8(this.take(1));
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  /** Bytes with their length before them. */
  slice(): Buffer {
    return this.raw(this.varint());
  }

  raw(length: number): Buffer {
    const start = this.take(length);
    return this.bytes.subarray(start, start + length);
  }

  private take(length: number): number {
    const start = this.at;
    if (start + length > this.end) throw new RangeError(`${String(length)} bytes at ${String(start)} go beyond the end`);
    this.at += length;
    return start;
  }
}

/**
 * Unpack a block as Snappy packed it.
 *
 * @source google/snappy, `format_description.txt`
 */
export function unpackSnappy(packed: Buffer): Buffer {
  const reader = new ByteReader(packed);
  const unpacked = Buffer.alloc(reader.varint());
  let at = 0;
  while (!reader.isAtEnd) {
    const tag = reader.raw(1).readUInt8(0);
    if ((tag & 3) === 0) {
      const short = tag >> 2;
      const length = short < 60 ? short + 1 : reader.raw(short - 59).readUIntLE(0, short - 59) + 1;
      at += reader.raw(length).copy(unpacked, at);
      continue;
    }
    const [length, distance] =
      (tag & 3) === 1
        ? [((tag >> 2) & 7) + 4, ((tag >> 5) << 8) | reader.raw(1).readUInt8(0)]
        : (tag & 3) === 2
          ? [(tag >> 2) + 1, reader.raw(2).readUInt16LE(0)]
          : [(tag >> 2) + 1, reader.raw(4).readUInt32LE(0)];
    if (distance === 0 || distance > at) throw new RangeError(`a copy from ${String(distance)} bytes before ${String(at)}`);
    // What is copied may overlap what is written.
    for (const end = at + length; at < end; at += 1) unpacked.writeUInt8(unpacked.readUInt8(at - distance), at);
  }
  return unpacked;
}
