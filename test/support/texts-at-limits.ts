import table from './texts-at-limits.json' with { type: 'json' };

/** A text as long as its field allows, or one character off. */
export interface TextAtLimit {
  readonly field: 'stockCode' | 'description' | 'country';
  readonly repeated: string;
  readonly text: string;
  /** Code points. */
  readonly characters: number;
  readonly limit: number;
}

/** So many code points of a text. */
export const beginning = (text: string, characters: number) => Array.from(text).slice(0, characters).join('');

/** Characters of one UTF-16 unit and of two, of one byte to four, and what looks like one and is several. Python reads them too. */
export const TEXTS_AT_LIMITS: readonly TextAtLimit[] = Object.entries(table.limits).flatMap(([field, limit]) =>
  table.repeated.flatMap((repeated) =>
    [limit - 1, limit, limit + 1].map((characters) => ({
      field: field as TextAtLimit['field'],
      repeated,
      text: beginning(repeated.repeat(characters), characters),
      characters,
      limit,
    })),
  ),
);
