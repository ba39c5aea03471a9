import { LINE_FIELDS } from '../../domain/line-fields.ts';
import { printable } from './printable.ts';

const FIELDS = LINE_FIELDS.filter((field) => 'fileNames' in field);

/** A field that files have. */
type FileField = (typeof FIELDS)[number]['name'];

/** Where each field stands in a row. */
export type Columns = Readonly<Record<FileField, number>>;

/** How a column may be named, in lower case without blanks and underscores; the first name is the usual one. */
type Names = readonly [string, ...string[]];

const NAMES = Object.fromEntries(FIELDS.map(({ name, fileNames }): [string, Names] => [name, fileNames])) as Readonly<
  Record<FileField, Names>
>;

/** Our names of the columns, and the field that each holds. */
export const FIELD_OF_COLUMN: Readonly<Record<string, FileField>> = Object.fromEntries(
  FIELDS.map(({ name, fileNames }) => [fileNames[0], name]),
);

/** What may separate columns. */
export type Delimiter = ',' | ';' | '\t' | '|';
const DELIMITERS = [',', ';', '\t', '|'] as const;
export const DELIMITER_WORDS: Readonly<Record<string, Delimiter>> = {
  ...{ comma: ',', semicolon: ';', tab: '\t', pipe: '|' },
  ...{ ',': ',', ';': ';', '\t': '\t', '|': '|' },
};

/** Names that columns have instead of ours. */
export type ColumnNames = Readonly<Partial<Record<keyof Columns, string>>>;

/** The header lacks columns, or names one twice; nothing was sent. */
export class ColumnsError extends Error {
  override readonly name = 'ColumnsError';
  readonly code = 'COLUMNS';

  constructor(
    readonly missing: readonly string[],
    readonly repeated: readonly string[],
    readonly found: readonly string[],
  ) {
    const parts = [
      ...(missing.length > 0 ? [`misses ${missing.join(', ')}`] : []),
      ...(repeated.length > 0 ? [`names ${repeated.join(', ')} more than once`] : []),
    ];
    const header = printable(found.join(',').slice(0, 200));
    const others = missing.length > 0 ? '; --map THEIRS=OURS says which column is which' : '';
    super(`the header ${parts.join(' and ')}: it reads "${header}"${others}`);
  }
}

/** A name as names are compared. */
export const plainName = (name: string): string => name.toLowerCase().replaceAll(/[\s_]/g, '');

/**
 * Find the columns by their names, in any order; further columns are ignored.
 *
 * @param named - names instead of ours
 * @throws ColumnsError
 */
export function columnsOf(header: readonly string[], named: ColumnNames = {}): Columns {
  const names = header.map(plainName);
  const missing: string[] = [];
  const repeated: string[] = [];
  const place = (field: keyof Columns) => {
    const accepted = acceptedNames(field, named);
    const places = names.flatMap((name, index) => (accepted.includes(name) ? [index] : []));
    const called = named[field] ?? NAMES[field][0];
    if (places.length === 0) missing.push(called);
    if (places.length > 1) repeated.push(called);
    return places[0] ?? -1;
  };
  const columns = Object.fromEntries(FIELDS.map(({ name }) => [name, place(name)])) as Columns;
  if (missing.length + repeated.length > 0) throw new ColumnsError(missing, repeated, header);
  return columns;
}

/** What separates the columns of a header: that by which most of them are found, a comma if none is. */
export function delimiterOf(header: string, named: ColumnNames = {}): Delimiter {
  const accepted = Object.values(FIELD_OF_COLUMN).flatMap((field) => acceptedNames(field, named));
  const found = (delimiter: Delimiter) =>
    header
      .replaceAll('"', '')
      .split(delimiter)
      .filter((name) => accepted.includes(plainName(name))).length;
  return DELIMITERS.reduce((best, delimiter) => (found(delimiter) > found(best) ? delimiter : best));
}

/** A column that has another name has ours no longer: that may be another column of the file. */
function acceptedNames(field: keyof Columns, named: ColumnNames): readonly string[] {
  const theirs = named[field];
  return theirs === undefined ? NAMES[field].map(plainName) : [plainName(theirs)];
}
