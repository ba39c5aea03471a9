import { isUtf8 } from 'node:buffer';
import type { DecodeOptions } from 'cborg';
import { decode, encode, Token, Tokenizer, Type } from 'cborg';
import { BinaryValue, EpochTime } from './aws-values.ts';

/** More than this many values no request of AWS has; each costs memory, and in CBOR it may be one byte long. */
const MAX_VALUES = 100_000;
/** Deeper than the requests of AWS are. */
const MAX_DEPTH = 64;
/** An epoch time. @source RFC 8949, 3.4.2; AWS's SDK for Java writes and reads milliseconds under it, not seconds */
const EPOCH_TIME = 1;

const OPTIONS: DecodeOptions = {
  coerceUndefinedToNull: true,
  allowNaN: false,
  allowInfinity: false,
  allowBigInt: false,
  retainStringBytes: true,
  rejectDuplicateMapKeys: true,
  tags: {
    [EPOCH_TIME]: (content) => {
      const milliseconds = content();
      if (typeof milliseconds === 'number') return new EpochTime(milliseconds);
      throw new CborError('a time must be a number of milliseconds since 1970');
    },
  },
};

/** The bytes are no CBOR, or none that stands for a request. */
export class CborError extends Error {
  override readonly name = 'CborError';
  readonly code = 'CBOR';
}

/** Reads a request. Times come as `EpochTime`, bytes as byte arrays. @throws CborError */
export function decodeCbor(bytes: Buffer): unknown {
  const view = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  try {
    const value: unknown = decode(view, { ...OPTIONS, tokenizer: new BoundedTokenizer(view, OPTIONS) });
    checkTree(value, 0);
    return value;
  } catch (error) {
    // What is nested deeply enough ends as a RangeError of the library's own recursion.
    throw error instanceof CborError ? error : new CborError((error as Error).message, { cause: error });
  }
}

/** Writes an answer. Members that are undefined are left out. */
export function encodeCbor(answer: unknown): Buffer {
  return Buffer.from(encode(answer, { ignoreUndefinedProperties: true, typeEncoders: { Object: encodeOwn } }));
}

function encodeOwn(value: unknown): Token | Token[] | null {
  if (value instanceof BinaryValue) return new Token(Type.bytes, value.bytes);
  if (value instanceof EpochTime) return [new Token(Type.tag, EPOCH_TIME), new Token(Type.uint, Math.round(value.milliseconds))];
  return null;
}

/** Gives up before a small body becomes large in memory, and reads no text that is not UTF-8. */
class BoundedTokenizer extends Tokenizer {
  private values = 0;

  override next(): Token {
    this.values += 1;
    if (this.values > MAX_VALUES) throw new CborError(`it has more than ${String(MAX_VALUES)} values`);
    const token = super.next();
    if (token.byteValue !== undefined && !isUtf8(token.byteValue)) throw new CborError('a text is not UTF-8');
    return token;
  }
}

/** @throws CborError for a stray break, which the library takes for a value, and for what is nested too deeply */
function checkTree(value: unknown, depth: number): void {
  if (typeof value === 'symbol') throw new CborError('there is a break where a value should be');
  if (typeof value !== 'object' || value === null || value instanceof EpochTime || value instanceof Uint8Array) return;
  if (depth === MAX_DEPTH) throw new CborError(`it is nested more than ${String(MAX_DEPTH)} levels deep`);
  for (const member of Object.values(value)) checkTree(member, depth + 1);
}
