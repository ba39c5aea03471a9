import {
  DescribeStatementCommand,
  type DescribeStatementCommandOutput,
  ExecuteStatementCommand,
  type ExecuteStatementCommandInput,
  paginateGetStatementResult,
  type RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';

/** How long one call waits for a statement: the most that the Data API takes. @unit seconds */
export const WAIT_TIME = 30;
/** Statuses of a statement that has not ended. */
const UNDER_WAY: readonly (string | undefined)[] = ['SUBMITTED', 'PICKED', 'STARTED'];

/** A statement that the warehouse did not answer. */
export class WarehouseStatementError extends Error {
  override readonly name = 'WarehouseStatementError';
  readonly code = 'WAREHOUSE_STATEMENT';

  constructor(
    readonly sql: string,
    readonly reason: string,
  ) {
    super(`the warehouse does not answer ${JSON.stringify(sql)}: ${reason}`);
  }
}

/** One SELECT through the Data API, however long it takes. @throws WarehouseStatementError */
export async function selectRows(
  client: RedshiftDataClient,
  statement: ExecuteStatementCommandInput & { readonly Sql: string },
): Promise<(string | null)[][]> {
  const begun = await client.send(new ExecuteStatementCommand({ ...statement, WaitTimeSeconds: WAIT_TIME }));
  await untilFinished(client, begun, statement.Sql);
  const rows: (string | null)[][] = [];
  for await (const { Records = [] } of paginateGetStatementResult({ client }, { Id: begun.Id }))
    for (const fields of Records)
      rows.push(
        fields.map(({ stringValue, longValue, doubleValue, booleanValue }) => {
          const value = stringValue ?? longValue ?? doubleValue ?? booleanValue;
          return value === undefined ? null : String(value);
        }),
      );
  return rows;
}

/** What the Data API says of a statement or a batch. */
type StatementState = Partial<Pick<DescribeStatementCommandOutput, 'Id' | 'Status' | 'Error'>>;

/**
 * Wait until a statement or a batch has ended, however long it takes.
 *
 * @param begun - what the call that began it answered
 * @throws WarehouseStatementError when it failed or was cancelled, with the warehouse's own words
 */
export async function untilFinished(client: RedshiftDataClient, begun: StatementState, sql: string): Promise<void> {
  let state = begun;
  while (state.Status !== 'FINISHED') {
    state = await client.send(new DescribeStatementCommand({ Id: begun.Id, WaitTimeSeconds: WAIT_TIME }));
    if (state.Status !== 'FINISHED' && !UNDER_WAY.includes(state.Status))
      throw new WarehouseStatementError(sql, state.Error ?? state.Status ?? 'no status');
  }
}
