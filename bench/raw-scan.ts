import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import type { RowsFile } from './rows.ts';

/** As many as the machine has processors: DuckDB is not to be slow because of us. */
const THREADS = '2';

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** Dates as the two kinds of files write them. */
const SOLD = `COALESCE(try_strptime(InvoiceDate, '%-m/%-d/%Y %-H:%M'), CAST(InvoiceDate AS TIMESTAMP))`;

/** DuckDB in this process, over a table of raw rows in memory: one row for each row of the CSV, its amount computed beforehand. */
export class RawScan {
  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
  ) {}

  /** @param serviceCodes - stock codes that are no products */
  static async open({ path }: RowsFile, rows: number | undefined, serviceCodes: readonly string[]): Promise<RawScan> {
    const instance = await DuckDBInstance.create(':memory:', { threads: THREADS });
    const connection = await instance.connect();
    const load = (encoding: string) =>
      connection.run(`CREATE TABLE fact AS
        SELECT trim(InvoiceNo) AS invoice, trim(StockCode) AS stock, CAST(Quantity AS INTEGER) AS units, ${SOLD} AS sold,
          CAST(Quantity AS BIGINT) * CAST(CAST(UnitPrice AS DECIMAL(12, 3)) * 1000 AS BIGINT) AS amount,
          nullif(regexp_replace(trim(CustomerID), '\\.0+$', ''), '') AS customer, trim(Country) AS country
        FROM (SELECT * FROM read_csv(${quoted(path)}, all_varchar = true, header = true, encoding = '${encoding}')
          ${rows === undefined ? '' : `LIMIT ${String(rows)}`})`);
    await load('utf-8').catch(() => load('latin-1'));
    await connection.run(`CREATE TABLE service AS SELECT unnest([${serviceCodes.map(quoted).join(', ')}]::VARCHAR[]) AS code`);
    return new RawScan(instance, connection);
  }

  /** Until all rows are in this process. @unit milliseconds */
  async time(sql: string): Promise<number> {
    const started = performance.now();
    await this.connection.runAndReadAll(sql);
    return performance.now() - started;
  }

  /** Each row as its values, joined by bars. */
  async rows(sql: string): Promise<string[]> {
    const answer = await this.connection.runAndReadAll(sql);
    return answer.getRowsJson().map((row) => row.map(String).join('|'));
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }
}
