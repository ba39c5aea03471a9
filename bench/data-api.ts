import {
  BatchExecuteStatementCommand,
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import type { LocalOutputs } from '../demo/local-stack.ts';
import { WarehouseStatementError } from '../demo/warehouse.ts';
import type { Statement } from '../warehouse/statements/statement.ts';

/** How long one call waits. @unit seconds */
const PATIENCE = 30;

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
    const { Id, Status } = await this.client.send(
      new ExecuteStatementCommand({
        ...this.place,
        StatementName: name,
        Sql: sql,
        Parameters: parameters.length === 0 ? undefined : [...parameters],
        WaitTimeSeconds: PATIENCE,
      }),
    );
    if (Status !== 'FINISHED') throw new WarehouseStatementError(sql, Status ?? 'no status');
    await this.client.send(new GetStatementResultCommand({ Id }));
    const client = performance.now() - started;
    const { Duration = 0 } = await this.client.send(new DescribeStatementCommand({ Id }));
    return { client, engine: Duration / 1e6 };
  }

  /** One transaction. @returns what its statements took, in their order @throws WarehouseStatementError */
  async run(name: string, Sqls: readonly string[]): Promise<Step[]> {
    let outcome: { Id?: string | undefined; Status?: string | undefined } = await this.client.send(
      new BatchExecuteStatementCommand({ ...this.place, StatementName: name, Sqls: [...Sqls], WaitTimeSeconds: PATIENCE }),
    );
    for (;;) {
      const described = await this.client.send(new DescribeStatementCommand({ Id: outcome.Id, WaitTimeSeconds: PATIENCE }));
      outcome = described;
      if (described.Status === 'FAILED' || described.Status === 'ABORTED')
        throw new WarehouseStatementError(name, described.Error ?? described.Status);
      if (described.Status !== 'FINISHED') continue;
      return (described.SubStatements ?? []).map(({ QueryString: sql = '', Duration = 0 }) => ({ sql, seconds: Duration / 1e9 }));
    }
  }

  close(): void {
    this.client.destroy();
  }
}
