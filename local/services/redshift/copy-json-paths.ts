import { isUtf8 } from 'node:buffer';
import { endOfNested, endOfNumber, NoJson, skipSpace, wordAt } from './copy-json.ts';
import type { CopyRows, Piece, RawRow } from './copy-rows.ts';
import { PIECE, replaceInvalid } from './copy-rows.ts';
import { StatementError } from './errors.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NEWLINE = 0x0a;
const OPEN = 0x7b;
const OPEN_LIST = 0x5b;

/** The way to a value: names of keys, and places in lists. */
export type JsonPath = readonly (string | number)[];

const STEP = /\.([A-Za-z_$][\w$]*)|\[(\d+)\]|\[(?:'([^']*)'|"([^"]*)")\]/y;

/**
 * Read a JSONPaths file.
 *
 * @param columns - how many columns are filled
 * @throws StatementError when it is none, or has another number of paths
 * @source Redshift developer guide, "COPY from JSON format": JSONPaths file
 */
export function readJsonPaths(text: string, url: string, columns: number): readonly JsonPath[] {
  let paths: unknown;
  try {
    paths = (JSON.parse(text) as { jsonpaths?: unknown } | null)?.jsonpaths;
  } catch {
    paths = undefined;
  }
  if (!Array.isArray(paths))
    throw new StatementError('XX000', `Invalid JSONPath format: ${url} is no JSON object with a list "jsonpaths"`);
  if (paths.length !== columns)
    throw new StatementError(
      'XX000',
      `Number of jsonpaths and the number of columns should match. JSONPath size: ${String(paths.length)}, Number of columns in table or column list: ${String(columns)}`,
    );
  return paths.map((path: unknown) => readPath(String(path)));
}

function readPath(path: string): JsonPath {
  const steps: (string | number)[] = [];
  let at = 1;
  while (path.startsWith('$') && at < path.length) {
    STEP.lastIndex = at;
    const [step, key, place, quoted, other] = STEP.exec(path) ?? [];
    if (step === undefined) break;
    steps.push(place === undefined ? (key ?? quoted ?? other ?? '') : Number(place));
    at += step.length;
  }
  if (at < path.length || steps.length === 0)
    throw new StatementError(
      'XX000',
      `Invalid JSONPath format. Supported notations are 'dot-notation' and 'bracket-notation': ${path}`,
    );
  return steps;
}

/** Reads values that paths lead to, one object or list on a line. A value that is not there is NULL. */
export class JsonPathReader {
  constructor(
    private readonly rows: CopyRows,
    private readonly paths: readonly JsonPath[],
    private readonly acceptInvalidAs: string | null,
  ) {}

  /** @see JsonReader.read */
  read(block: Uint8Array, firstLine: number): { readonly lines: number; readonly bytes: number } {
    const end = block.lastIndexOf(NEWLINE) + 1;
    let line = firstLine;
    for (let start = 0; start < end; line += 1) {
      const next = block.indexOf(NEWLINE, start);
      const isSound = isUtf8(block.subarray(start, next));
      if (isSound || this.acceptInvalidAs === null) this.readLine({ source: block, start, end: next, line, isSound });
      else {
        const repaired = replaceInvalid(block.subarray(start, next + 1), this.acceptInvalidAs);
        this.readLine({ source: repaired, start: 0, end: repaired.length - 1, line, isSound: true });
      }
      start = next + 1;
    }
    return { lines: line - firstLine, bytes: end };
  }

  private readLine(row: RawRow): void {
    const { source, start, end } = row;
    try {
      for (let at = skipSpace(source, start); at < end;) {
        if (source[at] !== OPEN && source[at] !== OPEN_LIST) throw new NoJson("A row must start with '{' or '['.");
        const next = endOfNested(source, at, end);
        this.rows.pieces.fill(PIECE.absent);
        this.paths.forEach((path, column) => {
          const value = valueAt(source, at, end, path);
          if (value === undefined) return;
          this.rows.starts[column] = value.from;
          this.rows.ends[column] = value.to;
          this.rows.pieces[column] = value.piece;
        });
        this.rows.add({ source, start: at, end: next, line: row.line, isSound: row.isSound });
        at = skipSpace(source, next);
      }
    } catch (error) {
      if (!(error instanceof NoJson)) throw error;
      this.rows.refuse(row, { code: 1216, message: `Invalid JSON formatting. ${error.message}` });
    }
  }
}

interface Value {
  readonly from: number;
  readonly to: number;
  readonly piece: Piece;
  /** Past it. */
  readonly next: number;
}

function valueAt(source: Uint8Array, start: number, end: number, path: JsonPath): Value | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return read(source, start, end);
  const isObject = source[start] === OPEN;
  if (isObject !== (typeof step === 'string')) return undefined;
  let at = skipSpace(source, start + 1);
  for (let place = 0; at < end && source[at] !== 0x7d && source[at] !== 0x5d; place += 1) {
    let isWanted = place === step;
    if (isObject) {
      const key = read(source, at, end);
      isWanted = JSON.parse(Buffer.from(source.subarray(at, key.next)).toString('utf8')) === step;
      at = skipSpace(source, skipSpace(source, key.next) + 1);
    }
    if (isWanted) return valueAt(source, at, end, rest);
    at = skipSpace(source, read(source, at, end).next);
    if (source[at] === 0x2c) at = skipSpace(source, at + 1);
  }
  return undefined;
}

function read(source: Uint8Array, at: number, end: number): Value {
  const first = source[at] ?? 0;
  if (first === QUOTE) {
    let piece: Piece = PIECE.plain;
    let to = at + 1;
    for (; source[to] !== QUOTE; to += 1) {
      if (source[to] === BACKSLASH) {
        piece = PIECE.escaped;
        to += 1;
      }
      if (to >= end) throw new NoJson('A text has no end.');
    }
    return { from: at + 1, to, piece, next: to + 1 };
  }
  if (first === OPEN || first === OPEN_LIST) {
    const to = endOfNested(source, at, end);
    return { from: at, to, piece: PIECE.raw, next: to };
  }
  const [to, piece] =
    first === 0x2d || (first >= 0x30 && first <= 0x39) ? [endOfNumber(source, at), PIECE.plain] : wordAt(source, at);
  return { from: at, to, piece, next: to };
}
