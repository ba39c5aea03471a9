import type { Assembly } from './assembly.ts';
import { UnsupportedTypeError } from './errors.ts';
import type { Home } from './identifiers.ts';
import { Identifiers } from './identifiers.ts';
import { inertTypes } from './inert-types.ts';
import { Properties } from './properties.ts';
import { readEventSourceMapping, readFunction } from './resources/functions.ts';
import { readGraphqlApi } from './resources/graphql-api.ts';
import { readHttpApi } from './resources/http-api.ts';
import { readBucket, readGlobalTable, readStream, readTable } from './resources/stores.ts';
import type { LambdaDefinition, MappingDefinition, StackDefinition, TableDefinition } from './stack-definition.ts';

/** A resource to be started. */
interface Declared {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Properties;
}

/** Types that run locally. `local/template/inert-types.ts` has those that need nothing. */
const startedTypes = [
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Stage',
  'AWS::AppSync::ApiKey',
  'AWS::AppSync::DataSource',
  'AWS::AppSync::FunctionConfiguration',
  'AWS::AppSync::GraphQLApi',
  'AWS::AppSync::GraphQLSchema',
  'AWS::AppSync::Resolver',
  'AWS::DynamoDB::GlobalTable',
  'AWS::DynamoDB::Table',
  'AWS::Kinesis::Stream',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::S3::Bucket',
] as const;

type StartedType = (typeof startedTypes)[number];

/** What reading needs besides the template. */
export interface ReadOptions {
  readonly accountId: string;
  readonly region: string;
  apiKeyOf(this: void, logicalId: string): string;
}

export interface StackReading {
  readonly definition: StackDefinition;
  /** To tell addresses, and to evaluate Outputs when they are told. */
  readonly identifiers: Identifiers;
}

/**
 * Read what a stack declares. Every resource is started, or known to need nothing, or an error.
 *
 * @throws UnsupportedTypeError, UnsupportedPropertyError, UnresolvableError: each names the resource
 */
export function readStack(assembly: Assembly, options: ReadOptions): StackReading {
  const home: Home = { accountId: options.accountId, region: options.region, stackName: assembly.stackName };
  const { template, assets } = assembly;
  const identifiers = new Identifiers(template, home);
  const declared = Object.entries(template.Resources).flatMap(
    ([logicalId, { Type: type, Properties: values = {} }]): Declared[] => {
      if (Object.hasOwn(inertTypes, type) || !identifiers.exists(logicalId)) return [];
      if (!startedTypes.some((started) => started === type)) throw new UnsupportedTypeError({ type, logicalId });
      const evaluate = (value: unknown, path: string): unknown =>
        identifiers.intrinsics.evaluate(value, `Resources.${logicalId}.Properties.${path}`);
      return [{ logicalId, type, properties: new Properties({ type, logicalId }, values, evaluate) }];
    },
  );

  const ref = ({ logicalId }: Declared): string => identifiers.ref(logicalId, `Resources.${logicalId}`);
  const attribute = ({ logicalId }: Declared, name: string): string =>
    identifiers.attribute(logicalId, name, `Resources.${logicalId}`);
  function each<T>(type: StartedType, read: (resource: Declared) => T): T[] {
    return declared.filter((resource) => resource.type === type).map(read);
  }
  function one<T>(type: StartedType, read: (resource: Declared) => T): T | undefined {
    const [first, second] = declared.filter((resource) => resource.type === type);
    second?.properties.refuse('Name', `one ${type} can run locally, and ${first?.logicalId ?? ''} is it already`);
    return first && read(first);
  }

  const tables: TableDefinition[] = [
    ...each('AWS::DynamoDB::Table', (resource) => readTable(resource.properties, ref(resource))),
    ...each('AWS::DynamoDB::GlobalTable', (resource) => readGlobalTable(resource.properties, ref(resource), home.region)),
  ];
  const streams = each('AWS::Kinesis::Stream', (resource) => readStream(resource.properties, ref(resource)));
  const buckets = each('AWS::S3::Bucket', (resource) => readBucket(resource.properties, ref(resource)));
  const functions = each('AWS::Lambda::Function', (resource) =>
    readFunction(resource.properties, ref(resource), attribute(resource, 'Arn'), assets),
  );
  const eventSourceMappings = each('AWS::Lambda::EventSourceMapping', (resource) => {
    const mapping = readEventSourceMapping(resource.properties, ref(resource));
    checkMapping(resource.properties, mapping, functions);
    return mapping;
  });
  const httpApi = one('AWS::ApiGatewayV2::Api', (api) =>
    readHttpApi(
      api.properties,
      api.logicalId,
      ref(api),
      declared
        .filter(({ type }) => type.startsWith('AWS::ApiGatewayV2::') && type !== 'AWS::ApiGatewayV2::Api')
        .map((part) => ({ type: part.type, properties: part.properties, reference: ref(part) })),
    ),
  );
  const graphqlApi = one('AWS::AppSync::GraphQLApi', (api) =>
    readGraphqlApi(
      api.properties,
      api.logicalId,
      attribute(api, 'ApiId'),
      declared
        .filter(({ type }) => type.startsWith('AWS::AppSync::') && type !== 'AWS::AppSync::GraphQLApi')
        .map((part) => ({ ...part, functionId: () => attribute(part, 'FunctionId') })),
      { ...home, assets, apiKeyOf: options.apiKeyOf },
    ),
  );
  for (const { properties } of declared) properties.finish();
  return {
    definition: {
      tables,
      streams,
      buckets,
      functions,
      eventSourceMappings,
      secrets: [],
      deliveryStreams: [],
      eventRules: [],
      schedules: [],
      customResources: [],
      ...(httpApi && { httpApi }),
      ...(graphqlApi && { graphqlApi }),
    },
    identifiers,
  };
}

function checkMapping(properties: Properties, mapping: MappingDefinition, functions: readonly LambdaDefinition[]): void {
  if (!functions.some(({ name }) => name === mapping.functionName)) {
    properties.refuse('FunctionName', `the stack has no function ${mapping.functionName}`);
  }
}
