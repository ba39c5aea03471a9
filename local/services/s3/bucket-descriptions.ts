import { OWNER, xml } from './call.ts';
import type { S3Call, S3Operation } from './call.ts';
import { notImplemented, s3Error } from './errors.ts';
import { lifecycleRule } from './lifecycle-rules.ts';
import { listOf, membersOf, textOfValue, unlessEmpty } from './template-values.ts';
import type { Members } from './template-values.ts';
import { toXml } from './xml.ts';
import type { Xml } from './xml.ts';

/** What a template says of a bucket: properties of `AWS::S3::Bucket` by their names, and the `PolicyDocument` of its policy. */
export type BucketConfiguration = Readonly<Record<string, unknown>>;

type Description = (configuration: BucketConfiguration, call: S3Call) => string;

/** A grant as S3 writes it. There is one owner, who may do everything; no other grantee exists. */
export const ACCESS_CONTROL_POLICY: Xml = {
  Owner: OWNER,
  AccessControlList: {
    Grant: {
      'Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"': OWNER,
      Permission: 'FULL_CONTROL',
    },
  },
};

/** What every bucket has that does not say otherwise. @source Amazon S3 User Guide, "Default settings for new S3 bucket" */
const ENCRYPTION = [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false }];
const OWNERSHIP = [{ ObjectOwnership: 'BucketOwnerEnforced' }];

const DESCRIPTIONS = {
  GetBucketAccelerateConfiguration: ({ AccelerateConfiguration }) =>
    toXml('AccelerateConfiguration', { Status: textOfValue(membersOf(AccelerateConfiguration)['AccelerationStatus']) }),

  GetBucketAcl: () => toXml('AccessControlPolicy', ACCESS_CONTROL_POLICY),

  GetBucketCors: (_, { bucket }) => {
    throw s3Error('NoSuchCORSConfiguration', { BucketName: bucket });
  },

  GetBucketEncryption: ({ BucketEncryption }) => {
    const rules = listOf(membersOf(BucketEncryption)['ServerSideEncryptionConfiguration'] ?? ENCRYPTION);
    return toXml('ServerSideEncryptionConfiguration', {
      Rule: rules.map((rule) => {
        const byDefault = membersOf(rule['ServerSideEncryptionByDefault']);
        return {
          ApplyServerSideEncryptionByDefault: unlessEmpty({
            SSEAlgorithm: textOfValue(byDefault['SSEAlgorithm']),
            KMSMasterKeyID: textOfValue(byDefault['KMSMasterKeyID']),
          }),
          BucketKeyEnabled: textOfValue(rule['BucketKeyEnabled'] ?? false),
        };
      }),
    });
  },

  GetBucketLifecycleConfiguration: ({ LifecycleConfiguration }, { bucket }) => {
    const rules = listOf(membersOf(LifecycleConfiguration)['Rules']);
    if (rules.length === 0) throw s3Error('NoSuchLifecycleConfiguration', { BucketName: bucket });
    return toXml('LifecycleConfiguration', { Rule: rules.map(lifecycleRule) });
  },

  GetBucketLogging: ({ LoggingConfiguration }) => {
    const { DestinationBucketName, LogFilePrefix } = membersOf(LoggingConfiguration);
    const target = textOfValue(DestinationBucketName);
    const enabled = target === undefined ? undefined : { TargetBucket: target, TargetPrefix: textOfValue(LogFilePrefix) ?? '' };
    return toXml('BucketLoggingStatus', { LoggingEnabled: enabled });
  },

  GetBucketMetricsConfiguration: ({ MetricsConfigurations }, { query, bucket }) => {
    const found = listOf(MetricsConfigurations).find(({ Id }) => Id === query.get('id'));
    if (found === undefined) throw s3Error('NoSuchConfiguration', { BucketName: bucket });
    return toXml('MetricsConfiguration', metrics(found));
  },

  ListBucketMetricsConfigurations: ({ MetricsConfigurations }) =>
    toXml('ListMetricsConfigurationsResult', {
      MetricsConfiguration: listOf(MetricsConfigurations).map(metrics),
      IsTruncated: false,
    }),

  GetBucketNotificationConfiguration: ({ NotificationConfiguration }) => {
    const bridge = membersOf(NotificationConfiguration)['EventBridgeConfiguration'];
    const isOn = bridge !== undefined && textOfValue(membersOf(bridge)['EventBridgeEnabled'] ?? true) === 'true';
    return toXml('NotificationConfiguration', { EventBridgeConfiguration: isOn ? {} : undefined });
  },

  GetObjectLockConfiguration: (_, { bucket }) => {
    throw s3Error('ObjectLockConfigurationNotFoundError', { BucketName: bucket });
  },

  GetBucketOwnershipControls: ({ OwnershipControls }) =>
    toXml('OwnershipControls', {
      Rule: listOf(membersOf(OwnershipControls)['Rules'] ?? OWNERSHIP).map(({ ObjectOwnership }) => ({
        ObjectOwnership: textOfValue(ObjectOwnership),
      })),
    }),

  GetBucketPolicy: ({ PolicyDocument }, { bucket }) => {
    if (PolicyDocument === undefined) throw s3Error('NoSuchBucketPolicy', { BucketName: bucket });
    return JSON.stringify(PolicyDocument);
  },

  GetBucketPolicyStatus: ({ PolicyDocument }, { bucket }) => {
    if (PolicyDocument === undefined) throw s3Error('NoSuchBucketPolicy', { BucketName: bucket });
    return toXml('PolicyStatus', { IsPublic: isPublic(PolicyDocument) });
  },

  GetPublicAccessBlock: ({ PublicAccessBlockConfiguration }) => {
    const declared = PublicAccessBlockConfiguration === undefined ? undefined : membersOf(PublicAccessBlockConfiguration);
    const names = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'];
    const flags = names.map((name) => [name, textOfValue(declared === undefined ? true : (declared[name] ?? false))]);
    return toXml('PublicAccessBlockConfiguration', Object.fromEntries(flags) as Xml);
  },

  GetBucketReplication: (_, { bucket }) => {
    throw s3Error('ReplicationConfigurationNotFoundError', { BucketName: bucket });
  },

  GetBucketRequestPayment: () => toXml('RequestPaymentConfiguration', { Payer: 'BucketOwner' }),

  GetBucketTagging: ({ Tags }, { bucket }) => {
    const tags = listOf(Tags).map(({ Key, Value }) => ({ Key: textOfValue(Key), Value: textOfValue(Value) }));
    if (tags.length === 0) throw s3Error('NoSuchTagSet', { BucketName: bucket });
    return toXml('Tagging', { TagSet: { Tag: tags } });
  },

  GetBucketVersioning: ({ VersioningConfiguration }) =>
    toXml('VersioningConfiguration', { Status: textOfValue(membersOf(VersioningConfiguration)['Status']) }),

  GetBucketWebsite: (_, { bucket }) => {
    throw s3Error('NoSuchWebsiteConfiguration', { BucketName: bucket });
  },
} satisfies Record<string, Description>;

/** What consoles, Terraform and SDKs ask of a bucket: it is as the template declares it, and as every new bucket is where it says nothing. */
export const descriptions = Object.fromEntries(
  Object.entries<Description>(DESCRIPTIONS).map(([operation, describe]): [string, S3Operation] => [
    operation,
    (call) => {
      const body = describe(call.buckets.get(call.bucket).configuration, call);
      const isJson = operation === 'GetBucketPolicy';
      return Promise.resolve(isJson ? { headers: { 'content-type': 'application/json' }, body } : xml(body));
    },
  ]),
) as Readonly<Record<keyof typeof DESCRIPTIONS, S3Operation>>;

function metrics({ Id, Prefix }: Members): Xml {
  return { Id: textOfValue(Id), Filter: unlessEmpty({ Prefix: textOfValue(Prefix) }) };
}

/** @throws ServiceError NotImplemented where it hangs on a condition */
function isPublic(document: unknown): boolean {
  const { Statement } = membersOf(document);
  const open = listOf(Array.isArray(Statement) ? Statement : [Statement]).filter(({ Effect, Principal }) => {
    const { AWS: principals } = membersOf(Principal);
    return Effect === 'Allow' && [Principal, principals].flat().includes('*');
  });
  if (open.some(({ Condition }) => Condition === undefined)) return true;
  if (open.length > 0) throw notImplemented('GetBucketPolicyStatus of a policy that allows everybody something on a condition');
  return false;
}
