// What a door accepts as a transaction line. Resolvers bundle this file: only what APPSYNC_JS knows, so each door brings its
// own regular-expression engine: `util.matches` (Java) in AppSync, `RegExp` in Lambda (line-patterns.ts). The patterns mean the
// same in both, and count characters: code points of Unicode, so an emoji of one code point is one character. The fields are in
// line-fields.ts, and their checks are generated from it.

import type { WrongField } from './field-rules.ts';
import { EXPECTED } from './generated/line.ts';
import { MAX_SENT_AT } from './limits.ts';

export { asTransactionLine, EXPECTED, PATTERNS, trimmedLine, wrongField, type Fits, type SentLine } from './generated/line.ts';
export type { WrongField } from './field-rules.ts';

/** What is wrong with one field of a line, and what to write instead. */
export interface Refusal {
  readonly field: string;
  readonly value: string;
  readonly message: string;
}

/** A text that is composed as it is: Unicode's normalization form C leaves every character below U+0300 alone. */
export const PLAIN = '^[\\u0000-\\u02ff]*$';

/** What is wrong with a time of sending that came as JSON, or `undefined`. */
export function wrongSentAt(sentAt: unknown): WrongField | undefined {
  const fits = typeof sentAt === 'number' && sentAt >= 0 && sentAt <= MAX_SENT_AT && sentAt % 1 === 0;
  if (fits) return undefined;
  const wrong = (value: string): WrongField => ({ field: 'sentAt', value, expected: EXPECTED.sentAt });
  // Not an object as JSON: nested deeply enough, it cannot be written.
  if (typeof sentAt === 'object' && sentAt !== null) return wrong('an object or a list');
  return wrong(sentAt === undefined ? 'nothing' : JSON.stringify(sentAt));
}

/** A value that is longer than what a message repeats of it, and that part: characters, so that no emoji is halved. */
export const LONG_VALUE = '^([\\d\\D]{80})[\\d\\D]+$';

/** What takes the place of a `LONG_VALUE`. */
export const SHORTENED = '$1…';

/** @param shown - the value, shortened if it is a `LONG_VALUE` */
export const refusal = ({ field, expected }: WrongField, shown: string): Refusal => ({
  field,
  value: shown,
  message: `${field}: write ${expected}: got "${shown}"`,
});
