import { createHash } from 'node:crypto';

/** PostgreSQL cuts names off here, in bytes; Redshift has room for 127. */
const LONGEST = 63;

/**
 * What a user is called in PostgreSQL: as it is, unless it is too long (an IAM role's name alone may have 64 letters). Cut off, two of them could
 * become one, so the end is replaced by a digest of the whole.
 */
export function userName(name: string): string {
  if (Buffer.byteLength(name) <= LONGEST) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 16);
  return `${Buffer.from(name)
    .subarray(0, LONGEST - 17)
    .toString('utf8')
    .replace(/\ufffd+$/, '')}~${digest}`;
}

/** In PostgreSQL roles and users are one kind of thing; Redshift lists them apart, though none may have the name of another. */
export const roleName = (name: string) => userName(`role:${name}`);

/** Groups likewise; a group may have the name of a user. */
export const groupName = (name: string) => userName(`group:${name}`);

/** How the constraint that holds a text to its bytes begins; the column follows. */
export const LIMIT = 'bytes of ';

/** A name as SQL: always in quotes. */
export const quoteName = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** A text as SQL, however backslashes are read. */
export const quoteText = (text: string) =>
  text.includes('\\') ? `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'` : `'${text.replaceAll("'", "''")}'`;

/** The name that a name token stands for: unquoted ones are folded to small letters. */
export function nameOf(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text.toLowerCase();
}
