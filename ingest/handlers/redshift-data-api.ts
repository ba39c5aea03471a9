import {
  BatchExecuteStatementCommand,
  DescribeStatementCommand,
  GetStatementResultCommand,
  type BatchExecuteStatementCommandInput,
  type RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import type { FieldRow } from '../../warehouse/statements/statement.ts';
import type { BatchProgress, DataApi } from '../warehouse/data-api.ts';

/** Where statements run, and as whom: without a secret as the function's own role. */
export interface WarehousePlace {
  readonly workgroup: string;
  readonly database: string;
  readonly secretArn?: string;
}

/** The Redshift Data API. Results are the caller's to fetch within 24 hours. */
export function redshiftDataApi(client: Pick<RedshiftDataClient, 'send'>, place: WarehousePlace): DataApi {
  const target = {
    WorkgroupName: place.workgroup,
    Database: place.database,
    ...(place.secretArn === undefined ? {} : { SecretArn: place.secretArn }),
  };
  return {
    async start({ name, statements, parameters = [] }, token, waitSeconds) {
      const input: BatchExecuteStatementCommandInput = {
        ...target,
        StatementName: name,
        Sqls: [...statements],
        ...(parameters.length === 0 ? {} : { Parameters: [...parameters] }),
        ExecutionMode: 'TRANSACTION',
        ClientToken: token,
        WaitTimeSeconds: waitSeconds,
      };
      const { Id = '', Status = 'SUBMITTED' } = await client.send(new BatchExecuteStatementCommand(input));
      return { id: Id, status: Status };
    },

    async look(id, waitSeconds) {
      const answer = await client.send(new DescribeStatementCommand({ Id: id, WaitTimeSeconds: waitSeconds }));
      const status = (answer.Status ?? 'STARTED') as BatchProgress['status'];
      if (status !== 'FAILED' && status !== 'ABORTED') return { id, status };
      const place = (answer.SubStatements ?? []).findIndex((one) => one.Status === 'FAILED');
      const said = answer.Error ?? answer.SubStatements?.[place]?.Error ?? `it was ${status.toLowerCase()}`;
      return { id, status, error: place < 0 ? said : `statement ${String(place + 1)}: ${said}` };
    },

    async rows(id, statement) {
      const rows: FieldRow[] = [];
      let NextToken: string | undefined;
      do {
        const answer = await client.send(
          new GetStatementResultCommand({
            Id: `${id}:${String(statement + 1)}`,
            ...(NextToken === undefined ? {} : { NextToken }),
          }),
        );
        rows.push(...((answer.Records ?? []) as FieldRow[]));
        NextToken = answer.NextToken;
      } while (NextToken !== undefined && NextToken !== '');
      return rows;
    },
  };
}
