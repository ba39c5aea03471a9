import type { Token } from './sql-lexer.ts';
import { tokenize } from './sql-lexer.ts';

/**
 * One statement on its way from Redshift's dialect to PostgreSQL's. Places are counted in tokens that mean something;
 * spaces and comments are in between and stay. What is not replaced stays byte for byte.
 */
export class Draft {
  private readonly tokens: readonly Token[];
  private readonly texts: string[];
  /** For each place, the token there. */
  private readonly places: readonly number[];
  /** For each place, the keyword there. */
  private readonly words: readonly string[];

  constructor(readonly source: string) {
    this.tokens = tokenize(source);
    this.texts = this.tokens.map(({ text }) => text);
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

  replace(place: number, text: string): void {
    const index = this.places[place];
    if (index !== undefined) this.texts[index] = text;
  }

  /** Take out the tokens of the places `from` to just before `to`. */
  remove(from: number, to: number): void {
    for (let place = from; place < to; place += 1) this.replace(place, '');
  }

  /** What the places `from` to just before `to` are now. */
  text(from: number, to: number): string {
    const first = this.places[from] ?? this.tokens.length;
    const last = to > from ? (this.places[to - 1] ?? this.tokens.length) : first - 1;
    return this.texts.slice(first, last + 1).join('');
  }

  /** A name of one or more parts, such as `intake.landing`: its end. */
  nameEnd(place: number): number {
    return this.word(place + 1) === '.' ? this.nameEnd(place + 2) : place + 1;
  }

  toString(): string {
    return this.texts.join('');
  }
}
