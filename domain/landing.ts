// The landing table, and what COPY brings into it: the one home of its columns and options.

import { LINE_FIELDS, type LineField } from './line-fields.ts';

const fields: readonly LineField[] = LINE_FIELDS;

/** In lower case, which is how COPY finds the keys of a line. */
export const landingName = ({ name }: Pick<LineField, 'name'>): string => name.toLowerCase();

/** What a line of the stream has. */
export const STREAM_COLUMNS: readonly string[] = [...fields.map(landingName), 'sentat'];

/** What an imported line has, in the order in which the job writes it. */
export const IMPORT_COLUMNS: readonly string[] = [
  ...fields.filter(({ name, fileNames }) => name === 'lineId' || fileNames !== undefined).map(landingName),
  ...['sentat', 'source'],
];

/**
 * How COPY reads lines of the stream. One that it cannot read is in the warehouse's list of load errors, and does not stop the others.
 *
 * @source Redshift developer guide, COPY, MAXERROR: 100000 is the most
 */
export const STREAM_COPY_OPTIONS = "JSON 'auto ignorecase' TIMEFORMAT 'auto' ACCEPTINVCHARS TRUNCATECOLUMNS MAXERROR 100000";

/** A column of the table of lines as the text that the stream writes. */
const AS_TEXT: Readonly<Record<LineField['kind'], (column: string) => string>> = {
  text: (column) => column,
  'whole number': (column) => `CAST(${column} AS VARCHAR(11))`,
  'date and time': (column) => `TO_CHAR(${column}, 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`,
  pounds: (column) => `CAST(${column} AS VARCHAR(14))`,
};

/** The conditions that a landed line says what a line of the warehouse says. @param landed - the table that has it, `kept` likewise */
export const sameContent = (landed: string, kept: string): readonly string[] =>
  fields
    .filter(({ isKey }) => isKey !== true)
    .map((field) => {
      const texts = [`${landed}.${landingName(field)}`, AS_TEXT[field.kind](`${kept}.${field.column}`)];
      return texts.map((text) => (field.optional === undefined ? text : `COALESCE(${text}, '')`)).join(' = ');
    });
