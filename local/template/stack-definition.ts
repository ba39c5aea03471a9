import type { HttpApiDefinition } from '../services/api-gateway/definition.ts';
import type { ApiDefinition } from '../services/appsync/definition.ts';
import type { CustomResourceDefinition } from '../services/cloudformation/definition.ts';
import type { MonitoringDefinition } from '../services/cloudwatch/definition.ts';
import type { TableDefinition } from '../services/dynamodb/definition.ts';
import type { EventRuleDefinition } from '../services/event-bridge/definition.ts';
import type { DeliveryStreamDefinition } from '../services/firehose/definition.ts';
import type { GlueDefinition } from '../services/glue/definition.ts';
import type { StreamDefinition } from '../services/kinesis/definition.ts';
import type { LambdaDefinition, MappingDefinition } from '../services/lambda/definition.ts';
import type { WarehouseDefinition } from '../services/redshift/definition.ts';
import type { BucketDefinition } from '../services/s3/definition.ts';
import type { ScheduleDefinition } from '../services/scheduler/definition.ts';
import type { SecretDefinition } from '../services/secrets-manager/definition.ts';

/** What a stack declares that runs locally; all references are resolved to local names. */
export interface StackDefinition {
  readonly tables: readonly TableDefinition[];
  readonly streams: readonly StreamDefinition[];
  readonly buckets: readonly BucketDefinition[];
  readonly functions: readonly LambdaDefinition[];
  readonly eventSourceMappings: readonly MappingDefinition[];
  readonly secrets: readonly SecretDefinition[];
  /** At most one; without it no database runs. */
  readonly warehouse?: WarehouseDefinition;
  readonly deliveryStreams: readonly DeliveryStreamDefinition[];
  readonly eventRules: readonly EventRuleDefinition[];
  readonly schedules: readonly ScheduleDefinition[];
  /** In the order in which they are to run. */
  readonly customResources: readonly CustomResourceDefinition[];
  /** Absent when the stack declares nothing of Glue. */
  readonly glue?: GlueDefinition;
  readonly monitoring: MonitoringDefinition;
  /** At most one: the local machine has one door. */
  readonly httpApi?: HttpApiDefinition;
  /** At most one. */
  readonly graphqlApi?: ApiDefinition & { readonly logicalId: string };
}
