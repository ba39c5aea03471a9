import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { PAIR_TABLE } from './customer-sql.ts';

/** A row as texts; `null` where there is no value. */
export type TextRow = readonly (string | null)[];

/** What a CSV file comes to, counted by DuckDB over its text with nothing of ours. Money is DECIMAL or whole thousandths. */
export interface CsvTruth {
  /** The rows of a SELECT over the tables `line`, `product` and `pair`, every value as DuckDB prints it. */
  rows(sql: string): Promise<TextRow[]>;
  close(): void;
}

/** Identity as README.md of the data set defines it: identical rows of an invoice are numbered, and interchangeable. */
const IDENTITY = `concat_ws(chr(31), invoice_no, stock_code, coalesce(description, ''), quantity, strftime(ts, '%Y-%m-%dT%H:%M:%S'),
  unit_price, coalesce(customer_id, ''), country)`;

const lineTable = (file: string, rows: number | undefined) => `CREATE TABLE line AS
WITH told AS (
  SELECT trim(InvoiceNo) AS invoice_no, trim(StockCode) AS stock_code, nullif(trim(Description), '') AS description,
    CAST(Quantity AS BIGINT) AS quantity, strptime(InvoiceDate, '%-m/%-d/%Y %-H:%M') AS ts,
    CAST(UnitPrice AS DECIMAL(12, 3)) AS unit_price, nullif(trim(CustomerID), '') AS customer_id, trim(Country) AS country
  FROM read_csv('${file}', all_varchar = true, header = true, delim = ',', quote = '"', encoding = 'latin-1')
  ${rows === undefined ? '' : `LIMIT ${String(rows)}`}
), hashed AS (
  SELECT *, left(sha256(${IDENTITY}), 12) AS hash FROM told
)
SELECT invoice_no || '-' || hash || '-' || row_number() OVER (PARTITION BY invoice_no, hash) AS line_id, * EXCLUDE (hash),
  CAST(quantity * unit_price AS DECIMAL(18, 3)) AS amount, quantity * CAST(unit_price * 1000 AS BIGINT) AS mills, CAST(ts AS DATE) AS day, hour(ts) AS hour, year(ts) AS year,
  year(ts) || '-Q' || quarter(ts) AS quarter, strftime(ts, '%Y-%m') AS month, strftime(ts, '%G-W%V') AS week,
  isodow(ts) AS weekday, starts_with(invoice_no, 'C') AS cancelled,
  NOT (starts_with(invoice_no, 'C') OR starts_with(invoice_no, 'A')) AS sale
FROM hashed`;

/** The latest description of each product that has one. */
const PRODUCT_TABLE = `CREATE TABLE product AS
SELECT stock_code, arg_max(description, (ts, invoice_no, line_id)) FILTER (description IS NOT NULL) AS description FROM line GROUP BY stock_code`;

/**
 * Read a CSV file, plain or gzip, in ISO-8859-1.
 *
 * @param rows - only so many of the first
 */
export async function csvTruth(file: string, rows?: number): Promise<CsvTruth> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const duckdb: DuckDBConnection = await instance.connect();
  await duckdb.run(lineTable(file, rows));
  await duckdb.run(PRODUCT_TABLE);
  await duckdb.run(PAIR_TABLE);
  return {
    async rows(sql) {
      const read = await duckdb.runAndReadAll(`SELECT CAST(COLUMNS(*) AS VARCHAR) FROM (${sql})`);
      return read.getRowsJson() as (string | null)[][];
    },
    close() {
      duckdb.closeSync();
      instance.closeSync();
    },
  };
}
