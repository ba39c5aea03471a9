import { afterAll, beforeAll, expect, test } from 'vitest';
import { WarehouseReader } from '../../demo/warehouse.ts';
import type { Tillgraph } from '../../sdk/index.ts';
import { graphqlClientOf } from '../support/graphql-client.ts';
import { setFaults } from '../support/faults.ts';
import { clientOf } from '../support/pipeline.ts';
import { newDirectory, removeDirectory, startStack, type Stack } from '../support/stack.ts';
import { sent } from '../support/stream-answers.ts';
import { madeSales } from '../warehouse/made-sales.ts';
import { salesTruth } from '../warehouse/sales-truth.ts';

// Here for its length alone: the API waits for a warehouse as long as a request may take.

const directory = newDirectory();
const lines = madeSales();
let stack: Stack;
let client: Tillgraph;
let warehouse: WarehouseReader;

beforeAll(async () => {
  stack = await startStack(directory, ['--time-factor', '3000']);
  client = clientOf(stack);
  warehouse = new WarehouseReader(stack.outputs);
  for (let start = 0; start < lines.length; start += 250)
    await client.sendTransactions(lines.slice(start, start + 250).map(sent));
  await warehouse.caughtUp();
});

afterAll(async () => {
  client.close();
  warehouse.close();
  await stack.stop();
  removeDirectory(directory);
});

const ROWS =
  'status rows { year quarter month week day weekday hour country customerId stockCode description cancelled revenue units lines invoices customers averageInvoice }';

interface Answer {
  readonly status: string;
  readonly rows: Record<string, unknown>[];
}

/** Without what is null: the truth leaves it out. */
const present = (row: Record<string, unknown>) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));

test('an answer of a sleeping warehouse is PENDING, with an id that brings it later', async () => {
  const ask = graphqlClientOf(stack);
  const endpoint = stack.outputs.endpoints['redshift-data'] ?? '';
  await setFaults(endpoint, [{ operation: '*', effect: 'asleep', milliseconds: 120_000 }]);
  const first = await ask.byKey(`{ sales(groupBy: [COUNTRY, HOUR], limit: 1000) { id ${ROWS} } }`);
  await setFaults(endpoint, []);
  const pending = first.body.data?.['sales'] as Answer & { readonly id: string };

  const later = await ask.byKey(`query($id: ID!) { warehouseResult(id: $id) { __typename ... on SalesResult { ${ROWS} } } }`, {
    id: pending.id,
  });

  expect(pending).toMatchObject({ status: 'PENDING', rows: [] });
  expect(later.body.errors).toBeUndefined();
  const answer = later.body.data?.['warehouseResult'] as Answer;
  expect(answer).toMatchObject({ __typename: 'SalesResult', status: 'FINISHED' });
  expect(answer.rows.map(present)).toEqual(
    salesTruth(lines, { groupBy: ['COUNTRY', 'HOUR'], where: {}, orderBy: [], limit: 1000 }),
  );
});
