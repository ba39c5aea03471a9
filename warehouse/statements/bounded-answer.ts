import { MAX_ROWS } from './sales-question.ts';

/** A column of an answer. */
export interface AnswerColumn {
  readonly name: string;
  readonly type: string;
  /** As SQL; `NULL` where the answer has nothing there. */
  readonly value: string;
}

/** What an answer consists of. */
export interface AnswerParts {
  readonly columns: readonly AnswerColumn[];
  /** Tables of the rows, as SQL, `mart.freshness f` not among them. */
  readonly from: string;
  /** What in `mart.freshness f` says how far the warehouse had been loaded. */
  readonly asOf: string;
  /** Such as `revenue DESC NULLS LAST`. */
  readonly order: readonly string[];
  readonly limit: number;
}

/** So much of an answer fits into what AppSync takes from a data source at once, whatever page of it the Data API gives. @unit bytes */
const MOST_BYTES = 900_000;
/** What the Data API says of the columns of an answer. @unit bytes */
const HEADING_BYTES = 10_000;

/** What a value needs as JSON, `{"stringValue":""},` included; of a text, its letters aside. @unit bytes */
const WIDTHS: Readonly<Record<string, number>> = {
  SMALLINT: 24,
  INTEGER: 30,
  BIGINT: 40,
  DATE: 32,
  BOOLEAN: 26,
  'DOUBLE PRECISION': 46,
  'DECIMAL(19,3)': 46,
};
const TEXT_WIDTH = 22;
/** How many letters of one byte a text may have. */
const LETTERS: Readonly<Record<string, number>> = {
  'VARCHAR(7)': 7,
  'VARCHAR(8)': 8,
  'VARCHAR(32)': 32,
  'VARCHAR(160)': 160,
  'VARCHAR(240)': 240,
  'VARCHAR(800)': 800,
};
const NULL_WIDTH = 16;
/** What `as_of` needs, and the brackets of a row. @unit bytes */
const ROW_WIDTH = 52;
/** A letter of one byte may be written with three, such as a quotation mark behind a backslash. */
const ESCAPED = 3;

function widthOf(column: AnswerColumn): number {
  if (column.value === 'NULL') return NULL_WIDTH;
  return WIDTHS[column.type] ?? TEXT_WIDTH;
}

/**
 * The statement of an answer that has a last row of its own, empty but for `as_of`: it tells how far the warehouse had been loaded where
 * there is no other, and where it is missing, there is more. So no outer join without a condition is needed, which no document of Redshift
 * speaks of.
 *
 * What is more than AppSync takes at once is left out from its end, so that it counts as more.
 */
export function boundedAnswer({ columns, from, asOf, order, limit }: AnswerParts): string {
  const asOfColumn = `CAST(${asOf} AS TIMESTAMP) AS as_of`;
  const rows = columns.map(({ name, type, value }) => `CAST(${value} AS ${type}) AS ${name}`).join(', ');
  const nothing = columns.map(({ name, type }) => `CAST(NULL AS ${type}) AS ${name}`).join(', ');
  const whole = `FROM (
SELECT ${rows}, ${asOfColumn}, 0 AS is_end
FROM mart.freshness f CROSS JOIN ${from}
UNION ALL
SELECT ${nothing}, ${asOfColumn}, 1 AS is_end
FROM mart.freshness f
) u
ORDER BY ${orderOf('u', order)}
LIMIT ${limit + 1}`;
  const width = columns.reduce((sum, column) => sum + widthOf(column), ROW_WIDTH);
  const texts = columns.filter((column) => WIDTHS[column.type] === undefined && column.value !== 'NULL');
  const widest = texts.reduce((sum, column) => sum + ESCAPED * (LETTERS[column.type] ?? 0), width);
  // Nobody fetches more rows in one go.
  const fits = limit > MAX_ROWS || widest * (limit + 1) + HEADING_BYTES <= MOST_BYTES;
  if (fits) return `SELECT ${selected('u', columns)}\n${whole}`;
  const letters = texts.map(({ name }) => ` + ${ESCAPED} * OCTET_LENGTH(COALESCE(b.${name}, ''))`).join('');
  return `SELECT ${selected('a', columns)}
FROM (
SELECT ${selected('b', columns)}, b.is_end, SUM(${width}${letters}) OVER (ORDER BY ${orderOf('b', order)} ROWS UNBOUNDED PRECEDING) AS bytes
FROM (
SELECT ${selected('u', columns)}, u.is_end
${whole}
) b
) a
WHERE a.bytes <= ${MOST_BYTES - HEADING_BYTES}
ORDER BY ${orderOf('a', order).replace('a.is_end ASC', 'a.bytes ASC')}`;
}

const selected = (table: string, columns: readonly AnswerColumn[]) =>
  columns
    .map(({ name }) => `${table}.${name}`)
    .concat([`${table}.as_of`])
    .join(', ');

const orderOf = (table: string, order: readonly string[]) =>
  ['is_end ASC']
    .concat(order)
    .map((key) => `${table}.${key}`)
    .join(', ');
