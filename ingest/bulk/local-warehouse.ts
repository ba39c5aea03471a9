import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InvokeCommand, LambdaClient, TooManyRequestsException } from '@aws-sdk/client-lambda';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { selectRows } from '../arrival/warehouse-statement.ts';
import { callStack, requireOutput, localOutputs, nameOf } from './local-outputs.ts';
import { LoaderFailedError, type BegunRebuild, type Holding, type RebuildStack } from './rebuilding.ts';

const COUNT = `SELECT
  (SELECT CAST(COUNT(*) AS BIGINT) FROM mart.sales_line),
  (SELECT CAST(COALESCE(SUM(quantity), 0) AS BIGINT) FROM mart.sales_line),
  (SELECT CAST(COALESCE(SUM(amount), 0) AS DECIMAL(19,3)) FROM mart.sales_line),
  (SELECT CAST(COUNT(DISTINCT invoice_no) AS BIGINT) FROM mart.sales_line),
  (SELECT CAST(COUNT(DISTINCT customer_id) AS BIGINT) FROM mart.sales_line),
  (SELECT CAST(COUNT(DISTINCT stock_code) AS BIGINT) FROM mart.sales_line),
  (SELECT CAST(COUNT(*) AS BIGINT) FROM mart.agg_sales),
  (SELECT CAST(COALESCE(SUM(revenue), 0) AS DECIMAL(19,3)) FROM mart.agg_sales WHERE grouping_name = 'TOTAL'),
  (SELECT CAST(COUNT(*) AS BIGINT) FROM intake.reject)`;

/** Lines are loaded aside until the end. */
const PROGRESS = `SELECT (SELECT CAST(COUNT(*) AS BIGINT) FROM intake.landing), (SELECT CAST(COUNT(*) AS BIGINT) FROM rebuild.sales_line)`;

/** The warehouse and the loader of the local stack that runs on a data directory. @throws NoStackError */
export function localWarehouse(data: string): RebuildStack & { close(): void } {
  const outputs = localOutputs(data);
  const { region, credentials } = outputs;
  const FunctionName = requireOutput(outputs, 'stack', 'WarehouseLoaderName');
  const place = {
    WorkgroupName: requireOutput(outputs, 'stack', 'WarehouseWorkgroup'),
    Database: requireOutput(outputs, 'stack', 'WarehouseDatabase'),
  };
  const dataApi = new RedshiftDataClient({ region, credentials, endpoint: requireOutput(outputs, 'endpoints', 'redshift-data') });
  const lambda = new LambdaClient({
    region,
    credentials,
    endpoint: requireOutput(outputs, 'endpoints', 'lambda'),
    maxAttempts: 1,
    // A run of the loader may take as long as Lambda lets it.
    requestHandler: new NodeHttpHandler({ requestTimeout: 0, socketTimeout: 0 }),
  });
  const logs = join(resolve(data), 'logs');
  const name = nameOf(data);
  // Beside the stack's own state, so that it goes with it.
  const memory = join(resolve(data), 'rebuild.json');

  /** The values of the one row that a SELECT gives, as texts. */
  async function row(Sql: string): Promise<readonly string[]> {
    const [values = []] = await selectRows(dataApi, { ...place, Sql });
    return values.map(String);
  }

  return {
    name,
    logs,
    count: () => callStack(name, async () => holdingOf(await row(COUNT))),
    progress: () =>
      callStack(name, async () => {
        const [landed = '0', loaded = '0'] = await row(PROGRESS);
        return { landed: Number(landed), loaded: Number(loaded) };
      }),
    rebuild: (id) =>
      callStack(name, async () => {
        try {
          const Payload = JSON.stringify({ source: 'tillgraph.rebuild', id });
          const answer = await lambda.send(new InvokeCommand({ FunctionName, Payload }));
          const given = JSON.parse(answer.Payload?.transformToString() ?? 'null') as unknown;
          if (answer.FunctionError === undefined) return String(given);
          throw new LoaderFailedError((given as { errorMessage?: string }).errorMessage ?? answer.FunctionError, logs);
        } catch (error) {
          if (error instanceof TooManyRequestsException) return 'busy';
          throw error;
        }
      }),
    get begun() {
      return existsSync(memory) ? (JSON.parse(readFileSync(memory, 'utf8')) as BegunRebuild) : undefined;
    },
    remember: (begun) => {
      if (begun === undefined) {
        rmSync(memory, { force: true });
        return;
      }
      writeFileSync(`${memory}.next`, `${JSON.stringify(begun)}\n`);
      renameSync(`${memory}.next`, memory);
    },
    close: () => {
      dataApi.destroy();
      lambda.destroy();
    },
  };
}

function holdingOf(values: readonly string[]): Holding {
  const [lines, units, money = '', invoices, customers, products, rollupRows, rollupMoney = '', rejects] = values;
  return {
    lines: Number(lines),
    units: Number(units),
    money,
    invoices: Number(invoices),
    customers: Number(customers),
    products: Number(products),
    rollupRows: Number(rollupRows),
    rollupMoney,
    rejects: Number(rejects),
  };
}
