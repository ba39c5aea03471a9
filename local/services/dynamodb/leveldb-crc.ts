const POLYNOMIAL = 0x82f63b78;
const MASK_DELTA = 0xa282ead8;

/** Tables of CRC-32C for eight bytes at a time. Signed, because V8 keeps signed numbers of 32 bits in registers, and others not. */
const [T0, T1, T2, T3, T4, T5, T6, T7] = tables();

/** CRC-32C as LevelDB stores it: masked, because a checksum over data that have checksums in them is a weak one. */
export function maskedCrc(bytes: Uint8Array, start: number, end: number): number {
  const crc = crc32c(bytes, start, end);
  return (((crc >>> 15) | (crc << 17)) + MASK_DELTA) >>> 0;
}

/** @param end - not beyond the bytes */
function crc32c(bytes: Uint8Array, start: number, end: number): number {
  let crc = -1;
  let place = start;
  for (; place + 8 <= end; place += 8) {
    crc ^= byte(bytes, place) | (byte(bytes, place + 1) << 8) | (byte(bytes, place + 2) << 16) | (byte(bytes, place + 3) << 24);
    crc =
      at(T7, crc & 255) ^
      at(T6, (crc >>> 8) & 255) ^
      at(T5, (crc >>> 16) & 255) ^
      at(T4, crc >>> 24) ^
      at(T3, byte(bytes, place + 4)) ^
      at(T2, byte(bytes, place + 5)) ^
      at(T1, byte(bytes, place + 6)) ^
      at(T0, byte(bytes, place + 7));
  }
  for (; place < end; place += 1) crc = at(T0, (crc ^ byte(bytes, place)) & 255) ^ (crc >>> 8);
  return ~crc;
}

/** Two functions that are the same but for what they are given: each stays fast. */
function at(table: Int32Array, index: number): number {
  return table[index] ?? 0;
}
function byte(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0;
}

type Tables = readonly [Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array];

function tables(): Tables {
  const first = Int32Array.from({ length: 256 }, (_, index) => {
    let crc = index;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    return crc | 0;
  });
  const after = (table: typeof first) => table.map((crc) => at(first, crc & 255) ^ (crc >>> 8));
  const all = [first];
  for (let count = 1; count < 8; count += 1) all.push(after(all.at(-1) ?? first));
  return all as unknown as Tables;
}
