import { createHash } from 'node:crypto';

/** The account and region that everything locally belongs to. */
export interface Home {
  readonly accountId: string;
  readonly region: string;
  readonly stackName: string;
}

/** A resource as its identifiers see it. */
export interface IdentifiedResource extends Home {
  readonly logicalId: string;
  /** The physical name: the template's, or made from the logical id. */
  readonly name: string;
  /** An opaque identifier such as AWS would make up; the same at every start. */
  opaqueId(this: void, length: number): string;
  /** An evaluated property, or a member of one: `DatabaseInput.Name`. */
  property(this: void, name: string): string;
}

export interface Identity {
  /** Which property names the resource; without it, or without a value, a name is made. */
  readonly nameProperty?: string;
  /** What the service allows in a name, applied to a name that is made. */
  readonly nameRule?: (name: string) => string;
  /** Absent: known only when the resource is made. */
  readonly ref?: (resource: IdentifiedResource) => string;
  readonly attributes?: Readonly<Record<string, (resource: IdentifiedResource) => string>>;
  /** Attributes that are known only when the service listens, or the resource is made. */
  readonly late?: readonly string[] | 'all';
}

const arn = (service: string, path: (resource: IdentifiedResource) => string) => (resource: IdentifiedResource) =>
  `arn:aws:${service}:${resource.region}:${resource.accountId}:${path(resource)}`;
const tableArn = arn('dynamodb', ({ name }) => `table/${name}`);
const streamArn = arn('kinesis', ({ name }) => `stream/${name}`);
const functionArn = arn('lambda', ({ name }) => `function:${name}`);
const graphqlApiArn = arn('appsync', ({ opaqueId }) => `apis/${opaqueId(26)}`);
const byName = ({ name }: IdentifiedResource): string => name;
const opaque = (length: number) => (resource: IdentifiedResource) => resource.opaqueId(length);
/** S3: 3 to 63 of a-z, 0-9, dot and hyphen. */
const bucketName = (name: string): string => name.toLowerCase().slice(0, 63).replace(/-$/, '');

/** Redshift: 3 to 64 of a-z, 0-9 and hyphen. */
const lowerName = (name: string): string => name.toLowerCase().slice(0, 64);

const table: Identity = {
  nameProperty: 'TableName',
  ref: byName,
  attributes: { Arn: tableArn, TableId: ({ opaqueId }) => uuidFrom(opaqueId(32)) },
};

const namespaceArn = arn('redshift-serverless', ({ opaqueId }) => `namespace/${uuidFrom(opaqueId(32))}`);
const workgroupArn = arn('redshift-serverless', ({ opaqueId }) => `workgroup/${uuidFrom(opaqueId(32))}`);
/** Secrets Manager puts six characters behind the name. */
const secretArn = arn('secretsmanager', ({ name, opaqueId }) => `secret:${name}-${opaqueId(6)}`);
/** The secret that Redshift makes for an administrator whose password it manages. */
const adminSecretName = ({ name, property }: IdentifiedResource): string =>
  `redshift!${name}-${valueOr(property('AdminUsername'), 'admin')}`;

/** A property's value, or what the service takes when there is none. */
const valueOr = (value: string, fallback: string): string => (value === '' ? fallback : value);

/** Glue folds the names of databases and tables. */
const lowerCaseName = ({ name }: IdentifiedResource): string => name.toLowerCase();

/** What a function makes has the names that the function gives it. */
const custom: Identity = { late: 'all' };

/** What `Ref` and `Fn::GetAtt` give, for the types that something local may refer to. */
const identities: Readonly<Record<string, Identity>> = {
  'AWS::DynamoDB::Table': table,
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::Kinesis::Stream': { nameProperty: 'Name', ref: byName, attributes: { Arn: streamArn } },
  'AWS::S3::Bucket': {
    nameProperty: 'BucketName',
    nameRule: bucketName,
    ref: byName,
    attributes: {
      Arn: ({ name }) => `arn:aws:s3:::${name}`,
      DomainName: ({ name }) => `${name}.s3.amazonaws.com`,
      RegionalDomainName: ({ name, region }) => `${name}.s3.${region}.amazonaws.com`,
    },
  },
  'AWS::Lambda::Function': {
    nameProperty: 'FunctionName',
    nameRule: (name) => name.slice(0, 64),
    ref: byName,
    attributes: { Arn: functionArn },
  },
  'AWS::Lambda::EventSourceMapping': {
    ref: ({ opaqueId }) => uuidFrom(opaqueId(32)),
    attributes: { Id: ({ opaqueId }) => uuidFrom(opaqueId(32)) },
  },
  'AWS::IAM::Role': {
    nameProperty: 'RoleName',
    ref: byName,
    attributes: { Arn: ({ accountId, name }) => `arn:aws:iam::${accountId}:role/${name}` },
  },
  'AWS::Lambda::EventInvokeConfig': { ref: ({ opaqueId }) => uuidFrom(opaqueId(32)) },
  'AWS::SecretsManager::Secret': { nameProperty: 'Name', ref: secretArn, attributes: { Id: secretArn } },
  'AWS::RedshiftServerless::Namespace': {
    nameProperty: 'NamespaceName',
    nameRule: lowerName,
    ref: byName,
    attributes: {
      'Namespace.AdminPasswordSecretArn': (namespace) => secretArn({ ...namespace, name: adminSecretName(namespace) }),
      'Namespace.AdminUsername': ({ property }) => valueOr(property('AdminUsername'), 'admin'),
      'Namespace.DbName': ({ property }) => valueOr(property('DbName'), 'dev'),
      'Namespace.NamespaceArn': namespaceArn,
      'Namespace.NamespaceId': ({ opaqueId }) => uuidFrom(opaqueId(32)),
      'Namespace.NamespaceName': byName,
    },
  },
  'AWS::RedshiftServerless::Workgroup': {
    nameProperty: 'WorkgroupName',
    nameRule: lowerName,
    ref: byName,
    attributes: {
      'Workgroup.Endpoint.Address': ({ name, accountId, region }) =>
        `${name}.${accountId}.${region}.redshift-serverless.amazonaws.com`,
      'Workgroup.Endpoint.Port': ({ property }) => valueOr(property('Port'), '5439'),
      'Workgroup.NamespaceName': ({ property }) => property('NamespaceName'),
      'Workgroup.WorkgroupArn': workgroupArn,
      'Workgroup.WorkgroupId': ({ opaqueId }) => uuidFrom(opaqueId(32)),
      'Workgroup.WorkgroupName': byName,
    },
  },
  'AWS::KinesisFirehose::DeliveryStream': {
    nameProperty: 'DeliveryStreamName',
    nameRule: (name) => name.slice(0, 64),
    ref: byName,
    attributes: { Arn: arn('firehose', ({ name }) => `deliverystream/${name}`) },
  },
  'AWS::Glue::Classifier': { nameProperty: 'CsvClassifier.Name', ref: byName },
  'AWS::Glue::Connection': { nameProperty: 'ConnectionInput.Name', ref: byName },
  'AWS::Glue::Crawler': { nameProperty: 'Name', ref: byName },
  'AWS::Glue::DataQualityRuleset': { nameProperty: 'Name', ref: byName },
  'AWS::Glue::Database': { nameProperty: 'DatabaseInput.Name', ref: lowerCaseName },
  'AWS::Glue::Job': { nameProperty: 'Name', ref: byName },
  'AWS::Glue::SecurityConfiguration': { nameProperty: 'Name', ref: byName },
  'AWS::Glue::Table': { nameProperty: 'TableInput.Name', ref: lowerCaseName },
  'AWS::Events::Rule': {
    nameProperty: 'Name',
    nameRule: (name) => name.slice(0, 64),
    ref: byName,
    attributes: { Arn: arn('events', ({ name }) => `rule/${name}`) },
  },
  'AWS::CloudWatch::Alarm': {
    nameProperty: 'AlarmName',
    ref: byName,
    attributes: { Arn: arn('cloudwatch', ({ name }) => `alarm:${name}`) },
  },
  'AWS::Logs::LogGroup': {
    nameProperty: 'LogGroupName',
    ref: byName,
    attributes: { Arn: arn('logs', ({ name }) => `log-group:${name}:*`) },
  },
  'AWS::Logs::MetricFilter': { ref: byName },
  'AWS::SQS::Queue': {
    nameProperty: 'QueueName',
    ref: ({ region, accountId, name }) => `https://sqs.${region}.amazonaws.com/${accountId}/${name}`,
    attributes: { Arn: arn('sqs', byName), QueueName: byName },
  },
  'AWS::SNS::Topic': { nameProperty: 'TopicName', ref: arn('sns', byName), attributes: { TopicArn: arn('sns', byName) } },
  'AWS::Scheduler::ScheduleGroup': {
    nameProperty: 'Name',
    ref: byName,
    attributes: { Arn: arn('scheduler', ({ name }) => `schedule-group/${name}`) },
  },
  'AWS::Scheduler::Schedule': {
    nameProperty: 'Name',
    nameRule: (name) => name.slice(0, 64),
    ref: byName,
    attributes: {
      Arn: arn('scheduler', ({ name, property }) => `schedule/${valueOr(property('GroupName'), 'default')}/${name}`),
    },
  },
  'AWS::CloudFormation::CustomResource': custom,
  'AWS::ApiGatewayV2::Api': { ref: opaque(10), attributes: { ApiId: opaque(10) }, late: ['ApiEndpoint'] },
  'AWS::ApiGatewayV2::Integration': { ref: opaque(7) },
  'AWS::ApiGatewayV2::Route': { ref: opaque(7) },
  'AWS::ApiGatewayV2::Stage': { nameProperty: 'StageName', ref: byName },
  'AWS::AppSync::GraphQLApi': {
    ref: graphqlApiArn,
    attributes: { Arn: graphqlApiArn, ApiId: opaque(26) },
    late: ['GraphQLUrl', 'RealtimeUrl'],
  },
  'AWS::AppSync::GraphQLSchema': { ref: ({ opaqueId }) => `${opaqueId(26)}GraphQLSchema` },
  'AWS::AppSync::DataSource': { nameProperty: 'Name', ref: byName, attributes: { Name: byName } },
  'AWS::AppSync::FunctionConfiguration': {
    ref: opaque(26),
    attributes: {
      FunctionId: opaque(26),
      Name: ({ property }) => property('Name'),
      DataSourceName: ({ property }) => property('DataSourceName'),
    },
  },
  'AWS::AppSync::Resolver': {
    ref: ({ property }) => `${property('TypeName')}.${property('FieldName')}`,
    attributes: { TypeName: ({ property }) => property('TypeName'), FieldName: ({ property }) => property('FieldName') },
  },
};

/** What `Ref` and `Fn::GetAtt` of a type give; undefined when nothing local may refer to it. */
export function identityOf(type: string): Identity | undefined {
  return type.startsWith('Custom::') ? custom : identities[type];
}

/** Letters a-z and digits, spread evenly, always the same for the same seed. */
export function opaqueId(seed: string, length: number): string {
  return BigInt(`0x${createHash('sha512').update(seed).digest('hex')}`)
    .toString(36)
    .slice(1, length + 1);
}

export function uuidFrom(id: string): string {
  const hex = createHash('sha256').update(id).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}
