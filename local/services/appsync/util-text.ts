import { codeError } from './errors.ts';
import { wholePattern } from './java-pattern.ts';

/** Java escapes these; all else passes. @source Apache Commons Text, StringEscapeUtils.escapeEcmaScript */
const JAVASCRIPT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "'": "\\'",
  '\\': '\\\\',
  '/': '\\/',
  '\b': '\\b',
  '\n': '\\n',
  '\t': '\\t',
  '\f': '\\f',
  '\r': '\\r',
};

const NORMAL_FORMS = ['nfc', 'nfd', 'nfkc', 'nfkd'];

/** The members of `util` that turn texts into texts. */
export const texts = {
  escapeJavaScript: (value: string): string =>
    value.replace(/["'\\/\b\n\t\f\r]|[^ -~]/g, (character) => {
      const known = JAVASCRIPT_ESCAPES[character];
      return known ?? `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
    }),

  /** As `application/x-www-form-urlencoded`: a blank is `+`. */
  urlEncode: (value: string): string =>
    encodeURIComponent(value)
      .replace(/%20/g, '+')
      .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`),

  urlDecode: (value: string): string => {
    try {
      return decodeURIComponent(value.replace(/\+/g, ' '));
    } catch (cause) {
      throw codeError(`util.urlDecode: write percent signs only before two hex digits: got "${value}"`, cause);
    }
  },

  base64Encode: (bytes: string): string => Buffer.from(bytes, 'utf8').toString('base64'),

  base64Decode: (value: string): string => Buffer.from(value, 'base64').toString('utf8'),

  /** Whether the whole value matches, as `java.util.regex.Pattern.matches` says. */
  matches: (pattern: string, value: string): boolean => wholePattern(pattern).test(value),
};

/** `util.str`. */
export const strings = {
  normalize: (value: string, form: string): string => {
    if (!NORMAL_FORMS.includes(form)) throw codeError(`util.str.normalize: write ${NORMAL_FORMS.join(', ')}: got "${form}"`);
    return value.normalize(form.toUpperCase());
  },
};

/** `util.math`. */
export const mathematics = {
  /** Halves go up, as in Java's `Math.round`. */
  roundNum: (input: number): number => Math.round(input),
  minVal: (a: number, b: number): number => Math.min(a, b),
  maxVal: (a: number, b: number): number => Math.max(a, b),
  randomDouble: (): number => Math.random(),
  /** A whole number from `start` up to, not including, `end`. */
  randomWithinRange: (start: number, end: number): number => Math.floor(Math.random() * (end - start)) + start,
};
