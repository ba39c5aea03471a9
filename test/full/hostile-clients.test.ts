import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { attackPorts, splitEverywhere, type Port } from '@tillgraph/local-aws/testing/hostile-clients';
import { signedRequests, wireForm } from '@tillgraph/local-aws/testing/signed-requests';
import { newDirectory, removeDirectory, startStack, type Stack } from '../support/stack.ts';

let stack: Stack;
let ports: readonly Port[];
const directory = newDirectory();

/** How a client of PostgreSQL begins: version 3.0, a user and a database. */
function startupOf(url: URL): Buffer {
  const body = Buffer.from(`\0\x03\0\0user\0${url.username}\0database\0${url.pathname.slice(1)}\0\0`, 'latin1');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length + 4);
  return Buffer.concat([length, body]);
}

beforeAll(async () => {
  stack = await startStack(directory);
  const { outputs } = stack;
  const named = (outputs as unknown as { readonly stack: Readonly<Record<string, string>> }).stack;
  const json = (url: string, body: string, more: Record<string, string> = {}): Buffer => {
    const { pathname: path, host } = new URL(url);
    return wireForm({ method: 'POST', path, headers: { host, 'content-type': 'application/json', ...more }, body });
  };
  const graphql = (query: string): Buffer => json(outputs.graphqlUrl, JSON.stringify({ query }), { 'x-api-key': outputs.apiKey });
  const warehouse = new URL(outputs.warehouseUrl ?? '');
  const known = await signedRequests(outputs, named['BucketName'] ?? '', named['StreamName'] ?? '');
  const others = Object.entries(outputs.endpoints).filter(([name]) => !known.some((port) => port.name === name));
  ports = [
    ...known,
    ...others.map(([name, url]) => ({ name, port: Number(new URL(url).port), requests: [json(`${url}/`, '{}')] })),
    {
      name: 'graphql',
      port: Number(new URL(outputs.graphqlUrl).port),
      requests: [graphql('{ invoice(invoiceNo: "1") { total } }'), graphql('{ sales(groupBy: [MONTH]) { rows { revenue } } }')],
    },
    {
      name: 'http',
      port: Number(new URL(outputs.restUrl).port),
      requests: [json(`${outputs.restUrl}/transactions`, '{"lines":[]}')],
    },
    { name: 'warehouse', port: Number(warehouse.port), requests: [startupOf(warehouse)], speaksHttp: false },
  ];
});

afterAll(async () => {
  await stack.kill();
  removeDirectory(directory);
});

test('no client, however it breaks off, ends the stack, on any of its ports', async () => {
  for (const seed of [1, 2, 3]) expect(await attackPorts(ports, 240, seed)).toEqual([]);

  expect(ports.map(({ name }) => name)).toEqual(expect.arrayContaining([...Object.keys(stack.outputs.endpoints), 'warehouse']));
});

test('a request is answered wherever the network cuts it', async () => {
  for (const port of ports.filter(({ speaksHttp = true }) => speaksHttp)) expect(await splitEverywhere(port)).toEqual([]);
});

test('the stack answers as before, logs no fault of its own, and ends when it is asked to', async () => {
  const client = new pg.Client(stack.outputs.warehouseUrl ?? '');
  await client.connect();
  expect((await client.query('SELECT COUNT(*) FROM bi.sales_by_day')).rowCount).toBe(1);
  await client.end();

  expect(stack.printed().match(/^.*(?:\n\s+at .*)+/gm) ?? []).toEqual([]);
  expect(await stack.stop()).toBe(0);
});
