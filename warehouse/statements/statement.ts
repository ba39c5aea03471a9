// Resolvers bundle the files of this folder: only what APPSYNC_JS knows. Every text here is a constant or is put together from
// constants; what a caller wrote travels as the value of a parameter.

/** Where an answer of the warehouse is computed: from finished rollups, from invoices, or from lines. */
export type StatementSource = 'ROLLUP' | 'FACT' | 'RAW';

/** A `:name` of a statement and its value. The Data API takes texts alone, and neither NULL nor an empty text. */
export interface Parameter {
  readonly name: string;
  readonly value: string;
}

/** One SELECT for the Redshift Data API. */
export interface Statement {
  /** For those who look at the warehouse's log. */
  readonly name: string;
  readonly sql: string;
  readonly parameters: readonly Parameter[];
  readonly source: StatementSource;
}

/** One value of a row as the Data API carries it. @source Redshift Data API reference, Field */
export interface Field {
  readonly stringValue?: string;
  readonly longValue?: number;
  readonly doubleValue?: number;
  readonly booleanValue?: boolean;
  readonly isNull?: boolean;
}

/** A row as the Data API carries it, in the order of the statement's columns. */
export type FieldRow = readonly Field[];

/**
 * The rows of an answer: the first `limit`, as the API returns them.
 *
 * @remarks `asOf` is how far the warehouse had been loaded, as AWSDateTime; null before the first load.
 */
export interface Answer<Row> {
  readonly asOf: string | null;
  readonly rows: Row[];
  readonly hasMore: boolean;
}

/** A TIMESTAMP as the Data API writes it, `2026-11-22 10:11:12.123456` or without a fraction, as AWSDateTime. */
export function toDateTime(field: Field | undefined): string | null {
  const text = field?.stringValue;
  if (text === undefined) return null;
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${`${text.slice(20)}000`.slice(0, 3)}Z`;
}
