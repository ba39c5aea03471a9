import type { LocalOutputs } from '../demo/local-stack.ts';
import type { SalesDimension } from '../warehouse/statements/sales-dimensions.ts';
import type { SalesQuestion } from '../warehouse/statements/sales-question.ts';
import { salesStatement } from '../warehouse/statements/sales-statement.ts';
import type { Statement } from '../warehouse/statements/statement.ts';
import { DataApi } from './data-api.ts';
import { median } from './load.ts';

/** One question about sales, answered from all lines and from the finished rollup. The middle of all. @unit milliseconds */
export interface RawAgainstRollup {
  readonly name: string;
  readonly raw: { readonly client: number; readonly engine: number };
  readonly rollup: { readonly client: number; readonly engine: number };
}

const all = (...groupBy: SalesDimension[]): SalesQuestion => ({ groupBy, where: {}, orderBy: [], limit: 1000 });
const top = (dimension: SalesDimension): SalesQuestion => ({
  groupBy: [dimension],
  where: {},
  orderBy: [{ by: 'REVENUE', direction: 'DESC' }],
  limit: 10,
});

const QUESTIONS: Readonly<Record<string, SalesQuestion>> = {
  total: all(),
  month: all('MONTH'),
  day: all('DAY'),
  hour: all('HOUR'),
  country: all('COUNTRY'),
  'month and country': all('MONTH', 'COUNTRY'),
  'top 10 customers': top('CUSTOMER'),
  'top 10 products': top('PRODUCT'),
};
const ROUNDS = 3;
/** In a round: what is short is asked more often. */
const ROLLUP_ASKED = 10;

/** The statements of the API's own catalogue, through the Data API, in the same engine; rounds alternate, after one that is not counted. */
export async function rawAgainstRollup(outputs: LocalOutputs): Promise<RawAgainstRollup[]> {
  const dataApi = new DataApi(outputs);
  const way = (statement: Statement, times: number) => ({ statement, times, client: [] as number[], engine: [] as number[] });
  const timed = Object.entries(QUESTIONS).map(([name, question]) => ({
    name,
    ways: [way(salesStatement(question, { source: 'RAW' }), 1), way(salesStatement(question), ROLLUP_ASKED)] as const,
  }));
  for (let round = 0; round <= ROUNDS; round += 1)
    for (const { ways } of timed)
      for (const { statement, times, client, engine } of ways)
        for (let turn = 0; turn < times; turn += 1) {
          const took = await dataApi.time(statement);
          if (round === 0) continue;
          client.push(took.client);
          engine.push(took.engine);
        }
  dataApi.close();
  return timed.map(({ name, ways: [raw, rollup] }) => ({
    name,
    raw: { client: median(raw.client), engine: median(raw.engine) },
    rollup: { client: median(rollup.client), engine: median(rollup.engine) },
  }));
}
