import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, GetItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  startDynamoDb,
  startRedshiftData,
  startRedshift,
  startS3,
  startSecretsManager,
  type RedshiftService,
  type S3Service,
} from '@tillgraph/local-aws';
import type { TransactionLine } from '../../domain/transaction-line.ts';
import type { CustomResourceResponse } from '../../ingest/warehouse/custom-resource.ts';
import { line, linesOf } from '../support/lines.ts';
import { faultsThatNeverStruck, setFaults } from '../support/faults.ts';

const ACCOUNT = '000000000000';
const credentials = { accessKeyId: 'local', secretAccessKey: 'local-secret' };
const region = 'us-east-1';
const BUCKET = 'tillgraph-raw';
const ANSWERS = 'Answers';
const COLUMNS = 'lineid,invoiceno,stockcode,description,quantity,invoicedate,unitprice,customerid,country,sentat';
const USERS = {
  loader: {
    arn: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:loader-AbCdEf',
    username: 'loader',
    password: 'Loader0123456789',
  },
  bi: { arn: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:bi-AbCdEf', username: 'bi', password: 'Bi0123456789abcd' },
  admin: { arn: 'redshift!tillgraph-admin', username: 'admin', password: 'Admin0123456789' },
};
const PROPERTIES = {
  WorkgroupName: 'shop',
  DatabaseName: 'tillgraph',
  AdminSecretArn: USERS.admin.arn,
  Users: [
    { SecretArn: USERS.loader.arn, Role: 'landing_writer' },
    { SecretArn: USERS.bi.arn, Role: 'bi_reader' },
  ],
  Principals: [
    { RoleName: 'Tillgraph-dev-Loader-1', Role: 'etl' },
    { RoleName: 'Tillgraph-dev-Api-2', Role: 'api_reader' },
  ],
  Checksum: '1',
};

/** A function as it is deployed. */
interface Bundle<Result> {
  handler(event: unknown, context: Context): Promise<Result>;
}

let redshift: RedshiftService;
let s3: S3Service;
let dataUrl = '';
let migrator: Bundle<void>;
let loader: Bundle<string>;
let dynamoDb: DynamoDBClient;
const responses: CustomResourceResponse[] = [];
let responseUrl = '';
const endings: (() => Promise<unknown>)[] = [];
const context = (milliseconds = 900_000) => {
  const end = Date.now() + milliseconds;
  return { getRemainingTimeInMillis: () => end - Date.now() } as Context;
};

beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'warehouse-path-'));
  endings.push(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  const log = () => undefined;
  const common = { port: 0, credentials, region, accountId: ACCOUNT, log };

  s3 = await startS3({ ...common, directory: join(directory, 's3') });
  await s3.createBucket(BUCKET);
  const table = await startDynamoDb({ ...common, directory: join(directory, 'dynamodb') });
  await table.createTable({
    TableName: ANSWERS,
    KeySchema: [{ AttributeName: 'question', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'question', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
  });
  redshift = await startRedshift({
    directory: join(directory, 'redshift'),
    port: 0,
    adminPassword: USERS.admin.password,
    objects: s3.objects,
    log,
  });
  const secretOf = (id: string) => Object.values(USERS).find(({ arn }) => arn === id) ?? { username: '', password: '' };
  const data = await startRedshiftData({
    ...common,
    redshift,
    workgroups: [{ name: 'shop', databaseName: 'tillgraph' }],
    secretOf,
  });
  dataUrl = data.url;
  const secrets = await startSecretsManager(
    {
      all: [],
      find(id) {
        const { arn, username, password } = { arn: id, ...secretOf(id) };
        const current = { text: JSON.stringify({ username, password }), versionId: randomUUID(), createdAt: 0 };
        return { name: username, arn, current };
      },
    },
    common,
  );
  const cloudFormation = createServer((request, response) => {
    void request.toArray().then((chunks) => {
      responses.push(JSON.parse(Buffer.concat(chunks as Buffer[]).toString()) as CustomResourceResponse);
      response.statusCode = request.method === 'PUT' && request.headers['content-type'] === undefined ? 200 : 403;
      response.end();
    });
  });
  await new Promise<void>((listening) => cloudFormation.listen(0, '127.0.0.1', listening));
  responseUrl = `http://127.0.0.1:${String((cloudFormation.address() as AddressInfo).port)}/response`;
  endings.push(
    () => redshift.close(),
    () => data.close(),
    () => secrets.close(),
    () => table.close(),
    () => s3.close(),
    () => new Promise((closed) => cloudFormation.close(closed)),
  );

  Object.assign(process.env, {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: `local:arn:aws:iam::${ACCOUNT}:role/Tillgraph-dev-Loader-1`,
    AWS_ENDPOINT_URL_REDSHIFT_DATA: data.url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    AWS_ENDPOINT_URL_DYNAMODB: table.url,
    AWS_ENDPOINT_URL_S3: s3.url,
    WORKGROUP_NAME: 'shop',
    DATABASE_NAME: 'tillgraph',
    ANSWERS_TABLE: ANSWERS,
    BUCKET_NAME: BUCKET,
    STAGING_PREFIX: 'firehose/',
    IMPORT_PREFIX: 'import/',
    DELIVERY_STREAM_NAME: 'deliveries',
    CATALOG_DATABASE_NAME: 'shop',
  });
  const bundle = (name: string): Promise<unknown> =>
    import(/* @vite-ignore */ new URL(`../../build/functions/${name}/index.mjs`, import.meta.url).href);
  migrator = (await bundle('warehouse-migrator')) as Bundle<void>;
  loader = (await bundle('warehouse-loader')) as Bundle<string>;
  dynamoDb = new DynamoDBClient({ endpoint: table.url, region, credentials });
}, 120_000);

/** The functions' lines for people. */
let logged: { readonly level: string; readonly entry: unknown }[] = [];
beforeEach(() => {
  logged = [];
  for (const level of ['info', 'warn', 'error'] as const)
    vi.spyOn(console, level).mockImplementation((entry: unknown) => void logged.push({ level, entry }));
});

afterAll(async () => {
  for (const end of endings.reverse()) await end();
});

async function migrate(
  RequestType: 'Create' | 'Update' | 'Delete',
  properties: object = {},
  milliseconds?: number,
): Promise<CustomResourceResponse | undefined> {
  await migrator.handler(
    {
      RequestType,
      ResponseURL: responseUrl,
      StackId: 'arn:stack',
      RequestId: randomUUID(),
      LogicalResourceId: 'Schema',
      ResourceProperties: { ...PROPERTIES, ...properties },
    },
    context(milliseconds),
  );
  return responses.at(-1);
}

/** Put lines and a list of them into the bucket, as Firehose does. @returns the keys of both */
async function put(lines: readonly (TransactionLine | object)[], manifestPrefix = 'firehose/manifests/') {
  const name = `2026/11/22/10/tillgraph-1-2026-11-22-10-00-00-${randomUUID()}`;
  const body = lines.map((one) => `${JSON.stringify(one)}\n`).join('');
  await s3.objects.write(BUCKET, `firehose/${name}`, Buffer.from(body));
  const entries = [{ url: `s3://${BUCKET}/firehose/${name}`, mandatory: true }];
  await s3.objects.write(BUCKET, `${manifestPrefix}${name}`, Buffer.from(JSON.stringify({ entries })));
  return { object: `firehose/${name}`, manifest: `${manifestPrefix}${name}` };
}

/** COPY as Firehose does, as the database user it has. */
async function copy(manifest: string): Promise<void> {
  const session = await redshift.openSession({ database: 'tillgraph', user: { user: 'loader' } });
  try {
    await session.run(
      `COPY intake.landing (${COLUMNS}) FROM 's3://${BUCKET}/${manifest}' CREDENTIALS 'aws_iam_role=arn:aws:iam::000000000000:role/x' MANIFEST JSON 'auto ignorecase' TIMEFORMAT 'auto' ACCEPTINVCHARS TRUNCATECOLUMNS MAXERROR 100000`,
    );
  } finally {
    await session.close();
  }
}

const created = (key: string) => ({
  source: 'aws.s3',
  'detail-type': 'Object Created',
  time: new Date().toISOString(),
  detail: { bucket: { name: BUCKET }, object: { key, size: 1, etag: 'e' } },
});

/** Deliver lines: an object, its event, and a little later the COPY. */
async function deliver(lines: readonly (TransactionLine | object)[]): Promise<string> {
  const { object, manifest } = await put(lines);
  const [outcome] = await Promise.all([loader.handler(created(object), context()), sleep(50).then(() => copy(manifest))]);
  return outcome;
}

const count = async (sql: string) => {
  const session = await redshift.openSession({ database: 'tillgraph', user: 'administrator' });
  try {
    return Number((await session.run(sql)).rows[0]?.[0]);
  } finally {
    await session.close();
  }
};

async function answer(question: string) {
  const { Item } = await dynamoDb.send(new GetItemCommand({ TableName: ANSWERS, Key: { question: { S: question } } }));
  return Item?.['rows']?.L?.map(({ M = {} }) =>
    Object.fromEntries(Object.entries(M).map(([name, { S, N, BOOL }]) => [name, S ?? BOOL ?? Number(N)])),
  );
}

describe('the functions of the warehouse, as they are deployed', () => {
  test('make a warehouse out of an empty database, twice the same, and let in who should come in', async () => {
    const first = await migrate('Create');
    const second = await migrate('Update');

    expect(first).toMatchObject({ Status: 'SUCCESS', Reason: expect.stringContaining('0001-roles.sql') as string });
    expect(second).toMatchObject({ Status: 'SUCCESS', Reason: 'applied: nothing new' });
    await redshift.checkPassword('tillgraph', 'bi', USERS.bi.password);
    await redshift.checkPassword('tillgraph', 'loader', USERS.loader.password);
    await expect(redshift.checkPassword('tillgraph', 'bi', USERS.loader.password)).rejects.toThrow();
  }, 120_000);

  test('tell CloudFormation why there is no warehouse, and what a database says', async () => {
    const elsewhere = await migrate('Update', { WorkgroupName: 'elsewhere' }, 12_000);
    const nobody = await migrate('Update', { Principals: [{ RoleName: 'x', Role: 'nobody' }] });

    expect(elsewhere).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringContaining("Redshift endpoint doesn't exist in this region.") as string,
    });
    expect(nobody).toMatchObject({ Status: 'FAILED', Reason: 'Role "nobody": choose one of etl, api_reader' });
  });

  test('bring delivered lines to the answers, and rejected ones to where they are seen', async () => {
    const lines = [
      ...linesOf('536365', 20),
      line({ invoiceNo: 'C536366', lineId: 'C536366-1', quantity: -2, unitPrice: '1.005', invoiceDate: '2011-01-04T10:00:00Z' }),
    ];

    const outcome = await deliver([...lines, line({ lineId: 'broken', unitPrice: 'a lot' })]);

    const mills = lines.reduce((sum, { quantity, unitPrice }) => sum + quantity * Math.round(Number(unitPrice) * 1000), 0);
    expect(outcome).toBe('settled');
    expect(await answer('sales:TOTAL')).toMatchObject([
      { revenue: (mills / 1000).toFixed(3), lines: 21, invoices: 2, customers: 1 },
    ]);
    expect(await answer('sales:MONTH')).toMatchObject([
      { month: '2010-12', lines: 20 },
      { month: '2011-01', lines: 1 },
    ]);
    expect(await answer('sales:PRODUCT:REVENUE')).toMatchObject([{ stockCode: '85123A', lines: 21 }]);
    expect(await count('SELECT COUNT(*) FROM intake.reject')).toBe(1);
    expect(logged).toMatchObject([
      { level: 'warn', entry: { run: 'warehouse-loader', outcome: 'settled', lines: { in: 22, new: 21, rejected: 1 } } },
    ]);
    expect(await count('SELECT COUNT(*) FROM intake.landing')).toBe(0);
  }, 120_000);

  test('load what comes twice once, and a correction instead of what it corrects', async () => {
    const lines = linesOf('536370', 3, { customerId: undefined });
    const corrected = { ...line({ ...lines[0], quantity: 100 }), sentAt: 1_800_000_000_000 };
    await deliver(lines);

    await deliver([...lines, corrected, ...lines]);

    expect(await count(`SELECT SUM(quantity) FROM mart.sales_line WHERE invoice_no = '536370'`)).toBe(100 + 2 + 3);
    expect(await answer('sales:TOTAL')).toMatchObject([{ lines: 24 }]);
  }, 120_000);

  test('copy what Firehose gave up on, as nobody but the loader', async () => {
    const { manifest } = await put(linesOf('536380', 2), 'firehose/errors/manifests/');

    const outcome = await loader.handler({ source: 'tillgraph.schedule' }, context());

    expect(outcome).toBe('settled');
    expect(await answer('sales:TOTAL')).toMatchObject([{ lines: 26 }]);
    expect(await s3.objects.list(BUCKET, 'firehose/errors/')).toEqual([]);
    expect(await s3.objects.list(BUCKET, 'firehose/redriven/')).toMatchObject([
      { key: manifest.replace('firehose/', 'firehose/redriven/') },
    ]);
  }, 120_000);

  test('settle though the Data API throttles, sleeps and loses connections between statements', async () => {
    await setFaults(dataUrl, [
      { operation: 'BatchExecuteStatement', effect: 'throttle', times: 2 },
      { operation: 'GetStatementResult', effect: 'unavailable', times: 2 },
      { operation: 'BatchExecuteStatement', effect: 'asleep', milliseconds: 300, times: 1, after: 2 },
      { operation: 'BatchExecuteStatement', effect: 'crash-between', every: 2, times: 8, after: 3 },
    ]);

    const outcome = await deliver(linesOf('536390', 2));

    const never = await faultsThatNeverStruck(dataUrl);
    await setFaults(dataUrl, []);
    expect(outcome).toBe('settled');
    expect(never).toEqual([]);
    expect(await count('SELECT COUNT(*) FROM mart.sales_line')).toBe(28);
    expect(await answer('sales:TOTAL')).toMatchObject([{ lines: 28 }]);
  }, 120_000);

  test('ask the warehouse nothing when there is nothing to do', async () => {
    const before = await dynamoDb.send(new ScanCommand({ TableName: ANSWERS }));
    await setFaults(dataUrl, [{ operation: 'BatchExecuteStatement', effect: 'throttle', times: 1 }]);

    const outcome = await loader.handler({ source: 'tillgraph.schedule' }, context());

    expect(outcome).toBe('idle');
    expect(await dynamoDb.send(new ScanCommand({ TableName: ANSWERS }))).toMatchObject({ Items: before.Items });
    await setFaults(dataUrl, []);
  });

  test('leave everything where it is when the stack goes', async () => {
    const response = await migrate('Delete');

    expect(response).toMatchObject({ Status: 'SUCCESS' });
    expect(await count('SELECT COUNT(*) FROM mart.sales_line')).toBe(28);
  });
});
