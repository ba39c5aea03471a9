import { LONG_VALUE, PATTERNS, PLAIN, refusal, SHORTENED, type Refusal, type WrongField } from './line-rules.ts';

// `u`, because AppSync's patterns are Java's and count characters, not UTF-16 units: an emoji is one.
const pattern = (source: string) => new RegExp(source, 'u');

/** The patterns of a line, wherever JavaScript runs them. */
export const patterns = Object.fromEntries(
  Object.entries(PATTERNS).map(([field, source]) => [field, pattern(source)]),
) as Readonly<Record<keyof typeof PATTERNS, RegExp>>;

const plain = pattern(PLAIN);

/** The text in Unicode's normalization form C, so that one name written in two ways is one name. */
export const composed = (text: string): string => (plain.test(text) ? text : text.normalize('NFC'));

const longValue = pattern(LONG_VALUE);

/** What a wrong field is refused with. */
export const refusalOf = (wrong: WrongField): Refusal => refusal(wrong, wrong.value.replace(longValue, SHORTENED));
