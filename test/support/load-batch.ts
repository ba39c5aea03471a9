import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BatchExecuteStatementCommand, DescribeStatementCommand, RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { sqlStatements } from '../../ingest/warehouse/sql-statements.ts';
import type { Stack } from './stack.ts';

const folder = join(import.meta.dirname, '..', '..', 'warehouse', 'load');

/** The statements of a load, in their order. */
export const LOAD = readdirSync(folder)
  .filter((name) => name.endsWith('.sql'))
  .sort()
  .flatMap((name) => sqlStatements(readFileSync(join(folder, name), 'utf8')));

/** Run a batch through the Data API, as the administrator. @returns how it ended, and the database's words if it failed */
export async function runBatch({ outputs }: Stack, Sqls: string[]): Promise<{ status: string; error: string }> {
  const { region, credentials, endpoints, stack } = outputs;
  const dataApi = new RedshiftDataClient({ region, credentials, endpoint: endpoints['redshift-data'] ?? '' });
  const { WarehouseWorkgroup: WorkgroupName, WarehouseDatabase: Database } = stack;
  try {
    const { Id } = await dataApi.send(new BatchExecuteStatementCommand({ WorkgroupName, Database, Sqls }));
    for (;;) {
      const { Status = '', Error = '' } = await dataApi.send(new DescribeStatementCommand({ Id, WaitTimeSeconds: 30 }));
      if (['FINISHED', 'FAILED', 'ABORTED'].includes(Status)) return { status: Status, error: Error };
    }
  } finally {
    dataApi.destroy();
  }
}
