import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { selectRows } from '../../ingest/arrival/warehouse-statement.ts';
import type { SalesQuestion } from '../../warehouse/statements/sales-question.ts';
import type { Statement } from '../../warehouse/statements/statement.ts';
import type { CsvTruth } from './csv-truth.ts';
import { duckdbDigest, flag, redshiftDigest, text } from './digests.ts';
import { SALES_COLUMNS, salesSql } from './sales-sql.ts';
import type { Stack } from './stack.ts';

const COLUMNS = SALES_COLUMNS.map((column) => (column === 'cancelled' ? flag(column) : text(column)));

/** Of each thousand rows: which thousand, how many rows, and the digest of the rows with their places. */
export type AnswerDigest = readonly (readonly (string | null)[])[];

/** What a question about sales comes to in a CSV file. */
export const truthDigest = (truth: CsvTruth, question: Omit<SalesQuestion, 'limit'>): Promise<AnswerDigest> =>
  truth.rows(`SELECT (place - 1) // 1000 AS thousand, COUNT(*), ${duckdbDigest([...COLUMNS, text('place')])}
    FROM (${salesSql(question)}) GROUP BY thousand ORDER BY thousand`);

/** Asks the statements of the API directly, because one request of the API brings no more than a thousand rows. */
export class StatementDigests {
  private readonly dataApi: RedshiftDataClient;

  constructor(private readonly stack: Stack) {
    const { region, credentials, endpoints } = stack.outputs;
    this.dataApi = new RedshiftDataClient({ region, credentials, endpoint: endpoints['redshift-data'] ?? '' });
  }

  /** What a statement of `sales` answers, in its own order. */
  of({ sql, parameters }: Statement): Promise<AnswerDigest> {
    const { WarehouseWorkgroup: WorkgroupName, WarehouseDatabase: Database } = this.stack.outputs.stack;
    const Sql = `SELECT CAST((place - 1) / 1000 AS INTEGER) AS thousand, COUNT(*), ${redshiftDigest([...COLUMNS, text('place')])}
      FROM (SELECT *, ROW_NUMBER() OVER () AS place FROM (${sql}) AS answer WHERE lines IS NOT NULL) AS numbered GROUP BY 1 ORDER BY 1`;
    const Parameters = parameters.length === 0 ? {} : { Parameters: [...parameters] };
    return selectRows(this.dataApi, { WorkgroupName, Database, Sql, ...Parameters });
  }

  close(): void {
    this.dataApi.destroy();
  }
}
