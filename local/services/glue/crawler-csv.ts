import type { ClassifierDefinition } from './definition.ts';
import type { FoundSchema, Sample } from './crawler-schema.ts';
import type { ColumnType } from './crawler-types.ts';
import { mergedType, typeOfText } from './crawler-types.ts';

/** Most records of a file that a crawler reads. @source https://repost.aws/knowledge-center/glue-crawler-detect-schema */
const MAX_RECORDS = 1000;
/** @source Glue developer guide, "Built-in CSV classifier" */
const DELIMITERS = [',', '|', '\t', ';', '\u0001'];
/** Shorter than this is every name in a header but the last. @source as above */
const HEADER_CHARACTERS = 150;

const LAZY = 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe';
const OPEN = 'org.apache.hadoop.hive.serde2.OpenCSVSerde';

/** How CSV is to be read; what is absent is found out. */
export type CsvRules = Partial<Omit<ClassifierDefinition, 'name'>>;

interface Table {
  readonly rows: readonly (readonly string[])[];
  readonly hasQuotes: boolean;
}

/**
 * What a file is, if it is CSV.
 *
 * @param rules - of a custom classifier; undefined: the built-in one's
 * @returns undefined when the classifier does not know the file
 * @source Glue developer guide, "Built-in CSV classifier": two columns and two rows of data at least; a header consists of texts only,
 * unlike the rows below it
 */
export function classifyCsv({ text, isWhole }: Sample, rules?: CsvRules): FoundSchema | undefined {
  const { allowSingleColumn = false } = rules ?? {};
  const quote = rules?.quoteSymbol ?? '"';
  for (const delimiter of rules?.delimiter === undefined ? DELIMITERS : [rules.delimiter]) {
    const table = split(text, isWhole, delimiter, quote);
    const width = table.rows[0]?.length ?? 0;
    const isTable = (width > 1 || allowSingleColumn) && table.rows.every((row) => row.length === width);
    const names = isTable ? namesOf(table.rows, rules ?? {}) : undefined;
    if (names === undefined) continue;
    const data = table.rows.slice(names.hasHeader ? 1 : 0);
    if (rules === undefined && data.length < 2) continue;
    return {
      classification: 'csv',
      columns: names.columns.map((name, index) => ({ name, type: columnType(data, index, rules) ?? 'string' })),
      records: data.length,
      ...formatOf(table, { delimiter, quote, hasHeader: names.hasHeader, rules }),
    };
  }
  return undefined;
}

function formatOf(
  { hasQuotes }: Table,
  {
    delimiter,
    quote,
    hasHeader,
    rules,
  }: { readonly delimiter: string; readonly quote: string; readonly hasHeader: boolean; readonly rules?: CsvRules | undefined },
) {
  // Only who says that there are quotes gets a SerDe that reads them.
  const isAsked = rules?.serde === 'OpenCSVSerDe' || (rules?.serde ?? 'None') === 'None';
  const isOpen = rules?.serde === 'OpenCSVSerDe' || (rules?.quoteSymbol !== undefined && hasQuotes && isAsked);
  return {
    serde: isOpen
      ? { SerializationLibrary: OPEN, Parameters: { quoteChar: quote, separatorChar: delimiter } }
      : { SerializationLibrary: LAZY, Parameters: { 'field.delim': delimiter } },
    parameters: {
      areColumnsQuoted: String(isOpen),
      columnsOrdered: 'true',
      delimiter,
      ...(hasHeader && { 'skip.header.line.count': '1' }),
      ...((rules?.serde ?? 'None') !== 'None' && { customSerde: rules?.serde ?? '' }),
    },
  };
}

function columnType(rows: Table['rows'], index: number, rules: CsvRules = {}): ColumnType | undefined {
  const trim = rules.disableValueTrimming === true ? (text: string) => text : (text: string) => text.trim();
  return mergedType(rows.map((row) => typeOfText(trim(row[index] ?? ''))));
}

/** @returns undefined when the names do not fit the file */
function namesOf(
  rows: Table['rows'],
  { containsHeader = 'UNKNOWN', header = [], ...rules }: CsvRules,
): { readonly columns: readonly string[]; readonly hasHeader: boolean } | undefined {
  const [first = []] = rows;
  if (header.length > 0 && header.length !== first.length) return undefined;
  const isSame = header.length > 0 && header.every((name, index) => name.toLowerCase() === first[index]?.trim().toLowerCase());
  const hasHeader = containsHeader === 'PRESENT' || (containsHeader === 'UNKNOWN' && (isSame || looksLikeHeader(rows, rules)));
  const written = header.length > 0 ? header : hasHeader ? first : first.map((_, index) => `col${String(index)}`);
  return { columns: written.map((name) => name.trim().toLowerCase()), hasHeader };
}

function looksLikeHeader([first = [], ...data]: Table['rows'], rules: CsvRules): boolean {
  const names = first.map((name) => name.trim().toLowerCase());
  const areTexts = names.every((name, index) => (index === names.length - 1 && name === '') || typeOfText(name) === 'string');
  const areShort = names.slice(0, -1).every((name) => name.length < HEADER_CHARACTERS);
  const isUnlike = names.some((_, index) => (columnType(data, index, rules) ?? 'string') !== 'string');
  return areTexts && areShort && isUnlike && new Set(names).size === names.length;
}

/** Records with values in quotes, which may hold delimiters, newlines and doubled quotes. A record that is cut off is left out. */
function split(text: string, isWhole: boolean, delimiter: string, quote: string): Table {
  const rows: string[][] = [];
  let [row, value, isQuoted, hasQuotes] = [[] as string[], '', false, false];
  const endValue = (): void => {
    row.push(value);
    value = '';
  };
  const endRow = (): void => {
    endValue();
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  };
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  for (; at < text.length && rows.length <= MAX_RECORDS; at += 1) {
    const character = text.charAt(at);
    if (isQuoted) {
      if (character !== quote) value += character;
      else if (text.charAt(at + 1) === quote) {
        value += quote;
        at += 1;
      } else isQuoted = false;
    } else if (character === quote && value === '') [isQuoted, hasQuotes] = [true, true];
    else if (character === delimiter) endValue();
    else if (character === '\n') endRow();
    else if (character !== '\r' || text.charAt(at + 1) !== '\n') value += character;
  }
  if (isWhole && at >= text.length && (value !== '' || row.length > 0)) endRow();
  return { rows, hasQuotes };
}
