import {
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
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
  async of({ name, sql, parameters }: Statement): Promise<AnswerDigest> {
    const { WarehouseWorkgroup: WorkgroupName, WarehouseDatabase: Database } = this.stack.outputs.stack;
    const Sql = `SELECT CAST((place - 1) / 1000 AS INTEGER) AS thousand, COUNT(*), ${redshiftDigest([...COLUMNS, text('place')])}
      FROM (SELECT *, ROW_NUMBER() OVER () AS place FROM (${sql}) AS answer WHERE lines IS NOT NULL) AS numbered GROUP BY 1 ORDER BY 1`;
    const Parameters = parameters.length === 0 ? {} : { Parameters: [...parameters] };
    const command = new ExecuteStatementCommand({ WorkgroupName, Database, Sql, ...Parameters, WaitTimeSeconds: 30 });
    const { Id, ...first } = await this.dataApi.send(command);
    let state: { Status?: string | undefined; Error?: string | undefined } = first;
    while (state.Status !== 'FINISHED') {
      if (state.Status === 'FAILED' || state.Status === 'ABORTED') throw new Error(`${name}: ${state.Error ?? state.Status}`);
      state = await this.dataApi.send(new DescribeStatementCommand({ Id, WaitTimeSeconds: 30 }));
    }
    const { Records = [] } = await this.dataApi.send(new GetStatementResultCommand({ Id }));
    return Records.map((fields) => fields.map(({ stringValue, longValue }) => stringValue ?? String(longValue)));
  }

  close(): void {
    this.dataApi.destroy();
  }
}
