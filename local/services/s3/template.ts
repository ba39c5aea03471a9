import type { Properties } from '../../template/properties.ts';
import type { BucketDefinition } from './definition.ts';

/** What clients may ask of a bucket, and what is obeyed no further. */
const ASKED_FOR = [
  'BucketEncryption',
  'LifecycleConfiguration',
  'LoggingConfiguration',
  'MetricsConfigurations',
  'NotificationConfiguration',
  'OwnershipControls',
  'PublicAccessBlockConfiguration',
  'Tags',
  'VersioningConfiguration',
];

/** `AWS::S3::Bucket`. @param policy - the document of its `AWS::S3::BucketPolicy`, if there is one */
export function readBucket(properties: Properties, name: string, policy?: unknown): BucketDefinition {
  const declared = ASKED_FOR.map((property) => [property, properties.value(property)] as const);
  properties.ignore({
    BucketName: 'read already',
    AccessControl: 'there is one local identity, which owns everything',
    IntelligentTieringConfigurations: 'a price class',
    InventoryConfigurations: 'a report for the bill',
  });
  const notifications = properties.optionalObject('NotificationConfiguration');
  const bridge = notifications?.optionalObject('EventBridgeConfiguration');
  const requestMetrics = properties.objects('MetricsConfigurations').map((configuration) => {
    configuration.requireValue('TagFilters', undefined, 'requests are counted by prefix');
    configuration.requireValue('AccessPointArn', undefined, 'requests are counted by prefix');
    return { id: configuration.string('Id'), prefix: configuration.optionalString('Prefix') ?? '' };
  });
  const stated = [...declared, ['PolicyDocument', policy] as const].filter(([, value]) => value !== undefined);
  return {
    name,
    sendsEvents: bridge !== undefined && (bridge.optionalBoolean('EventBridgeEnabled') ?? true),
    requestMetrics,
    configuration: Object.fromEntries(stated),
  };
}

/** `AWS::S3::BucketPolicy`: nobody but the one local identity asks, so it is told and not obeyed. */
export function readBucketPolicy(properties: Properties): { readonly bucket: string; readonly policy: unknown } {
  return { bucket: properties.string('Bucket'), policy: properties.value('PolicyDocument') };
}
