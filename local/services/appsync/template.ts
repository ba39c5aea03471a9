import { readFileSync } from 'node:fs';
import type {
  ApiDefinition,
  AuthenticationMode,
  Code,
  DataSourceDefinition,
  FunctionDefinition,
  ResolverDefinition,
} from './definition.ts';
import type { Home } from '../../template/identities.ts';
import type { Properties } from '../../template/properties.ts';

/** A resource of AppSync with its properties. */
export interface GraphqlPart {
  readonly type: string;
  readonly logicalId: string;
  readonly properties: Properties;
  /** What `Fn::GetAtt FunctionId` of it gives; only functions have one. */
  functionId(this: void): string;
}

export interface GraphqlSurroundings extends Home {
  readonly assets: ReadonlyMap<string, string>;
  /** The value of a key: AWS makes it up at deployment, and so does the data directory. */
  apiKeyOf(this: void, logicalId: string): string;
}

const MODES: readonly AuthenticationMode[] = ['API_KEY', 'AWS_IAM'];

/** `AWS::AppSync::GraphQLApi` with everything that belongs to it. */
export function readGraphqlApi(
  api: Properties,
  {
    logicalId,
    apiId,
    parts,
    surroundings,
  }: {
    readonly logicalId: string;
    readonly apiId: string;
    readonly parts: readonly GraphqlPart[];
    readonly surroundings: GraphqlSurroundings;
  },
): ApiDefinition & { readonly logicalId: string } {
  api.ignore({
    XrayEnabled: 'nothing traces locally',
    EnhancedMetricsConfig: 'nothing collects metrics locally',
    OwnerContact: 'words',
    Tags: 'labels for the bill',
  });
  api.requireValue('ApiType', 'GRAPHQL', 'merged APIs have no schema of their own');
  api.requireValue('Visibility', 'GLOBAL', 'the loopback is no VPC');
  const ofType = (type: string): readonly GraphqlPart[] =>
    parts.filter((part) => part.type === `AWS::AppSync::${type}` && part.properties.string('ApiId') === apiId);
  const [schema] = ofType('GraphQLSchema');
  if (schema === undefined) return api.refuse('ApiId', 'the API has no AWS::AppSync::GraphQLSchema');
  const queryDepthLimit = api.optionalNumber('QueryDepthLimit');
  const resolverCountLimit = api.optionalNumber('ResolverCountLimit');
  return {
    logicalId,
    apiId,
    name: api.string('Name'),
    region: surroundings.region,
    accountId: surroundings.accountId,
    schema: textOf(schema.properties, 'Definition', 'DefinitionS3Location', surroundings.assets),
    environmentVariables: api.map('EnvironmentVariables'),
    defaultAuthentication: api.choice('AuthenticationType', MODES),
    additionalAuthentication: api
      .objects('AdditionalAuthenticationProviders')
      .map((provider) => provider.choice('AuthenticationType', MODES)),
    apiKeys: ofType('ApiKey').map((part) => readKey(part, surroundings)),
    ...(queryDepthLimit !== undefined && { queryDepthLimit }),
    ...(resolverCountLimit !== undefined && { resolverCountLimit }),
    ...readLogging(api),
    introspection: api.choice('IntrospectionConfig', ['ENABLED', 'DISABLED'], 'ENABLED') === 'ENABLED',
    dataSources: ofType('DataSource').map(({ properties }) => readDataSource(properties, surroundings)),
    functions: ofType('FunctionConfiguration').map((part) => readFunction(part, surroundings)),
    resolvers: ofType('Resolver').map(({ properties }) => readResolver(properties, surroundings)),
  };
}

function readLogging(api: Properties): Pick<ApiDefinition, 'logging'> {
  const config = api.optionalObject('LogConfig');
  if (config === undefined) return {};
  config.ignore({ CloudWatchLogsRoleArn: 'the log is a file in the data directory' });
  const fieldLogLevel = config.choice('FieldLogLevel', ['NONE', 'ERROR', 'INFO', 'DEBUG', 'ALL']);
  return { logging: { fieldLogLevel, excludeVerboseContent: config.optionalBoolean('ExcludeVerboseContent') ?? false } };
}

function readKey({ properties, logicalId }: GraphqlPart, { apiKeyOf }: GraphqlSurroundings): ApiDefinition['apiKeys'][number] {
  properties.ignore({ Description: 'words', ApiKeyId: 'the value is what counts' });
  const expires = properties.optionalNumber('Expires');
  return { value: apiKeyOf(logicalId), ...(expires !== undefined && { expiresAt: expires }) };
}

function readDataSource(properties: Properties, { region }: Home): DataSourceDefinition {
  properties.ignore({
    Description: 'words',
    MetricsConfig: 'nothing collects metrics locally',
  });
  const roleArn = properties.optionalString('ServiceRoleArn');
  const common = { name: properties.string('Name'), ...(roleArn !== undefined && { roleArn }) };
  const type = properties.choice('Type', ['NONE', 'AMAZON_DYNAMODB', 'HTTP', 'AWS_LAMBDA']);
  switch (type) {
    case 'NONE':
      return { ...common, type };
    case 'AMAZON_DYNAMODB': {
      const table = properties.object('DynamoDBConfig');
      table.requireValue('UseCallerCredentials', false, 'there is one local identity');
      table.requireValue('Versioned', false, 'conflicts are not detected');
      return { ...common, type, tableName: table.string('TableName'), region: table.optionalString('AwsRegion') ?? region };
    }
    case 'HTTP': {
      const http = properties.object('HttpConfig');
      const authorization = http.optionalObject('AuthorizationConfig');
      authorization?.choice('AuthorizationType', ['AWS_IAM']);
      const iam = authorization?.object('AwsIamConfig');
      return {
        ...common,
        type,
        endpoint: http.string('Endpoint'),
        ...(iam && {
          signing: { region: iam.optionalString('SigningRegion') ?? region, service: iam.string('SigningServiceName') },
        }),
      };
    }
    case 'AWS_LAMBDA':
      return { ...common, type, functionArn: properties.object('LambdaConfig').string('LambdaFunctionArn') };
  }
}

function readFunction({ properties, functionId }: GraphqlPart, { assets }: GraphqlSurroundings): FunctionDefinition {
  properties.ignore({ Description: 'words', FunctionVersion: 'the runtime is APPSYNC_JS' });
  properties.requireValue('MaxBatchSize', 0, 'batching is for Lambda data sources');
  const name = properties.string('Name');
  return {
    functionId: functionId(),
    name,
    dataSourceName: properties.string('DataSourceName'),
    code: readCode(properties, name, assets),
  };
}

function readResolver(properties: Properties, { assets }: GraphqlSurroundings): ResolverDefinition {
  properties.ignore({
    MetricsConfig: 'nothing collects metrics locally',
  });
  if (properties.value('CachingConfig') !== undefined)
    properties.refuse(
      'CachingConfig',
      'nothing is cached locally: leave it out; without an AWS::AppSync::ApiCache AWS caches nothing either',
    );
  const [typeName, fieldName] = [properties.string('TypeName'), properties.string('FieldName')];
  const code = readCode(properties, `${typeName}.${fieldName}`, assets);
  const kind = properties.choice('Kind', ['UNIT', 'PIPELINE'], 'UNIT');
  if (kind === 'PIPELINE')
    return { typeName, fieldName, code, kind, functionIds: properties.object('PipelineConfig').strings('Functions') };
  const maxBatchSize = properties.optionalNumber('MaxBatchSize');
  return {
    typeName,
    fieldName,
    code,
    kind,
    dataSourceName: properties.string('DataSourceName'),
    ...(maxBatchSize !== undefined && { maxBatchSize }),
  };
}

function readCode(properties: Properties, label: string, assets: ReadonlyMap<string, string>): Code {
  const runtime =
    properties.optionalObject('Runtime') ??
    properties.refuse('Runtime', 'mapping templates (VTL) do not run locally: write APPSYNC_JS');
  runtime.choice('Name', ['APPSYNC_JS']);
  runtime.choice('RuntimeVersion', ['1.0.0']);
  return { label, text: textOf(properties, 'Code', 'CodeS3Location', assets) };
}

/** A text that stands in the template, or in an asset that the template names as `s3://<bucket>/<key>`. */
function textOf(properties: Properties, inline: string, location: string, assets: ReadonlyMap<string, string>): string {
  const text = properties.optionalString(inline);
  if (text !== undefined) return text;
  const url = properties.string(location);
  const path = assets.get(url.replace(/^s3:\/\/[^/]+\//, ''));
  return path === undefined
    ? properties.refuse(location, `the assembly has no asset ${url}: synthesize the app again`)
    : readFileSync(path, 'utf8');
}
