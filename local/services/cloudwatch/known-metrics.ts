import type { StackDefinition } from '../../template/stack-definition.ts';
import type { AlarmedMetric } from './definition.ts';
import { MonitoringError } from './errors.ts';
import type { MetricName } from './metrics.ts';
import { keyOf } from './metrics.ts';

/** The metrics that Lambda publishes for each function. */
const LAMBDA_METRICS = ['Invocations', 'Errors', 'Throttles', 'Duration'];
/** What it tells of the events of a mapping, when asked. */
const ASYNCHRONOUS_METRICS = ['OnFailureDestinationDeliveredEventCount', 'DroppedEventCount'];

/** Metrics that AWS has and this machine cannot have, and why. */
const UNAVAILABLE_METRICS: Readonly<Record<string, string>> = {
  'AWS/Redshift-Serverless UsageLimitConsumed': 'this machine has no RPU-hours to count',
  'AWS/SQS ApproximateNumberOfMessagesVisible': 'events that reached no target are tried again here, and put into no queue',
};

/** Which metrics there are. */
export class KnownMetrics {
  private readonly keys: ReadonlySet<string>;
  private readonly all: readonly MetricName[];
  /** Why nothing is counted in a log group, by the metric that would be. */
  private readonly unavailable: ReadonlyMap<string, string>;

  constructor(definition: StackDefinition) {
    this.all = [...metricsOf(definition), ...countedIn(definition)];
    this.keys = new Set(this.all.map(keyOf));
    const logs = new Set(definition.functions.flatMap(({ logGroup }) => logGroup ?? []));
    this.unavailable = new Map(
      definition.monitoring.metricFilters
        .filter(({ logGroup }) => !logs.has(logGroup))
        .flatMap(({ logGroup, metrics }) =>
          metrics.map(
            ({ namespace, name }) => [`${namespace} ${name}`, `the log group ${logGroup} is written on AWS alone`] as const,
          ),
        ),
    );
  }

  /** @returns why the metric cannot be known here; undefined when it is known @throws MonitoringError when no service has it */
  unknownReason({ namespace, name, dimensions }: AlarmedMetric, where: string): string | undefined {
    const why = UNAVAILABLE_METRICS[`${namespace} ${name}`] ?? this.unavailable.get(`${namespace} ${name}`);
    if (why !== undefined) return why;
    const metric = { namespace, name, dimensions: dimensions() };
    if (this.keys.has(keyOf(metric))) return undefined;
    const others = this.all
      .filter((one) => one.namespace === namespace && one.name === name)
      .map((one) => written(one.dimensions));
    const advice =
      others.length > 0
        ? `there is none of ${written(metric.dimensions)}: write the dimensions ${[...new Set(others)].join(' or ')}`
        : 'no stand-in tells it: teach one to, or say in known-metrics.ts why it cannot be known here';
    throw new MonitoringError(where, `the metric ${namespace} ${name} is not known: ${advice}`);
  }
}

function written(dimensions: Readonly<Record<string, string>>): string {
  const parts = Object.entries(dimensions).map(([name, value]) => `${name}=${value}`);
  return parts.length === 0 ? 'none at all' : parts.join(', ');
}

/** Each metric of each service of the stack, with the names and dimensions that it has on AWS. */
function metricsOf({
  functions,
  eventSourceMappings: mappings,
  streams,
  tables,
  buckets,
  deliveryStreams,
  warehouse,
  graphqlApi,
}: StackDefinition): MetricName[] {
  const each = (namespace: string, names: readonly string[], dimensions: Readonly<Record<string, string>>): MetricName[] =>
    names.map((name) => ({ namespace, name, dimensions }));
  return [
    ...functions.flatMap(({ name }) => each('AWS/Lambda', LAMBDA_METRICS, { FunctionName: name })),
    ...mappings.flatMap(({ id, functionName, countsEvents }) => [
      ...each('AWS/Lambda', ['IteratorAge'], { FunctionName: functionName }),
      ...each('AWS/Lambda', countsEvents ? ASYNCHRONOUS_METRICS : [], { EventSourceMappingUUID: id }),
    ]),
    ...streams.flatMap(({ name }) =>
      each('AWS/Kinesis', ['WriteProvisionedThroughputExceeded', 'GetRecords.IteratorAgeMilliseconds'], { StreamName: name }),
    ),
    ...tables.flatMap(({ TableName }) => each('AWS/DynamoDB', ['ReadThrottleEvents', 'WriteThrottleEvents'], { TableName })),
    ...buckets.flatMap(({ name, requestMetrics }) =>
      requestMetrics.flatMap(({ id }) => each('AWS/S3', ['PutRequests'], { BucketName: name, FilterId: id })),
    ),
    ...deliveryStreams.flatMap(({ name }) =>
      each('AWS/Firehose', ['KinesisMillisBehindLatest', 'DeliveryToS3.DataFreshness', 'DeliveryToRedshift.Success'], {
        DeliveryStreamName: name,
      }),
    ),
    ...(warehouse === undefined
      ? []
      : each('AWS/Redshift-Serverless', ['QueriesFailed'], { QueryType: 'SELECT', Workgroup: warehouse.workgroupName })),
    ...(graphqlApi === undefined
      ? []
      : each('AWS/AppSync', ['4XXError', '5XXError', 'Latency'], { GraphQLAPIId: graphqlApi.apiId })),
  ];
}

/** What the stack's own filters count; dimensions that come from a line are unknown before it. */
function countedIn({ monitoring, functions }: StackDefinition): MetricName[] {
  const logs = new Set(functions.flatMap(({ logGroup }) => logGroup ?? []));
  return monitoring.metricFilters
    .filter(({ logGroup }) => logs.has(logGroup))
    .flatMap(({ metrics }) =>
      metrics
        .filter(({ dimensions }) => Object.keys(dimensions).length === 0)
        .map(({ namespace, name }) => ({ namespace, name, dimensions: {} })),
    );
}
