import { DamagedStateError } from '../../state-files.ts';
import { ByteReader, unpackSnappy } from './leveldb-bytes.ts';
import { maskedCrc } from './leveldb-crc.ts';

/** @source LevelDB, `doc/table_format.md` */
const FOOTER_BYTES = 48;
const MAGIC = 0xdb4775248b80fb57n;
/** Behind each block: how it is packed (1), checksum (4). */
const TRAILER_BYTES = 5;

interface Block {
  readonly offset: number;
  /** Without its trailer. @unit bytes */
  readonly size: number;
}

/** Check every block of a table of LevelDB by its checksum. @throws DamagedStateError */
export function checkTable(path: string, bytes: Buffer): void {
  const footer = bytes.length - FOOTER_BYTES;
  if (footer < 0 || bytes.readBigUInt64LE(bytes.length - 8) !== MAGIC)
    throw new DamagedStateError(path, 'it does not end as a table does');
  try {
    const reader = new ByteReader(bytes, footer, bytes.length - 8);
    const [metaindex, index] = [blockOf(reader), blockOf(reader)];
    for (const list of [metaindex, index])
      for (const block of blocksIn(checkedBlock(path, bytes, list))) check(path, bytes, block);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new DamagedStateError(path, `its footer at byte ${String(footer)} is wrong`, undefined, { cause: error });
  }
}

function blockOf(reader: ByteReader): Block {
  return { offset: reader.varint(), size: reader.varint() };
}

function check(path: string, bytes: Buffer, { offset, size }: Block): void {
  const end = offset + size;
  if (end + TRAILER_BYTES > bytes.length || maskedCrc(bytes, offset, end + 1) !== bytes.readUInt32LE(end + 1))
    throw new DamagedStateError(path, `the checksum of the block at byte ${String(offset)} is wrong`);
}

/** What is in a block, unpacked. */
function checkedBlock(path: string, bytes: Buffer, block: Block): Buffer {
  check(path, bytes, block);
  const packed = bytes.subarray(block.offset, block.offset + block.size);
  return bytes.readUInt8(block.offset + block.size) === 1 ? unpackSnappy(packed) : packed;
}

/** The blocks that an index names: the values of its entries. Behind the entries are the restart points and their number. */
function* blocksIn(index: Buffer): Generator<Block, void, void> {
  const restarts = index.readUInt32LE(index.length - 4);
  const reader = new ByteReader(index, 0, index.length - 4 - 4 * restarts);
  while (!reader.isAtEnd) {
    reader.varint();
    const keyBytes = reader.varint();
    const valueBytes = reader.varint();
    reader.raw(keyBytes);
    yield blockOf(new ByteReader(reader.raw(valueBytes)));
  }
}
