import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { sign } from '@tillgraph/local-aws';
import { withoutPairs } from './surrogate-pairs.ts';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { setTimeout as pause } from 'node:timers/promises';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { ForeignServer } from './server-process.ts';

const run = promisify(execFile);

/** ministack as it is on PyPI, by its exact version. */
export const MINISTACK = 'ministack==1.5.33';

export const REGION = 'us-east-1';
const ACCOUNT = '000000000000';
/** It knows these without being told. */
export const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

/** The bucket of `cdk bootstrap`. */
const ASSETS = `cdk-hnb659fds-assets-${ACCOUNT}-${REGION}`;

/** How ministack is started. */
export const ministackOf = (python: string) => ({
  python,
  parameters: () => ['-m', 'ministack'],
  environment: (port: number) => ({
    BIND_HOST: '127.0.0.1',
    MINISTACK_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    MINISTACK_REGION: REGION,
    MINISTACK_ACCOUNT_ID: ACCOUNT,
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
    LOG_LEVEL: 'WARNING',
  }),
  readyPath: '/_ministack/ready',
});

interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
}

interface Template {
  readonly Resources: Record<string, Resource>;
  readonly Outputs: Record<string, unknown>;
}

interface Assets {
  readonly files: Readonly<Record<string, { readonly source: { readonly path: string; readonly packaging: 'file' | 'zip' } }>>;
}

/** The template as ministack can take it: nothing is left out but alarms with metric math, which it refuses by name. */
function forMinistack(directory: string, stack: string, url: string) {
  const template = JSON.parse(readFileSync(join(directory, `${stack}.template.json`), 'utf8')) as Template;
  const assets = JSON.parse(readFileSync(join(directory, `${stack}.assets.json`), 'utf8')) as Assets;
  const written = (location: unknown) => readFileSync(join(directory, pathOf(location, assets)), 'utf8');
  const isTaken = ({ Type, Properties }: Resource) => Type !== 'AWS::CloudWatch::Alarm' || !('Metrics' in Properties);
  const resources = Object.entries(template.Resources);
  const taken = resources
    .filter(([, resource]) => isTaken(resource))
    .map(([id, resource]): [string, Resource] => {
      const { CodeS3Location, DefinitionS3Location, HttpConfig, ...others } = resource.Properties;
      const Properties = {
        ...others,
        ...(CodeS3Location === undefined ? {} : { Code: withoutPairs(written(CodeS3Location)) }),
        ...(DefinitionS3Location === undefined ? {} : { Definition: written(DefinitionS3Location) }),
        // Its AppSync asks the address as it stands, which would be Amazon's.
        ...(HttpConfig === undefined ? {} : { HttpConfig: { ...HttpConfig, Endpoint: url } }),
      };
      return [id, { ...resource, Properties }];
    });
  return {
    template: { ...template, Resources: Object.fromEntries(taken) },
    leftOut: resources.filter(([, resource]) => !isTaken(resource)).map(([id]) => id),
  };
}

const pathOf = (location: unknown, { files }: Assets): string => {
  const text = typeof location === 'string' ? location : (location as { 'Fn::Sub': string })['Fn::Sub'];
  const hash = /([0-9a-f]{64})/.exec(text)?.[1] ?? '';
  const file = files[hash];
  if (file === undefined) throw new Error(`no asset of the assembly is ${text}`);
  return file.source.path;
};

/** Put the functions' code where the template says that it is. */
async function publishAssets(directory: string, stack: string, server: ForeignServer, python: string): Promise<void> {
  const { files } = JSON.parse(readFileSync(join(directory, `${stack}.assets.json`), 'utf8')) as Assets;
  await withS3(server, (client) => client.send(new CreateBucketCommand({ Bucket: ASSETS })));
  for (const [hash, { source }] of Object.entries(files)) {
    if (source.packaging !== 'zip') continue;
    const zip = join(server.directory, `${hash}.zip`);
    await run(python, [
      '-c',
      'import shutil, sys; shutil.make_archive(*sys.argv[1:])',
      zip.slice(0, -4),
      'zip',
      join(directory, source.path),
    ]);
    await put(server, `${hash}.zip`, readFileSync(zip));
  }
}

async function put(server: ForeignServer, Key: string, Body: string | Uint8Array): Promise<void> {
  await withS3(server, (client) => client.send(new PutObjectCommand({ Bucket: ASSETS, Key, Body })));
}

async function withS3(server: ForeignServer, work: (client: S3Client) => Promise<unknown>): Promise<void> {
  const client = new S3Client({ region: REGION, credentials: CREDENTIALS, endpoint: server.url, forcePathStyle: true });
  await work(client).finally(() => {
    client.destroy();
  });
}

/** `cdk bootstrap` leaves its version here, and the template asks for it. */
async function bootstrapVersion(server: ForeignServer): Promise<void> {
  const body = JSON.stringify({ Name: '/cdk-bootstrap/hnb659fds/version', Type: 'String', Value: '29' });
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AmazonSSM.PutParameter' };
  await signedPost(server, 'ssm', headers, body);
}

/** CloudFormation refuses, or does not get it done. */
export class DeploymentFailedError extends Error {
  override readonly name = 'DeploymentFailedError';
  readonly code = 'DEPLOYMENT_FAILED';
}

/** @unit milliseconds */
const LOOK_AGAIN = 100;

/** Deploy a stack of an assembly. @returns its outputs, and what every resource became */
export async function deploy(directory: string, stack: string, server: ForeignServer, python: string) {
  await publishAssets(directory, stack, server, python);
  const { template, leftOut } = forMinistack(directory, stack, server.url);
  await put(server, `${stack}.json`, JSON.stringify(template));
  await bootstrapVersion(server);
  await cloudFormation(server, {
    Action: 'CreateStack',
    StackName: stack,
    TemplateURL: `${server.url}/${ASSETS}/${stack}.json`,
    'Capabilities.member.1': 'CAPABILITY_NAMED_IAM',
  });
  for (;;) {
    const answer = await cloudFormation(server, { Action: 'DescribeStacks', StackName: stack });
    const status = /<StackStatus>(\w+)</.exec(answer)?.[1] ?? '';
    if (status === 'CREATE_COMPLETE') {
      const outputs = [...answer.matchAll(/<OutputKey>([^<]*)<\/OutputKey>\s*<OutputValue>([^<]*)</g)];
      return {
        outputs: Object.fromEntries(outputs.map(([, key = '', value = '']) => [key, value])),
        declared: Object.keys(template.Resources).sort(),
        apiKey: await apiKeyOf(server, stack),
        created: (await resourcesOf(server, stack)).sort(),
        leftOut,
      };
    }
    if (status !== 'CREATE_IN_PROGRESS') {
      const events = await cloudFormation(server, { Action: 'DescribeStackEvents', StackName: stack });
      const reasons = [...events.matchAll(/<ResourceStatusReason>([^<]+)</g)].map(([, reason = '']) => reason);
      throw new DeploymentFailedError(`the stack is ${status}: ${reasons.join('; ')}`);
    }
    await pause(LOOK_AGAIN);
  }
}

/** Logical ids of what is there. */
async function resourcesOf(server: ForeignServer, stack: string): Promise<string[]> {
  const answer = await cloudFormation(server, { Action: 'DescribeStackResources', StackName: stack });
  return [...answer.matchAll(/<member>(.*?)<\/member>/gs)]
    .filter(([member]) => member.includes('CREATE_COMPLETE'))
    .map(([, member = '']) => /<LogicalResourceId>(\w+)</.exec(member)?.[1] ?? '');
}

async function apiKeyOf(server: ForeignServer, stack: string): Promise<string> {
  const answer = await cloudFormation(server, { Action: 'DescribeStackResources', StackName: stack });
  const member = [...answer.matchAll(/<member>(.*?)<\/member>/gs)].find(([text]) => text.includes('AWS::AppSync::ApiKey'));
  return /<PhysicalResourceId>([^<]*)</.exec(member?.[1] ?? '')?.[1] ?? '';
}

/** CloudFormation's query protocol; there is no client of it among our packages. */
async function cloudFormation(server: ForeignServer, parameters: Readonly<Record<string, string>>): Promise<string> {
  const body = new URLSearchParams({ ...parameters, Version: '2010-05-15' }).toString();
  return signedPost(server, 'cloudformation', { 'content-type': 'application/x-www-form-urlencoded' }, body);
}

async function signedPost({ url }: ForeignServer, service: string, headers: Readonly<Record<string, string>>, body: string) {
  const request = { method: 'POST', url: `${url}/`, headers, body, credentials: CREDENTIALS, region: REGION, service };
  const { host: _host, ...signed } = sign(request);
  const answer = await fetch(`${url}/`, { method: 'POST', headers: { ...headers, ...signed }, body });
  const text = await answer.text();
  if (!answer.ok) throw new DeploymentFailedError(`${service} answers ${String(answer.status)}: ${text.slice(0, 2_000)}`);
  return text;
}
