import { contentTexts } from './generated/line.ts';
import type { TransactionLine } from './transaction-line.ts';

const FIELD_SEPARATOR = '\u001f';

/** What a version of a line says, as one text; two versions with the same content and `sentAt` are the same. */
export const contentOf = (line: TransactionLine): string => contentTexts(line).join(FIELD_SEPARATOR);

/**
 * Orders versions of one line: the greatest counts, in every store. The later `sentAt` is greater; of two with the same time the one
 * with the greater content, so that the order of arrival never matters.
 *
 * @returns negative, 0 when they are the same version, or positive
 */
export function compareVersions(a: TransactionLine, b: TransactionLine): number {
  return a.sentAt === b.sentAt ? compareTexts(contentOf(a), contentOf(b)) : a.sentAt - b.sentAt;
}

/**
 * Orders texts by their code points, as their bytes in UTF-8 do.
 *
 * @remarks The warehouse compares bytes. JavaScript's `<` compares UTF-16 units, and so puts an emoji before U+FB01.
 */
export function compareTexts(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  for (let place = 0; place < end; place++) {
    const [one, other] = [a.charCodeAt(place), b.charCodeAt(place)];
    if (one !== other) return rank(one) - rank(other);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points beyond U+FFFF, so they come after every other unit. */
const rank = (unit: number) => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);
