import { setImmediate as breathe } from 'node:timers/promises';
import type { ResultColumn, StatementOutcome } from '../redshift/service.ts';

export type ResultFormat = 'JSON' | 'CSV';

/**
 * A result as it is kept until it is fetched: encoded once, outside the heap.
 *
 * @remarks Every page is what stands between the brackets of `Records` in an answer.
 */
export interface EncodedResult {
  readonly format: ResultFormat;
  /** JSON of `ColumnMetadata`. */
  readonly columnMetadata: string;
  readonly pages: readonly Buffer[];
  readonly rowCount: number;
  /** What DescribeStatement shows as `ResultSize`: names and values, each with a separator behind it. @unit bytes */
  readonly size: number;
  /** What it costs to keep it. @unit bytes */
  readonly keptBytes: number;
}

/** Row and result were too large for the Data API; the text is what DescribeStatement shows as `Error`. */
export class ResultTooLargeError extends Error {
  override readonly name = 'ResultTooLargeError';
}

/** @unit bytes @source Redshift Management Guide, "Troubleshooting issues for Amazon Redshift Data API" */
export interface ResultLimits {
  readonly rowBytes: number;
  readonly resultBytes: number;
}
export const RESULT_LIMITS: ResultLimits = { rowBytes: 64 * 1024, resultBytes: 500 * 1024 * 1024 };

/** How much of `Records` one answer holds, unless one row alone is more. AWS does not say; AppSync takes answers up to 1 MB. @unit bytes */
const PAGE_BYTES = 1_000_000;

/** Encode the rows of a statement that has a result set. @throws ResultTooLargeError */
export async function encodeResult(
  columns: readonly ResultColumn[],
  rows: StatementOutcome['rows'],
  format: ResultFormat,
  limits: ResultLimits,
): Promise<EncodedResult> {
  const encodeRow = format === 'JSON' ? jsonRow(columns) : csvRow(columns);
  const heading = format === 'JSON' ? '' : csvLine(columns.map(({ name }) => name));
  const toPage = format === 'JSON' ? jsonPage : csvPage;
  const pages: Buffer[] = [];
  let size = columns.reduce((sum, { name }) => sum + Buffer.byteLength(name) + 1, 0);
  let texts: string[] = heading === '' ? [] : [heading];
  let bytes = Buffer.byteLength(heading);
  for (const row of rows) {
    const rowSize = sizeOf(row);
    if (rowSize > limits.rowBytes)
      throw new ResultTooLargeError(`Packet for query is too large (${String(rowSize)} > ${String(limits.rowBytes)}).`);
    size += rowSize + row.length;
    if (size > limits.resultBytes)
      throw new ResultTooLargeError(`Database response exceeded size limit (${String(limits.resultBytes)} bytes).`);
    const text = encodeRow(row);
    const textBytes = Buffer.byteLength(text) + 1;
    if (bytes + textBytes > PAGE_BYTES && texts.length > 0) {
      pages.push(toPage(texts));
      await breathe(); // a large result must not hold up the process
      texts = [];
      bytes = 0;
    }
    texts.push(text);
    bytes += textBytes;
  }
  if (texts.length > 0 || pages.length === 0) pages.push(toPage(texts));
  const columnMetadata = JSON.stringify(columns.map(describeColumn));
  const keptBytes = pages.reduce((sum, page) => sum + page.length, columnMetadata.length);
  return { format, columnMetadata, pages, rowCount: rows.length, size, keptBytes };
}

/** The answer of GetStatementResult or GetStatementResultV2. */
export function resultAnswer(result: EncodedResult, page: number, nextToken: string | undefined): Buffer {
  const format = result.format === 'CSV' ? ',"ResultFormat":"CSV"' : '';
  const next = nextToken === undefined ? '' : `,"NextToken":${JSON.stringify(nextToken)}`;
  return Buffer.concat([
    Buffer.from(`{"ColumnMetadata":${result.columnMetadata},"Records":[`),
    result.pages[page] ?? Buffer.alloc(0),
    Buffer.from(`],"TotalNumRows":${String(result.rowCount)}${format}${next}}`),
  ]);
}

function sizeOf(row: readonly (string | null)[]): number {
  let size = 0;
  for (const value of row) if (value !== null) size += Buffer.byteLength(value);
  return size;
}

const jsonPage = (rows: readonly string[]) => Buffer.from(rows.join(','));
const csvPage = (lines: readonly string[]) => Buffer.from(`{"CSVRecords":${JSON.stringify(lines.join(''))}}`);

type EncodeRow = (row: readonly (string | null)[]) => string;

// Redshift Management Guide, "Mapping JDBC data types when calling the Amazon Redshift Data API". Numbers are copied digit by
// digit: a BIGINT beyond 2^53 is right on the wire, whatever the caller makes of it.
const FIELDS: Readonly<Record<string, (text: string) => string>> = {
  int2: (text) => `{"longValue":${text}}`,
  int4: (text) => `{"longValue":${text}}`,
  int8: (text) => `{"longValue":${text}}`,
  oid: (text) => `{"longValue":${text}}`,
  float4: (text) => `{"doubleValue":${doubleOf(text)}}`,
  float8: (text) => `{"doubleValue":${doubleOf(text)}}`,
  bool: (text) => `{"booleanValue":${String(isTrue(text))}}`,
  timestamp: (text) => `{"stringValue":${JSON.stringify(timestampOf(text))}}`,
};
const textField = (text: string) => `{"stringValue":${JSON.stringify(text)}}`;

function jsonRow(columns: readonly ResultColumn[]): EncodeRow {
  const encoders = columns.map(({ typeName }) => FIELDS[typeName] ?? textField);
  return (row) => {
    let json = '';
    for (const [index, encode] of encoders.entries()) {
      const value = row[index] ?? null;
      json += `${index === 0 ? '' : ','}${value === null ? '{"isNull":true}' : encode(value)}`;
    }
    return `[${json}]`;
  };
}

function csvRow(columns: readonly ResultColumn[]): EncodeRow {
  return (row) =>
    csvLine(
      row.map((value, index) => {
        if (value === null) return '';
        const type = columns[index]?.typeName;
        if (type === 'bool') return String(isTrue(value));
        return type === 'timestamp' ? timestampOf(value) : value;
      }),
    );
}

const csvLine = (values: readonly string[]) =>
  `${values.map((value) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)).join(',')}\r\n`;

const isTrue = (text: string) => text === 't' || text === 'true';
const doubleOf = (text: string) => (/^-?\d/.test(text) ? text : JSON.stringify(text));

/** `2022-02-22 00:00:00.0`, as the guide's example shows it: JDBC writes a fraction always. */
const timestampOf = (text: string) => (text.includes('.') || !text.includes(':') ? text : `${text}.0`);

const NUMBERS = new Set(['int2', 'int4', 'int8', 'oid', 'float4', 'float8', 'numeric']);
const TEXT_TYPES = new Set(['varchar', 'bpchar', 'char']);

/** One entry of `ColumnMetadata`. */
function describeColumn(column: ResultColumn) {
  const { name, typeName } = column;
  const kind = { isCaseSensitive: TEXT_TYPES.has(typeName), isCurrency: false, isSigned: NUMBERS.has(typeName) };
  return { ...kind, label: name, ...column };
}
