import { DamagedStateError } from '../../state-files.ts';
import { maskedCrc } from './leveldb-crc.ts';

/** @source LevelDB, `doc/log_format.md` */
const BLOCK_BYTES = 32_768;
const HEADER_BYTES = 7;
const [FULL, FIRST, LAST] = [1, 2, 4];

/**
 * The records of a log or manifest of LevelDB, in order.
 *
 * @remarks LevelDB itself skips a record whose checksum is wrong and goes on behind it; here that is an error. What a killed process leaves
 * at the end is the beginning of a record, and no error.
 * @throws DamagedStateError
 */
export function readLog(path: string, bytes: Buffer, remedy?: string): Buffer[] {
  const records: Buffer[] = [];
  let pieces: Buffer[] = [];
  let at = 0;
  for (;;) {
    at = skipTrailer(at);
    const piece = pieceAt(bytes, at);
    if (piece === null) break;
    if (piece === 'wrong') throw damagedAt(path, at, remedy);
    const begins = piece.type === FULL || piece.type === FIRST;
    if (begins !== (pieces.length === 0)) throw damagedAt(path, at, remedy);
    pieces.push(piece.payload);
    if (piece.type === FULL || piece.type === LAST) {
      records.push(pieces.length === 1 ? piece.payload : Buffer.concat(pieces));
      pieces = [];
    }
    at += HEADER_BYTES + piece.payload.length;
  }
  if (hasPieceAfter(bytes, at)) throw damagedAt(path, at, remedy);
  return records;
}

/** A block ends with zeroes when no header fits any more. */
function skipTrailer(at: number): number {
  const left = BLOCK_BYTES - (at % BLOCK_BYTES);
  return left < HEADER_BYTES ? at + left : at;
}

/** @returns null when the file ends before the piece does, or with nothing but zeroes; `wrong` when it is whole and not as it was written */
function pieceAt(bytes: Buffer, at: number): { readonly type: number; readonly payload: Buffer } | null | 'wrong' {
  if (at + HEADER_BYTES > bytes.length) return null;
  const length = bytes.readUInt16LE(at + 4);
  const type = bytes.readUInt8(at + 6);
  const end = at + HEADER_BYTES + length;
  if (end > bytes.length) return (at % BLOCK_BYTES) + HEADER_BYTES + length > BLOCK_BYTES ? 'wrong' : null;
  if (type === 0 && length === 0 && bytes.subarray(at).every((value) => value === 0)) return null;
  const isRight = type >= FULL && type <= LAST && maskedCrc(bytes, at + 6, end) === bytes.readUInt32LE(at);
  return isRight ? { type, payload: bytes.subarray(at + HEADER_BYTES, end) } : 'wrong';
}

/** A length that was damaged may point behind the end of the file: then there are whole pieces behind. */
function hasPieceAfter(bytes: Buffer, at: number): boolean {
  for (let begin = at + 1; begin + HEADER_BYTES <= bytes.length; begin += 1) {
    const type = bytes.readUInt8(begin + 6);
    if (type < FULL || type > LAST) continue;
    const piece = pieceAt(bytes, begin);
    if (piece !== null && piece !== 'wrong') return true;
  }
  return false;
}

function damagedAt(path: string, at: number, remedy: string | undefined): DamagedStateError {
  return new DamagedStateError(path, `at byte ${String(at)} should be a record, and its checksum is wrong`, remedy);
}
