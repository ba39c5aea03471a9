import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  BatchExecuteStatementCommand,
  DescribeStatementCommand,
  GetStatementResultCommand,
  RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LOCAL, temporaryDirectory } from '@tillgraph/local-aws/testing/remote';
import { startRedshiftData, startRedshift } from '@tillgraph/local-aws';
import type { Aws } from '../../infra/confirm/aws.ts';
import { isChecked, type Seen } from '../../infra/confirm/claim.ts';
import { claims } from '../../infra/confirm/claims.ts';
import { Journal } from '../../infra/confirm/journal.ts';
import { loaderBatches } from '../../infra/confirm/warehouse/batches.ts';
import { openWarehouse, type WarehousePlace } from '../../infra/confirm/warehouse/place.ts';
import { setFaults } from '../support/faults.ts';

// The checks of `npm run confirm -- warehouse`, on the local warehouse: its migrations and statements are those that AWS is given.
const NAME = 'tillgraph-confirm-a1b2c3d4e5f6-warehouse';
const ADMINISTRATOR = { username: 'administrator', password: 'Admin1234' };

/** What is closed at the end, the last first. */
const open: (() => unknown)[] = [];
let place: WarehousePlace;
const secrets = new Map<string, typeof ADMINISTRATOR>();

beforeAll(async () => {
  const directory = await temporaryDirectory();
  open.push(() => directory[Symbol.asyncDispose]());
  const objects = new Map<string, Buffer>();
  const write = () => Promise.reject(new Error('nothing is unloaded here'));
  const list = async (bucket: string, prefix: string) =>
    [...objects]
      .map(([name, body]) => ({ key: name.slice(bucket.length + 1), size: body.length }))
      .filter(({ key }) => key.startsWith(prefix));
  const read = async (bucket: string, key: string) => Readable.from([objects.get(`${bucket}/${key}`) ?? Buffer.alloc(0)]);
  const redshift = await startRedshift({
    ...{ directory: directory.path, port: 0, adminUser: ADMINISTRATOR.username, adminPassword: ADMINISTRATOR.password },
    ...{ objects: { read, list, write }, log: console.error },
  });
  open.push(() => redshift.close());
  const api = await startRedshiftData({
    ...LOCAL,
    ...{ port: 0, log: console.error, redshift, workgroups: [{ name: NAME, databaseName: 'tillgraph' }] },
    secretOf: (arn) => secrets.get(arn) ?? ADMINISTRATOR,
  });
  open.push(() => api.close());
  const client = new RedshiftDataClient({ ...LOCAL, endpoint: api.url, maxAttempts: 1 });
  open.push(() => client.destroy());
  const calls: Readonly<Record<string, (input: never) => Promise<object>>> = {
    'redshift-data:BatchExecuteStatement': (input) => client.send(new BatchExecuteStatementCommand(input)),
    'redshift-data:DescribeStatement': (input) => client.send(new DescribeStatementCommand(input)),
    'redshift-data:GetStatementResult': (input) => client.send(new GetStatementResultCommand(input)),
    'redshift-serverless:CreateNamespace': async () => ({ namespace: { adminPasswordSecretArn: 'arn:of-the-administrator' } }),
    'redshift-serverless:CreateWorkgroup': async () => ({}),
    // One that is used up already.
    'redshift-serverless:CreateUsageLimit': async () => {
      await setFaults(api.url, [{ operation: 'Workgroup', effect: 'limit-reached' }]);
      return {};
    },
    'secretsmanager:CreateSecret': async ({ Name, SecretString }: { readonly Name: string; readonly SecretString: string }) => {
      secrets.set(`arn:${Name}`, JSON.parse(SecretString) as typeof ADMINISTRATOR);
      return { ARN: `arn:${Name}` };
    },
    'redshift-serverless:GetNamespace': async () => ({ namespace: { status: 'AVAILABLE' } }),
    'redshift-serverless:UpdateNamespace': async () => ({}),
    'iam:CreateRole': async () => ({ Role: { Arn: 'arn:aws:iam::000000000000:role/copy' } }),
    'iam:PutRolePolicy': async () => ({}),
    's3:CreateBucket': async () => ({}),
    's3:PutObject': async ({
      Bucket,
      Key,
      Body,
    }: {
      readonly Bucket: string;
      readonly Key: string;
      readonly Body: string | Buffer;
    }) => {
      objects.set(`${Bucket}/${Key}`, Buffer.from(Body));
      return {};
    },
    'redshift-serverless:GetWorkgroup': async () => ({ workgroup: { status: 'AVAILABLE' } }),
  };
  const filesOf = (folder: string) => {
    const path = join(import.meta.dirname, '..', '..', 'warehouse', folder);
    return readdirSync(path)
      .sort()
      .map((name) => ({ name, text: readFileSync(join(path, name), 'utf8') }));
  };
  place = await openWarehouse({
    aws: (async (name: string, input: never) => calls[name]?.(input)) as Aws,
    journal: new Journal(join(directory.path, 'journal.jsonl')),
    made: { name: NAME, region: 'us-east-1', account: '000000000000' },
    migrations: filesOf('migrations'),
    batches: loaderBatches(filesOf),
    wait: () => Promise.resolve(),
    now: Date.now,
  });
});
afterAll(async () => {
  for (const close of open.toReversed()) await close();
});

// Making it again is Redshift Serverless's own matter, which the stand-in has not.
const checked = claims.filter(isChecked).filter(({ step, id }) => step === 'warehouse' && id !== 'warehouse-made-again');

test.each(checked)('on the local warehouse, $id holds', async ({ check }) => {
  expect(await (check as (at: unknown) => Promise<Seen>)(place)).toMatchObject({ holds: true });
});
