/** A piece of SQL text; the pieces of a text, one after the other, are the text. */
export interface Token {
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'parameter' | 'operator' | 'space' | 'comment';
  readonly text: string;
}

const SPACE = /\s+/y;
const LINE_COMMENT = /--[^\n]*/y;
const WORD = /[A-Za-z_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*/y;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const PARAMETER = /:[A-Za-z_][A-Za-z0-9_]*/y;
const DOLLAR_QUOTE = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y;
const QUOTED = /"(?:[^"]|"")*(?:"|$)/y;
// A backslash escapes in every string, so that '\\d' is the pattern \d: Redshift descends from PostgreSQL 8.0, where it does.
// https://docs.aws.amazon.com/redshift/latest/dg/pattern-matching-conditions-posix.html
const STRING = /(?:[eEbBxXnN]|[uU]&)?'(?:[^'\\]|''|\\[^])*(?:'|\\?$)/y;
const APOSTROPHE = 0x27;
const AMPERSAND = 0x26;
const BLANK = 0x20;
const NEWLINE = 0x0a;
const PATTERNS = [
  ['string', STRING],
  ['word', WORD],
  ['number', NUMBER],
  ['quoted', QUOTED],
  ['space', SPACE],
  ['comment', LINE_COMMENT],
] as const;
const OPERATOR_CHARACTERS = '+-*/<>=~!@#%^&|`?';

/**
 * Cut SQL into tokens.
 *
 * @remarks It never fails: what is not closed reaches to the end, and the engine says what is wrong with it.
 */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < sql.length;) {
    const token = tokenAt(sql, at);
    tokens.push(token);
    at += token.text.length;
  }
  return tokens;
}

function tokenAt(sql: string, at: number): Token {
  const first = sql.charCodeAt(at);
  // Two shortcuts past the patterns, for what there is most of. After a prefix an apostrophe or & begins a string.
  const next = sql.charCodeAt(at + 1);
  if (isLetter(first) && next !== APOSTROPHE && next !== AMPERSAND) return { kind: 'word', text: take(WORD, sql, at) ?? '' };
  if (first === BLANK || first === NEWLINE) return { kind: 'space', text: take(SPACE, sql, at) ?? '' };
  for (const [kind, pattern] of PATTERNS) {
    const text = take(pattern, sql, at);
    if (text !== undefined) return { kind, text };
  }
  const comment = blockComment(sql, at);
  if (comment !== undefined) return { kind: 'comment', text: comment };
  const quoted = dollarQuoted(sql, at, take(DOLLAR_QUOTE, sql, at));
  if (quoted !== undefined) return { kind: 'string', text: quoted };
  if (sql.startsWith('::', at)) return { kind: 'operator', text: '::' };
  const parameter = take(PARAMETER, sql, at);
  if (parameter !== undefined) return { kind: 'parameter', text: parameter };
  return { kind: 'operator', text: operatorAt(sql, at) };
}

const isLetter = (code: number) => (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);

/** What the pattern matches right here. */
function take(pattern: RegExp, sql: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(sql)?.[0];
}

/** Comments may hold comments. */
function blockComment(sql: string, start: number): string | undefined {
  if (!sql.startsWith('/*', start)) return undefined;
  let depth = 1;
  let at = start + 2;
  while (at < sql.length && depth > 0) {
    if (sql.startsWith('/*', at)) depth += 1;
    else if (sql.startsWith('*/', at)) depth -= 1;
    else {
      at += 1;
      continue;
    }
    at += 2;
  }
  return sql.slice(start, at);
}

function dollarQuoted(sql: string, start: number, quote: string | undefined): string | undefined {
  if (quote === undefined) return undefined;
  const end = sql.indexOf(quote, start + quote.length);
  return end < 0 ? sql.slice(start) : sql.slice(start, end + quote.length);
}

/** As PostgreSQL reads them: the longest run, which no comment begins in. */
function operatorAt(sql: string, start: number): string {
  let end = start;
  while (end < sql.length && OPERATOR_CHARACTERS.includes(sql.charAt(end))) {
    if (end > start && (sql.startsWith('--', end) || sql.startsWith('/*', end))) break;
    end += 1;
  }
  // A sign at the end is one of its own, unless the operator is none of the usual: `a/-b` divides.
  while (end > start + 1 && '+-'.includes(sql.charAt(end - 1)) && !/[~!@#%^&|`?]/.test(sql.slice(start, end))) end -= 1;
  return sql.slice(start, Math.max(end, start + 1));
}

/** The text of a string token without its quotes and escapes. */
export function stringValue(text: string): string {
  const dollar = /^\$[^$]*\$/.exec(text)?.[0];
  if (dollar !== undefined) return text.slice(dollar.length, text.length - dollar.length);
  const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };
  return text
    .slice(text.indexOf("'") + 1, -1)
    .replace(/''|\\([^])/g, (pair, escaped: string | undefined) =>
      escaped === undefined ? pair.slice(1) : (escapes[escaped] ?? escaped),
    );
}
