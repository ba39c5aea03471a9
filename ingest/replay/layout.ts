import { readFileSync } from 'node:fs';
import { DELIMITER_WORDS, FIELD_OF_COLUMN, plainName, type ColumnNames, type Columns, type Delimiter } from './columns.ts';
import { DATE_ORDERS, type DateOrder } from './invoice-dates.ts';

/** How a file is written, as far as a person says so; all else is as the published data set has it, or as the file shows. */
export interface FileLayout {
  /** The names of columns in the header, by the field they hold. @default ours */
  readonly columns?: ColumnNames;
  /** @default as the header shows */
  readonly delimiter?: Delimiter;
  /** What separates pence from pounds. @default . */
  readonly decimal?: '.' | ',';
  /** @default as the dates of the file show */
  readonly dates?: DateOrder;
}

/** A layout cannot be understood. */
export class LayoutError extends Error {
  override readonly name = 'LayoutError';
  readonly code = 'LAYOUT';
}

const DECIMAL_WORDS: Readonly<Record<string, '.' | ','>> = { point: '.', comma: ',', '.': '.', ',': ',' };

/** The flags that a layout is given by, for `parseArgs`. */
export const LAYOUT_FLAGS = {
  map: { type: 'string', multiple: true },
  'date-format': { type: 'string' },
  delimiter: { type: 'string' },
  decimal: { type: 'string' },
  layout: { type: 'string' },
} as const;

/** Explains them. */
export const LAYOUT_HELP = `  --date-format WORD month-first (12/1/2010), day-first (1/12/2010) or year-first (2010/12/1); unless it is given, the
                     dates of the file show it. Where it is, dots, dashes and years of two digits are read too
  --map THEIRS=OURS  a column of the file and what it is here, such as Rechnung=InvoiceNo; several with commas between
  --delimiter WORD   comma, semicolon, tab or pipe (default: as the header shows)
  --decimal WORD     point (2.55) or comma (2,55) (default point)
  --layout FILE      these four from a JSON file: {"dateFormat": "day-first", "map": {"Rechnung": "InvoiceNo"},
                     "delimiter": "semicolon", "decimal": "comma"}; an option beside it counts more
`;

/** What flags say, and the file that they name. */
export interface GivenLayout {
  readonly map?: readonly string[] | undefined;
  readonly 'date-format'?: string | undefined;
  readonly delimiter?: string | undefined;
  readonly decimal?: string | undefined;
  readonly layout?: string | undefined;
}

/** @throws LayoutError */
export function layoutOf(given: GivenLayout): FileLayout {
  const said: FileLayout = {
    ...(given.map !== undefined && { columns: columnsFrom(given.map.flatMap(pairsOf), '--map') }),
    ...(given['date-format'] !== undefined && { dates: dateOrder(given['date-format'], '--date-format') }),
    ...(given.delimiter !== undefined && { delimiter: delimiter(given.delimiter, '--delimiter') }),
    ...(given.decimal !== undefined && { decimal: decimal(given.decimal, '--decimal') }),
  };
  return given.layout === undefined ? said : { ...layoutFile(given.layout), ...said };
}

/** What a JSON file says. @throws LayoutError */
function layoutFile(path: string): FileLayout {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new LayoutError(`--layout ${path}: the file cannot be read`, { cause });
  }
  return layoutFromJson(text, `--layout ${path}`);
}

/** @param where - what holds the text, for messages @throws LayoutError */
function layoutFromJson(text: string, where: string): FileLayout {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (cause) {
    throw new LayoutError(`${where}: write JSON such as {"dateFormat": "day-first"}`, { cause });
  }
  if (!isRecord(json)) throw new LayoutError(`${where}: write an object such as {"dateFormat": "day-first"}`);
  let layout: FileLayout = {};
  for (const [name, value] of Object.entries(json)) {
    if (name === 'map') {
      if (!isRecord(value)) throw new LayoutError(`${where}: map is an object such as {"Rechnung": "InvoiceNo"}`);
      layout = { ...layout, columns: columnsFrom(Object.entries(value), `${where}: map`) };
    } else if (name === 'dateFormat') layout = { ...layout, dates: dateOrder(value, `${where}: dateFormat`) };
    else if (name === 'delimiter') layout = { ...layout, delimiter: delimiter(value, `${where}: delimiter`) };
    else if (name === 'decimal') layout = { ...layout, decimal: decimal(value, `${where}: decimal`) };
    else throw new LayoutError(`${where}: "${name}" is none of map, dateFormat, delimiter, decimal`);
  }
  return layout;
}

/** The same as JSON, in one spelling: what travels beside a file. `{}` when nothing is said. */
export function layoutAsJson({ columns, delimiter: separator, decimal: point, dates }: FileLayout): string {
  const map = Object.entries(columns ?? {}).map(([field, theirs]) => [theirs, OURS[field as keyof Columns]] as const);
  return JSON.stringify({
    ...(map.length > 0 && { map: Object.fromEntries(map.sort(([one], [other]) => (one < other ? -1 : 1))) }),
    ...(dates !== undefined && { dateFormat: dates }),
    ...(separator !== undefined && { delimiter: WORD_OF_DELIMITER[separator] }),
    ...(point === ',' && { decimal: 'comma' }),
  });
}

const OURS = Object.fromEntries(Object.entries(FIELD_OF_COLUMN).map(([ours, field]) => [field, ours])) as Record<
  keyof Columns,
  string
>;
const WORD_OF_DELIMITER: Readonly<Record<Delimiter, string>> = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'pipe' };

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function pairsOf(text: string): [string, string][] {
  return text.split(',').map((pair) => {
    const at = pair.lastIndexOf('=');
    if (at < 1) throw new LayoutError(`--map takes THEIRS=OURS, such as Rechnung=InvoiceNo: got "${pair}"`);
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
}

function columnsFrom(pairs: readonly (readonly [string, unknown])[], where: string): ColumnNames {
  const columns: Partial<Record<keyof Columns, string>> = {};
  for (const [theirs, ours] of pairs) {
    const field = typeof ours === 'string' ? fieldNamed(ours) : undefined;
    if (field === undefined)
      throw new LayoutError(`${where}: ${shown(ours)} is none of our columns: ${Object.keys(FIELD_OF_COLUMN).join(', ')}`);
    if (plainName(theirs) === '') throw new LayoutError(`${where}: name the column of the file that is ${shown(ours)}`);
    const other = columns[field];
    if (other !== undefined) throw new LayoutError(`${where}: both "${other}" and "${theirs}" are to be ${shown(ours)}`);
    const twice = Object.values(columns).some((name) => plainName(name) === plainName(theirs));
    if (twice) throw new LayoutError(`${where}: "${theirs}" is to be two columns`);
    columns[field] = theirs.trim();
  }
  return columns;
}

const fieldNamed = (ours: string): keyof Columns | undefined =>
  Object.entries(FIELD_OF_COLUMN).find(([name]) => plainName(name) === plainName(ours))?.[1];

function dateOrder(word: unknown, where: string): DateOrder {
  const order = DATE_ORDERS.find((one) => one === word);
  if (order === undefined) throw new LayoutError(`${where} is ${DATE_ORDERS.join(', ')}: got ${shown(word)}`);
  return order;
}

function delimiter(word: unknown, where: string): Delimiter {
  const found = typeof word === 'string' && Object.hasOwn(DELIMITER_WORDS, word) ? DELIMITER_WORDS[word] : undefined;
  if (found === undefined) throw new LayoutError(`${where} is comma, semicolon, tab or pipe: got ${shown(word)}`);
  return found;
}

function decimal(word: unknown, where: string): '.' | ',' {
  const found = typeof word === 'string' && Object.hasOwn(DECIMAL_WORDS, word) ? DECIMAL_WORDS[word] : undefined;
  if (found === undefined) throw new LayoutError(`${where} is point or comma: got ${shown(word)}`);
  return found;
}

const shown = (value: unknown) => JSON.stringify(value);
