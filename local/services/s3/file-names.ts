import { join } from 'node:path';

/** Longest piece of a key in one file name. File systems take 255 bytes; the rest is for the marks below. */
const MAX_PIECE = 230;
/** Ends the name of an object's file, so that the keys `a` and `a/b` can be neighbours: `a%object` and `a/b%object`. */
const OBJECT = '%object';
/** Ends the name of a directory that holds the rest of a segment too long for one name. */
const MORE = '%more';
/** Stands for an empty segment, as in `a//b`. */
const EMPTY = '%';
/** File names that Windows keeps to itself. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/;

/**
 * The file of an object: its key, readable for ordinary keys, one directory for each `/`.
 *
 * @remarks All but lower-case letters, digits and `-_=+,.` is percent-encoded, capital letters too, because some file systems do not tell
 * `A` from `a`. The marks above begin with `%` and a letter that is no capital hex digit, so no encoded key looks like one.
 */
export function pathOfKey(root: string, key: string): string {
  const segments = key.split('/');
  const leaf = segments.pop() ?? '';
  return join(root, ...segments.flatMap((segment) => piecesOf(segment, EMPTY, '')), ...piecesOf(leaf, '', OBJECT));
}

/** The directory of all keys that begin with `prefix`, which ends in `/` or is empty. */
export function directoryOfPrefix(root: string, prefix: string): string {
  const segments = prefix.split('/').slice(0, -1);
  return join(root, ...segments.flatMap((segment) => piecesOf(segment, EMPTY, '')));
}

function piecesOf(segment: string, whenEmpty: string, mark: string): string[] {
  let rest = encode(segment);
  const pieces: string[] = [];
  while (rest.length > MAX_PIECE) {
    const end = rest.slice(0, MAX_PIECE).search(/%[0-9A-F]?$/); // never within an escape
    const length = end === -1 ? MAX_PIECE : end;
    pieces.push(rest.slice(0, length) + MORE);
    rest = rest.slice(length);
  }
  return [...pieces, (rest === '' ? whenEmpty : rest) + mark];
}

function encode(segment: string): string {
  let encoded = '';
  for (const byte of Buffer.from(segment)) {
    const char = String.fromCharCode(byte);
    encoded += /[a-z0-9_=+,.-]/.test(char) ? char : escapeByte(byte);
  }
  // Names of dots alone are directories of the system; a dot at the end is lost on Windows.
  return encoded
    .replace(/\.$|^\.+$/, (dots) => '%2E'.repeat(dots.length))
    .replace(RESERVED, (name) => escapeByte(name.charCodeAt(0)) + name.slice(1));
}

function escapeByte(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

/** What a directory entry says: the text it adds to the key, and what it is. */
export interface Entry {
  readonly text: string;
  readonly kind: 'object' | 'directory' | 'more';
}

/** The inverse of the names above. @returns undefined for a file that is none of ours */
export function entryOfName(name: string, isDirectory: boolean): Entry | undefined {
  if (!isDirectory) return name.endsWith(OBJECT) ? { text: decode(name.slice(0, -OBJECT.length)), kind: 'object' } : undefined;
  if (name.endsWith(MORE)) return { text: decode(name.slice(0, -MORE.length)), kind: 'more' };
  return { text: name === EMPTY ? '' : decode(name), kind: 'directory' };
}

/** @remarks In Latin-1: a long segment may be cut within a character, so bytes are put together before they are read as UTF-8. */
function decode(encoded: string): string {
  return encoded.replace(/%([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** The text of entries put together, as the key it is. */
export function keyOfBytes(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8');
}
