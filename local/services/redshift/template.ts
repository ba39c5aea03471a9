import type { Properties } from '../../template/properties.ts';
import type { WarehouseDefinition } from './definition.ts';

const IDENTITY = 'there is one local identity, which may read every bucket';
const LOOPBACK = 'the database listens on the loopback only';
const PRICE = 'this machine costs nothing, and has no more than it has';

/** A namespace or workgroup of Redshift Serverless with its properties. */
export interface WarehousePart {
  readonly properties: Properties;
  /** What `Fn::GetAtt` of it gives. */
  attribute(this: void, name: string): string;
}

/** `AWS::RedshiftServerless::Workgroup` with its `AWS::RedshiftServerless::Namespace`. */
export function readWarehouse(workgroup: WarehousePart, namespaces: readonly WarehousePart[]): WarehouseDefinition {
  const { properties } = workgroup;
  properties.ignore({
    WorkgroupName: 'read already',
    BaseCapacity: PRICE,
    MaxCapacity: PRICE,
    PricePerformanceTarget: PRICE,
    EnhancedVpcRouting: LOOPBACK,
    Port: 'outputs.json tells the local one',
    PubliclyAccessible: LOOPBACK,
    SecurityGroupIds: LOOPBACK,
    SubnetIds: LOOPBACK,
    TrackName: 'there is one version of the local database',
    Tags: 'labels for the bill',
  });
  const namespaceName = properties.string('NamespaceName');
  const namespace = namespaces.find(({ attribute }) => attribute('Namespace.NamespaceName') === namespaceName);
  if (namespace === undefined) return properties.refuse('NamespaceName', `the stack has no namespace ${namespaceName}`);
  return {
    namespaceName,
    ...readNamespace(namespace),
    workgroupName: workgroup.attribute('Workgroup.WorkgroupName'),
    workgroupArn: workgroup.attribute('Workgroup.WorkgroupArn'),
    configParameters: Object.fromEntries(
      properties
        .objects('ConfigParameters')
        .map((parameter) => [parameter.string('ParameterKey'), parameter.string('ParameterValue')]),
    ),
  };
}

function readNamespace({
  properties,
  attribute,
}: WarehousePart): Pick<WarehouseDefinition, 'databaseName' | 'adminUser' | 'adminSecretArn'> {
  properties.ignore({
    NamespaceName: 'read already',
    AdminUsername: 'read already',
    DbName: 'read already',
    AdminPasswordSecretKmsKeyId: 'the data directory is as safe as the disk it is on',
    KmsKeyId: 'the data directory is as safe as the disk it is on',
    DefaultIamRoleArn: IDENTITY,
    IamRoles: IDENTITY,
    LogExports: 'logs are files in the data directory',
    FinalSnapshotName: 'the data directory can be copied',
    FinalSnapshotRetentionPeriod: 'the data directory can be copied',
    SnapshotCopyConfigurations: 'the data directory can be copied',
    Tags: 'labels for the bill',
  });
  if (properties.optionalBoolean('ManageAdminPassword') !== true)
    properties.refuse('ManageAdminPassword', 'write true: the password is made up here, as Redshift does it');
  return {
    databaseName: attribute('Namespace.DbName'),
    adminUser: attribute('Namespace.AdminUsername'),
    adminSecretArn: attribute('Namespace.AdminPasswordSecretArn'),
  };
}
