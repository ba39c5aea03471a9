import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
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

// Past its limit of the day the warehouse refuses every statement. Nothing moves, nothing is lost, and all goes on by itself afterwards.

const directory = newDirectory();
const lines = madeSales();
let stack: Stack;
let client: Tillgraph;
let warehouse: WarehouseReader;

beforeAll(async () => {
  stack = await startStack(directory, ['--time-factor', '3000']);
  client = clientOf(stack);
  warehouse = new WarehouseReader(stack.outputs);
});

afterAll(async () => {
  client.close();
  warehouse.close();
  await stack.stop();
  removeDirectory(directory);
});

async function send(some: typeof lines): Promise<void> {
  for (let start = 0; start < some.length; start += 250) await client.sendTransactions(some.slice(start, start + 250).map(sent));
}

/** The loader's lines in its log, from a place on. */
function loggedOutcomes(): string[] {
  const logs = join(directory, 'logs');
  const [name = ''] = readdirSync(logs).filter((file) => file.includes('Loader') && !file.includes('Starter'));
  return [...readFileSync(join(logs, name), 'utf8').matchAll(/outcome[\\"']*: ?[\\"']+([a-z ]+)/g)].map(
    ([, outcome]) => outcome ?? '',
  );
}

async function keysUnder(prefix: string): Promise<string[]> {
  const { region, credentials, endpoints, stack: outputs } = stack.outputs;
  const s3 = new S3Client({ region, credentials, endpoint: endpoints.s3, forcePathStyle: true });
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: outputs['BucketName'], Prefix: prefix }));
  s3.destroy();
  return Contents.map(({ Key = '' }) => Key);
}

const TOTAL = '{ sales(groupBy: [], limit: 1) { status source rows { revenue units lines invoices customers averageInvoice } } }';

interface Sales {
  readonly status: string;
  readonly source: string;
  readonly rows: Record<string, unknown>[];
}

/** Ask, and then again for what is pending. */
async function untilKnown(ask: ReturnType<typeof graphqlClientOf>, question: string) {
  let { body } = await ask.byKey(question);
  let result = body.data?.['sales'] as Sales & { readonly id: string | null };
  while (result.status === 'PENDING' && result.id !== null) {
    ({ body } = await ask.byKey(
      `{ warehouseResult(id: ${JSON.stringify(result.id)}) { ... on SalesResult { status id rows { lines } } } }`,
    ));
    result = body.data?.['warehouseResult'] as typeof result;
  }
  return { result, errors: body.errors };
}

test('a daily limit that is reached changes no data, is reported, and is over by itself', async () => {
  const half = Math.floor(lines.length / 2);
  await send(lines.slice(0, half));
  await warehouse.caughtUp();
  const ask = graphqlClientOf(stack);
  const kept = (await ask.byKey(TOTAL)).body.data?.['sales'] as Sales;
  const endpoint = stack.outputs.endpoints['redshift-data'] ?? '';

  await setFaults(endpoint, [{ operation: 'Workgroup', effect: 'limit-reached' }]);
  await send(lines.slice(half));
  const closedBefore = loggedOutcomes().filter((outcome) => outcome === 'closed').length;
  await expect
    .poll(() => loggedOutcomes().filter((outcome) => outcome === 'closed').length, { timeout: 120_000, interval: 500 })
    .toBeGreaterThan(closedBefore + 1);
  const stored = (await ask.byKey(TOTAL)).body.data?.['sales'] as Sales;
  const answer = await untilKnown(ask, '{ sales(groupBy: [COUNTRY, HOUR], limit: 10) { status id rows { lines } } }');
  const refused = [...(await keysUnder('firehose/refused/')), ...(await keysUnder('import/refused/'))];
  await setFaults(endpoint, []);

  expect(stored).toEqual(kept);
  expect(answer.result).toMatchObject({ status: 'FAILED', rows: [] });
  expect(answer.errors).toMatchObject([{ errorType: 'WarehouseUnavailable' }]);
  expect(answer.errors?.[0]?.message).toContain('Query reached usage limit');
  expect(refused).toEqual([]);
  await warehouse.caughtUp();
  await expect
    .poll(async () => ((await ask.byKey(TOTAL)).body.data?.['sales'] as Sales).rows, { timeout: 60_000, interval: 500 })
    .toMatchObject(salesTruth(lines, { groupBy: [], where: {}, orderBy: [], limit: 1 }));
});
