import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BatchExecuteStatementCommand, RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { untilFinished, WarehouseStatementError } from '../../ingest/arrival/warehouse-statement.ts';
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
    const begun = await dataApi.send(new BatchExecuteStatementCommand({ WorkgroupName, Database, Sqls }));
    await untilFinished(dataApi, begun, 'a batch');
    return { status: 'FINISHED', error: '' };
  } catch (error) {
    if (!(error instanceof WarehouseStatementError)) throw error;
    return { status: 'FAILED', error: error.reason };
  } finally {
    dataApi.destroy();
  }
}
