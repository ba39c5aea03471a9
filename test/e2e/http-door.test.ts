import { readdirSync, readFileSync, statSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { consumersCaughtUp, sign } from '@tillgraph/local-aws';
import { graphqlClientOf } from '../support/graphql-client.ts';
import { line, type LineChanges } from '../support/lines.ts';
import { listeningPorts } from '../support/listening-ports.ts';
import { clientOf } from '../support/pipeline.ts';
import { newDirectory, removeDirectory, startStack, type Stack } from '../support/stack.ts';
import { sent } from '../support/stream-answers.ts';

const directory = newDirectory();
let stack: Stack;

beforeAll(async () => {
  stack = await startStack(directory, ['--time-factor', '3000']);
});

afterAll(async () => {
  await stack.stop();
  removeDirectory(directory);
});

const input = (changes: LineChanges = {}) => sent(line(changes));

/** Put texts on the stream as they are. */
async function putRecords({ outputs }: Stack, texts: readonly string[]): Promise<void> {
  const { endpoints, credentials, region } = outputs;
  const kinesis = new KinesisClient({ endpoint: endpoints.kinesis, credentials, region, requestHandler: new NodeHttpHandler() });
  await kinesis.send(
    new PutRecordsCommand({
      StreamName: outputs.stack['StreamName'],
      Records: texts.map((one) => ({ PartitionKey: 'k', Data: Buffer.from(one) })),
    }),
  );
  kinesis.destroy();
}

/** `POST /transactions`, signed unless the headers say otherwise. */
async function post(body: unknown, headersFor: (url: string, text: string) => Record<string, string> = signature) {
  const url = `${stack.outputs.restUrl.replace(/\/$/, '')}/transactions`;
  const text = JSON.stringify(body);
  const headers = { 'content-type': 'application/json', ...headersFor(url, text) };
  const answer = await fetch(url, { method: 'POST', headers, body: text });
  return { status: answer.status, body: (await answer.json()) as object };
}

function signature(url: string, body: string, service = 'execute-api'): Record<string, string> {
  const { region, credentials } = stack.outputs;
  const headers = { 'content-type': 'application/json' };
  const { host: _host, ...signed } = sign({ method: 'POST', url, headers, body, credentials, region, service });
  return signed;
}

async function linesOf(...invoiceNos: readonly string[]) {
  await consumersCaughtUp(stack.outputs);
  const client = clientOf(stack);
  const invoices = await Promise.all(invoiceNos.map((invoiceNo) => client.invoice(invoiceNo)));
  client.close();
  return invoices.map((invoice) => invoice?.lineCount ?? 0);
}

describe('POST /transactions', () => {
  test('takes one line or many, says what became of each, and stores what it took', async () => {
    const one = await post(input({ invoiceNo: '540001' }));
    const some = await post([input({ invoiceNo: '540002' }), { ...input({ invoiceNo: '540003' }), quantity: 'six' }]);
    const none = await post([{ ...input({ invoiceNo: '540004' }), country: '' }]);

    expect(one).toEqual({ status: 200, body: { accepted: 1, failed: [] } });
    expect(some).toMatchObject({ status: 207, body: { accepted: 1, failed: [{ index: 1, code: 'InvalidValue' }] } });
    expect(none).toMatchObject({ status: 400, body: { accepted: 0, failed: [{ index: 0, code: 'InvalidValue' }] } });
    expect(await linesOf('540001', '540002', '540003', '540004')).toEqual([1, 1, 0, 0]);
  });

  test('takes 250 lines, and no more', async () => {
    const lines = Array.from({ length: 251 }, (_, place) => input({ invoiceNo: '540010', lineId: `line-${String(place)}` }));

    const most = await post(lines.slice(0, 250));
    const tooMany = await post(lines);

    expect(most).toEqual({ status: 200, body: { accepted: 250, failed: [] } });
    expect(tooMany).toEqual({ status: 400, body: { message: 'write 1 to 250 lines: got 251' } });
    expect(await linesOf('540010')).toEqual([250]);
  });

  test('and the GraphQL API count a line once, whichever of them it comes through', async () => {
    const one = input({ invoiceNo: '540020' });
    const client = clientOf(stack);

    await post(one);
    await client.sendTransaction(one);
    client.close();

    expect(await linesOf('540020')).toEqual([1]);
  });

  test('lets nobody in who has not signed, or has signed for something else', async () => {
    const answers = [
      await post(input({ invoiceNo: '540030' }), () => ({})),
      await post(input({ invoiceNo: '540030' }), (url, text) => signature(url, text, 'appsync')),
      await post(input({ invoiceNo: '540030' }), (url, text) => signature(url, `${text} `)),
    ];

    for (const answer of answers) expect(answer).toEqual({ status: 403, body: { message: expect.any(String) as string } });
    expect(await linesOf('540030')).toEqual([0]);
  });
});

test('no log has a customer number or a description, of lines that are taken or refused', async () => {
  const customerId = 'PERSONAL-7';
  const description = 'PERSONAL LANTERN';
  const mine = { invoiceNo: '580001', customerId, description };
  const bad = [
    { ...mine, quantity: 0.5 },
    { ...mine, description: `${description}\u0007` },
    { ...mine, customerId: `${customerId} ?` },
    { ...mine, unitPrice: '1e3' },
  ];

  const receipt = await post([input(mine), ...bad.map((changes) => ({ ...input(), ...changes }))]);
  // Past the doors, as whoever may write to the stream can: the consumers judge it.
  await putRecords(stack, [
    ...bad.map((changes) => JSON.stringify({ ...input(), ...changes, sentAt: 1 })),
    `{"customerId":"${customerId}","description":"${description}"`,
  ]);
  const client = clientOf(stack);
  await client.customer(customerId);
  client.close();
  await consumersCaughtUp(stack.outputs);

  expect(receipt.status).toBe(207);
  const logs = readdirSync(join(directory, 'logs'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.log'),
  );
  const whole = logs.map((name) => readFileSync(join(directory, 'logs', name), 'utf8'));
  expect(logs.length).toBeGreaterThan(3);
  for (const log of [...whole, stack.printed()]) expect(log).not.toContain('PERSONAL');
});

test('one request runs 110 resolvers and no more, however many aliases it has', async () => {
  const aliases = Array.from({ length: 300 }, (_, place) => `a${String(place)}: customer(customerId: "1") { country }`);

  const { status, body } = await graphqlClientOf(stack).byKey(`{ ${aliases.join(' ')} }`);

  expect(status).toBe(200);
  expect(body.errors?.map(({ errorType }) => errorType)).toEqual(Array(190).fill('ResolverExecutionLimitReached'));
});

describe('a page of another site, open in a browser on this machine', () => {
  /** One request as such a page can send it, with the headers that it cannot change. */
  const knock = async (port: number, method: string, path: string, headers: Record<string, string>) => {
    const answer = await new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      const request = httpRequest({ host: '127.0.0.1', port, method, path, headers }, (response) => {
        text(response).then((body) => {
          resolve({ status: response.statusCode, body });
        }, reject);
      });
      request.once('error', reject).end(method === 'PUT' ? '[]' : undefined);
    });
    return answer;
  };
  const foreign: readonly (readonly [headers: Record<string, string>, names: string])[] = [
    [{ host: 'rebound.example:4000' }, 'host'],
    [{ host: '127.0.0.1.rebound.example' }, 'host'],
    [{ host: 'localhost.rebound.example' }, 'host'],
    [{ origin: 'https://shop.example' }, 'origin'],
    [{ origin: 'null' }, 'origin'],
    [{ origin: 'http://localhost.shop.example' }, 'origin'],
    [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 'sec-fetch-site'],
  ];

  test('is answered at no port of the stack, whatever it asks', async () => {
    const { apiKey, endpoints, graphqlUrl, pid, restUrl } = stack.outputs;
    // What speaks no HTTP hangs up.
    const sql = Number(new URL(stack.outputs.warehouseUrl ?? '').port);
    await expect(knock(sql, 'GET', '/', {})).rejects.toThrow('socket hang up');
    const ports = listeningPorts(pid).filter((port) => port !== sql);
    const written = [graphqlUrl, restUrl, ...Object.values(endpoints)].map((url) => Number(new URL(url).port));
    const paths = ['GET /', 'PUT /_faults', 'GET /_faults', 'GET /_deliveries', 'POST /graphql', 'OPTIONS /graphql'];

    for (const port of ports)
      for (const path of paths)
        for (const [headers, names] of foreign) {
          const [method = '', address = ''] = path.split(' ');
          const { status, body } = await knock(port, method, address, headers);
          expect({ status, body }, `${path} at ${String(port)} with ${JSON.stringify(headers)}`).toEqual({
            status: 403,
            body: expect.stringContaining(`"the header ${names}: `) as string,
          });
          expect(body).not.toContain(apiKey);
        }

    expect(ports).toEqual(expect.arrayContaining([...new Set(written)]));
    expect(ports.length).toBeGreaterThan(10);
  });

  test('may link to the page and not frame it; pages of this machine may ask', async () => {
    const port = Number(new URL(stack.outputs.graphqlUrl).port);
    const linked = await fetch(new URL('/', stack.outputs.graphqlUrl));
    const navigation = await knock(port, 'GET', '/', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' });
    const own = await knock(port, 'OPTIONS', '/graphql', { host: 'localhost:4000', origin: 'http://localhost:3000' });

    expect([navigation.status, own.status]).toEqual([200, 200]);
    expect(linked.headers.get('content-security-policy')).toMatch(/script-src 'self' 'sha256-[^']+';.*frame-ancestors 'none'/);
    expect(linked.headers.get('x-content-type-options')).toBe('nosniff');
    expect(linked.headers.get('x-frame-options')).toBe('DENY');
  });

  test('nor does another user of this machine see what lies in the data directory', () => {
    const { mode } = statSync(directory);

    expect((mode & 0o777).toString(8)).toBe('700');
  });
});
