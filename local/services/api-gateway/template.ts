import type { Properties } from '../../template/properties.ts';
import type { CorsDefinition, HttpApiDefinition, RouteDefinition } from './definition.ts';

/** A resource of API Gateway v2 with its properties. */
export interface ApiPart {
  readonly type: string;
  /** What `Ref` of it gives. */
  readonly reference: string;
  readonly properties: Properties;
}

/** API Gateway waits at most this long for an integration. @unit ms */
const MAX_TIMEOUT = 30_000;

/** `AWS::ApiGatewayV2::Api` with the stage, routes and integrations that belong to it. */
export function readHttpApi(api: Properties, logicalId: string, apiId: string, parts: readonly ApiPart[]): HttpApiDefinition {
  api.ignore({ Name: 'a label', Description: 'words', Tags: 'labels for the bill', IpAddressType: 'the loopback is IPv4' });
  api.choice('ProtocolType', ['HTTP']);
  api.requireValue('DisableExecuteApiEndpoint', false, 'there is no other address');
  const ofType = (type: string): readonly ApiPart[] =>
    parts.filter((part) => part.type === type && part.properties.string('ApiId') === apiId);
  const cors = api.optionalObject('CorsConfiguration');
  const [stage, second] = ofType('AWS::ApiGatewayV2::Stage');
  if (stage === undefined) return api.refuse('ApiId', 'the API has no stage: declare the stage $default');
  if (second !== undefined) return second.properties.refuse('StageName', 'one stage can run locally: declare $default only');
  const integrations = new Map(
    ofType('AWS::ApiGatewayV2::Integration').map((part) => [`integrations/${part.reference}`, readIntegration(part.properties)]),
  );
  return {
    logicalId,
    apiId,
    ...readStage(stage.properties),
    ...(cors && { cors: readCors(cors) }),
    routes: ofType('AWS::ApiGatewayV2::Route').map(({ properties }) => readRoute(properties, integrations)),
  };
}

function readStage(stage: Properties): Pick<HttpApiDefinition, 'stageVariables' | 'throttle'> {
  stage.ignore({
    AutoDeploy: 'the routes are those of the template',
    Description: 'words',
    AccessLogSettings: 'logs are files in the data directory',
    Tags: 'labels for the bill',
  });
  stage.choice('StageName', ['$default']);
  const settings = stage.optionalObject('DefaultRouteSettings');
  settings?.ignore({
    DetailedMetricsEnabled: 'nothing collects metrics locally',
    LoggingLevel: 'logs are files',
    DataTraceEnabled: 'logs are files',
  });
  const rate = settings?.optionalNumber('ThrottlingRateLimit');
  const burst = settings?.optionalNumber('ThrottlingBurstLimit');
  return {
    stageVariables: stage.map('StageVariables'),
    ...(rate !== undefined && { throttle: { ratePerSecond: rate, burst: burst ?? Math.max(1, rate) } }),
  };
}

function readIntegration(integration: Properties): Pick<RouteDefinition, 'functionArn' | 'timeoutMilliseconds'> {
  integration.ignore({
    Description: 'words',
    IntegrationMethod: 'a function is always invoked with POST',
    ConnectionType: 'everything is on the loopback',
  });
  integration.choice('IntegrationType', ['AWS_PROXY']);
  integration.choice('PayloadFormatVersion', ['2.0']);
  return {
    functionArn: functionArn(integration),
    timeoutMilliseconds: integration.optionalNumber('TimeoutInMillis') ?? MAX_TIMEOUT,
  };
}

/** The URI is the function's ARN, or the older form with the ARN inside. */
function functionArn(integration: Properties): string {
  const uri = integration.string('IntegrationUri');
  const arn = /arn:aws:lambda:[^:]*:\d+:function:[^/]+/.exec(uri)?.[0];
  return arn ?? integration.refuse('IntegrationUri', `${uri} is not a Lambda function, the one integration that runs locally`);
}

function readRoute(
  route: Properties,
  integrations: ReadonlyMap<string, Pick<RouteDefinition, 'functionArn' | 'timeoutMilliseconds'>>,
): RouteDefinition {
  route.ignore({ OperationName: 'a label' });
  const target = route.string('Target');
  const integration = integrations.get(target);
  if (integration === undefined) return route.refuse('Target', `${target} is not an integration of this API`);
  return {
    key: route.string('RouteKey'),
    authorization: route.choice('AuthorizationType', ['NONE', 'AWS_IAM'], 'NONE'),
    ...integration,
  };
}

function readCors(cors: Properties): CorsDefinition {
  const maxAgeSeconds = cors.optionalNumber('MaxAge');
  return {
    allowCredentials: cors.optionalBoolean('AllowCredentials') ?? false,
    allowHeaders: cors.strings('AllowHeaders'),
    allowMethods: cors.strings('AllowMethods'),
    allowOrigins: cors.strings('AllowOrigins'),
    exposeHeaders: cors.strings('ExposeHeaders'),
    ...(maxAgeSeconds !== undefined && { maxAgeSeconds }),
  };
}
