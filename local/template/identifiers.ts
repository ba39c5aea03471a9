import { createHash } from 'node:crypto';
import type { Template, TemplateResource } from './assembly.ts';
import { UnresolvableError } from './errors.ts';
import type { PseudoParameters, References } from './intrinsics.ts';
import { Intrinsics } from './intrinsics.ts';

/** The account and region that everything locally belongs to. */
export interface Home {
  readonly accountId: string;
  readonly region: string;
  readonly stackName: string;
}

/** A resource as its identifiers see it. */
interface Identified extends Home {
  readonly logicalId: string;
  /** The physical name: the template's, or made from the logical id. */
  readonly name: string;
  /** An opaque identifier such as AWS would make up; the same at every start. */
  opaqueId(this: void, length: number): string;
  /** An evaluated property. */
  property(this: void, name: string): string;
}

interface Identity {
  /** Which property names the resource; without it, or without a value, a name is made. */
  readonly nameProperty?: string;
  /** What the service allows in a name, applied to a name that is made. */
  readonly nameRule?: (name: string) => string;
  readonly ref: (resource: Identified) => string;
  readonly attributes?: Readonly<Record<string, (resource: Identified) => string>>;
  /** Attributes that are addresses: known only when the service listens. */
  readonly addresses?: readonly string[];
}

const arn = (service: string, path: (resource: Identified) => string) => (resource: Identified) =>
  `arn:aws:${service}:${resource.region}:${resource.accountId}:${path(resource)}`;
const tableArn = arn('dynamodb', ({ name }) => `table/${name}`);
const streamArn = arn('kinesis', ({ name }) => `stream/${name}`);
const functionArn = arn('lambda', ({ name }) => `function:${name}`);
const graphqlApiArn = arn('appsync', ({ opaqueId }) => `apis/${opaqueId(26)}`);
const byName = ({ name }: Identified): string => name;
const opaque = (length: number) => (resource: Identified) => resource.opaqueId(length);
/** S3: 3 to 63 of a-z, 0-9, dot and hyphen. */
const bucketName = (name: string): string => name.toLowerCase().slice(0, 63).replace(/-$/, '');

const table: Identity = {
  nameProperty: 'TableName',
  ref: byName,
  attributes: { Arn: tableArn, TableId: ({ opaqueId }) => uuidFrom(opaqueId(32)) },
};

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
  'AWS::ApiGatewayV2::Api': { ref: opaque(10), attributes: { ApiId: opaque(10) }, addresses: ['ApiEndpoint'] },
  'AWS::ApiGatewayV2::Integration': { ref: opaque(7) },
  'AWS::ApiGatewayV2::Route': { ref: opaque(7) },
  'AWS::ApiGatewayV2::Stage': { nameProperty: 'StageName', ref: byName },
  'AWS::AppSync::GraphQLApi': {
    ref: graphqlApiArn,
    attributes: { Arn: graphqlApiArn, ApiId: opaque(26) },
    addresses: ['GraphQLUrl', 'RealtimeUrl'],
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

/** Names, ARNs and addresses of one stack's resources, and the evaluation of its template with them. */
export class Identifiers {
  readonly intrinsics: Intrinsics;
  private readonly addresses = new Map<string, string>();

  constructor(
    private readonly template: Template,
    readonly home: Home,
  ) {
    const references: References = {
      ref: (logicalId, where) => this.ref(logicalId, where),
      attribute: (logicalId, attribute, where) => this.attribute(logicalId, attribute, where),
    };
    this.intrinsics = new Intrinsics(template, pseudoParameters(home), references);
  }

  /** Say where a service listens; from then on `Fn::GetAtt` of that attribute has a value. */
  listen(logicalId: string, attribute: string, address: string): void {
    this.addresses.set(`${logicalId}.${attribute}`, address);
  }

  /** Whether the resource exists: absent ones have a condition that is false. */
  exists(logicalId: string): boolean {
    const condition = this.template.Resources[logicalId]?.Condition;
    return condition === undefined || this.intrinsics.condition(condition, `Resources.${logicalId}`);
  }

  ref(logicalId: string, where: string): string {
    const [identity, resource] = this.identify(logicalId, `Ref ${logicalId}`, where);
    return identity.ref(resource);
  }

  attribute(logicalId: string, attribute: string, where: string): string {
    const expression = `Fn::GetAtt ${logicalId}.${attribute}`;
    const [identity, resource] = this.identify(logicalId, expression, where);
    const value = identity.attributes?.[attribute]?.(resource) ?? this.addresses.get(`${logicalId}.${attribute}`);
    if (value !== undefined) return value;
    const late = identity.addresses?.includes(attribute) === true;
    throw new UnresolvableError(
      expression,
      where,
      late
        ? 'the address is known only when the stack is up: use it in Outputs'
        : `${this.type(logicalId)} has no such attribute locally`,
    );
  }

  private identify(logicalId: string, expression: string, where: string): [Identity, Identified] {
    const declared = this.template.Resources[logicalId];
    if (declared === undefined || !this.exists(logicalId))
      throw new UnresolvableError(expression, where, 'there is no such resource');
    const identity = identities[declared.Type];
    if (identity === undefined) throw new UnresolvableError(expression, where, `${declared.Type} has no local value to refer to`);
    return [identity, this.identified(logicalId, declared, identity)];
  }

  private identified(logicalId: string, declared: TemplateResource, { nameProperty, nameRule }: Identity): Identified {
    const property = (name: string): string => {
      const value = this.intrinsics.evaluate(declared.Properties?.[name], `Resources.${logicalId}.Properties.${name}`);
      return typeof value === 'string' ? value : '';
    };
    const home = this.home;
    return {
      ...home,
      logicalId,
      property,
      opaqueId: (length) => opaqueId(`${home.stackName}/${logicalId}`, length),
      get name() {
        const given = nameProperty === undefined ? '' : property(nameProperty);
        const made = `${home.stackName}-${logicalId}`;
        return given === '' ? (nameRule?.(made) ?? made) : given;
      },
    };
  }

  private type(logicalId: string): string {
    return this.template.Resources[logicalId]?.Type ?? logicalId;
  }
}

function pseudoParameters({ accountId, region, stackName }: Home): PseudoParameters {
  return {
    'AWS::AccountId': accountId,
    'AWS::Region': region,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': stackName,
    'AWS::StackId': `arn:aws:cloudformation:${region}:${accountId}:stack/${stackName}/${uuidFrom(opaqueId(stackName, 32))}`,
  };
}

/** Letters a-z and digits, spread evenly, always the same for the same seed. */
function opaqueId(seed: string, length: number): string {
  return BigInt(`0x${createHash('sha512').update(seed).digest('hex')}`)
    .toString(36)
    .slice(1, length + 1);
}

function uuidFrom(id: string): string {
  const hex = createHash('sha256').update(id).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}
