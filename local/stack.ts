import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Closers } from './closers.ts';
import { objectWriter, startMappings } from './consumers.ts';
import { makeCustomResources } from './services/cloudformation/custom-resources.ts';
import type { StartingDatabase } from './services/redshift/start.ts';
import { startDatabase, stopDatabase, declaredDatabase } from './services/redshift/start.ts';
import type { RunningGlue } from './services/glue/start.ts';
import { startDeclaredGlue } from './services/glue/start.ts';
import { Monitoring } from './services/cloudwatch/monitoring.ts';
import { SecretValues } from './services/secrets-manager/secret-values.ts';
import type { StackOptions } from './stack-options.ts';
import { startDeliveries } from './services/firehose/start.ts';
import { startDataApi } from './services/redshift-data/start.ts';
import { portAtOffset, startApis } from './doors.ts';
import type { RunningMapping } from './services/lambda/event-source/mapping.ts';
import { Functions } from './services/lambda/functions.ts';
import { startInvokeServer } from './services/lambda/service.ts';
import type { Measure } from './measure.ts';
import type { Outputs, RunningServices } from './outputs.ts';
import { outputsOf } from './outputs.ts';
import { startEventBridge } from './services/event-bridge/service.ts';
import type { RedshiftService } from './services/redshift/service.ts';
import { startSchedulePages } from './services/scheduler/pages.ts';
import { startScheduler } from './services/scheduler/service.ts';
import { startSecretsManager } from './services/secrets-manager/service.ts';
import type { Stores } from './stores.ts';
import { createDeclaredStores, startStores } from './stores.ts';
import type { Assembly } from './template/assembly.ts';
import type { StackReading } from './template/readers.ts';
import { readStack } from './template/readers.ts';
import type { StackDefinition } from './template/stack-definition.ts';

export interface RunningStack {
  readonly outputs: Outputs;
  /** Answers what is on its way, and stops. What a function had not finished comes again at the next start. */
  close(): Promise<void>;
}

/** How long functions may go on when the stack closes. @unit ms */
const GRACE_MS = 3_000;

/** What can start before the template is made. */
export interface EarlyServices {
  readonly stores: Stores;
  readonly secrets: SecretValues;
  /** What the assembly that was expected declares, if it could be read. */
  readonly candidate?: { readonly assembly: Assembly; readonly reading: StackReading };
  readonly database?: StartingDatabase;
  close(): Promise<void>;
}

/**
 * Start the stores, and the database if a warehouse is to be expected.
 *
 * @param assembly - the assembly that will run, or the one before it: whether there is a database to start takes a while to become certain
 */
export async function startEarlyServices(options: StackOptions, assembly: Assembly | undefined): Promise<EarlyServices> {
  const starting = startStores(options);
  let database: StartingDatabase | undefined;
  try {
    const secrets = new SecretValues(options.directory);
    const candidate = readCandidate(assembly, options);
    const { warehouse, secrets: declared = [] } = candidate?.reading.definition ?? {};
    secrets.declare(declared);
    database = warehouse && startDatabase(warehouse, databaseOptions(options, secrets, starting));
    const stores = await starting;
    return {
      stores,
      secrets,
      ...(candidate && { candidate }),
      ...(database && { database }),
      close: async () => {
        await stopDatabase(database);
        await stores.close();
      },
    };
  } catch (error) {
    await stopDatabase(database);
    await starting.then((stores) => stores.close()).catch(() => undefined);
    throw error;
  }
}

function readCandidate(assembly: Assembly | undefined, options: StackOptions): EarlyServices['candidate'] {
  try {
    return assembly && { assembly, reading: read(assembly, options) };
  } catch {
    // Whatever is wrong with it is said when it is certain that it shall run.
    return undefined;
  }
}

function read(assembly: Assembly, options: StackOptions): StackReading {
  return readStack(assembly, { ...options, apiKeyOf: (logicalId) => options.directory.apiKeyOf(logicalId) });
}

function databaseOptions({ directory, log, ...options }: StackOptions, secrets: SecretValues, stores: Promise<Stores>) {
  const objects = stores.then(({ s3 }) => s3.objects);
  objects.catch(() => undefined);
  return { directory: join(directory.path, 'redshift'), port: portAtOffset(options, 2), secrets, objects, log };
}

/**
 * Start everything the template declares, on top of the ground.
 *
 * @remarks Closes the ground too, also when it fails.
 */
export async function startStack(assembly: Assembly, early: EarlyServices, options: StackOptions): Promise<RunningStack> {
  const { stores, secrets, candidate, database: begun } = early;
  const closers = new Closers();
  closers.add(() => stores.close());
  try {
    const reading = candidate?.assembly === assembly ? candidate.reading : await readOrStopDatabase(assembly, early, options);
    const { definition } = reading;
    secrets.declare(definition.secrets);
    const settled = declaredDatabase(begun, definition.warehouse, databaseOptions(options, secrets, Promise.resolve(stores)));
    closers.add(async () => (await settled.catch(() => undefined))?.close());
    const [database] = await Promise.all([settled, createDeclaredStores(stores, definition)]);
    const running = await startAll(reading, { ...early, database }, options, closers);
    return { outputs: outputsOf(assembly, reading, running, { ...options, secrets }), close: () => closers.close() };
  } catch (error) {
    await closers.close();
    throw error;
  }
}

/** A database that was begun must end also when the template cannot be read. */
async function readOrStopDatabase(assembly: Assembly, { database }: EarlyServices, options: StackOptions): Promise<StackReading> {
  try {
    return read(assembly, options);
  } catch (error) {
    await stopDatabase(database);
    throw error;
  }
}

async function startAll(
  { definition, identifiers }: StackReading,
  { stores, secrets, database }: Omit<EarlyServices, 'database'> & { readonly database: RedshiftService | undefined },
  options: StackOptions,
  closers: Closers,
): Promise<RunningServices> {
  const monitoring = monitoringOf(definition, options);
  const { measure } = monitoring;
  stores.onMeasured(measure);
  const services = { ...options, credentials: options.directory.credentials, measure };
  const called: Record<string, string> = { kinesis: stores.kinesis.url, dynamodb: stores.dynamodb.url, s3: stores.s3.url };
  if (definition.secrets.length > 0) {
    const secretsManager = await startSecretsManager(secrets, { ...services, port: 0 });
    closers.add(() => secretsManager.close());
    called['secretsmanager'] = secretsManager.url;
  }
  const warehouse = database && { redshift: database, secrets };
  if (warehouse) called['redshift-data'] = await startDataApi(definition, warehouse, services, closers);

  const glue = await startDeclaredGlue(
    definition.glue,
    { stores, redshift: database, secrets, environment: () => environmentOf(called, options) },
    options,
    closers,
  );
  if (glue) called['glue'] = glue.url;

  const functions = startFunctions(definition, called, monitoring, options);
  let ends: Promise<unknown> = Promise.resolve();
  closers.add(() => ends);
  // Ends what was still at a function when its grace was over.
  closers.add(() => functions.close());
  let mappings: readonly RunningMapping[] = [];
  const lambda = await startInvokeServer(functions, { ...services, backlog: () => backlogOf(mappings), port: 0 });
  closers.add(() => lambda.close());

  await makeDeclaredResources({ definition, identifiers }, functions, secrets, options);
  closers.add(() => {
    ends = Promise.all([functions.closeQueues(), ...mappings.map((mapping) => mapping.close())]);
    return Promise.race([ends, pause(GRACE_MS)]);
  });
  await startEvents(definition, { functions, stores, glue, measure }, options, closers);
  const schedules = definition.schedules.length > 0 ? await startPages(definition, options, closers) : undefined;
  const deliveryOptions = { ...services, directory: options.directory.inside('firehose') };
  const firehose =
    warehouse && (await startDeliveries(definition, { ...warehouse, stores, functions }, deliveryOptions, closers));
  mappings = await startMappings(definition, functions, stores, { ...options, measure });
  // Only now: all that follow a stream have to be told what goes.
  await stores.kinesis.startTrimming();
  if (firehose) monitoring.watch(() => firehose.ages());
  const endpoints = {
    ...called,
    ...(firehose && { firehose: firehose.url }),
    ...(schedules !== undefined && { scheduler: schedules }),
    lambda: lambda.url,
    ...(definition.monitoring.alarms.length > 0 && { monitoring: await monitoring.start(closers) }),
  };
  const apis = await startApis(definition, { functions, endpoints, measure }, options, closers);
  return { endpoints, ...apis, ...(database && { databasePort: database.port }) };
}

function monitoringOf(definition: StackDefinition, options: StackOptions): Monitoring {
  return new Monitoring(definition, {
    factor: options.alarmFactor ?? Math.max(1, options.timeFactor / 20),
    log: options.log,
    ...(options.alarmClock && { clock: options.alarmClock }),
  });
}

/** What the functions of mappings have not done yet. */
function backlogOf(mappings: readonly RunningMapping[]) {
  return Promise.all(
    mappings.map(async (mapping) => ({
      functionName: mapping.functionName,
      waiting: await mapping.waiting(),
      lost: mapping.lost(),
    })),
  );
}

/** Make the custom resources, and give their values to the resources that refer to them. */
async function makeDeclaredResources(
  { definition, identifiers }: StackReading,
  functions: Functions,
  secrets: SecretValues,
  options: StackOptions,
): Promise<void> {
  const made = await makeCustomResources(definition.customResources, {
    directory: options.directory,
    stackId: String(identifiers.intrinsics.evaluate({ Ref: 'AWS::StackId' }, 'Stack')),
    invokeAsynchronously: (name, event) => functions.invokeAsynchronously(name, event),
    codeOf: (name) => functions.codeOf(name),
    logOf: (name) => functions.logOf(name),
    secretVersionOf: (text) => secrets.find(text)?.current.versionId,
    log: options.progress ?? options.log,
  });
  for (const [logicalId, { physicalId, data }] of made) identifiers.setCustomResource(logicalId, physicalId, data);
}

function startFunctions(
  definition: StackDefinition,
  endpoints: Readonly<Record<string, string>>,
  monitoring: Monitoring,
  options: StackOptions,
): Functions {
  const { directory, region, timeFactor, log } = options;
  return new Functions(definition.functions, {
    logs: directory.inside('logs'),
    environment: environmentOf(endpoints, options),
    measure: monitoring.measure,
    counterOf: (logGroup) => monitoring.lineCounter(logGroup),
    asynchronous: {
      timeFactor,
      log,
      keep: (given) => objectWriter(endpoints['s3'] ?? '', given, directory.credentials, region),
    },
  });
}

/** What code of the stack finds in its environment, so that its clients come here. */
function environmentOf(
  endpoints: Readonly<Record<string, string>>,
  { directory: { credentials }, region }: StackOptions,
): Readonly<Record<string, string>> {
  const addresses = Object.entries(endpoints).map(([service, url]) => [`AWS_ENDPOINT_URL_${serviceId(service)}`, url] as const);
  return {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    ...Object.fromEntries(addresses),
  };
}

/** What runs by the clock can be looked at. @returns where */
async function startPages({ schedules, functions }: StackDefinition, options: StackOptions, closers: Closers): Promise<string> {
  const targetOf = (functionName: string): string => functions.find(({ name }) => name === functionName)?.arn ?? functionName;
  const shown = schedules.map(({ name, expression, timezone, enabled, target }) => ({
    name,
    expression,
    timezone,
    enabled,
    target: target.kind === 'function' ? targetOf(target.functionName) : target.arn,
  }));
  const pages = await startSchedulePages({ ...options, schedules: shown });
  closers.add(() => pages.close());
  return pages.url;
}

/** A service's name as SDKs look for its address. @source AWS SDKs and Tools Reference Guide, "Service-specific endpoints" */
function serviceId(signingName: string): string {
  return signingName === 'secretsmanager' ? 'SECRETS_MANAGER' : signingName.toUpperCase().replaceAll('-', '_');
}

/** From now on new objects and ended runs invoke functions, and schedules run. */
async function startEvents(
  { buckets, eventRules: rules, schedules }: StackDefinition,
  {
    functions,
    stores,
    glue,
    measure,
  }: {
    readonly functions: Functions;
    readonly stores: Stores;
    readonly glue: RunningGlue | undefined;
    readonly measure: Measure;
  },
  options: StackOptions,
  closers: Closers,
): Promise<void> {
  const invokeAsynchronously = (name: string, event: unknown): void => {
    functions.invokeAsynchronously(name, event);
  };
  const bus = startEventBridge({ ...options, rules, invokeAsynchronously });
  stores.onObjectCreated((created) => {
    const bucket = buckets.find(({ name }) => name === created.bucket);
    if (bucket === undefined) return;
    for (const { id: FilterId, prefix } of bucket.requestMetrics) {
      const dimensions = { BucketName: bucket.name, FilterId };
      if (created.key.startsWith(prefix) && created.reason !== 'CompleteMultipartUpload')
        measure({ namespace: 'AWS/S3', name: 'PutRequests', dimensions, value: 1 });
    }
    if (bucket.sendsEvents) bus.objectCreated(created);
  });
  await glue?.begin((change) => {
    bus.jobRunChanged(change);
  });
  const scheduler = startScheduler({
    ...options,
    schedules,
    invokeAsynchronously,
    ...(glue && { startJobRun: (input: unknown) => glue.startScheduledRun(input as { readonly JobName?: unknown }) }),
  });
  closers.add(async () => {
    stores.onObjectCreated(() => undefined);
    await scheduler.close();
  });
}
