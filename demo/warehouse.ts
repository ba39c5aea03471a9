import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { deliveries } from '@tillgraph/local-aws';
import { selectRows } from '../ingest/arrival/warehouse-statement.ts';
import type { StoreCounts, StoreAddresses } from './inventory.ts';

/** @unit milliseconds */
const LOOK_AGAIN = 50;

/** Whether the stage that runs has a warehouse. */
export const hasWarehouse = ({ stack }: StoreAddresses): boolean => stack['WarehouseWorkgroup'] !== undefined;

/** The local warehouse, asked by its administrator through the Data API. */
export class WarehouseReader {
  private readonly dataApi: RedshiftDataClient;
  private readonly tables: DynamoDBClient;

  constructor(private readonly addresses: StoreAddresses) {
    const { region, credentials, endpoints } = addresses;
    this.dataApi = new RedshiftDataClient({ region, credentials, endpoint: endpoints['redshift-data'] ?? '' });
    this.tables = new DynamoDBClient({ region, credentials, endpoint: endpoints.dynamodb });
  }

  /** The values of each row as texts; `null` where there is none. @throws WarehouseStatementError */
  async ask(sql: string): Promise<(string | null)[][]> {
    const { stack } = this.addresses;
    return selectRows(this.dataApi, {
      WorkgroupName: stack['WarehouseWorkgroup'],
      Database: stack['WarehouseDatabase'],
      Sql: sql,
    });
  }

  /** What the table of lines holds, counted line by line. @throws Error when a line is there twice */
  async count(): Promise<StoreCounts> {
    const [row = []] = await this.ask(
      `SELECT COUNT(*), (SELECT COUNT(*) FROM (SELECT invoice_no, line_id FROM mart.sales_line GROUP BY invoice_no, line_id) AS line),
         CAST(SUM(quantity) AS BIGINT), CAST(SUM(amount) AS DECIMAL(19,3))
       FROM mart.sales_line`,
    );
    const [lines, distinct, units, amount] = row;
    if (lines !== distinct) throw new Error(`mart.sales_line holds ${String(lines)} rows of ${String(distinct)} lines`);
    return { lines: Number(lines), units: Number(units ?? 0), mills: BigInt((amount ?? '0.000').replace('.', '')) };
  }

  /**
   * Wait until everything that is in the stream has been delivered and loaded, and the kept answers show it.
   *
   * @param refreshed - whether the rollups by product, which are made less often, must show it too
   */
  async caughtUp(refreshed = false): Promise<void> {
    while (!(await this.isCaughtUp(refreshed))) await pause(LOOK_AGAIN);
  }

  close(): void {
    this.dataApi.destroy();
    this.tables.destroy();
  }

  private async isCaughtUp(refreshed: boolean): Promise<boolean> {
    if ((await deliveries(this.addresses)).some(({ waiting }) => waiting.records > 0)) return false;
    const [row = []] = await this.ask(
      `SELECT (SELECT COUNT(*) FROM intake.landing), load_id, refreshed_load_id FROM mart.freshness`,
    );
    const [landed, loadId, refreshedLoadId] = row;
    if (landed !== '0') return false;
    if (loadId === null || loadId === '0') return true;
    const shown = await this.tables.send(
      new GetItemCommand({ TableName: this.addresses.stack['AnswersTableName'], Key: { question: { S: 'STATE' } } }),
    );
    const state = shown.Item ?? {};
    if (state['loadId']?.N !== loadId) return false;
    return !refreshed || (refreshedLoadId === loadId && state['refreshOwed']?.BOOL !== true);
  }
}
