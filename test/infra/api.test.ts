// Slow: synthesizes several stages.
import { readFileSync } from 'node:fs';
import { getIntrospectionQuery, isObjectType, Kind, parse, print, type GraphQLObjectType, type SelectionSetNode } from 'graphql';
import { describe, expect, test, vi } from 'vitest';
import { loadSchema, MODE_BITS } from '@tillgraph/local-aws/testing/appsync';
import { resolvers } from '../../infra/build.ts';
import { fields, type Wiring } from '../../resolvers/index.ts';
import { appOf, only, type Resource, resources, type StageName, templateOf } from './synthesis.ts';

const template = templateOf('dev');
const api = { 'Fn::GetAtt': ['GraphQLApi85666BA6', 'ApiId'] };

test('a signed request reads and writes, an API key is the second way in', () => {
  expect(only(template, 'AWS::AppSync::GraphQLApi').Properties).toMatchObject({
    AuthenticationType: 'AWS_IAM',
    AdditionalAuthenticationProviders: [{ AuthenticationType: 'API_KEY' }],
  });
});

test('one request is bounded in depth and in resolvers', () => {
  const limits = (stage: StageName) => only(templateOf(stage), 'AWS::AppSync::GraphQLApi').Properties;

  expect(limits('prod')).toMatchObject({ QueryDepthLimit: 8, ResolverCountLimit: 110 });
  expect(limits('dev')).toMatchObject({ QueryDepthLimit: 20, ResolverCountLimit: 110 });
  expect(limits('lean')).toMatchObject({ QueryDepthLimit: 20, ResolverCountLimit: 110 });
});

test('the introspection query of tools is not too deep, however AppSync counts', () => {
  const { definitions } = parse(getIntrospectionQuery({ schemaDescription: true, inputValueDeprecation: true }));
  const fragments = new Map(
    definitions.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one.selectionSet] as const] : [])),
  );
  const depthOf = (set: SelectionSetNode | undefined): number =>
    Math.max(
      0,
      ...(set?.selections ?? []).map((one) => {
        if (one.kind === Kind.FRAGMENT_SPREAD) return depthOf(fragments.get(one.name.value));
        return depthOf(one.selectionSet) + (one.kind === Kind.FIELD ? 1 : 0);
      }),
    );
  const [operation] = definitions;

  const depth = operation?.kind === Kind.OPERATION_DEFINITION ? depthOf(operation.selectionSet) : 0;

  expect(depth).toBeGreaterThan(10);
  expect(only(template, 'AWS::AppSync::GraphQLApi').Properties['QueryDepthLimit']).toBeGreaterThanOrEqual(depth);
});

test('the resolvers know stream, tables and warehouse by environment variables', () => {
  expect(only(template, 'AWS::AppSync::GraphQLApi').Properties['EnvironmentVariables']).toEqual({
    STREAM_NAME: { Ref: 'TransactionsStream34AA8BEF' },
    CUSTOMERS_TABLE: { Ref: 'TablesCustomersB22215AC' },
    INVOICES_TABLE: { Ref: 'TablesInvoices428C2675' },
    WAREHOUSE_WORKGROUP: { Ref: 'WarehouseDatabaseWorkgroup50126F52' },
    WAREHOUSE_DATABASE: 'tillgraph',
    ANSWERS_TABLE: { Ref: 'WarehouseAnswersTable14C5A531' },
    API_KEY_READS: 'everything',
    TOKEN_KEY: { 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] },
  });
});

test('without a warehouse the resolvers know so by empty variables', () => {
  expect(only(templateOf('lean'), 'AWS::AppSync::GraphQLApi').Properties['EnvironmentVariables']).toMatchObject({
    WAREHOUSE_WORKGROUP: '',
    WAREHOUSE_DATABASE: '',
    ANSWERS_TABLE: '',
  });
});

test('errors are logged without the values that name customers, into a group with a retention', () => {
  const { LogConfig: config, XrayEnabled: traced } = only(template, 'AWS::AppSync::GraphQLApi').Properties;

  expect(traced).toBe(true);
  expect(config).toMatchObject({ FieldLogLevel: 'ERROR', ExcludeVerboseContent: true });
  template.hasResourceProperties('AWS::Logs::LogGroup', {
    LogGroupName: { 'Fn::Join': ['', ['/aws/appsync/apis/', api]] },
    RetentionInDays: 7,
  });
});

test('prod shows its schema to nobody', () => {
  const shown = (stage: StageName) => only(templateOf(stage), 'AWS::AppSync::GraphQLApi').Properties['IntrospectionConfig'];

  expect(shown('dev')).toBe('ENABLED');
  expect(shown('lean')).toBe('ENABLED');
  expect(shown('prod')).toBe('DISABLED');
});

test('the schema is deployed as it is written', () => {
  const written = readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8');

  expect(only(template, 'AWS::AppSync::GraphQLSchema').Properties['Definition']).toBe(written);
});

describe('in prod, where an API key reads aggregates alone', () => {
  const definition = () => String(only(templateOf('prod'), 'AWS::AppSync::GraphQLSchema').Properties['Definition']);

  test('no field leads a key to a customer or an invoice, and each of them is open to IAM', () => {
    const schema = loadSchema(definition(), 'AWS_IAM');
    const { graphql } = schema;
    const fieldsOf = (typeName: string) =>
      Object.keys((graphql.getType(typeName) as GraphQLObjectType).getFields()).map((field) => `${typeName}.${field}`);
    const open = (field: string, mode: 'API_KEY' | 'AWS_IAM') => {
      const [typeName = '', fieldName = ''] = field.split('.');
      return (schema.modesOf(typeName, fieldName) & MODE_BITS[mode]) !== 0;
    };
    const types = Object.values(graphql.getTypeMap()).filter((type) => isObjectType(type) && !type.name.startsWith('__'));
    const all = types.flatMap(({ name }) => fieldsOf(name));

    const forKeys = all.filter((field) => open(field, 'API_KEY'));

    expect(all.filter((field) => !open(field, 'AWS_IAM'))).toEqual([]);
    expect(forKeys.filter((field) => field.startsWith('Query.'))).toEqual(
      ['sales', 'customerSegments', 'retention', 'productPairs', 'warehouseResult'].map((name) => `Query.${name}`),
    );
    expect(new Set(forKeys.map((field) => field.split('.')[0]))).toEqual(
      new Set(['Query', ...['Sales', 'Segment', 'Retention', 'ProductPair'].flatMap((kind) => [`${kind}Result`, `${kind}Row`])]),
    );
    expect(forKeys.filter((field) => /customerId|invoiceNo|lineId/.test(field))).toEqual(['SalesRow.customerId']);
  });

  test('differs from the schema as it is written in nothing but that', () => {
    const written = readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8');
    const plain = (sdl: string) => print(parse(sdl)).replaceAll(/\s*@aws_(api_key|iam)\b/g, '');

    expect(plain(definition())).toBe(plain(written));
    expect(only(templateOf('prod'), 'AWS::AppSync::GraphQLApi').Properties['EnvironmentVariables']).toMatchObject({
      API_KEY_READS: 'aggregates',
    });
  });
});

describe('the API key', () => {
  const expires = (now: string, context: Readonly<Record<string, unknown>> = {}) => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date(now) });
    try {
      const { Resources } = appOf('lean', context).synth().getStackByName('Tillgraph-lean').template as {
        Resources: Record<string, { Type: string; Properties: { Expires?: number } }>;
      };
      const key = Object.values(Resources).find(({ Type }) => Type === 'AWS::AppSync::ApiKey');
      return new Date((key?.Properties.Expires ?? Number.NaN) * 1_000).toISOString();
    } finally {
      vi.useRealTimers();
    }
  };

  test.each([
    ['2026-11-30T09:00:00Z', '2027-10-01T00:00:00.000Z'],
    ['2027-01-31T23:59:59Z', '2027-12-01T00:00:00.000Z'],
    ['2044-02-29T12:00:00Z', '2045-01-01T00:00:00.000Z'],
  ])('deployed first at %s ends at %s, within the year that AppSync allows', (now, end) => {
    expect(expires(now)).toBe(end);
  });

  test('ends when the context says so, at a whole hour as AppSync would round it', () => {
    expect(expires('2026-11-30T09:00:00Z', { apiKeyExpires: '2027-03-01T12:59:00Z' })).toBe('2027-03-01T12:00:00.000Z');
  });
});

describe('data sources', () => {
  const sourcesOf = (stage: StageName): Readonly<Record<string, Resource['Properties']>> =>
    Object.fromEntries(
      Object.values(resources(templateOf(stage), 'AWS::AppSync::DataSource')).map(({ Properties }) => [
        String(Properties['Name']),
        Properties,
      ]),
    );
  const sources = sourcesOf('dev');

  test('are those that the wiring names', () => {
    const named = Object.values<Wiring>(fields).flatMap((wiring) =>
      typeof wiring === 'string' ? [wiring] : wiring.map(([, source]) => source),
    );

    expect(new Set(Object.keys(sources))).toEqual(new Set(named));
  });

  test.each([
    ['transactionStream', 'kinesis'],
    ['warehouse', 'redshift-data'],
  ])('%s speaks to %s over HTTPS, signed', (source, service) => {
    expect(sources[source]).toMatchObject({
      Type: 'HTTP',
      HttpConfig: {
        Endpoint: { 'Fn::Join': ['', [`https://${service}.us-east-1.`, { Ref: 'AWS::URLSuffix' }]] },
        AuthorizationConfig: {
          AuthorizationType: 'AWS_IAM',
          AwsIamConfig: { SigningRegion: 'us-east-1', SigningServiceName: service },
        },
      },
    });
  });

  test('have the same names without a warehouse, and ask nobody', () => {
    const lean = sourcesOf('lean');

    expect(Object.keys(lean).sort()).toEqual(Object.keys(sources).sort());
    for (const name of ['warehouse', 'answersTable']) {
      expect(lean[name]).toMatchObject({ Type: 'NONE' });
      expect(lean[name]).not.toHaveProperty('ServiceRoleArn');
    }
  });

  test('reach each table and service by a role of its own', () => {
    const roles = Object.values(sources).map(({ ServiceRoleArn: role }) => JSON.stringify(role));

    expect(sources['customersTable']).toMatchObject({
      Type: 'AMAZON_DYNAMODB',
      DynamoDBConfig: { TableName: { Ref: 'TablesCustomersB22215AC' } },
    });
    expect(sources['invoicesTable']).toMatchObject({
      Type: 'AMAZON_DYNAMODB',
      DynamoDBConfig: { TableName: { Ref: 'TablesInvoices428C2675' } },
    });
    expect(sources['answersTable']).toMatchObject({
      Type: 'AMAZON_DYNAMODB',
      DynamoDBConfig: { TableName: { Ref: 'WarehouseAnswersTable14C5A531' } },
    });
    expect(new Set(roles).size).toBe(5);
  });
});

describe('wiring', () => {
  const named = (value: unknown): string => {
    if (typeof value === 'string') return value;
    const id = (value as { 'Fn::GetAtt': [string, string] })['Fn::GetAtt'][0];
    return String(template.toJSON()['Resources'][id].Properties.Name);
  };
  const code = ({ Properties }: Resource) => JSON.stringify(Properties['CodeS3Location']);
  const deployed = Object.values(resources(template, 'AWS::AppSync::Resolver'));
  const steps = Object.values(resources(template, 'AWS::AppSync::FunctionConfiguration'));

  test('of the template is the wiring of resolvers/index.ts', () => {
    const stepNames = new Map(Object.entries(resources(template, 'AWS::AppSync::FunctionConfiguration')));
    const wired = deployed.map(({ Properties }) => {
      const pipeline = Properties['PipelineConfig'] as { Functions: { 'Fn::GetAtt': [string, string] }[] } | undefined;
      const wiring = pipeline?.Functions.map(({ 'Fn::GetAtt': [id] }) => {
        const { Name: name, DataSourceName: source } = stepNames.get(id)?.Properties ?? {};
        return [String(name).replace(/_\d+$/, ''), named(source)];
      });
      return [
        `${String(Properties['TypeName'])}.${String(Properties['FieldName'])}`,
        wiring ?? named(Properties['DataSourceName']),
      ];
    });

    const nameOf = (field: string, step: string) => step.replace('steps/', `${field}.`).replaceAll(/[.-]/g, '_');
    const asNamed = Object.entries<Wiring>(fields).map(([field, wiring]) => [
      field,
      typeof wiring === 'string' ? wiring : wiring.map(([step, source]) => [nameOf(field, step), source]),
    ]);
    expect(Object.fromEntries(wired)).toEqual(Object.fromEntries(asNamed));
  });

  test('runs every resolver and step as APPSYNC_JS, and repeats no step name', () => {
    const names = steps.map(({ Properties }) => Properties['Name']);

    for (const { Properties } of [...deployed, ...steps]) {
      expect(Properties['Runtime']).toEqual({ Name: 'APPSYNC_JS', RuntimeVersion: '1.0.0' });
    }
    expect(new Set(names).size).toBe(names.length);
  });

  test('deploys each bundle once, however often a pipeline runs it', () => {
    expect(new Set([...deployed, ...steps].map(code)).size).toBe(resolvers.length);
  });
});

describe('the door', () => {
  test('opens for signed requests only', () => {
    expect(only(template, 'AWS::ApiGatewayV2::Route').Properties).toMatchObject({
      RouteKey: 'POST /transactions',
      AuthorizationType: 'AWS_IAM',
    });
  });

  test('lets 100 requests through in a second and writes down who came, but not what was brought', () => {
    const { DefaultRouteSettings: settings, AccessLogSettings: log } = only(template, 'AWS::ApiGatewayV2::Stage').Properties;

    expect(settings).toMatchObject({ ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 });
    expect(Object.keys(JSON.parse((log as { Format: string }).Format) as object)).toEqual([
      'requestId',
      'at',
      'caller',
      'route',
      'status',
      'latency',
      'error',
    ]);
  });
});
