import {
  BatchExecuteStatementCommand,
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import type { LocalOutputs } from '../demo/local-stack.ts';
import { untilFinished, WAIT_TIME } from '../ingest/arrival/warehouse-statement.ts';
import type { Statement } from '../warehouse/statements/statement.ts';

/** What a statement took. @unit milliseconds */
interface StatementTime {
  /** For the client: from the call to the last row. */
  readonly client: number;
  /** For the engine, as DescribeStatement tells. */
  readonly engine: number;
}

/** A sub-statement of a batch. */
interface Step {
  readonly sql: string;
  /** @unit seconds */
  readonly seconds: number;
}

/** The warehouse, asked by its administrator through the Data API, with a watch in hand. */
export class DataApi {
  private readonly client: RedshiftDataClient;
  private readonly place: { readonly WorkgroupName: string | undefined; readonly Database: string | undefined };

  constructor({ region, credentials, endpoints, stack }: LocalOutputs) {
    this.client = new RedshiftDataClient({ region, credentials, endpoint: endpoints['redshift-data'] ?? '' });
    this.place = { WorkgroupName: stack['WarehouseWorkgroup'], Database: stack['WarehouseDatabase'] };
  }

  /** @throws WarehouseStatementError */
  async time({ name, sql, parameters }: Statement): Promise<StatementTime> {
    const started = performance.now();
    const begun = await this.client.send(
      new ExecuteStatementCommand({
        ...this.place,
        StatementName: name,
        Sql: sql,
        Parameters: parameters.length === 0 ? undefined : [...parameters],
        WaitTimeSeconds: WAIT_TIME,
      }),
    );
    await untilFinished(this.client, begun, sql);
    await this.client.send(new GetStatementResultCommand({ Id: begun.Id }));
    const client = performance.now() - started;
    const { Duration = 0 } = await this.client.send(new DescribeStatementCommand({ Id: begun.Id }));
    return { client, engine: Duration / 1e6 };
  }

  /** One transaction. @returns what its statements took, in their order @throws WarehouseStatementError */
  async run(name: string, Sqls: readonly string[]): Promise<Step[]> {
    const begun = await this.client.send(
      new BatchExecuteStatementCommand({ ...this.place, StatementName: name, Sqls: [...Sqls] }),
    );
    await untilFinished(this.client, begun, name);
    const { SubStatements = [] } = await this.client.send(new DescribeStatementCommand({ Id: begun.Id }));
    return SubStatements.map(({ QueryString: sql = '', Duration = 0 }) => ({ sql, seconds: Duration / 1e9 }));
  }

  close(): void {
    this.client.destroy();
  }
}
