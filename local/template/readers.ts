import type { Assembly } from './assembly.ts';
import type { Declared } from './declarations.ts';
import { Declarations } from './declarations.ts';
import { Identifiers } from './identifiers.ts';
import type { Home } from './identities.ts';
import { inOrder, readCustomResource } from '../services/cloudformation/template.ts';
import { readDeliveryStream } from '../services/firehose/template.ts';
import { readEventRule } from '../services/event-bridge/template.ts';
import { readSchedule } from '../services/scheduler/template.ts';
import { readEventInvokeConfig, readEventSourceMapping, readFunction } from '../services/lambda/template.ts';
import {
  readCatalogTable,
  readClassifier,
  readConnection,
  readCrawler,
  readDatabase,
  readRuleset,
} from '../services/glue/template-catalog.ts';
import { readJob } from '../services/glue/template-jobs.ts';
import { readGraphqlApi } from '../services/appsync/template.ts';
import { readHttpApi } from '../services/api-gateway/template.ts';
import { readAlarm, readMetricFilter } from '../services/cloudwatch/template.ts';
import { managedSecret, readSecret } from '../services/secrets-manager/template.ts';
import { readGlobalTable, readTable } from '../services/dynamodb/template.ts';
import { readStream } from '../services/kinesis/template.ts';
import { readBucket, readBucketPolicy } from '../services/s3/template.ts';
import { readWarehouse } from '../services/redshift/template.ts';
import type { LambdaDefinition } from '../services/lambda/definition.ts';
import type { StackDefinition } from './stack-definition.ts';

/** What reading needs besides the template. */
export interface ReadOptions {
  readonly accountId: string;
  readonly region: string;
  apiKeyOf(this: void, logicalId: string): string;
}

export interface StackReading {
  readonly definition: StackDefinition;
  /** To set addresses, and then to evaluate Outputs. */
  readonly identifiers: Identifiers;
}

/**
 * Read what a stack declares. Every resource is started, or known to need nothing, or an error.
 *
 * @throws UnsupportedTypeError, UnsupportedPropertyError, UnresolvableError: each names the resource
 */
export function readStack(assembly: Assembly, options: ReadOptions): StackReading {
  const home: Home = { accountId: options.accountId, region: options.region, stackName: assembly.stackName };
  const identifiers = new Identifiers(assembly.template, home);
  const declared = new Declarations(assembly.template, identifiers);
  const stores = readStores(declared, home);
  const functions = readFunctions(declared, assembly);
  const known = knownFunction(functions);
  const glue = readGlue(declared, home, assembly);
  const definition: StackDefinition = {
    ...stores,
    functions,
    eventSourceMappings: declared.each('AWS::Lambda::EventSourceMapping', ({ properties, ref }) =>
      known(properties, 'FunctionName', readEventSourceMapping(properties, ref())),
    ),
    ...readWarehouseAndDelivery(declared, stores, functions),
    eventRules: declared.each('AWS::Events::Rule', ({ properties, ref, attribute }) => {
      const rule = readEventRule(properties, ref(), attribute('Arn'));
      for (const target of rule.targets) known(properties, 'Targets', target);
      return rule;
    }),
    schedules: declared.each('AWS::Scheduler::Schedule', ({ properties, ref, attribute }) => {
      const schedule = readSchedule(properties, ref(), attribute('Arn'));
      if (schedule.target.kind === 'function') known(properties, 'Target', schedule.target);
      else knownJob(properties, schedule.target.jobName, glue);
      return schedule;
    }),
    customResources: inOrder(
      declared.custom(({ properties }) => known(properties, 'ServiceToken', readCustomResource(properties))),
      assembly.template,
    ),
    ...glue,
    ...readApis(declared, home, assembly, options),
    monitoring: {
      metricFilters: declared.each('AWS::Logs::MetricFilter', ({ properties, logicalId }) =>
        readMetricFilter(properties, logicalId),
      ),
      alarms: declared.each('AWS::CloudWatch::Alarm', ({ properties, logicalId, ref }) =>
        readAlarm(properties, logicalId, ref()),
      ),
    },
  };
  declared.finish();
  return { definition, identifiers };
}

type Stores = Pick<StackDefinition, 'tables' | 'streams' | 'buckets'>;

function readStores(declared: Declarations, { region }: Home): Stores {
  const policies = declared.each('AWS::S3::BucketPolicy', ({ properties }) => readBucketPolicy(properties));
  const policyOf = (name: string) => policies.find(({ bucket }) => bucket === name)?.policy;
  return {
    tables: [
      ...declared.each('AWS::DynamoDB::Table', ({ properties, ref }) => readTable(properties, ref())),
      ...declared.each('AWS::DynamoDB::GlobalTable', ({ properties, ref }) => readGlobalTable(properties, ref(), region)),
    ],
    streams: declared.each('AWS::Kinesis::Stream', ({ properties, ref }) => readStream(properties, ref())),
    buckets: declared.each('AWS::S3::Bucket', ({ properties, ref }) => readBucket(properties, ref(), policyOf(ref()))),
  };
}

function readFunctions(declared: Declarations, { assets }: Assembly): readonly LambdaDefinition[] {
  const functions = declared.each('AWS::Lambda::Function', ({ properties, ref, attribute }) =>
    readFunction(properties, ref(), attribute('Arn'), assets),
  );
  const known = knownFunction(functions);
  const configs = declared.each('AWS::Lambda::EventInvokeConfig', ({ properties }) =>
    known(properties, 'FunctionName', readEventInvokeConfig(properties)),
  );
  return functions.map((lambda) => {
    const config = configs.find(({ functionName }) => functionName === lambda.name);
    return config === undefined ? lambda : { ...lambda, asynchronous: config.asynchronous };
  });
}

/** Refuses what names a function that the stack has not. */
function knownFunction(functions: readonly LambdaDefinition[]) {
  return <T extends { readonly functionName: string }>(properties: Declared['properties'], name: string, reading: T): T => {
    if (functions.some((lambda) => lambda.name === reading.functionName)) return reading;
    return properties.refuse(name, `the stack has no function ${reading.functionName}`);
  };
}

function knownJob(properties: Declared['properties'], name: string, { glue }: Pick<StackDefinition, 'glue'>): void {
  if (glue?.jobs.some((job) => job.name === name) !== true) properties.refuse('Target', `the stack has no job ${name}`);
}

function readWarehouseAndDelivery(
  declared: Declarations,
  { streams, buckets }: Stores,
  functions: readonly LambdaDefinition[],
): Pick<StackDefinition, 'secrets' | 'warehouse' | 'deliveryStreams'> {
  const namespaces = declared.each('AWS::RedshiftServerless::Namespace', (namespace) => namespace);
  const found = declared.one('AWS::RedshiftServerless::Workgroup', (workgroup) => ({
    warehouse: readWarehouse(workgroup, namespaces),
    host: workgroup.attribute('Workgroup.Endpoint.Address'),
  }));
  const secrets = [
    ...declared.each('AWS::SecretsManager::Secret', ({ properties, ref }) => readSecret(properties, ref())),
    ...(found ? [managedSecret(found.warehouse.adminSecretArn, found.warehouse.adminUser)] : []),
  ];
  const places = {
    streams: streams.map(({ name }) => name),
    buckets: buckets.map(({ name }) => name),
    secretArns: secrets.map(({ arn }) => arn),
    functions: functions.map(({ name }) => name),
    ...(found && { warehouseHost: found.host }),
  };
  return {
    secrets,
    ...(found && { warehouse: found.warehouse }),
    deliveryStreams: declared.each('AWS::KinesisFirehose::DeliveryStream', ({ properties, ref, attribute }) =>
      readDeliveryStream(properties, ref(), attribute('Arn'), places),
    ),
  };
}

function readGlue(declared: Declarations, { region, accountId }: Home, { assets }: Assembly): Pick<StackDefinition, 'glue'> {
  // CloudFormation gives no ARN of them.
  const arnOf = (kind: string, name: string) => `arn:aws:glue:${region}:${accountId}:${kind}/${name}`;
  const glue = {
    jobs: declared.each('AWS::Glue::Job', ({ properties, ref }) => readJob(properties, ref(), arnOf('job', ref()), assets)),
    databases: declared.each('AWS::Glue::Database', ({ properties, ref }) => readDatabase(properties, ref())),
    tables: declared.each('AWS::Glue::Table', ({ properties, ref }) => readCatalogTable(properties, ref())),
    classifiers: declared.each('AWS::Glue::Classifier', ({ properties, ref }) => readClassifier(properties, ref())),
    connections: declared.each('AWS::Glue::Connection', ({ properties, ref }) => readConnection(properties, ref())),
    crawlers: declared.each('AWS::Glue::Crawler', ({ properties, ref }) =>
      readCrawler(properties, ref(), arnOf('crawler', ref())),
    ),
    rulesets: declared.each('AWS::Glue::DataQualityRuleset', ({ properties, ref }) => readRuleset(properties, ref())),
  };
  return Object.values(glue).some((some) => some.length > 0) ? { glue } : {};
}

function readApis(
  declared: Declarations,
  home: Home,
  { assets }: Assembly,
  { apiKeyOf }: ReadOptions,
): Pick<StackDefinition, 'httpApi' | 'graphqlApi'> {
  const httpApi = declared.one('AWS::ApiGatewayV2::Api', ({ properties, logicalId, ref }) => {
    const parts = declared.partsOf('AWS::ApiGatewayV2::', 'AWS::ApiGatewayV2::Api');
    return readHttpApi(
      properties,
      logicalId,
      ref(),
      parts.map((part) => ({ ...part, reference: part.ref() })),
    );
  });
  const graphqlApi = declared.one('AWS::AppSync::GraphQLApi', ({ properties, logicalId, attribute }) => {
    const parts = declared.partsOf('AWS::AppSync::', 'AWS::AppSync::GraphQLApi');
    return readGraphqlApi(properties, {
      logicalId,
      apiId: attribute('ApiId'),
      parts: parts.map((part) => ({ ...part, functionId: () => part.attribute('FunctionId') })),
      surroundings: { ...home, assets, apiKeyOf },
    });
  });
  return { ...(httpApi && { httpApi }), ...(graphqlApi && { graphqlApi }) };
}
