import { assemblyOf } from './assemblies.ts';

/** Answers HTTP requests with what it got; from the stream, appends the texts of its records to a file. */
const writer = `
  import { appendFileSync } from 'node:fs';
  export const handler = async (event) => {
    if (event.Records === undefined) return { received: event.body };
    const texts = event.Records.map(({ kinesis }) => Buffer.from(kinesis.data, 'base64').toString());
    if (texts.includes('poison')) throw new Error('poison');
    appendFileSync(process.env.FILE, texts.map((text) => text + '\\n').join(''));
  };`;

const resolver = `
  export function request() { return { payload: 'open' }; }
  export function response(ctx) { return ctx.result; }`;

const ofApi = { ApiId: { 'Fn::GetAtt': ['Api', 'ApiId'] } };
const ofDoor = { ApiId: { Ref: 'Door' } };

/**
 * A small shop: a stream whose records a function writes into a file, an HTTP API and a GraphQL API.
 *
 * @returns the directory of its cloud assembly
 */
export function shop(file: string, more: Parameters<typeof assemblyOf>[0] = {}): string {
  return assemblyOf(
    {
      Stream: { Type: 'AWS::Kinesis::Stream', Properties: { ShardCount: 1 } },
      Bucket: { Type: 'AWS::S3::Bucket' },
      Role: { Type: 'AWS::IAM::Role' },
      Writer: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          Code: { S3Bucket: 'assets', S3Key: 'abc.zip' },
          Environment: { Variables: { FILE: file } },
          Handler: 'index.handler',
          Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
          Runtime: 'nodejs24.x',
        },
      },
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          EventSourceArn: { 'Fn::GetAtt': ['Stream', 'Arn'] },
          FunctionName: { Ref: 'Writer' },
          StartingPosition: 'TRIM_HORIZON',
          MaximumBatchingWindowInSeconds: 3,
          MaximumRetryAttempts: 1,
          BisectBatchOnFunctionError: true,
          DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['Bucket', 'Arn'] } } },
        },
      },
      Door: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'door', ProtocolType: 'HTTP' } },
      DoorStage: { Type: 'AWS::ApiGatewayV2::Stage', Properties: { ...ofDoor, StageName: '$default', AutoDeploy: true } },
      DoorRoute: {
        Type: 'AWS::ApiGatewayV2::Route',
        Properties: {
          ...ofDoor,
          RouteKey: 'POST /orders',
          Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'DoorTarget' }]] },
        },
      },
      DoorTarget: {
        Type: 'AWS::ApiGatewayV2::Integration',
        Properties: {
          ...ofDoor,
          IntegrationType: 'AWS_PROXY',
          IntegrationUri: { 'Fn::GetAtt': ['Writer', 'Arn'] },
          PayloadFormatVersion: '2.0',
        },
      },
      Api: { Type: 'AWS::AppSync::GraphQLApi', Properties: { Name: 'shop', AuthenticationType: 'API_KEY' } },
      Key: { Type: 'AWS::AppSync::ApiKey', Properties: ofApi },
      Schema: { Type: 'AWS::AppSync::GraphQLSchema', Properties: { ...ofApi, Definition: 'type Query { door: String }' } },
      Nothing: { Type: 'AWS::AppSync::DataSource', Properties: { ...ofApi, Name: 'nothing', Type: 'NONE' } },
      QueryDoor: {
        Type: 'AWS::AppSync::Resolver',
        Properties: {
          ...ofApi,
          TypeName: 'Query',
          FieldName: 'door',
          DataSourceName: { 'Fn::GetAtt': ['Nothing', 'Name'] },
          Runtime: { Name: 'APPSYNC_JS', RuntimeVersion: '1.0.0' },
          Code: resolver,
        },
      },
      ...more,
    },
    {
      Outputs: {
        GraphqlUrl: { Value: { 'Fn::GetAtt': ['Api', 'GraphQLUrl'] } },
        OrdersUrl: {
          Value: { 'Fn::Sub': 'https://${Door}.execute-api.us-east-1.amazonaws.com/orders' },
        },
        StreamName: { Value: { Ref: 'Stream' } },
      },
    },
    { abc: { 'index.mjs': writer } },
  );
}
