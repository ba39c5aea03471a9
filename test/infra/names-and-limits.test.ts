import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { appOf, type StageName, templateOf } from './synthesis.ts';

// Two things that a template may do, and CloudFormation or a service refuses at its deployment alone: to fix the name of what must be
// replaced, which is made anew before the old one goes, and so exists already; and to be larger than something may be.

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

interface Json {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: object;
  readonly Parameters?: object;
}

/** The longest name that a stack can have: the one that `npm run confirm` deploys a stage under. */
const LONGEST = 'Tillgraph-confirm-a1b2c3d4e5f6-stage';

const longest = appOf('dev', { confirm: 'a1b2c3d4e5f6', warehouseCrawler: true }).synth().getStackByName(LONGEST);
const templates: readonly (readonly [stage: string, template: Json])[] = [
  ...(['dev', 'lean', 'prod'] as const).map((stage) => [stage, templateOf(stage).toJSON() as Json] as const),
  ['of the longest name, with all that can be asked for', longest.template as Json],
];
const all = templates.flatMap(([stage, { Resources }]) =>
  Object.entries(Resources).map(([id, resource]) => [stage, id, resource] as const),
);

/** The property of a resource at `A.B`. */
const valueAt = (resource: Resource, path: string) =>
  path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], resource.Properties);

interface FixedName {
  readonly why: string;
  /** What replaces the resource. @source the `createOnlyProperties` of each type's schema in CloudFormation's registry */
  readonly replacedBy: readonly string[];
}

/** Names by which AWS tells one resource from another, where they are not made up by CloudFormation. */
const FIXED: Readonly<Record<string, FixedName>> = {
  'AWS::CloudWatch::Alarm AlarmName': {
    why: 'the mail of an alarm begins with it, and the runbook has a chapter for each',
    replacedBy: ['AlarmName'],
  },
  'AWS::RedshiftServerless::Namespace NamespaceName': {
    why: 'must be written; the id of the stack is in it',
    replacedBy: ['NamespaceName'],
  },
  'AWS::RedshiftServerless::Workgroup WorkgroupName': {
    why: 'must be written; the id of the stack is in it',
    replacedBy: ['WorkgroupName', 'NamespaceName'],
  },
  'AWS::Logs::LogGroup LogGroupName': {
    why: 'the service that writes there chooses it, so that only its retention and its end are ours',
    replacedBy: ['LogGroupName'],
  },
  'AWS::Logs::LogStream LogStreamName': {
    why: 'Firehose writes to a stream that is there; the group has no fixed name',
    replacedBy: ['LogGroupName', 'LogStreamName'],
  },
  'AWS::Glue::Database DatabaseInput.Name': {
    why: 'it is typed in queries',
    replacedBy: ['DatabaseName'],
  },
  'AWS::Glue::Table TableInput.Name': {
    why: 'it is typed in queries',
    replacedBy: ['DatabaseName', 'CatalogId', 'TableInput.Name'],
  },
  'AWS::Glue::DataQualityRuleset Name': {
    why: 'a run of the rules names it',
    replacedBy: ['Name'],
  },
  'AWS::Glue::Classifier CsvClassifier.Name': {
    why: 'must be written',
    replacedBy: ['CsvClassifier.Name'],
  },
  'AWS::AppSync::DataSource Name': {
    why: 'must be written; it is one of its API alone',
    replacedBy: ['ApiId', 'Name'],
  },
  'AWS::AppSync::Resolver FieldName': {
    why: 'the field of the schema',
    replacedBy: ['ApiId', 'FieldName', 'TypeName'],
  },
  'AWS::AppSync::Resolver TypeName': {
    why: 'the field of the schema',
    replacedBy: ['ApiId', 'FieldName', 'TypeName'],
  },
  'AWS::ApiGatewayV2::Stage StageName': {
    why: 'the stage whose address has no path; it is one of its API alone',
    replacedBy: ['StageName', 'ApiId'],
  },
};

/** What is called a name and tells no resource from another: a label, or the name of something within, or elsewhere. */
const OTHER_NAMES = [
  'AWS::ApiGatewayV2::Api Name',
  'AWS::AppSync::FunctionConfiguration DataSourceName',
  'AWS::AppSync::FunctionConfiguration Name',
  'AWS::AppSync::GraphQLApi Name',
  'AWS::AppSync::Resolver DataSourceName',
  'AWS::CloudWatch::Alarm MetricName',
  'AWS::EC2::VPCEndpoint ServiceName',
  'AWS::IAM::Policy PolicyName',
  'AWS::RedshiftServerless::Namespace AdminUsername',
  'AWS::RedshiftServerless::Namespace DbName',
  'Custom::WarehouseSchema DatabaseName',
];

const INSIDE = ['DatabaseInput', 'TableInput', 'CsvClassifier', 'JsonClassifier', 'GrokClassifier', 'ConnectionInput'];

/** Whether a value is what CloudFormation made up for another resource of the stack, or the account. */
const isReference = (value: unknown) => /^\{"(Ref|Fn::GetAtt)":/.test(JSON.stringify(value));

/** The paths of the names that the template writes itself. */
function namesOf(resource: Resource): string[] {
  const { Properties = {} } = resource;
  const paths = Object.keys(Properties).flatMap((key) => {
    if (INSIDE.includes(key)) return [`${key}.Name`];
    return /name$/i.test(key) ? [key] : [];
  });
  return paths.filter((path) => valueAt(resource, path) !== undefined && !isReference(valueAt(resource, path)));
}

test('every name that the template fixes is listed with its reason', () => {
  const found = new Set(all.flatMap(([, , resource]) => namesOf(resource).map((path) => `${resource.Type} ${path}`)));

  expect([...found].sort()).toEqual([...Object.keys(FIXED), ...OTHER_NAMES].sort());
});

test('only another name or another parent replaces what has a fixed name', () => {
  const reasons = all.flatMap(([stage, id, resource]) =>
    namesOf(resource).flatMap((path) => {
      const { replacedBy = [] } = FIXED[`${resource.Type} ${path}`] ?? {};
      const others = replacedBy.filter((other) => !namesOf(resource).includes(other));
      return others.flatMap((other) => {
        const value = valueAt(resource, other);
        return value === undefined || isReference(value) ? [] : [`${stage} ${id}: ${other}`];
      });
    }),
  );

  expect(reasons).toEqual([]);
});

test('a workgroup, which another namespace replaces, gets another name with it', () => {
  const of = (stage: string, type: string) => all.filter(([one, , { Type }]) => one === stage && Type === type);
  const workgroups = all.filter(([, , { Type }]) => Type === 'AWS::RedshiftServerless::Workgroup');

  expect(workgroups).toHaveLength(3);
  for (const [stage, , workgroup] of workgroups) {
    const [namespace] = of(stage, 'AWS::RedshiftServerless::Namespace');
    expect(valueAt(workgroup, 'NamespaceName')).toEqual({ Ref: namespace?.[1] });
    expect(valueAt(workgroup, 'WorkgroupName')).toEqual(valueAt(namespace![2], 'NamespaceName'));
  }
});

test('what has a fixed name keeps its logical id', () => {
  const ids = (stage: StageName) =>
    all.flatMap(([of, id, resource]) =>
      of === stage &&
      resource.Type !== 'AWS::CloudWatch::Alarm' &&
      !resource.Type.startsWith('AWS::AppSync::') &&
      namesOf(resource).some((path) => `${resource.Type} ${path}` in FIXED)
        ? [id]
        : [],
    );
  const ofWarehouse = [
    'WarehouseDatabaseNamespaceD2A41DB5',
    'WarehouseDatabaseWorkgroup50126F52',
    'WarehouseDatabaseconnectionlog9D4603B6',
    'WarehouseDatabaseuseractivitylogCB7C6D6C',
    'WarehouseDatabaseuserlogC5A688C2',
    'WarehouseDeliverycopiesLog24A06D5F',
    'WarehouseDeliveryobjectsLog6B745A1C',
    'WarehouseImportCatalogDatabaseC520E8C3',
    'WarehouseImportCatalogLines0B270FC6',
    'WarehouseImportCatalogQuality36333CFF',
    'WarehouseImportCatalogRawC0894198',
    'WarehouseImportCrawlerCsv60FC1055',
    'WarehouseImportJoberror52F55DF9',
    'WarehouseImportJoboutput9EA24BE4',
  ];
  const everywhere = ['DoorStage3D2354C0', 'GraphQLLogsAACD57ED'];

  expect(ids('lean').sort()).toEqual(everywhere);
  for (const stage of ['dev', 'prod'] as const) expect(ids(stage).sort()).toEqual([...everywhere, ...ofWarehouse].sort());
  const alarms = all.filter(([, , { Type }]) => Type === 'AWS::CloudWatch::Alarm');
  for (const [, id, alarm] of alarms) {
    const name = String(valueAt(alarm, 'AlarmName')).split('-').at(-1);
    // The digits follow from the place in the tree, the name from the last part of it: neither changes alone.
    expect(id).toMatch(new RegExp(`^Alarms${name}[0-9A-F]{8}$`));
  }
});

/** The longest that AWS puts where a template refers to something: a region, an account, an ARN with the longest of names. */
const LONGEST_VALUES = { region: 'ap-southeast-2', account: '1'.repeat(12), name: 'x'.repeat(64), arn: 'x'.repeat(160) };

/** What a text of the template is at its longest. */
function written(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if ('Fn::Join' in value) {
    const [separator, parts] = value['Fn::Join'] as [string, unknown[]];
    return parts.map(written).join(separator);
  }
  // Of the stack's id: its first eight digits. See infra/constructs/unique-name.ts.
  if ('Fn::Select' in value) return 'a1b2c3d4';
  if ('Fn::GetAtt' in value) return LONGEST_VALUES.arn;
  if ('Ref' in value) {
    if (value.Ref === 'AWS::Region') return LONGEST_VALUES.region;
    if (value.Ref === 'AWS::AccountId') return LONGEST_VALUES.account;
    if (value.Ref === 'AWS::Partition') return 'aws';
    return LONGEST_VALUES.name;
  }
  if ('Fn::Sub' in value) return String(value['Fn::Sub']).replaceAll(/\$\{AWS::\w+\}/g, LONGEST_VALUES.region);
  const [intrinsic] = Object.keys(value).filter((key) => key.startsWith('Fn::'));
  if (intrinsic !== undefined) throw new Error(`${intrinsic} is measured nowhere here: ${JSON.stringify(value)}`);
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && /^(Ref|Fn::)/.test(Object.keys(inner)[0] ?? '') ? written(inner) : inner,
  );
}

const length = (value: unknown) => (value === undefined ? 0 : Buffer.byteLength(written(value)));
const count = (value: unknown) => (Array.isArray(value) ? value.length : Object.keys(value ?? {}).length);

interface Limit {
  /** The type of resource, and the path of its property. */
  readonly of: string;
  readonly most: number;
  readonly measure: (value: unknown) => number;
  /** In what a name must consist. */
  readonly shape?: RegExp;
}

const LIMITS: readonly Limit[] = [
  // CloudWatch API, "PutMetricAlarm": AlarmName, AlarmDescription, AlarmActions, Dimensions. "CloudWatch service quotas": ten metrics.
  { of: 'AWS::CloudWatch::Alarm AlarmName', most: 255, measure: length },
  { of: 'AWS::CloudWatch::Alarm AlarmDescription', most: 1_024, measure: length },
  { of: 'AWS::CloudWatch::Alarm AlarmActions', most: 5, measure: count },
  { of: 'AWS::CloudWatch::Alarm OKActions', most: 5, measure: count },
  { of: 'AWS::CloudWatch::Alarm Dimensions', most: 30, measure: count },
  { of: 'AWS::CloudWatch::Alarm Metrics', most: 10, measure: count },
  // CloudWatch Logs API, "CreateLogGroup", "CreateLogStream" and "PutMetricFilter".
  { of: 'AWS::Logs::LogGroup LogGroupName', most: 512, measure: length, shape: /^[.\-_/#A-Za-z0-9]+$/ },
  { of: 'AWS::Logs::LogStream LogStreamName', most: 512, measure: length, shape: /^[^:*]+$/ },
  { of: 'AWS::Logs::MetricFilter FilterPattern', most: 1_024, measure: length },
  // Redshift Serverless API, "CreateNamespace" and "CreateWorkgroup".
  {
    of: 'AWS::RedshiftServerless::Namespace NamespaceName',
    most: 64,
    measure: length,
    shape: /^[a-z0-9-]{3,}$/,
  },
  { of: 'AWS::RedshiftServerless::Workgroup WorkgroupName', most: 64, measure: length, shape: /^[a-z0-9-]{3,}$/ },
  { of: 'AWS::RedshiftServerless::Namespace DbName', most: 127, measure: length, shape: /^[a-zA-Z][a-zA-Z_0-9+.@-]*$/ },
  // "Quotas for Amazon Redshift Serverless": IAM roles of a namespace.
  { of: 'AWS::RedshiftServerless::Namespace IamRoles', most: 50, measure: count },
  // Glue API, "DatabaseInput", "TableInput", "CreateDataQualityRuleset", "CreateCsvClassifierRequest".
  { of: 'AWS::Glue::Database DatabaseInput.Name', most: 255, measure: length, shape: /^[a-z0-9_]+$/ },
  { of: 'AWS::Glue::Table TableInput.Name', most: 255, measure: length, shape: /^[a-z0-9_]+$/ },
  { of: 'AWS::Glue::Table TableInput.Description', most: 2_048, measure: length },
  { of: 'AWS::Glue::DataQualityRuleset Name', most: 255, measure: length },
  { of: 'AWS::Glue::DataQualityRuleset Ruleset', most: 65_536, measure: length },
  { of: 'AWS::Glue::Classifier CsvClassifier.Name', most: 255, measure: length },
  // IAM, "IAM and AWS STS quotas": a policy's name; Lambda API, "CreateFunction".
  { of: 'AWS::IAM::Policy PolicyName', most: 128, measure: length, shape: /^[\w+=,.@-]+$/ },
  { of: 'AWS::IAM::Role AssumeRolePolicyDocument', most: 2_048, measure: length },
  { of: 'AWS::Lambda::Function Description', most: 256, measure: length },
  { of: 'AWS::Lambda::Function Environment.Variables', most: 4_096, measure: length },
  { of: 'AWS::Lambda::Function Timeout', most: 900, measure: Number },
  { of: 'AWS::Lambda::Function MemorySize', most: 10_240, measure: Number },
  // "Amazon EventBridge quotas"; EventBridge Scheduler API, "CreateSchedule".
  { of: 'AWS::Events::Rule Targets', most: 5, measure: count },
  { of: 'AWS::Events::Rule EventPattern', most: 2_048, measure: length },
  { of: 'AWS::Events::Rule Description', most: 512, measure: length },
  { of: 'AWS::Scheduler::Schedule Description', most: 512, measure: length },
  { of: 'AWS::Scheduler::Schedule ScheduleExpression', most: 256, measure: length },
  // API Gateway, "CreateApi" of version 2.
  { of: 'AWS::ApiGatewayV2::Api Name', most: 128, measure: length },
  { of: 'AWS::ApiGatewayV2::Stage StageName', most: 128, measure: length },
  // AppSync, "AWS AppSync endpoints and quotas"; API, "CreateDataSource", "CreateFunction" and "GraphqlApi".
  { of: 'AWS::AppSync::GraphQLApi EnvironmentVariables', most: 50, measure: count },
  { of: 'AWS::AppSync::DataSource Name', most: 65_536, measure: length, shape: /^[_A-Za-z][_0-9A-Za-z]*$/ },
  { of: 'AWS::AppSync::FunctionConfiguration Name', most: 65_536, measure: length, shape: /^[_A-Za-z][_0-9A-Za-z]*$/ },
  { of: 'AWS::AppSync::Resolver PipelineConfig.Functions', most: 10, measure: count },
  // DynamoDB, "Quotas in Amazon DynamoDB": indexes of a table.
  { of: 'AWS::DynamoDB::GlobalTable GlobalSecondaryIndexes', most: 20, measure: count },
  // S3, "Setting an S3 Lifecycle configuration" and "PutBucketPolicy": rules, and 20 KB of policy.
  { of: 'AWS::S3::Bucket LifecycleConfiguration.Rules', most: 1_000, measure: count },
  { of: 'AWS::S3::BucketPolicy PolicyDocument', most: 20_480, measure: length },
  // SNS and SQS, "SetTopicAttributes" and "AddPermission": policies; 30 KB and 8 KB.
  { of: 'AWS::SNS::TopicPolicy PolicyDocument', most: 30_720, measure: length },
  { of: 'AWS::SQS::QueuePolicy PolicyDocument', most: 8_192, measure: length },
  // KMS, "Resource quotas": a key policy.
  { of: 'AWS::KMS::Key KeyPolicy', most: 32_768, measure: length },
  // WAF, "AWS WAF quotas": rules of a web ACL by their capacity; API, "Rule": its name.
  { of: 'AWS::WAFv2::WebACL Rules', most: 100, measure: count },
  // EC2, "Amazon VPC quotas": rules of a security group.
  { of: 'AWS::EC2::SecurityGroup SecurityGroupIngress', most: 60, measure: count },
];

describe.each(templates)('of %s', (_stage, template) => {
  const resources = Object.entries(template.Resources);

  // CloudFormation, "Understand CloudFormation quotas".
  test('the template is as small as CloudFormation wants it', () => {
    expect(Buffer.byteLength(JSON.stringify(template))).toBeLessThanOrEqual(1_000_000);
    expect(resources.length).toBeLessThanOrEqual(500);
    expect(count(template.Outputs)).toBeLessThanOrEqual(200);
    expect(count(template.Parameters)).toBeLessThanOrEqual(200);
    for (const id of [...Object.keys(template.Resources), ...Object.keys(template.Outputs ?? {})])
      expect(id).toMatch(/^[A-Za-z0-9]{1,255}$/);
  });

  test.each(LIMITS)('$of is within $most', ({ of, most, measure, shape }) => {
    const [type = '', path = ''] = of.split(' ');
    const values = resources.flatMap(([id, resource]) => {
      const value = resource.Type === type ? valueAt(resource, path) : undefined;
      return value === undefined ? [] : [[id, value] as const];
    });

    expect(values.filter(([, value]) => measure(value) > most).map(([id, value]) => `${id}: ${measure(value)}`)).toEqual([]);
    if (shape !== undefined) for (const [, value] of values) expect(written(value)).toMatch(shape);
  });

  // IAM, "IAM and AWS STS quotas": all inline policies of a role together, blanks not counted.
  test('no role has more inline policies than 10,240 characters', () => {
    const sizes: Record<string, number> = {};
    const add = (role: unknown, document: unknown) => {
      const name = JSON.stringify(role);
      sizes[name] = (sizes[name] ?? 0) + written(document).replaceAll(/\s/g, '').length;
    };
    for (const [id, { Type, Properties = {} }] of resources) {
      if (Type === 'AWS::IAM::Role')
        for (const { PolicyDocument } of (Properties['Policies'] ?? []) as { PolicyDocument: unknown }[])
          add({ Ref: id }, PolicyDocument);
      if (Type === 'AWS::IAM::Policy')
        for (const role of Properties['Roles'] as unknown[]) add(role, Properties['PolicyDocument']);
    }

    expect(Object.entries(sizes).filter(([, size]) => size > 10_240)).toEqual([]);
  });

  // AppSync, "CreateGraphqlApi": environment variables; DynamoDB, "Quotas": projected attributes of all indexes of a table.
  test('what is counted within a resource fits', () => {
    for (const [, { Type, Properties = {} }] of resources) {
      if (Type === 'AWS::AppSync::GraphQLApi')
        for (const [name, value] of Object.entries(Properties['EnvironmentVariables'] ?? {})) {
          expect(name).toMatch(/^[A-Za-z]\w{1,63}$/);
          expect(length(value)).toBeLessThanOrEqual(512);
        }
      if (Type === 'AWS::DynamoDB::GlobalTable') {
        const indexes = (Properties['GlobalSecondaryIndexes'] ?? []) as { Projection: { NonKeyAttributes?: string[] } }[];
        expect(indexes.flatMap(({ Projection }) => Projection.NonKeyAttributes ?? []).length).toBeLessThanOrEqual(100);
      }
    }
  });

  // CloudWatch Logs, "CloudWatch Logs quotas": metric filters of a log group. Resource Groups, "Tag quotas": tags of a resource.
  test('no log group has more than 100 metric filters, no resource more than 50 tags', () => {
    const filters: Record<string, number> = {};
    for (const [, { Type, Properties = {} }] of resources) {
      const group = JSON.stringify(Properties['LogGroupName']);
      if (Type === 'AWS::Logs::MetricFilter') filters[group] = (filters[group] ?? 0) + 1;
      expect(count(Properties['Tags'])).toBeLessThanOrEqual(50);
    }

    expect(Object.values(filters).filter((number) => number > 100)).toEqual([]);
  });
});

test('every limit is one of something that a template has', () => {
  const found = new Set(
    templates.flatMap(([, { Resources }]) =>
      Object.values(Resources).flatMap((resource) =>
        LIMITS.filter(({ of }) => {
          const [type, path = ''] = of.split(' ');
          return resource.Type === type && valueAt(resource, path) !== undefined;
        }).map(({ of }) => of),
      ),
    ),
  );

  expect(LIMITS.map(({ of }) => of).filter((of) => !found.has(of))).toEqual([]);
});

test('the name of a stack fits, also the longest', () => {
  // CloudFormation API, "CreateStack": StackName.
  for (const name of [LONGEST, 'Tillgraph-prod']) expect(name).toMatch(/^[A-Za-z][A-Za-z0-9-]{0,127}$/);
});

// AppSync, "AWS AppSync endpoints and quotas"; test/infra/build.test.ts measures the code of the resolvers.
test('the schema is as small as AppSync takes it', () => {
  const schema = fileURLToPath(new URL('../../schema/schema.graphql', import.meta.url));

  expect(statSync(schema).size).toBeLessThanOrEqual(1_000_000);
});
