import type { AttributeDefinition, GlobalSecondaryIndex, KeySchemaElement, Projection } from '@aws-sdk/client-dynamodb';
import type { Properties } from '../../template/properties.ts';
import type { TableDefinition } from './definition.ts';

const PROTECTION = {
  DeletionProtectionEnabled: 'nothing deletes a local table but --fresh',
  Tags: 'labels for the bill',
};
/** On demand, CloudFormation refuses ProvisionedThroughput; with it, the local table is not slowed down: nothing here costs by capacity. */
const CAPACITY = {
  ProvisionedThroughput: 'local tables have no capacity to run out of',
  OnDemandThroughput: 'local tables have no capacity to run out of',
  WarmThroughput: 'local tables have no capacity to run out of',
  ContributorInsightsSpecification: 'nothing collects metrics locally',
};

/** `AWS::DynamoDB::Table`. */
export function readTable(properties: Properties, name: string): TableDefinition {
  properties.ignore({
    ...PROTECTION,
    ...CAPACITY,
    TableName: 'read already',
    BillingMode: 'local tables cost nothing',
    PointInTimeRecoverySpecification: 'the data directory can be copied',
    SSESpecification: 'the data directory is as safe as the disk it is on',
    TableClass: 'a price class',
    ResourcePolicy: 'there is one local identity, which may do everything',
  });
  return tableInput(properties, name);
}

/** `AWS::DynamoDB::GlobalTable` with the one replica that makes it an ordinary table: what CDK's TableV2 emits. */
export function readGlobalTable(properties: Properties, name: string, region: string): TableDefinition {
  const [replica, second] = properties.objects('Replicas');
  const where = replica?.optionalString('Region');
  if (second !== undefined || where !== region) properties.refuse('Replicas', `one replica, in ${region}, can run locally`);
  replica?.ignore({
    ...PROTECTION,
    ...CAPACITY,
    PointInTimeRecoverySpecification: 'the data directory can be copied',
    SSESpecification: 'the data directory is as safe as the disk it is on',
    TableClass: 'a price class',
    ReadOnDemandThroughputSettings: CAPACITY.OnDemandThroughput,
    ReadProvisionedThroughputSettings: CAPACITY.OnDemandThroughput,
    ResourcePolicy: 'there is one local identity, which may do everything',
    GlobalSecondaryIndexes: 'capacity and insights of the indexes only',
  });
  properties.ignore({
    TableName: 'read already',
    BillingMode: 'local tables cost nothing',
    SSESpecification: 'the data directory is as safe as the disk it is on',
    WriteOnDemandThroughputSettings: CAPACITY.OnDemandThroughput,
    WriteProvisionedThroughputSettings: CAPACITY.OnDemandThroughput,
    WarmThroughput: CAPACITY.WarmThroughput,
  });
  return tableInput(properties, name);
}

function tableInput(properties: Properties, name: string): TableDefinition {
  const globalIndexes = properties.objects('GlobalSecondaryIndexes').map((index): GlobalSecondaryIndex => {
    index.ignore({
      ...CAPACITY,
      WriteOnDemandThroughputSettings: CAPACITY.OnDemandThroughput,
      WriteProvisionedThroughputSettings: CAPACITY.OnDemandThroughput,
      ReadOnDemandThroughputSettings: CAPACITY.OnDemandThroughput,
    });
    return {
      IndexName: index.string('IndexName'),
      KeySchema: keySchema(index),
      Projection: projection(index.object('Projection')),
    };
  });
  const localIndexes = properties.objects('LocalSecondaryIndexes').map((index) => ({
    IndexName: index.string('IndexName'),
    KeySchema: keySchema(index),
    Projection: projection(index.object('Projection')),
  }));
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: properties.objects('AttributeDefinitions').map((attribute): AttributeDefinition => ({
      AttributeName: attribute.string('AttributeName'),
      AttributeType: attribute.choice('AttributeType', ['S', 'N', 'B']),
    })),
    KeySchema: keySchema(properties),
    ...(globalIndexes.length > 0 && { GlobalSecondaryIndexes: globalIndexes }),
    ...(localIndexes.length > 0 && { LocalSecondaryIndexes: localIndexes }),
  };
}

function keySchema(properties: Properties): KeySchemaElement[] {
  return properties
    .objects('KeySchema')
    .map((key) => ({ AttributeName: key.string('AttributeName'), KeyType: key.choice('KeyType', ['HASH', 'RANGE']) }));
}

function projection(properties: Properties): Projection {
  const attributes = properties.strings('NonKeyAttributes');
  return {
    ProjectionType: properties.choice('ProjectionType', ['ALL', 'KEYS_ONLY', 'INCLUDE']),
    ...(attributes.length > 0 && { NonKeyAttributes: [...attributes] }),
  };
}
