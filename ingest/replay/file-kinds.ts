/* eslint-disable no-control-regex -- these are bytes of formats, not of texts */

/** How many characters of a file must be there before its kind is known. */
export const MARK_CHARACTERS = 64;

const UNPACK = 'unpack it, and name the CSV file that was in it';
const AS_CSV = 'save it as "CSV UTF-8"';

/** How files begin that people take for CSV files. @source the formats' own specifications */
const KINDS: readonly (readonly [beginning: RegExp, reason: string])[] = [
  // What Office writes begins with the list of its parts; other programs begin with another part, in a folder of these names.
  [/^PK\x03\x04[^]{26}(?:\[Content_Types\]|_rels\/|docProps\/|xl\/)/, `the file is an Excel workbook; open it and ${AS_CSV}`],
  [/^PK[\x03\x05\x07]/, `the file is a zip archive; ${UNPACK}`],
  [/^\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1/, `the file is an old Excel workbook; open it and ${AS_CSV}`],
  [
    /^(?:BZh[1-9]|7z\xbc\xaf\x27\x1c|\xfd7zXZ\x00|\x28\xb5\x2f\xfd|Rar!|\x04\x22\x4d\x18)/,
    `the file is packed, and not by gzip; ${UNPACK}`,
  ],
  [/^PAR1/, 'the file is Parquet; write it as CSV first'],
  [/^(?:[\x09\x20-\x7e]\x00){4}|^(?:\x00[\x09\x20-\x7e]){4}/, `the file is UTF-16; ${AS_CSV}`],
  [/^%PDF-/, 'the file is a PDF document; name a CSV file'],
  [/^[^\n]*\x00/, 'the file is no text; name a CSV file'],
];

/**
 * Why a file is none of text, as its beginning shows, and what to do.
 *
 * @param beginning - at least `MARK_CHARACTERS` characters unless the file is shorter, one for each byte
 * @returns `undefined` for what may be a CSV file
 */
export const unsupportedFileReason = (beginning: string): string | undefined =>
  KINDS.find(([pattern]) => pattern.test(beginning))?.[1];
