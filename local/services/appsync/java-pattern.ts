// Java's regular expressions, as `util.matches` and `String.replace(All)` of APPSYNC_JS take them, translated to JavaScript's.

/** A pattern that Java knows and this translation does not, or that neither knows. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
  readonly code = 'JAVA_PATTERN';

  constructor(
    readonly pattern: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`the Java pattern "${pattern}" ${reason}`, options);
  }
}

const MAX_CACHED = 500;
const whole = new Map<string, RegExp>();
const first = new Map<string, RegExp>();
const every = new Map<string, RegExp>();

/** Matches only the entire text, as `Pattern.matches` does. */
export const wholePattern = (pattern: string) => cached(whole, pattern, (source) => `^(?:${source})$`, '');

/** Finds the first occurrence, or every one. */
export const searchPattern = (pattern: string, all: boolean) =>
  cached(all ? every : first, pattern, (source) => source, all ? 'g' : '');

function cached(cache: Map<string, RegExp>, pattern: string, wrap: (source: string) => string, flags: string): RegExp {
  const known = cache.get(pattern);
  if (known !== undefined) return known;
  const { source, flags: own } = translate(pattern);
  let compiled: RegExp;
  try {
    compiled = new RegExp(wrap(source), `u${flags}${own}`);
  } catch (cause) {
    throw new PatternError(pattern, 'is not a regular expression', { cause });
  }
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(pattern, compiled);
  return compiled;
}

const LINE_END = String.raw`(?=(?:\r\n|[\n\r\u0085\u2028\u2029])?(?![^]))`;
const BLANK = String.raw` \t\n\x0B\f\r`;

/** POSIX classes of Java, as the inside of a class. */
const CLASSES: Readonly<Record<string, string>> = {
  Lower: 'a-z',
  Upper: 'A-Z',
  ASCII: String.raw`\x00-\x7F`,
  Alpha: 'A-Za-z',
  Digit: '0-9',
  Alnum: '0-9A-Za-z',
  Punct: String.raw`!-\/:-@\[-\x60\{-~`,
  Graph: '!-~',
  Print: ' -~',
  Blank: String.raw` \t`,
  Cntrl: String.raw`\x00-\x1F\x7F`,
  XDigit: '0-9A-Fa-f',
  Space: BLANK,
};

const SYNTAX = new Set('^$\\.*+?()[]{}|/');
const PLAIN_ESCAPES = new Set('dDwWbBtnrf123456789');

function translate(pattern: string): { source: string; flags: string } {
  let rest = pattern;
  let flags = '';
  const inline = /^\(\?([a-zA-Z]+)\)/.exec(rest);
  if (inline !== null) {
    for (const flag of inline[1] ?? '') {
      if (!'ims'.includes(flag)) throw new PatternError(pattern, `uses the flag (?${flag}): only i, m and s are known here`);
      flags += flag;
    }
    rest = rest.slice(inline[0].length);
  }
  let source = '';
  let classDepth = 0;
  for (let at = 0; at < rest.length; at += 1) {
    const character = rest.charAt(at);
    if (character === '\\') {
      const [piece, length] = translateEscape(pattern, rest, at, classDepth > 0);
      source += piece;
      at += length - 1;
    } else if (classDepth > 0) {
      if (character === '[') throw new PatternError(pattern, 'nests a class in a class, which is not known here');
      if (rest.startsWith('&&', at)) throw new PatternError(pattern, 'intersects classes with &&, which is not known here');
      if (character === ']') classDepth -= 1;
      source += character;
    } else if (character === '[') {
      classDepth += 1;
      source += character;
      if (rest.charAt(at + 1) === '^') {
        source += '^';
        at += 1;
      }
      if (rest.charAt(at + 1) === ']') {
        source += String.raw`\]`;
        at += 1;
      }
    } else if (character === '$' && !flags.includes('m')) {
      source += LINE_END;
    } else if (character === '(' && rest.startsWith('(?>', at)) {
      throw new PatternError(pattern, 'has an atomic group (?>…), which is not known here');
    } else if (character === '(' && /^\(\?[a-zA-Z-]+[):]/.test(rest.slice(at))) {
      throw new PatternError(pattern, 'sets flags inside: they are known only at the very beginning, such as (?i)');
    } else if ('*+?}'.includes(character) && rest.charAt(at + 1) === '+') {
      throw new PatternError(pattern, `has a possessive quantifier ${character}+, which is not known here`);
    } else if (character === ']' || (character === '}' && !/\{\d+(?:,\d*)?$/.test(rest.slice(0, at)))) {
      source += `\\${character}`;
    } else {
      source += character;
    }
  }
  return { source, flags };
}

/** @returns the translation of the escape at `at`, and how many characters of the pattern it took */
function translateEscape(pattern: string, rest: string, at: number, inClass: boolean): [piece: string, length: number] {
  const next = rest.charAt(at + 1);
  if (next === '') throw new PatternError(pattern, 'ends in a backslash');
  if (PLAIN_ESCAPES.has(next)) return [`\\${next}`, 2];
  const hex = /^\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|x\{([0-9a-fA-F]+)\})/.exec(rest.slice(at));
  if (hex !== null) return [hex[1] === undefined ? hex[0] : `\\u{${hex[1]}}`, hex[0].length];
  const named = /^\\([pP])(?:\{(?:Is)?(\w+)\}|([A-Z]))/.exec(rest.slice(at));
  if (named !== null) {
    const name = named[2] ?? named[3] ?? '';
    const own = CLASSES[name];
    if (own === undefined) return [`\\${named[1] ?? 'p'}{${name}}`, named[0].length];
    if (named[1] === 'P' && inClass) throw new PatternError(pattern, `has \\P{${name}} in a class, which is not known here`);
    return [inClass ? own : `[${named[1] === 'P' ? '^' : ''}${own}]`, named[0].length];
  }
  if (next === 's') return [inClass ? BLANK : `[${BLANK}]`, 2];
  if (next === 'S' && !inClass) return [`[^${BLANK}]`, 2];
  if (next === 'h') return [inClass ? String.raw` \t\xA0` : String.raw`[ \t\xA0]`, 2];
  if (next === 'R' && !inClass) return [String.raw`(?:\r\n|[\n\x0B\f\r\u0085\u2028\u2029])`, 2];
  if (next === 'A' && !inClass) return ['(?<![^])', 2];
  if (next === 'z' && !inClass) return ['(?![^])', 2];
  if (next === 'Z' && !inClass) return [LINE_END, 2];
  if (next === 'k' && /^\\k<\w+>/.test(rest.slice(at))) return [String.raw`\k`, 2];
  if (next === 'Q') {
    const end = rest.indexOf('\\E', at + 2);
    const literal = rest.slice(at + 2, end === -1 ? undefined : end);
    const length = 2 + literal.length + (end === -1 ? 0 : 2);
    return [literal.replace(/[^]/gu, (character) => escapeLiteral(character, inClass)), length];
  }
  if (/[a-zA-Z]/.test(next)) throw new PatternError(pattern, `has the escape \\${next}, which is not known here`);
  return [escapeLiteral(next, inClass), 2];
}

function escapeLiteral(character: string, inClass: boolean): string {
  return SYNTAX.has(character) || (inClass && character === '-') ? `\\${character}` : character;
}

/** Java's replacement text (`$1`, `${name}`, `\$`) as JavaScript's. */
export function javaReplacement(replacement: string): string {
  if (!replacement.includes('$') && !replacement.includes('\\')) return replacement;
  return replacement.replace(/\\([^])|\$\{(\w+)\}|\$(\d)|\$|\\/g, (token, escaped?: string, name?: string, group?: string) => {
    if (escaped !== undefined) return escaped === '$' ? '$$' : escaped;
    if (name !== undefined) return `$<${name}>`;
    if (group === '0') return '$&';
    if (group !== undefined) return `$${group}`;
    throw new PatternError(replacement, `is a replacement with a lone "${token}": write "\\${token}"`);
  });
}
