// Slow: templates of a dozen contexts.

import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { Construct } from 'constructs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { AwsCalls } from '../../infra/constructs/aws-calls.ts';
import { DailyLimit } from '../../infra/constructs/daily-limit.ts';
import { RawBucket } from '../../infra/constructs/raw-bucket.ts';
import { Warehouse } from '../../infra/constructs/warehouse.ts';
import { UnknownFirehoseAddressError } from '../../infra/constructs/warehouse-network.ts';
import { toStage } from '../../infra/stages.ts';
import { appOf, bundlesWith, only, type Resource, resources, type StageName, templateOf, uniqueName } from './synthesis.ts';

const template = templateOf('dev');
const all = template.toJSON()['Resources'] as Readonly<Record<string, Resource & { readonly DependsOn?: string | string[] }>>;
const properties = (type: string, of = template) => only(of, type).Properties;
const idOf = (pattern: RegExp) => {
  const [id, second] = Object.keys(all).filter((name) => pattern.test(name));
  if (id === undefined || second !== undefined) throw new Error(`expected one ${String(pattern)}`);
  return id;
};

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('the network', () => {
  const admitted = (of = template) => properties('AWS::EC2::SecurityGroup', of)['SecurityGroupIngress'];
  const door = (CidrIp: string, Description: string) => ({
    IpProtocol: 'tcp',
    FromPort: 5439,
    ToPort: 5439,
    CidrIp,
    Description,
  });

  test('admits the Firehose of its region, to one port, and nobody else', () => {
    expect(admitted()).toEqual([door('52.70.63.192/27', 'Firehose in us-east-1')]);
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
  });

  test('admits BI tools from the addresses of the context, to the same port', () => {
    const fromBoth = templateOf('dev', { biCidrs: '203.0.113.7/32, 198.51.100.0/24' });

    expect(admitted(fromBoth)).toEqual([
      door('52.70.63.192/27', 'Firehose in us-east-1'),
      door('203.0.113.7/32', 'context biCidrs'),
      door('198.51.100.0/24', 'context biCidrs'),
    ]);
  });

  test('takes a list from cdk.json as well', () => {
    expect(admitted(templateOf('dev', { biCidrs: ['203.0.113.7/32'] }))).toHaveLength(2);
  });

  test('admits the Firehose of another region when it stands there', () => {
    vi.stubEnv('CDK_DEFAULT_REGION', 'eu-west-1');

    const stack = appOf('dev').synth().getStackByName('Tillgraph-dev').template as { Resources: Record<string, Resource> };

    const group = Object.values(stack.Resources).find(({ Type }) => Type === 'AWS::EC2::SecurityGroup');
    expect(group?.Properties['SecurityGroupIngress']).toEqual([door('52.19.239.192/27', 'Firehose in eu-west-1')]);
  });

  // From the guide of Firehose, "Grant Firehose access to an Amazon Redshift destination".
  test.each([
    ['us-east-1', '52.70.63.192/27'],
    ['us-east-2', '13.58.135.96/27'],
    ['us-west-1', '13.57.135.192/27'],
    ['us-west-2', '52.89.255.224/27'],
    ['eu-central-1', '35.158.127.160/27'],
    ['eu-west-1', '52.19.239.192/27'],
    ['eu-west-2', '18.130.1.96/27'],
    ['eu-west-3', '35.180.1.96/27'],
    ['eu-north-1', '13.53.63.224/27'],
    ['ca-central-1', '35.183.92.128/27'],
    ['sa-east-1', '18.228.1.128/27'],
    ['ap-south-1', '13.232.67.32/27'],
    ['ap-northeast-1', '13.113.196.224/27'],
    ['ap-northeast-2', '13.209.1.64/27'],
    ['ap-southeast-1', '13.228.64.192/27'],
    ['ap-southeast-2', '13.210.67.224/27'],
  ])('knows that Firehose comes from where AWS says it does: %s', (region, cidr) => {
    expect(RegionInfo.get(region).firehoseCidrBlock).toBe(cidr);
  });

  test('cannot be where AWS does not say from where Firehose comes; a stage without a warehouse can', () => {
    vi.stubEnv('CDK_DEFAULT_REGION', 'mx-central-1');

    expect(() => appOf('dev')).toThrow(UnknownFirehoseAddressError);
    expect(() => appOf('dev')).toThrow('write another region, or -c stage=lean');
    expect(() => appOf('lean')).not.toThrow();
  });

  test('lets nothing out: what the warehouse copies comes another way', () => {
    expect(properties('AWS::EC2::SecurityGroup')['SecurityGroupEgress']).toEqual([
      { IpProtocol: '-1', CidrIp: '127.0.0.1/32', Description: 'nowhere' },
    ]);
  });

  const zonesOf = (of = template) =>
    Object.values(resources(of, 'AWS::EC2::Subnet')).map(({ Properties }) => Properties['AvailabilityZone']);

  test("has two subnets, in the account's first two zones, because us-west-1 has no third", () => {
    expect(zonesOf()).toEqual([0, 1].map((index) => ({ 'Fn::Select': [index, { 'Fn::GetAZs': '' }] })));
  });

  test('has them in the zones of the context, because not every zone has Redshift Serverless', () => {
    expect(zonesOf(templateOf('dev', { zones: 'us-east-1a,us-east-1b,us-east-1d' }))).toEqual([
      'us-east-1a',
      'us-east-1b',
      'us-east-1d',
    ]);
    expect(zonesOf(templateOf('dev', { zones: 'us-east-1b,us-east-1d' }))).toEqual(['us-east-1b', 'us-east-1d']);
  });

  test('reaches the internet by a gateway, which costs nothing, and by no other way', () => {
    const types = Object.values(all)
      .map(({ Type }) => Type)
      .filter((type) => type.startsWith('AWS::EC2::'));

    expect(new Set(types)).toEqual(
      new Set(
        ['VPC', 'Subnet', 'InternetGateway', 'VPCGatewayAttachment', 'RouteTable', 'Route']
          .concat('SubnetRouteTableAssociation', 'SecurityGroup')
          .map((type) => `AWS::EC2::${type}`),
      ),
    );
    expect(Object.values(resources(template, 'AWS::EC2::SubnetRouteTableAssociation'))).toHaveLength(2);
  });
});

describe('the database', () => {
  test.each<StageName>(['dev', 'prod'])('has the least power there is in %s, and is reached encrypted', (stage) => {
    const workgroup = properties('AWS::RedshiftServerless::Workgroup', templateOf(stage));

    expect(workgroup).toMatchObject({ BaseCapacity: 4, PubliclyAccessible: true, EnhancedVpcRouting: false, Port: 5439 });
    expect(workgroup).toMatchObject({ MaxCapacity: 8, PricePerformanceTarget: { Status: 'DISABLED' } });
    expect(workgroup['ConfigParameters']).toEqual(
      Object.entries({
        require_ssl: 'true',
        max_query_execution_time: '900',
        auto_mv: 'false',
        enable_user_activity_logging: 'true',
      }).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
    );
  });

  test.each([
    ['dev', 8],
    ['prod', 48],
  ] as const)('in %s refuses queries after %i RPU-hours of a day', (stage, amount) => {
    const { Create, Update, Delete } = properties('Custom::RedshiftUsageLimit', templateOf(stage));
    const [, parts] = (Create as { 'Fn::Join': [string, unknown[]] })['Fn::Join'];
    const call = (value: string) => JSON.parse(value) as { action: string; parameters: object };

    expect(call(parts.map((part) => (typeof part === 'string' ? part : '<workgroup>')).join(''))).toMatchObject({
      action: 'createUsageLimit',
      parameters: {
        resourceArn: '<workgroup>',
        usageType: 'serverless-compute',
        period: 'daily',
        amount,
        breachAction: 'deactivate',
      },
    });
    expect(call(String(Update))).toMatchObject({
      action: 'updateUsageLimit',
      parameters: { amount, breachAction: 'deactivate' },
    });
    expect(call(String(Delete))).toMatchObject({
      action: 'deleteUsageLimit',
      parameters: { usageLimitId: 'PHYSICAL:RESOURCEID:' },
      ignoreErrorCodesMatching: 'ResourceNotFoundException|ValidationException',
    });
  });

  test('takes the passwords of its secrets anew when the context names another day', () => {
    const [before, after] = [{}, { passwordsOf: '2026-11-30' }].map((context) =>
      properties('Custom::WarehouseSchema', templateOf('dev', context)),
    );

    // CloudFormation calls the migrator for a property that changed, and the migrator sets every password at each call.
    expect(after).toEqual({ ...before, PasswordsOf: '2026-11-30' });
  });

  test('has another limit when it becomes another workgroup', () => {
    const limitOf = (id: string) => {
      const stack = new Stack(new App({ builtinCloudFormationValidation: false }), 'Shop', { env: { region: 'us-east-1' } });
      const scope = new Construct(stack, id);
      const stage = toStage('dev');
      const { warehouse: settings } = stage;
      if (settings === undefined) throw new Error('stage dev has no warehouse');
      const bucket = new RawBucket(stack, 'Raw', stage);
      const warehouse = new Warehouse(scope, 'Database', { stage, settings, bucket, biCidrs: [], zones: undefined });
      new DailyLimit(stack, 'DailyLimit', { calls: new AwsCalls(stack, 'Calls', stage), warehouse, rpuHours: 8 });
      return Object.keys(resources(Template.fromStack(stack), 'Custom::RedshiftUsageLimit'));
    };

    expect(limitOf('Warehouse')).toHaveLength(1);
    expect(limitOf('Warehouse')).toEqual(limitOf('Warehouse'));
    expect(limitOf('Another')).not.toEqual(limitOf('Warehouse'));
  });

  test('keeps its administrator’s password itself, and its logs where they end', () => {
    expect(properties('AWS::RedshiftServerless::Namespace')).toMatchObject({
      NamespaceName: uniqueName('tillgraph-dev'),
      DbName: 'tillgraph',
      AdminUsername: 'administrator',
      ManageAdminPassword: true,
      LogExports: ['userlog', 'connectionlog', 'useractivitylog'],
    });
    for (const log of ['userlog', 'connectionlog', 'useractivitylog'])
      template.hasResourceProperties('AWS::Logs::LogGroup', {
        LogGroupName: uniqueName('/aws/redshift/tillgraph-dev', `/${log}`),
        RetentionInDays: 7,
      });
  });

  test('copies as a role that reads two folders of the bucket', () => {
    const role = { 'Fn::GetAtt': [idOf(/^WarehouseDatabaseCopyRole[0-9A-F]{8}$/), 'Arn'] };

    expect(properties('AWS::RedshiftServerless::Namespace')).toMatchObject({ DefaultIamRoleArn: role, IamRoles: [role] });
  });
});

test('no password is in the template: what is called so says how one is made up, or where it is', () => {
  const found: [string, unknown][] = [];
  const search = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, inner] of Object.entries(value)) {
      if (/password/i.test(name)) found.push([name, inner]);
      search(inner);
    }
  };

  search(template.toJSON());

  expect(new Set(found.map(([name, value]) => `${name} ${String(value)}`))).toEqual(
    new Set(['ManageAdminPassword true', 'PasswordLength 32']),
  );
  expect(JSON.stringify(template.toJSON())).not.toContain('{{resolve:');
});

test('users sign in with 32 letters and digits, which every tool can write in an address', () => {
  const secrets = Object.values(resources(template, 'AWS::SecretsManager::Secret')).map(
    ({ Properties }) => Properties['GenerateSecretString'],
  );

  expect(secrets).toEqual(
    ['loader', 'bi'].map((username) => ({
      SecretStringTemplate: JSON.stringify({ username }),
      GenerateStringKey: 'password',
      PasswordLength: 32,
      ExcludePunctuation: true,
    })),
  );
});

describe('the schema', () => {
  const schema = properties('Custom::WarehouseSchema');

  test('is brought up by the migrator, with everybody whom it has to let in', () => {
    expect(schema).toMatchObject({
      ServiceToken: { 'Fn::GetAtt': [idOf(/^WarehouseSchemaMigratorFunction/), 'Arn'] },
      WorkgroupName: { Ref: idOf(/^WarehouseDatabaseWorkgroup/) },
      DatabaseName: 'tillgraph',
      AdminSecretArn: uniqueName('redshift!tillgraph-dev', '-administrator'),
      Users: [
        { SecretArn: { Ref: idOf(/^WarehouseLoaderUserSecret/) }, Role: 'landing_writer' },
        { SecretArn: { Ref: idOf(/^WarehouseBiUserSecret/) }, Role: 'bi_reader' },
      ],
      Principals: [
        { RoleName: { Ref: idOf(/^WarehouseLoaderFunctionRole[0-9A-F]{8}$/) }, Role: 'etl' },
        { RoleName: { Ref: idOf(/^GraphQLwarehouseRole[0-9A-F]{8}$/) }, Role: 'api_reader' },
      ],
    });
  });

  test('is brought up again when a migration is added, changed or renamed, and only then', () => {
    const checksumOf = (migrations: Record<string, string>) => {
      const app = appOf('dev', {}, false, bundlesWith(migrations));
      const stack = app.synth().getStackByName('Tillgraph-dev').template as { Resources: Record<string, Resource> };
      const resource = Object.values(stack.Resources).find(({ Type }) => Type === 'Custom::WarehouseSchema');
      return String(resource?.Properties['Checksum']);
    };
    const first = { '0001-first.sql': 'CREATE SCHEMA mart;\n' };

    const [same, added, changed, renamed] = [
      first,
      { ...first, '0002-second.sql': 'CREATE SCHEMA bi;\n' },
      { '0001-first.sql': 'CREATE SCHEMA bi;\n' },
      { '0002-first.sql': 'CREATE SCHEMA mart;\n' },
    ].map(checksumOf);

    expect(same).toBe(schema['Checksum']);
    expect(new Set([same, added, changed, renamed]).size).toBe(4);
  });

  /** Everything that must be there before a resource. */
  const before = (id: string, seen = new Set<string>()): ReadonlySet<string> => {
    const { DependsOn = [], ...rest } = all[id] ?? {};
    const named = [...JSON.stringify(rest).matchAll(/"(?:Ref|Fn::GetAtt)":\[?"(\w+)"/g)].map(([, name = '']) => name);
    for (const name of [DependsOn].flat().concat(named))
      if (name in all && !seen.has(name)) {
        seen.add(name);
        before(name, seen);
      }
    return seen;
  };

  test('comes after the database and the way to it, and after whatever its migrator may do', () => {
    const needed = before(idOf(/^WarehouseSchema[0-9A-F]{8}$/));

    for (const first of [
      /^WarehouseDatabaseWorkgroup/,
      /^WarehouseDatabaseNetworkWayOut/,
      /^WarehouseSchemaMigratorRoleDefaultPolicy/,
      /^WarehouseDatabaseCopyRole[0-9A-F]{8}$/,
    ])
      expect(needed).toContain(idOf(first));
  });

  test.each([
    ['the delivery', /^WarehouseDeliveryStream/],
    ['the rule that calls the loader', /^WarehouseLoaderDelivered[0-9A-F]{8}$/],
    ['the schedule that calls the loader', /^WarehouseLoaderSchedule[0-9A-F]{8}$/],
    ['the data source of the API', /^GraphQLwarehouse[0-9A-F]{8}$/],
  ])('comes before %s', (_, later) => {
    expect(before(idOf(later))).toContain(idOf(/^WarehouseSchema[0-9A-F]{8}$/));
  });
});
