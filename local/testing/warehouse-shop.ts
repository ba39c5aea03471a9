import { join } from 'node:path';
import { assemblyOf } from './assemblies.ts';
import type { Resources } from './assemblies.ts';
import { delivery, lambdaFunction } from './warehouse-resources.ts';

/** Functions here are not bundled: they find the SDK where this repository has it. */
const sdk = `
  import { createRequire } from 'node:module';
  const require = createRequire(${JSON.stringify(join(import.meta.dirname, '..', '..', 'package.json'))});
  const { RedshiftDataClient, BatchExecuteStatementCommand, ExecuteStatementCommand, DescribeStatementCommand, GetStatementResultCommand } =
    require('@aws-sdk/client-redshift-data');
  const { SecretsManagerClient, GetSecretValueCommand } = require('@aws-sdk/client-secrets-manager');
  const { setTimeout: pause } = require('node:timers/promises');
  const data = new RedshiftDataClient({});
  async function finished(Id) {
    for (;;) {
      const { Status, Error: reason } = await data.send(new DescribeStatementCommand({ Id }));
      if (Status === 'FINISHED') return Id;
      if (Status === 'FAILED' || Status === 'ABORTED') throw new Error(reason);
      await pause(10);
    }
  }`;

/** Makes the table of the delivery and its users, as the administrator; fails when it is told to. */
const migrator = `${sdk}
  const secrets = new SecretsManagerClient({});
  const login = async (SecretId) => JSON.parse((await secrets.send(new GetSecretValueCommand({ SecretId }))).SecretString);
  async function migrate({ WorkgroupName, AdminSecretArn, LoaderSecretArn, Fail }) {
    if (Fail) throw new Error(Fail);
    const { username, password } = await login(LoaderSecretArn);
    const Sqls = [
      'CREATE SCHEMA IF NOT EXISTS intake',
      'CREATE TABLE IF NOT EXISTS intake.landing (lineid VARCHAR(64), quantity VARCHAR(64))',
      \`CREATE USER \${username} PASSWORD '\${password}'\`,
      \`GRANT USAGE ON SCHEMA intake TO \${username}\`,
      \`GRANT INSERT, SELECT ON intake.landing TO \${username}\`,
    ];
    const { Id } = await data.send(
      new BatchExecuteStatementCommand({ WorkgroupName, Database: 'sales', SecretArn: AdminSecretArn, Sqls }),
    );
    await finished(Id);
  }
  export const handler = async ({ RequestType, ResponseURL, StackId, RequestId, LogicalResourceId, ResourceProperties }) => {
    console.log(RequestType);
    const answer = { Status: 'SUCCESS', PhysicalResourceId: 'schema', StackId, RequestId, LogicalResourceId, Data: { Table: 'intake.landing' } };
    try {
      await migrate(ResourceProperties);
    } catch (error) {
      Object.assign(answer, { Status: 'FAILED', Reason: error.message });
    }
    await fetch(ResponseURL, { method: 'PUT', body: JSON.stringify(answer) });
  };`;

/** Writes down what it hears of, and as which database user it may ask. */
const listener = `${sdk}
  import { appendFileSync } from 'node:fs';
  export const handler = async (event) => {
    const input = { WorkgroupName: process.env.WORKGROUP, Database: 'sales', Sql: 'SELECT CAST(current_user AS VARCHAR(128)) AS me' };
    const { Id } = await data.send(new ExecuteStatementCommand(input));
    const { Records } = await data.send(new GetStatementResultCommand({ Id: await finished(Id) }));
    appendFileSync(process.env.FILE, (event.detail?.object.key ?? event.source) + ' ' + Records[0][0].stringValue + '\\n');
  };`;

/**
 * A shop that delivers its stream into a warehouse, and a function that hears of every delivery and has a schedule besides.
 *
 * @param file - where the function writes what it hears
 * @param failure - with what the schema cannot be made; undefined: it can
 * @returns the directory of its cloud assembly
 */
export function warehouseShop(file: string, failure?: string): string {
  const resources: Resources = {
    ...delivery(),
    Bucket: {
      Type: 'AWS::S3::Bucket',
      Properties: { NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } } },
    },
    ...lambdaFunction('Migrator', 'migrator', { Timeout: 30 }),
    ...lambdaFunction('Listener', 'listener', {
      Environment: { Variables: { FILE: file, WORKGROUP: { Ref: 'Workgroup' } } },
      ReservedConcurrentExecutions: 1,
      Timeout: 30,
    }),
    Schema: {
      Type: 'Custom::Schema',
      Properties: {
        ServiceToken: { 'Fn::GetAtt': ['Migrator', 'Arn'] },
        WorkgroupName: { Ref: 'Workgroup' },
        AdminSecretArn: { 'Fn::GetAtt': ['Namespace', 'Namespace.AdminPasswordSecretArn'] },
        LoaderSecretArn: { Ref: 'LoaderSecret' },
        ...(failure !== undefined && { Fail: failure }),
      },
    },
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: {
          source: ['aws.s3'],
          'detail-type': ['Object Created'],
          detail: { object: { key: [{ prefix: 'firehose/2' }] } },
        },
        State: 'ENABLED',
        Targets: [{ Arn: { 'Fn::GetAtt': ['Listener', 'Arn'] }, Id: 'Target0' }],
      },
    },
    Schedule: {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        FlexibleTimeWindow: { Mode: 'OFF' },
        ScheduleExpression: 'rate(1 hour)',
        Target: { Arn: { 'Fn::GetAtt': ['Listener', 'Arn'] }, Input: '{"source":"schedule"}', RoleArn: 'r' },
      },
    },
  };
  const outputs = {
    BiSecretArn: { Value: { Ref: 'LoaderSecret' } },
    StreamName: { Value: { Ref: 'Stream' } },
    Table: { Value: { 'Fn::GetAtt': ['Schema', 'Table'] } },
  };
  return assemblyOf(
    resources,
    { Outputs: outputs },
    { migrator: { 'index.mjs': migrator }, listener: { 'index.mjs': listener } },
  );
}
