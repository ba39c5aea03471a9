import type { ColumnTypes } from './decimal-types.ts';
import type { Token } from './sql-lexer.ts';
import { tokenize } from './sql-lexer.ts';

/** Statements about users, roles and groups, whose names are as they are written. */
const OF_PRINCIPALS = /^(GRANT|REVOKE|SET|RESET|(CREATE|ALTER|DROP) (USER|ROLE|GROUP|DEFAULT))\b/;

/**
 * Names in quotes in small letters.
 *
 * @source Redshift developer guide, "Names and identifiers": quoted names are folded too, unless enable_case_sensitive_identifier is set
 */
function foldNames(tokens: readonly Token[]): readonly Token[] {
  if (!tokens.some(({ kind, text }) => kind === 'quoted' && /[A-Z]/.test(text))) return tokens;
  const words = tokens.filter(({ kind }) => kind === 'word').map(({ text }) => text.toUpperCase());
  if (OF_PRINCIPALS.test(words.slice(0, 2).join(' '))) return tokens;
  let before = '';
  return tokens.map((token) => {
    const isPrincipal = BEFORE_A_PRINCIPAL.test(before);
    if (token.kind !== 'space' && token.kind !== 'comment') before = `${before} ${token.text.toUpperCase()}`.slice(-20);
    if (token.kind !== 'quoted' || isPrincipal) return token;
    return { ...token, text: token.text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) };
  });
}

/** In a statement about something else, words behind which a user's name stands. */
const BEFORE_A_PRINCIPAL = /\b(OWNER TO|AUTHORIZATION)$/;

/**
 * One statement on its way from Redshift's dialect to PostgreSQL's. Places are counted in tokens that mean something;
 * spaces and comments are in between and stay. What is not replaced stays byte for byte.
 */
export class Draft {
  private readonly tokens: readonly Token[];
  private readonly texts: string[];
  /** What is put in front of a token; it goes where the token goes. */
  private readonly fronts = new Map<number, string>();
  /** For each place, the token there. */
  private readonly places: readonly number[];
  /** For each place, the keyword there. */
  private readonly words: readonly string[];

  /**
   * @param foldsNames - whether names in quotes are folded to small letters, too, as far as they are no principals'
   * @param columns - what is known of the columns that it names
   */
  constructor(
    readonly source: string,
    foldsNames = false,
    readonly columns: ColumnTypes = new Map(),
  ) {
    const tokens = tokenize(source);
    this.tokens = foldsNames ? foldNames(tokens) : tokens;
    // A word may follow a number without a blank, as in `THEN 1ELSE 2`.
    this.texts = this.tokens.map(({ kind, text }, index) =>
      kind === 'number' && this.tokens[index + 1]?.kind === 'word' ? `${text} ` : text,
    );
    const places: number[] = [];
    const words: string[] = [];
    this.tokens.forEach(({ kind, text }, index) => {
      if (kind === 'space' || kind === 'comment') return;
      places.push(index);
      words.push(kind === 'word' ? text.toUpperCase() : kind === 'operator' ? text : '');
    });
    this.places = places;
    this.words = words;
  }

  /** How many places there are. */
  get length(): number {
    return this.places.length;
  }

  at(place: number): Token | undefined {
    const index = this.places[place];
    return index === undefined ? undefined : this.tokens[index];
  }

  /** The token as a keyword: an unquoted word in capitals, an operator as it is, nothing else. */
  word(place: number): string {
    return this.words[place] ?? '';
  }

  /** Whether these words stand at the place, one after the other; `|` separates alternatives. */
  is(place: number, ...words: readonly string[]): boolean {
    return words.every((word, index) => {
      const found = this.word(place + index);
      return found !== '' && (found === word || word.split('|').includes(found));
    });
  }

  /** The first place of the words from `start` on, at the same depth of parentheses; -1 when they are not there. */
  find(start: number, ...words: readonly string[]): number {
    for (let place = start; place < this.length; place += 1) {
      if (this.is(place, ...words)) return place;
      if (this.word(place) === '(') place = this.closing(place);
      else if (this.word(place) === ')') return -1;
    }
    return -1;
  }

  /** The place of the parenthesis that closes the one at `open`; the end when none does. */
  closing(open: number): number {
    let depth = 0;
    for (let place = open; place < this.length; place += 1) {
      if (this.word(place) === '(') depth += 1;
      else if (this.word(place) === ')') depth -= 1;
      if (depth === 0) return place;
    }
    return this.length;
  }

  /** The places between two parentheses, cut at the commas: pairs of first and past-the-last. */
  items(open: number): (readonly [number, number])[] {
    const end = this.closing(open);
    const items: (readonly [number, number])[] = [];
    let first = open + 1;
    for (let place = open + 1; place < end; place += 1) {
      if (this.word(place) === '(') place = this.closing(place);
      else if (this.word(place) === ',') {
        items.push([first, place]);
        first = place + 1;
      }
    }
    if (first < end) items.push([first, end]);
    return items;
  }

  /** The place of the parenthesis that opens what is closed at `close`; -1 when none does. */
  opening(close: number): number {
    let depth = 0;
    for (let place = close; place >= 0; place -= 1) {
      if (this.word(place) === ')') depth += 1;
      else if (this.word(place) === '(') depth -= 1;
      if (depth === 0) return place;
    }
    return -1;
  }

  /** The place of the CASE that the END at `end` closes; `end` when none does. */
  caseOf(end: number): number {
    let depth = 0;
    for (let place = end; place >= 0; place -= 1) {
      if (this.word(place) === 'END') depth += 1;
      else if (this.word(place) === 'CASE') depth -= 1;
      if (depth === 0) return place;
    }
    return end;
  }

  replace(place: number, text: string): void {
    const index = this.places[place];
    if (index !== undefined) this.texts[index] = text;
  }

  /** Put a text in front of what the place is now, or will be. */
  putBefore(place: number, text: string): void {
    const index = this.places[place];
    if (index !== undefined) this.fronts.set(index, text + (this.fronts.get(index) ?? ''));
  }

  /** Put a text behind what the place is now. */
  putBehind(place: number, text: string): void {
    const index = this.places[place];
    if (index !== undefined) this.texts[index] = `${this.texts[index] ?? ''}${text}`;
  }

  /** Take out the tokens of the places `from` to just before `to`, and what was put in front of them. */
  remove(from: number, to: number): void {
    for (let place = from; place < to; place += 1) {
      this.replace(place, '');
      this.fronts.delete(this.places[place] ?? -1);
    }
  }

  /** Put one text in the stead of the places `from` to just before `to`. */
  substitute(from: number, to: number, text: string): void {
    this.replace(from, text);
    this.remove(from + 1, to);
  }

  /** What the places `from` to just before `to` are now. */
  text(from: number, to: number): string {
    const first = this.places[from] ?? this.tokens.length;
    const last = to > from ? (this.places[to - 1] ?? this.tokens.length) : first - 1;
    return this.join(first, last + 1);
  }

  /** The same without comments: it may be put into a line with more behind it. */
  code(from: number, to: number): string {
    const first = this.places[from] ?? this.tokens.length;
    const last = to > from ? (this.places[to - 1] ?? this.tokens.length) : first - 1;
    return this.join(first, last + 1, ({ kind }) => kind !== 'comment').trim();
  }

  private join(from: number, to: number, isWanted: (token: Token) => boolean = () => true): string {
    let text = '';
    for (let index = from; index < to; index += 1) {
      const token = this.tokens[index];
      text += (this.fronts.get(index) ?? '') + (token !== undefined && isWanted(token) ? (this.texts[index] ?? '') : ' ');
    }
    return text;
  }

  /** A name of one or more parts, such as `intake.landing`: its end. */
  nameEnd(place: number): number {
    return this.word(place + 1) === '.' ? this.nameEnd(place + 2) : place + 1;
  }

  toString(): string {
    return this.join(0, this.tokens.length);
  }
}
