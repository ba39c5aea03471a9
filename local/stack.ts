import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startApi } from './appsync/server.ts';
import type { ApiSurroundings, RunningApi } from './appsync/definition.ts';
import type { DataDirectory } from './data-directory.ts';
import { ServiceError } from './errors.ts';
import type { FailedBatch } from './event-source/failed-batch.ts';
import type { RunningMapping } from './event-source/mapping.ts';
import { startMapping } from './event-source/mapping.ts';
import { PortTakenError } from './http/loopback-server.ts';
import type { LoopbackServer } from './http/loopback-server.ts';
import { sign } from './http/signature-v4.ts';
import { Functions, MAX_REQUEST_BYTES } from './lambda/functions.ts';
import { startInvokeServer } from './lambda/invoke-server.ts';
import type { Outputs } from './outputs.ts';
import { startHttpApi } from './services/api-gateway.ts';
import { startDynamoDb } from './services/dynamodb.ts';
import type { KinesisService } from './services/kinesis.ts';
import { startKinesis } from './services/kinesis.ts';
import { startS3 } from './services/s3.ts';
import type { Assembly } from './template/assembly.ts';
import type { StackReading } from './template/readers.ts';
import { readStack } from './template/readers.ts';
import type { HttpApiDefinition, MappingDefinition, StackDefinition } from './template/stack-definition.ts';

export interface StackOptions {
  readonly directory: DataDirectory;
  readonly accountId: string;
  readonly region: string;
  /** Of the GraphQL API; 0: any free port. */
  readonly port: number;
  /** Declared waits are divided by it. */
  readonly timeFactor: number;
  log(this: void, line: string): void;
}

export interface RunningStack {
  readonly outputs: Outputs;
  /** Answers what is on its way, and stops. What a function had not finished comes again at the next start. */
  close(): Promise<void>;
}

/** How long functions may go on when the stack closes. @unit ms */
const GRACE = 3_000;
const LAST_PORT = 65_535;

/** Undoes what was started, the last first, all of it whatever fails on the way. */
class Closers {
  private readonly steps: (() => Promise<unknown>)[] = [];

  add(step: () => Promise<unknown>): void {
    this.steps.push(step);
  }

  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (let step = this.steps.pop(); step !== undefined; step = this.steps.pop()) {
      await step().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw new AggregateError(failures, 'not everything closed as it should');
  }
}

/** The stores, which need to know nothing of the template: they can start while it is still being made. */
export interface Stores {
  readonly kinesis: KinesisService;
  readonly dynamodb: Awaited<ReturnType<typeof startDynamoDb>>;
  readonly s3: Awaited<ReturnType<typeof startS3>>;
  close(): Promise<void>;
}

/** Start the stores on free ports. */
export async function startStores({ directory, accountId, region, log }: StackOptions): Promise<Stores> {
  const closers = new Closers();
  const common = { port: 0, credentials: directory.credentials, region, accountId, log };
  async function start<T extends { close(): Promise<void> }>(
    begin: (options: typeof common & { directory: string }) => Promise<T>,
    name: string,
  ): Promise<T> {
    const service = await begin({ ...common, directory: directory.inside(name) });
    closers.add(() => service.close());
    return service;
  }
  const started = await Promise.allSettled([
    start(startKinesis, 'kinesis'),
    start(startDynamoDb, 'dynamodb'),
    start(startS3, 's3'),
  ]);
  const [kinesis, dynamodb, s3] = started;
  if (kinesis.status === 'fulfilled' && dynamodb.status === 'fulfilled' && s3.status === 'fulfilled') {
    return { kinesis: kinesis.value, dynamodb: dynamodb.value, s3: s3.value, close: () => closers.close() };
  }
  await closers.close();
  throw started.find((result) => result.status === 'rejected')?.reason;
}

/**
 * Start everything the template declares, on top of the stores.
 *
 * @remarks Closes the stores too, also when it fails.
 */
export async function startStack(assembly: Assembly, stores: Stores, options: StackOptions): Promise<RunningStack> {
  const closers = new Closers();
  closers.add(() => stores.close());
  try {
    const reading = readStack(assembly, { ...options, apiKeyOf: (logicalId) => options.directory.apiKeyOf(logicalId) });
    const running = await startAll(reading, stores, options, closers);
    return { outputs: outputsOf(assembly, reading, running, options), close: () => closers.close() };
  } catch (error) {
    await closers.close();
    throw error;
  }
}

/** Addresses of what runs. */
interface Running {
  readonly endpoints: Readonly<Record<string, string>>;
  readonly httpApi?: LoopbackServer;
  readonly graphqlApi?: RunningApi;
}

async function startAll({ definition }: StackReading, stores: Stores, options: StackOptions, closers: Closers): Promise<Running> {
  await createAll(definition, stores);
  const { credentials } = options.directory;
  const storeEndpoints = { kinesis: stores.kinesis.url, dynamodb: stores.dynamodb.url, s3: stores.s3.url };
  const functions = new Functions(definition.functions, {
    logs: options.directory.inside('logs'),
    environment: {
      AWS_REGION: options.region,
      AWS_DEFAULT_REGION: options.region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      ...Object.fromEntries(
        Object.entries(storeEndpoints).map(([service, url]) => [`AWS_ENDPOINT_URL_${service.toUpperCase()}`, url]),
      ),
    },
  });
  let closings: Promise<unknown> = Promise.resolve();
  closers.add(() => closings);
  // Ends the lanes that were still at a function when their grace was over.
  closers.add(() => functions.close());
  let mappings: readonly RunningMapping[] = [];
  const backlog = () =>
    Promise.all(mappings.map(async (mapping) => ({ functionName: mapping.functionName, waiting: await mapping.waiting() })));
  const lambda = await startInvokeServer(functions, { ...options, credentials, backlog, port: 0 });
  closers.add(() => lambda.close());
  const endpoints = { ...storeEndpoints, lambda: lambda.url };

  mappings = await Promise.all(
    definition.eventSourceMappings.map((mapping) => startOne(mapping, definition, functions, stores, options)),
  );
  closers.add(() => {
    closings = Promise.all(mappings.map((mapping) => mapping.close()));
    return Promise.race([closings, pause(GRACE)]);
  });

  const { httpApi: httpDefinition, graphqlApi: graphqlDefinition } = definition;
  const httpApi = httpDefinition && (await startDoor(httpDefinition, functions, options));
  if (httpApi) closers.add(() => httpApi.close());
  if (graphqlDefinition === undefined) return { endpoints, ...(httpApi && { httpApi }) };
  const surroundings: ApiSurroundings = {
    credentials,
    log: options.log,
    endpointOf: (service) => {
      const endpoint = (endpoints as Readonly<Record<string, string>>)[service];
      if (endpoint === undefined)
        throw new Error(`no stand-in for ${service} runs: there are ${Object.keys(endpoints).join(', ')}`);
      return endpoint;
    },
    invokeFunction: async (functionArn, payload) => {
      const outcome = await functions.invokeText(functionArn, JSON.stringify(payload));
      return { ...outcome, payload: JSON.parse(outcome.payload) as unknown };
    },
  };
  const graphqlApi = await startGraphql(graphqlDefinition, surroundings, options.port);
  closers.add(() => graphqlApi.close());
  return { endpoints, graphqlApi, ...(httpApi && { httpApi }) };
}

async function createAll(definition: StackDefinition, { kinesis, dynamodb, s3 }: Stores): Promise<void> {
  await Promise.all([
    ...definition.streams.map((stream) => kinesis.createStream(stream)),
    ...definition.tables.map((table) => dynamodb.createTable({ ...table })),
    ...definition.buckets.map(({ name }) => s3.createBucket(name)),
  ]);
}

function startOne(
  mapping: MappingDefinition,
  { functions: definitions }: StackDefinition,
  functions: Functions,
  { kinesis, s3 }: Stores,
  { directory, region, timeFactor, log }: StackOptions,
): Promise<RunningMapping> {
  const lambda = definitions.find(({ name }) => name === mapping.functionName);
  if (lambda === undefined) throw new TypeError(`the stack has no function ${mapping.functionName}`);
  return startMapping(
    mapping,
    lambda,
    {
      source: kinesis,
      log,
      invoke: async (event) => {
        try {
          return await functions.invoke(lambda.name, event);
        } catch (error) {
          if (error instanceof ServiceError) return undefined;
          throw error;
        }
      },
      keep: (bucket, failed) => put(s3.url, bucket, failed, directory, region),
    },
    { region, timeFactor, directory: join(directory.path, 'event-source-mappings'), maxEventBytes: MAX_REQUEST_BYTES },
  );
}

async function put(
  endpoint: string,
  bucket: string,
  { key, body }: FailedBatch,
  { credentials }: DataDirectory,
  region: string,
): Promise<void> {
  const url = `${endpoint}/${bucket}/${key}`;
  const headers = { 'content-type': 'application/json' };
  const { host: _host, ...signed } = sign({ method: 'PUT', url, headers, body, credentials, region, service: 's3' });
  const response = await fetch(url, { method: 'PUT', headers: { ...headers, ...signed }, body });
  if (!response.ok) throw new Error(`PUT ${key}: ${String(response.status)} ${await response.text()}`);
}

/** On the port behind that of the GraphQL API, so that it is found again; on any when that one is taken. */
async function startDoor(definition: HttpApiDefinition, functions: Functions, options: StackOptions): Promise<LoopbackServer> {
  const start = (port: number): Promise<LoopbackServer> =>
    startHttpApi(definition, {
      ...options,
      credentials: options.directory.credentials,
      port,
      invoke: (functionArn, event) => functions.invokeText(functionArn, event),
    });
  try {
    return await start(options.port === 0 || options.port === LAST_PORT ? 0 : options.port + 1);
  } catch (error) {
    if (error instanceof PortTakenError) return start(0);
    throw error;
  }
}

async function startGraphql(
  definition: NonNullable<StackDefinition['graphqlApi']>,
  surroundings: ApiSurroundings,
  port: number,
): Promise<RunningApi> {
  try {
    return await startApi(definition, surroundings, { port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') throw new PortTakenError(port, { cause: error });
    throw error;
  }
}

function outputsOf(
  assembly: Assembly,
  { definition, identifiers }: StackReading,
  running: Running,
  options: StackOptions,
): Outputs {
  const { graphqlApi, httpApi, endpoints } = running;
  const apiKey = definition.graphqlApi?.apiKeys[0]?.value;
  if (graphqlApi && definition.graphqlApi) {
    identifiers.listen(definition.graphqlApi.logicalId, 'GraphQLUrl', graphqlApi.graphqlUrl);
    identifiers.listen(definition.graphqlApi.logicalId, 'RealtimeUrl', graphqlApi.realtimeUrl);
  }
  if (httpApi && definition.httpApi) identifiers.listen(definition.httpApi.logicalId, 'ApiEndpoint', httpApi.url);
  // CDK writes the address of an HTTP API as a text, not as an attribute.
  const awsAddress = `https://${definition.httpApi?.apiId ?? ''}.execute-api.${options.region}.amazonaws.com`;
  const stack = Object.entries(assembly.template.Outputs ?? {}).flatMap(([name, { Value, Condition }]) => {
    if (Condition !== undefined && !identifiers.intrinsics.condition(Condition, `Outputs.${name}`)) return [];
    const value = String(identifiers.intrinsics.evaluate(Value, `Outputs.${name}`));
    return [[name, httpApi ? value.replace(awsAddress, httpApi.url) : value] as const];
  });
  return {
    ...(graphqlApi && { graphqlUrl: graphqlApi.graphqlUrl, realtimeUrl: graphqlApi.realtimeUrl }),
    ...(httpApi && { restUrl: httpApi.url }),
    ...(apiKey !== undefined && { apiKey }),
    region: options.region,
    accountId: options.accountId,
    credentials: options.directory.credentials,
    endpoints,
    pid: process.pid,
    stack: Object.fromEntries(stack),
  };
}
