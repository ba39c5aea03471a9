import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KinesisClient, PutRecordCommand } from '@aws-sdk/client-kinesis';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { consumersCaughtUp } from '@tillgraph/local-aws';
import { WarehouseReader } from '../../demo/warehouse.ts';
import type { Tillgraph } from '../../sdk/index.ts';
import type { SalesDimension } from '../../warehouse/statements/sales-dimensions.ts';
import type { SalesQuestion } from '../../warehouse/statements/sales-question.ts';
import { graphqlClientOf } from '../support/graphql-client.ts';
import { setFaults } from '../support/faults.ts';
import { line } from '../support/lines.ts';
import { clientOf } from '../support/pipeline.ts';
import { newDirectory, removeDirectory, startStack, type Stack } from '../support/stack.ts';
import { sent } from '../support/stream-answers.ts';
import { madeSales } from '../warehouse/made-sales.ts';
import { DIMENSIONS, salesTruth } from '../warehouse/sales-truth.ts';

const root = join(import.meta.dirname, '..', '..');
const directory = newDirectory();
const lines = madeSales();
let stack: Stack;
let client: Tillgraph;
let warehouse: WarehouseReader;
let ask: ReturnType<typeof graphqlClientOf>;

beforeAll(async () => {
  stack = await startStack(directory, ['--time-factor', '3000']);
  client = clientOf(stack);
  warehouse = new WarehouseReader(stack.outputs);
  ask = graphqlClientOf(stack);
  for (let start = 0; start < lines.length; start += 250)
    await client.sendTransactions(lines.slice(start, start + 250).map(sent));
  await warehouse.caughtUp(true);
}, 120_000);

afterAll(async () => {
  client.close();
  warehouse.close();
  await stack.stop();
  removeDirectory(directory);
});

const ROW =
  'year quarter month week day weekday hour country customerId stockCode description cancelled revenue units lines invoices customers averageInvoice';

interface Answer {
  readonly status: string;
  readonly rows: Record<string, unknown>[];
  readonly source: string;
  readonly asOf: string;
  readonly id: string | null;
  readonly hasMore: boolean;
}

async function sales(question: Partial<SalesQuestion>): Promise<Answer> {
  const { status, body } = await ask.byKey(
    `query($groupBy: [SalesDimension!]!, $where: SalesFilter, $orderBy: [SalesOrder!], $limit: Int) {
      sales(groupBy: $groupBy, where: $where, orderBy: $orderBy, limit: $limit) { status source asOf id hasMore rows { ${ROW} } }
    }`,
    { groupBy: question.groupBy ?? [], where: question.where, orderBy: question.orderBy, limit: question.limit ?? 1000 },
  );
  expect([status, body.errors]).toEqual([200, undefined]);
  return body.data?.['sales'] as Answer;
}

/** Without what is null: the truth leaves it out. */
const present = (row: Record<string, unknown>) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
const truthOf = (question: Partial<SalesQuestion>) =>
  salesTruth(lines, { groupBy: [], where: {}, orderBy: [], limit: 1000, ...question }).slice(0, question.limit ?? 1000);

describe('sales that were sent through the API', () => {
  const questions: Partial<SalesQuestion>[] = [
    {},
    ...DIMENSIONS.map((dimension) => ({ groupBy: [dimension] })),
    { groupBy: ['MONTH', 'COUNTRY'] },
    { groupBy: ['COUNTRY', 'PRODUCT', 'CANCELLED'] },
    { groupBy: ['MONTH'], where: { from: '2011-01-02', to: '2011-04-01', countries: ['EIRE', 'Réunion'] } },
    { groupBy: ['PRODUCT'], orderBy: [{ by: 'REVENUE', direction: 'DESC' }], limit: 5 },
    { groupBy: ['HOUR'], where: { stockCode: "O'NEIL", cancelled: false } },
    { groupBy: ['CUSTOMER'], where: { guests: true } },
  ];

  test.each(questions)('come out of it to the thousandth: %j', async (question) => {
    const { status, rows, asOf, hasMore } = await sales(question);

    expect(status).toBe('FINISHED');
    expect(asOf).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect(rows.map(present)).toEqual(truthOf(question));
    expect(hasMore).toBe(question.limit !== undefined);
  });

  test('are answered from where it is cheapest: kept answers, finished rollups, invoices, lines', async () => {
    const whole: SalesDimension[] = ['MONTH'];

    const sources = [
      await sales({ groupBy: whole }),
      await sales({ groupBy: ['DAY'], where: { from: '2011-01-01', to: '2011-01-31' } }),
      await sales({ groupBy: ['MONTH', 'HOUR'] }),
      await sales({ groupBy: ['MONTH', 'PRODUCT'] }),
    ].map(({ source }) => source);

    expect(sources).toEqual(['CACHE', 'ROLLUP', 'FACT', 'RAW']);
  });

  test('count once although they come again, and a correction wins by the time at which it was sent', async () => {
    const first = lines[0]!;
    await client.sendTransactions(lines.slice(0, 250).map(sent));
    await client.sendTransaction(sent({ ...first, quantity: first.quantity + 100 }));
    await warehouse.caughtUp();

    const { rows } = await sales({ groupBy: [], where: { from: '1900-01-01' } });

    const corrected = lines.map((one) => (one === first ? { ...one, quantity: one.quantity + 100 } : one));
    const [truth] = salesTruth(corrected, { groupBy: [], where: {}, orderBy: [], limit: 1 });
    expect(rows.map(present)).toEqual([truth]);
    await client.sendTransaction(sent(first));
    await warehouse.caughtUp(true);
  });
});

test('a warehouse that is asleep keeps no fixed question waiting', async () => {
  const endpoint = stack.outputs.endpoints['redshift-data'] ?? '';
  await setFaults(endpoint, [{ operation: '*', effect: 'asleep', milliseconds: 120_000 }]);

  const fixed = await sales({ groupBy: ['COUNTRY'] });

  await setFaults(endpoint, []);
  expect(fixed).toMatchObject({ status: 'FINISHED', source: 'CACHE' });
  expect(fixed.rows.map(present)).toEqual(truthOf({ groupBy: ['COUNTRY'] }));
});

describe('what is put on the stream and is no line', () => {
  test('is set aside once, with its reason, reaches no store, and stops nothing', async () => {
    const good = line({ lineId: '777777-1', invoiceNo: '777777', invoiceDate: '2011-12-09T10:00:00Z' });
    const bad = { ...line({ lineId: '777777-2', invoiceNo: '777777' }), quantity: 'many', sentAt: 1 };
    const { region, credentials, endpoints } = stack.outputs;
    const options = { region, credentials, requestHandler: new NodeHttpHandler() };
    const kinesis = new KinesisClient({ ...options, endpoint: endpoints.kinesis });
    const s3 = new S3Client({ ...options, endpoint: endpoints.s3 });
    const Data = Buffer.from([bad, good].map((one) => `${JSON.stringify(one)}\n`).join('') + 'no json at all\n');
    await kinesis.send(new PutRecordCommand({ StreamName: stack.outputs.stack['StreamName'], PartitionKey: '777777', Data }));
    await Promise.all([warehouse.caughtUp(), consumersCaughtUp(stack.outputs)]);

    const loaded = await warehouse.ask("SELECT line_id FROM mart.sales_line WHERE invoice_no = '777777'");
    const rejectedByWarehouse = await warehouse.ask('SELECT reason FROM intake.reject');
    const refused: { message: string; line: string }[] = [];
    const Bucket = stack.outputs.stack['BucketName'];
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'rejected/store-writer/' }));
    for (const { Key } of Contents) {
      const text = (await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString()) ?? '';
      refused.push(
        ...text
          .trim()
          .split('\n')
          .map((one) => JSON.parse(one) as { message: string; line: string }),
      );
    }
    kinesis.destroy();
    s3.destroy();
    const ofThis = refused.filter((one) => /777777|no json at all/.test(one.line));

    expect(loaded).toEqual([['777777-1']]);
    expect(rejectedByWarehouse).toEqual([]);
    expect(ofThis).toHaveLength(2);
    expect(ofThis.map(({ message }) => message)).toContainEqual(expect.stringMatching(/quantity.*many/s));
  });
});

describe('SQL tools', () => {
  const examples = (page: string) =>
    [...readFileSync(join(root, page), 'utf8').matchAll(/^```sql\n(.*?)^```$/gms)].map(([, text = '']) => text);
  const psql = (sql: string) =>
    spawnSync(
      'psql',
      ['--no-psqlrc', '--csv', '--tuples-only', '--set', 'ON_ERROR_STOP=1', stack.outputs.warehouseUrl ?? '', '-c', sql],
      {
        encoding: 'utf8',
      },
    );
  const hasPsql = spawnSync('psql', ['--version']).status === 0;
  const hasOdbc =
    spawnSync('isql', ['--version']).status === 0 &&
    spawnSync('odbcinst', ['-q', '-d'], { encoding: 'utf8' }).stdout.includes('PostgreSQL Unicode');
  if (!hasPsql) console.warn('NOT TESTED: psql is not installed');
  if (!hasOdbc) console.warn('NOT TESTED: unixODBC or the driver "PostgreSQL Unicode" is not installed');

  test.runIf(hasPsql)('psql runs every statement of the documentation', () => {
    const statements = examples('docs/bi/README.md');

    const runs = statements.map((sql) => psql(sql));

    expect(statements.length).toBeGreaterThan(1);
    for (const { status, stderr } of runs) expect([status, stderr]).toEqual([0, '']);
    expect(runs[0]?.stdout).toContain('United Kingdom');
  });

  test.runIf(hasPsql)('psql sees the sums that the API gives', async () => {
    const net = psql('SELECT SUM(net_amount), COUNT(*) FROM bi.fact_sales').stdout.trim();

    const [total] = (await sales({ where: { from: '1900-01-01' } })).rows;
    expect(net).toBe(`${String(total?.['revenue'])},${String(total?.['lines'])}`);
  });

  test.runIf(hasPsql)('the user of the address reads schema bi, writes nothing, and is not waited for for ever', () => {
    const refused = [
      'SELECT * FROM mart.sales_line',
      'SELECT * FROM intake.landing',
      'CREATE TABLE bi.mine (a INTEGER)',
      'CREATE TABLE public.mine (a INTEGER)',
      'DELETE FROM bi.fact_sales',
      'SET ROLE administrator',
    ].map((sql) => psql(sql));

    for (const { status, stderr } of refused) {
      expect(status).not.toBe(0);
      expect(stderr).toMatch(/permission denied|does not exist|cannot delete|SET ROLE administrator is not supported/);
    }
    expect(psql('SHOW statement_timeout').stdout.trim()).toBe('2min');
  });

  test.runIf(hasOdbc)('an ODBC client connects with the same address', () => {
    const { port, username, password, hostname } = new URL(stack.outputs.warehouseUrl ?? '');
    const connection = `Driver=PostgreSQL Unicode;Server=${hostname};Port=${port};Database=tillgraph;UID=${username};PWD=${decodeURIComponent(password)}`;

    const { stdout } = spawnSync('isql', ['-b', '-v', '-k', '-d,', connection], {
      encoding: 'utf8',
      input: "SELECT COUNT(*) FROM bi.fact_sales WHERE invoice_no <> '777777'\n",
    });

    expect(stdout.trim().split('\n')).toContain(String(lines.length));
  });

  test('the requests of the kit run against the API', async () => {
    const kit = readFileSync(join(root, 'docs/bi/graphql.pq'), 'utf8');
    const [, invoices = ''] = /query = "(query\(.*?)",\n/s.exec(kit) ?? [];
    const [, fields = ''] = /Tillgraph\[Sales\]\("groupBy: \[MONTH, COUNTRY\]", "(.*?)"\)/.exec(kit) ?? [];
    const [, grafana = ''] = /```graphql\n(.*?)```/s.exec(readFileSync(join(root, 'docs/bi/README.md'), 'utf8')) ?? [];

    const answers = [
      await ask.byKey(invoices, { from: '2011-01-01', to: '2011-01-31', nextToken: null }),
      await ask.byKey(`{ sales(groupBy: [MONTH, COUNTRY], limit: 1000) { status hasMore asOf rows { ${fields} } } }`),
      await ask.byKey(grafana),
    ];

    expect(invoices).not.toBe('');
    expect(fields).toContain('averageInvoice');
    for (const { status, body } of answers) expect([status, body.errors]).toEqual([200, undefined]);
  });
});
