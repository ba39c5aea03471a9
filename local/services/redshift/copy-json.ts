import { isUtf8 } from 'node:buffer';
import type { CopyRows, Piece, RawRow } from './copy-rows.ts';
import { PIECE, replaceInvalid } from './copy-rows.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const OPEN_LIST = 0x5b;
const NEWLINE = 0x0a;

const WORDS = [
  [Buffer.from('true'), PIECE.plain],
  [Buffer.from('false'), PIECE.plain],
  [Buffer.from('null'), PIECE.absent],
] as const;

/** Where a key was last seen in an object, as it is written, with the quote behind it. */
interface SeenKey {
  readonly bytes: Uint8Array;
  /** -1: no column is called so. */
  readonly column: number;
}

/** What is wrong with a line. */
export class NoJson extends Error {}

/**
 * Reads objects, one or more on a line, straight from bytes into rows: no JavaScript value is made of what is not needed, and a
 * number stays the text that it is.
 *
 * @remarks A newline stands behind every line, so that no loop needs to look for the end.
 */
export class JsonReader {
  private readonly seen: SeenKey[] = [];
  private readonly columns = new Map<string, number>();

  constructor(
    private readonly rows: CopyRows,
    private readonly ignoreCase: boolean,
    private readonly acceptInvalidAs: string | null,
  ) {
    rows.columns.forEach(({ name }, index) => this.columns.set(ignoreCase ? name.toLowerCase() : name, index));
  }

  /**
   * Read the whole lines of a block.
   *
   * @param firstLine - the number of the first
   * @returns how many lines there were, and how many bytes they had
   */
  read(block: Uint8Array, firstLine: number): { readonly lines: number; readonly bytes: number } {
    const end = block.lastIndexOf(NEWLINE) + 1;
    const isSound = isUtf8(block.subarray(0, end));
    let line = firstLine;
    for (let start = 0; start < end; line += 1) {
      const next = block.indexOf(NEWLINE, start);
      this.readLine({ source: block, start, end: next, line, isSound });
      start = next + 1;
    }
    return { lines: line - firstLine, bytes: end };
  }

  private readLine(row: RawRow): void {
    const { source, start, end, line } = row;
    row.isSound ||= isUtf8(source.subarray(start, end));
    if (!row.isSound && this.acceptInvalidAs !== null) {
      const repaired = replaceInvalid(source.subarray(start, end + 1), this.acceptInvalidAs);
      this.readObjects({ source: repaired, start: 0, end: repaired.length - 1, line, isSound: true });
    } else this.readObjects(row);
  }

  private readObjects(row: RawRow): void {
    const { source, start, end, line, isSound } = row;
    let at = skipSpace(source, start);
    try {
      while (at < end) {
        const next = this.readObject(source, at, end);
        this.rows.add({ source, start: at, end: next, line, isSound });
        at = skipSpace(source, next);
      }
    } catch (error) {
      if (!(error instanceof NoJson)) throw error;
      this.rows.refuse(row, { code: 1216, message: `Invalid JSON formatting. ${error.message}` });
    }
  }

  private readObject(source: Uint8Array, start: number, end: number): number {
    const { starts, ends, pieces } = this.rows;
    pieces.fill(PIECE.absent);
    if (source[start] !== OPEN) throw new NoJson("Object must start with '{'.");
    let at = skipSpace(source, start + 1);
    if (source[at] === CLOSE) return at + 1;
    for (let slot = 0; ; slot += 1) {
      if (source[at] !== QUOTE) throw new NoJson("A key must start with '\"'.");
      const key = this.keyAt(source, at + 1, end, slot);
      at = skipSpace(source, at + 1 + key.bytes.length);
      if (source[at] !== COLON) throw new NoJson("There must be ':' behind a key.");
      at = skipSpace(source, at + 1);

      const first = source[at] ?? 0;
      let piece: Piece;
      let from = at;
      let to: number;
      if (first === QUOTE) {
        from = to = at + 1;
        piece = PIECE.plain;
        for (let byte = source[to] ?? 0; byte !== QUOTE; byte = source[++to] ?? 0) {
          if (byte === BACKSLASH) {
            piece = PIECE.escaped;
            to += 1;
            if (to >= end) throw new NoJson('A text has no end.');
          } else if (byte < 0x20) throw new NoJson('A text has no end, or a control character in it.');
        }
        at = to + 1;
      } else if (first === OPEN || first === OPEN_LIST) {
        at = to = endOfNested(source, at, end);
        piece = PIECE.raw;
      } else if (first === 0x2d || (first >= 0x30 && first <= 0x39)) {
        at = to = endOfNumber(source, at);
        piece = PIECE.plain;
      } else {
        [to, piece] = wordAt(source, at);
        at = to;
      }
      if (key.column >= 0) {
        starts[key.column] = from;
        ends[key.column] = to;
        pieces[key.column] = piece;
      }

      at = skipSpace(source, at);
      if (source[at] === CLOSE) return at + 1;
      if (source[at] !== COMMA) throw new NoJson("There must be ',' or '}' behind a value.");
      at = skipSpace(source, at + 1);
    }
  }

  /** Objects of one file have their keys in the same order, nearly always: then one comparison is enough. */
  private keyAt(source: Uint8Array, start: number, end: number, slot: number): SeenKey {
    const expected = this.seen[slot];
    if (expected !== undefined && startsWith(source, start, expected.bytes)) return expected;
    let to = start;
    let isEscaped = false;
    for (; source[to] !== QUOTE; to += 1) {
      if (source[to] === BACKSLASH) {
        isEscaped = true;
        to += 1;
      }
      if (to >= end) throw new NoJson('A key has no end.');
    }
    const text = Buffer.from(source.subarray(start, to)).toString('utf8');
    const name = isEscaped ? keyName(text) : text;
    const key = {
      bytes: source.slice(start, to + 1),
      column: this.columns.get(this.ignoreCase ? name.toLowerCase() : name) ?? -1,
    };
    this.seen[slot] = key;
    return key;
  }
}

function keyName(text: string): string {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    throw new NoJson('Could not read the escapes of a key.');
  }
}

function startsWith(source: Uint8Array, start: number, bytes: Uint8Array): boolean {
  for (let index = 0; index < bytes.length; index += 1) {
    if (source[start + index] !== bytes[index]) return false;
  }
  return true;
}

export function skipSpace(source: Uint8Array, start: number): number {
  let at = start;
  for (let byte = source[at]; byte === 0x20 || byte === 0x09 || byte === 0x0d; byte = source[at]) at += 1;
  return at;
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

export function endOfNumber(source: Uint8Array, start: number): number {
  const digits = source[start] === 0x2d ? start + 1 : start;
  const first = source[digits] ?? 0;
  let at = digits;
  for (let byte = first; byte >= 0x30 && byte <= 0x39;) byte = source[++at] ?? 0;
  const next = source[at] ?? 0;
  const isInteger = next !== 0x2e && next !== 0x65 && next !== 0x45;
  if (isInteger && at > digits && (first !== 0x30 || at === digits + 1)) return at;
  while (/[0-9+\-.eE]/.test(String.fromCharCode(source[at] ?? 0))) at += 1;
  const text = Buffer.from(source.subarray(start, at)).toString('latin1');
  if (!NUMBER.test(text)) throw new NoJson(`"${text}" is no number.`);
  return at;
}

export function wordAt(source: Uint8Array, start: number): [number, Piece] {
  for (const [word, piece] of WORDS) {
    if (startsWith(source, start, word)) return [start + word.length, piece];
  }
  throw new NoJson('A value must be a text, a number, true, false, null, an object or a list.');
}

/** An object or a list inside becomes its text. */
export function endOfNested(source: Uint8Array, start: number, end: number): number {
  let depth = 0;
  for (let at = start; at < end; at += 1) {
    const byte = source[at];
    if (byte === QUOTE) {
      for (at += 1; source[at] !== QUOTE; at += 1) {
        if (source[at] === BACKSLASH) at += 1;
        if (at >= end) throw new NoJson('A text has no end.');
      }
    } else if (byte === OPEN || byte === OPEN_LIST) depth += 1;
    else if (byte === CLOSE || byte === 0x5d) depth -= 1;
    if (depth > 0) continue;
    try {
      JSON.parse(Buffer.from(source.subarray(start, at + 1)).toString('utf8'));
    } catch {
      throw new NoJson('An inner object or list is not well formed.');
    }
    return at + 1;
  }
  throw new NoJson('An inner object or list has no end.');
}
