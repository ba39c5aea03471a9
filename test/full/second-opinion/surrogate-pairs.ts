/**
 * A bundle without the ranges of surrogate pairs in its patterns.
 *
 * @remarks AppSync's patterns are Java's, where a pair of escapes is one character, in a class too. ministack gives them to JavaScript
 * without the flag that would say so, and refuses every line.
 */
export const withoutPairs = (code: string): string => code.replaceAll('\\\\udb40\\\\udc00-\\\\udb43\\\\udfff', '');
